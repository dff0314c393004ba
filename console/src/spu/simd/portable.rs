//! For any host.

use super::Lanes;
use crate::spu::quad::Quad;
use crate::spu::semantics::fpscr::Fpscr;
use crate::spu::semantics::{bytes, single};

/// Plain Rust.
pub(crate) struct Portable;

impl Lanes for Portable {
    #[inline(always)]
    fn from_bytes(bytes: &[u8; 16]) -> Quad {
        Quad::from_bytes(*bytes)
    }

    #[inline(always)]
    fn to_bytes(quad: Quad) -> [u8; 16] {
        quad.bytes()
    }

    #[inline(always)]
    fn fma(a: Quad, b: Quad, c: Quad, fpscr: &mut Fpscr) -> Quad {
        single::fma_quad(a, b, c, fpscr)
    }

    #[inline(always)]
    fn fa(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
        single::fma_quad(a, Quad::splat(single::ONE), b, fpscr)
    }

    #[inline(always)]
    fn fm(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad {
        single::fma_quad(a, b, Quad::ZERO, fpscr)
    }

    #[inline(always)]
    fn shufb(a: Quad, b: Quad, c: Quad) -> Quad {
        bytes::shufb(a, b, c)
    }
}
