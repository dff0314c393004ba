//! Sampling a token: probabilities, and what is needed to find the likeliest ones that together
//! exceed a mass, without sorting.
//!
//! Everything is in powers e^((logit - largest) / temperature), whose sum is only known at the end;
//! a probability is such a power divided by that sum.

use super::lanes;
use super::math::{self, ExpConstants};
use super::rows::splats;
use crate::asm::{Assembler, Reg};

/// Logits of a block, whose powers are summed apart.
pub const BLOCK: usize = 64;
/// Thresholds that one pass over the candidates tries.
pub const THRESHOLDS: usize = 16;
/// Bytes of the table of [`pack_table`].
pub const PACK_TABLE: usize = 16 * 16;

/// Operands of [`powers`]; addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Powers {
    /// The logits; their powers take their place.
    pub logits: Reg,
    /// How many blocks of them, at least 1.
    pub blocks: Reg,
    /// Where the sum of each block goes, a quadword that has it in every word.
    pub sums: Reg,
    /// The largest logit of all, in every word.
    pub largest: Reg,
    /// 1 / temperature, in every word.
    pub inverse_temperature: Reg,
    /// Index of the first logit, in every word.
    pub first: Reg,
    /// Index behind the last logit that counts, in every word; the powers of others are 0.
    pub end: Reg,
}

/// Replaces logits by their powers; gives the sum, in every word.
pub fn powers(a: &mut Assembler, o: Powers) -> Reg {
    let constants = ExpConstants::load(a);
    let steps = a.words([0, 1, 2, 3]);
    let index = a.a(o.first, steps);
    let at = a.copy(o.logits);
    let to = a.copy(o.sums);
    let total = a.float(0.0);
    let rounds = a.il(BLOCK as i32 / 16);
    a.repeat(o.blocks, |a| {
        let zero = a.float(0.0);
        let sums: [Reg; 4] = core::array::from_fn(|_| a.copy(zero));
        a.repeat(rounds, |a| {
            for (i, &sum) in (0i32..).zip(&sums) {
                let x = a.lqd(at, i * 16);
                let below = a.fs(x, o.largest);
                let scaled = a.fm(below, o.inverse_temperature);
                let power = math::exp(a, &constants, scaled);
                let own = a.ai(index, i * 4);
                let counts = a.cgt(o.end, own);
                let power = a.and(power, counts);
                a.stqd(power, at, i * 16);
                a.set(sum).fa(sum, power);
            }
            a.set(index).ai(index, 16);
            a.set(at).ai(at, 64);
        });
        let left = a.fa(sums[0], sums[1]);
        let right = a.fa(sums[2], sums[3]);
        let sum = a.fa(left, right);
        let sum = lanes::sum(a, sum);
        a.stqd(sum, to, 0);
        a.set(to).ai(to, 16);
        a.set(total).fa(total, sum);
    });
    total
}

/// The shuffle patterns that pack the words of a quadword whose bits are set: pattern n for the
/// bits n, the first word's being the highest.
pub fn pack_table() -> [u8; PACK_TABLE] {
    let mut table = [0x80; PACK_TABLE];
    for (bits, pattern) in table.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        let words = (0..4u8).filter(|word| bits >> (3 - word) & 1 == 1);
        for (to, word) in words.enumerate() {
            for byte in 0..4u8 {
                pattern[to * 4 + usize::from(byte)] = word * 4 + byte;
            }
        }
    }
    table
}

/// Operands of [`pack`]; addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// The powers. Those that are kept move to the front.
    pub powers: Reg,
    /// How many blocks of them, at least 1.
    pub blocks: Reg,
    /// Where the indices of those that are kept go.
    pub indices: Reg,
    /// Index of the first, in every word.
    pub first: Reg,
    /// The least power that is kept, in every word.
    pub least: Reg,
    /// Address of the [`pack_table`].
    pub table: Reg,
}

/// Keeps the powers that are large enough, in their order, and their indices. What fills up the
/// last quadword of powers is 0. Gives the number of quadwords.
pub fn pack(a: &mut Assembler, o: Pack) -> Reg {
    let words = a.words([0, 1, 2, 3]);
    let index = a.a(o.first, words);
    let from = a.copy(o.powers);
    let to = a.copy(o.powers);
    let to_index = a.copy(o.indices);
    // What is kept and fills no quadword yet, and how many words that is.
    let kept = a.il(0);
    let kept_indices = a.il(0);
    let fill = a.il(0);
    let quads = a.il(BLOCK as i32 / 4);
    let rounds = a.mpyu(o.blocks, quads);
    a.repeat(rounds, |a| {
        let x = a.lqd(from, 0);
        let small = a.fcgt(o.least, x);
        let bits = a.gb(small);
        let bits = a.xori(bits, 15);
        a.if_nonzero(bits, |a| {
            let offset = a.shli(bits, 4);
            let pattern = a.lqx(o.table, offset);
            let added = a.cntb(bits);
            // Behind what is kept; what is too much comes round to the front.
            let back = a.shli(fill, 2);
            let turn = a.sfi(back, 0);
            // The first word of the fill, in every word.
            let fills = a.splat(fill);
            let is_new = a.cgt(words, fills);
            let is_next = a.ceq(words, fills);
            let is_new = a.or(is_new, is_next);
            let place = |a: &mut Assembler, values: Reg, kept: Reg, to: Reg| {
                let packed = a.shufb(values, values, pattern);
                let turned = a.rotqby(packed, turn);
                let merged = a.selb(kept, turned, is_new);
                a.stqd(merged, to, 0);
                (turned, merged)
            };
            let (turned, merged) = place(a, x, kept, to);
            let (turned_index, merged_index) = place(a, index, kept_indices, to_index);
            let filled = a.a(fill, added);
            let full = a.cgti(filled, 3);
            let full = a.splat(full);
            a.set(kept).selb(merged, turned, full);
            a.set(kept_indices).selb(merged_index, turned_index, full);
            let step = a.andi(full, 16);
            a.set(to).a(to, step);
            a.set(to_index).a(to_index, step);
            a.set(fill).andi(filled, 3);
        });
        a.set(from).ai(from, 16);
        a.set(index).ai(index, 4);
    });
    // What came round behind the last ones is no power of this list.
    a.if_nonzero(fill, |a| {
        let fills = a.splat(fill);
        let is_kept = a.cgt(fills, words);
        let rest = a.and(kept, is_kept);
        a.stqd(rest, to, 0);
        a.stqd(kept_indices, to_index, 0);
    });
    let bytes = a.sf(o.powers, to);
    let full = a.rotmi(bytes, -4);
    let some = a.cgti(fill, 0);
    // All ones are -1.
    a.sf(some, full)
}

/// For each of 16 thresholds (four registers) the sum of the powers above it, of `quads` quadwords
/// of powers at `powers`.
pub fn masses(
    a: &mut Assembler,
    powers: Reg,
    quads: Reg,
    thresholds: [Reg; THRESHOLDS / 4],
) -> [Reg; THRESHOLDS / 4] {
    let splats = splats(a);
    let zero = a.float(0.0);
    let sums = thresholds.map(|_| a.copy(zero));
    a.if_nonzero(quads, |a| {
        let at = a.copy(powers);
        a.repeat(quads, |a| {
            let x = a.lqd(at, 0);
            for splat in splats {
                let x = a.shufb(x, x, splat);
                for (threshold, sum) in thresholds.into_iter().zip(sums) {
                    let above = a.fcgt(x, threshold);
                    let counted = a.and(x, above);
                    a.set(sum).fa(sum, counted);
                }
            }
            a.set(at).ai(at, 16);
        });
    });
    sums
}

/// How many words of `quads` quadwords at `powers` are `value` (in every word), in every word.
pub fn count_equal(a: &mut Assembler, powers: Reg, quads: Reg, value: Reg) -> Reg {
    let negative = a.il(0);
    a.if_nonzero(quads, |a| {
        let at = a.copy(powers);
        a.repeat(quads, |a| {
            let x = a.lqd(at, 0);
            let equal = a.ceq(x, value);
            a.set(negative).a(negative, equal);
            a.set(at).ai(at, 16);
        });
    });
    let sum = lanes::sum_words(a, &[negative]);
    a.sfi(sum, 0)
}

/// The index of the `wanted`th (from 1, in every word) power that is `value`; there have to be as
/// many.
pub fn nth_equal(a: &mut Assembler, powers: Reg, indices: Reg, value: Reg, wanted: Reg) -> Reg {
    let at = a.copy(powers);
    let at_index = a.copy(indices);
    let left = a.copy(wanted);
    let result = a.il(0);
    let splats = splats(a);
    a.do_while(|a| {
        let x = a.lqd(at, 0);
        let i = a.lqd(at_index, 0);
        let equal = a.ceq(x, value);
        for splat in splats {
            let hit = a.shufb(equal, equal, splat);
            let index = a.shufb(i, i, splat);
            a.set(left).a(left, hit);
            // The one that brings it to 0.
            let last = a.ceqi(left, 0);
            let last = a.and(last, hit);
            a.set(result).selb(result, index, last);
        }
        a.set(at).ai(at, 16);
        a.set(at_index).ai(at_index, 16);
        a.cgti(left, 0)
    });
    result
}

/// Operands of [`at_mass`]; addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct AtMass {
    /// The powers.
    pub powers: Reg,
    /// The sums of their blocks.
    pub sums: Reg,
    /// How many blocks, at least 1.
    pub blocks: Reg,
    /// Index of the first power, in every word.
    pub first: Reg,
    /// Index behind the last one that counts, in every word.
    pub end: Reg,
    /// The mass, in every word.
    pub mass: Reg,
}

/// The index of the first power with which the sum from the beginning exceeds a mass; the last one
/// that counts where rounding lets none.
pub fn at_mass(a: &mut Assembler, o: AtMass) -> Reg {
    // The block.
    let left = a.copy(o.mass);
    let sums = a.copy(o.sums);
    let at = a.copy(o.powers);
    let index = a.copy(o.first);
    let blocks = a.ai(o.blocks, -1);
    a.while_nonzero(
        |a| {
            let sum = a.lqd(sums, 0);
            let inside = a.fcgt(sum, left);
            let more = a.cgti(blocks, 0);
            a.andc(more, inside)
        },
        |a| {
            let sum = a.lqd(sums, 0);
            a.set(left).fs(left, sum);
            a.set(sums).ai(sums, 16);
            a.set(at).ai(at, BLOCK as i32 * 4);
            a.set(index).ai(index, BLOCK as i32);
            a.set(blocks).ai(blocks, -1);
        },
    );
    // The power: as many lie before it as sums from the block's beginning do not exceed the rest.
    let splats = splats(a);
    let sum = a.float(0.0);
    let quads = a.il(BLOCK as i32 / 4);
    a.repeat(quads, |a| {
        let x = a.lqd(at, 0);
        for splat in splats {
            let x = a.shufb(x, x, splat);
            a.set(sum).fa(sum, x);
            let beyond = a.fcgt(sum, left);
            let step = a.ai(beyond, 1);
            a.set(index).a(index, step);
        }
        a.set(at).ai(at, 16);
    });
    let last = a.ai(o.end, -1);
    lanes::min_word(a, index, last)
}
