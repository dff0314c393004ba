//! For x86-64 hosts with AVX2, FMA and the bit instructions that came with them.
//!
//! The functions here may be called only where these features are known to be there: the
//! interpreter asks [`available`] first. Arithmetic takes the fast way
//! when all operands and results are zero or normal in IEEE terms too, which is nearly
//! always; else [`single`] computes the slots one by one and records the exceptions.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::Lanes;
use crate::spu::quad::Quad;
use crate::spu::semantics::fpscr::Fpscr;
use crate::spu::semantics::single;

/// AVX2 and FMA.
pub(crate) struct Avx2;

/// Whether the host has what this module needs.
pub(crate) fn available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Slots of an integer vector.
#[inline(always)]
fn load(quad: Quad) -> __m128i {
    // SAFETY: both are 16 bytes of plain data.
    unsafe { std::mem::transmute(quad.lanes()) }
}

#[inline(always)]
fn store(vector: __m128i) -> Quad {
    // SAFETY: both are 16 bytes of plain data.
    Quad::from_lanes(unsafe { std::mem::transmute::<__m128i, [u32; 4]>(vector) })
}

/// A number that is below [`DENORMALS`], unsigned, in slots that hold a denormal, and
/// not in others: the magnitude less 1.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn denormal_key(a: __m128i) -> __m128i {
    let magnitude = _mm_and_si128(a, _mm_set1_epi32(0x7fff_ffff));
    _mm_add_epi32(magnitude, _mm_set1_epi32(-1))
}

/// How many magnitudes are denormal.
const DENORMALS: i32 = 0x007f_ffff;

#[inline]
#[target_feature(enable = "avx2,fma")]
fn widen(a: __m128i) -> __m256d {
    _mm256_cvtps_pd(_mm_castsi128_ps(a))
}

/// Truncates `sum + error` if that is possible in all slots: no operand is denormal (by
/// the least of their keys), and no result leaves the range of normal numbers. Operands
/// with exponent 255 are infinities or NaN here, so that their results are out of range.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn narrow(sum: __m256d, error: __m256d, key: __m128i) -> Option<Quad> {
    let zero = _mm256_setzero_pd();
    // Where the rounding error points inward, the nearest f64 is one too far out.
    let opposite = _mm256_xor_pd(sum, error);
    let inexact = _mm256_cmp_pd::<_CMP_NEQ_OQ>(error, zero);
    let outward = _mm256_castpd_si256(_mm256_and_pd(opposite, inexact));
    let bits = _mm256_sub_epi64(_mm256_castpd_si256(sum), _mm256_srli_epi64::<63>(outward));
    let kept = _mm256_and_si256(bits, _mm256_set1_epi64x(!0x1fff_ffff));
    let truncated = _mm256_castsi256_pd(kept);
    let magnitude = _mm256_andnot_pd(_mm256_set1_pd(-0.0), truncated);
    let nonzero = _mm256_cmp_pd::<_CMP_NEQ_UQ>(truncated, zero);
    let small = _mm256_cmp_pd::<_CMP_LT_OQ>(magnitude, _mm256_set1_pd(f32::MIN_POSITIVE as f64));
    let large = _mm256_cmp_pd::<_CMP_NLT_UQ>(magnitude, _mm256_set1_pd(TWO_TO_128));
    let outside = _mm256_or_pd(_mm256_and_pd(small, nonzero), large);
    let denormal = _mm_cmpeq_epi32(_mm_min_epu32(key, _mm_set1_epi32(DENORMALS - 1)), key);
    if _mm256_movemask_pd(outside) | _mm_movemask_ps(_mm_castsi128_ps(denormal)) != 0 {
        return None;
    }
    // The sign of zero is always plus.
    let result = _mm256_cvtpd_ps(_mm256_and_pd(truncated, nonzero));
    Some(store(_mm_castps_si128(result)))
}

/// The least magnitude with exponent 255.
const TWO_TO_128: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

/// The exact error of `sum = x + y`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn error_of_sum(x: __m256d, y: __m256d, sum: __m256d) -> __m256d {
    let part = _mm256_sub_pd(sum, x);
    _mm256_add_pd(
        _mm256_sub_pd(x, _mm256_sub_pd(sum, part)),
        _mm256_sub_pd(y, part),
    )
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn fma(a: Quad, b: Quad, c: Quad) -> Option<Quad> {
    let (a, b, c) = (load(a), load(b), load(c));
    let key = _mm_min_epu32(denormal_key(a), denormal_key(b));
    let key = _mm_min_epu32(key, denormal_key(c));
    let product = _mm256_mul_pd(widen(a), widen(b));
    let addend = widen(c);
    let sum = _mm256_add_pd(product, addend);
    narrow(sum, error_of_sum(product, addend, sum), key)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn fa(a: Quad, b: Quad) -> Option<Quad> {
    let (a, b) = (load(a), load(b));
    let (x, y) = (widen(a), widen(b));
    let sum = _mm256_add_pd(x, y);
    let key = _mm_min_epu32(denormal_key(a), denormal_key(b));
    narrow(sum, error_of_sum(x, y, sum), key)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn fm(a: Quad, b: Quad) -> Option<Quad> {
    let (a, b) = (load(a), load(b));
    let product = _mm256_mul_pd(widen(a), widen(b));
    let key = _mm_min_epu32(denormal_key(a), denormal_key(b));
    narrow(product, _mm256_setzero_pd(), key)
}

/// Turns the bytes of a quadword round.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn reversed(vector: __m128i) -> __m128i {
    let order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    _mm_shuffle_epi8(vector, order)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn from_bytes(bytes: &[u8; 16]) -> Quad {
    // SAFETY: both are 16 bytes of plain data.
    let vector = unsafe { std::mem::transmute::<[u8; 16], __m128i>(*bytes) };
    store(reversed(vector))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn to_bytes(quad: Quad) -> [u8; 16] {
    // SAFETY: both are 16 bytes of plain data.
    unsafe { std::mem::transmute::<__m128i, [u8; 16]>(reversed(load(quad))) }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn shufb(a: Quad, b: Quad, c: Quad) -> Quad {
    let (a, b, codes) = (load(a), load(b), load(c));
    // Bytes lie in host order here, byte 0 of the architecture last; a code with its
    // highest bit set gives 0 from both.
    let index = _mm_xor_si128(codes, _mm_set1_epi8(0x0f));
    let from_a = _mm_shuffle_epi8(a, index);
    let from_b = _mm_shuffle_epi8(b, index);
    let picked = _mm_blendv_epi8(from_a, from_b, _mm_slli_epi16::<3>(codes));
    let kind = _mm_and_si128(_mm_srli_epi16::<5>(codes), _mm_set1_epi8(7));
    let constants = _mm_set_epi8(0, 0, 0, 0, 0, 0, 0, 0, -128, -1, 0, 0, 0, 0, 0, 0);
    store(_mm_or_si128(picked, _mm_shuffle_epi8(constants, kind)))
}

#[cold]
#[inline(never)]
fn slowly(a: Quad, b: Quad, c: Quad, fpscr: &mut Fpscr) -> Quad {
    single::fma_quad(a, b, c, fpscr)
}

// SAFETY of the calls below: the interpreter uses this type only after `available` said
// yes; see `interpreter::run`.
impl Lanes for Avx2 {
    #[inline(always)]
    fn from_bytes(bytes: &[u8; 16]) -> Quad {
        // SAFETY: see above.
        unsafe { from_bytes(bytes) }
    }

    #[inline(always)]
    fn to_bytes(quad: Quad) -> [u8; 16] {
        // SAFETY: see above.
        unsafe { to_bytes(quad) }
    }

    #[inline(always)]
    fn fma(a: Quad, b: Quad, c: Quad, fpscr: &mut Fpscr) -> Quad {
        // SAFETY: see above.
        unsafe { fma(a, b, c) }.unwrap_or_else(|| slowly(a, b, c, fpscr))
    }

    #[inline(always)]
    fn fa(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
        // SAFETY: see above.
        unsafe { fa(a, b) }.unwrap_or_else(|| slowly(a, Quad::splat(single::ONE), b, fpscr))
    }

    #[inline(always)]
    fn fm(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
        // SAFETY: see above.
        unsafe { fm(a, b) }.unwrap_or_else(|| slowly(a, b, Quad::ZERO, fpscr))
    }

    #[inline(always)]
    fn shufb(a: Quad, b: Quad, c: Quad) -> Quad {
        // SAFETY: see above.
        unsafe { shufb(a, b, c) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spu::semantics::single::tests::interesting;
    use crate::spu::simd::portable::Portable;

    fn quads() -> impl Strategy<Value = Quad> {
        prop::array::uniform4(interesting()).prop_map(Quad::from_words)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn same_as_portable(a in quads(), b in quads(), c in quads()) {
            if !available() {
                return Ok(());
            }
            let (mut fast, mut plain) = (Fpscr::default(), Fpscr::default());
            prop_assert_eq!(
                Avx2::fma(a, b, c, &mut fast),
                Portable::fma(a, b, c, &mut plain)
            );
            prop_assert_eq!(Avx2::fa(a, c, &mut fast), Portable::fa(a, c, &mut plain));
            prop_assert_eq!(Avx2::fm(a, b, &mut fast), Portable::fm(a, b, &mut plain));
            prop_assert_eq!(fast, plain);
        }

        /// One strange slot at a time, so that the fast way is taken often.
        #[test]
        fn moderate_numbers_are_the_same(
            words in prop::array::uniform12((any::<bool>(), 100_u32..150, any::<u32>())),
        ) {
            if !available() {
                return Ok(());
            }
            let words = words.map(|(sign, exponent, fraction)| {
                u32::from(sign) << 31 | exponent << 23 | fraction & 0x7f_ffff
            });
            let quad = |at: usize| Quad::from_lanes([
                words[at], words[at + 1], words[at + 2], words[at + 3],
            ]);
            let (a, b, c) = (quad(0), quad(4), quad(8));
            let mut fpscr = Fpscr::default();
            prop_assert_eq!(
                Avx2::fma(a, b, c, &mut fpscr),
                Portable::fma(a, b, c, &mut fpscr)
            );
            prop_assert_eq!(Avx2::fa(a, c, &mut fpscr), Portable::fa(a, c, &mut fpscr));
            prop_assert_eq!(Avx2::fm(a, b, &mut fpscr), Portable::fm(a, b, &mut fpscr));
            prop_assert_eq!(fpscr, Fpscr::default());
        }

        #[test]
        fn shuffles_are_the_same(a: u128, b: u128, c: u128) {
            if !available() {
                return Ok(());
            }
            let (a, b, c) = (Quad::from_u128(a), Quad::from_u128(b), Quad::from_u128(c));
            prop_assert_eq!(Avx2::shufb(a, b, c), Portable::shufb(a, b, c));
            prop_assert_eq!(Avx2::to_bytes(a), a.bytes());
            prop_assert_eq!(Avx2::from_bytes(&a.bytes()), a);
        }
    }
}
