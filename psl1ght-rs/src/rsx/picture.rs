//! Display buffers as the PPU may write them when nothing else draws any more.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rsx_gcm::flip::MAX_BUFFERS;

use crate::memory::fence;

/// Address, bytes from row to row, width and height of each display buffer; zeros where there is
/// none.
static BUFFERS: [[AtomicU32; 4]; MAX_BUFFERS as usize] =
    [const { [const { AtomicU32::new(0) }; 4] }; MAX_BUFFERS as usize];
/// Whether the RSX gets no more commands.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Remembers a display buffer, which lies in the RSX's memory.
pub(super) fn keep(id: u8, values: [u32; 4]) {
    if let Some(buffer) = BUFFERS.get(usize::from(id)) {
        for (to, value) in buffer.iter().zip(values) {
            to.store(value, Ordering::Release);
        }
    }
}

/// Whether the thread that draws has to stop.
pub(super) fn is_stopped() -> bool {
    STOPPED.load(Ordering::Acquire)
}

/// Lets no thread give the RSX commands from now on. What it has got it still draws.
pub(crate) fn stop() {
    STOPPED.store(true, Ordering::Release);
}

/// Writes all display buffers, so that whichever is on the screen shows it. `row` gets width and
/// height of a buffer and a row's number, and gives the row's pixels one by one. Gives whether there
/// is any buffer.
pub(crate) fn paint<R: Iterator<Item = u32>>(row: impl Fn(u32, u32, u32) -> R) -> bool {
    let mut any = false;
    for buffer in &BUFFERS {
        let [start, pitch, width, height] =
            [0, 1, 2, 3].map(|index| buffer[index].load(Ordering::Acquire));
        if start == 0 {
            continue;
        }
        any = true;
        for y in 0..height {
            let at = core::ptr::with_exposed_provenance_mut::<u32>((start + y * pitch) as usize);
            for (x, pixel) in row(width, height, y).take(width as usize).enumerate() {
                // SAFETY: the buffer lies in the RSX's memory, as was checked when it was made
                // known, and no reference leads there.
                unsafe { at.add(x).write_volatile(pixel) };
            }
        }
    }
    fence();
    any
}
