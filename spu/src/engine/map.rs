//! What lies where in local store.

use super::partition::Share;
use super::program::RECORD_BYTES;
use super::shape::Shape;
use crate::asm::LOCAL_STORE;
use crate::kernels::attention::score_bytes;
use crate::kernels::block::BlockFormat;
use crate::kernels::exchange::MAX_SPUS;
use crate::kernels::matvec::BATCH;
use crate::kernels::operand::{GROUP, RECORD};
use crate::kernels::rows::BUFFERS;
use crate::kernels::sample::BLOCK;

/// Logits that are computed before they are looked at and sent to memory: whole tiles.
pub const LOGIT_PIECE: u32 = 1024;
/// Bytes of a buffer for rows of the key and value cache, at most.
const ROW_BUFFER: usize = 8 * 1024;
/// Fewest rows of a block.
const MIN_BLOCK_ROWS: usize = 4;

/// Addresses in local store, the same on every SPU of a group, so that one SPU knows where
/// another one's slice is.
///
/// The program and its parameters lie at the bottom, the weights at the top, the vectors in
/// between. Those marked with × are there once for each token of a batch, one behind the other:
///
/// | what | |
/// |---|---|
/// | program, constants, parameters, command | as assembled |
/// | `x` × | the activation, its length rounded up |
/// | `normed`, `attention`, `hidden` × | the longest of the three: they take turns |
/// | `operand` × | a vector quantised for a product; before the first layer the tile of its embedding |
/// | `qkv` × | this SPU's queries, keys and values of the position |
/// | `part` × | this SPU's rows of a product: of the activation, or gate and up in turns |
/// | `turns` × | cosines and sines of the position |
/// | `norms` | two rows of norm weights |
/// | `scores`, `sums` × | of the query heads of one key and value head |
/// | `rows`, `row_scales` | four blocks of the key or value cache, and their scales |
/// | `narrow` × | a key and a value made narrow, and their scales |
/// | `list` | the DMA list of the token's embedding |
/// | `results` | each SPU's best logit |
/// | `records` | what the SPUs tell one another while they sample: two places for each |
/// | `block_sums` | sums of powers of logits |
/// | `logits` | all of this SPU's logits where they fit, so that it can sample; else two pieces of them |
/// | `indices` | of the likeliest logits: where the vectors of the layers were |
/// | `ring` | the weights, all of them where they fit, else as many chunks as there is room for |
///
/// Where the heads do not fill up the blocks of `attention`, it has a place of its own, whose rest
/// stays zero. That `normed`, `attention` and `hidden` take turns does not disturb those who pull
/// slices of them: each is written at least one barrier after the last pull of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table above says what each is")]
pub struct LocalStoreMap {
    pub x: u32,
    pub normed: u32,
    pub attention: u32,
    pub hidden: u32,
    pub operand: u32,
    pub qkv: u32,
    pub part: u32,
    pub turns: u32,
    pub norms: u32,
    pub scores: u32,
    pub sums: u32,
    pub rows: u32,
    pub row_scales: u32,
    pub narrow: u32,
    /// Bytes of the keys' part of that.
    pub narrow_bytes: u32,
    pub list: u32,
    pub results: u32,
    pub records: u32,
    pub block_sums: u32,
    pub logits: u32,
    pub indices: u32,
    pub ring: u32,
    /// Bytes of the ring.
    pub ring_bytes: u32,
    /// Whether it holds all weights.
    pub resident: bool,
    /// Tokens that there is room for at once: 1, or [`BATCH`].
    pub batch: usize,
    /// Whether all logits are kept, and so a token can be drawn.
    pub samples: bool,
    /// Bytes of one head's scores.
    pub score_bytes: u32,
    /// Rows of the cache in a block.
    pub block_rows: u32,
    /// First byte behind the vectors.
    pub end: u32,
}

/// Bytes of the least ring.
const MIN_RING: u32 = 56 * 1024;
/// Bytes of the largest: more than is under way while the SPUs wait for one another.
const MAX_RING: u32 = 112 * 1024;

/// What of it there is room for.
#[derive(Clone, Copy)]
struct Room {
    batch: usize,
    samples: bool,
}

impl LocalStoreMap {
    /// Places everything for the shares of a group, from `start` (the program's end) on. The
    /// weights of an SPU have up to `weights` bytes.
    ///
    /// Weights that fit stay in local store. Otherwise a batch of tokens goes ahead of sampling, and
    /// both ahead of a deep ring.
    ///
    /// # Errors
    /// How many bytes the vectors need and how many there are, where they do not fit.
    pub fn new(
        shape: &Shape,
        shares: &[Share],
        start: u32,
        weights: usize,
    ) -> Result<Self, DoesNotFit> {
        let rooms = [(BATCH, true), (BATCH, false), (1, true), (1, false)];
        let rooms = rooms.map(|(batch, samples)| Room { batch, samples });
        let maps = rooms.map(|room| Self::with_room(shape, shares, start as usize, room));
        let resident = maps.iter().filter(|map| map.samples);
        let mut resident = resident.filter_map(|map| map.with_weights(weights));
        if let Some(map) = resident.next() {
            return Ok(map);
        }
        let chunk = shape.format.chunk_bytes() as u32;
        let mut streaming = maps.iter().filter_map(|map| map.with_ring(chunk));
        streaming.next().ok_or_else(|| {
            let available = (LOCAL_STORE - MIN_RING).saturating_sub(start);
            DoesNotFit {
                needed: maps[maps.len() - 1].end as usize - start as usize,
                available: available as usize,
            }
        })
    }

    /// Places the vectors, without regard to where local store ends.
    fn with_room(shape: &Shape, shares: &[Share], start: usize, room: Room) -> Self {
        let Room { batch, samples } = room;
        let largest = |bytes: &dyn Fn(&Share) -> usize| shares.iter().map(bytes).max().unwrap_or(0);
        let group = shape.config.heads_per_kv_head();
        let score_bytes = score_bytes(shape.config.seq_len);
        let row_bytes = shape.row_bytes();
        let most_rows = shape.config.seq_len.next_multiple_of(4);
        let block_rows = (ROW_BUFFER / row_bytes / 4 * 4)
            .min(most_rows)
            .max(MIN_BLOCK_ROWS);
        let logits = largest(&|share| share.vocab.len() * shape.tile());
        let logit_blocks = logits.div_ceil(BLOCK).max(1);

        // Scales that do not begin their quadword end in another one.
        let narrow_bytes = batch * row_bytes + 32;

        let mut at = start;
        let mut place = |bytes: usize| {
            let address = at;
            at = at.saturating_add(bytes).next_multiple_of(128);
            // What does not fit is refused before any of them is used.
            u32::try_from(address).unwrap_or(u32::MAX)
        };
        let x = place(batch * shape.dim * 4);
        let separate = shape.config.n_heads * shape.head != shape.attention;
        let attention = place(if separate {
            batch * shape.attention * 4
        } else {
            0
        });
        let longest = shape.dim.max(shape.attention).max(shape.hidden);
        let turns_taken = place(batch * longest * 4);
        let mut map = Self {
            x,
            normed: turns_taken,
            attention: if separate { attention } else { turns_taken },
            hidden: turns_taken,
            operand: place(match shape.format {
                BlockFormat::Fp32 => 0,
                BlockFormat::Q8 | BlockFormat::Q4 => {
                    let tile = shape.format.tile_bytes(shape.dim);
                    batch * tile.max(longest / GROUP * RECORD)
                }
            }),
            qkv: place(batch * largest(&|share| share.qkv_rows(shape) * 4)),
            part: place(largest(&|share| {
                batch * share.dim.len().max(share.hidden.len() * 2) * shape.tile() * 4
            })),
            turns: place(batch * 2 * shape.head_bytes()),
            norms: place(shape.dim * 8),
            scores: place(batch * score_bytes * group),
            sums: place(batch * 16 * group),
            rows: place(BUFFERS as usize * block_rows * row_bytes),
            row_scales: place(BUFFERS as usize * block_rows * 4),
            narrow: place(2 * narrow_bytes),
            narrow_bytes: narrow_bytes as u32,
            list: place(shape.dim * 2),
            results: place(MAX_SPUS * 16),
            records: place(2 * MAX_SPUS * RECORD_BYTES),
            block_sums: place(logit_blocks * 16),
            logits: place(if samples {
                logit_blocks * BLOCK * 4
            } else {
                2 * LOGIT_PIECE as usize * 4
            }),
            indices: turns_taken,
            ring: 0,
            ring_bytes: 0,
            resident: false,
            batch,
            samples,
            score_bytes: score_bytes as u32,
            block_rows: block_rows as u32,
            end: 0,
        };
        if samples && logit_blocks * BLOCK * 4 > (map.list - map.indices) as usize {
            map.indices = place(logit_blocks * BLOCK * 4);
        }
        map.end = place(0);
        map
    }

    /// With all weights in local store, if they fit.
    fn with_weights(&self, bytes: usize) -> Option<Self> {
        let bytes = bytes.next_multiple_of(128);
        let ring = (LOCAL_STORE as usize).checked_sub(bytes)?;
        (self.end as usize <= ring).then_some(Self {
            ring: ring as u32,
            ring_bytes: bytes as u32,
            resident: true,
            ..*self
        })
    }

    /// With a ring of as many chunks as there is room for.
    fn with_ring(&self, chunk: u32) -> Option<Self> {
        let room = LOCAL_STORE.checked_sub(self.end)?.min(MAX_RING);
        let ring_bytes = room / chunk * chunk;
        (room >= MIN_RING).then_some(Self {
            ring: LOCAL_STORE - ring_bytes,
            ring_bytes,
            ..*self
        })
    }
}

/// The vectors of a model do not fit into local store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoesNotFit {
    /// Bytes of all vectors.
    pub needed: usize,
    /// Bytes between the program and the ring.
    pub available: usize,
}
