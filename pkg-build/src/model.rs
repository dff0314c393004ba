//! A llama2.c model and its tokenizer, made into the one file that the app reads.
//!
//! The file's layout is that of [`llama::bundle`].

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use llama::bundle::{self, BundleError, Contents};
use llama::checkpoint::{Checkpoint, CheckpointError, Format};

/// How the weights are to be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// As they are in the checkpoint.
    #[default]
    Unchanged,
    /// Single precision.
    Fp32,
    /// Signed bytes with a scale for each group.
    Q8 {
        /// Values in a group; where it is not given, that of the checkpoint, or that of
        /// `Format::Q8`.
        group_size: Option<usize>,
    },
    /// Four bits for each weight.
    Q4,
}

/// Why a model was not made.
#[derive(Debug)]
pub enum Error {
    /// The file was not written.
    Io(io::Error),
    /// The checkpoint is none.
    Checkpoint(CheckpointError),
    /// Checkpoint, tokenizer and settings do not go together.
    Bundle(BundleError),
}

/// Writes the model in `checkpoint`, a checkpoint file of any version, with `tokenizer`, its
/// tokenizer file, to `out`. Answers the format and the bytes written.
///
/// # Errors
/// Where one of the files is damaged, they do not belong together, or `out` fails.
pub fn convert(
    checkpoint: &[u8],
    tokenizer: &[u8],
    name: &str,
    target: Target,
    out: &mut dyn Write,
) -> Result<(Format, u64), Error> {
    let checkpoint = Checkpoint::parse(checkpoint).map_err(Error::Checkpoint)?;
    let contents = Contents {
        name,
        checkpoint,
        format: target.format(&checkpoint),
        tokenizer,
    };
    let mut size = 0;
    bundle::write(&contents, &mut |part| {
        size += part.len() as u64;
        out.write_all(part).map_err(Error::Io)
    })?;
    Ok((contents.format, size))
}

/// The name of a model whose file has this name.
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

impl Error {
    /// Whether it is the tokenizer's fault, not that of the checkpoint.
    pub fn is_of_tokenizer(&self) -> bool {
        matches!(self, Self::Bundle(BundleError::Tokenizer(_)))
    }
}

impl Target {
    fn format(self, checkpoint: &Checkpoint) -> Format {
        match (self, checkpoint.format()) {
            (Self::Fp32, _) => Format::Fp32,
            (Self::Unchanged, format)
            | (Self::Q8 { group_size: None }, format @ Format::Q8 { .. }) => format,
            (Self::Q8 { group_size }, _) => {
                group_size.map_or(Format::Q8, |group_size| Format::Q8 { group_size })
            }
            (Self::Q4, _) => Format::Q4,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<BundleError> for Error {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Checkpoint(error) => error.fmt(f),
            Self::Bundle(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Checkpoint(error) => Some(error),
            Self::Bundle(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llama::{Bundle, Config, synthetic};

    const CONFIG: Config = Config {
        dim: 32,
        hidden_dim: 48,
        n_layers: 1,
        n_heads: 4,
        n_kv_heads: 2,
        vocab_size: 300,
        seq_len: 8,
    };

    fn converted(checkpoint: &[u8], target: Target) -> (Format, Vec<u8>) {
        let mut out = Vec::new();
        let tokenizer = synthetic::tokenizer(300);
        let (format, size) = convert(checkpoint, &tokenizer, "Name", target, &mut out).unwrap();
        assert_eq!(size, out.len() as u64);
        assert_eq!(Bundle::parse(&out).unwrap().checkpoint().format(), format);
        (format, out)
    }

    #[test]
    fn the_format_is_the_asked_one_or_that_of_the_file() {
        let fp32 = synthetic::checkpoint(&CONFIG, true, 1).unwrap();
        let parsed = Checkpoint::parse(&fp32).unwrap();
        let q8 = llama::checkpoint::write::q8(&parsed, 8).unwrap();
        let group = |group_size| Format::Q8 { group_size };
        let automatic = Target::Q8 { group_size: None };
        assert_eq!(converted(&fp32, Target::Unchanged).0, Format::Fp32);
        assert_eq!(converted(&fp32, automatic).0, Format::Q8);
        assert_eq!(converted(&fp32, Target::Q4).0, Format::Q4);
        assert_eq!(converted(&q8, Target::Unchanged).0, group(8));
        assert_eq!(converted(&q8, automatic).0, group(8));
        assert_eq!(converted(&q8, Target::Fp32).0, Format::Fp32);
        let asked = Target::Q8 {
            group_size: Some(4),
        };
        assert_eq!(converted(&q8, asked).0, group(4));
        assert_eq!(converted(&fp32, automatic), converted(&fp32, automatic));
    }

    #[test]
    fn damaged_files_are_named_by_their_kind() {
        let fp32 = synthetic::checkpoint(&CONFIG, true, 1).unwrap();
        let error = |checkpoint: &[u8], tokenizer: &[u8]| {
            let target = Target::Unchanged;
            convert(checkpoint, tokenizer, "", target, &mut Vec::new())
                .unwrap_err()
                .to_string()
        };
        assert!(error(&fp32[1..], &[]).starts_with("checkpoint: "));
        assert!(error(&fp32, &[1, 2]).starts_with("model: tokenizer: "));
    }
}
