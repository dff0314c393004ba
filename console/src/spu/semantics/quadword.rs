//! Shifts and rotates of the whole quadword (chapter 6 of the ISA document).
//!
//! `count` is the preferred word of the second operand, or the immediate.

use crate::spu::quad::Quad;

#[inline(always)]
fn left(a: Quad, bits: u32) -> Quad {
    Quad::from_u128(a.to_u128().checked_shl(bits).unwrap_or(0))
}

#[inline(always)]
fn right(a: Quad, bits: u32) -> Quad {
    Quad::from_u128(a.to_u128().checked_shr(bits).unwrap_or(0))
}

#[inline(always)]
fn rotate(a: Quad, bits: u32) -> Quad {
    Quad::from_u128(a.to_u128().rotate_left(bits))
}

/// Left by 0 to 7 bits.
#[inline(always)]
pub(crate) fn shlqbi(a: Quad, count: u32) -> Quad {
    left(a, count & 7)
}

/// Left by 0 to 31 bytes.
#[inline(always)]
pub(crate) fn shlqby(a: Quad, count: u32) -> Quad {
    left(a, (count & 0x1f) * 8)
}

/// Left by the bytes of a bit count.
#[inline(always)]
pub(crate) fn shlqbybi(a: Quad, count: u32) -> Quad {
    shlqby(a, count >> 3)
}

/// Rotated left by 0 to 15 bytes.
#[inline(always)]
pub(crate) fn rotqby(a: Quad, count: u32) -> Quad {
    rotate(a, (count & 15) * 8)
}

/// Rotated left by the bytes of a bit count.
#[inline(always)]
pub(crate) fn rotqbybi(a: Quad, count: u32) -> Quad {
    rotqby(a, count >> 3)
}

/// Rotated left by 0 to 7 bits.
#[inline(always)]
pub(crate) fn rotqbi(a: Quad, count: u32) -> Quad {
    rotate(a, count & 7)
}

/// Right by the negative of `count`, 0 to 31 bytes.
#[inline(always)]
pub(crate) fn rotqmby(a: Quad, count: u32) -> Quad {
    right(a, (count.wrapping_neg() & 0x1f) * 8)
}

/// Right by the negative of the bytes of a bit count.
#[inline(always)]
pub(crate) fn rotqmbybi(a: Quad, count: u32) -> Quad {
    rotqmby(a, count >> 3)
}

/// Right by the negative of `count`, 0 to 7 bits.
#[inline(always)]
pub(crate) fn rotqmbi(a: Quad, count: u32) -> Quad {
    right(a, count.wrapping_neg() & 7)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn byte_counts_wrap_where_the_document_says() {
        let x = Quad::from_bytes(core::array::from_fn(|at| 0x10 + at as u8));
        assert_eq!(shlqby(x, 1).bytes()[..2], [0x11, 0x12]);
        assert_eq!(shlqby(x, 15).bytes()[..2], [0x1f, 0]);
        assert_eq!(shlqby(x, 16), Quad::ZERO);
        assert_eq!(shlqby(x, 31), Quad::ZERO);
        assert_eq!(shlqby(x, 32), x);
        assert_eq!(rotqby(x, 17).bytes()[15], 0x10);
        assert_eq!(rotqmby(x, -1_i32 as u32).bytes()[..2], [0, 0x10]);
        assert_eq!(rotqmby(x, -16_i32 as u32), Quad::ZERO);
        assert_eq!(rotqmby(x, 0), x);
        assert_eq!(shlqbybi(x, 0x0f), shlqby(x, 1));
        assert_eq!(rotqbybi(x, 0x7f), rotqby(x, 15));
        // The usual idiom: byte part and bit part of one negative count. The byte part of
        // -12 bits is taken from (-12 >> 3) = -2, two bytes; the bit part is 4.
        assert_eq!(rotqmbybi(x, -12_i32 as u32), rotqmby(x, -2_i32 as u32));
        assert_eq!(rotqmbi(x, -12_i32 as u32), rotqmbi(x, -4_i32 as u32));
    }

    proptest! {
        #[test]
        fn bit_and_byte_parts_make_a_shift(value: u128, count in 0_u32..128) {
            let x = Quad::from_u128(value);
            prop_assert_eq!(
                shlqbi(shlqbybi(x, count), count).to_u128(),
                value << count
            );
            prop_assert_eq!(
                rotqbi(rotqbybi(x, count), count).to_u128(),
                value.rotate_left(count)
            );
            // Compilers add 7 to the count of the byte part of a right shift, since the
            // division by 8 of a negative number rounds down.
            let negative = count.wrapping_neg();
            prop_assert_eq!(
                rotqmbi(rotqmbybi(x, negative.wrapping_add(7)), negative).to_u128(),
                value >> count
            );
        }
    }
}
