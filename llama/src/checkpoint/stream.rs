//! The tensors of a checkpoint, in the order and one of the formats of versions 1 and 2, piece
//! by piece: a model need not be in memory twice to be converted.

use alloc::vec;
use alloc::vec::Vec;

use super::header::group_size;
use super::layout::{ORDER, Tensor};
use super::{Checkpoint, CheckpointError, Format, Matrix, Values};
use crate::config::Config;
use crate::quantise::quantise;

/// Checks that a model of this shape can be stored in `format`.
pub(crate) fn check_format(config: &Config, format: Format) -> Result<(), CheckpointError> {
    match format {
        Format::Fp32 => Ok(()),
        Format::Q8 { group_size: group } => {
            group_size(i32::try_from(group).unwrap_or(i32::MAX), config).map(|_| ())
        }
    }
}

/// Hands all tensors to `sink`, in `format`, which has to fit the shape. Weights that are in that
/// format already stay as they are, bit by bit.
pub(crate) fn each_part<E>(
    checkpoint: &Checkpoint,
    format: Format,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    for tensor in ORDER {
        if tensor == Tensor::Classifier && checkpoint.shares_classifier() {
            continue;
        }
        for layer in 0..tensor.count(checkpoint.config()) {
            if tensor.is_norm() {
                let values = checkpoint.floats(tensor, layer);
                sink(values.as_le_bytes().as_flattened())?;
            } else {
                each_part_of_matrix(&checkpoint.matrix(tensor, layer), format, sink)?;
            }
        }
    }
    Ok(())
}

fn each_part_of_matrix<E>(
    matrix: &Matrix,
    format: Format,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    match (matrix.values(), format) {
        (Values::F32(values), Format::Fp32) => sink(values.as_le_bytes().as_flattened()),
        (Values::Q8(values), Format::Q8 { group_size }) if values.group_size() == group_size => {
            sink(values.values())?;
            sink(values.scales().as_le_bytes().as_flattened())
        }
        (Values::Q8(_), Format::Fp32) => {
            let mut row = vec![0.0; matrix.columns()];
            for i in 0..matrix.rows() {
                matrix.copy_row_to(i, &mut row);
                sink(&little_endian(&row))?;
            }
            Ok(())
        }
        (_, Format::Q8 { group_size }) => quantised(matrix, group_size, sink),
    }
}

fn quantised<E>(
    matrix: &Matrix,
    group: usize,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut row = vec![0.0; matrix.columns()];
    let mut values = vec![0; matrix.columns()];
    let mut scales = Vec::with_capacity(matrix.rows() * (matrix.columns() / group));
    let mut row_scales = vec![0.0; matrix.columns() / group];
    for i in 0..matrix.rows() {
        matrix.copy_row_to(i, &mut row);
        quantise(&row, group, libm::rintf, &mut values, &mut row_scales);
        let bytes: Vec<u8> = values.iter().map(|value| *value as u8).collect();
        sink(&bytes)?;
        scales.extend_from_slice(&row_scales);
    }
    sink(&little_endian(&scales))
}

fn little_endian(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}
