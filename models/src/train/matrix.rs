//! The three matrix products that a linear layer needs, over
//! [`matrixmultiply`]. All matrices are row-major; `stride` is the distance
//! between rows in elements, so that a product can read or write a band of
//! columns of a wider matrix.

/// A read-only view of a row-major matrix.
#[derive(Clone, Copy)]
pub struct View<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_step: usize,
    column_step: usize,
}

impl<'a> View<'a> {
    /// A matrix of `rows` × `columns` whose rows start `stride` apart.
    pub fn new(data: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(columns <= stride && data.len() >= extent(rows, columns, stride));
        Self {
            data,
            rows,
            columns,
            row_step: stride,
            column_step: 1,
        }
    }

    /// A matrix without gaps between its rows.
    pub fn packed(data: &'a [f32], rows: usize, columns: usize) -> Self {
        Self::new(data, rows, columns, columns)
    }

    /// The same elements with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            column_step: self.row_step,
        }
    }
}

/// Number of elements from the first to the last of a strided matrix.
fn extent(rows: usize, columns: usize, stride: usize) -> usize {
    if rows == 0 || columns == 0 {
        0
    } else {
        (rows - 1) * stride + columns
    }
}

/// `out = keep · out + scale · a · b`, where `out` has `a.rows` rows that
/// start `stride` apart.
#[allow(unsafe_code)]
pub fn multiply(out: &mut [f32], stride: usize, keep: f32, scale: f32, a: View, b: View) {
    assert_eq!(a.columns, b.rows);
    assert!(b.columns <= stride && out.len() >= extent(a.rows, b.columns, stride));
    // SAFETY: each view was checked on construction to hold its last element
    // and `out` was checked above; `out` is borrowed exclusively, so it does
    // not overlap `a` or `b`, and its elements are distinct because a row is
    // no longer than the stride.
    unsafe {
        matrixmultiply::sgemm(
            a.rows,
            a.columns,
            b.columns,
            scale,
            a.data.as_ptr(),
            a.row_step as isize,
            a.column_step as isize,
            b.data.as_ptr(),
            b.row_step as isize,
            b.column_step as isize,
            keep,
            out.as_mut_ptr(),
            stride as isize,
            1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn a_product_with_strides_and_transposition() {
        // A band of two columns out of rows of three.
        let a = [1.0, 2.0, 9.0, 3.0, 4.0];
        let b = [5.0, 6.0, 7.0, 8.0];
        let mut out = vec![1.0; 5];
        multiply(
            &mut out,
            3,
            1.0,
            2.0,
            View::new(&a, 2, 2, 3),
            View::packed(&b, 2, 2).transposed(),
        );
        assert_eq!(out, [35.0, 47.0, 1.0, 79.0, 107.0]);
    }
}
