//! Paths as the kernel wants them.

use alloc::vec::Vec;

use crate::{Error, Result};

/// Most bytes of a path with its final zero.
const LONGEST: usize = 1024;

/// The path with a final zero.
pub(super) fn terminated(path: &str) -> Result<Vec<u8>> {
    if path.len() >= LONGEST {
        return Err(Error::ENAMETOOLONG);
    }
    if path.is_empty() || path.contains('\0') {
        return Err(Error::EINVAL);
    }
    let mut bytes = Vec::with_capacity(path.len() + 1);
    bytes.extend_from_slice(path.as_bytes());
    bytes.push(0);
    Ok(bytes)
}
