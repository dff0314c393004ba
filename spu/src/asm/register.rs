//! Names for registers: virtual ones, and the physical ones where it matters.

use core::fmt;

/// A register of 128 bits as kernels name it: virtual, unless made by
/// [`Reg::physical`]. Passing one around copies the name, not the value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reg(pub(super) u32);

impl Reg {
    /// How many physical registers there are.
    pub const PHYSICAL: u32 = 128;
    /// Stands where an instruction has no such operand.
    pub(super) const NONE: Self = Self(u32::MAX);

    /// The physical register `$number`.
    ///
    /// # Panics
    /// When `number` is above 127.
    #[must_use]
    pub const fn physical(number: u8) -> Self {
        assert!(number < 128, "the SPU has registers 0 to 127");
        Self(number as u32)
    }

    /// Whether this is a physical register.
    #[must_use]
    pub const fn is_physical(self) -> bool {
        self.0 < Self::PHYSICAL
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NONE => f.write_str("none"),
            reg if reg.is_physical() => write!(f, "${}", reg.0),
            reg => write!(f, "v{}", reg.0 - Self::PHYSICAL),
        }
    }
}

impl fmt::Display for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
