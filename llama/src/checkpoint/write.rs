//! Writes checkpoints: version 0 from f32 weights, version 2 and bare tensors from another
//! checkpoint.

use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;

use super::format::dividing_group_size;
use super::header::{HEADER_SIZE, LEGACY_HEADER_SIZE, MAGIC};
use super::layout::{LEGACY_ORDER, Tensor};
use super::{Checkpoint, CheckpointError, Format, each_part};
use crate::config::{Config, ConfigError};
use crate::math;

/// All weights of a model as f32. A slice with a length in layers holds one layer after the
/// other, each layer's matrix row by row; see [`Layer`](super::Layer) for the shapes.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    /// `vocab_size` × `dim`.
    pub token_embedding: &'a [f32],
    /// `n_layers` × `dim`.
    pub rms_att: &'a [f32],
    /// `n_layers` × `dim` × `dim`.
    pub wq: &'a [f32],
    /// `n_layers` × `kv_dim` × `dim`.
    pub wk: &'a [f32],
    /// `n_layers` × `kv_dim` × `dim`.
    pub wv: &'a [f32],
    /// `n_layers` × `dim` × `dim`.
    pub wo: &'a [f32],
    /// `n_layers` × `dim`.
    pub rms_ffn: &'a [f32],
    /// `n_layers` × `hidden_dim` × `dim`.
    pub w1: &'a [f32],
    /// `n_layers` × `dim` × `hidden_dim`.
    pub w2: &'a [f32],
    /// `n_layers` × `hidden_dim` × `dim`.
    pub w3: &'a [f32],
    /// `dim`.
    pub rms_final: &'a [f32],
    /// `vocab_size` × `dim`, or `None` where the token embedding is the classifier.
    pub classifier: Option<&'a [f32]>,
}

/// Why a checkpoint was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// The shape describes no model.
    Config(ConfigError),
    /// A tensor's length does not fit the shape.
    Length {
        /// The tensor's name.
        tensor: &'static str,
        /// Its length.
        found: usize,
        /// The length that the shape asks for.
        expected: u64,
    },
    /// The group size is not in range or does not divide the rows.
    GroupSize(CheckpointError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Config(error) => error.fmt(f),
            WriteError::Length {
                tensor,
                found,
                expected,
            } => write!(f, "{tensor} has {found} values, expected {expected}"),
            WriteError::GroupSize(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WriteError {}

/// Writes a checkpoint of version 0 (fp32).
pub fn fp32(config: &Config, weights: &Weights) -> Result<Vec<u8>, WriteError> {
    config.validate().map_err(WriteError::Config)?;
    let mut size = LEGACY_HEADER_SIZE;
    for (tensor, values) in LEGACY_ORDER.iter().zip(weights.in_legacy_order()) {
        let Some(values) = values else { continue };
        let (rows, columns) = tensor.shape(config);
        let expected = rows as u128 * columns as u128 * tensor.count(config) as u128;
        if values.len() as u128 != expected {
            return Err(WriteError::Length {
                tensor: tensor.name(),
                found: values.len(),
                expected: u64::try_from(expected).unwrap_or(u64::MAX),
            });
        }
        size += values.len() * 4;
    }
    let mut out = Vec::with_capacity(size);
    let mut numbers = config.fields().map(|(_, n)| n as i32);
    if weights.classifier.is_some() {
        numbers[5] = -numbers[5];
    }
    put_numbers(&mut out, &numbers);
    for (tensor, values) in LEGACY_ORDER.iter().zip(weights.in_legacy_order()) {
        match tensor {
            Tensor::RopeCos => put_rope_table(&mut out, config, math::cosf),
            Tensor::RopeSin => put_rope_table(&mut out, config, math::sinf),
            _ => {
                for value in values.unwrap_or(&[]) {
                    out.extend_from_slice(&value.to_le_bytes());
                }
            }
        }
    }
    Ok(out)
}

/// Writes a checkpoint of version 2 (Q8_0) with the weights of another one. The group size has
/// to divide `dim` and `hidden_dim`.
pub fn q8(checkpoint: &Checkpoint, group: usize) -> Result<Vec<u8>, WriteError> {
    let config = checkpoint.config();
    let found = i64::try_from(group).unwrap_or(i64::MAX);
    let group = dividing_group_size(found, config).map_err(WriteError::GroupSize)?;
    let mut out = Vec::new();
    put_numbers(&mut out, &[MAGIC as i32, 2]);
    put_numbers(&mut out, &config.fields().map(|(_, n)| n as i32));
    out.push(checkpoint.shares_classifier().into());
    put_numbers(&mut out, &[group as i32]);
    out.resize(HEADER_SIZE, 0);

    let format = Format::Q8 { group_size: group };
    let Ok(()) = each_part(checkpoint, format, &mut |part| {
        out.extend_from_slice(part);
        Ok::<(), Infallible>(())
    });
    Ok(out)
}

/// The tensors of a checkpoint in `format`, with no header ahead of them, for
/// [`Checkpoint::from_tensors`]. Weights that are in that format already stay as they are, bit by
/// bit.
///
/// # Errors
/// Where the shape cannot be stored in this format.
pub fn tensors(checkpoint: &Checkpoint, format: Format) -> Result<Vec<u8>, CheckpointError> {
    format.check(checkpoint.config())?;
    let mut out = Vec::new();
    let Ok(()) = each_part(checkpoint, format, &mut |part| {
        out.extend_from_slice(part);
        Ok::<(), Infallible>(())
    });
    Ok(out)
}

fn put_numbers(out: &mut Vec<u8>, numbers: &[i32]) {
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

/// The tables that nothing reads any more, with the values that the exporter writes.
fn put_rope_table(out: &mut Vec<u8>, config: &Config, function: fn(f32) -> f32) {
    for position in 0..config.seq_len {
        for pair in 0..config.head_size() / 2 {
            let angle = math::rope_angle(position, pair, config.head_size());
            out.extend_from_slice(&function(angle).to_le_bytes());
        }
    }
}

impl Weights<'_> {
    fn in_legacy_order(&self) -> [Option<&[f32]>; LEGACY_ORDER.len()] {
        LEGACY_ORDER.map(|tensor| match tensor {
            Tensor::TokenEmbedding => Some(self.token_embedding),
            Tensor::RmsAtt => Some(self.rms_att),
            Tensor::Wq => Some(self.wq),
            Tensor::Wk => Some(self.wk),
            Tensor::Wv => Some(self.wv),
            Tensor::Wo => Some(self.wo),
            Tensor::RmsFfn => Some(self.rms_ffn),
            Tensor::W1 => Some(self.w1),
            Tensor::W2 => Some(self.w2),
            Tensor::W3 => Some(self.w3),
            Tensor::RmsFinal => Some(self.rms_final),
            Tensor::RopeCos | Tensor::RopeSin => None,
            Tensor::Classifier => self.classifier,
        })
    }
}
