//! Matrices in the formats of the stream, written down from the formats' description.

use spu::kernels::block::BlockFormat;
use spu::kernels::operand::GROUP;

use crate::harness::noise;

/// A matrix: values, and for quantised ones a scale for each 32 neighbours of a row.
pub struct Matrix {
    pub format: BlockFormat,
    pub rows: usize,
    pub columns: usize,
    /// Floats, or integers as floats.
    pub values: Vec<f32>,
    pub scales: Vec<f32>,
}

impl Matrix {
    /// Seeded values over all of the format's range.
    pub fn noise(format: BlockFormat, seed: u64, rows: usize, columns: usize) -> Self {
        let (low, high) = match format {
            BlockFormat::Fp32 => (-1.0, 1.0),
            BlockFormat::Q8 => (-128.0, 127.0),
            BlockFormat::Q4 => (-8.0, 7.0),
        };
        let values = noise(seed, rows * columns);
        let values = values.iter().map(|x| match format {
            BlockFormat::Fp32 => *x,
            _ => (low + (high - low) * (x * 0.5 + 0.5)).round(),
        });
        let scales = match format {
            BlockFormat::Fp32 => Vec::new(),
            // Of either sign, and with few enough bits for any format.
            _ => noise(seed + 1, rows * columns / GROUP)
                .iter()
                .map(|x| f32::from_bits(x.to_bits() & 0xffff_0000))
                .collect(),
        };
        Self {
            format,
            rows,
            columns,
            values: values.collect(),
            scales,
        }
    }

    pub fn value(&self, row: usize, column: usize) -> f64 {
        let at = row * self.columns + column;
        let scale = self.scales.get(at / GROUP).copied().unwrap_or(1.0);
        f64::from(self.values[at]) * f64::from(scale)
    }

    fn integer(&self, row: usize, column: usize) -> i32 {
        self.values[row * self.columns + column] as i32
    }
}

/// The matrix in tiles.
pub fn tiles(matrix: &Matrix) -> Vec<u8> {
    let format = matrix.format;
    let mut bytes = Vec::new();
    for first_row in (0..matrix.rows).step_by(format.rows()) {
        for first in (0..matrix.columns).step_by(format.columns()) {
            let start = bytes.len();
            block(matrix, first_row, first, &mut bytes);
            assert_eq!(bytes.len() - start, format.bytes());
        }
    }
    bytes
}

fn block(matrix: &Matrix, first_row: usize, first: usize, bytes: &mut Vec<u8>) {
    let format = matrix.format;
    let scale = |row: usize| matrix.scales[((first_row + row) * matrix.columns + first) / GROUP];
    match format {
        BlockFormat::Fp32 => {
            for quad in 0..4 {
                for row in 0..8 {
                    for column in 0..4 {
                        let at = (first_row + row) * matrix.columns + first + quad * 4 + column;
                        bytes.extend(matrix.values[at].to_be_bytes());
                    }
                }
            }
            return;
        }
        BlockFormat::Q8 => (0..8).for_each(|row| bytes.extend(scale(row).to_be_bytes())),
        BlockFormat::Q4 => {
            (0..16).for_each(|row| bytes.extend(&scale(row).to_be_bytes()[..2]));
        }
    }
    let bits = if format == BlockFormat::Q8 { 8 } else { 4 };
    for pair in 0..GROUP / 2 {
        for word in 0..4 {
            for half in 0..2 {
                let planes = 16 / bits;
                let mut halfword = 0;
                for plane in 0..planes {
                    let row = first_row + plane * 4 + word;
                    let weight = matrix.integer(row, first + pair * 2 + half);
                    let offset = if format == BlockFormat::Q8 && plane == 1 {
                        0
                    } else {
                        1 << (bits - 1)
                    };
                    let field = (weight + offset) as u32 & ((1 << bits) - 1);
                    halfword |= field << (plane * bits);
                }
                bytes.extend((halfword as u16).to_be_bytes());
            }
        }
    }
}
