//! An exact value to a format, in one rounding (section 4.3.6, "Execution Model for IEEE
//! Operations").

use super::exact::Exact;
use super::fpscr::{Fpscr, RoundingMode, bit};
use super::number::{infinity, zero};

/// What lies below the last bit that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundUp {
    Exact,
    BelowHalf,
    Half,
    AboveHalf,
}

impl RoundUp {
    /// Whether the magnitude becomes the next larger one.
    fn decide(self, mode: RoundingMode, sign: bool, odd: bool) -> bool {
        match mode {
            RoundingMode::Nearest => self == Self::AboveHalf || self == Self::Half && odd,
            RoundingMode::Zero => false,
            RoundingMode::Up => self != Self::Exact && !sign,
            RoundingMode::Down => self != Self::Exact && sign,
        }
    }
}

/// A format that results are rounded to. Registers hold both in double format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Format {
    Double,
    Single,
}

/// A rounded result and what happened on the way.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Rounded {
    pub(in super::super) bits: u64,
    pub(in super::super) inexact: bool,
    /// The magnitude became larger.
    pub(in super::super) up: bool,
    /// OX or UX, where they occur.
    pub(in super::super) exceptions: u32,
}

impl Format {
    const fn digits(self) -> i32 {
        match self {
            Self::Double => 53,
            Self::Single => 24,
        }
    }

    /// Exponents of the smallest normal and of the largest number.
    const fn range(self) -> (i32, i32) {
        match self {
            Self::Double => (-1022, 1023),
            Self::Single => (-126, 127),
        }
    }

    /// What exponents are changed by where overflow and underflow are enabled.
    const fn adjustment(self) -> i32 {
        match self {
            Self::Double => 1536,
            Self::Single => 192,
        }
    }

    /// The largest finite number's bits.
    const fn largest(self) -> u64 {
        match self {
            Self::Double => 0x7fef_ffff_ffff_ffff,
            Self::Single => 0x47ef_ffff_e000_0000,
        }
    }

    /// Rounds in the mode and with the enabled exceptions of the FPSCR. Tininess is
    /// detected before rounding.
    pub(in super::super) fn round(self, value: Exact, fpscr: Fpscr) -> Rounded {
        let mode = fpscr.rounding();
        let (smallest, largest) = self.range();
        let scale = value.scale();
        let tiny = scale < smallest;
        let underflow_enabled = fpscr.is_set(bit::UE);
        let quantum = if tiny && underflow_enabled {
            scale - self.digits() + 1
        } else {
            scale.max(smallest) - self.digits() + 1
        };
        let (mut magnitude, lost) = value.in_units_of(quantum);
        let inexact = lost != RoundUp::Exact;
        let up = lost.decide(mode, value.sign, magnitude & 1 != 0);
        magnitude += u128::from(up);
        let mut rounded = Rounded {
            bits: 0,
            inexact,
            up,
            exceptions: 0,
        };
        let mut exponent = quantum;
        if tiny && (inexact || underflow_enabled) {
            rounded.exceptions = bit::UX;
            if underflow_enabled {
                exponent += self.adjustment();
            }
        }
        let reached = quantum + 127 - magnitude.leading_zeros() as i32;
        if magnitude != 0 && reached > largest {
            rounded.exceptions = bit::OX;
            if fpscr.is_set(bit::OE) {
                exponent -= self.adjustment();
            } else {
                let away = match mode {
                    RoundingMode::Nearest => true,
                    RoundingMode::Zero => false,
                    RoundingMode::Up => !value.sign,
                    RoundingMode::Down => value.sign,
                };
                rounded.inexact = true;
                rounded.up = away;
                rounded.bits = zero(value.sign)
                    | if away {
                        infinity(false)
                    } else {
                        self.largest()
                    };
                return rounded;
            }
        }
        rounded.bits = pack(value.sign, exponent, magnitude as u64);
        rounded
    }
}

/// The double with the value `±magnitude × 2^exponent`. It can hold it, but for numbers outside the
/// range of singles in an instruction for singles, whose results are undefined where underflow is
/// enabled: they lose their last bits here.
fn pack(sign: bool, exponent: i32, magnitude: u64) -> u64 {
    if magnitude == 0 {
        return zero(sign);
    }
    let leading = 63 - magnitude.leading_zeros() as i32;
    let biased = exponent + leading + 1023;
    let bits = if biased <= 0 {
        let shift = exponent + 1074;
        if shift < 0 {
            magnitude.checked_shr(shift.unsigned_abs()).unwrap_or(0)
        } else {
            magnitude << shift
        }
    } else {
        // A magnitude rounded up to 2^53 has 53 zeros at the end.
        let fraction = if leading > 52 {
            magnitude >> (leading - 52)
        } else {
            magnitude << (52 - leading)
        };
        ((biased as u64) << 52) + (fraction & ((1 << 52) - 1))
    };
    zero(sign) | bits
}

/// The nearest integers' magnitude in a mode, and how it was rounded; none where it does
/// not fit 64 bits.
pub(in super::super) fn round_to_integer(
    value: Exact,
    mode: RoundingMode,
) -> Option<(u64, bool, bool)> {
    if value.scale() > 64 {
        return None;
    }
    let (magnitude, lost) = value.in_units_of(0);
    let up = lost.decide(mode, value.sign, magnitude & 1 != 0);
    let magnitude = u64::try_from(magnitude + u128::from(up)).ok()?;
    Some((magnitude, lost != RoundUp::Exact, up))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::number::{Class, unpack};
    use super::*;

    fn finite() -> impl Strategy<Value = f64> {
        any::<u64>()
            .prop_map(f64::from_bits)
            .prop_filter("finite and not zero", |value| {
                value.is_finite() && *value != 0.0
            })
    }

    fn exact(value: f64) -> Exact {
        match unpack(value.to_bits()) {
            Class::Finite(exact) => exact,
            other => panic!("{other:?} is not a number other than zero"),
        }
    }

    fn nearest(format: Format, value: Exact) -> u64 {
        format.round(value, Fpscr::default()).bits
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]
        #[test]
        fn to_nearest_is_the_hosts_arithmetic(a in finite(), b in finite()) {
            let (left, right) = (exact(a), exact(b));
            let double = Format::Double;
            prop_assert_eq!(nearest(double, left), a.to_bits());
            prop_assert_eq!(nearest(double, left.times(right)), (a * b).to_bits());
            prop_assert_eq!(nearest(double, left.over(right)), (a / b).to_bits());
            let root = exact(a.abs()).root();
            prop_assert_eq!(nearest(double, root), a.abs().sqrt().to_bits());
            let single = f64::from(a as f32).to_bits();
            prop_assert_eq!(nearest(Format::Single, left), single);
        }
    }

    #[test]
    fn enabled_underflow_keeps_to_the_range_of_doubles() {
        let tiny = Exact::new(true, -1060, 0b11);
        for (format, bits) in [
            (Format::Double, (-3.0 * 2_f64.powi(476)).to_bits()),
            (Format::Single, (-3.0 * 2_f64.powi(-868)).to_bits()),
        ] {
            let rounded = format.round(tiny, Fpscr::from_bits(bit::UE));
            assert_eq!((rounded.bits, rounded.exceptions), (bits, bit::UX));
        }
        let least = Exact::new(false, -1400, 1);
        let rounded = Format::Single.round(least, Fpscr::from_bits(bit::UE));
        assert_eq!((rounded.bits, rounded.exceptions), (0, bit::UX));
    }

    #[test]
    fn directed_rounding_overflows_to_the_largest_number() {
        let huge = Exact::new(true, 2000, 1);
        for (mode, bits) in [
            (0, 0xfff0_0000_0000_0000),
            (1, 0xffef_ffff_ffff_ffff),
            (2, 0xffef_ffff_ffff_ffff),
            (3, 0xfff0_0000_0000_0000_u64),
        ] {
            let rounded = Format::Double.round(huge, Fpscr::from_bits(mode));
            assert_eq!((rounded.bits, rounded.exceptions), (bits, bit::OX));
        }
    }
}
