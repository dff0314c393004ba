//! Integer addition, subtraction, counting and logic (chapter 5 of the ISA document).

use crate::spu::quad::Quad;

#[inline(always)]
pub(crate) fn ah(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, u16::wrapping_add)
}

#[inline(always)]
pub(crate) fn a(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, u32::wrapping_add)
}

/// Halfwords `b - a`.
#[inline(always)]
pub(crate) fn sfh(a: Quad, b: Quad) -> Quad {
    b.zip_halfwords(a, u16::wrapping_sub)
}

/// Words `b - a`.
#[inline(always)]
pub(crate) fn sf(a: Quad, b: Quad) -> Quad {
    b.zip_words(a, u32::wrapping_sub)
}

#[inline(always)]
pub(crate) fn addx(a: Quad, b: Quad, t: Quad) -> Quad {
    a.zip3_words(b, t, |a, b, t| a.wrapping_add(b).wrapping_add(t & 1))
}

/// The carry out of `a + b`, 0 or 1.
#[inline(always)]
pub(crate) fn cg(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| u32::from(a.checked_add(b).is_none()))
}

#[inline(always)]
pub(crate) fn cgx(a: Quad, b: Quad, t: Quad) -> Quad {
    a.zip3_words(b, t, |a, b, t| {
        ((u64::from(a) + u64::from(b) + u64::from(t & 1)) >> 32) as u32
    })
}

/// Words `b - a - 1 + (t & 1)`.
#[inline(always)]
pub(crate) fn sfx(a: Quad, b: Quad, t: Quad) -> Quad {
    a.zip3_words(b, t, |a, b, t| b.wrapping_add(!a).wrapping_add(t & 1))
}

/// 1 where `b - a` does not borrow.
#[inline(always)]
pub(crate) fn bg(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| u32::from(b >= a))
}

/// 1 where `b - a - 1 + (t & 1)` does not borrow.
#[inline(always)]
pub(crate) fn bgx(a: Quad, b: Quad, t: Quad) -> Quad {
    a.zip3_words(b, t, |a, b, t| {
        ((u64::from(b) + u64::from(!a) + u64::from(t & 1)) >> 32) as u32
    })
}

#[inline(always)]
pub(crate) fn clz(a: Quad) -> Quad {
    a.map_words(u32::leading_zeros)
}

#[inline(always)]
pub(crate) fn xsbh(a: Quad) -> Quad {
    a.map_halfwords(|h| h as i8 as u16)
}

#[inline(always)]
pub(crate) fn xshw(a: Quad) -> Quad {
    a.map_words(|w| w as i16 as u32)
}

#[inline(always)]
pub(crate) fn xswd(a: Quad) -> Quad {
    Quad::from_doublewords(a.doublewords().map(|d| d as i32 as u64))
}

#[inline(always)]
pub(crate) fn and(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| a & b)
}

#[inline(always)]
pub(crate) fn andc(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| a & !b)
}

#[inline(always)]
pub(crate) fn or(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| a | b)
}

#[inline(always)]
pub(crate) fn orc(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| a | !b)
}

#[inline(always)]
pub(crate) fn xor(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| a ^ b)
}

#[inline(always)]
pub(crate) fn nand(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| !(a & b))
}

#[inline(always)]
pub(crate) fn nor(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| !(a | b))
}

#[inline(always)]
pub(crate) fn eqv(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| !(a ^ b))
}

/// Bits of `b` where `c` is 1, of `a` where it is 0.
#[inline(always)]
pub(crate) fn selb(a: Quad, b: Quad, c: Quad) -> Quad {
    a.zip3_words(b, c, |a, b, c| (b & c) | (a & !c))
}

/// The or of the four words in the preferred slot.
#[inline(always)]
pub(crate) fn orx(a: Quad) -> Quad {
    let [w0, w1, w2, w3] = a.words();
    Quad::preferred(w0 | w1 | w2 | w3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn q(words: [u32; 4]) -> Quad {
        Quad::from_words(words)
    }

    #[test]
    fn additions_stay_in_their_slots() {
        let x = q([0xffff_ffff, 0x0001_ffff, 0x8000_0000, 5]);
        let y = q([1, 0x0001_0001, 0x8000_0000, 7]);
        assert_eq!(a(x, y), q([0, 0x0003_0000, 0, 12]));
        assert_eq!(ah(x, y), q([0xffff_0000, 0x0002_0000, 0, 12]));
        assert_eq!(sf(x, y), q([2, 0xffff_0002, 0, 2]));
        assert_eq!(sfh(x, y), q([0x0001_0002, 0x0000_0002, 0, 2]));
        assert_eq!(cg(x, y), q([1, 0, 1, 0]));
        assert_eq!(bg(x, y), q([0, 0, 1, 1]));
    }

    #[test]
    fn sign_extensions() {
        let x = q([0x0080_ff7f, 0x1234_8000, 0, 0x8000_0001]);
        assert_eq!(xsbh(x), q([0xff80_007f, 0x0034_0000, 0, 1]));
        assert_eq!(xshw(x), q([0xffff_ff7f, 0xffff_8000, 0, 1]));
        assert_eq!(xswd(x), q([0, 0x1234_8000, 0xffff_ffff, 0x8000_0001]));
    }

    #[test]
    fn logic() {
        let (x, y) = (Quad::splat(0b1100), Quad::splat(0b1010));
        for (result, low) in [
            (and(x, y), 0b1000),
            (andc(x, y), 0b0100),
            (or(x, y), 0b1110),
            (xor(x, y), 0b0110),
            (selb(x, y, Quad::splat(0b0011)), 0b1110),
        ] {
            assert_eq!(result, Quad::splat(low));
        }
        for (result, low) in [
            (orc(x, y), 0b1101_u32),
            (nand(x, y), 0b0111),
            (nor(x, y), 0b0001),
            (eqv(x, y), 0b1001),
        ] {
            assert_eq!(result, Quad::splat(0xffff_fff0 | low));
        }
        assert_eq!(orx(q([1, 2, 4, 0x80])), Quad::preferred(0x87));
        assert_eq!(clz(q([0, 1, 0x8000_0000, 0xffff])), q([32, 31, 0, 16]));
    }

    proptest! {
        /// Two words at a time with carries and borrows are 64-bit additions.
        #[test]
        fn carry_chains_are_wide_arithmetic(x: u64, y: u64) {
            let (x_high, x_low) = (Quad::splat((x >> 32) as u32), Quad::splat(x as u32));
            let (y_high, y_low) = (Quad::splat((y >> 32) as u32), Quad::splat(y as u32));
            let sum = x.wrapping_add(y);
            let carry = cg(x_low, y_low);
            prop_assert_eq!(a(x_low, y_low), Quad::splat(sum as u32));
            prop_assert_eq!(addx(x_high, y_high, carry), Quad::splat((sum >> 32) as u32));
            let carry_out = u32::from(x.checked_add(y).is_none());
            prop_assert_eq!(cgx(x_high, y_high, carry), Quad::splat(carry_out));
            // Subtract from: y - x.
            let difference = y.wrapping_sub(x);
            let no_borrow = bg(x_low, y_low);
            prop_assert_eq!(sf(x_low, y_low), Quad::splat(difference as u32));
            prop_assert_eq!(
                sfx(x_high, y_high, no_borrow),
                Quad::splat((difference >> 32) as u32)
            );
            prop_assert_eq!(bgx(x_high, y_high, no_borrow), Quad::splat(u32::from(y >= x)));
        }
    }
}
