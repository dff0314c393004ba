//! What the bits of a double-precision number say.

use super::exact::Exact;

const SIGN: u64 = 1 << 63;
const EXPONENT: u64 = 0x7ff << 52;
const FRACTION: u64 = (1 << 52) - 1;
/// The bit that makes a NaN a quiet one.
pub(in super::super) const QUIET: u64 = 1 << 51;

/// An operand.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Class {
    /// A zero with its sign.
    Zero(bool),
    /// A number other than zero.
    Finite(Exact),
    /// An infinity with its sign.
    Infinity(bool),
    /// Any NaN.
    Nan,
}

/// What the bits of a double are.
pub(in super::super) fn unpack(bits: u64) -> Class {
    let sign = bits & SIGN != 0;
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & FRACTION;
    match (exponent, fraction) {
        (0, 0) => Class::Zero(sign),
        (0x7ff, 0) => Class::Infinity(sign),
        (0x7ff, _) => Class::Nan,
        (0, _) => Class::Finite(Exact::new(sign, -1074, u128::from(fraction))),
        _ => Class::Finite(Exact::new(
            sign,
            exponent - 1075,
            u128::from(fraction | 1 << 52),
        )),
    }
}

pub(in super::super) fn is_nan(bits: u64) -> bool {
    bits & !SIGN > EXPONENT
}

pub(in super::super) fn is_signaling(bits: u64) -> bool {
    is_nan(bits) && bits & QUIET == 0
}

/// The NaN of an invalid operation without a NaN among its operands.
pub(in super::super) const fn default_nan() -> u64 {
    EXPONENT | QUIET
}

pub(in super::super) const fn infinity(sign: bool) -> u64 {
    (sign as u64) << 63 | EXPONENT
}

pub(in super::super) const fn zero(sign: bool) -> u64 {
    (sign as u64) << 63
}
