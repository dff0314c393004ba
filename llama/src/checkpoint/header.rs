//! What stands before the tensors.

use super::format::dividing_group_size;
use super::{CheckpointError, Format};
use crate::config::{Config, ConfigError};

/// `ak42`: what a file of version 1 or 2 begins with, as a little-endian number.
pub(super) const MAGIC: u32 = 0x616b_3432;
/// Length of the header of versions 1 and 2; its unused rest is zero.
pub(super) const HEADER_SIZE: usize = 256;
/// Length of the header of version 0: seven numbers.
pub(super) const LEGACY_HEADER_SIZE: usize = 28;

/// Where a checkpoint's tensors stand: the version of its file's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Version 0: no magic, fp32.
    Legacy,
    /// Version 1: magic, fp32.
    Fp32,
    /// Version 2: magic, Q8_0.
    Q8,
    /// No file of llama2.c: tensors in the order of versions 1 and 2, in any format.
    Tensors,
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
        format.check(&config)?;
        Ok(Header {
            config,
            version: Version::Tensors,
            format,
            shared_classifier,
        })
    }

    /// Where the first tensor begins.
    pub fn size(&self) -> usize {
        match self.version {
            Version::Legacy => LEGACY_HEADER_SIZE,
            Version::Fp32 | Version::Q8 => HEADER_SIZE,
            Version::Tensors => 0,
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
                group_size: dividing_group_size(number(header, 37).unwrap_or(0).into(), &config)?,
            },
            _ => Format::Fp32,
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
    let config = Config::from(numbers.map(|n| usize::try_from(n).unwrap_or(0)));
    for ((field, _), found) in config.fields().into_iter().zip(numbers) {
        if !(1..=i64::from(i32::MAX)).contains(&found) {
            return Err(ConfigError::OutOfRange { field, found });
        }
    }
    config.validate()?;
    Ok(config)
}
