//! Sums, maxima and splats across the four words of a register.

use crate::asm::{Assembler, Reg};

/// A shuffle pattern that takes whole words: 0 to 3 from the first operand, 4 to 7 from the
/// second.
pub fn word_pattern(words: [u8; 4]) -> [u8; 16] {
    core::array::from_fn(|i| words[i / 4] * 4 + (i % 4) as u8)
}

/// The patterns by which [`sum4`] transposes.
#[derive(Clone, Copy, Debug)]
pub struct Sum4Patterns {
    low: Reg,
    high: Reg,
    left: Reg,
    right: Reg,
}

impl Sum4Patterns {
    /// Loads them.
    pub fn load(a: &mut Assembler) -> Self {
        Self {
            low: a.quad(word_pattern([0, 4, 1, 5])),
            high: a.quad(word_pattern([2, 6, 3, 7])),
            left: a.quad(word_pattern([0, 1, 4, 5])),
            right: a.quad(word_pattern([2, 3, 6, 7])),
        }
    }
}

/// The sums of the words of four registers: word i is the sum of `parts[i]`.
pub fn sum4(a: &mut Assembler, patterns: &Sum4Patterns, parts: [Reg; 4]) -> Reg {
    let p = patterns;
    let pair = |a: &mut Assembler, first, second| {
        let low = a.shufb(first, second, p.low);
        let high = a.shufb(first, second, p.high);
        a.fa(low, high)
    };
    let first = pair(a, parts[0], parts[1]);
    let second = pair(a, parts[2], parts[3]);
    let left = a.shufb(first, second, p.left);
    let right = a.shufb(first, second, p.right);
    a.fa(left, right)
}

/// The sum of the words of `x`, in every word.
pub fn sum(a: &mut Assembler, x: Reg) -> Reg {
    let swapped = a.rotqbyi(x, 8);
    let x = a.fa(x, swapped);
    let swapped = a.rotqbyi(x, 4);
    a.fa(x, swapped)
}

/// The larger of each pair of words.
pub fn max(a: &mut Assembler, x: Reg, y: Reg) -> Reg {
    let greater = a.fcgt(y, x);
    a.selb(x, y, greater)
}

/// The largest of the words of `x`, in every word.
pub fn maximum(a: &mut Assembler, x: Reg) -> Reg {
    let swapped = a.rotqbyi(x, 8);
    let x = max(a, x, swapped);
    let swapped = a.rotqbyi(x, 4);
    max(a, x, swapped)
}

/// The smaller of two signed words.
pub fn min_word(a: &mut Assembler, x: Reg, y: Reg) -> Reg {
    let greater = a.cgt(x, y);
    a.selb(x, y, greater)
}
