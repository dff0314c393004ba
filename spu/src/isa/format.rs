//! The instruction formats and how immediates lie in them.

/// How the fields of an instruction lie in its word.
///
/// Bits are counted from the least significant. The opcode is at the top in all formats.
/// The target is called `rt` in all formats, also in RRR, where it lies elsewhere; the
/// third source of RRR is `rc`, as the architecture document has it (the GNU assembler's
/// table has these two names reversed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// RR: 11 bits of opcode, rb at 14, ra at 7, rt at 0.
    Rr,
    /// RRR: 4 bits of opcode, rt at 21, rb at 14, ra at 7, rc at 0.
    Rrr,
    /// RI7: 11 bits of opcode, immediate of 7 bits at 14, ra at 7, rt at 0.
    Ri7,
    /// RI8: 10 bits of opcode, immediate of 8 bits at 14, ra at 7, rt at 0.
    Ri8,
    /// RI10: 8 bits of opcode, immediate of 10 bits at 14, ra at 7, rt at 0.
    Ri10,
    /// RI16: 9 bits of opcode, immediate of 16 bits at 7, rt at 0.
    Ri16,
    /// RI18: 7 bits of opcode, immediate of 18 bits at 7, rt at 0.
    Ri18,
    /// `hbra`, `hbrr`: 7 bits of opcode, upper 2 bits of the branch's offset at 23,
    /// immediate of 16 bits at 7, lower 7 bits of the offset at 0.
    Lbt,
    /// `hbr`: 11 bits of opcode, prefetch bit at 20, upper 2 bits of the branch's offset
    /// at 14, ra at 7, lower 7 bits of the offset at 0.
    Lbti,
}

impl Format {
    /// Width of the opcode in bits.
    #[must_use]
    pub const fn opcode_bits(self) -> u32 {
        match self {
            Self::Rr | Self::Ri7 | Self::Lbti => 11,
            Self::Ri8 => 10,
            Self::Ri16 => 9,
            Self::Ri10 => 8,
            Self::Ri18 | Self::Lbt => 7,
            Self::Rrr => 4,
        }
    }
}

/// What the immediate of an instruction means, and how [`Inst::imm`](super::Inst::imm)
/// maps to its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Immediate {
    /// There is none.
    No,
    /// 7 bits, signed.
    S7,
    /// 7 bits, unsigned.
    U7,
    /// 10 bits, signed.
    S10,
    /// 16 bits, signed.
    S16,
    /// 16 bits, unsigned; the encoder takes -32768 to 65535.
    U16,
    /// 18 bits, unsigned.
    U18,
    /// 14 bits, unsigned, at bit 0: the type of a `stop`.
    U14,
    /// Bytes: a signed 10-bit field in units of 16.
    S14x16,
    /// Bytes relative to the instruction: a signed 16-bit field in units of 4.
    Rel18,
    /// Address in local store in bytes: a 16-bit field in units of 4. Decoded as 0 to
    /// 0x3fffc; the encoder also takes the negative numbers that mean the same.
    Abs18,
    /// Binary scale of a conversion to integer; the 8-bit field holds 173 less it.
    ScaleTo,
    /// Binary scale of a conversion from integer; the 8-bit field holds 155 less it.
    ScaleFrom,
    /// Number of a channel, 0 to 127, in the field of `ra`.
    Channel,
    /// Number of a special-purpose register, 0 to 127, in the field of `ra`.
    Spr,
}

impl Immediate {
    /// The least and the greatest value the encoder takes, and the step between values.
    #[must_use]
    pub const fn range(self) -> (i32, i32, i32) {
        match self {
            Self::No => (0, 0, 1),
            Self::S7 => (-64, 63, 1),
            Self::U7 | Self::Channel | Self::Spr => (0, 127, 1),
            Self::S10 => (-512, 511, 1),
            Self::S16 => (-0x8000, 0x7fff, 1),
            Self::U16 => (-0x8000, 0xffff, 1),
            Self::U18 => (0, 0x3_ffff, 1),
            Self::U14 => (0, 0x3fff, 1),
            Self::S14x16 => (-0x2000, 0x1ff0, 16),
            Self::Rel18 => (-0x2_0000, 0x1_fffc, 4),
            Self::Abs18 => (-0x2_0000, 0x3_fffc, 4),
            Self::ScaleTo => (173 - 255, 173, 1),
            Self::ScaleFrom => (155 - 255, 155, 1),
        }
    }

    /// Width and lowest bit of the field.
    const fn field(self) -> (u32, u32) {
        match self {
            Self::No => (0, 0),
            Self::S7 | Self::U7 => (7, 14),
            Self::S10 | Self::S14x16 => (10, 14),
            Self::S16 | Self::U16 | Self::Rel18 | Self::Abs18 => (16, 7),
            Self::U18 => (18, 7),
            Self::U14 => (14, 0),
            Self::ScaleTo | Self::ScaleFrom => (8, 14),
            Self::Channel | Self::Spr => (7, 7),
        }
    }

    /// The word's bits for `value`, or `None` where it is out of range or no multiple of
    /// the step.
    pub(super) fn encode(self, value: i32) -> Option<u32> {
        let (least, greatest, step) = self.range();
        if value < least || value > greatest || value % step != 0 {
            return None;
        }
        let raw = match self {
            Self::ScaleTo => 173 - value,
            Self::ScaleFrom => 155 - value,
            _ => value / step,
        };
        let (width, shift) = self.field();
        Some((raw as u32 & ((1 << width) - 1)) << shift)
    }

    /// The value in `word`.
    pub(super) const fn decode(self, word: u32) -> i32 {
        let (width, shift) = self.field();
        let raw = (word >> shift & ((1 << width) - 1)) as i32;
        let signed = if width == 0 {
            0
        } else {
            (raw << (32 - width)) >> (32 - width)
        };
        match self {
            Self::No => 0,
            Self::S7 | Self::S10 | Self::S16 => signed,
            Self::U7 | Self::U16 | Self::U18 | Self::U14 | Self::Channel | Self::Spr => raw,
            Self::S14x16 => signed * 16,
            Self::Rel18 => signed * 4,
            Self::Abs18 => raw * 4,
            Self::ScaleTo => 173 - raw,
            Self::ScaleFrom => 155 - raw,
        }
    }
}
