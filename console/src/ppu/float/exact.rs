//! Values between operation and rounding.

use super::round::RoundUp;

/// A number other than zero: `±significand × 2^exponent`.
///
/// Where bits below the significand's lowest had to go, the lowest is 1 ("jammed"): with
/// the 60 or more bits above a rounding position that the operations keep, rounding comes
/// out as from the whole value.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Exact {
    pub(in super::super) sign: bool,
    pub(in super::super) exponent: i32,
    pub(in super::super) significand: u128,
}

/// A sum: the sign of an exact zero depends on the rounding mode.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Sum {
    /// The operands cancelled.
    Cancelled,
    /// Any other number.
    Number(Exact),
}

/// Where sums put the leading bit of their operands: one bit is left for a carry.
const LEADING: u32 = 126;

impl Exact {
    pub(in super::super) fn new(sign: bool, exponent: i32, significand: u128) -> Self {
        Self {
            sign,
            exponent,
            significand,
        }
    }

    /// The same value with its leading bit at a position not below the present one.
    fn led_by(self, position: u32) -> Self {
        let shift = position - (127 - self.significand.leading_zeros());
        Self::new(
            self.sign,
            self.exponent - shift as i32,
            self.significand << shift,
        )
    }

    /// The sum of values of at most 106 bits.
    ///
    /// Two leading bits at [`LEADING`] leave 20 zeros below: shifts up to that lose
    /// nothing, and after a longer one at most one bit cancels.
    pub(in super::super) fn plus(self, other: Self) -> Sum {
        let (left, right) = (self.led_by(LEADING - 1), other.led_by(LEADING - 1));
        let (large, small) = if left.exponent >= right.exponent {
            (left, right)
        } else {
            (right, left)
        };
        let distance = (large.exponent - small.exponent) as u32;
        let moved = shift_right_jamming(small.significand, distance);
        if large.sign == small.sign {
            return Sum::Number(Self::new(
                large.sign,
                large.exponent,
                large.significand + moved,
            ));
        }
        match large.significand.cmp(&moved) {
            std::cmp::Ordering::Equal => Sum::Cancelled,
            std::cmp::Ordering::Greater => Sum::Number(Self::new(
                large.sign,
                large.exponent,
                large.significand - moved,
            )),
            std::cmp::Ordering::Less => Sum::Number(Self::new(
                small.sign,
                large.exponent,
                moved - large.significand,
            )),
        }
    }

    /// The product of values of at most 53 bits: 106 bits.
    pub(in super::super) fn times(self, other: Self) -> Self {
        Self::new(
            self.sign != other.sign,
            self.exponent + other.exponent,
            self.significand * other.significand,
        )
    }

    /// The quotient of values of at most 53 bits: 63 bits or more.
    pub(in super::super) fn over(self, other: Self) -> Self {
        let (dividend, divisor) = (self.led_by(126), other.led_by(63));
        let quotient = dividend.significand / divisor.significand;
        let rest = dividend.significand % divisor.significand;
        Self::new(
            self.sign != other.sign,
            dividend.exponent - divisor.exponent,
            quotient | u128::from(rest != 0),
        )
    }

    /// The root of a positive value of at most 53 bits: 63 bits or more.
    pub(in super::super) fn root(self) -> Self {
        let mut value = self.led_by(126);
        if value.exponent & 1 != 0 {
            value = value.led_by(127);
        }
        let root = value.significand.isqrt();
        let inexact = root * root != value.significand;
        Self::new(false, value.exponent / 2, root | u128::from(inexact))
    }

    /// `floor(log2(|value|))`.
    pub(in super::super) fn scale(self) -> i32 {
        self.exponent + 127 - self.significand.leading_zeros() as i32
    }

    /// The magnitude in units of `2^exponent`, and what is lost below.
    pub(super) fn in_units_of(self, exponent: i32) -> (u128, RoundUp) {
        let shift = exponent - self.exponent;
        if shift <= 0 {
            return (self.significand << -shift, RoundUp::Exact);
        }
        let (kept, lost) = match shift {
            1..128 => (self.significand >> shift, self.significand << (128 - shift)),
            128 => (0, self.significand),
            _ => (0, 1),
        };
        let half = 1 << 127;
        let lost = match lost.cmp(&half) {
            _ if lost == 0 => RoundUp::Exact,
            std::cmp::Ordering::Less => RoundUp::BelowHalf,
            std::cmp::Ordering::Equal => RoundUp::Half,
            std::cmp::Ordering::Greater => RoundUp::AboveHalf,
        };
        (kept, lost)
    }
}

fn shift_right_jamming(value: u128, shift: u32) -> u128 {
    match shift {
        0 => value,
        1..128 => value >> shift | u128::from(value << (128 - shift) != 0),
        _ => 1,
    }
}
