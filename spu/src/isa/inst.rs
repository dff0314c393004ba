//! One instruction: its fields, from and to the 32-bit word.

use core::fmt;

use super::{Format, Op, Roles};

/// One instruction with its fields. Fields that the format does not have are 0.
///
/// Two words that differ only in bits that the architecture reserves decode to the same
/// instruction; encoding gives zeros there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inst {
    /// The instruction.
    pub op: Op,
    /// Target register, or the register stored or tested. Where the instruction has no
    /// use for it (`nop`, halts), its field is kept all the same.
    pub rt: u8,
    /// First source register.
    pub ra: u8,
    /// Second source register.
    pub rb: u8,
    /// Third source register (RRR only).
    pub rc: u8,
    /// The immediate in its natural unit: bytes for addresses and displacements, the
    /// scale for conversions, the number of a channel. See [`Immediate`](super::Immediate).
    pub imm: i32,
    /// Hints only: bytes from the hint to the branch that it speaks of, a multiple of 4,
    /// -1024 to 1020.
    pub ro: i16,
    /// The three feature bits at bit 18: [`Inst::ENABLE`], [`Inst::DISABLE`] for indirect
    /// branches, [`Inst::FEATURE`] for `sync` (as `syncc`) and `hbr` (as `hbrp`).
    pub features: u8,
}

impl Inst {
    /// Feature bit of indirect branches: enable interrupts (`bie`).
    pub const ENABLE: u8 = 1;
    /// Feature bit of indirect branches: disable interrupts (`bid`).
    pub const DISABLE: u8 = 2;
    /// Feature bit of `sync` (channel synchronisation) and of `hbr` (inline prefetch).
    pub const FEATURE: u8 = 4;

    /// The instruction with all fields 0.
    #[must_use]
    pub const fn new(op: Op) -> Self {
        Self {
            op,
            rt: 0,
            ra: 0,
            rb: 0,
            rc: 0,
            imm: 0,
            ro: 0,
            features: 0,
        }
    }

    /// The instruction in `word`, or `None` where no instruction has that opcode.
    #[must_use]
    #[inline]
    pub const fn decode(word: u32) -> Option<Self> {
        let Some(op) = Op::of_word(word) else {
            return None;
        };
        let info = op.info();
        let at0 = (word & 0x7f) as u8;
        let ra = (word >> 7 & 0x7f) as u8;
        let rb = (word >> 14 & 0x7f) as u8;
        let imm = info.immediate.decode(word);
        let mut inst = Self::new(op);
        inst.imm = imm;
        match info.format {
            Format::Rr => {
                if matches!(op, Op::Stop) {
                    return Some(inst);
                }
                inst.rt = at0;
                if matches!(info.immediate, super::Immediate::No) {
                    inst.ra = ra;
                    if op.feature_mask() == 0 {
                        inst.rb = rb;
                    }
                }
            }
            Format::Rrr => {
                inst.rt = (word >> 21 & 0x7f) as u8;
                inst.ra = ra;
                inst.rb = rb;
                inst.rc = at0;
            }
            Format::Ri7 | Format::Ri8 | Format::Ri10 => {
                inst.rt = at0;
                inst.ra = ra;
            }
            Format::Ri16 | Format::Ri18 => inst.rt = at0,
            Format::Lbt => inst.ro = hint_offset(word >> 23, at0),
            Format::Lbti => {
                inst.ra = ra;
                inst.ro = hint_offset(word >> 14, at0);
            }
        }
        inst.features = (word >> 18) as u8 & op.feature_mask();
        Some(inst.without_unused())
    }

    /// The instruction's word.
    ///
    /// # Errors
    /// When a field does not fit: register numbers above 127, immediates out of range or
    /// no multiple of their unit, fields set that the format does not have.
    pub fn encode(&self) -> Result<u32, EncodeError> {
        let info = self.op.info();
        let error = |field, value: i32| EncodeError {
            op: self.op,
            field,
            value,
        };
        for (field, value) in [
            ("rt", self.rt),
            ("ra", self.ra),
            ("rb", self.rb),
            ("rc", self.rc),
        ] {
            if value > 127 {
                return Err(error(field, value.into()));
            }
        }
        let plain = self.without_unused();
        for (field, value, kept) in [
            ("rt", self.rt, plain.rt),
            ("ra", self.ra, plain.ra),
            ("rb", self.rb, plain.rb),
            ("rc", self.rc, plain.rc),
        ] {
            if value != kept {
                return Err(error(field, value.into()));
            }
        }
        if self.features & !self.op.feature_mask() != 0 {
            return Err(error("features", self.features.into()));
        }
        let hint = matches!(info.format, Format::Lbt | Format::Lbti);
        if self.ro % 4 != 0 || !(-1024..=1020).contains(&self.ro) || (!hint && self.ro != 0) {
            return Err(error("ro", self.ro.into()));
        }
        let imm = info
            .immediate
            .encode(self.imm)
            .ok_or_else(|| error("imm", self.imm))?;
        let (rt, ra, rb, rc) = (
            u32::from(self.rt),
            u32::from(self.ra),
            u32::from(self.rb),
            u32::from(self.rc),
        );
        let offset = (self.ro / 4) as u32;
        let (high, low) = (offset >> 7 & 3, offset & 0x7f);
        let fields = match info.format {
            Format::Rrr => rt << 21 | rb << 14 | ra << 7 | rc,
            Format::Lbt => high << 23 | low,
            Format::Lbti => high << 14 | ra << 7 | low,
            _ => rb << 14 | ra << 7 | rt,
        };
        let opcode = u32::from(info.opcode) << (32 - info.format.opcode_bits());
        Ok(opcode | fields | imm | u32::from(self.features) << 18)
    }

    /// The register written, if any.
    #[must_use]
    #[inline]
    pub const fn target(&self) -> Option<u8> {
        if self.op.info().roles.has(Roles::WRITES_RT) {
            Some(self.rt)
        } else {
            None
        }
    }

    /// The registers read: `rt`, `ra`, `rb`, `rc` in this order, `None` where not read.
    #[must_use]
    #[inline]
    pub const fn sources(&self) -> [Option<u8>; 4] {
        let roles = self.op.info().roles;
        [
            if roles.has(Roles::READS_RT) {
                Some(self.rt)
            } else {
                None
            },
            if roles.has(Roles::READS_RA) {
                Some(self.ra)
            } else {
                None
            },
            if roles.has(Roles::READS_RB) {
                Some(self.rb)
            } else {
                None
            },
            if roles.has(Roles::READS_RC) {
                Some(self.rc)
            } else {
                None
            },
        ]
    }

    /// The same instruction with register fields that carry no information set to 0.
    const fn without_unused(mut self) -> Self {
        let roles = self.op.info().roles;
        if !roles.has(Roles::READS_RA) {
            self.ra = 0;
        }
        if !roles.has(Roles::READS_RB) {
            self.rb = 0;
        }
        if !roles.has(Roles::READS_RC) {
            self.rc = 0;
        }
        if !roles.has(Roles::READS_RT)
            && !roles.has(Roles::WRITES_RT)
            && !self.op.has_false_target()
        {
            self.rt = 0;
        }
        self
    }
}

/// Bytes from a hint to its branch, from the upper two bits (in the lowest of `high`)
/// and the lower seven of the field.
const fn hint_offset(high: u32, low: u8) -> i16 {
    let raw = ((high & 3) << 7) as i16 | low as i16;
    ((raw << 7) >> 7) * 4
}

/// A field that does not fit into its instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The instruction.
    pub op: Op,
    /// Name of the field, as in [`Inst`].
    pub field: &'static str,
    /// What was to be put there.
    pub value: i32,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} does not fit {}", self.op, self.value, self.field)?;
        if self.field == "imm" {
            let (least, greatest, step) = self.op.info().immediate.range();
            write!(f, ", which takes {least} to {greatest}")?;
            if step != 1 {
                write!(f, " in steps of {step}")?;
            }
        }
        Ok(())
    }
}

impl core::error::Error for EncodeError {}
