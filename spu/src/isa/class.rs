//! The instruction classes: which pipe an instruction takes and when its result is there.

/// One of the two pipelines; at most one instruction goes into each per cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pipe {
    /// Pipeline 0: arithmetic. Dual issue wants it at an even word address.
    Even,
    /// Pipeline 1: loads, shuffles, branches, channels. Dual issue wants it at an odd
    /// word address.
    Odd,
}

/// Instruction classes of the Handbook's latency table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// LS: quadword loads and stores.
    LoadStore,
    /// HB: hints for branches.
    Hint,
    /// BR: branches, `stop`, `sync`, `dsync`.
    Branch,
    /// CH: channels and special-purpose registers.
    Channel,
    /// SH: shuffles, quadword shifts and rotates, masks, estimates.
    Shuffle,
    /// SP: single precision.
    Single,
    /// DP: double precision.
    Double,
    /// FI: integer multiply, conversion between float and integer, interpolation.
    FloatInteger,
    /// FX: simple fixed point, logic, compares.
    Fixed,
    /// WS: shifts and rotates of words and halfwords.
    Rotate,
    /// BO: byte operations.
    Byte,
    /// NOP: no operation in the even pipe.
    Nop,
    /// LNOP: no operation in the odd pipe.
    Lnop,
}

impl Class {
    /// The pipe that instructions of this class take.
    #[must_use]
    pub const fn pipe(self) -> Pipe {
        match self {
            Self::LoadStore
            | Self::Hint
            | Self::Branch
            | Self::Channel
            | Self::Shuffle
            | Self::Lnop => Pipe::Odd,
            Self::Single
            | Self::Double
            | Self::FloatInteger
            | Self::Fixed
            | Self::Rotate
            | Self::Byte
            | Self::Nop => Pipe::Even,
        }
    }

    /// Cycles from issue until an instruction that reads the result can issue.
    ///
    /// For a hint: cycles from issue until the hinted branch can issue without penalty.
    #[must_use]
    pub const fn latency(self) -> u32 {
        match self {
            Self::LoadStore | Self::Channel | Self::Single => 6,
            Self::Hint => 15,
            Self::Branch | Self::Shuffle | Self::Rotate | Self::Byte => 4,
            Self::Double => 13,
            Self::FloatInteger => 7,
            Self::Fixed => 2,
            Self::Nop | Self::Lnop => 1,
        }
    }

    /// Cycles after issue in which no instruction at all is issued.
    #[must_use]
    pub const fn issue_stall(self) -> u32 {
        match self {
            Self::Double => 6,
            _ => 0,
        }
    }
}

/// Cycles lost by a branch that goes where no hint said (18 to 19 in the Handbook; the
/// smaller is counted).
pub const MISPREDICTED_BRANCH: u32 = 18;
