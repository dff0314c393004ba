//! The end of the program.

/// Ends the program, all its threads with it. Tried.
pub fn exit(status: i32) -> ! {
    // SAFETY: nothing of this program runs any more.
    unsafe {
        let _ = crate::syscall(crate::sys::number::PROCESS_EXIT, [u64::from(status as u32)]);
    }
    // The call does not return on LV2; elsewhere there is no process to end.
    loop {
        core::hint::spin_loop();
    }
}
