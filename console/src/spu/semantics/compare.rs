//! Compares of integers and of floating-point numbers (chapters 7 and 9 of the ISA
//! document). The result is all ones where the relation holds.

use crate::spu::quad::Quad;

#[inline(always)]
fn mask8(holds: bool) -> u8 {
    u8::from(holds).wrapping_neg()
}

#[inline(always)]
fn mask16(holds: bool) -> u16 {
    u16::from(holds).wrapping_neg()
}

#[inline(always)]
fn mask32(holds: bool) -> u32 {
    u32::from(holds).wrapping_neg()
}

#[inline(always)]
pub(crate) fn ceqb(a: Quad, b: Quad) -> Quad {
    a.zip_bytes(b, |a, b| mask8(a == b))
}

#[inline(always)]
pub(crate) fn ceqh(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| mask16(a == b))
}

#[inline(always)]
pub(crate) fn ceq(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(a == b))
}

#[inline(always)]
pub(crate) fn cgtb(a: Quad, b: Quad) -> Quad {
    a.zip_bytes(b, |a, b| mask8(a as i8 > b as i8))
}

#[inline(always)]
pub(crate) fn cgth(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| mask16(a as i16 > b as i16))
}

#[inline(always)]
pub(crate) fn cgt(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(a as i32 > b as i32))
}

#[inline(always)]
pub(crate) fn clgtb(a: Quad, b: Quad) -> Quad {
    a.zip_bytes(b, |a, b| mask8(a > b))
}

#[inline(always)]
pub(crate) fn clgth(a: Quad, b: Quad) -> Quad {
    a.zip_halfwords(b, |a, b| mask16(a > b))
}

#[inline(always)]
pub(crate) fn clgt(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(a > b))
}

/// A number that orders single-precision values: denormals are zero, both zeros are
/// equal, exponent 255 is an ordinary exponent.
#[inline(always)]
fn order(bits: u32) -> i32 {
    let magnitude = single_magnitude(bits);
    if bits >> 31 == 1 {
        -magnitude
    } else {
        magnitude
    }
}

#[inline(always)]
fn single_magnitude(bits: u32) -> i32 {
    let magnitude = (bits & 0x7fff_ffff) as i32;
    if magnitude < 0x0080_0000 {
        0
    } else {
        magnitude
    }
}

#[inline(always)]
pub(crate) fn fceq(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(order(a) == order(b)))
}

#[inline(always)]
pub(crate) fn fcgt(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(order(a) > order(b)))
}

#[inline(always)]
pub(crate) fn fcmeq(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(single_magnitude(a) == single_magnitude(b)))
}

#[inline(always)]
pub(crate) fn fcmgt(a: Quad, b: Quad) -> Quad {
    a.zip_words(b, |a, b| mask32(single_magnitude(a) > single_magnitude(b)))
}

fn doubles(a: Quad, b: Quad, holds: impl Fn(f64, f64) -> bool) -> Quad {
    let (a, b) = (a.doublewords(), b.doublewords());
    Quad::from_doublewords(core::array::from_fn(|at| {
        u64::from(holds(f64::from_bits(a[at]), f64::from_bits(b[at]))).wrapping_neg()
    }))
}

/// Enhanced double precision: equal; a NaN is equal to nothing.
pub(crate) fn dfceq(a: Quad, b: Quad) -> Quad {
    doubles(a, b, |a, b| a == b)
}

/// Enhanced double precision: magnitudes equal.
pub(crate) fn dfcmeq(a: Quad, b: Quad) -> Quad {
    doubles(a, b, |a, b| a.abs() == b.abs())
}

/// Enhanced double precision: greater.
pub(crate) fn dfcgt(a: Quad, b: Quad) -> Quad {
    doubles(a, b, |a, b| a > b)
}

/// Enhanced double precision: magnitude greater.
pub(crate) fn dfcmgt(a: Quad, b: Quad) -> Quad {
    doubles(a, b, |a, b| a.abs() > b.abs())
}

/// Enhanced double precision: whether the value is of a kind in `kinds`: 0x40 NaN, 0x20
/// +infinity, 0x10 -infinity, 8 +0, 4 -0, 2 positive denormal, 1 negative denormal.
pub(crate) fn dftsv(a: Quad, kinds: u32) -> Quad {
    Quad::from_doublewords(a.doublewords().map(|bits| {
        let magnitude = bits & (u64::MAX >> 1);
        let negative = (bits >> 63) as u32;
        let kind = match magnitude {
            0 => 8 >> negative,
            1..0x0010_0000_0000_0000 => 2 >> negative,
            0x7ff0_0000_0000_0000 => 0x20 >> negative,
            0x7ff0_0000_0000_0001.. => 0x40,
            _ => 0,
        };
        u64::from(kind & kinds != 0).wrapping_neg()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_compares_know_signs() {
        let x = Quad::splat(0x8001_7fff);
        let y = Quad::splat(0x7f01_80ff);
        assert_eq!(ceqb(x, y), Quad::splat(0x00ff_00ff));
        assert_eq!(cgtb(x, y), Quad::splat(0x0000_ff00));
        assert_eq!(clgtb(x, y), Quad::splat(0xff00_0000));
        assert_eq!(ceqh(x, y), Quad::splat(0));
        assert_eq!(cgth(x, y), Quad::splat(0x0000_ffff));
        assert_eq!(clgth(x, y), Quad::splat(0xffff_0000));
        assert_eq!(ceq(x, x), Quad::splat(!0));
        assert_eq!(cgt(x, y), Quad::splat(0));
        assert_eq!(clgt(x, y), Quad::splat(!0));
    }

    #[test]
    fn single_compares_have_no_nan_and_no_denormals() {
        let same = |a: u32, b: u32| fceq(Quad::splat(a), Quad::splat(b)).word() == !0;
        let greater = |a: u32, b: u32| fcgt(Quad::splat(a), Quad::splat(b)).word() == !0;
        assert!(same(0x8000_0000, 0));
        assert!(same(0x007f_ffff, 0x8000_0001)); // denormals of both signs
        assert!(same(0x7fc0_0000, 0x7fc0_0000)); // no NaN
        assert!(greater(0x7fff_ffff, 0x7f80_0000)); // exponent 255 is in order
        assert!(greater(0x7f80_0000, 0x7f7f_ffff));
        assert!(greater(0, 0xff80_0000));
        assert!(!greater(0, 0x8000_0001));
        assert!(greater(0xbf80_0000, 0xc000_0000));
        let (a, b) = (Quad::splat(0xc000_0000), Quad::splat(0x3f80_0000));
        assert_eq!(fcmgt(a, b), Quad::splat(!0));
        assert_eq!(fcmeq(a, Quad::splat(0x4000_0000)), Quad::splat(!0));
    }

    #[test]
    fn enhanced_double_compares() {
        let q = |a: f64, b: f64| Quad::from_doublewords([a.to_bits(), b.to_bits()]);
        let none_all = Quad::from_doublewords([0, !0]);
        assert_eq!(dfceq(q(f64::NAN, 0.0), q(f64::NAN, -0.0)), none_all);
        assert_eq!(dfcgt(q(-2.0, 1.0), q(1.0, -2.0)), none_all);
        assert_eq!(dfcmgt(q(1.0, -2.0), q(-2.0, 1.0)), none_all);
        assert_eq!(dfcmeq(q(1.5, -2.0), q(1.0, 2.0)), none_all);
        assert_eq!(dftsv(q(1.0, f64::NAN), 0x7f), none_all);
        assert_eq!(dftsv(q(f64::INFINITY, f64::NEG_INFINITY), 0x10), none_all);
        assert_eq!(dftsv(q(0.0, -0.0), 4), none_all);
        assert_eq!(dftsv(q(-1e-310, 1e-310), 2), none_all);
    }
}
