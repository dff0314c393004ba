//! 16-bit multiplications (chapter 5 of the ISA document).

use crate::spu::quad::Quad;

#[inline(always)]
fn signed(a: u32, b: u32) -> u32 {
    (i32::from(a as i16) * i32::from(b as i16)) as u32
}

#[inline(always)]
fn unsigned(a: u32, b: u32) -> u32 {
    (a & 0xffff) * (b & 0xffff)
}

#[inline(always)]
pub(crate) fn mpy(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, signed)
}

#[inline(always)]
pub(crate) fn mpyu(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, unsigned)
}

#[inline(always)]
pub(crate) fn mpya(a: Quad, b: Quad, c: Quad) -> Quad {
    a.zip3_words(b, c, |a, b, c| signed(a, b).wrapping_add(c))
}

/// Upper halfword of `a` times lower of `b`, shifted left by 16.
#[inline(always)]
pub(crate) fn mpyh(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| unsigned(a >> 16, b) << 16)
}

/// Upper half of the product, sign-extended.
#[inline(always)]
pub(crate) fn mpys(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| (signed(a, b) as i32 >> 16) as u32)
}

#[inline(always)]
pub(crate) fn mpyhh(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| signed(a >> 16, b >> 16))
}

#[inline(always)]
pub(crate) fn mpyhha(a: Quad, b: Quad, t: Quad) -> Quad {
    a.zip3_words(b, t, |a, b, t| signed(a >> 16, b >> 16).wrapping_add(t))
}

#[inline(always)]
pub(crate) fn mpyhhu(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| unsigned(a >> 16, b >> 16))
}

#[inline(always)]
pub(crate) fn mpyhhau(a: Quad, b: Quad, t: Quad) -> Quad {
    a.zip3_words(b, t, |a, b, t| unsigned(a >> 16, b >> 16).wrapping_add(t))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signs_and_halves() {
        let x = Quad::splat(0x0002_fffe); // upper 2, lower -2
        let y = Quad::splat(0xffff_0003); // upper -1, lower 3
        assert_eq!(mpy(x, y), Quad::splat(-6_i32 as u32));
        assert_eq!(mpyu(x, y), Quad::splat(0xfffe * 3));
        assert_eq!(mpya(x, y, Quad::splat(10)), Quad::splat(4));
        assert_eq!(mpyh(x, y), Quad::splat(6 << 16));
        assert_eq!(mpys(x, y), Quad::splat(0xffff_ffff));
        assert_eq!(mpyhh(x, y), Quad::splat(-2_i32 as u32));
        assert_eq!(mpyhha(x, y, Quad::splat(1)), Quad::splat(-1_i32 as u32));
        assert_eq!(mpyhhu(x, y), Quad::splat(0xffff * 2));
        assert_eq!(mpyhhau(x, y, Quad::splat(2)), Quad::splat(0x2_0000));
    }

    proptest! {
        /// The sequence with which compilers multiply words: mpyh(a,b) + mpyh(b,a) + mpyu(a,b).
        #[test]
        fn halves_make_a_word_product(x: u32, y: u32) {
            let (a, b) = (Quad::splat(x), Quad::splat(y));
            let product = crate::spu::semantics::fixed::a(
                crate::spu::semantics::fixed::a(mpyh(a, b), mpyh(b, a)),
                mpyu(a, b),
            );
            prop_assert_eq!(product, Quad::splat(x.wrapping_mul(y)));
        }
    }
}
