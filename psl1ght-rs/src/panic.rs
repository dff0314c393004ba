//! Panics: the message goes to the TTY, then to whoever asked for it, then the program ends.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicPtr, Ordering};

static HOOK: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Has a function called with every panic, after its message went to the TTY and before the program
/// ends: to show a readable screen, as [`alarm::panicked`](crate::alarm::panicked) does. A panic inside of it ends the program at once.
pub fn on_panic(hook: fn(&PanicInfo<'_>)) {
    HOOK.store(hook as *mut (), Ordering::Release);
}

/// Status with which a program ends that panicked.
#[cfg(target_vendor = "sony")]
const STATUS: i32 = 101;

#[cfg(target_vendor = "sony")]
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    crate::println!("{info}");
    // Taken out, so that a panic of the hook does not come back here.
    let hook = HOOK.swap(core::ptr::null_mut(), Ordering::AcqRel);
    if !hook.is_null() {
        // SAFETY: only `on_panic` stores here, and it stores functions of this type.
        let hook = unsafe { core::mem::transmute::<*mut (), fn(&PanicInfo<'_>)>(hook) };
        hook(info);
    }
    crate::process::exit(STATUS)
}
