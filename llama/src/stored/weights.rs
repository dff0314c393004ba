//! Weights in a file.

use alloc::vec::Vec;
use core::ops::Range;

use super::checksum::Checksum;
use super::{Storage, WeightsError};
use crate::bundle::OpenError;
use crate::checkpoint::{CheckpointError, Format, Index, Matrix, Tensor, Weights, of_bytes};
use crate::config::Config;

/// How much is read at once for the checksum alone.
const STEP: u64 = 512 << 10;

/// The weights of a checkpoint in a file.
pub struct Stored<S> {
    storage: S,
    index: Index,
    /// Where the checkpoint begins in the file.
    start: u64,
    /// The rows at hand, as they stand in the file: values, then scales.
    buffer: Vec<u8>,
    /// Until it was compared.
    checksum: Option<Checksum>,
}

impl<S: Storage> Stored<S> {
    /// A file of llama2.c.
    ///
    /// # Errors
    /// Where it cannot be read, or is none.
    pub fn open(mut storage: S) -> Result<Self, OpenError> {
        let size = storage.size();
        let mut start = alloc::vec![0; Index::START.min(size as usize)];
        storage.read_at(0, &mut start)?;
        let index = Index::of_file(&start, size)?;
        Ok(Self::at(storage, index, 0))
    }

    /// Tensors without a header, as
    /// [`Checkpoint::from_tensors`](crate::Checkpoint::from_tensors) has them.
    ///
    /// # Errors
    /// Where shape and format do not go together, or there are not as many bytes.
    pub fn of_tensors(
        storage: S,
        config: Config,
        format: Format,
        shared_classifier: bool,
    ) -> Result<Self, CheckpointError> {
        let size = storage.size();
        let index = Index::of_tensors(config, format, shared_classifier, size)?;
        Ok(Self::at(storage, index, 0))
    }

    /// A checkpoint that begins at byte `start` of the file.
    pub(crate) fn at(storage: S, index: Index, start: u64) -> Self {
        Self {
            storage,
            index,
            start,
            buffer: Vec::new(),
            checksum: None,
        }
    }

    /// The same, with the CRC-32 that the bytes `range` of the file should have.
    pub(crate) fn with_checksum(mut self, range: Range<u64>, expected: u32) -> Self {
        self.checksum = Some(Checksum::new(range, expected));
        self
    }

    /// Where the parts of some rows stand in the file: their values, and their scales.
    fn parts(&self, tensor: Tensor, layer: usize, rows: Range<usize>) -> [Range<u64>; 2] {
        let place = self.index.place(tensor, layer, rows);
        [place.values, place.scales].map(|part| self.start + part.start..self.start + part.end)
    }
}

impl<S: Storage> Weights for Stored<S> {
    fn index(&self) -> &Index {
        &self.index
    }

    fn rows(
        &mut self,
        tensor: Tensor,
        layer: usize,
        rows: Range<usize>,
    ) -> Result<Matrix<'_>, WeightsError> {
        let count = rows.len();
        self.buffer.clear();
        for Range { start, end } in self.parts(tensor, layer, rows) {
            if start == end {
                continue;
            }
            let begin = self.buffer.len();
            self.buffer.resize(begin + (end - start) as usize, 0);
            self.storage.read_at(start, &mut self.buffer[begin..])?;
            if let Some(checksum) = &mut self.checksum {
                checksum.note(start, &self.buffer[begin..]);
            }
        }
        Ok(of_bytes(&self.index, tensor, count, &self.buffer))
    }

    fn will_want(&mut self, tensor: Tensor, layer: usize, rows: Range<usize>) {
        for Range { start, end } in self.parts(tensor, layer, rows) {
            if start < end {
                self.storage.will_read(start, (end - start) as usize);
            }
        }
    }

    fn forget_wanted(&mut self) {
        self.storage.forget();
    }

    fn verify(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(), WeightsError> {
        let Some(checksum) = &mut self.checksum else {
            return Ok(());
        };
        while let Some(Range { start, end }) = checksum.missing(STEP) {
            let (left, all) = checksum.left();
            progress(left, all);
            self.buffer.resize((end - start) as usize, 0);
            self.storage.read_at(start, &mut self.buffer)?;
            checksum.note(start, &self.buffer);
        }
        let right = checksum.is_right();
        self.checksum = None;
        match right {
            true => Ok(()),
            false => Err(WeightsError::Checksum),
        }
    }
}
