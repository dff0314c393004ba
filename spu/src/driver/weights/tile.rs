//! A tile of weights as the SPUs want it; [`BlockFormat`] says how.

use alloc::vec::Vec;

use llama::checkpoint::{Matrix, Q4, Q8, Values};
use llama::quantise::q4;

use crate::kernels::block::{BlockFormat, Q4_OFFSET, Q8_OFFSET, SCALE_BYTES};
use crate::kernels::operand::GROUP;

/// Where a row of a tile comes from: a matrix and its row, or nowhere: zeros.
pub(super) type Source<'a, 'b> = Option<(&'b Matrix<'a>, usize)>;

/// Makes tiles.
pub(super) struct TileMaker {
    format: BlockFormat,
    /// A row as floats.
    row: Vec<f32>,
    /// The tile as memory has it.
    bytes: Vec<u8>,
}

impl TileMaker {
    pub fn new(format: BlockFormat) -> Self {
        Self {
            format,
            row: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// A tile of `columns` (whole blocks) columns, rows as `source` says, each of the checkpoint's
    /// columns at the place that `place` gives it. Only tiles of fp32 may move columns.
    pub fn make<'m, 'c: 'm>(
        &mut self,
        columns: usize,
        source: impl Fn(usize) -> Source<'c, 'm>,
        place: impl Fn(usize) -> usize,
    ) -> &[u8] {
        self.bytes.clear();
        self.bytes.resize(self.format.tile_bytes(columns), 0);
        if self.format != BlockFormat::Fp32 {
            fill_with_zeros(self.format, &mut self.bytes);
        }
        for row in 0..self.format.rows() {
            let Some((matrix, index)) = source(row) else {
                continue;
            };
            match (self.format, matrix.row(index)) {
                (BlockFormat::Q8, Values::Q8(values)) => put_q8(&mut self.bytes, row, &values),
                (BlockFormat::Q4, Values::Q4(values)) => put_q4(&mut self.bytes, row, &values),
                (BlockFormat::Fp32, values) => {
                    self.row.resize(matrix.columns(), 0.0);
                    values.copy_to(&mut self.row);
                    for (column, value) in self.row.iter().enumerate() {
                        let column = place(column);
                        let at = (column / 4 * self.format.rows() + row) * 16 + column % 4 * 4;
                        self.bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
                    }
                }
                _ => unreachable!("a tile has the format of its matrices"),
            }
        }
        &self.bytes
    }
}

/// What zeros are once the offsets of the lower rows are added.
fn fill_with_zeros(format: BlockFormat, tile: &mut [u8]) {
    let zeros = match format {
        BlockFormat::Q8 => [0, Q8_OFFSET as u8],
        _ => [Q4_OFFSET as u8, Q4_OFFSET as u8 * 0x11],
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
    // Only the highest row keeps its sign.
    let offset = if plane == 3 { 0 } else { Q4_OFFSET as i8 };
    let groups = values.groups().iter().zip(values.scales());
    let blocks = tile.chunks_exact_mut(BlockFormat::Q4.bytes());
    for ((group, scale), block) in groups.zip(blocks) {
        let scale = u16::from_le_bytes(*scale);
        block[row * 2..][..2].copy_from_slice(&scale.to_be_bytes());
        let weights = group.iter().flat_map(|byte| q4::unpack(*byte));
        for (column, weight) in weights.enumerate() {
            let halfword = halfword(block, row, column);
            let (byte, shift) = (1 - plane / 2, plane % 2 * 4);
            let bits = (weight + offset) as u8 & 0xf;
            halfword[byte] = halfword[byte] & !(0xf << shift) | bits << shift;
        }
    }
}
