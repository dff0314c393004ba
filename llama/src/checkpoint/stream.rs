//! The tensors of a checkpoint, in the order and one of the formats of versions 1 and 2, piece
//! by piece: a model need not be in memory twice to be converted.

use alloc::vec;
use alloc::vec::Vec;

use super::layout::{ORDER, Tensor};
use super::{Checkpoint, Format, Matrix, Values};
use crate::quantise::{q4, q8};

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
                each_part_of_matrix(&checkpoint.tensor(tensor, layer), format, sink)?;
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
        (Values::Q4(values), Format::Q4) => {
            sink(values.groups().as_flattened())?;
            sink(values.scales().as_flattened())
        }
        (_, Format::Fp32) => each_row(matrix, |row| sink(&little_endian(row))),
        (_, Format::Q8 { group_size }) => in_q8(matrix, group_size, sink),
        (_, Format::Q4) => in_q4(matrix, sink),
    }
}

/// Hands each row as f32 to `each`.
fn each_row<E>(matrix: &Matrix, mut each: impl FnMut(&[f32]) -> Result<(), E>) -> Result<(), E> {
    let mut row = vec![0.0; matrix.columns()];
    for i in 0..matrix.rows() {
        matrix.copy_row_to(i, &mut row);
        each(&row)?;
    }
    Ok(())
}

fn in_q8<E>(
    matrix: &Matrix,
    group: usize,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let groups = matrix.columns().div_ceil(group);
    let mut values = vec![0; matrix.columns()];
    let mut scales = Vec::with_capacity(matrix.rows() * groups);
    let mut row_scales = vec![0.0; groups];
    each_row(matrix, |row| {
        q8::quantise(row, group, libm::rintf, &mut values, &mut row_scales);
        let bytes: Vec<u8> = values.iter().map(|value| *value as u8).collect();
        scales.extend_from_slice(&row_scales);
        sink(&bytes)
    })?;
    sink(&little_endian(&scales))
}

fn in_q4<E>(matrix: &Matrix, sink: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let groups = matrix.columns().div_ceil(q4::GROUP);
    let mut scales = Vec::with_capacity(matrix.rows() * groups * 2);
    let mut values = Vec::with_capacity(groups);
    each_row(matrix, |row| {
        values.clear();
        for group in row.chunks(q4::GROUP) {
            let mut bytes = [0; q4::GROUP_BYTES];
            scales.extend(q4::quantise(group, &mut bytes).to_le_bytes());
            values.push(bytes);
        }
        sink(values.as_flattened())
    })?;
    sink(&scales)
}

fn little_endian(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}
