//! Memory from the system, in pages of 1 MB.

use core::ptr::NonNull;

use crate::syscall::{address, address32};
use crate::{Error, Result, sys, syscall};

/// Bytes of a page: what the RSX maps, and what costs the least TLB entries.
pub const PAGE: usize = 1 << 20;
/// Flag of the allocation call for pages of this size.
const PAGE_1M: u64 = 0x400;

/// Whole pages of main memory, zeroed by the system; given back when dropped.
///
/// The address is a multiple of 1 MB and fits into 32 bits. Tried, but for giving back.
#[derive(Debug)]
pub struct Pages {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: the memory belongs to this value alone, whichever thread holds it.
unsafe impl Send for Pages {}
// SAFETY: a shared reference only reads.
unsafe impl Sync for Pages {}

impl Pages {
    /// Allocates at least `size` bytes, rounded up to whole pages.
    ///
    /// # Errors
    /// `EINVAL` for no bytes at all or too many to count; `ENOMEM` when the system has no such pages left.
    pub fn allocate(size: usize) -> Result<Self> {
        let size = size.checked_next_multiple_of(PAGE).filter(|size| *size > 0);
        let size = size.ok_or(Error::EINVAL)?;
        let mut start = 0u32;
        // SAFETY: the call makes new memory and writes its address.
        unsafe {
            syscall(
                sys::number::MEMORY_ALLOCATE,
                [size as u64, PAGE_1M, address(&raw mut start)],
            )?;
        }
        let start = core::ptr::with_exposed_provenance_mut(start as usize);
        NonNull::new(start)
            .map(|start| Self { start, size })
            .ok_or(Error::ENOMEM)
    }

    /// Number of bytes, a multiple of [`PAGE`].
    pub fn size(&self) -> usize {
        self.size
    }

    /// The address as the system, the SPUs and the RSX see it.
    pub fn address(&self) -> u32 {
        address32(self.start.as_ptr())
    }

    /// The first byte.
    pub fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// The pages as bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the memory is this value's, zeroed, and stays until the drop.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.size) }
    }

    /// The pages as bytes to write.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as `bytes`, and nobody else has a reference.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.size) }
    }

    /// Keeps the pages for the rest of the program.
    pub fn leak(self) -> &'static mut [u8] {
        let this = core::mem::ManuallyDrop::new(self);
        // SAFETY: nobody gives the memory back any more.
        unsafe { core::slice::from_raw_parts_mut(this.start.as_ptr(), this.size) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the memory came from the allocation call, and nobody has a reference any more.
        unsafe {
            // An error means that the address is not one: then there is nothing to give back.
            let _ = syscall(sys::number::MEMORY_FREE, [self.address().into()]);
        }
    }
}

/// Main memory of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct UserMemory {
    /// Bytes in all.
    pub total: u32,
    /// Bytes that are still free.
    pub available: u32,
}

/// How much main memory the program has.
///
/// # Errors
/// What the system returned.
pub fn user_memory() -> Result<UserMemory> {
    let mut memory = UserMemory::default();
    // SAFETY: the call writes two words.
    unsafe {
        syscall(
            sys::number::MEMORY_GET_USER_MEMORY_SIZE,
            [address(&raw mut memory)],
        )?;
    }
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_pages_or_an_error() {
        assert_eq!(Pages::allocate(0).map(|_| ()), Err(Error::EINVAL));
        assert_eq!(Pages::allocate(usize::MAX).map(|_| ()), Err(Error::EINVAL));
        assert_eq!(Pages::allocate(1).map(|_| ()), Err(Error::ENOSYS));
        assert_eq!(core::mem::size_of::<UserMemory>(), 8);
    }
}
