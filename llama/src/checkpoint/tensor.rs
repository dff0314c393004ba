//! Views of the weights in a file: as they stand there, and as f32.

use core::ops::Range;

use crate::quantise::q4::{self, GROUP, GROUP_BYTES};

/// fp32 values, little-endian and at any alignment.
#[derive(Clone, Copy)]
pub struct Floats<'a>(&'a [[u8; 4]]);

impl<'a> Floats<'a> {
    /// Takes four bytes for each value; a rest of fewer is left out.
    pub fn new(bytes: &'a [u8]) -> Self {
        Floats(bytes.as_chunks().0)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One value.
    ///
    /// # Panics
    /// Where `index` is not below [`len`](Self::len).
    pub fn get(&self, index: usize) -> f32 {
        f32::from_le_bytes(self.0[index])
    }

    /// The values one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = f32> + use<'a> {
        self.0.iter().map(|bytes| f32::from_le_bytes(*bytes))
    }

    /// The values as they stand in the file.
    pub fn as_le_bytes(&self) -> &'a [[u8; 4]] {
        self.0
    }

    /// The values from `start` on, `len` of them.
    ///
    /// # Panics
    /// Where there are not as many.
    pub fn slice(&self, start: usize, len: usize) -> Floats<'a> {
        Floats(&self.0[start..start + len])
    }

    /// Writes all values to `out`.
    ///
    /// # Panics
    /// Where `out` has another length.
    pub fn copy_to(&self, out: &mut [f32]) {
        assert_eq!(out.len(), self.len(), "length of the output");
        for (out, value) in out.iter_mut().zip(self.iter()) {
            *out = value;
        }
    }
}

/// Rows of Q8_0 values: value `i` of a row is `values[i] * scales[i / group_size]`, each row
/// having values and scales of its own. The last group of a row may be shorter than the others.
#[derive(Clone, Copy)]
pub struct Q8<'a> {
    values: &'a [u8],
    scales: Floats<'a>,
    columns: usize,
    group_size: usize,
}

impl<'a> Q8<'a> {
    pub(super) fn new(
        values: &'a [u8],
        scales: Floats<'a>,
        columns: usize,
        group_size: usize,
    ) -> Self {
        Q8 {
            values,
            scales,
            columns,
            group_size,
        }
    }

    /// The quantised values as they stand in the file: each byte is an `i8` in two's complement.
    pub fn values(&self) -> &'a [u8] {
        self.values
    }

    /// The scales, one for each group of each row.
    pub fn scales(&self) -> Floats<'a> {
        self.scales
    }

    /// Values in a group, but for the last one of a row.
    pub fn group_size(&self) -> usize {
        self.group_size
    }

    /// Groups of a row.
    pub fn groups(&self) -> usize {
        self.columns.div_ceil(self.group_size)
    }

    fn slice(&self, row: usize, rows: usize) -> Self {
        let groups = self.groups();
        Q8 {
            values: &self.values[row * self.columns..][..rows * self.columns],
            scales: self.scales.slice(row * groups, rows * groups),
            ..*self
        }
    }

    fn copy_to(&self, out: &mut [f32]) {
        let rows = out.chunks_exact_mut(self.columns);
        for (row, out) in rows.enumerate() {
            let row = self.slice(row, 1);
            let groups = row.values.chunks(self.group_size);
            let out = out.chunks_mut(self.group_size);
            for ((group, out), scale) in groups.zip(out).zip(row.scales.iter()) {
                for (value, out) in group.iter().zip(out) {
                    *out = f32::from(*value as i8) * scale;
                }
            }
        }
    }
}

/// Rows of Q4 values, as [`crate::quantise::q4`] has them. Each row is whole groups of 32; what
/// the last one has beyond the row's length is zero.
#[derive(Clone, Copy)]
pub struct Q4<'a> {
    groups: &'a [[u8; GROUP_BYTES]],
    scales: &'a [[u8; 2]],
    columns: usize,
}

impl<'a> Q4<'a> {
    pub(super) fn new(bytes: &'a [u8], columns: usize) -> Self {
        let groups = bytes.len() / (GROUP_BYTES + 2);
        let (values, scales) = bytes.split_at(groups * GROUP_BYTES);
        Q4 {
            groups: values.as_chunks().0,
            scales: scales.as_chunks().0,
            columns,
        }
    }

    /// The values of each group of each row, in the order of [`crate::quantise::q4`].
    pub fn groups(&self) -> &'a [[u8; GROUP_BYTES]] {
        self.groups
    }

    /// The groups' scales: bf16 numbers as they stand in the file, little-endian.
    pub fn scales(&self) -> &'a [[u8; 2]] {
        self.scales
    }

    /// The groups' scales as numbers.
    pub fn scale_values(&self) -> impl ExactSizeIterator<Item = f32> + use<'a> {
        self.scales
            .iter()
            .map(|bytes| q4::from_bf16(u16::from_le_bytes(*bytes)))
    }

    /// Length of a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    fn rows(&self) -> usize {
        self.groups.len() / self.columns.div_ceil(GROUP)
    }

    fn slice(&self, row: usize, rows: usize) -> Self {
        let groups = self.columns.div_ceil(GROUP);
        Q4 {
            groups: &self.groups[row * groups..][..rows * groups],
            scales: &self.scales[row * groups..][..rows * groups],
            ..*self
        }
    }

    fn copy_to(&self, out: &mut [f32]) {
        for (row, out) in out.chunks_exact_mut(self.columns).enumerate() {
            let row = self.slice(row, 1);
            let groups = row.groups.iter().zip(row.scale_values());
            for ((group, scale), out) in groups.zip(out.chunks_mut(GROUP)) {
                let values = group.iter().flat_map(|byte| q4::unpack(*byte));
                for (value, out) in values.zip(out) {
                    *out = f32::from(value) * scale;
                }
            }
        }
    }
}

/// Weights in one of the formats: a whole matrix, or a row of one.
#[derive(Clone, Copy)]
pub enum Values<'a> {
    /// Single precision.
    F32(Floats<'a>),
    /// Signed bytes with a scale for each group.
    Q8(Q8<'a>),
    /// Four bits with a scale for each group.
    Q4(Q4<'a>),
}

impl Values<'_> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Values::F32(floats) => floats.len(),
            Values::Q8(q8) => q8.values.len(),
            Values::Q4(q4) => q4.rows() * q4.columns,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes all values to `out` as f32, dequantised where they are quantised.
    ///
    /// # Panics
    /// Where `out` has another length.
    pub fn copy_to(&self, out: &mut [f32]) {
        assert_eq!(out.len(), self.len(), "length of the output");
        match self {
            Values::F32(floats) => floats.copy_to(out),
            Values::Q8(q8) => q8.copy_to(out),
            Values::Q4(q4) => q4.copy_to(out),
        }
    }
}

/// A matrix, row by row.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    rows: usize,
    columns: usize,
    values: Values<'a>,
}

impl<'a> Matrix<'a> {
    pub(super) fn new(rows: usize, columns: usize, values: Values<'a>) -> Self {
        debug_assert_eq!(values.len(), rows * columns);
        Matrix {
            rows,
            columns,
            values,
        }
    }

    /// Number of rows: length of the output of a product with a vector.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns: length of the vector that it is multiplied with.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Some of its rows.
    ///
    /// # Panics
    /// Where there are no such rows.
    pub fn slice(&self, rows: Range<usize>) -> Matrix<'a> {
        let Range { start, end } = rows;
        assert!(
            start <= end && end <= self.rows,
            "rows {rows:?} of {}",
            self.rows
        );
        let count = end - start;
        let values = match self.values {
            Values::F32(floats) => {
                Values::F32(floats.slice(start * self.columns, count * self.columns))
            }
            Values::Q8(q8) => Values::Q8(q8.slice(start, count)),
            Values::Q4(q4) => Values::Q4(q4.slice(start, count)),
        };
        Matrix::new(count, self.columns, values)
    }

    /// All values, row after row.
    pub fn values(&self) -> Values<'a> {
        self.values
    }

    /// One row's values as they stand in the file.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn row(&self, row: usize) -> Values<'a> {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        self.slice(row..row + 1).values
    }

    /// Writes one row to `out` as f32, dequantised where it is quantised.
    ///
    /// # Panics
    /// Where there is no such row, or `out` is not [`columns`](Self::columns) long.
    pub fn copy_row_to(&self, row: usize, out: &mut [f32]) {
        self.row(row).copy_to(out);
    }
}
