//! Why the PPU stops.

use std::fmt;

use super::disassemble::disassemble;
use super::memory::AccessFault;

/// Why [`Ppu::run`](super::Ppu::run) came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Exit {
    /// As many instructions as asked for were executed.
    Limit,
    /// `sc`: the registers are as the program left them, and PC is past the instruction.
    SystemCall {
        /// LEV: 0 for the operating system, 1 for the hypervisor.
        level: u8,
    },
    /// A trap instruction whose condition holds; PC is at it.
    Trap(Report),
    /// An instruction that cannot be executed; PC is at it, and no register has changed.
    Fault(Report),
}

/// Where and why a program stopped, for a reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Address of the instruction.
    pub pc: u64,
    /// The instruction; none where it could not be fetched.
    pub word: Option<u32>,
    /// What happened.
    pub cause: Cause,
}

/// What kept an instruction from being executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Memory could not be accessed.
    Access(AccessFault),
    /// The word is no user-mode instruction of the PPE, or has an invalid form.
    Illegal,
    /// This special purpose register is not one that programs can access so.
    SpecialRegister(u32),
    /// The condition of a trap instruction holds.
    Trap,
}

impl Report {
    /// The instruction as text.
    #[must_use]
    pub fn instruction(&self) -> String {
        match self.word {
            Some(word) => disassemble(self.pc, word),
            None => "(not readable)".into(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "{} at pc {:#010x}: {}",
            self.cause,
            self.pc,
            self.instruction()
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(fault) => fault.fmt(to),
            Self::Illegal => write!(to, "illegal instruction"),
            Self::SpecialRegister(number) => {
                write!(to, "special purpose register {number} is not accessible")
            }
            Self::Trap => write!(to, "trap"),
        }
    }
}

/// What an instruction answers when execution does not go on as usual.
///
/// Boxed, so that the answer of an instruction is one word, which is zero where it goes on.
#[derive(Debug)]
pub(super) struct Stop(Box<Reason>);

/// Why execution does not go on as usual.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reason {
    /// The instruction was not executed.
    Cause(Cause),
    /// The instruction was executed; the caller has to act.
    SystemCall(u8),
    /// The instruction was executed; what was decoded of the line at this address is to be
    /// dropped.
    DropCode(u64),
}

impl Stop {
    #[cold]
    pub(super) fn because(reason: Reason) -> Self {
        Self(Box::new(reason))
    }

    /// The word is no instruction of the PPE, or an invalid form.
    #[cold]
    pub(super) fn illegal() -> Self {
        Cause::Illegal.into()
    }

    pub(super) fn reason(&self) -> Reason {
        *self.0
    }
}

impl From<Cause> for Stop {
    #[cold]
    fn from(cause: Cause) -> Self {
        Self::because(Reason::Cause(cause))
    }
}

impl From<AccessFault> for Stop {
    #[cold]
    fn from(fault: AccessFault) -> Self {
        Cause::Access(fault).into()
    }
}
