//! Whole files in memory that goes back to the system.

use alloc::format;

use app::inference::Failure;
use psl1ght_rs::fs::File;
use psl1ght_rs::memory::Pages;

use super::failure::of_file;
use crate::spu::memory_left;

/// Bytes that are read at once: the progress is told after each.
const STEP: usize = 512 << 10;

/// A file's bytes.
#[derive(Debug)]
pub struct Bytes {
    pages: Pages,
    size: usize,
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.pages.bytes()[..self.size]
    }
}

/// Reads a file; `progress` hears how much of it is read, 0–1.
pub fn read(path: &str, progress: &mut dyn FnMut(f32)) -> Result<Bytes, Failure> {
    let failed = |error: psl1ght_rs::Error| of_file(path, error);
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.size;
    let too_large = || {
        let (size, left) = (size >> 20, memory_left());
        of_file(path, format!("The file has {size} MB, but {left}"))
    };
    let size = usize::try_from(size).map_err(|_| too_large())?;
    if size == 0 {
        return Err(of_file(path, "The file is empty"));
    }
    let mut pages = Pages::allocate(size).map_err(|_| too_large())?;
    let mut done = 0;
    for part in pages.bytes_mut()[..size].chunks_mut(STEP) {
        file.read_exact(part).map_err(failed)?;
        done += part.len();
        progress(done as f32 / size as f32);
    }
    Ok(Bytes { pages, size })
}
