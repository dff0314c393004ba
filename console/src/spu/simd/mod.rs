//! The operations that take most of a kernel's time, for what the host can do.
//!
//! The interpreter is compiled once for each implementation of [`Lanes`]; all give the
//! same results, bit for bit.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
pub(crate) mod portable;

use super::quad::Quad;
use super::semantics::fpscr::Fpscr;

/// Operations on the four slots at once.
pub(crate) trait Lanes {
    /// The quadword of 16 bytes as they lie in local store.
    fn from_bytes(bytes: &[u8; 16]) -> Quad;
    /// The 16 bytes as they lie in local store.
    fn to_bytes(quad: Quad) -> [u8; 16];
    /// `a * b + c`.
    fn fma(a: Quad, b: Quad, c: Quad, fpscr: &mut Fpscr) -> Quad;
    /// `a + b`.
    fn fa(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad;
    /// `a * b`.
    fn fm(a: Quad, b: Quad, fpscr: &mut Fpscr) -> Quad;
    /// Bytes of `a` and `b` picked by the codes in `c`.
    fn shufb(a: Quad, b: Quad, c: Quad) -> Quad;
}
