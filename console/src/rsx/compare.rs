//! Comparisons, as the alpha, stencil and depth test name them.

/// A comparison (OpenGL numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Never true.
    Never,
    /// Less.
    Less,
    /// Equal.
    Equal,
    /// Less or equal.
    LessEqual,
    /// Greater.
    Greater,
    /// Not equal.
    NotEqual,
    /// Greater or equal.
    GreaterEqual,
    /// Always true.
    Always,
}

impl Comparison {
    /// The comparison with this number.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        // OpenGL's numbers, and the same without their upper byte.
        Some(match bits {
            0x200 | 0 => Self::Never,
            0x201 | 1 => Self::Less,
            0x202 | 2 => Self::Equal,
            0x203 | 3 => Self::LessEqual,
            0x204 | 4 => Self::Greater,
            0x205 | 5 => Self::NotEqual,
            0x206 | 6 => Self::GreaterEqual,
            0x207 | 7 => Self::Always,
            _ => return None,
        })
    }

    /// Whether `a` compares to `b` like that.
    #[inline(always)]
    #[must_use]
    pub fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Self::Never => false,
            Self::Less => a < b,
            Self::Equal => a == b,
            Self::LessEqual => a <= b,
            Self::Greater => a > b,
            Self::NotEqual => a != b,
            Self::GreaterEqual => a >= b,
            Self::Always => true,
        }
    }
}
