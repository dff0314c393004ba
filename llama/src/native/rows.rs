//! Matrices and vectors as a vector unit takes them: four numbers at a time, aligned.

use alloc::vec;
use alloc::vec::Vec;

use crate::checkpoint::Matrix;
use crate::engine::EngineError;

/// Numbers that a vector register holds.
pub(super) const LANES: usize = 4;

/// What a vector register holds.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
pub(super) struct Lanes(pub(super) [f32; LANES]);

impl Lanes {
    /// Adds the products of the lanes.
    #[inline(always)]
    pub(super) fn add_product(&mut self, w: &Self, x: &Self) {
        let (s, w, x) = (self.0, w.0, x.0);
        self.0 = core::array::from_fn(|lane| s[lane] + w[lane] * x[lane]);
    }

    /// The sum of the lanes.
    pub(super) fn sum(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a + b) + (c + d)
    }
}

/// A matrix, its rows filled up with zeros to whole registers.
pub(super) struct Rows {
    lanes: Vec<Lanes>,
    per_row: usize,
}

/// A vector, filled up with zeros.
pub(super) struct Vector {
    lanes: Vec<Lanes>,
}

/// Zeros, if there is memory for them.
pub(super) fn zeros<T: Clone + Default>(count: usize) -> Result<Vec<T>, EngineError> {
    let mut zeros = Vec::new();
    let bytes = count.saturating_mul(size_of::<T>());
    let reserved = zeros.try_reserve_exact(count);
    reserved.map_err(|_| EngineError::OutOfMemory { bytes })?;
    zeros.resize(count, T::default());
    Ok(zeros)
}

impl Rows {
    pub(super) fn new(matrix: &Matrix) -> Result<Self, EngineError> {
        let per_row = matrix.columns().div_ceil(LANES);
        let mut lanes: Vec<Lanes> = zeros(matrix.rows() * per_row)?;
        let mut numbers = vec![0.0; matrix.columns()];
        for (row, into) in lanes.chunks_exact_mut(per_row).enumerate() {
            matrix.copy_row_to(row, &mut numbers);
            fill(&numbers, into);
        }
        Ok(Self { lanes, per_row })
    }

    /// One after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Lanes]> {
        self.lanes.chunks_exact(self.per_row)
    }

    /// `N` at a time, and those that are left.
    pub(super) fn side_by_side<const N: usize>(
        &self,
    ) -> (
        impl Iterator<Item = [&[Lanes]; N]>,
        impl Iterator<Item = &[Lanes]>,
    ) {
        let blocks = self.lanes.chunks_exact(N * self.per_row);
        let rest = blocks.remainder().chunks_exact(self.per_row);
        let rows = blocks
            .map(|block| core::array::from_fn(|row| &block[row * self.per_row..][..self.per_row]));
        (rows, rest)
    }

    /// One row's numbers.
    pub(super) fn copy_row(&self, row: usize, into: &mut [f32]) {
        let lanes = self.lanes[row * self.per_row..][..self.per_row].iter();
        for (into, number) in into.iter_mut().zip(lanes.flat_map(|lanes| lanes.0)) {
            *into = number;
        }
    }
}

impl Vector {
    /// Room for up to this many numbers.
    pub(super) fn new(longest: usize) -> Self {
        Self {
            lanes: vec![Lanes::default(); longest.div_ceil(LANES)],
        }
    }

    pub(super) fn set(&mut self, numbers: &[f32]) {
        fill(numbers, &mut self.lanes);
    }

    /// As many registers as a row has.
    pub(super) fn for_row(&self, rows: &Rows) -> &[Lanes] {
        &self.lanes[..rows.per_row]
    }
}

fn fill(numbers: &[f32], into: &mut [Lanes]) {
    for (numbers, into) in numbers.chunks(LANES).zip(into) {
        *into = Lanes::default();
        into.0[..numbers.len()].copy_from_slice(numbers);
    }
}
