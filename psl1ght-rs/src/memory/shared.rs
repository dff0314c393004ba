//! Memory that not only the PPU reads and writes.

use alloc::alloc::{alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::ptr::NonNull;

use super::{PAGE, Pages};
use crate::syscall::address32;
use crate::{Error, Result};

/// Bytes of a cache line: two owners of one line would overwrite each other's part.
const LINE: usize = 128;

/// Memory that SPUs read and write, too. The PPU only copies into it and out of it, so that there is
/// never a reference to what an SPU may just be changing.
///
/// Zeroed at first; starts at a multiple of 128 and shares no line with anything else; given back
/// when dropped, which has to wait until no SPU uses it any more.
#[derive(Debug)]
pub struct Shared {
    start: NonNull<u8>,
    size: usize,
    owner: Owner,
}

#[derive(Debug)]
enum Owner {
    Heap(Layout),
    /// Kept for its drop.
    Pages {
        _pages: Pages,
    },
}

// SAFETY: the memory belongs to this value alone, whichever thread holds it.
unsafe impl Send for Shared {}

impl Shared {
    /// Allocates `size` bytes at a multiple of `align`, a power of two up to [`PAGE`]. What takes a
    /// good part of a page comes from the system, and goes back to it; the rest is the heap's.
    ///
    /// # Errors
    /// `EINVAL` for no bytes or another alignment, `ENOMEM` if there is not that much memory.
    pub fn allocate(size: usize, align: usize) -> Result<Self> {
        let whole = size.checked_next_multiple_of(LINE).ok_or(Error::ENOMEM)?;
        let layout = Layout::from_size_align(whole, align.max(LINE)).map_err(|_| Error::EINVAL)?;
        if size == 0 || !align.is_power_of_two() || layout.align() > PAGE {
            return Err(Error::EINVAL);
        }
        // Pages round up to a whole one: a quarter of it is the most that is wasted here.
        if cfg!(target_vendor = "sony") && whole.next_multiple_of(PAGE) - whole <= PAGE / 4 {
            let pages = Pages::allocate(whole)?;
            let start = NonNull::new(pages.as_ptr()).ok_or(Error::ENOMEM)?;
            let owner = Owner::Pages { _pages: pages };
            return Ok(Self { start, size, owner });
        }
        // SAFETY: the size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(Error::ENOMEM)?;
        let owner = Owner::Heap(layout);
        Ok(Self { start, size, owner })
    }

    /// The address as SPUs and the system see it.
    pub fn address(&self) -> u32 {
        address32(self.start.as_ptr())
    }

    /// Number of bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Copies bytes into the memory from `offset` on.
    ///
    /// # Errors
    /// `EFAULT` if they do not fit.
    pub fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<()> {
        let to = self.place(offset, bytes.len())?;
        // SAFETY: the bytes lie in this value's memory, to which there are no references.
        unsafe { to.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len()) };
        Ok(())
    }

    /// Copies bytes from `offset` on out of the memory.
    ///
    /// # Errors
    /// `EFAULT` if there are not that many.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<()> {
        let from = self.place(offset, bytes.len())?;
        let size = bytes.len();
        // SAFETY: as for writing.
        unsafe { from.copy_to_nonoverlapping(NonNull::from(bytes).cast(), size) };
        Ok(())
    }

    fn place(&self, offset: usize, size: usize) -> Result<NonNull<u8>> {
        match offset.checked_add(size) {
            // SAFETY: the place lies within the memory, or at its end.
            Some(end) if end <= self.size => Ok(unsafe { self.start.add(offset) }),
            _ => Err(Error::EFAULT),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Owner::Heap(layout) = self.owner {
            // SAFETY: allocated with this layout, and nothing refers to it any more.
            unsafe { dealloc(self.start.as_ptr(), layout) };
        }
    }
}

/// Everything written before is visible to SPUs and RSX before anything written after.
pub fn fence() {
    #[cfg(target_vendor = "sony")]
    // SAFETY: orders memory accesses.
    unsafe {
        core::arch::asm!("sync", options(nostack, preserves_flags));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_nothing_lies_outside() {
        let mut shared = Shared::allocate(300, 16).expect("a little memory");
        assert_eq!((shared.address() as usize % LINE, shared.size()), (0, 300));
        let mut bytes = [1; 300];
        shared.read(0, &mut bytes).expect("all of it");
        assert_eq!(bytes, [0; 300]);
        shared.write(297, b"end").expect("the last three");
        shared.read(296, &mut bytes[..4]).expect("the last four");
        assert_eq!(bytes[..4], *b"\0end");
        assert_eq!(shared.write(298, b"end"), Err(Error::EFAULT));
        assert_eq!(shared.read(usize::MAX, &mut bytes), Err(Error::EFAULT));
        assert_eq!(shared.write(300, b""), Ok(()));
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        for (size, align) in [(0, 16), (1, 3), (1, 2 * PAGE)] {
            assert_eq!(
                Shared::allocate(size, align).map(|_| ()),
                Err(Error::EINVAL)
            );
        }
        assert_eq!(
            Shared::allocate(usize::MAX, 16).map(|_| ()),
            Err(Error::ENOMEM)
        );
    }
}
