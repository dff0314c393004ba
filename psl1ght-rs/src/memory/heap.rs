//! The heap: an allocator over pages from the system, with a budget.
//!
//! Blocks of 128 bytes and more start at a multiple of 128 and have their last line to themselves,
//! so that SPUs may transfer whole lines in and out of them. Smaller ones are packed.

use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, Ordering};

use talc::DefaultBinning;
use talc::base::Talc;
use talc::base::binning::Binning;
use talc::source::Source;

use super::PAGE;

/// Bytes of a cache line, of an SPU's atomic unit, and of a DMA's best alignment.
const LINE: usize = 128;
/// The heap grows by at least this much, so that it does not fall into many small pieces.
const STEP: usize = 4 * PAGE;
/// What the allocator needs of a new piece for itself, and what alignment of a block may cost.
const OVERHEAD: usize = 4096;

/// How much the heap has of the system, and how much it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapUse {
    /// Bytes taken from the system; they are not given back.
    pub taken: usize,
    /// Most bytes to take.
    pub budget: usize,
}

/// Where pages come from: at least so many bytes, with the number there are.
type PageSource = fn(usize) -> Option<(NonNull<u8>, usize)>;

#[derive(Debug)]
struct Growth {
    pages: PageSource,
    usage: HeapUse,
}

impl Growth {
    /// Takes pages for a block of `size` bytes: a good step if that is allowed and to be had, else
    /// as few as will do.
    fn take(&mut self, size: usize) -> Option<(NonNull<u8>, usize)> {
        let needed = size.checked_add(OVERHEAD)?.checked_next_multiple_of(PAGE)?;
        for size in [needed.max(STEP), needed] {
            let total = self.usage.taken.checked_add(size)?;
            if total <= self.usage.budget
                && let Some(pages) = (self.pages)(size)
            {
                self.usage.taken = total;
                return Some(pages);
            }
        }
        None
    }
}

// SAFETY: neither the page source nor the counting allocates.
unsafe impl Source for Growth {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let size = layout.size().checked_add(layout.align()).ok_or(())?;
        let (start, size) = talc.source.take(size).ok_or(())?;
        // SAFETY: the pages are new and nobody else's.
        unsafe { talc.claim(start.as_ptr(), size) }
            .map(|_| ())
            .ok_or(())
    }
}

/// An allocator behind a lock.
struct Heap {
    locked: AtomicBool,
    talc: UnsafeCell<Talc<Growth, DefaultBinning>>,
}

// SAFETY: the lock lets one thread at a time in.
unsafe impl Sync for Heap {}

/// The layout that a block really has.
fn padded(layout: Layout) -> Layout {
    if layout.size() < LINE && layout.align() < LINE {
        return layout;
    }
    let align = layout.align().max(LINE);
    let size = layout.size().checked_next_multiple_of(LINE);
    let padded = size.and_then(|size| Layout::from_size_align(size, align).ok());
    // Only a layout at the end of the address space cannot be padded; no memory has it either.
    padded.unwrap_or(layout)
}

impl Heap {
    const fn new(pages: PageSource) -> Self {
        let usage = HeapUse {
            taken: 0,
            budget: usize::MAX,
        };
        Self {
            locked: AtomicBool::new(false),
            talc: UnsafeCell::new(Talc::new(Growth { pages, usage })),
        }
    }

    fn with<R>(&self, work: impl FnOnce(&mut Talc<Growth, DefaultBinning>) -> R) -> R {
        let mut tries = 0u32;
        while self
            .locked
            .compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            tries += 1;
            if tries.is_multiple_of(64) {
                // Sleeping, not yielding: the thread that holds the lock may have a lower priority.
                crate::time::sleep(core::time::Duration::from_micros(30));
            }
            core::hint::spin_loop();
        }
        // SAFETY: the lock is ours.
        let result = work(unsafe { &mut *self.talc.get() });
        self.locked.store(false, Ordering::Release);
        result
    }
}

// SAFETY: blocks come from one allocator under one lock, always with the padded layout.
unsafe impl core::alloc::GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = padded(layout);
        // SAFETY: the size is not zero: that is the caller's promise.
        let block = self.with(|talc| unsafe { talc.allocate(layout) });
        block.map_or(core::ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block was allocated with the same layout, padded in the same way.
        self.with(|talc| unsafe { talc.deallocate(block, padded(layout)) });
    }
}

#[cfg(target_vendor = "sony")]
fn system_pages(size: usize) -> Option<(NonNull<u8>, usize)> {
    let pages = super::Pages::allocate(size).ok()?.leak();
    Some((NonNull::from(&mut *pages).cast(), pages.len()))
}

#[cfg(target_vendor = "sony")]
#[global_allocator]
static HEAP: Heap = Heap::new(system_pages);

/// Nothing to take from: off the console the heap is that of the machine.
#[cfg(not(target_vendor = "sony"))]
static HEAP: Heap = Heap::new(|_| None);

/// How much memory the heap uses.
pub fn heap_use() -> HeapUse {
    HEAP.with(|talc| talc.source.usage)
}

/// Sets the most bytes that the heap takes from the system; it starts without a limit. What it has
/// already taken it keeps. Memory for the RSX and other [`Pages`](super::Pages) does not count.
///
/// When the budget or the system's memory is used up, an allocation fails: `try_reserve` returns an
/// error, other code panics, and the panic reaches the TTY and [`on_panic`](crate::on_panic).
pub fn set_heap_budget(bytes: usize) {
    HEAP.with(|talc| talc.source.usage.budget = bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::alloc::GlobalAlloc;
    use std::vec::Vec;

    fn host_pages(size: usize) -> Option<(NonNull<u8>, usize)> {
        let layout = Layout::from_size_align(size, PAGE).ok()?;
        // SAFETY: the size is not zero.
        NonNull::new(unsafe { std::alloc::alloc(layout) }).map(|start| (start, size))
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a small layout")
    }

    #[test]
    fn large_blocks_have_lines_of_their_own() {
        let heap = Heap::new(host_pages);
        let mut blocks = Vec::new();
        for size in [1, 8, 127, 128, 129, 1000, 16384, 3 * PAGE, 9 * PAGE + 1] {
            // SAFETY: no size is zero.
            let block = unsafe { heap.alloc(layout(size)) };
            assert!(!block.is_null());
            if size >= LINE {
                assert_eq!(block.addr() % LINE, 0, "{size}");
            }
            let end = block.addr() + size.next_multiple_of(if size < LINE { 1 } else { LINE });
            assert!(
                blocks
                    .iter()
                    .all(|(_, start, stop, _)| end <= *start || *stop <= block.addr())
            );
            blocks.push((block, block.addr(), end, size));
            // SAFETY: the block has this many bytes.
            unsafe { block.write_bytes(size as u8, size) };
        }
        for (block, _, _, size) in blocks {
            // SAFETY: written above, and nothing was freed yet.
            let same = unsafe { core::slice::from_raw_parts(block, size) };
            assert!(same.iter().all(|byte| *byte == size as u8));
            // SAFETY: allocated above with this layout.
            unsafe { heap.dealloc(block, layout(size)) };
        }
    }

    #[test]
    fn freed_memory_is_used_again() {
        let heap = Heap::new(host_pages);
        for _ in 0..100 {
            // SAFETY: the size is not zero, and the block is freed once.
            unsafe {
                let block = heap.alloc(layout(PAGE));
                assert!(!block.is_null());
                heap.dealloc(block, layout(PAGE));
            }
        }
        assert_eq!(heap.with(|talc| talc.source.usage.taken), STEP);
    }

    #[test]
    fn the_budget_holds() {
        let heap = Heap::new(host_pages);
        heap.with(|talc| talc.source.usage.budget = 2 * PAGE);
        // SAFETY: no size is zero.
        unsafe {
            assert!(!heap.alloc(layout(PAGE)).is_null());
            assert!(heap.alloc(layout(2 * PAGE)).is_null());
            assert!(!heap.alloc(layout(1000)).is_null());
            assert!(heap.alloc(layout(usize::MAX / 4)).is_null());
        }
        assert_eq!(heap.with(|talc| talc.source.usage.taken), 2 * PAGE);
    }
}
