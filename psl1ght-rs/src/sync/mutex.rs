//! Mutual exclusion by the kernel, with priority inheritance.

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::time::Duration;

use crate::sys::number;
use crate::sys::sync::{MutexAttribute, NOT_ADAPTIVE, NOT_RECURSIVE, NOT_SHARED, PRIORITY_INHERIT};
use crate::syscall::address;
use crate::{Error, Result, syscall, time};

/// A value that one thread at a time may use.
///
/// A thread that waits sleeps; a thread of lower priority that holds the lock runs at the priority of
/// those that wait.
#[derive(Debug)]
pub struct Mutex<T: ?Sized> {
    id: u32,
    value: UnsafeCell<T>,
}

// SAFETY: the lock lets one thread at a time reach the value.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}
// SAFETY: the kernel's number works from every thread.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}

impl<T> Mutex<T> {
    /// Makes a mutex around a value.
    ///
    /// # Errors
    /// What the system returned.
    pub fn new(value: T) -> Result<Self> {
        let attribute = MutexAttribute {
            protocol: PRIORITY_INHERIT,
            recursive: NOT_RECURSIVE,
            shared: NOT_SHARED,
            adaptive: NOT_ADAPTIVE,
            key: 0,
            flags: 0,
            reserved: 0,
            name: [0; 8],
        };
        let mut id = 0u32;
        // SAFETY: the call reads the attribute and writes one word.
        unsafe {
            syscall(
                number::MUTEX_CREATE,
                [address(&raw mut id), address(&raw const attribute)],
            )?;
        }
        Ok(Self {
            id,
            value: UnsafeCell::new(value),
        })
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits for the lock.
    ///
    /// # Errors
    /// `EDEADLK` if this thread has it already.
    pub fn lock(&self) -> Result<MutexGuard<'_, T>> {
        self.lock_within(None)
    }

    /// Waits for the lock, `None` if it was not to be had within the time.
    ///
    /// # Errors
    /// `EDEADLK` if this thread has it already.
    pub fn lock_for(&self, limit: Duration) -> Result<Option<MutexGuard<'_, T>>> {
        match self.lock_within(Some(limit)) {
            Ok(guard) => Ok(Some(guard)),
            Err(Error::ETIMEDOUT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn lock_within(&self, limit: Option<Duration>) -> Result<MutexGuard<'_, T>> {
        // SAFETY: the mutex exists as long as `self` does.
        unsafe { syscall(number::MUTEX_LOCK, [self.id.into(), time::limit(limit)])? };
        Ok(MutexGuard {
            mutex: self,
            _not_send: core::marker::PhantomData,
        })
    }

    /// Takes the lock if nobody has it.
    ///
    /// # Errors
    /// `EDEADLK` if this thread has it already.
    pub fn try_lock(&self) -> Result<Option<MutexGuard<'_, T>>> {
        // SAFETY: the mutex exists as long as `self` does.
        match unsafe { syscall(number::MUTEX_TRYLOCK, [self.id.into()]) } {
            Ok(()) => Ok(Some(MutexGuard {
                mutex: self,
                _not_send: core::marker::PhantomData,
            })),
            Err(Error::EBUSY) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The kernel's number.
    pub(super) fn id(&self) -> u32 {
        self.id
    }
}

impl<T: ?Sized> Drop for Mutex<T> {
    fn drop(&mut self) {
        // SAFETY: nobody can hold or await a lock that has no other reference.
        unsafe {
            let _ = syscall(number::MUTEX_DESTROY, [self.id.into()]);
        }
    }
}

/// The lock, held; given back when dropped, by the thread that took it.
#[derive(Debug)]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    _not_send: core::marker::PhantomData<*const ()>,
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held, and this guard is borrowed alone.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: this thread holds the lock, and no reference to the value is left.
        unsafe {
            let _ = syscall(number::MUTEX_UNLOCK, [self.mutex.id.into()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_an_error() {
        assert_eq!(Mutex::new(5).map(|_| ()), Err(Error::ENOSYS));
    }
}
