//! How a program begins.
//!
//! LV2 starts the main thread through the descriptor at the ELF's entry address: r3 argument count,
//! r4 argument addresses, r5 and r6 the environment, r7 thread number, r8 TLS template, r9 its
//! bytes in the file, r10 in memory. `sys_initialize_tls` makes the thread's block from these and
//! sets r13 to it; system libraries need that before anything else. Tried.

/// Makes a function the program's main function: `entry!(main)`, or with the main thread's stack in
/// bytes and its priority `entry!(main, stack: 0x100000, priority: 1000)`, which are the defaults.
///
/// The function takes nothing and returns nothing; when it returns the program ends with status 0.
/// Both kinds of crate attributes are needed so that the program also compiles off the console:
/// `#![cfg_attr(target_vendor = "sony", no_std, no_main)]`.
#[macro_export]
macro_rules! entry {
    ($main:ident) => {
        $crate::entry!($main, stack: 0x10_0000, priority: 1000);
    };
    ($main:ident, stack: $stack:expr, priority: $priority:expr) => {
        #[cfg(target_vendor = "sony")]
        #[doc(hidden)]
        mod __lv2_entry {
            const STACK: u32 = $stack;
            const PRIORITY: u32 = $priority;

            #[unsafe(export_name = "__lv2_main")]
            extern "C" fn main() {
                let main: fn() = super::$main;
                main();
            }

            ::core::arch::global_asm!(
                // Size, magic, version, SDK version, priority, stack, page size of malloc, segment
                // flag, and a word for crash dumps.
                ".pushsection .sys_proc_param,\"a\",@progbits",
                ".balign 8",
                ".long 0x24, 0x13bcc5f6, 0x9000, 0x192001, {priority}, {stack}, 0x100000, 0, 0",
                ".popsection",
                // Size, magic, version, reserved, exports, imports, then version 1.1 of the table.
                ".pushsection .sys_proc_prx_param,\"a\",@progbits",
                ".balign 8",
                ".long 0x28, 0x1b434cec, 2, 0",
                ".long __libent_start, __libent_end, __libstub_start, __libstub_end",
                ".short 0x101, 0",
                ".long 0",
                ".popsection",
                ".pushsection .opd32,\"aw\",@progbits",
                ".balign 8",
                ".globl __lv2_start_descriptor",
                "__lv2_start_descriptor: .long {start}, 0",
                ".popsection",
                priority = const PRIORITY,
                stack = const STACK,
                start = sym $crate::start::start,
            );
        }

        #[cfg(not(target_vendor = "sony"))]
        fn main() {
            let _main: fn() = $main;
            ::std::eprintln!("this program runs on LV2: build it with pkg-build");
            ::std::process::exit(1);
        }
    };
}

/// The first instructions: a frame, and r12 for the first Rust function, which computes r2 from it.
///
/// # Safety
/// Only LV2 starts a program.
#[cfg(target_vendor = "sony")]
#[doc(hidden)]
#[unsafe(naked)]
pub unsafe extern "C" fn start() -> ! {
    core::arch::naked_asm!(
        "stdu 1, -128(1)",
        "lis 12, {rust}@ha",
        "addi 12, 12, {rust}@l",
        "mtctr 12",
        "bctrl",
        "trap",
        rust = sym start_rust,
    )
}

#[cfg(target_vendor = "sony")]
unsafe extern "C" fn start_rust(
    argument_count: u64,
    arguments: u64,
    _environment: u64,
    _environment_count: u64,
    thread: u64,
    tls: u64,
    tls_file_size: u64,
    tls_memory_size: u64,
) -> ! {
    unsafe extern "C" {
        #[link_name = "__lv2_main"]
        fn main();
    }
    // SAFETY: the values come from LV2 for this purpose; `entry!` defines the main function.
    unsafe {
        crate::sys::process::sys_initialize_tls(thread, tls, tls_file_size, tls_memory_size);
        crate::process::keep_arguments(argument_count, arguments);
        main();
    }
    crate::process::exit(0)
}
