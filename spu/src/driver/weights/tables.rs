//! What lies in memory beside the matrices: norm weights, cosines and sines.

use alloc::vec::Vec;

use llama::checkpoint::{Tensor, Weights};

use super::MoveError;
use crate::driver::{SpuSystem, SystemError};
use crate::engine::layout::Layout;

/// Norm weights in the order of their use.
pub(super) fn write_norms<S: SpuSystem>(
    system: &mut S,
    weights: &mut dyn Weights,
    layout: &Layout,
    address: u32,
) -> Result<(), MoveError> {
    let mut bytes = Vec::with_capacity(layout.norm_bytes());
    let layers = 0..layout.shape.config.n_layers;
    let norms = layers.flat_map(|layer| [(Tensor::RmsAtt, layer), (Tensor::RmsFfn, layer)]);
    let mut row = alloc::vec![0.0; layout.shape.config.dim];
    for (tensor, layer) in norms.chain([(Tensor::RmsFinal, 0)]) {
        let end = bytes.len() + layout.shape.dim * 4;
        let matrix = weights.rows(tensor, layer, 0..1)?;
        matrix.copy_row_to(0, &mut row);
        bytes.extend(row.iter().copied().flat_map(f32::to_be_bytes));
        bytes.resize(end, 0);
    }
    Ok(system.write(address, &bytes)?)
}

/// Cosines, each twice, then sines as (-sin, sin), for every position.
pub(super) fn write_turns<S: SpuSystem>(
    system: &mut S,
    layout: &Layout,
    address: u32,
) -> Result<(), SystemError> {
    let shape = &layout.shape;
    let head_size = shape.config.head_size();
    let mut bytes = alloc::vec![0; layout.turn_bytes()];
    for position in 0..shape.config.seq_len {
        for pair in 0..head_size / 2 {
            let (sine, cosine) = llama::rope::turn(head_size, pair, position);
            let (left, right) = (pair * 8, pair * 8 + 4);
            let sines = shape.head_bytes();
            for (at, value) in [
                (left, cosine),
                (right, cosine),
                (sines + left, -sine),
                (sines + right, sine),
            ] {
                bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
            }
        }
        let offset = position * bytes.len();
        system.write(address + offset as u32, &bytes)?;
    }
    Ok(())
}
