//! Shifts and rotates of halfwords and words (chapter 6 of the ISA document).
//!
//! A right shift is written as a rotate and mask: its count is the negative of the shift.

use crate::spu::quad::Quad;

#[inline(always)]
pub(crate) fn shlh(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| (u32::from(a) << (b & 0x1f)) as u16)
}

#[inline(always)]
pub(crate) fn shl(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| (u64::from(a) << (b & 0x3f)) as u32)
}

#[inline(always)]
pub(crate) fn roth(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| a.rotate_left(u32::from(b & 15)))
}

#[inline(always)]
pub(crate) fn rot(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| a.rotate_left(b & 31))
}

#[inline(always)]
pub(crate) fn rothm(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| (u32::from(a) >> (b.wrapping_neg() & 0x1f)) as u16)
}

#[inline(always)]
pub(crate) fn rotm(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| (u64::from(a) >> (b.wrapping_neg() & 0x3f)) as u32)
}

#[inline(always)]
pub(crate) fn rotmah(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| {
        (i32::from(a as i16) >> (b.wrapping_neg() & 0x1f)) as u16
    })
}

#[inline(always)]
pub(crate) fn rotma(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| {
        (i64::from(a as i32) >> (b.wrapping_neg() & 0x3f)) as u32
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(f: fn(Quad, Quad) -> Quad, a: u32, b: u32) -> u32 {
        let result = f(Quad::splat(a), Quad::splat(b));
        assert_eq!(result, Quad::splat(result.word()));
        result.word()
    }

    #[test]
    fn counts_beyond_the_width_clear() {
        assert_eq!(word(shl, 1, 31), 0x8000_0000);
        assert_eq!(word(shl, 1, 32), 0);
        assert_eq!(word(shl, 1, 63), 0);
        assert_eq!(word(shl, 1, 64), 1);
        assert_eq!(word(shlh, 0x0001_0001, 0x000f_0010), 0x8000_0000);
        assert_eq!(word(rotm, 0x8000_0000, -31_i32 as u32), 1);
        assert_eq!(word(rotm, 0x8000_0000, -32_i32 as u32), 0);
        assert_eq!(word(rotma, 0x8000_0000, -40_i32 as u32), 0xffff_ffff);
        assert_eq!(word(rothm, 0x8000_8000, 0xfff1_fff0), 0x0001_0000);
        assert_eq!(word(rotmah, 0x8000_8000, 0xfff1_fff0), 0xffff_ffff);
        assert_eq!(word(rot, 0x8000_0001, 33), 3);
        assert_eq!(word(roth, 0x8001_8001, 0x0011_0004), 0x0003_0018);
    }

    proptest! {
        #[test]
        fn word_shifts_are_what_their_names_say(a: u32, count in 0_u32..64) {
            let expect = |v: Option<u32>| v.unwrap_or(0);
            prop_assert_eq!(word(shl, a, count), expect(a.checked_shl(count)));
            let negative = count.wrapping_neg();
            prop_assert_eq!(word(rotm, a, negative), expect(a.checked_shr(count)));
            let signed = (a as i32).checked_shr(count).unwrap_or(a as i32 >> 31);
            prop_assert_eq!(word(rotma, a, negative), signed as u32);
        }
    }
}
