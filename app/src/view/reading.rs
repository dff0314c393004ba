//! Words for what is read from a disk.

use alloc::format;
use alloc::string::String;

/// A size for people.
pub(crate) fn megabytes(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// How much of the weights of a token is read, of so many bytes: for
/// [`Canvas::status`](super::Canvas::status).
pub(crate) fn reading((part, bytes): (f32, u64)) -> (f32, String) {
    (part, format!("{} read for each token", megabytes(bytes)))
}
