//! How weights are stored.

use alloc::format;
use alloc::string::ToString;
use core::fmt;

use super::CheckpointError;
use crate::config::Config;
use crate::quantise::{q4, q8};

/// The largest group for which a sum of byte products stays within 32 bits
/// (128 · 127 · 65536 < 2³¹).
const MAX_GROUP_SIZE: usize = 65536;

/// How the matrices of a checkpoint are stored. Norm weights are always fp32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Single precision.
    Fp32,
    /// Signed bytes with one fp32 scale for each group of neighbours in a row.
    Q8 {
        /// Values in a group: it divides every row's length, or it is a multiple of 32 and the
        /// last group of a row is shorter.
        group_size: usize,
    },
    /// Four bits with one bf16 scale for each 32 neighbours in a row; see
    /// [`crate::quantise::q4`].
    Q4,
}

impl Format {
    /// Q8_0 in the groups that are made where nothing else is asked for.
    pub const Q8: Format = Format::Q8 {
        group_size: q8::GROUP,
    };

    /// Checks that a model of this shape can be stored so.
    pub(crate) fn check(self, config: &Config) -> Result<(), CheckpointError> {
        match self {
            Format::Q8 { group_size } if group_size % q8::GROUP != 0 => {
                dividing_group_size(group_size as i64, config).map(|_| ())
            }
            Format::Q8 { group_size } => in_range(group_size as i64).map(|_| ()),
            Format::Fp32 | Format::Q4 => Ok(()),
        }
    }

    /// Bytes of a matrix. No product of two 31-bit numbers overflows here.
    pub(super) fn matrix_bytes(self, rows: usize, columns: usize) -> u128 {
        let (rows, columns) = (rows as u128, columns as u128);
        match self {
            Format::Fp32 => rows * columns * 4,
            Format::Q8 { group_size } => {
                rows * (columns + columns.div_ceil(group_size as u128) * 4)
            }
            Format::Q4 => {
                rows * columns.div_ceil(q4::GROUP as u128) * (q4::GROUP_BYTES as u128 + 2)
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Format::Fp32 => "fp32".to_string(),
            Format::Q8 { group_size } => format!("Q8_0 in groups of {group_size}"),
            Format::Q4 => format!("Q4 in groups of {}", q4::GROUP),
        };
        f.pad(&text)
    }
}

fn in_range(found: i64) -> Result<usize, CheckpointError> {
    match usize::try_from(found) {
        Ok(size @ 1..=MAX_GROUP_SIZE) => Ok(size),
        _ => Err(CheckpointError::Field {
            field: "group size",
            found,
            expected: "1 to 65536",
        }),
    }
}

/// Checks the group size of a file of llama2.c: rows have to be whole groups.
pub(super) fn dividing_group_size(found: i64, config: &Config) -> Result<usize, CheckpointError> {
    let group_size = in_range(found)?;
    for (field, columns) in [("dim", config.dim), ("hidden_dim", config.hidden_dim)] {
        if !columns.is_multiple_of(group_size) {
            return Err(CheckpointError::GroupSize {
                group_size,
                field,
                columns,
            });
        }
    }
    Ok(group_size)
}
