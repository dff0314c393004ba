//! The rotary position embedding.

use super::lanes::word_pattern;
use crate::asm::{Assembler, Reg};

/// Operands of [`rope`]: addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Rope {
    /// The heads, one behind the other; turned in place.
    pub heads: Reg,
    /// How many heads, at least 1.
    pub count: Reg,
    /// The position's cosines, each twice, then its sines, each as (-sin, sin): two rows of
    /// one head's length.
    pub turns: Reg,
    /// Bytes of a head, a multiple of 32.
    pub head_bytes: Reg,
}

/// Turns each pair of neighbours (x, y) of every head into (x cos - y sin, x sin + y cos).
pub fn rope(a: &mut Assembler, operands: Rope) {
    let swap = a.quad(word_pattern([1, 0, 3, 2]));
    let at = a.copy(operands.heads);
    let steps = a.rotmi(operands.head_bytes, -5);
    a.repeat(operands.count, |a| {
        let cosines = a.copy(operands.turns);
        let sines = a.a(operands.turns, operands.head_bytes);
        a.repeat(steps, |a| {
            for offset in [0, 16] {
                let x = a.lqd(at, offset);
                let cosine = a.lqd(cosines, offset);
                let sine = a.lqd(sines, offset);
                let swapped = a.shufb(x, x, swap);
                let turned = a.fm(swapped, sine);
                let y = a.fma(x, cosine, turned);
                a.stqd(y, at, offset);
            }
            a.set(at).ai(at, 32);
            a.set(cosines).ai(cosines, 32);
            a.set(sines).ai(sines, 32);
        });
    });
}
