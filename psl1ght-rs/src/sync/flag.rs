//! Event flags: 64 bits that threads wait for.

use core::time::Duration;

use crate::sys::number;
use crate::sys::sync::{
    FlagAttribute, NOT_SHARED, PRIORITY, WAIT_ALL, WAIT_ANY, WAIT_CLEAR, WAITERS_MULTIPLE,
};
use crate::syscall::address;
use crate::{Error, Result, syscall, time};

/// 64 bits, set by any thread, awaited by any number of threads.
#[derive(Debug)]
pub struct EventFlag {
    id: u32,
}

impl EventFlag {
    /// Makes a flag with some bits set.
    ///
    /// # Errors
    /// What the system returned.
    pub fn new(bits: u64) -> Result<Self> {
        let attribute = FlagAttribute {
            protocol: PRIORITY,
            shared: NOT_SHARED,
            key: 0,
            flags: 0,
            waiters: WAITERS_MULTIPLE,
            name: [0; 8],
        };
        let mut id = 0u32;
        // SAFETY: the call reads the attribute and writes one word.
        unsafe {
            syscall(
                number::EVENT_FLAG_CREATE,
                [address(&raw mut id), address(&raw const attribute), bits],
            )?;
        }
        Ok(Self { id })
    }

    /// Sets bits.
    ///
    /// # Errors
    /// What the system returned.
    pub fn set(&self, bits: u64) -> Result<()> {
        // SAFETY: the flag exists as long as `self` does.
        unsafe { syscall(number::EVENT_FLAG_SET, [self.id.into(), bits]) }
    }

    /// Clears bits. (The system's call wants those to keep.)
    ///
    /// # Errors
    /// What the system returned.
    pub fn clear(&self, bits: u64) -> Result<()> {
        // SAFETY: the flag exists as long as `self` does.
        unsafe { syscall(number::EVENT_FLAG_CLEAR, [self.id.into(), !bits]) }
    }

    /// Waits for any of the bits and clears those; returns what was set, `None` if the time was over.
    ///
    /// # Errors
    /// What the system returned.
    pub fn wait_any(&self, bits: u64, limit: Option<Duration>) -> Result<Option<u64>> {
        self.wait(bits, WAIT_ANY | WAIT_CLEAR, limit)
    }

    /// Waits for all of the bits and clears them; returns what was set, `None` if the time was over.
    ///
    /// # Errors
    /// What the system returned.
    pub fn wait_all(&self, bits: u64, limit: Option<Duration>) -> Result<Option<u64>> {
        self.wait(bits, WAIT_ALL | WAIT_CLEAR, limit)
    }

    fn wait(&self, bits: u64, mode: u64, limit: Option<Duration>) -> Result<Option<u64>> {
        let mut found = 0u64;
        let arguments = [
            self.id.into(),
            bits,
            mode,
            address(&raw mut found),
            time::limit(limit),
        ];
        // SAFETY: the flag exists as long as `self` does; the call writes one word of 64 bits.
        match unsafe { syscall(number::EVENT_FLAG_WAIT, arguments) } {
            Ok(()) => Ok(Some(found)),
            Err(Error::ETIMEDOUT) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for EventFlag {
    fn drop(&mut self) {
        // SAFETY: nobody waits for a flag without references.
        unsafe {
            let _ = syscall(number::EVENT_FLAG_DESTROY, [self.id.into()]);
        }
    }
}
