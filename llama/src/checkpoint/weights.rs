//! Weights as an engine takes them: some rows at a time.

use core::ops::Range;

use super::{Checkpoint, Floats, Format, Index, Matrix, Q4, Q8, Tensor, Values};
use crate::stored::WeightsError;

/// A model's weights, of which some rows are at hand at a time: all of them in memory
/// ([`Checkpoint`]), or in a file that need not fit into it ([`Stored`](crate::stored::Stored)).
pub trait Weights {
    /// The shape, and what stands where.
    fn index(&self) -> &Index;

    /// Rows of a layer's matrix; of what is there once the layer is 0.
    ///
    /// # Errors
    /// Where they cannot be read.
    ///
    /// # Panics
    /// Where there are no such rows.
    fn rows(
        &mut self,
        tensor: Tensor,
        layer: usize,
        rows: Range<usize>,
    ) -> Result<Matrix<'_>, WeightsError>;

    /// Says that these rows are wanted soon: what reads ahead does so, in the order in which it was
    /// told.
    fn will_want(&mut self, tensor: Tensor, layer: usize, rows: Range<usize>) {
        let _ = (tensor, layer, rows);
    }

    /// Says that nothing of what was announced is wanted any more.
    fn forget_wanted(&mut self) {}

    /// Compares the weights with their checksum, where they have one that was not compared yet.
    /// `progress` hears how many bytes are still to be read for that, and how many were in all.
    ///
    /// # Errors
    /// Where they are others than were written, or cannot be read.
    fn verify(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(), WeightsError> {
        let _ = progress;
        Ok(())
    }
}

impl Weights for Checkpoint<'_> {
    fn index(&self) -> &Index {
        &self.index
    }

    fn rows(
        &mut self,
        tensor: Tensor,
        layer: usize,
        rows: Range<usize>,
    ) -> Result<Matrix<'_>, WeightsError> {
        Ok(self.tensor(tensor, layer).slice(rows))
    }
}

/// Rows that stand in `bytes` as [`Index::place`] says: all values, then all scales.
pub(crate) fn of_bytes<'a>(
    index: &Index,
    tensor: Tensor,
    rows: usize,
    bytes: &'a [u8],
) -> Matrix<'a> {
    let (_, columns) = tensor.shape(index.config());
    let values = match index.format() {
        Format::Q8 { group_size } if !tensor.is_norm() => {
            let (values, scales) = bytes.split_at(rows * columns);
            Values::Q8(Q8::new(values, Floats::new(scales), columns, group_size))
        }
        Format::Q4 if !tensor.is_norm() => Values::Q4(Q4::new(bytes, columns)),
        _ => Values::F32(Floats::new(bytes)),
    };
    Matrix::new(rows, columns, values)
}
