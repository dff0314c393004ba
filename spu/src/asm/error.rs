//! Why a program cannot be assembled.

use alloc::string::String;
use core::fmt;
use core::panic::Location;

use crate::isa::EncodeError;

/// Where in a kernel's source an instruction was asked for.
pub type Source = &'static Location<'static>;

/// Why a program cannot be assembled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssembleError {
    /// A branch goes to a label that was never bound.
    UnboundLabel {
        /// Name and number of the label.
        label: String,
        /// The branch.
        at: Source,
    },
    /// A label was bound at two places.
    LabelBoundTwice {
        /// Name and number of the label.
        label: String,
    },
    /// The address of a label is taken where control never goes: branches to computed
    /// addresses must name all their targets.
    UnreachableLabel {
        /// Name and number of the label.
        label: String,
        /// The instruction.
        at: Source,
    },
    /// A branch goes into another function.
    LabelElsewhere {
        /// Name and number of the label.
        label: String,
        /// The branch.
        at: Source,
    },
    /// A register is read that, on some path, nothing was written to.
    Uninitialised {
        /// The first instruction that reads it.
        at: Source,
        /// The instruction's name.
        mnemonic: &'static str,
    },
    /// More values are alive at one time than there are registers, and putting some in
    /// local store did not help.
    TooManyRegisters {
        /// The function and label of the block where most values are alive.
        block: String,
        /// How many are alive there.
        needed: usize,
        /// The instruction there.
        at: Source,
    },
    /// An operand does not fit its instruction.
    Operand {
        /// What does not fit.
        error: EncodeError,
        /// The instruction.
        at: Source,
    },
    /// Code, data and buffers do not fit into 256 KB.
    LocalStoreFull {
        /// The first byte after what was placed when it was found out.
        needed: u64,
    },
    /// Control reaches the end of the program: it must end by `stop` or a jump.
    RunsOffTheEnd,
    /// A function calls itself, directly or through others.
    Recursion {
        /// The name of the function.
        function: String,
    },
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnboundLabel { label, at } => {
                write!(f, "{at}: label {label} was never bound")
            }
            Self::LabelBoundTwice { label } => write!(f, "label {label} was bound twice"),
            Self::UnreachableLabel { label, at } => {
                write!(f, "{at}: control cannot reach label {label}")
            }
            Self::LabelElsewhere { label, at } => {
                write!(f, "{at}: label {label} is in another function")
            }
            Self::Uninitialised { at, mnemonic } => write!(
                f,
                "{at}: {mnemonic} reads a register that nothing was written to on some path"
            ),
            Self::TooManyRegisters { block, needed, at } => write!(
                f,
                "{at}: {needed} values are alive at one time in block {block}, there are 128 registers"
            ),
            Self::Operand { error, at } => write!(f, "{at}: {error}"),
            Self::LocalStoreFull { needed } => write!(
                f,
                "local store has {} bytes, the program needs {needed}",
                super::LOCAL_STORE
            ),
            Self::RunsOffTheEnd => f.write_str("control reaches the end of the program"),
            Self::Recursion { function } => write!(f, "function {function} calls itself"),
        }
    }
}

impl core::error::Error for AssembleError {}
