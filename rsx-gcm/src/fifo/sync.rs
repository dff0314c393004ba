//! Waiting for the RSX.

use super::{Context, FifoError};
use crate::device::Device;
use crate::methods::fields::swap_label_bytes;
use crate::methods::{channel, d3};

impl<D: Device> Context<D> {
    /// The label that [`Context::finish`] uses; the last one.
    pub const FENCE_LABEL: u8 = 255;

    /// Has `value` written to label `index` after everything before has been drawn.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn release_label(&mut self, index: u8, value: u32) -> Result<(), FifoError> {
        self.method(
            d3::SET_SEMAPHORE_OFFSET,
            &[label_offset(index), swap_label_bytes(value)],
        )
    }

    /// Stops fetching commands until label `index` is `value`.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn acquire_label(&mut self, index: u8, value: u32) -> Result<(), FifoError> {
        self.method(channel::SEMAPHORE_OFFSET, &[label_offset(index), value])
    }

    /// Flushes and waits until the RSX has drawn everything.
    ///
    /// # Errors
    /// [`FifoError::Stopped`], or as [`Context::reserve`].
    pub fn finish(&mut self) -> Result<(), FifoError> {
        self.drawn = self.drawn.wrapping_add(1);
        self.release_label(Self::FENCE_LABEL, self.drawn)?;
        self.flush();
        while self.device_mut().label(Self::FENCE_LABEL) != self.drawn {
            self.device_mut().wait()?;
        }
        Ok(())
    }

    /// Flushes and waits until the RSX has fetched everything; drawing may still go on.
    ///
    /// # Errors
    /// [`FifoError::Stopped`], or as [`Context::reserve`].
    pub fn finish_fetching(&mut self) -> Result<(), FifoError> {
        self.fetched = self.fetched.wrapping_add(1);
        self.method(channel::SET_REFERENCE, &[self.fetched])?;
        self.flush();
        while self.device_mut().reference() != self.fetched {
            self.device_mut().wait()?;
        }
        Ok(())
    }
}

/// Byte offset of a label.
const fn label_offset(index: u8) -> u32 {
    16 * index as u32
}
