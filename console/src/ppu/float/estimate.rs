//! The estimates of the PPE: tables by the operand's leading bits, as they were read from
//! consoles (the numbers are those of the RPCS3 project; results that ps3autotests recorded
//! agree).

use super::exact::Exact;

/// Fractions of reciprocals, in units of 2^-13, by the seven bits that follow the operand's
/// leading one: the reciprocal of a number from 1 up to 2 is half of one plus the fraction.
const RECIPROCALS: [u16; 128] = [
    0x1fc0, 0x1f42, 0x1ec6, 0x1e4c, 0x1dd4, 0x1d5c, 0x1ce8, 0x1c78, 0x1c00, 0x1b90, 0x1b28, 0x1ab8,
    0x1a50, 0x19e0, 0x1980, 0x1918, 0x18b0, 0x1850, 0x17f0, 0x1790, 0x1730, 0x16d0, 0x1670, 0x1610,
    0x15c0, 0x1560, 0x1500, 0x14b0, 0x1460, 0x1400, 0x13b0, 0x1360, 0x1300, 0x12c0, 0x1260, 0x1220,
    0x11d0, 0x1180, 0x1130, 0x10e0, 0x10a0, 0x1060, 0x1000, 0x0fc0, 0x0f80, 0x0f40, 0x0ef0, 0x0eb0,
    0x0e60, 0x0e20, 0x0de0, 0x0da0, 0x0d60, 0x0d20, 0x0ce0, 0x0ca0, 0x0c60, 0x0c20, 0x0be0, 0x0bb0,
    0x0b80, 0x0b40, 0x0b00, 0x0ac0, 0x0a80, 0x0a60, 0x0a20, 0x09e0, 0x09b0, 0x0980, 0x0940, 0x0910,
    0x08e0, 0x08a0, 0x0880, 0x0840, 0x0800, 0x07e0, 0x07a0, 0x0780, 0x0740, 0x0720, 0x06e0, 0x06c0,
    0x0680, 0x0660, 0x0640, 0x0600, 0x05e0, 0x05a0, 0x0580, 0x0560, 0x0520, 0x0500, 0x04e0, 0x04a0,
    0x0480, 0x0460, 0x0420, 0x0400, 0x03e0, 0x03c0, 0x0380, 0x0360, 0x0340, 0x0320, 0x02e0, 0x02c0,
    0x02a0, 0x0280, 0x0260, 0x0240, 0x0200, 0x01e0, 0x01c0, 0x01a0, 0x0180, 0x0160, 0x0140, 0x0120,
    0x0100, 0x00e0, 0x00c0, 0x00a0, 0x0080, 0x0060, 0x0040, 0x0000,
];

/// Fractions of the reciprocals of square roots, in units of 2^-8, by the three bits that
/// follow the operand's leading one: first for numbers from 1, then from 2 on.
const ROOTS: [u16; 16] = [
    0x0f1, 0x0d8, 0x0c0, 0x0a8, 0x098, 0x088, 0x080, 0x070, 0x060, 0x04c, 0x03c, 0x030, 0x020,
    0x018, 0x010, 0x008,
];

/// So many bits after the leading one.
fn after_leading(value: Exact, bits: u32) -> usize {
    let fraction = value.significand << value.significand.leading_zeros() << 1;
    (fraction >> (128 - bits)) as usize
}

/// What `fres` gives for a number, before rounding.
pub(in super::super) fn reciprocal(value: Exact) -> Exact {
    let fraction = RECIPROCALS[after_leading(value, 7)];
    let significand = 1 << 13 | u128::from(fraction);
    Exact::new(value.sign, -1 - value.scale() - 13, significand)
}

/// What `frsqrte` gives for a positive number, before rounding.
pub(in super::super) fn reciprocal_root(value: Exact) -> Exact {
    let scale = value.scale();
    let odd = scale.rem_euclid(2) as usize;
    let fraction = ROOTS[8 * odd + after_leading(value, 3)];
    let significand = 1 << 8 | u128::from(fraction);
    Exact::new(false, -1 - scale.div_euclid(2) - 8, significand)
}

#[cfg(test)]
mod tests {
    use super::super::{Class, unpack};
    use super::*;

    fn exact(value: f64) -> Exact {
        match unpack(value.to_bits()) {
            Class::Finite(value) => value,
            other => panic!("{other:?}"),
        }
    }

    fn float(value: Exact) -> f64 {
        let magnitude = value.significand as f64 * f64::from(value.exponent).exp2();
        if value.sign { -magnitude } else { magnitude }
    }

    /// Results that ps3autotests recorded on a console.
    #[test]
    fn estimates_are_those_of_a_console() {
        for (operand, recorded) in [
            (1.0, 0x3f7f_0000),
            (1.5, 0x3f2a_0000),
            (-1.6, 0xbf20_0000),
            (1.4, 0x3f36_8000),
            (2.0, 0x3eff_0000),
            (20_000_000.0, 0x3357_0000),
            (20_000.6, 0x3851_8000),
            (f64::from(f32::MIN_POSITIVE), 0x7e7f_0000),
        ] {
            let expected = f64::from(f32::from_bits(recorded));
            assert_eq!(float(reciprocal(exact(operand))), expected, "{operand}");
        }
        for (operand, recorded) in [
            (1.0, 0x3fef_1000),
            (1.5, 0x3fe9_8000),
            (1.6, 0x3fe9_8000),
            (1.4, 0x3fea_8000),
            (2.0, 0x3fe6_0000),
            (20_000_000.0, 0x3f2d_8000),
            (20_000.6, 0x3f7d_8000),
            (f64::MIN_POSITIVE, 0x5fdf_1000),
            (f64::MAX, 0x1ff0_8000_u64),
        ] {
            let expected = f64::from_bits(recorded << 32);
            let estimate = float(reciprocal_root(exact(operand)));
            assert_eq!(estimate, expected, "{operand}");
        }
    }
}
