//! Condition variables.

use core::time::Duration;

use super::{Mutex, MutexGuard};
use crate::sys::number;
use crate::sys::sync::{ConditionAttribute, NOT_SHARED};
use crate::syscall::address;
use crate::{Error, Result, syscall, time};

/// A condition on the value of one mutex, for whose change threads wait.
#[derive(Debug)]
pub struct Condition<'a, T> {
    id: u32,
    mutex: &'a Mutex<T>,
}

impl<'a, T> Condition<'a, T> {
    /// Makes a condition; LV2 ties it to its mutex from the start.
    ///
    /// # Errors
    /// What the system returned.
    pub fn new(mutex: &'a Mutex<T>) -> Result<Self> {
        let attribute = ConditionAttribute {
            shared: NOT_SHARED,
            flags: 0,
            key: 0,
            name: [0; 8],
        };
        let mut id = 0u32;
        // SAFETY: the call reads the attribute and writes one word; the mutex exists.
        unsafe {
            syscall(
                number::COND_CREATE,
                [
                    address(&raw mut id),
                    mutex.id().into(),
                    address(&raw const attribute),
                ],
            )?;
        }
        Ok(Self { id, mutex })
    }

    /// Gives the lock back, waits for a signal, and takes the lock again. Returns `false` if the time
    /// was over first. The condition may have changed again since: test it in a loop.
    ///
    /// # Errors
    /// `EPERM` if the guard is of another mutex.
    pub fn wait(&self, guard: &mut MutexGuard<'_, T>, limit: Option<Duration>) -> Result<bool> {
        if !core::ptr::eq(guard.mutex(), self.mutex) {
            return Err(Error::EPERM);
        }
        // SAFETY: the lock is held, and held again when the call returns; in between, the exclusive
        // borrow of the guard keeps this thread from the value.
        match unsafe { syscall(number::COND_WAIT, [self.id.into(), time::limit(limit)]) } {
            Ok(()) => Ok(true),
            Err(Error::ETIMEDOUT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Wakes one thread.
    ///
    /// # Errors
    /// What the system returned.
    pub fn signal(&self) -> Result<()> {
        // SAFETY: the condition exists as long as `self` does.
        unsafe { syscall(number::COND_SIGNAL, [self.id.into()]) }
    }

    /// Wakes all threads.
    ///
    /// # Errors
    /// What the system returned.
    pub fn signal_all(&self) -> Result<()> {
        // SAFETY: the condition exists as long as `self` does.
        unsafe { syscall(number::COND_SIGNAL_ALL, [self.id.into()]) }
    }
}

impl<T> Drop for Condition<'_, T> {
    fn drop(&mut self) {
        // SAFETY: nobody waits for a condition without references.
        unsafe {
            let _ = syscall(number::COND_DESTROY, [self.id.into()]);
        }
    }
}
