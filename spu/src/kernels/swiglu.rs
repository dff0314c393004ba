//! The feed-forward network's non-linearity.

use super::math::{self, ExpConstants};
use crate::asm::{Assembler, Reg};

/// `out[i] = silu(gate[i]) * up[i]` with `silu(x) = x / (1 + e^-x)`, over `tiles` (at least 1)
/// tiles of `rows`, a multiple of 4. A tile of gates and one of ups take turns at `pairs`, as the
/// two matrices do in the stream; the results lie one behind the other, elsewhere. Addresses in local store,
/// multiples of 16.
pub fn swiglu(a: &mut Assembler, rows: usize, pairs: Reg, out: Reg, tiles: Reg) {
    // Two quadwords at a time leave the pipelines idle: of an even number of tiles two.
    if rows >= 16 {
        several(a, rows, pairs, out, tiles, 1);
        return;
    }
    let odd = a.andi(tiles, 1);
    let rounds = a.rotmi(tiles, -1);
    a.if_else(
        odd,
        |a| several(a, rows, pairs, out, tiles, 1),
        |a| several(a, rows, pairs, out, rounds, 2),
    );
}

/// The same in `rounds` rounds of so many tiles.
fn several(a: &mut Assembler, rows: usize, pairs: Reg, out: Reg, rounds: Reg, tiles: i32) {
    let bytes = rows as i32 * 4;
    let input = a.alias_class();
    let output = a.alias_class();
    let constants = ExpConstants::load(a);
    let one = a.float(1.0);
    let zero = a.float(0.0);
    let from = a.copy(pairs);
    let to = a.copy(out);
    a.repeat(rounds, |a| {
        for (tile, offset) in
            (0..tiles).flat_map(|tile| (0..bytes).step_by(16).map(move |offset| (tile, offset)))
        {
            let gates = tile * 2 * bytes + offset;
            let gate = a.on(input).lqd(from, gates);
            let up = a.on(input).lqd(from, gates + bytes);
            let negative = a.fs(zero, gate);
            let power = math::exp(a, &constants, negative);
            let divisor = a.fa(power, one);
            let inverse = math::reciprocal(a, divisor);
            let silu = a.fm(gate, inverse);
            let y = a.fm(silu, up);
            a.on(output).stqd(y, to, tile * bytes + offset);
        }
        a.set(from).ai(from, tiles * 2 * bytes);
        a.set(to).ai(to, tiles * bytes);
    });
}
