//! The residual connection.

use crate::asm::{Assembler, Reg};

/// `x[i] += y[i]` over `steps` (at least 1) steps of eight floats; addresses in local store,
/// multiples of 16.
pub fn residual(a: &mut Assembler, x: Reg, y: Reg, steps: Reg) {
    let input = a.alias_class();
    let (x, y) = (a.copy(x), a.copy(y));
    a.repeat(steps, |a| {
        for offset in [0, 16] {
            let sum = a.lqd(x, offset);
            let part = a.on(input).lqd(y, offset);
            let sum = a.fa(sum, part);
            a.stqd(sum, x, offset);
        }
        a.set(x).ai(x, 32);
        a.set(y).ai(y, 32);
    });
}
