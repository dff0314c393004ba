//! What lies where in local store.

use super::partition::Share;
use super::shape::Shape;
use crate::asm::LOCAL_STORE;
use crate::kernels::exchange::MAX_SPUS;
use crate::kernels::stream::RING;

/// Tiles of logits that are computed before they are looked at and sent to memory.
pub const LOGIT_TILES: u32 = 128;
/// Bytes of a buffer for rows of the key and value cache, at most.
const ROW_BUFFER: usize = 8 * 1024;
/// Fewest rows of a block.
const MIN_BLOCK_ROWS: usize = 4;

/// Addresses in local store, the same on every SPU of a group, so that one SPU knows where
/// another one's slice is.
///
/// The program and its parameters lie at the bottom, the weights' ring at the top, the vectors
/// in between:
///
/// | what | bytes |
/// |---|---|
/// | program, constants, parameters, command | as assembled |
/// | `x`, `normed`, `attention`, `hidden` | 4 × the rounded length |
/// | `norms` | two rows of norm weights |
/// | `qkv` | this SPU's queries, keys and values of the position |
/// | `part` | this SPU's rows of a product: of the activation, or gate and up in turns |
/// | `scores`, `sums` | of the query heads of one key and value head |
/// | `rows` | two blocks of the key or value cache |
/// | `turns` | cosines and sines of the position |
/// | `list` | the DMA list of the token's embedding |
/// | `logits` | two pieces of logits |
/// | `results` | each SPU's best logit |
/// | `ring` | four chunks of weights |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table above says what each is")]
pub struct LocalStoreMap {
    pub x: u32,
    pub normed: u32,
    pub norms: u32,
    pub qkv: u32,
    pub attention: u32,
    pub hidden: u32,
    pub part: u32,
    pub scores: u32,
    pub sums: u32,
    pub rows: u32,
    pub turns: u32,
    pub list: u32,
    pub logits: u32,
    pub results: u32,
    pub ring: u32,
    /// Bytes of one head's scores.
    pub score_bytes: u32,
    /// Rows of the cache in a block.
    pub block_rows: u32,
    /// First byte behind the vectors.
    pub end: u32,
}

/// The ring's place: the top of local store.
pub const RING_ADDRESS: u32 = LOCAL_STORE - RING;

impl LocalStoreMap {
    /// Places everything for the shares of a group, from `start` (the program's end) on.
    ///
    /// # Errors
    /// How many bytes the vectors need and how many there are, where they do not fit.
    pub fn new(shape: &Shape, shares: &[Share], start: u32) -> Result<Self, DoesNotFit> {
        let largest = |bytes: &dyn Fn(&Share) -> usize| shares.iter().map(bytes).max().unwrap_or(0);
        let group = shape.config.heads_per_kv_head();
        let score_bytes = shape.config.seq_len.next_multiple_of(4) * 4;
        let row_bytes = shape.row_bytes();
        let block_rows = (ROW_BUFFER / row_bytes / 4 * 4).max(MIN_BLOCK_ROWS);

        let mut at = start as usize;
        let mut place = |bytes: usize| {
            let address = at;
            at = (at + bytes).next_multiple_of(128);
            // Checked against the ring's address below, before any of them is used.
            address as u32
        };
        let map = Self {
            x: place(shape.dim * 4),
            normed: place(shape.dim * 4),
            norms: place(shape.dim * 8),
            qkv: place(largest(&|share| share.qkv_bytes(shape))),
            attention: place(shape.attention * 4),
            hidden: place(shape.hidden * 4),
            part: place(largest(&|share| {
                (share.dim.len() * 32).max(share.hidden.len() * 64)
            })),
            scores: place(score_bytes * group),
            sums: place(16 * group),
            rows: place(2 * block_rows * row_bytes),
            turns: place(2 * row_bytes),
            list: place(shape.dim * 2),
            logits: place(2 * LOGIT_TILES as usize * 32),
            results: place(MAX_SPUS * 16),
            ring: RING_ADDRESS,
            score_bytes: score_bytes as u32,
            block_rows: block_rows as u32,
            end: 0,
        };
        if at > RING_ADDRESS as usize {
            return Err(DoesNotFit {
                needed: at - start as usize,
                available: (RING_ADDRESS - start) as usize,
            });
        }
        Ok(Self {
            end: at as u32,
            ..map
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
