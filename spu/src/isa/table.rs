//! The table of all instructions.

use core::fmt;

use super::instructions::with_instructions;
use super::{Class, Format, Immediate};

/// Which register fields an instruction reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// Writes `rt`.
    pub const WRITES_RT: Self = Self(1);
    /// Reads `rt`: stores, tests, and instructions that accumulate into their target.
    pub const READS_RT: Self = Self(2);
    /// Reads `ra`.
    pub const READS_RA: Self = Self(4);
    /// Reads `rb`.
    pub const READS_RB: Self = Self(8);
    /// Reads `rc`.
    pub const READS_RC: Self = Self(16);

    /// Whether all roles of `other` are among these.
    #[must_use]
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What the table says of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpInfo {
    /// The instruction.
    pub op: Op,
    /// Its name in assembly language.
    pub mnemonic: &'static str,
    /// Where its fields lie.
    pub format: Format,
    /// Its opcode, right-aligned, as wide as the format says.
    pub opcode: u16,
    /// Pipe and latency.
    pub class: Class,
    /// Registers read and written.
    pub roles: Roles,
    /// The immediate's meaning.
    pub immediate: Immediate,
    /// What it does, in a few words.
    pub summary: &'static str,
}

// Roles as the table writes them: what happens to rt (T written, TT read and written, R_T
// read only), then the other registers read.
const NONE: u8 = 0;
const T: u8 = 1;
const R_T: u8 = 2;
const TT: u8 = 3;
const R_A: u8 = 4;
const T_A: u8 = 5;
const R_TA: u8 = 6;
const R_AB: u8 = 12;
const T_AB: u8 = 13;
const R_TAB: u8 = 14;
const TT_AB: u8 = 15;
const T_ABC: u8 = 29;

macro_rules! table {
    ($(($op:ident, $mnemonic:ident, $format:ident, $opcode:literal, $class:ident,
        $roles:ident, $immediate:ident, $summary:literal),)*) => {
        /// An instruction of the SPU. The text beside each name says what it does, with
        /// register names as in [`Inst`](super::Inst).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = concat!("`", stringify!($mnemonic), "`: ", $summary, ".")] $op,)*
        }

        impl Op {
            /// All instructions, in the order of the architecture document's chapters.
            pub const ALL: &[Self] = &[$(Self::$op,)*];
        }

        static TABLE: [OpInfo; Op::ALL.len()] = TABLE_CONST;
        const TABLE_CONST: [OpInfo; Op::ALL.len()] = [$(OpInfo {
            op: Op::$op,
            mnemonic: stringify!($mnemonic),
            format: Format::$format,
            opcode: $opcode,
            class: Class::$class,
            roles: Roles($roles),
            immediate: Immediate::$immediate,
            summary: $summary,
        },)*];
    };
}

with_instructions!(table);

/// Marks the upper 11 bits that no instruction has.
const NO_OP: u8 = 0xff;

/// The instruction for each value of a word's upper 11 bits.
static BY_OPCODE: [u8; 2048] = {
    let mut by_opcode = [NO_OP; 2048];
    let mut index = 0;
    while index < TABLE_CONST.len() {
        let info = &TABLE_CONST[index];
        let free = 11 - info.format.opcode_bits();
        let first = (info.opcode as usize) << free;
        let mut at = first;
        while at < first + (1 << free) {
            assert!(by_opcode[at] == NO_OP, "two instructions have one opcode");
            by_opcode[at] = index as u8;
            at += 1;
        }
        index += 1;
    }
    by_opcode
};

impl Op {
    /// What the table says of the instruction.
    #[must_use]
    #[inline]
    pub const fn info(self) -> &'static OpInfo {
        &TABLE[self as usize]
    }

    /// The instruction whose opcode `word` has.
    #[must_use]
    #[inline]
    pub const fn of_word(word: u32) -> Option<Self> {
        match BY_OPCODE[(word >> 21) as usize] {
            NO_OP => None,
            index => Some(TABLE[index as usize].op),
        }
    }

    /// The instruction of that name, in lower case.
    #[must_use]
    pub fn of_mnemonic(mnemonic: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|info| info.mnemonic == mnemonic)
            .map(|info| info.op)
    }

    /// Whether the instruction has a target field that it does not write: halts, `nop`
    /// and `fscrwr`, where compilers may name a register that is dead anyway.
    #[must_use]
    pub const fn has_false_target(self) -> bool {
        matches!(
            self,
            Self::Heq
                | Self::Heqi
                | Self::Hgt
                | Self::Hgti
                | Self::Hlgt
                | Self::Hlgti
                | Self::Nop
                | Self::Fscrwr
        )
    }

    /// Whether the instruction is of the enhanced double-precision edition only (PowerXCell
    /// 8i). The SPUs of a PlayStation 3 do not have it.
    #[must_use]
    pub const fn is_enhanced(self) -> bool {
        matches!(
            self,
            Self::Dfceq | Self::Dfcmeq | Self::Dfcgt | Self::Dfcmgt | Self::Dftsv
        )
    }

    /// Which of the feature bits of [`Inst`](super::Inst) the instruction has.
    #[must_use]
    pub const fn feature_mask(self) -> u8 {
        match self {
            Self::Bi
            | Self::Bisl
            | Self::Iret
            | Self::Bisled
            | Self::Biz
            | Self::Binz
            | Self::Bihz
            | Self::Bihnz => 3,
            Self::Sync | Self::Hbr => 4,
            _ => 0,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.info().mnemonic)
    }
}
