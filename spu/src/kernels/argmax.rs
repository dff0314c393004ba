//! The most likely token.

use crate::asm::{Assembler, Reg};
use crate::kernels::lanes;

/// The best of what was seen so far, apart for each of the four words.
#[derive(Clone, Copy, Debug)]
pub struct Argmax {
    value: Reg,
    index: Reg,
    /// Indices of the next four logits.
    next: Reg,
}

impl Argmax {
    /// Begins before the first logit, whose index is `first` (in every word).
    pub fn begin(a: &mut Assembler, first: Reg) -> Self {
        // The least number of the SPU, whose largest exponent is one of numbers, too.
        let value = a.word(0xffff_ffff);
        let steps = a.words([0, 1, 2, 3]);
        let next = a.a(first, steps);
        let index = a.copy(next);
        Self { value, index, next }
    }

    /// Sees `tiles` (at least 1) tiles of eight logits at `at`; those from index `end` on
    /// (in every word) do not count.
    pub fn see(&self, a: &mut Assembler, at: Reg, tiles: Reg, end: Reg) {
        let at = a.copy(at);
        a.repeat(tiles, |a| {
            for offset in [0, 16] {
                let x = a.lqd(at, offset);
                let greater = a.fcgt(x, self.value);
                let inside = a.cgt(end, self.next);
                let better = a.and(greater, inside);
                a.set(self.value).selb(self.value, x, better);
                a.set(self.index).selb(self.index, self.next, better);
                a.set(self.next).ai(self.next, 4);
            }
            a.set(at).ai(at, 32);
        });
    }

    /// The largest logit and the first index that has it, each in every word.
    pub fn end(&self, a: &mut Assembler) -> (Reg, Reg) {
        let value = lanes::maximum(a, self.value);
        let worse = a.fcgt(value, self.value);
        let none = a.word(0x7fff_ffff);
        let mut index = a.selb(self.index, none, worse);
        for bytes in [8, 4] {
            let other = a.rotqbyi(index, bytes);
            index = lanes::min_word(a, index, other);
        }
        (value, index)
    }
}
