//! Functions of this program that the system calls.
//!
//! The system wants the address of a descriptor (code address and TOC, 32 bits each) and jumps to
//! the code with the descriptor's TOC in r2. A Rust function (ELFv2) computes its TOC from r12,
//! which the system leaves unset: so the descriptor points to a thunk that sets r12. Tried.

use core::sync::atomic::{AtomicU32, Ordering};

/// A descriptor as the system reads it: code address, TOC. Filled when it is first used.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C, align(8))]
pub struct Descriptor {
    code: AtomicU32,
    toc: AtomicU32,
}

impl Descriptor {
    /// A descriptor that leads nowhere yet.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            code: AtomicU32::new(0),
            toc: AtomicU32::new(0),
        }
    }

    /// Points the descriptor to a thunk and returns its own address.
    pub fn aim(&'static self, thunk: *const ()) -> u32 {
        self.code
            .store(crate::syscall::address32(thunk), Ordering::Release);
        crate::syscall::address32(self)
    }
}

/// The address, as `u32`, through which the system may call an `extern "C"` function of this program.
///
/// ```
/// extern "C" fn on_event(_status: u64, _parameter: u64, _user: u64) {}
/// let address: u32 = psl1ght_rs::callback!(on_event as fn(u64, u64, u64));
/// ```
///
/// A function with a result says `-> TYPE` behind the types; integers up to 32 bits are extended as
/// ELFv1 wants them. A panic in a callback ends the program like any other.
#[macro_export]
macro_rules! callback {
    ($function:ident as fn($($kind:ty),* $(,)?) $(-> $result:ty)?) => {{
        const _: extern "C" fn($($kind),*) $(-> $result)? = $function;
        static DESCRIPTOR: $crate::callback::Descriptor = $crate::callback::Descriptor::new();
        DESCRIPTOR.aim($crate::__thunk!($function, ($($kind),*) $(, $result)?))
    }};
}

#[cfg(target_vendor = "sony")]
#[doc(hidden)]
#[macro_export]
macro_rules! __thunk {
    ($function:ident, ($($kind:ty),*) $(, $result:ty)?) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn thunk() {
            ::core::arch::naked_asm!(
                "mflr 0",
                "std 0, 16(1)",
                // Where ELFv1 leaves the compiler a place in the caller's frame.
                "std 2, 24(1)",
                "stdu 1, -128(1)",
                "lis 12, {function}@ha",
                "addi 12, 12, {function}@l",
                "mtctr 12",
                "bctrl",
                "addi 1, 1, 128",
                "ld 2, 24(1)",
                "ld 0, 16(1)",
                "mtlr 0",
                "blr",
                function = sym $function,
            )
        }
        thunk as *const ()
    }};
}

#[cfg(not(target_vendor = "sony"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __thunk {
    ($function:ident, ($($kind:ty),*) $(, $result:ty)?) => {
        $function as extern "C" fn($($kind),*) $(-> $result)? as *const ()
    };
}

#[cfg(test)]
mod tests {
    extern "C" fn answer(question: u64) -> i32 {
        question as i32
    }

    #[test]
    fn a_callback_has_one_descriptor() {
        let twice = || crate::callback!(answer as fn(u64) -> i32);
        assert_eq!(twice(), twice());
        assert_eq!(answer(42), 42);
        assert_eq!(core::mem::size_of::<super::Descriptor>(), 8);
    }
}
