//! Sums, maxima and splats across the four words of a register.

use crate::asm::{Assembler, Reg};

/// A shuffle pattern that takes whole words: 0 to 3 from the first operand, 4 to 7 from the
/// second.
pub fn word_pattern(words: [u8; 4]) -> [u8; 16] {
    core::array::from_fn(|i| words[i / 4] * 4 + (i % 4) as u8)
}

/// The shuffle pattern that makes eight halfwords of the lower ones of two quadwords of words.
pub const LOWER_HALFWORDS: [u8; 16] = [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31];

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

/// Of each pair of words the one with the larger magnitude.
pub fn max_magnitude(a: &mut Assembler, x: Reg, y: Reg) -> Reg {
    let greater = a.fcmgt(y, x);
    a.selb(x, y, greater)
}

/// The largest of the words of `x`, in every word.
pub fn maximum(a: &mut Assembler, x: Reg) -> Reg {
    let swapped = a.rotqbyi(x, 8);
    let x = max(a, x, swapped);
    let swapped = a.rotqbyi(x, 4);
    max(a, x, swapped)
}

/// The sum of all words of some registers, as integers, in every word.
pub fn sum_words(a: &mut Assembler, parts: &[Reg]) -> Reg {
    let mut left = parts.to_vec();
    while left.len() > 1 {
        let pairs = left.chunks(2);
        let sums = pairs.map(|pair| match *pair {
            [one, two] => a.a(one, two),
            _ => pair[0],
        });
        left = sums.collect();
    }
    let mut sum = left[0];
    for bytes in [8, 4] {
        let swapped = a.rotqbyi(sum, bytes);
        sum = a.a(sum, swapped);
    }
    sum
}

/// The larger of two signed words.
pub fn max_word(a: &mut Assembler, x: Reg, y: Reg) -> Reg {
    let greater = a.cgt(y, x);
    a.selb(x, y, greater)
}

/// The smaller of two signed words.
pub fn min_word(a: &mut Assembler, x: Reg, y: Reg) -> Reg {
    let greater = a.cgt(x, y);
    a.selb(x, y, greater)
}
