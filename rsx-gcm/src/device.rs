//! What a program needs of the machine: memory, the FIFO's control area and labels.

use crate::memory::Memory;
use core::fmt;

/// The RSX does not go on: it faulted, or made no progress for too long.
///
/// The device itself knows more; a simulated one keeps a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the RSX has stopped")
    }
}

impl core::error::Error for Stopped {}

/// The control area of the FIFO, and the labels.
///
/// All offsets are in mapped main memory.
pub trait Control {
    /// Sets the offset that the RSX fetches up to. Everything written before must be visible to it by then.
    fn put(&mut self, offset: u32);

    /// The offset that the RSX fetches next.
    fn get(&mut self) -> u32;

    /// The reference word, which [`SET_REFERENCE`](crate::methods::channel::SET_REFERENCE) sets.
    fn reference(&mut self) -> u32;

    /// The first word of label `index`, which the RSX writes.
    fn label(&mut self, index: u8) -> u32;

    /// Called once in every turn of a loop that waits for the RSX.
    ///
    /// A simulated RSX executes some of what `put` allows, and lets time pass
    /// where it waits for a flip; a real one is given a few microseconds.
    ///
    /// # Errors
    /// [`Stopped`] where waiting on is no use.
    fn wait(&mut self) -> Result<(), Stopped>;
}

impl<C: Control + ?Sized> Control for &mut C {
    fn put(&mut self, offset: u32) {
        (**self).put(offset);
    }
    fn get(&mut self) -> u32 {
        (**self).get()
    }
    fn reference(&mut self) -> u32 {
        (**self).reference()
    }
    fn label(&mut self, index: u8) -> u32 {
        (**self).label(index)
    }
    fn wait(&mut self) -> Result<(), Stopped> {
        (**self).wait()
    }
}

/// An RSX: its memory and its controls.
pub trait Device: Memory + Control {}

impl<D: Memory + Control + ?Sized> Device for D {}
