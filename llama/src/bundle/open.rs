//! Opens models whose weights stay in their file.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::header::{Sections, conf};
use super::read::check_name;
use super::{BundleError, HEADER, KINDS};
use crate::checkpoint::{CheckpointError, Index, Weights};
use crate::stored::{Storage, StorageError, Stored};
use crate::tokenizer::Tokenizer;

/// A model in a file of which everything but the weights was read and compared with its checksums.
/// Those of the weights are compared as they are read ([`Weights::verify`]).
pub struct Opened<S> {
    name: String,
    tokenizer: Tokenizer,
    weights: Stored<S>,
}

/// Why a model cannot be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum OpenError {
    /// The file cannot be read.
    Storage(StorageError),
    /// It is no model with its tokenizer.
    Bundle(BundleError),
    /// It is no checkpoint.
    Checkpoint(CheckpointError),
}

impl<S: Storage> Opened<S> {
    /// Opens a model.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no model.
    pub fn open(mut storage: S) -> Result<Self, OpenError> {
        let size = storage.size();
        let start = read(&mut storage, 0..size.min(HEADER as u64))?;
        let sections = Sections::parse(&start, size)?;
        let mut small = <[Vec<u8>; 3]>::default();
        for number in 0..KINDS.len() {
            let gap = read(&mut storage, sections.gap(number))?;
            sections.check_gap(number, &gap)?;
            if let Some(section) = small.get_mut(number) {
                *section = read(&mut storage, sections.range(number))?;
                sections.check(number, section)?;
            }
        }
        let [shape, name, tokenizer] = small;
        const TENS: usize = KINDS.len() - 1;
        let (config, format, shared) = conf(&shape)?;
        let tensors = sections.range(TENS);
        let bytes = tensors.end - tensors.start;
        let index = Index::of_tensors(config, format, shared, bytes).map_err(BundleError::from)?;
        let name = check_name(&name)?.into();
        let tokenizer = Tokenizer::parse(&tokenizer).map_err(BundleError::from)?;
        let fits = tokenizer.check_vocabulary(index.config());
        fits.map_err(BundleError::from)?;
        let weights = Stored::at(storage, index, tensors.start);
        Ok(Self {
            name,
            tokenizer,
            weights: weights.with_checksum(tensors, sections.checksum(TENS)),
        })
    }

    /// The model's name for people; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The shape, and what stands where.
    pub fn index(&self) -> &Index {
        self.weights.index()
    }

    /// The tokenizer, which is the model's, and the weights.
    pub fn into_parts(self) -> (Tokenizer, Stored<S>) {
        (self.tokenizer, self.weights)
    }
}

/// Reads some bytes, as many as may be asked for by a file that is broken.
fn read<S: Storage>(storage: &mut S, range: Range<u64>) -> Result<Vec<u8>, StorageError> {
    let size = range.end - range.start;
    let mut bytes = Vec::new();
    usize::try_from(size)
        .ok()
        .and_then(|size| bytes.try_reserve_exact(size).ok())
        .ok_or_else(|| StorageError(format!("no memory for {size} bytes")))?;
    bytes.resize(size as usize, 0);
    storage.read_at(range.start, &mut bytes)?;
    Ok(bytes)
}

impl From<StorageError> for OpenError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<BundleError> for OpenError {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error)
    }
}

impl From<CheckpointError> for OpenError {
    fn from(error: CheckpointError) -> Self {
        Self::Checkpoint(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => error.fmt(f),
            Self::Bundle(error) => error.fmt(f),
            Self::Checkpoint(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OpenError {}
