//! Weights that stay in a file and are read piece by piece: what is larger than memory, and what
//! need not be there twice while it is loaded.

mod checksum;
mod error;
mod storage;
mod weights;

pub use error::WeightsError;
pub use storage::{InMemory, Storage, StorageError};
pub use weights::Stored;

#[cfg(test)]
mod tests;
