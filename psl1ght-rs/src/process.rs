//! What the program was started with, and its end.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::sync::atomic::{AtomicU64, Ordering};

static COUNT: AtomicU64 = AtomicU64::new(0);
static ARGUMENTS: AtomicU64 = AtomicU64::new(0);

/// Keeps what the system passed to the program's first instruction.
///
/// # Safety
/// `arguments` is the address of `count` addresses, 64 bits each, of texts that end with a zero and
/// stay as long as the program runs.
#[cfg_attr(not(any(target_vendor = "sony", test)), expect(dead_code))]
pub(crate) unsafe fn keep_arguments(count: u64, arguments: u64) {
    COUNT.store(count, Ordering::Relaxed);
    ARGUMENTS.store(arguments, Ordering::Relaxed);
}

/// What the program was started with; the first is its own path. Bytes that are no UTF-8 are
/// replaced.
pub fn arguments() -> Vec<String> {
    let start = ARGUMENTS.load(Ordering::Relaxed) as usize;
    let start = core::ptr::with_exposed_provenance::<u64>(start);
    (0..COUNT.load(Ordering::Relaxed) as usize)
        .map(|index| {
            // SAFETY: `keep_arguments` was promised that many addresses of such texts.
            let text = unsafe {
                let address = start.add(index).read_unaligned() as usize;
                CStr::from_ptr(core::ptr::with_exposed_provenance(address))
            };
            text.to_string_lossy().into_owned()
        })
        .collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall::address;

    #[test]
    fn arguments_are_read() {
        assert_eq!(arguments(), Vec::<String>::new());
        let texts = [c"/dev_hdd0/game/STRY00001/USRDIR/EBOOT.BIN", c"", c"\xff"];
        let addresses = texts.map(|text| address(text.as_ptr()));
        // SAFETY: as the system passes them; nobody else asks for them in these tests.
        unsafe { keep_arguments(3, address(addresses.as_ptr())) };
        let read = arguments();
        assert_eq!(read[0], "/dev_hdd0/game/STRY00001/USRDIR/EBOOT.BIN");
        assert_eq!(read[1..], ["", "\u{fffd}"]);
        // SAFETY: no arguments are read from nowhere.
        unsafe { keep_arguments(0, 0) };
    }
}
