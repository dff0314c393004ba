//! The feed-forward network's non-linearity.

use super::math::{self, ExpConstants};
use crate::asm::{Assembler, Reg};

/// `out[i] = silu(gate[i]) * up[i]` with `silu(x) = x / (1 + e^-x)`, over `tiles` (at least 1)
/// tiles of `rows`, a multiple of 4. A tile of gates and one of ups take turns at `pairs`, as the
/// two matrices do in the stream; the results lie one behind the other. Addresses in local store,
/// multiples of 16.
pub fn swiglu(a: &mut Assembler, rows: usize, pairs: Reg, out: Reg, tiles: Reg) {
    let bytes = rows as i32 * 4;
    let constants = ExpConstants::load(a);
    let one = a.float(1.0);
    let zero = a.float(0.0);
    let from = a.copy(pairs);
    let to = a.copy(out);
    a.repeat(tiles, |a| {
        for offset in (0..bytes).step_by(16) {
            let gate = a.lqd(from, offset);
            let up = a.lqd(from, offset + bytes);
            let negative = a.fs(zero, gate);
            let power = math::exp(a, &constants, negative);
            let divisor = a.fa(power, one);
            let inverse = math::reciprocal(a, divisor);
            let silu = a.fm(gate, inverse);
            let y = a.fm(silu, up);
            a.stqd(y, to, offset);
        }
        a.set(from).ai(from, bytes * 2);
        a.set(to).ai(to, bytes);
    });
}
