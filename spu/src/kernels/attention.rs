//! Attention of the query heads that share one key and value head.

use super::lanes::{self, Sum4Patterns};
use super::math::{self, ExpConstants};
use super::rows::{
    Block, LastRow, RowBuffers, RowFormat, RowStream, WidenPatterns, load_eight, splats,
};
use crate::asm::{Assembler, Reg};

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
    /// Bytes of a head's scores: four for each position, rounded up to a multiple of 16.
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

/// The scores of a block's positions, four at a time.
fn scores(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, block: Block) {
    let patterns = Sum4Patterns::load(a);
    let widen = WidenPatterns::load(a);
    let steps = row_steps(a, buffers);
    let row_step = step_bytes(buffers.format);
    let head_bytes = a.shli(steps, 5);
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
            a.repeat(steps, |a| {
                let queries = [0, 16].map(|offset| a.lqd(q, offset));
                for ((row, even), odd) in rows.into_iter().zip(even).zip(odd) {
                    let [left, right] = load_eight(a, buffers.format, &widen, row, 0);
                    a.set(even).fma(queries[0], left, even);
                    a.set(odd).fma(queries[1], right, odd);
                }
                a.set(q).ai(q, 32);
                for row in rows {
                    a.set(row).ai(row, row_step);
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
fn softmax(a: &mut Assembler, position: Reg, o: &Attention) {
    let constants = ExpConstants::load(a);
    let quads = a.rotmi(position, -2);
    let last = a.shli(quads, 4);
    let quads = a.ai(quads, 1);
    let in_quad = a.andi(position, 3);
    let words = a.words([0, 1, 2, 3]);
    let beyond = a.cgt(words, in_quad);
    // Far below any score: its power is e^-87 after clamping, so it is cleared by hand.
    let least = a.word(0xffff_ffff);
    let scores = a.copy(o.scores);
    let sums = a.copy(o.sums);
    a.repeat(o.heads, |a| {
        let x = a.lqx(scores, last);
        let masked = a.selb(x, least, beyond);
        a.stqx(masked, scores, last);

        let maximum = a.copy(least);
        let at = a.copy(scores);
        a.repeat(quads, |a| {
            let x = a.lqd(at, 0);
            let larger = lanes::max(a, maximum, x);
            a.assign(maximum, larger);
            a.set(at).ai(at, 16);
        });
        let maximum = lanes::maximum(a, maximum);

        let total = a.float(0.0);
        let at = a.copy(scores);
        let left = a.copy(quads);
        a.do_while(|a| {
            let x = a.lqd(at, 0);
            let x = a.fs(x, maximum);
            let power = math::exp(a, &constants, x);
            a.set(left).ai(left, -1);
            let is_last = a.ceqi(left, 0);
            let cleared = a.and(beyond, is_last);
            let power = a.andc(power, cleared);
            a.stqd(power, at, 0);
            a.set(total).fa(total, power);
            a.set(at).ai(at, 16);
            left
        });
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
    let splats = splats(a);
    let widen = WidenPatterns::load(a);
    let steps = row_steps(a, buffers);
    let row_step = step_bytes(buffers.format);
    let groups = groups(a, &block);
    let offset = a.shli(block.first, 2);
    let powers = a.a(o.scores, offset);
    let out = a.copy(o.out);
    a.repeat(o.heads, |a| {
        let column = a.copy(block.address);
        a.repeat(steps, |a| {
            let left = a.lqd(out, 0);
            let right = a.lqd(out, 16);
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
                    let [v_left, v_right] = load_eight(a, buffers.format, &widen, row, 0);
                    a.set(left).fma(weight, v_left, left);
                    a.set(right).fma(weight, v_right, right);
                    a.set(row).a(row, buffers.row_bytes);
                }
                a.set(p).ai(p, 16);
            });
            a.stqd(left, out, 0);
            a.stqd(right, out, 16);
            a.set(out).ai(out, 32);
            a.set(column).ai(column, row_step);
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
