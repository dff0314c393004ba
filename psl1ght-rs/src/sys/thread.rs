//! PPU threads: `sysPrxForUser`.

use crate::Result;

/// Creation flag: another thread will join this one.
pub const JOINABLE: u64 = 1;
/// The lowest priority; 0 is the highest.
pub const LOWEST_PRIORITY: i32 = 3071;

crate::import! { "sysPrxForUser" {
    /// Starts a thread: entry descriptor's address, argument for r3, priority, bytes of stack, flags,
    /// name with a final zero. Tried.
    pub fn sys_ppu_thread_create(
        id: *mut u64, entry: u64, argument: u64, priority: i32, stack: u64, flags: u64, name: *const u8
    ) -> Result<()>;
    /// Ends the calling thread. Tried.
    pub fn sys_ppu_thread_exit(value: u64);
    /// The calling thread's number. Tried.
    pub fn sys_ppu_thread_get_id(id: *mut u64) -> Result<()>;
}}
