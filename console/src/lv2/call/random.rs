//! Random numbers: the same at every run, so that a run can be repeated.

use super::{Answer, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[system_call(
    865,
    "sys_ss_random_number_generator",
    3,
    |machine, caller| {
        let [package, to, size, ..] = caller.arguments;
        if package != PACKAGE {
            return Err(Errno::EPERM);
        }
        fill(machine, to, size)
    },
)];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    "sysPrxForUser",
    0x71a8_472a,
    "sys_get_random_number",
    2,
    |machine, caller| {
        let [to, size, ..] = caller.arguments;
        fill(machine, to, size)
    },
)];

/// What programs may ask the generator for.
const PACKAGE: u64 = 2;
/// Bytes of one call at most (RPCS3 `sys_libc.cpp`).
const MOST: u64 = 0x1000;

/// The generator: xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators, scrambled").
pub(in crate::lv2) struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

fn fill(machine: &mut Machine, to: u64, size: u64) -> Result<Answer, Errno> {
    if size > MOST {
        return Err(Errno::EINVAL);
    }
    let mut bytes = vec![0; size as usize];
    for part in bytes.chunks_mut(8) {
        let word = machine.random.next().to_be_bytes();
        part.copy_from_slice(&word[..part.len()]);
    }
    machine.memory.put(to & 0xffff_ffff, &bytes)?;
    Ok(Answer::Return(0))
}
