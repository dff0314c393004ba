//! The vector that matrices are multiplied with, in the form that their format asks for.

use alloc::vec;
use alloc::vec::Vec;

use super::matvec::{matvec_f32, matvec_q4, matvec_q8};
use crate::checkpoint::{Format, Matrix, Values};
use crate::quantise::q4::GROUP;
use crate::quantise::{activation, q8};

/// An activation as the matrices of a model take it.
pub(super) enum Operand {
    /// As it is.
    F32,
    /// In Q8_0, for weights in Q8_0.
    Q8 {
        values: Vec<i8>,
        scales: Vec<f32>,
        group_size: usize,
    },
    /// In blocks of 12 bits, for weights in Q4: whole groups, filled up with zeros.
    Q4 {
        values: Vec<[i16; GROUP]>,
        scales: Vec<f32>,
    },
}

impl Operand {
    /// Room for vectors of up to `longest` values.
    pub fn new(format: Format, longest: usize) -> Self {
        match format {
            Format::Fp32 => Operand::F32,
            Format::Q8 { group_size } => Operand::Q8 {
                values: vec![0; longest],
                scales: vec![0.0; longest.div_ceil(group_size)],
                group_size,
            },
            Format::Q4 => Operand::Q4 {
                values: vec![[0; GROUP]; longest.div_ceil(GROUP)],
                scales: vec![0.0; longest.div_ceil(GROUP)],
            },
        }
    }

    /// Takes over the vector that is to be multiplied next.
    pub fn set(&mut self, x: &[f32]) {
        match self {
            Operand::F32 => {}
            Operand::Q8 {
                values,
                scales,
                group_size,
            } => {
                let values = &mut values[..x.len()];
                q8::quantise(x, *group_size, libm::roundf, values, scales);
            }
            Operand::Q4 { values, scales } => {
                let groups = x.chunks(GROUP).zip(values.iter_mut().zip(scales));
                for (x, (values, scale)) in groups {
                    let (used, rest) = values.split_at_mut(x.len());
                    *scale = activation::quantise(x, used);
                    rest.fill(0);
                }
            }
        }
    }

    /// `out = matrix × x`, where `x` is the vector last set.
    pub fn multiply(&self, matrix: &Matrix, x: &[f32], out: &mut [f32]) {
        match (self, matrix.values()) {
            (Operand::F32, Values::F32(weights)) => matvec_f32(out, weights, x),
            (
                Operand::Q8 {
                    values,
                    scales,
                    group_size,
                },
                Values::Q8(weights),
            ) => {
                let groups = x.len().div_ceil(*group_size);
                matvec_q8(out, weights, &values[..x.len()], &scales[..groups]);
            }
            (Operand::Q4 { values, scales }, Values::Q4(weights)) => {
                let groups = x.len().div_ceil(GROUP);
                matvec_q4(out, weights, &values[..groups], &scales[..groups]);
            }
            _ => unreachable!("all matrices of a checkpoint have its format"),
        }
    }
}
