//! Functions of system libraries (SPRX).
//!
//! The loader fills a slot a function with the address of the library's descriptor: code address
//! and TOC, 32 bits each. Library code follows the ELFv1 convention: it saves r2 at 40(r1) and may
//! store its parameters at 48(r1) to 111(r1) of the caller's frame, which frames of this program
//! (ELFv2) do not have. So every call goes through one bridge that makes a frame of 128 bytes.
//!
//! Tried: bridge, slots and table, with one library and with several.

/// Declares functions of a system library.
///
/// ```
/// psl1ght_rs::import! { "sysPrxForUser" {
///     /// Microseconds since the system started.
///     pub fn sys_time_get_system_time() -> u64;
/// }}
/// ```
///
/// The FNID comes from the name. A function takes at most eight arguments, integers and pointers;
/// its result is `u32`, `i32`, `u64`, [`Result`](crate::Result) or nothing. Only functions that are
/// called get into the program's import table. Two crates may declare the same function.
///
/// The functions are unsafe: what they do is up to the library.
#[macro_export]
macro_rules! import {
    ($library:literal { $(
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $result:ty)?;
    )* }) => {
        $crate::__library!($library);
        $(
        $crate::__stub!($library, $name);
        $(#[$attribute])*
        ///
        /// # Safety
        /// The library's own conditions; pointers must be valid for what it does with them.
        #[allow(non_snake_case)]
        #[inline]
        $visibility unsafe fn $name($($argument: $kind),*) $(-> $result)? {
            const _: () = assert!(
                0 $(+ { let _ = stringify!($argument); 1 })* <= 8,
                "an import takes up to eight arguments"
            );
            $crate::__call!($name, ($($argument: $kind),*))
        }
        )*
    };
}

/// A function's stub, its slot and its FNID, as one group of sections: the linker keeps all or none.
/// A relocation without effect keeps the library's entry with them.
#[cfg(target_vendor = "sony")]
#[doc(hidden)]
#[macro_export]
macro_rules! __stub {
    ($library:literal, $name:ident) => {
        ::core::arch::global_asm!(
            concat!(".ifndef __lv2_import_", stringify!($name)),
            concat!(".pushsection .text.lv2.", stringify!($name),
                ",\"axG\",@progbits,__lv2_import_", stringify!($name), ",comdat"),
            ".balign 4",
            concat!(".globl __lv2_import_", stringify!($name)),
            concat!(".hidden __lv2_import_", stringify!($name)),
            concat!(".type __lv2_import_", stringify!($name), ",@function"),
            concat!("__lv2_import_", stringify!($name), ":"),
            concat!("lis 12,__lv2_slot_", stringify!($name), "@ha"),
            concat!("lwz 12,__lv2_slot_", stringify!($name), "@l(12)"),
            "b {bridge}",
            concat!(".reloc ., R_PPC64_NONE, __lv2_library_", $library),
            concat!(".reloc ., R_PPC64_NONE, __lv2_fnid_", stringify!($name)),
            ".popsection",
            concat!(".pushsection .lv2.slot.", $library, ".x.", stringify!($name),
                ",\"awG\",@progbits,__lv2_import_", stringify!($name), ",comdat"),
            ".balign 4",
            concat!("__lv2_slot_", stringify!($name), ": .long 0"),
            ".popsection",
            concat!(".pushsection .lv2.fnid.", $library, ".x.", stringify!($name),
                ",\"aG\",@progbits,__lv2_import_", stringify!($name), ",comdat"),
            ".balign 4",
            concat!("__lv2_fnid_", stringify!($name), ": .long {fnid}"),
            ".popsection",
            ".endif",
            bridge = sym $crate::import::bridge,
            fnid = const $crate::fnid::fnid(stringify!($name)),
        );
    };
}

/// The call through the stub.
#[cfg(target_vendor = "sony")]
#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    ($name:ident, ($($argument:ident: $kind:ty),*)) => {{
        unsafe extern "C" {
            #[link_name = concat!("__lv2_import_", stringify!($name))]
            fn stub($($argument: $kind),*) -> u64;
        }
        // SAFETY: the stub calls the library's function; the caller answers for its conditions.
        $crate::import::FromRegister::cut(unsafe { stub($($argument),*) })
    }};
}

#[cfg(not(target_vendor = "sony"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __stub {
    ($library:literal, $name:ident) => {};
}

#[cfg(not(target_vendor = "sony"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __library {
    ($library:literal) => {};
}

#[cfg(not(target_vendor = "sony"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    ($name:ident, ($($argument:ident: $kind:ty),*)) => {{
        $(let _ = $argument;)*
        $crate::import::FromRegister::cut($crate::Error::ENOSYS.code() as u64)
    }};
}

/// A library's entry of the import table, with its name and the ends of its lists. The count is left
/// to `pkg-build`, which finds the end of the FNID list in the word at 0x1c.
#[cfg(target_vendor = "sony")]
#[doc(hidden)]
#[macro_export]
macro_rules! __library {
    ($library:literal) => {
        ::core::arch::global_asm!(
            concat!(".ifndef __lv2_library_", $library),
            concat!(
                ".pushsection .lib.stub.",
                $library,
                ",\"aG\",@progbits,__lv2_library_",
                $library,
                ",comdat"
            ),
            ".balign 4",
            concat!(".globl __lv2_library_", $library),
            concat!(".hidden __lv2_library_", $library),
            concat!("__lv2_library_", $library, ":"),
            ".byte 0x2c, 0",
            ".short 1, 9, 0, 0, 0",
            ".long 0",
            concat!(".long __lv2_name_", $library),
            concat!(".long __lv2_fnids_", $library),
            concat!(".long __lv2_slots_", $library),
            concat!(".long __lv2_fnids_end_", $library),
            ".long 0, 0, 0",
            ".popsection",
            concat!(
                ".pushsection .lv2.library.",
                $library,
                ",\"aG\",@progbits,__lv2_library_",
                $library,
                ",comdat"
            ),
            concat!("__lv2_name_", $library, ": .asciz \"", $library, "\""),
            ".popsection",
            concat!(
                ".pushsection .lv2.fnid.",
                $library,
                ".0",
                ",\"aG\",@progbits,__lv2_library_",
                $library,
                ",comdat"
            ),
            ".balign 4",
            concat!("__lv2_fnids_", $library, ":"),
            ".popsection",
            concat!(
                ".pushsection .lv2.fnid.",
                $library,
                ".z",
                ",\"aG\",@progbits,__lv2_library_",
                $library,
                ",comdat"
            ),
            ".balign 4",
            concat!("__lv2_fnids_end_", $library, ":"),
            ".popsection",
            concat!(
                ".pushsection .lv2.slot.",
                $library,
                ".0",
                ",\"awG\",@progbits,__lv2_library_",
                $library,
                ",comdat"
            ),
            ".balign 4",
            concat!("__lv2_slots_", $library, ":"),
            ".popsection",
            ".endif",
        );
    };
}

/// Calls the function whose descriptor r12 points to. Reached from stubs only.
///
/// r2 is kept in the place that ELFv2 has for it in the caller's frame, 24(r1).
///
/// # Safety
/// Not to be called; stubs branch to it.
#[cfg(target_vendor = "sony")]
#[doc(hidden)]
#[unsafe(naked)]
pub unsafe extern "C" fn bridge() {
    core::arch::naked_asm!(
        "mflr 0",
        "std 0, 16(1)",
        "std 2, 24(1)",
        "stdu 1, -128(1)",
        "lwz 0, 0(12)",
        "lwz 2, 4(12)",
        "mtctr 0",
        "bctrl",
        "addi 1, 1, 128",
        "ld 2, 24(1)",
        "ld 0, 16(1)",
        "mtlr 0",
        "blr",
    )
}

/// What a function returns, taken from the 64 bits of r3: libraries extend narrower results each in
/// their own way.
pub trait FromRegister {
    /// The value in the low bits.
    fn cut(register: u64) -> Self;
}

impl FromRegister for () {
    fn cut(_: u64) -> Self {}
}

impl FromRegister for u32 {
    fn cut(register: u64) -> Self {
        register as Self
    }
}

impl FromRegister for i32 {
    fn cut(register: u64) -> Self {
        register as Self
    }
}

impl FromRegister for u64 {
    fn cut(register: u64) -> Self {
        register
    }
}

impl FromRegister for crate::Result<()> {
    fn cut(register: u64) -> Self {
        crate::Error::check(register as u32)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Error, Result};

    crate::import! { "sys_io" {
        fn cellPadInit(_most: u32) -> Result<()>;
    }}

    #[test]
    fn off_the_console_imports_say_so() {
        // SAFETY: nothing is called on this machine.
        assert_eq!(unsafe { cellPadInit(7) }, Err(Error::ENOSYS));
    }

    #[test]
    fn results_are_cut_to_their_bits() {
        use super::FromRegister;
        assert_eq!(i32::cut(0xffff_ffff_8001_0002) as u32, 0x8001_0002);
        assert_eq!(u32::cut(0x1_0000_0005), 5);
        assert_eq!(Result::<()>::cut(0x1_0000_0000), Ok(()));
        assert_eq!(Result::<()>::cut(0xffff_ffff_8001_0002), Err(Error::EINVAL));
    }
}
