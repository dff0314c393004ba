//! PPU threads.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::UnsafeCell;

use crate::sys::number;
use crate::sys::thread::{JOINABLE, LOWEST_PRIORITY, sys_ppu_thread_create, sys_ppu_thread_get_id};
use crate::syscall::address;
use crate::{Error, Result, syscall};

/// How a thread is made.
#[derive(Clone, Copy, Debug)]
pub struct Builder<'a> {
    /// Name for the debugger.
    pub name: &'a str,
    /// 0 is the highest priority, 3071 the lowest; the main thread has 1000 unless the program says
    /// otherwise.
    pub priority: i32,
    /// Bytes of stack, at least 4096.
    pub stack: usize,
}

impl Default for Builder<'_> {
    /// Priority 1000, 64 KB of stack.
    fn default() -> Self {
        Self {
            name: "thread",
            priority: 1000,
            stack: 0x1_0000,
        }
    }
}

/// What a new thread gets: its function, and where the result goes.
struct Start<T> {
    work: Box<dyn FnOnce() -> T + Send>,
    result: Arc<Slot<T>>,
}

/// Written by the thread before it ends, read by who has joined it.
struct Slot<T>(UnsafeCell<Option<T>>);

// SAFETY: the thread writes before its end, and the other side reads after that.
unsafe impl<T: Send> Sync for Slot<T> {}

/// A thread that can be waited for.
///
/// Dropping the handle lets the thread run on by itself.
#[derive(Debug)]
pub struct JoinHandle<T> {
    id: u64,
    joined: bool,
    result: Arc<Slot<T>>,
}

impl<T> core::fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Slot")
    }
}

impl Builder<'_> {
    /// Starts a thread. Tried, with entry, argument, joining and results.
    ///
    /// # Errors
    /// `EINVAL` for a priority or stack outside of what the system takes, or what it returned.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<JoinHandle<T>> {
        if !(0..=LOWEST_PRIORITY).contains(&self.priority) || self.stack < 4096 {
            return Err(Error::EINVAL);
        }
        let mut name: Vec<u8> = self
            .name
            .bytes()
            .take(27)
            .filter(|byte| *byte != 0)
            .collect();
        name.push(0);
        let result = Arc::new(Slot(UnsafeCell::new(None)));
        let start = Box::new(Start {
            work: Box::new(work),
            result: Arc::clone(&result),
        });
        let start = Box::into_raw(start);
        // The thread may not have run when the call returns, so the entry has to outlive it.
        let entry = Box::into_raw(Box::new(Entry {
            run: run::<T>,
            argument: address(start),
        }));
        let mut id = 0u64;
        // SAFETY: descriptor, entry and name are valid; the thread takes `entry` and `start` over.
        let made = unsafe {
            sys_ppu_thread_create(
                &raw mut id,
                entry_descriptor().into(),
                address(entry),
                self.priority,
                self.stack as u64,
                JOINABLE,
                name.as_ptr(),
            )
        };
        if let Err(error) = made {
            // SAFETY: there is no thread that could have taken them.
            unsafe {
                drop(Box::from_raw(entry));
                drop(Box::from_raw(start));
            }
            return Err(error);
        }
        Ok(JoinHandle {
            id,
            joined: false,
            result,
        })
    }
}

/// Starts a thread with the default priority and stack.
///
/// # Errors
/// What the system returned.
pub fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    Builder::default().spawn(work)
}

impl<T> JoinHandle<T> {
    /// Waits for the thread's end and returns its result.
    ///
    /// # Errors
    /// What the system returned.
    pub fn join(mut self) -> Result<T> {
        let mut value = 0u64;
        // SAFETY: the call writes one word of 64 bits.
        unsafe { syscall(number::PPU_THREAD_JOIN, [self.id, address(&raw mut value)])? };
        self.joined = true;
        // SAFETY: the thread has ended, so nobody else reaches the slot.
        let result = unsafe { (*self.result.0.get()).take() };
        // A thread ends by returning from its function, which fills the slot.
        result.ok_or(Error::ESTAT)
    }

    /// The kernel's number.
    pub fn id(&self) -> u64 {
        self.id
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if !self.joined {
            // SAFETY: the thread is this handle's.
            unsafe {
                let _ = syscall(number::PPU_THREAD_DETACH, [self.id]);
            }
        }
    }
}

/// The calling thread's number. Tried.
///
/// # Errors
/// What the system returned.
pub fn current() -> Result<u64> {
    let mut id = 0u64;
    // SAFETY: the function writes one word of 64 bits.
    unsafe { sys_ppu_thread_get_id(&raw mut id)? };
    Ok(id)
}

/// Lets other threads of the same priority run. Tried.
pub fn yield_now() {
    // SAFETY: the call touches no memory.
    unsafe {
        let _ = syscall(number::PPU_THREAD_YIELD, []);
    }
}

/// What a thread's r3 points to.
#[repr(C)]
struct Entry {
    run: unsafe extern "C" fn(u64) -> u64,
    argument: u64,
}

/// A thread's first Rust code.
unsafe extern "C" fn run<T>(start: u64) -> u64 {
    let start = core::ptr::with_exposed_provenance_mut::<Start<T>>(start as usize);
    // SAFETY: `spawn` made it with `Box::into_raw` and gave it to this thread alone.
    let Start { work, result } = *unsafe { Box::from_raw(start) };
    let value = work();
    // SAFETY: the other side reads only after this thread has ended.
    unsafe { *result.0.get() = Some(value) };
    0
}

/// Takes over the entry and calls what it names.
unsafe extern "C" fn enter(entry: u64) -> u64 {
    let entry = core::ptr::with_exposed_provenance_mut::<Entry>(entry as usize);
    // SAFETY: `spawn` made it with `Box::into_raw` and gave it to this thread alone.
    let entry = *unsafe { Box::from_raw(entry) };
    // SAFETY: `run` belongs to the argument.
    unsafe { (entry.run)(entry.argument) }
}

static ENTRY: crate::callback::Descriptor = crate::callback::Descriptor::new();

/// Address of the descriptor of all threads.
fn entry_descriptor() -> u32 {
    #[cfg(target_vendor = "sony")]
    let first = first as *const ();
    #[cfg(not(target_vendor = "sony"))]
    let first = enter as *const ();
    ENTRY.aim(first)
}

/// A thread's first instructions: a frame, r12 for the Rust function, and the end, for a thread
/// function that returned to the system would never finish.
#[cfg(target_vendor = "sony")]
#[unsafe(naked)]
unsafe extern "C" fn first() -> ! {
    core::arch::naked_asm!(
        "stdu 1, -128(1)",
        "lis 12, {enter}@ha",
        "addi 12, 12, {enter}@l",
        "mtctr 12",
        "bctrl",
        "lis 12, {end}@ha",
        "addi 12, 12, {end}@l",
        "mtctr 12",
        "bctrl",
        "trap",
        enter = sym enter,
        end = sym end,
    )
}

#[cfg(target_vendor = "sony")]
unsafe extern "C" fn end(value: u64) {
    // SAFETY: everything of this thread is dropped.
    unsafe { crate::sys::thread::sys_ppu_thread_exit(value) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_leaves_nothing_behind() {
        let held = Arc::new(());
        let inside = Arc::clone(&held);
        let made = spawn(move || drop(inside));
        assert_eq!(made.map(|_| ()), Err(Error::ENOSYS));
        assert_eq!(Arc::strong_count(&held), 1);
        let odd = Builder {
            priority: 3072,
            ..Builder::default()
        };
        assert_eq!(odd.spawn(|| ()).map(|_| ()), Err(Error::EINVAL));
    }

    #[test]
    fn a_thread_runs_its_function_and_leaves_the_result() {
        // The path of a new thread from its first Rust function on, without the system.
        let result = Arc::new(Slot(UnsafeCell::new(None)));
        let start = Start {
            work: Box::new(|| 42u64),
            result: Arc::clone(&result),
        };
        let argument = address(Box::into_raw(Box::new(start)));
        let entry = Box::into_raw(Box::new(Entry {
            run: run::<u64>,
            argument,
        }));
        // SAFETY: as `spawn` makes them.
        assert_eq!(unsafe { enter(address(entry)) }, 0);
        // SAFETY: nobody else has the slot.
        assert_eq!(unsafe { (*result.0.get()).take() }, Some(42));
    }
}
