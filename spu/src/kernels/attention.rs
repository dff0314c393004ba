//! Attention of the query heads that share one key and value head.

use alloc::vec::Vec;

use super::lanes::{self, Sum4Patterns};
use super::math::{self, ExpConstants};
use super::rows::{
    Block, LastRow, RowBuffers, RowFormat, RowStream, WidenPatterns, load_eight, splats,
};
use crate::asm::{Assembler, Reg};

/// Quadwords of scores that are worked on at a time.
const ROUND: i32 = 4;

/// Bytes of a head's scores for so many positions: a multiple of 16, with room behind the last one
/// for what fills up its round.
pub const fn score_bytes(positions: usize) -> usize {
    positions.next_multiple_of(4) * 4 + (ROUND as usize - 1) * 16
}

/// Operands of [`attention`]: addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// The query heads, one behind the other, turned by their position.
    pub queries: Reg,
    /// How many, at least 1.
    pub heads: Reg,
    /// Where the results go, one behind the other.
    pub out: Reg,
    /// Room for the scores: `score_bytes` for each head.
    pub scores: Reg,
    /// Bytes of a head's scores: [`score_bytes`] at least, a multiple of 16.
    pub score_bytes: Reg,
    /// Room for a quadword for each head.
    pub sums: Reg,
    /// 1 / sqrt(head size), in every word.
    pub scale: Reg,
    /// The position's keys.
    pub last_key: LastRow,
    /// The position's values.
    pub last_value: LastRow,
}

/// `out[h] = Σ softmax(queries[h] · keys[t] * scale) values[t]` over t = 0 to the position of
/// `rows`, whose next runs are the keys and the values.
pub fn attention(a: &mut Assembler, rows: &RowStream, buffers: &RowBuffers, operands: Attention) {
    let o = operands;
    rows.for_each_block(a, buffers, o.last_key, |a, block| {
        scores(a, buffers, &o, block);
    });
    softmax(a, rows.position, &o);
    clear_out(a, buffers, &o);
    rows.for_each_block(a, buffers, o.last_value, |a, block| {
        mix(a, buffers, &o, block);
    });
    divide_by_sums(a, buffers, &o);
}

/// Steps of eight values in a row.
fn row_steps(a: &mut Assembler, buffers: &RowBuffers) -> Reg {
    match buffers.format {
        RowFormat::Fp32 => a.rotmi(buffers.row_bytes, -5),
        RowFormat::Narrow => a.rotmi(buffers.row_bytes, -4),
    }
}

/// Bytes of eight values of a row.
fn step_bytes(format: RowFormat) -> i32 {
    format.row_bytes(8) as i32
}

/// Groups of four positions in a block.
fn groups(a: &mut Assembler, block: &Block) -> Reg {
    let rounded = a.ai(block.rows, 3);
    a.rotmi(rounded, -2)
}

/// Records `body` for rows of any number of steps, and for those of an even one, of which it can
/// work on two at once.
fn by_steps(a: &mut Assembler, steps: Reg, mut body: impl FnMut(&mut Assembler, usize)) {
    let odd = a.andi(steps, 1);
    let done = a.label("steps");
    let single = a.label("single");
    a.brnz(odd, single);
    body(a, 2);
    a.br(done);
    a.bind(single);
    body(a, 1);
    a.bind(done);
}

/// The scores of a block's positions, four at a time.
fn scores(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, block: Block) {
    let steps = row_steps(a, buffers);
    by_steps(a, steps, |a, width| {
        scores_by(a, buffers, o, block, steps, width);
    });
}

/// The same, `width` steps at a time.
fn scores_by(
    a: &mut Assembler,
    buffers: &RowBuffers,
    o: &Attention,
    block: Block,
    steps: Reg,
    width: usize,
) {
    let patterns = Sum4Patterns::load(a);
    let widen = WidenPatterns::load(a);
    let row_step = step_bytes(buffers.format);
    let head_bytes = a.shli(steps, 5);
    let rounds = a.rotmi(steps, -(width as i32 / 2));
    let groups = groups(a, &block);
    let query = a.copy(o.queries);
    let offset = a.shli(block.first, 2);
    let scores = a.a(o.scores, offset);
    a.repeat(o.heads, |a| {
        let row = a.copy(block.address);
        let scale = a.copy(block.scales);
        let to = a.copy(scores);
        a.repeat(groups, |a| {
            let second = a.a(row, buffers.row_bytes);
            let third = a.a(second, buffers.row_bytes);
            let fourth = a.a(third, buffers.row_bytes);
            let rows = [row, second, third, fourth].map(|row| a.copy(row));
            let zero = a.float(0.0);
            let even = rows.map(|_| a.copy(zero));
            let odd = rows.map(|_| a.copy(zero));
            let q = a.copy(query);
            a.repeat(rounds, |a| {
                for step in 0..width as i32 {
                    let queries = [0, 16].map(|offset| a.lqd(q, step * 32 + offset));
                    for ((row, even), odd) in rows.into_iter().zip(even).zip(odd) {
                        let [left, right] = load_eight(a, buffers.format, &widen, row, step);
                        a.set(even).fma(queries[0], left, even);
                        a.set(odd).fma(queries[1], right, odd);
                    }
                }
                a.set(q).ai(q, width as i32 * 32);
                for row in rows {
                    a.set(row).ai(row, width as i32 * row_step);
                }
            });
            let dots: [Reg; 4] = core::array::from_fn(|i| a.fa(even[i], odd[i]));
            let dots = lanes::sum4(a, &patterns, dots);
            let mut scaled = a.fm(dots, o.scale);
            if buffers.format == RowFormat::Narrow {
                let scales = a.lqd(scale, 0);
                a.set(scale).ai(scale, 16);
                scaled = a.fm(scaled, scales);
            }
            a.stqd(scaled, to, 0);
            a.set(to).ai(to, 16);
            a.set(row).a(fourth, buffers.row_bytes);
        });
        a.set(query).a(query, head_bytes);
        a.set(scores).a(scores, o.score_bytes);
    });
}

/// Replaces each head's scores by e^(score - maximum) and keeps their sums. What stands behind
/// the position in its quadword becomes 0.
///
/// Four quadwords at a time, so that nothing waits for one power. Those behind the last one become
/// the least powers, far below what counts in a sum with a 1.
fn softmax(a: &mut Assembler, position: Reg, o: &Attention) {
    let constants = ExpConstants::load(a);
    let quads = a.rotmi(position, -2);
    let last = a.shli(quads, 4);
    let rounds = a.rotmi(position, -4);
    let rounds = a.ai(rounds, 1);
    let in_quad = a.andi(position, 3);
    let words = a.words([0, 1, 2, 3]);
    let beyond = a.cgt(words, in_quad);
    // Far below any score.
    let least = a.word(0xffff_ffff);
    let scores = a.copy(o.scores);
    let sums = a.copy(o.sums);
    a.repeat(o.heads, |a| {
        let x = a.lqx(scores, last);
        let masked = a.selb(x, least, beyond);
        let end = a.a(scores, last);
        a.stqd(masked, end, 0);
        for offset in (1..ROUND).map(|quad| quad * 16) {
            a.stqd(least, end, offset);
        }

        let maxima: [Reg; ROUND as usize] = core::array::from_fn(|_| a.copy(least));
        let at = a.copy(scores);
        a.repeat(rounds, |a| {
            for (quad, maximum) in (0..).zip(maxima) {
                let x = a.lqd(at, quad * 16);
                let larger = lanes::max(a, maximum, x);
                a.assign(maximum, larger);
            }
            a.set(at).ai(at, ROUND * 16);
        });
        let [first, second, third, fourth] = maxima;
        let left = lanes::max(a, first, second);
        let right = lanes::max(a, third, fourth);
        let maximum = lanes::max(a, left, right);
        let maximum = lanes::maximum(a, maximum);

        let total = a.float(0.0);
        let at = a.copy(scores);
        a.repeat(rounds, |a| {
            let powers: [Reg; ROUND as usize] = core::array::from_fn(|quad| {
                let x = a.lqd(at, quad as i32 * 16);
                let x = a.fs(x, maximum);
                math::exp(a, &constants, x)
            });
            for (quad, power) in (0..).zip(powers) {
                a.stqd(power, at, quad * 16);
                a.set(total).fa(total, power);
            }
            a.set(at).ai(at, ROUND * 16);
        });
        let power = a.lqd(end, 0);
        let cleared = a.andc(power, beyond);
        a.stqd(cleared, end, 0);
        let total = lanes::sum(a, total);
        a.stqd(total, sums, 0);
        a.set(sums).ai(sums, 16);
        a.set(scores).a(scores, o.score_bytes);
    });
}

fn clear_out(a: &mut Assembler, buffers: &RowBuffers, o: &Attention) {
    let steps = row_steps(a, buffers);
    let zero = a.float(0.0);
    let to = a.copy(o.out);
    a.repeat(o.heads, |a| {
        a.repeat(steps, |a| {
            a.stqd(zero, to, 0);
            a.stqd(zero, to, 16);
            a.set(to).ai(to, 32);
        });
    });
}

/// Adds a block's values, each times its power, to the results.
fn mix(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, block: Block) {
    let steps = row_steps(a, buffers);
    by_steps(a, steps, |a, width| {
        mix_by(a, buffers, o, block, steps, width);
    });
}

/// The same, `width` steps at a time.
fn mix_by(
    a: &mut Assembler,
    buffers: &RowBuffers,
    o: &Attention,
    block: Block,
    steps: Reg,
    width: usize,
) {
    let splats = splats(a);
    let widen = WidenPatterns::load(a);
    let row_step = step_bytes(buffers.format);
    let rounds = a.rotmi(steps, -(width as i32 / 2));
    let groups = groups(a, &block);
    let offset = a.shli(block.first, 2);
    let powers = a.a(o.scores, offset);
    let out = a.copy(o.out);
    a.repeat(o.heads, |a| {
        let column = a.copy(block.address);
        a.repeat(rounds, |a| {
            let sums: Vec<[Reg; 2]> = (0..width as i32)
                .map(|step| [0, 16].map(|offset| a.lqd(out, step * 32 + offset)))
                .collect();
            let p = a.copy(powers);
            let scale = a.copy(block.scales);
            let row = a.copy(column);
            a.repeat(groups, |a| {
                let mut power = a.lqd(p, 0);
                if buffers.format == RowFormat::Narrow {
                    let scales = a.lqd(scale, 0);
                    a.set(scale).ai(scale, 16);
                    power = a.fm(power, scales);
                }
                for splat in splats {
                    let weight = a.shufb(power, power, splat);
                    for (step, &[left, right]) in (0i32..).zip(&sums) {
                        let values = load_eight(a, buffers.format, &widen, row, step);
                        a.set(left).fma(weight, values[0], left);
                        a.set(right).fma(weight, values[1], right);
                    }
                    a.set(row).a(row, buffers.row_bytes);
                }
                a.set(p).ai(p, 16);
            });
            for (step, &[left, right]) in (0i32..).zip(&sums) {
                a.stqd(left, out, step * 32);
                a.stqd(right, out, step * 32 + 16);
            }
            a.set(out).ai(out, width as i32 * 32);
            a.set(column).ai(column, width as i32 * row_step);
        });
        a.set(powers).a(powers, o.score_bytes);
    });
}

fn divide_by_sums(a: &mut Assembler, buffers: &RowBuffers, o: &Attention) {
    let steps = row_steps(a, buffers);
    let sums = a.copy(o.sums);
    let at = a.copy(o.out);
    a.repeat(o.heads, |a| {
        let sum = a.lqd(sums, 0);
        let inverse = math::reciprocal(a, sum);
        a.repeat(steps, |a| {
            for offset in [0, 16] {
                let x = a.lqd(at, offset);
                let y = a.fm(x, inverse);
                a.stqd(y, at, offset);
            }
            a.set(at).ai(at, 32);
        });
        a.set(sums).ai(sums, 16);
    });
}
