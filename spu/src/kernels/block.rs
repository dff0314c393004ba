//! How weights lie in a stream: blocks, as large as the inner loop of a product works on at once.

use super::operand::GROUP;

/// The format of a stream's blocks.
///
/// A matrix comes in tiles of some rows; a tile is a run of blocks of some columns; tile follows
/// tile. All numbers are big-endian.
///
/// # Fp32
/// Eight rows and 16 columns: four times a quadword (four columns) of each of the eight rows.
///
/// # Q8
/// Eight rows and a group of 32 columns: the eight scales as floats, then for each pair of columns
/// a quadword. Its word w holds rows w and 4 + w, its upper halfwords the even column, its lower
/// halfwords the odd one. A halfword holds row 4 + w as a signed byte above row w, to which 128
/// was added.
///
/// # Q4
/// 16 rows and a group of 32 columns: the 16 scales as bf16 numbers, then for each pair of columns
/// a quadword. Its word w holds rows w, 4 + w, 8 + w and 12 + w, from the lowest four bits of each
/// halfword to the highest. 8 was added to all of them.
///
/// In both, the word of a row is that of its sum in the accumulators: neither a sum across a
/// register nor a sign extension is ever needed (see [`matvec`](super::matvec)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockFormat {
    /// Single precision.
    Fp32,
    /// Signed bytes, a float for each row of a group.
    Q8,
    /// Four bits, a bf16 number for each row of a group.
    Q4,
}

impl BlockFormat {
    /// Rows of a tile.
    pub const fn rows(self) -> usize {
        match self {
            Self::Fp32 | Self::Q8 => 8,
            Self::Q4 => 16,
        }
    }

    /// Columns of a block.
    pub const fn columns(self) -> usize {
        match self {
            Self::Fp32 => 16,
            Self::Q8 | Self::Q4 => GROUP,
        }
    }

    /// Bytes of a block.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Fp32 => 8 * 16 * 4,
            Self::Q8 | Self::Q4 => SCALE_BYTES + GROUP / 2 * 16,
        }
    }

    /// Blocks of a chunk: whole blocks and whole lines of 128 bytes, up to the 16 KB of a DMA
    /// command. Large chunks are little work; but what is pulled from other SPUs waits for the chunk
    /// that is under way, and where the SPU has hardly less to do than memory, for nothing.
    pub const fn chunk_blocks(self) -> usize {
        match self {
            Self::Fp32 => 32,
            Self::Q8 => 28,
            Self::Q4 => 24,
        }
    }

    /// While a product of a layer runs: the room of the ring that is kept, and the chunks that are
    /// under way, both at a time. Few where the SPU has nearly as much to do as memory, so that what
    /// it needs at once has not to wait for much.
    pub const fn layers_pace(self) -> [i32; 2] {
        match self {
            Self::Fp32 => [1, 2],
            Self::Q8 => [2, 8],
            Self::Q4 => [1, 2],
        }
    }

    /// The same while logits are computed.
    pub const fn classifier_pace(self) -> [i32; 2] {
        match self {
            Self::Fp32 => [1, 2],
            Self::Q8 => [0, 8],
            Self::Q4 => [0, 4],
        }
    }

    /// Chunks that are asked for at an exchange beyond those that the next product uses up: what
    /// memory is busy with until the exchange after it.
    pub const fn more_chunks(self) -> usize {
        match self {
            Self::Fp32 => 8,
            Self::Q8 => 8,
            Self::Q4 => 2,
        }
    }

    /// Chunks that are to be under way when attention begins: what memory is busy with until it ends.
    pub const fn attention_chunks(self) -> usize {
        match self {
            Self::Fp32 => 2,
            Self::Q8 => 4,
            Self::Q4 => 4,
        }
    }

    /// Bytes of a chunk.
    pub const fn chunk_bytes(self) -> usize {
        self.chunk_blocks() * self.bytes()
    }

    /// Bytes of a tile of a matrix with so many columns, a multiple of a block's.
    pub const fn tile_bytes(self, columns: usize) -> usize {
        columns / self.columns() * self.bytes()
    }
}

/// Bytes of the scales, which a quantised block begins with.
pub const SCALE_BYTES: usize = 32;

/// What is added to the lower byte of a halfword in a block of Q8.
pub const Q8_OFFSET: i32 = 128;
/// What is added to each four bits in a block of Q4.
pub const Q4_OFFSET: i32 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::stream::CHUNK;

    #[test]
    fn chunks_are_whole_blocks_and_lines() {
        for format in [BlockFormat::Fp32, BlockFormat::Q8, BlockFormat::Q4] {
            let bytes = format.chunk_bytes();
            assert!(
                bytes.is_multiple_of(128) && bytes <= CHUNK as usize,
                "{format:?}"
            );
        }
    }
}
