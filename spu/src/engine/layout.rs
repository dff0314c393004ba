//! Where a model lies in memory, and what each SPU is told about it.

use alloc::vec::Vec;

use llama::Config;

use super::map::{DoesNotFit, LocalStoreMap};
use super::parameters::{Block, COMMAND_BYTES, Word, table};
use super::partition::Share;
use super::shape::Shape;
use super::window;
use crate::kernels::exchange::{MAX_SPUS, PARITY_SHIFT};
use crate::kernels::matvec::{STEP_COLUMNS, TILE};
use crate::kernels::stream::CHUNK;

/// Bytes of a column quad of a tile: the distance between the quadwords of a row.
pub const ROW_STRIDE: usize = TILE * 16;
/// The most bytes of a DMA command.
const MAX_TRANSFER: usize = 16 * 1024;

/// Why a model cannot be laid out for the SPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// A group has 1 to 6 SPUs.
    SpuCount {
        /// SPUs asked for.
        found: usize,
    },
    /// The vectors do not fit into local store.
    LocalStore(DoesNotFit),
    /// Something that has to be moved by one DMA command is larger than one can move.
    Transfer {
        /// What it is.
        what: &'static str,
        /// Its bytes.
        bytes: usize,
        /// The most that it may have.
        most: usize,
    },
    /// The context is longer than the kernels can count.
    Context {
        /// Its length in tokens.
        found: usize,
        /// The greatest length.
        most: usize,
    },
    /// The model does not fit into 32 bits of effective address.
    Memory {
        /// Bytes that it needs.
        bytes: u64,
    },
}

impl core::fmt::Display for LayoutError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::SpuCount { found } => {
                write!(f, "{found} SPUs were asked for, expected 1 to {MAX_SPUS}")
            }
            Self::LocalStore(DoesNotFit { needed, available }) => write!(
                f,
                "the model's vectors take {needed} bytes of local store, which has {available} for them"
            ),
            Self::Transfer { what, bytes, most } => {
                write!(f, "{what} takes {bytes} bytes, expected at most {most}")
            }
            Self::Context { found, most } => {
                write!(f, "seq_len is {found}, expected at most {most}")
            }
            Self::Memory { bytes } => {
                write!(
                    f,
                    "the model takes {bytes} bytes, more than 32 bits address"
                )
            }
        }
    }
}

impl core::error::Error for LayoutError {}

/// Offsets in bytes within one SPU's stream. All are multiples of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLayout {
    /// Bytes of one layer.
    pub layer: usize,
    /// Offset of the classifier.
    pub classifier: usize,
    /// Bytes that a token of the prompt needs, rounded up to whole chunks.
    pub layers_end: usize,
    /// Bytes of all, rounded up to whole chunks.
    pub end: usize,
}

/// The sizes of everything in memory, and the shares of the SPUs.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The model's sizes.
    pub shape: Shape,
    /// One share for each SPU.
    pub shares: Vec<Share>,
    /// One stream for each SPU.
    pub streams: Vec<StreamLayout>,
    /// Where everything is in local store.
    pub map: LocalStoreMap,
    /// Whether the embedding is the classifier, and so lies in the streams.
    pub shared_classifier: bool,
}

/// Effective addresses of the regions in memory, multiples of 128.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// Each SPU's stream.
    pub streams: Vec<u32>,
    /// Each SPU's parameters.
    pub parameters: Vec<u32>,
    /// The command block.
    pub command: u32,
    /// Norm weights in the order of their use.
    pub norms: u32,
    /// Cosines and sines of all positions.
    pub turns: u32,
    /// Keys and values.
    pub cache: u32,
    /// Logits.
    pub logits: u32,
    /// The embedding, where it is not the classifier.
    pub embedding: u32,
}

impl Layout {
    /// Lays a model out for `spus` SPUs whose program ends at local address `program_end`.
    ///
    /// # Errors
    /// A [`LayoutError`] that says what is too large.
    pub fn new(
        config: Config,
        shared_classifier: bool,
        spus: usize,
        program_end: u32,
    ) -> Result<Self, LayoutError> {
        if !(1..=MAX_SPUS).contains(&spus) {
            return Err(LayoutError::SpuCount { found: spus });
        }
        check_sizes(&config)?;
        let shape = Shape::new(config);
        let shares: Vec<Share> = (0..spus)
            .map(|index| Share::new(&shape, index, spus))
            .collect();
        let map =
            LocalStoreMap::new(&shape, &shares, program_end).map_err(LayoutError::LocalStore)?;
        let streams = shares
            .iter()
            .map(|share| stream_layout(&shape, share))
            .collect();
        let layout = Self {
            shape,
            shares,
            streams,
            map,
            shared_classifier,
        };
        layout.check_transfers()?;
        Ok(layout)
    }

    /// The number of SPUs.
    pub fn spus(&self) -> usize {
        self.shares.len()
    }

    /// Bytes of a tile of a matrix with `columns` (rounded) columns.
    pub fn tile_bytes(columns: usize) -> usize {
        columns * TILE * 4
    }

    /// Bytes of the norm weights.
    pub fn norm_bytes(&self) -> usize {
        (2 * self.shape.config.n_layers + 1) * self.shape.dim * 4
    }

    /// Bytes of the cosines and sines of one position.
    pub fn turn_bytes(&self) -> usize {
        2 * self.shape.row_bytes()
    }

    /// Bytes of the separate embedding; 0 where there is none.
    pub fn embedding_bytes(&self) -> usize {
        if self.shared_classifier {
            0
        } else {
            self.shape.vocab * self.shape.dim * 4
        }
    }

    /// Bytes of memory of all regions together.
    pub fn memory_bytes(&self) -> usize {
        let streams: usize = self.streams.iter().map(|stream| stream.end).sum();
        streams
            + self.spus() * table::END
            + COMMAND_BYTES
            + self.norm_bytes()
            + self.shape.config.seq_len * self.turn_bytes()
            + self.shape.cache_bytes()
            + self.shape.vocab * 4
            + self.embedding_bytes()
    }

    /// Effective address of a token's embedding: its first quadword, the others following at
    /// a distance of [`ROW_STRIDE`].
    pub fn embedding_address(&self, regions: &Regions, token: usize) -> u32 {
        let tile = token / TILE;
        let tile_bytes = Self::tile_bytes(self.shape.dim);
        let row = token % TILE * 16;
        let tile_address = if self.shared_classifier {
            let owner = self
                .shares
                .iter()
                .position(|share| share.vocab.contains(&tile))
                .expect("the shares cover the vocabulary");
            let first = self.shares[owner].vocab.start;
            regions.streams[owner] as usize
                + self.streams[owner].classifier
                + (tile - first) * tile_bytes
        } else {
            regions.embedding as usize + tile * tile_bytes
        };
        (tile_address + row) as u32
    }

    /// The parameter block of SPU `index`.
    pub fn parameters(&self, regions: &Regions, index: usize) -> Block {
        let mut block = Block::parameters();
        self.set_stream(&mut block, regions, index);
        self.set_vectors(&mut block, regions, index);
        self.set_attention(&mut block, regions, index);
        self.set_classifier(&mut block, regions, index);
        self.set_peers(&mut block, index);
        block
    }

    fn set_stream(&self, block: &mut Block, regions: &Regions, index: usize) {
        let start = regions.streams[index];
        let stream = &self.streams[index];
        block.set(Word::StreamStart, start);
        block.set(Word::StreamLayersEnd, start + stream.layers_end as u32);
        block.set(Word::StreamEnd, start + stream.end as u32);
        block.set(Word::CommandStart, regions.command);
        let norm_bytes = self.shape.dim as u32 * 4;
        block.set(Word::Norms, self.map.norms);
        block.set(Word::NormBytes, norm_bytes);
        block.set(Word::NormStart, regions.norms);
        block.set(Word::NormEnd, regions.norms + self.norm_bytes() as u32);
        block.set(Word::Turns, self.map.turns);
        block.set(Word::TurnsBytes, self.turn_bytes() as u32);
        block.set(Word::List, self.map.list);
        block.set(Word::ListPairs, self.shape.dim as u32 / 8);
    }

    fn set_vectors(&self, block: &mut Block, _: &Regions, index: usize) {
        let Self { shape, map, .. } = self;
        let share = &self.shares[index];
        let steps = |length: usize| (length / STEP_COLUMNS) as u32;
        let slice = |base: u32, tiles: usize| base + tiles as u32 * 32;
        block.set(Word::Layers, shape.config.n_layers as u32);
        block.set(Word::DimSteps, steps(shape.dim));
        block.set(Word::AttentionSteps, steps(shape.attention));
        block.set(Word::HiddenSteps, steps(shape.hidden));
        block.set(Word::InverseDim, (1.0 / shape.config.dim as f32).to_bits());
        block.set(Word::X, map.x);
        block.set(Word::Normed, map.normed);
        block.set(Word::DimTiles, share.dim.len() as u32);
        block.set(Word::OwnX, slice(map.x, share.dim.start));
        block.set(Word::Part, map.part);
        block.set(Word::HiddenTiles, share.hidden.len() as u32);
        block.set(Word::GateUpTiles, share.hidden.len() as u32 * 2);
        block.set(Word::Hidden, map.hidden);
        block.set(Word::OwnHidden, slice(map.hidden, share.hidden.start));
    }

    fn set_attention(&self, block: &mut Block, regions: &Regions, index: usize) {
        let Self { shape, map, .. } = self;
        let share = &self.shares[index];
        let row = shape.row_bytes() as u32;
        let queries = share.query_heads(shape);
        let kv_heads = share.kv_heads.len() as u32;
        let group = shape.config.heads_per_kv_head() as u32;
        let half = shape.cache_half_bytes() as u32;
        let scale = 1.0 / libm::sqrtf(shape.config.head_size() as f32);
        block.set(Word::Qkv, map.qkv);
        block.set(Word::QkvTiles, (share.qkv_bytes(shape) / 32) as u32);
        block.set(Word::RopeHeads, queries.len() as u32 + kv_heads);
        let keys = map.qkv + queries.len() as u32 * row;
        block.set(Word::OwnKeys, keys);
        block.set(Word::OwnValues, keys + kv_heads * row);
        block.set(Word::KvHeads, kv_heads);
        block.set(Word::RowBytes, row);
        block.set(Word::GroupHeads, group);
        block.set(Word::GroupBytes, group * row);
        block.set(Word::Attention, map.attention);
        block.set(
            Word::OwnAttention,
            map.attention + queries.start as u32 * row,
        );
        block.set(Word::Scores, map.scores);
        block.set(Word::ScoreBytes, map.score_bytes);
        block.set(Word::Sums, map.sums);
        block.set(Word::Scale, scale.to_bits());
        block.set(Word::Rows, map.rows);
        block.set(Word::RowsBytes, map.block_rows * row);
        block.set(Word::BlockRows, map.block_rows);
        let first_head = share.kv_heads.start as u32;
        block.set(Word::CacheStart, regions.cache + first_head * 2 * half);
        block.set(
            Word::CacheLayerBytes,
            shape.config.n_kv_heads as u32 * 2 * half,
        );
        block.set(Word::CacheHeadBytes, 2 * half);
        block.set(Word::CacheHalfBytes, half);
    }

    fn set_classifier(&self, block: &mut Block, regions: &Regions, index: usize) {
        let share = &self.shares[index];
        let first = (share.vocab.start * TILE) as u32;
        block.set(Word::VocabTiles, share.vocab.len() as u32);
        block.set(Word::VocabFirst, first);
        block.set(Word::VocabEnd, self.shape.config.vocab_size as u32);
        block.set(Word::Logits, self.map.logits);
        block.set(Word::LogitsStart, regions.logits + first * 4);
        block.set(Word::Results, self.map.results);
        block.set(Word::OwnResult, self.map.results + index as u32 * 16);
    }

    /// The signals and the tables of slices.
    fn set_peers(&self, block: &mut Block, index: usize) {
        let peers: Vec<usize> = (0..self.spus()).filter(|&peer| peer != index).collect();
        block.set(Word::Leader, u32::from(index == 0));
        block.set(Word::Peers, peers.len() as u32);
        let bits = peers.iter().fold(0, |bits, peer| bits | 1u32 << peer);
        block.set(Word::PeerMask, bits);
        for (parity, shift) in [0, PARITY_SHIFT].into_iter().enumerate() {
            let bit = 1u32 << index << shift;
            block.set_quad(table::OWN_BITS + parity * 16, [0, 0, 0, bit]);
        }
        for (entry, &peer) in peers.iter().enumerate() {
            let signal = window::address(peer, window::SIGNAL_1);
            block.set_quad(table::SIGNALS + entry * 16, [signal; 4]);
        }
        let mut pulls = |word, table, slice: &dyn Fn(usize) -> (u32, usize)| {
            let filled = peers.iter().map(|&peer| (peer, slice(peer)));
            let filled = filled.filter(|(_, (_, bytes))| *bytes > 0);
            let mut entries = 0;
            for (peer, (local, bytes)) in filled {
                let effective = window::address(peer, local);
                let quad = [local, effective, bytes as u32, 0];
                block.set_quad(table + entries * 16, quad);
                entries += 1;
            }
            block.set(word, entries as u32);
        };
        pulls(Word::AttentionPulls, table::ATTENTION, &|peer| {
            self.attention_slice(peer)
        });
        pulls(Word::XPulls, table::X, &|peer| self.x_slice(peer));
        pulls(Word::HiddenPulls, table::HIDDEN, &|peer| {
            self.hidden_slice(peer)
        });
        pulls(Word::ResultPulls, table::RESULTS, &|peer| {
            // Only the leader asks for the others' results.
            let bytes = if index == 0 { 16 } else { 0 };
            (self.map.results + peer as u32 * 16, bytes)
        });
    }

    /// Local address and bytes of an SPU's slice of the attention's result.
    fn attention_slice(&self, spu: usize) -> (u32, usize) {
        let heads = self.shares[spu].query_heads(&self.shape);
        let row = self.shape.row_bytes();
        let local = self.map.attention + (heads.start * row) as u32;
        (local, heads.len() * row)
    }

    fn x_slice(&self, spu: usize) -> (u32, usize) {
        let tiles = &self.shares[spu].dim;
        (self.map.x + tiles.start as u32 * 32, tiles.len() * 32)
    }

    fn hidden_slice(&self, spu: usize) -> (u32, usize) {
        let tiles = &self.shares[spu].hidden;
        (self.map.hidden + tiles.start as u32 * 32, tiles.len() * 32)
    }

    fn check_transfers(&self) -> Result<(), LayoutError> {
        let shape = &self.shape;
        let block = self.map.block_rows as usize * shape.row_bytes();
        let mut transfers = alloc::vec![
            ("a row of norm weights", shape.dim * 4),
            ("the embedding's DMA list", shape.dim * 2),
            ("a block of keys", block),
            ("a position's cosines and sines", self.turn_bytes()),
        ];
        if self.spus() > 1 {
            for spu in 0..self.spus() {
                transfers.extend([
                    ("a slice of the attention", self.attention_slice(spu).1),
                    ("a slice of the activation", self.x_slice(spu).1),
                    ("a slice of the hidden vector", self.hidden_slice(spu).1),
                ]);
            }
        }
        match transfers.iter().find(|(_, bytes)| *bytes > MAX_TRANSFER) {
            Some(&(what, bytes)) => Err(LayoutError::Transfer {
                what,
                bytes,
                most: MAX_TRANSFER,
            }),
            None => Ok(()),
        }
    }
}

/// Bounds the sizes before anything is computed from them.
fn check_sizes(config: &Config) -> Result<(), LayoutError> {
    // Positions and rows are multiplied as unsigned halfwords.
    const MAX_CONTEXT: usize = 65_535;
    if config.seq_len > MAX_CONTEXT {
        return Err(LayoutError::Context {
            found: config.seq_len,
            most: MAX_CONTEXT,
        });
    }
    let most = crate::asm::LOCAL_STORE as usize / 4;
    for (what, length) in [
        ("the activation", config.dim),
        ("the hidden vector", config.hidden_dim),
    ] {
        if length > most {
            return Err(LayoutError::Transfer {
                what,
                bytes: length.saturating_mul(4),
                most: most * 4,
            });
        }
    }
    // Twice the model's own numbers bound what rounding up makes of them, in 64 bits: the
    // sizes above keep each product small enough.
    let [dim, hidden, layers, vocab] = [
        config.dim,
        config.hidden_dim,
        config.n_layers,
        config.vocab_size,
    ]
    .map(|n| n as u128);
    // Heads are rounded up to eight at least.
    let attention = (dim + config.n_heads as u128 * 8) * 2;
    let layer = dim.max(16) * 2 * (attention * 4 + hidden.max(16) * 6) * 4;
    let cache = layers * config.seq_len as u128 * attention * 8;
    let bytes = layers * layer + vocab.max(8) * 2 * dim.max(16) * 2 * 8 + cache;
    if bytes > 1 << 34 {
        return Err(LayoutError::Memory {
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        });
    }
    Ok(())
}

fn stream_layout(shape: &Shape, share: &Share) -> StreamLayout {
    let dim_tile = Layout::tile_bytes(shape.dim);
    let qkv = share.qkv_bytes(shape) / 32 * dim_tile;
    let wo = share.dim.len() * Layout::tile_bytes(shape.attention);
    let gate_up = share.hidden.len() * 2 * dim_tile;
    let w2 = share.dim.len() * Layout::tile_bytes(shape.hidden);
    let layer = qkv + wo + gate_up + w2;
    let classifier = shape.config.n_layers * layer;
    let end = classifier + share.vocab.len() * dim_tile;
    let chunks = |bytes: usize| bytes.next_multiple_of(CHUNK as usize);
    StreamLayout {
        layer,
        classifier,
        layers_end: chunks(classifier),
        end: chunks(end),
    }
}

#[cfg(test)]
mod tests;
