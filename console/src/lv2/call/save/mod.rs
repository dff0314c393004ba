//! `cellSaveData`: what a program keeps of its user, a folder each, on the hard disk.
//! Rules, errors and the order of things: RPCS3 `cellSaveData.cpp`; structures: PSL1GHT
//! `sysutil/save.h`.
//!
//! ```text
//! run         an operation: which function of the program comes next
//!   structures  what these functions get and give
//!   content     the folder on the disk, and its PARAM.SFO
//! ```
//!
//! The program gives functions, which are called one after the other: one that chooses the
//! folder, unless that is named; one that is told what is there; and one that says which file
//! is read or written next, until it says that this was the last. Nothing on the disk changes
//! before that.
//!
//! Where the console would let its user choose from a list, the entry is taken that the
//! program puts the cursor on. Files that are to be protected are kept as they are.

mod content;
mod run;
mod structures;

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(in crate::lv2) use run::Operation;
use run::{Choice, Request};

const LIBRARY: &str = "cellSysutil";

macro_rules! functions {
    ($($fnid:literal, $name:literal, $arguments:literal, $handler:expr;)*) => {
        pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
            $(library_function(LIBRARY, $fnid, $name, $arguments, $handler),)*
        ];
    };
}

functions! {
    0x8b7e_d64b, "cellSaveDataAutoSave2", 8, |machine, caller| auto(machine, caller, true);
    0xfbd5_c856, "cellSaveDataAutoLoad2", 8, |machine, caller| auto(machine, caller, false);
    0x2aae_9ef5, "cellSaveDataFixedSave2", 8, |machine, caller| listed(machine, caller, true, Choice::Fixed);
    0x2a8e_ada2, "cellSaveDataFixedLoad2", 8, |machine, caller| listed(machine, caller, false, Choice::Fixed);
    0x2de0_d663, "cellSaveDataListSave2", 8, |machine, caller| listed(machine, caller, true, Choice::List);
    0x1dfb_fdd6, "cellSaveDataListLoad2", 8, |machine, caller| listed(machine, caller, false, Choice::List);
    0x4dd0_3a4e, "cellSaveDataListAutoSave", 8, |machine, caller| list_auto(machine, caller, true);
    0x2142_5307, "cellSaveDataListAutoLoad", 8, |machine, caller| list_auto(machine, caller, false);
}

/// `CELL_SAVEDATA_ERROR_…`.
mod error {
    use crate::lv2::errno::Errno;

    /// The program's function says that something is wrong.
    pub const CALLBACK: Errno = Errno(0x8002_b401);
    pub const ACCESS: Errno = Errno(0x8002_b402);
    pub const PARAMETER: Errno = Errno(0x8002_b404);
    pub const NO_SPACE: Errno = Errno(0x8002_b405);
    pub const BROKEN: Errno = Errno(0x8002_b406);
    pub const BUSY: Errno = Errno(0x8002_b408);
}

/// The user chose nothing.
const CANCELLED: u64 = 1;

fn word(value: u64) -> u32 {
    value as u32
}

/// `cellSaveDataAutoSave2(version, name, errors, *buffer, status, file, container, user)`.
fn auto(machine: &mut Machine, caller: &mut Caller<'_>, saves: bool) -> Result<Answer, Errno> {
    let [_, name, errors, buffer, status, file, _, user] = caller.arguments;
    machine.save_data(caller, |machine| {
        Ok(Request {
            saves,
            choice: Choice::Named(content::name(&machine.memory, name)?),
            list: 0,
            buffer,
            shows_errors: word(errors) != 0,
            functions: [0, word(status), word(file)],
            user: word(user),
        })
    })
}

/// `cellSaveDataListSave2(version, *list, *buffer, choice, status, file, container, user)`, and
/// the same with `Fixed`.
fn listed(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    saves: bool,
    choice: Choice,
) -> Result<Answer, Errno> {
    let [_, list, buffer, first, status, file, _, user] = caller.arguments;
    machine.save_data(caller, |_| {
        Ok(Request {
            saves,
            choice,
            list,
            buffer,
            shows_errors: true,
            functions: [first, status, file].map(word),
            user: word(user),
        })
    })
}

/// `cellSaveDataListAutoSave(version, errors, *list, *buffer, fixed, status, file, container,
/// user)`: the last argument is in the caller's frame.
fn list_auto(machine: &mut Machine, caller: &mut Caller<'_>, saves: bool) -> Result<Answer, Errno> {
    /// Where the ninth argument is, above the stack pointer (ELFv1 ABI).
    const NINTH: u64 = 0x70;
    let [_, errors, list, buffer, fixed, status, file, _] = caller.arguments;
    let thread = caller.thread;
    machine.save_data(caller, |machine| {
        let stack = machine.threads.all.get(&thread);
        let stack = stack.map_or(0, |thread| thread.ppu.registers.gpr[1]);
        let user = machine.memory.double(stack.wrapping_add(NINTH))?;
        Ok(Request {
            saves,
            choice: Choice::Fixed,
            list,
            buffer,
            shows_errors: word(errors) != 0,
            functions: [fixed, status, file].map(word),
            user: word(user),
        })
    })
}
