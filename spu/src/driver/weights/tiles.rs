//! Tiles of weights as the SPUs want them; [`BlockFormat`] says how.

use alloc::vec::Vec;

use llama::checkpoint::{Matrix, Q4, Q8, Values};
use llama::quantise::q4;

use crate::kernels::block::{BlockFormat, Q4_OFFSET, Q8_OFFSET, SCALE_BYTES};
use crate::kernels::operand::GROUP;

/// Tiles in the making.
pub(super) struct Tiles {
    format: BlockFormat,
    /// Bytes of a tile.
    tile: usize,
    /// How a row's columns are spread: so many of the matrix's become so many of the tile's.
    spread: Option<(usize, usize)>,
    /// A row as floats.
    row: Vec<f32>,
    /// The tiles as memory has them.
    bytes: Vec<u8>,
}

impl Tiles {
    /// None yet.
    pub fn new(format: BlockFormat) -> Self {
        Self {
            format,
            tile: 0,
            spread: None,
            row: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Begins with `count` tiles of zeros that have so many (rounded) columns. Only tiles of fp32
    /// may have spread columns.
    pub fn begin(&mut self, count: usize, columns: usize, spread: Option<(usize, usize)>) {
        self.tile = self.format.tile_bytes(columns);
        self.spread = spread;
        self.bytes.clear();
        self.bytes.resize(count * self.tile, 0);
        if self.format != BlockFormat::Fp32 {
            fill_with_zeros(self.format, &mut self.bytes);
        }
    }

    /// Puts rows of a matrix where `place` says: at rows of the tiles.
    pub fn put(&mut self, matrix: &Matrix, place: impl Fn(usize) -> usize) {
        let rows = self.format.rows();
        for index in 0..matrix.rows() {
            let (tile, row) = (place(index) / rows, place(index) % rows);
            let bytes = &mut self.bytes[tile * self.tile..][..self.tile];
            match (self.format, matrix.row(index)) {
                (BlockFormat::Q8, Values::Q8(values)) => put_q8(bytes, row, &values),
                (BlockFormat::Q4, Values::Q4(values)) => put_q4(bytes, row, &values),
                (BlockFormat::Fp32, values) => {
                    self.row.resize(matrix.columns(), 0.0);
                    values.copy_to(&mut self.row);
                    put_fp32(bytes, row, &self.row, self.spread);
                }
                _ => unreachable!("a tile has the format of its matrices"),
            }
        }
    }

    /// The tiles, one behind the other.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn put_fp32(tile: &mut [u8], row: usize, values: &[f32], spread: Option<(usize, usize)>) {
    const STRIDE: usize = BlockFormat::Fp32.rows() * 16;
    let (from, to) = spread.unwrap_or((values.len(), 0));
    for (part, values) in values.chunks(from).enumerate() {
        let first = part * to;
        for (index, quad) in values.chunks(4).enumerate() {
            // Heads are rounded up to whole quadwords.
            let at = (first / 4 + index) * STRIDE + row * 16;
            let (words, _) = tile[at..at + 16].as_chunks_mut::<4>();
            for (word, value) in words.iter_mut().zip(quad) {
                *word = value.to_be_bytes();
            }
        }
    }
}

/// What zeros are once the offsets are added.
fn fill_with_zeros(format: BlockFormat, tile: &mut [u8]) {
    let zeros = match format {
        BlockFormat::Q8 => [0, Q8_OFFSET as u8],
        _ => [Q4_OFFSET as u8 * 0x11; 2],
    };
    for block in tile.chunks_exact_mut(format.bytes()) {
        for halfword in block[SCALE_BYTES..].as_chunks_mut::<2>().0 {
            *halfword = zeros;
        }
    }
}

/// The place in a block of the halfword that holds a row's weight of a column.
fn halfword(block: &mut [u8], row: usize, column: usize) -> &mut [u8] {
    let at = SCALE_BYTES + column / 2 * 16 + row % 4 * 4 + column % 2 * 2;
    &mut block[at..at + 2]
}

fn put_q8(tile: &mut [u8], row: usize, values: &Q8) {
    let blocks = tile.chunks_exact_mut(BlockFormat::Q8.bytes());
    for ((index, group), block) in values.values().chunks(GROUP).enumerate().zip(blocks) {
        let scale = values.scales().get(index * GROUP / values.group_size());
        block[row * 4..][..4].copy_from_slice(&scale.to_be_bytes());
        for (column, &value) in group.iter().enumerate() {
            let halfword = halfword(block, row, column);
            if row / 4 == 1 {
                halfword[0] = value;
            } else {
                halfword[1] = value.wrapping_add(Q8_OFFSET as u8);
            }
        }
    }
}

fn put_q4(tile: &mut [u8], row: usize, values: &Q4) {
    let plane = row / 4;
    let groups = values.groups().iter().zip(values.scales());
    let blocks = tile.chunks_exact_mut(BlockFormat::Q4.bytes());
    for ((group, scale), block) in groups.zip(blocks) {
        let scale = u16::from_le_bytes(*scale);
        block[row * 2..][..2].copy_from_slice(&scale.to_be_bytes());
        let weights = group.iter().flat_map(|byte| q4::unpack(*byte));
        for (column, weight) in weights.enumerate() {
            let halfword = halfword(block, row, column);
            let (byte, shift) = (1 - plane / 2, plane % 2 * 4);
            let bits = (weight + Q4_OFFSET as i8) as u8 & 0xf;
            halfword[byte] = halfword[byte] & !(0xf << shift) | bits << shift;
        }
    }
}
