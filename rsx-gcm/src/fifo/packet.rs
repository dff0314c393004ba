//! The words of the command stream.
//!
//! Source: envytools, "DMA submission to FIFOs on NV4", sections "The commands - pre-GF100 format" and after.

use crate::methods::Method;

/// Arguments that one packet can have.
pub const MAX_ARGUMENTS: usize = 0x7ff;

/// Bit of a header whose arguments all go to one method.
const NON_INCREMENTING: u32 = 1 << 30;
const JUMP: u32 = 1 << 29;
const COUNT_SHIFT: u32 = 18;

/// A word that starts a packet or changes the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Does nothing.
    Nop,
    /// `count` arguments follow.
    Packet {
        /// Where the first one goes.
        method: Method,
        /// How many, up to [`MAX_ARGUMENTS`].
        count: u32,
        /// Whether each goes to the method after the last one's, or all to one.
        incrementing: bool,
    },
    /// Fetching goes on at this offset of main memory.
    Jump {
        /// A multiple of 4 below 512 MB.
        offset: u32,
    },
}

impl Command {
    /// The word. Counts and offsets that do not fit lose their upper bits.
    #[must_use]
    pub const fn encode(self) -> u32 {
        match self {
            Self::Nop => 0,
            Self::Packet {
                method,
                count,
                incrementing,
            } => {
                let repeat = if incrementing { 0 } else { NON_INCREMENTING };
                (count & MAX_ARGUMENTS as u32) << COUNT_SHIFT | method.bits() as u32 | repeat
            }
            Self::Jump { offset } => JUMP | offset & 0x1fff_fffc,
        }
    }

    /// The command in `word`; `None` for calls, returns, long jumps and whatever is not used here.
    #[must_use]
    pub const fn decode(word: u32) -> Option<Self> {
        if word & 0xe000_0003 == JUMP {
            return Some(Self::Jump {
                offset: word & 0x1fff_fffc,
            });
        }
        if word & 0xa003_0003 != 0 {
            return None;
        }
        let count = word >> COUNT_SHIFT & MAX_ARGUMENTS as u32;
        if count == 0 {
            // A packet without arguments does nothing, whatever its method.
            return Some(Self::Nop);
        }
        let method = Method::from_header(word);
        Some(Self::Packet {
            method,
            count,
            incrementing: word & NON_INCREMENTING == 0,
        })
    }
}
