//! System calls: number in r11, arguments from r3, results from r3.

/// Makes a system call and returns r3 to r7: the result, and what some calls return beside it.
///
/// Tried: this register convention, with the result in r3 and events in r4 to r7.
///
/// # Safety
/// The call must be one whose effect on this program's memory the caller answers for; addresses
/// among the arguments must be those of live memory that the call may use.
#[cfg(target_vendor = "sony")]
#[inline(always)]
pub unsafe fn syscall_all<const N: usize>(number: u64, arguments: [u64; N]) -> [u64; 5] {
    const { assert!(N <= 8, "a system call takes up to eight arguments") };
    let mut all = [0; 8];
    all[..N].copy_from_slice(&arguments);
    let (r3, r4, r5, r6, r7);
    // SAFETY: all registers that LV2 does not preserve are named; the rest is the caller's promise.
    unsafe {
        core::arch::asm!(
            "sc",
            inout("r3") all[0] => r3, inout("r4") all[1] => r4, inout("r5") all[2] => r5,
            inout("r6") all[3] => r6, inout("r7") all[4] => r7, inout("r8") all[5] => _,
            inout("r9") all[6] => _, inout("r10") all[7] => _, inout("r11") number => _,
            out("r0") _, out("r12") _, out("ctr") _, out("lr") _, out("xer") _,
            out("cr0") _, out("cr1") _, out("cr5") _, out("cr6") _, out("cr7") _,
        );
    }
    [r3, r4, r5, r6, r7]
}

/// Off the console: the answer is `ENOSYS`.
///
/// # Safety
/// Nothing happens; the console's version has conditions.
#[cfg(not(target_vendor = "sony"))]
pub unsafe fn syscall_all<const N: usize>(_number: u64, _arguments: [u64; N]) -> [u64; 5] {
    [crate::Error::ENOSYS.code().into(), 0, 0, 0, 0]
}

/// Makes a system call that returns 0 or an error.
///
/// # Errors
/// What the system returned.
///
/// # Safety
/// As [`syscall_all`].
#[inline(always)]
pub unsafe fn syscall<const N: usize>(number: u64, arguments: [u64; N]) -> crate::Result<()> {
    // SAFETY: the caller's promise.
    let [result, ..] = unsafe { syscall_all(number, arguments) };
    // Results have 32 bits; the upper half is whatever the call left there.
    crate::Error::check(result as u32)
}

/// The 64-bit value of a pointer, for an argument.
pub(crate) fn address<T: ?Sized>(pointer: *const T) -> u64 {
    pointer.cast::<u8>().expose_provenance() as u64
}

/// A pointer as the system's structures hold it. User memory ends below 4 GB on the console.
pub(crate) fn address32<T: ?Sized>(pointer: *const T) -> u32 {
    address(pointer) as u32
}
