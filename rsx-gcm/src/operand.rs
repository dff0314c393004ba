//! Lanes, swizzles and write masks: what vertex and fragment programs have in common.

use core::fmt;

/// A lane of a four-component register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Lane {
    /// The first.
    X = 0,
    /// The second.
    Y = 1,
    /// The third.
    Z = 2,
    /// The fourth.
    W = 3,
}

impl Lane {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::X, Self::Y, Self::Z, Self::W];

    /// The lane whose number is in the low two bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self::ALL[(bits & 3) as usize]
    }

    const fn letter(self) -> char {
        match self {
            Self::X => 'x',
            Self::Y => 'y',
            Self::Z => 'z',
            Self::W => 'w',
        }
    }
}

impl crate::methods::Field for Lane {
    type Read = Self;
    fn to_field(self) -> u32 {
        self as u32
    }
    fn from_field(bits: u32) -> Self {
        Self::from_bits(bits)
    }
}

/// Which lane of a register each lane of an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Swizzle(pub [Lane; 4]);

impl Swizzle {
    /// Every lane as it is.
    pub const XYZW: Self = Self(Lane::ALL);

    /// One lane four times.
    #[must_use]
    pub const fn splat(lane: Lane) -> Self {
        Self([lane; 4])
    }

    /// What comes out of applying `self` first and `then` to the result.
    #[must_use]
    pub const fn then(self, then: Self) -> Self {
        let Self([a, b, c, d]) = then;
        Self([
            self.0[a as usize],
            self.0[b as usize],
            self.0[c as usize],
            self.0[d as usize],
        ])
    }
}

impl Default for Swizzle {
    fn default() -> Self {
        Self::XYZW
    }
}

impl From<[Lane; 4]> for Swizzle {
    fn from(lanes: [Lane; 4]) -> Self {
        Self(lanes)
    }
}

impl From<Lane> for Swizzle {
    fn from(lane: Lane) -> Self {
        Self::splat(lane)
    }
}

impl fmt::Display for Swizzle {
    /// Nothing for the identity, else a point and one or four letters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        if *self == Self::XYZW {
            return Ok(());
        }
        write!(f, ".{}", first.letter())?;
        if rest != [first; 3] {
            for lane in rest {
                write!(f, "{}", lane.letter())?;
            }
        }
        Ok(())
    }
}

/// Which lanes are written: bit = lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mask(u8);

impl Mask {
    /// No lane.
    pub const NONE: Self = Self(0);
    /// The first lane.
    pub const X: Self = Self(1);
    /// The second lane.
    pub const Y: Self = Self(2);
    /// The third lane.
    pub const Z: Self = Self(4);
    /// The fourth lane.
    pub const W: Self = Self(8);
    /// The first two lanes.
    pub const XY: Self = Self(3);
    /// The last two lanes.
    pub const ZW: Self = Self(12);
    /// The first three lanes.
    pub const XYZ: Self = Self(7);
    /// All lanes.
    pub const XYZW: Self = Self(15);

    /// Bit 0 is the first lane; higher bits than 3 are dropped.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self((bits & 15) as u8)
    }

    /// Bit 0 is the first lane.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0 as u32
    }

    /// Bit 3 is the first lane, as vertex instructions have it.
    #[must_use]
    pub(crate) const fn reversed(self) -> Self {
        Self(self.0.reverse_bits() >> 4)
    }

    /// Whether no lane is written.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl core::ops::BitOr for Mask {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Mask {
    /// Nothing for all lanes, else a point and the letters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::XYZW {
            return Ok(());
        }
        f.write_str(".")?;
        for lane in Lane::ALL {
            if self.0 & 1 << lane as u8 != 0 {
                write!(f, "{}", lane.letter())?;
            }
        }
        Ok(())
    }
}
