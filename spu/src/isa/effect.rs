//! What an instruction does besides writing its target register.

use super::Op;

/// What an instruction does besides writing its target register: what may not be
/// reordered, removed or doubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: the result depends on the source registers alone.
    None,
    /// Reads 16 bytes of local store.
    Load,
    /// Writes 16 bytes of local store.
    Store,
    /// Goes elsewhere, always, and does not come back by itself.
    Jump,
    /// Goes elsewhere or falls through.
    ConditionalJump,
    /// Sets the link register and goes elsewhere.
    Call,
    /// Says where a branch will go.
    Hint,
    /// Reads or writes a channel.
    Channel,
    /// Orders memory or instruction fetch.
    Barrier,
    /// Stops the SPU, always (`stop`, `stopd`) or on a condition (halts).
    Stop,
    /// Reads or writes the floating-point status or a special-purpose register.
    Status,
}

impl Op {
    /// What the instruction does besides writing its target register.
    #[must_use]
    pub const fn effect(self) -> Effect {
        match self {
            Self::Lqd | Self::Lqx | Self::Lqa | Self::Lqr => Effect::Load,
            Self::Stqd | Self::Stqx | Self::Stqa | Self::Stqr => Effect::Store,
            Self::Br | Self::Bra | Self::Bi | Self::Iret => Effect::Jump,
            Self::Brz
            | Self::Brnz
            | Self::Brhz
            | Self::Brhnz
            | Self::Biz
            | Self::Binz
            | Self::Bihz
            | Self::Bihnz => Effect::ConditionalJump,
            Self::Brsl | Self::Brasl | Self::Bisl | Self::Bisled => Effect::Call,
            Self::Hbr | Self::Hbra | Self::Hbrr => Effect::Hint,
            Self::Rdch | Self::Rchcnt | Self::Wrch => Effect::Channel,
            Self::Sync | Self::Dsync => Effect::Barrier,
            Self::Stop
            | Self::Stopd
            | Self::Heq
            | Self::Heqi
            | Self::Hgt
            | Self::Hgti
            | Self::Hlgt
            | Self::Hlgti => Effect::Stop,
            Self::Mfspr | Self::Mtspr | Self::Fscrwr | Self::Fscrrd => Effect::Status,
            _ => Effect::None,
        }
    }

    /// Whether control may leave the straight line after this instruction.
    #[must_use]
    pub const fn is_branch(self) -> bool {
        matches!(
            self.effect(),
            Effect::Jump | Effect::ConditionalJump | Effect::Call
        )
    }
}
