//! Views of the weights in a file: as they stand there, and as f32.

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

/// Q8_0 values: value `i` is `values[i] * scales[i / group_size]`.
#[derive(Clone, Copy)]
pub struct Q8<'a> {
    values: &'a [u8],
    scales: Floats<'a>,
    group_size: usize,
}

impl<'a> Q8<'a> {
    pub(super) fn new(values: &'a [u8], scales: Floats<'a>, group_size: usize) -> Self {
        Q8 {
            values,
            scales,
            group_size,
        }
    }

    /// The quantised values as they stand in the file: each byte is an `i8` in two's complement.
    pub fn values(&self) -> &'a [u8] {
        self.values
    }

    /// The scales, one for each group.
    pub fn scales(&self) -> Floats<'a> {
        self.scales
    }

    /// Values in a group; divides the number of values.
    pub fn group_size(&self) -> usize {
        self.group_size
    }
}

/// Weights in one of the formats: a whole matrix, or a row of one.
#[derive(Clone, Copy)]
pub enum Values<'a> {
    /// Single precision.
    F32(Floats<'a>),
    /// Signed bytes with a scale for each group.
    Q8(Q8<'a>),
}

impl Values<'_> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Values::F32(floats) => floats.len(),
            Values::Q8(q8) => q8.values.len(),
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
        match self {
            Values::F32(floats) => floats.copy_to(out),
            Values::Q8(q8) => {
                assert_eq!(out.len(), q8.values.len(), "length of the output");
                let groups = q8.values.chunks_exact(q8.group_size);
                let out = out.chunks_exact_mut(q8.group_size);
                for ((group, out), scale) in groups.zip(out).zip(q8.scales.iter()) {
                    for (value, out) in group.iter().zip(out) {
                        *out = f32::from(*value as i8) * scale;
                    }
                }
            }
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
        let start = row * self.columns;
        match self.values {
            Values::F32(floats) => Values::F32(floats.slice(start, self.columns)),
            Values::Q8(q8) => Values::Q8(Q8 {
                values: &q8.values[start..start + self.columns],
                scales: q8
                    .scales
                    .slice(start / q8.group_size, self.columns / q8.group_size),
                group_size: q8.group_size,
            }),
        }
    }

    /// Writes one row to `out` as f32, dequantised where it is quantised.
    ///
    /// # Panics
    /// Where there is no such row, or `out` is not [`columns`](Self::columns) long.
    pub fn copy_row_to(&self, row: usize, out: &mut [f32]) {
        self.row(row).copy_to(out);
    }
}
