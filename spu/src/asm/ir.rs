//! What the builder's methods record: instructions on virtual registers.

use core::panic::Location;

use super::{Address, Reg};
use crate::isa::{Op, Roles};

/// A place in the code. Made by `Assembler::label`, given its place by `Assembler::bind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub(super) u32);

/// A subroutine. Made by `Assembler::function`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Function(pub(super) u32);

/// A class of memory accesses: two accesses of different classes never touch the same
/// quadword, and the kernel's author answers for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alias(pub(super) u32);

impl Alias {
    /// The class of pooled constants: nothing stores there.
    pub(super) const CONSTANTS: Self = Self(0);
    /// The class of registers that live in local store; nothing else goes there.
    pub(super) const SPILLS: Self = Self(1);
}

/// What stands in the immediate's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// A number, in the unit of [`crate::isa::Inst::imm`].
    Value(i32),
    /// The address of a label, absolute or relative as the instruction wants it.
    Label(Label),
    /// The address of an object in local store, likewise.
    Address(Address),
    /// The entry of a function that is called.
    Call(Function),
    /// The end of the function: control goes back to the caller.
    Return,
    /// One of a list of labels, by index into the assembler's lists.
    OneOf(u32),
    /// A hint for the branch at the end of that block.
    Hint(u32),
}

/// An instruction on virtual registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct VInst {
    pub op: Op,
    pub rt: Reg,
    pub ra: Reg,
    pub rb: Reg,
    pub rc: Reg,
    pub operand: Operand,
    pub features: u8,
    pub alias: Option<Alias>,
    /// Nothing may move across it: instructions given as they are.
    pub fixed: bool,
    /// Copies `ra` to `rt` and nothing else: goes away where both get one register.
    pub copy: bool,
    /// The line of the kernel's source that asked for it.
    pub at: &'static Location<'static>,
}

impl VInst {
    pub(super) const fn new(op: Op, at: &'static Location<'static>) -> Self {
        Self {
            op,
            rt: Reg::NONE,
            ra: Reg::NONE,
            rb: Reg::NONE,
            rc: Reg::NONE,
            operand: Operand::Value(0),
            features: 0,
            alias: None,
            fixed: false,
            copy: false,
            at,
        }
    }

    /// The register written.
    pub(super) fn target(&self) -> Option<Reg> {
        self.op
            .info()
            .roles
            .has(Roles::WRITES_RT)
            .then_some(self.rt)
    }

    /// The registers read.
    pub(super) fn sources(&self) -> impl Iterator<Item = Reg> + use<> {
        let roles = self.op.info().roles;
        [
            (Roles::READS_RT, self.rt),
            (Roles::READS_RA, self.ra),
            (Roles::READS_RB, self.rb),
            (Roles::READS_RC, self.rc),
        ]
        .into_iter()
        .filter(move |&(role, reg)| roles.has(role) && reg != Reg::NONE)
        .map(|(_, reg)| reg)
    }
}

/// One step of a function's body as recorded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Bind(Label),
    Inst(VInst),
}
