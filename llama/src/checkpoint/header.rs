//! What stands before the tensors.

use super::{CheckpointError, Format};
use crate::config::{Config, ConfigError};

/// `ak42`: what a file of version 1 or 2 begins with, as a little-endian number.
pub(super) const MAGIC: u32 = 0x616b_3432;
/// Length of the header of versions 1 and 2; its unused rest is zero.
pub(super) const HEADER_SIZE: usize = 256;
/// Length of the header of version 0: seven numbers.
pub(super) const LEGACY_HEADER_SIZE: usize = 28;
/// The largest group for which a sum of byte products stays within 32 bits
/// (128 · 127 · 65536 < 2³¹).
const MAX_GROUP_SIZE: i32 = 65536;

/// The version of a checkpoint's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Version 0: no magic, fp32.
    Legacy,
    /// Version 1: magic, fp32.
    Fp32,
    /// Version 2: magic, Q8_0.
    Q8,
}

#[derive(Clone, Copy)]
pub(super) struct Header {
    pub config: Config,
    pub version: Version,
    pub format: Format,
    pub shared_classifier: bool,
}

impl Header {
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        if number(bytes, 0) == Some(MAGIC as i32) {
            Self::parse_versioned(bytes)
        } else {
            Self::parse_legacy(bytes)
        }
    }

    /// The header of tensors that stand somewhere without one.
    pub fn of_tensors(
        config: Config,
        format: Format,
        shared_classifier: bool,
    ) -> Result<Self, CheckpointError> {
        config.validate()?;
        let version = match format {
            Format::Fp32 => Version::Fp32,
            Format::Q8 { group_size: group } => {
                group_size(i32::try_from(group).unwrap_or(i32::MAX), &config)?;
                Version::Q8
            }
        };
        Ok(Header {
            config,
            version,
            format,
            shared_classifier,
        })
    }

    /// Where the first tensor begins.
    pub fn size(&self) -> usize {
        match self.version {
            Version::Legacy => LEGACY_HEADER_SIZE,
            Version::Fp32 | Version::Q8 => HEADER_SIZE,
        }
    }

    fn parse_legacy(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let header = whole(bytes, LEGACY_HEADER_SIZE)?;
        let mut numbers = shape_numbers(header, 0);
        let shared_classifier = numbers[5] >= 0;
        numbers[5] = numbers[5].abs();
        Ok(Header {
            config: config(numbers)?,
            version: Version::Legacy,
            format: Format::Fp32,
            shared_classifier,
        })
    }

    fn parse_versioned(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let header = whole(bytes, HEADER_SIZE)?;
        let version = match number(header, 4) {
            Some(1) => Version::Fp32,
            Some(2) => Version::Q8,
            other => {
                return Err(CheckpointError::Field {
                    field: "version",
                    found: other.unwrap_or(0).into(),
                    expected: "1 or 2",
                });
            }
        };
        let config = config(shape_numbers(header, 8))?;
        let shared_classifier = match header[36] {
            0 => false,
            1 => true,
            other => {
                return Err(CheckpointError::Field {
                    field: "shared classifier flag",
                    found: other.into(),
                    expected: "0 or 1",
                });
            }
        };
        let format = match version {
            Version::Q8 => Format::Q8 {
                group_size: group_size(number(header, 37).unwrap_or(0), &config)?,
            },
            Version::Legacy | Version::Fp32 => Format::Fp32,
        };
        Ok(Header {
            config,
            version,
            format,
            shared_classifier,
        })
    }
}

fn whole(bytes: &[u8], size: usize) -> Result<&[u8], CheckpointError> {
    bytes.get(..size).ok_or(CheckpointError::Truncated {
        inside: "the header",
        found: bytes.len() as u64,
        expected: size as u64,
    })
}

fn number(bytes: &[u8], offset: usize) -> Option<i32> {
    let (first, _) = bytes.get(offset..)?.split_first_chunk()?;
    Some(i32::from_le_bytes(*first))
}

fn shape_numbers(header: &[u8], offset: usize) -> [i64; 7] {
    core::array::from_fn(|i| number(header, offset + 4 * i).unwrap_or(0).into())
}

fn config(numbers: [i64; 7]) -> Result<Config, ConfigError> {
    // What does not fit becomes 0 here and is reported with its true value below.
    let [
        dim,
        hidden_dim,
        n_layers,
        n_heads,
        n_kv_heads,
        vocab_size,
        seq_len,
    ] = numbers.map(|n| usize::try_from(n).unwrap_or(0));
    let config = Config {
        dim,
        hidden_dim,
        n_layers,
        n_heads,
        n_kv_heads,
        vocab_size,
        seq_len,
    };
    for ((field, _), found) in config.fields().into_iter().zip(numbers) {
        if !(1..=i64::from(i32::MAX)).contains(&found) {
            return Err(ConfigError::OutOfRange { field, found });
        }
    }
    config.validate()?;
    Ok(config)
}

/// Checks a group size: rows have to be whole groups.
pub(super) fn group_size(found: i32, config: &Config) -> Result<usize, CheckpointError> {
    if !(1..=MAX_GROUP_SIZE).contains(&found) {
        return Err(CheckpointError::Field {
            field: "group size",
            found: found.into(),
            expected: "1 to 65536",
        });
    }
    let group_size = found as usize;
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
