//! Where a model lies in memory, and what each SPU is told about it.

mod error;
mod parameters;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::ops::Range;

use llama::Config;
use llama::checkpoint::Tensor;

use super::map::LocalStoreMap;
use super::parameters::{COMMAND_BYTES, table};
use super::partition::Share;
use super::shape::Shape;
use crate::kernels::block::BlockFormat;
use crate::kernels::exchange::MAX_SPUS;
use crate::kernels::matvec::BATCH;

pub use error::LayoutError;

/// The distance between the quadwords of a row in a tile of fp32.
pub const ROW_STRIDE: usize = BlockFormat::Fp32.rows() * 16;
/// The most bytes of a DMA command.
const MAX_TRANSFER: usize = 16 * 1024;
/// The most bytes of a window: large enough that a disk reads more than it seeks, small enough that
/// six of them are little memory.
pub const WINDOW: usize = 256 << 10;

/// Offsets in bytes within one SPU's stream. All are whole blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLayout {
    /// Bytes of one layer.
    pub layer: usize,
    /// Offset of the classifier.
    pub classifier: usize,
    /// Bytes of all.
    pub used: usize,
    /// Bytes that a token of the prompt needs, rounded up to whole chunks.
    pub layers_end: usize,
    /// Bytes of all, rounded up to whole chunks.
    pub end: usize,
    /// Bytes of its beginning that stay in memory: all, or whole chunks. The rest comes through
    /// the SPU's window.
    pub resident: usize,
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
    /// Bytes of each SPU's window, through which it gets what of its stream does not stay in
    /// memory: whole chunks. 0 where all of it does.
    pub window: usize,
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
    /// The embedding, where it is not the classifier; where weights are streamed, the tiles of the
    /// tokens at hand.
    pub embedding: u32,
    /// Each SPU's window, where weights are streamed.
    pub windows: Vec<u32>,
}

impl Layout {
    /// Lays a model out for `spus` SPUs whose program ends at local address `program_end`.
    ///
    /// # Errors
    /// A [`LayoutError`] that says what is too large.
    pub fn new(
        config: Config,
        format: BlockFormat,
        shared_classifier: bool,
        spus: usize,
        program_end: u32,
    ) -> Result<Self, LayoutError> {
        if !(1..=MAX_SPUS).contains(&spus) {
            return Err(LayoutError::SpuCount { found: spus });
        }
        check_sizes(&config)?;
        let shape = Shape::new(config, format);
        let shares = Share::all(&shape, spus);
        let streams: Vec<StreamLayout> = shares
            .iter()
            .map(|share| stream_layout(&shape, share))
            .collect();
        let weights = streams.iter().map(|stream| stream.used).max().unwrap_or(0);
        let map = LocalStoreMap::new(&shape, &shares, program_end, weights)
            .map_err(LayoutError::LocalStore)?;
        let layout = Self {
            shape,
            shares,
            streams,
            map,
            shared_classifier,
            window: 0,
        };
        layout.check_transfers()?;
        Ok(layout)
    }

    /// The same within `budget` bytes of memory: what of the weights has no place there is read
    /// anew for each token, through windows of [`WINDOW`] bytes.
    ///
    /// # Errors
    /// Where not even the windows have a place beside what has to be in memory.
    pub fn within(mut self, budget: usize) -> Result<Self, LayoutError> {
        if self.memory_bytes() <= budget {
            return Ok(self);
        }
        let chunk = self.shape.format.chunk_bytes();
        self.window = WINDOW / chunk * chunk;
        for stream in &mut self.streams {
            stream.resident = 0;
        }
        let needed = self.memory_bytes();
        // What is in local store for good comes from memory as a whole.
        let room = match self.map.resident {
            true => None,
            false => budget.checked_sub(needed),
        };
        let room = room.ok_or(LayoutError::Budget { needed, budget })?;
        // In equal parts; what a short stream does not need of its part is the longer ones'.
        let mut left = room / chunk;
        let mut streams: Vec<&mut StreamLayout> = self.streams.iter_mut().collect();
        streams.sort_by_key(|stream| stream.end);
        let count = streams.len();
        for (index, stream) in streams.into_iter().enumerate() {
            let chunks = (left / (count - index)).min(stream.end / chunk);
            stream.resident = chunks * chunk;
            left -= chunks;
        }
        Ok(self)
    }

    /// Whether a part of the weights is read anew for each token.
    pub fn is_streamed(&self) -> bool {
        self.window > 0
    }

    /// Bytes of the streams that are read anew for each token of a story; 0 where all of them stay
    /// in memory.
    pub fn streamed_bytes(&self) -> usize {
        let streams = self.streams.iter();
        streams.map(|stream| stream.end - stream.resident).sum()
    }

    /// The tensor whose rows the logits are made with.
    pub(crate) fn classifier(&self) -> Tensor {
        match self.shared_classifier {
            true => Tensor::TokenEmbedding,
            false => Tensor::Classifier,
        }
    }

    /// Bytes of an SPU's weights that stay in local store: whole quadwords.
    fn resident_bytes(&self, spu: usize) -> usize {
        self.streams[spu].used.next_multiple_of(16)
    }

    /// The number of SPUs.
    pub fn spus(&self) -> usize {
        self.shares.len()
    }

    /// Bytes of a tile of a matrix with `columns` (rounded) columns.
    pub fn tile_bytes(&self, columns: usize) -> usize {
        self.shape.format.tile_bytes(columns)
    }

    /// Bytes of the norm weights.
    pub fn norm_bytes(&self) -> usize {
        (2 * self.shape.config.n_layers + 1) * self.shape.dim * 4
    }

    /// Bytes of the cosines and sines of one position.
    pub fn turn_bytes(&self) -> usize {
        2 * self.shape.head_bytes()
    }

    /// Bytes of the embedding's region: all of it where it is not the classifier, the tiles of a
    /// batch of tokens where weights are streamed, else nothing.
    pub fn embedding_bytes(&self) -> usize {
        let tiles = if self.is_streamed() {
            BATCH
        } else if self.shared_classifier {
            0
        } else {
            self.shape.vocab / self.shape.tile()
        };
        tiles * self.tile_bytes(self.shape.dim)
    }

    /// Bytes of memory of all regions together.
    pub fn memory_bytes(&self) -> usize {
        let streams: usize = self.streams.iter().map(|stream| stream.resident).sum();
        streams
            + self.spus() * self.window
            + self.spus() * table::END
            + COMMAND_BYTES
            + self.norm_bytes()
            + self.shape.config.seq_len * self.turn_bytes()
            + self.shape.cache_bytes()
            + self.shape.vocab * 4
            + self.embedding_bytes()
    }

    /// The tile of a token's embedding.
    pub fn embedding_tile(&self, token: usize) -> usize {
        token / self.shape.tile()
    }

    /// Effective address of the embedding of a token, the command's `index`th. In fp32 that is its
    /// first quadword, the others following at a distance of [`ROW_STRIDE`]; otherwise its tile.
    pub fn embedding_address(&self, regions: &Regions, index: usize, token: usize) -> u32 {
        let tile = self.embedding_tile(token);
        let tile_bytes = self.tile_bytes(self.shape.dim);
        let row = match self.shape.format {
            BlockFormat::Fp32 => token % self.shape.tile() * 16,
            BlockFormat::Q8 | BlockFormat::Q4 => 0,
        };
        let tile_address = if self.is_streamed() {
            regions.embedding as usize + index * tile_bytes
        } else if self.shared_classifier {
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

    /// Local address and bytes of an SPU's slice of the attention's result.
    fn attention_slice(&self, spu: usize) -> (u32, usize) {
        let heads = self.shares[spu].query_heads(&self.shape);
        let row = self.shape.head_bytes();
        let local = self.map.attention + (heads.start * row) as u32;
        (local, heads.len() * row)
    }

    fn x_slice(&self, spu: usize) -> (u32, usize) {
        self.slice(self.map.x, &self.shares[spu].dim)
    }

    fn hidden_slice(&self, spu: usize) -> (u32, usize) {
        self.slice(self.map.hidden, &self.shares[spu].hidden)
    }

    /// Local address and bytes of some tiles of the vector at `base`.
    fn slice(&self, base: u32, tiles: &Range<usize>) -> (u32, usize) {
        let bytes = self.shape.tile() * 4;
        (base + (tiles.start * bytes) as u32, tiles.len() * bytes)
    }

    fn check_transfers(&self) -> Result<(), LayoutError> {
        let shape = &self.shape;
        let block = self.map.block_rows as usize * shape.row_bytes();
        let mut transfers = alloc::vec![
            ("a row of norm weights", shape.dim * 4),
            match shape.format {
                BlockFormat::Fp32 => ("the embedding's DMA list", shape.dim * 2),
                _ => ("the tile of an embedding", self.tile_bytes(shape.dim)),
            },
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
    // Heads are rounded up to eight at least, vectors to 32. Fp32 needs most.
    let attention = (dim + config.n_heads as u128 * 8) * 2;
    let layer = dim.max(32) * 2 * (attention * 4 + hidden.max(32) * 6) * 4;
    let cache = layers * config.seq_len as u128 * attention * 8;
    let bytes = layers * layer + vocab.max(16) * 2 * dim.max(32) * 2 * 8 + cache;
    if bytes > 1 << 34 {
        return Err(LayoutError::Memory {
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        });
    }
    Ok(())
}

fn stream_layout(shape: &Shape, share: &Share) -> StreamLayout {
    let tile = |columns| shape.format.tile_bytes(columns);
    let qkv = share.qkv_rows(shape) / shape.tile() * tile(shape.dim);
    let wo = share.dim.len() * tile(shape.attention);
    let gate_up = share.hidden.len() * 2 * tile(shape.dim);
    let w2 = share.dim.len() * tile(shape.hidden);
    let layer = qkv + wo + gate_up + w2;
    let classifier = shape.config.n_layers * layer;
    let used = classifier + share.vocab.len() * tile(shape.dim);
    let chunks = |bytes: usize| bytes.next_multiple_of(shape.format.chunk_bytes());
    StreamLayout {
        layer,
        classifier,
        used,
        layers_end: chunks(classifier),
        end: chunks(used),
        resident: chunks(used),
    }
}
