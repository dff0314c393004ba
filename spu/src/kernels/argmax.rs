//! The most likely token.

use crate::asm::{Assembler, Reg};
use crate::kernels::lanes;

/// The best of what was seen so far, apart for each word of even and of odd quadwords.
#[derive(Clone, Copy, Debug)]
pub struct Argmax {
    value: [Reg; 2],
    index: [Reg; 2],
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
        Self {
            value: [(); 2].map(|()| a.copy(value)),
            index: [(); 2].map(|()| a.copy(next)),
            next,
        }
    }

    /// Sees `tiles` (at least 1) tiles of eight logits at `at`; those from index `end` on
    /// (in every word) do not count.
    pub fn see(&self, a: &mut Assembler, at: Reg, tiles: Reg, end: Reg) {
        let at = a.copy(at);
        a.repeat(tiles, |a| {
            let next = self.next;
            let second = a.ai(next, 4);
            for (offset, next, value, index) in [
                (0, next, self.value[0], self.index[0]),
                (16, second, self.value[1], self.index[1]),
            ] {
                let x = a.lqd(at, offset);
                let greater = a.fcgt(x, value);
                let inside = a.cgt(end, next);
                let better = a.and(greater, inside);
                a.set(value).selb(value, x, better);
                a.set(index).selb(index, next, better);
            }
            a.set(next).ai(next, 8);
            a.set(at).ai(at, 32);
        });
    }

    /// The largest logit and the first index that has it, each in every word.
    pub fn end(&self, a: &mut Assembler) -> (Reg, Reg) {
        let [even, odd] = self.value;
        let larger = lanes::max(a, even, odd);
        let value = lanes::maximum(a, larger);
        let none = a.word(0x7fff_ffff);
        let mut least = |own, index| {
            let worse = a.fcgt(value, own);
            a.selb(index, none, worse)
        };
        let [even, odd] = [least(even, self.index[0]), least(odd, self.index[1])];
        let mut index = lanes::min_word(a, even, odd);
        for bytes in [8, 4] {
            let other = a.rotqbyi(index, bytes);
            index = lanes::min_word(a, index, other);
        }
        (value, index)
    }
}
