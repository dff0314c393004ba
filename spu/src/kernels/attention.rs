//! Attention of the query heads that share one key and value head.
//!
//! Of several tokens at once each row of the cache is read, and made floats, for all of them. A score
//! of a position that a token does not see, as it comes later, is as if it was not there.

use alloc::vec;
use alloc::vec::Vec;

use super::lanes::{self, Sum4Patterns};
use super::math::{self, ExpConstants};
use super::rows::{
    Block, FreshRows, RowBuffers, RowFormat, RowStream, WidenPatterns, load_eight, splats,
};
use crate::asm::{Assembler, Reg};

/// Quadwords of scores that are worked on at a time.
const ROUND: i32 = 4;

/// Tokens whose scores are computed at a time: what registers suffice for.
const SCORED_AT_ONCE: usize = 2;

/// Bytes of a head's scores for so many positions: a multiple of 16, with room behind the last one
/// for what fills up its round.
pub const fn score_bytes(positions: usize) -> usize {
    positions.next_multiple_of(4) * 4 + (ROUND as usize - 1) * 16
}

/// Operands of [`attention`]: addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// The query heads of the first token, one behind the other, turned by their position.
    pub queries: Reg,
    /// Bytes from a token's queries to the next one's. Not read for one token.
    pub query_stride: Reg,
    /// How many heads, at least 1.
    pub heads: Reg,
    /// Where the first token's results go, one behind the other.
    pub out: Reg,
    /// Bytes from a token's results to the next one's. Not read for one token.
    pub out_stride: Reg,
    /// Room for the scores: `score_bytes` for each head of each token.
    pub scores: Reg,
    /// Bytes of a head's scores: [`score_bytes`] at least, a multiple of 16.
    pub score_bytes: Reg,
    /// Room for a quadword for each head of each token.
    pub sums: Reg,
    /// 1 / sqrt(head size), in every word.
    pub scale: Reg,
    /// The tokens' keys.
    pub keys: FreshRows,
    /// The tokens' values.
    pub values: FreshRows,
}

/// `out[h] = Σ softmax(queries[h] · keys[t] * scale) values[t]` over t = 0 to the token's position,
/// for so many tokens one behind the other. The next runs of `rows` are the keys and the values, the
/// tokens' own being fresh. `buffers` and `operands` are recorded wherever they are needed, so that no
/// registers are kept for them.
pub fn attention(
    a: &mut Assembler,
    rows: &RowStream,
    buffers: &impl Fn(&mut Assembler) -> RowBuffers,
    operands: &impl Fn(&mut Assembler) -> Attention,
    tokens: usize,
) {
    let fresh = operands(a).keys;
    rows.for_each_block(a, buffers, fresh, |a, buffers, block| {
        let o = operands(a);
        scores(a, buffers, &o, block, tokens);
    });
    let o = operands(a);
    softmax(a, rows.position, &o, tokens);
    let (o, b) = (operands(a), buffers(a));
    clear_out(a, &b, &o, tokens);
    let fresh = operands(a).values;
    rows.for_each_block(a, buffers, fresh, |a, buffers, block| {
        let o = operands(a);
        mix(a, buffers, &o, block, tokens);
    });
    let (o, b) = (operands(a), buffers(a));
    divide_by_sums(a, &b, &o, tokens);
}

/// `tokens` registers: `first`, and each `stride` beyond the one before.
fn strided(a: &mut Assembler, first: Reg, stride: Reg, tokens: usize) -> Vec<Reg> {
    let mut all = vec![a.copy(first)];
    while all.len() < tokens {
        let last = all[all.len() - 1];
        all.push(a.a(last, stride));
    }
    all
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
fn scores(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, block: Block, tokens: usize) {
    let steps = row_steps(a, buffers);
    by_steps(a, steps, |a, width| {
        scores_by(a, buffers, o, block, steps, [width, tokens]);
    });
}

/// The same, `width` steps at a time.
fn scores_by(
    a: &mut Assembler,
    buffers: &RowBuffers,
    o: &Attention,
    block: Block,
    steps: Reg,
    [width, tokens]: [usize; 2],
) {
    let at_once = tokens.min(SCORED_AT_ONCE);
    let widen = WidenPatterns::load(a);
    let row_step = step_bytes(buffers.format);
    let rounds = a.rotmi(steps, -(width as i32 / 2));
    let groups = groups(a, &block);
    let head_query = a.copy(o.queries);
    let offset = a.shli(block.first, 2);
    let scores = a.a(o.scores, offset);
    let query = a.reg();
    let heads_and_tokens = |a: &mut Assembler, body: &mut dyn FnMut(&mut Assembler)| {
        a.repeat(o.heads, |a| {
            a.assign(query, head_query);
            if tokens > at_once {
                let rounds = a.il((tokens / at_once) as i32);
                a.repeat(rounds, |a| body(a));
            } else {
                body(a);
            }
            let steps = row_steps(a, buffers);
            let head_bytes = a.shli(steps, 5);
            a.set(head_query).a(head_query, head_bytes);
        });
    };
    heads_and_tokens(a, &mut |a| {
        let row = a.copy(block.address);
        let scale = a.copy(block.scales);
        let to = strided(a, scores, o.score_bytes, at_once);
        let queries = strided(a, query, o.query_stride, at_once);
        a.repeat(groups, |a| {
            let second = a.a(row, buffers.row_bytes);
            let third = a.a(second, buffers.row_bytes);
            let fourth = a.a(third, buffers.row_bytes);
            let rows = [row, second, third, fourth].map(|row| a.copy(row));
            let zero = a.float(0.0);
            let sums: Vec<[[Reg; 2]; 4]> = (0..at_once)
                .map(|_| rows.map(|_| [0, 1].map(|_| a.copy(zero))))
                .collect();
            let at: Vec<Reg> = queries.iter().map(|&query| a.copy(query)).collect();
            a.repeat(rounds, |a| {
                for step in 0..width as i32 {
                    let queries: Vec<[Reg; 2]> = at
                        .iter()
                        .map(|&at| [0, 16].map(|offset| a.lqd(at, step * 32 + offset)))
                        .collect();
                    for (index, row) in rows.into_iter().enumerate() {
                        let keys = load_eight(a, buffers.format, &widen, row, step);
                        for (query, sums) in queries.iter().zip(&sums) {
                            for ((&query, key), sum) in query.iter().zip(keys).zip(sums[index]) {
                                a.set(sum).fma(query, key, sum);
                            }
                        }
                    }
                }
                for &at in &at {
                    a.set(at).ai(at, width as i32 * 32);
                }
                for row in rows {
                    a.set(row).ai(row, width as i32 * row_step);
                }
            });
            let scales = (buffers.format == RowFormat::Narrow).then(|| {
                let scales = a.lqd(scale, 0);
                a.set(scale).ai(scale, 16);
                scales
            });
            let patterns = Sum4Patterns::load(a);
            for (sums, &to) in sums.iter().zip(&to) {
                let dots = sums.map(|[even, odd]| a.fa(even, odd));
                let dots = lanes::sum4(a, &patterns, dots);
                let mut scaled = a.fm(dots, o.scale);
                if let Some(scales) = scales {
                    scaled = a.fm(scaled, scales);
                }
                a.stqd(scaled, to, 0);
                a.set(to).ai(to, 16);
            }
            a.set(row).a(fourth, buffers.row_bytes);
        });
        for _ in 0..at_once {
            a.set(scores).a(scores, o.score_bytes);
        }
        if tokens > at_once {
            let last = queries[at_once - 1];
            a.set(query).a(last, o.query_stride);
        }
    });
}

/// Replaces each head's scores by e^(score - maximum) and keeps their sums. What stands behind
/// a token's position, in its quadword and in the next one, becomes 0: there are no more tokens at
/// once than a quadword has words.
fn softmax(a: &mut Assembler, position: Reg, o: &Attention, tokens: usize) {
    let constants = ExpConstants::load(a);
    let scores = a.copy(o.scores);
    let sums = a.copy(o.sums);
    a.repeat(o.heads, |a| {
        if tokens == 1 {
            softmax_row(a, &constants, position, scores, sums);
            a.set(sums).ai(sums, 16);
            a.set(scores).a(scores, o.score_bytes);
        } else {
            let position = a.copy(position);
            let count = a.il(tokens as i32);
            a.repeat(count, |a| {
                softmax_row(a, &constants, position, scores, sums);
                a.set(position).ai(position, 1);
                a.set(sums).ai(sums, 16);
                a.set(scores).a(scores, o.score_bytes);
            });
        }
    });
}

/// The same for the scores of a head of a token.
///
/// Four quadwords at a time, so that nothing waits for one power. Those behind the last one are at
/// first the least powers, far below what counts in a sum with a 1.
fn softmax_row(a: &mut Assembler, constants: &ExpConstants, position: Reg, scores: Reg, sum: Reg) {
    let quads = a.rotmi(position, -2);
    let last = a.shli(quads, 4);
    let rounds = a.rotmi(position, -4);
    let rounds = a.ai(rounds, 1);
    let in_quad = a.andi(position, 3);
    let words = a.words([0, 1, 2, 3]);
    let beyond = a.cgt(words, in_quad);
    // Far below any score.
    let least = a.word(0xffff_ffff);
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
            math::exp(a, constants, x)
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
    let zero = a.il(0);
    a.stqd(zero, end, 16);
    let total = lanes::sum(a, total);
    a.stqd(total, sum, 0);
}

fn clear_out(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, tokens: usize) {
    let steps = row_steps(a, buffers);
    let zero = a.float(0.0);
    let to = strided(a, o.out, o.out_stride, tokens);
    a.repeat(o.heads, |a| {
        a.repeat(steps, |a| {
            for &to in &to {
                a.stqd(zero, to, 0);
                a.stqd(zero, to, 16);
                a.set(to).ai(to, 32);
            }
        });
    });
}

/// Adds a block's values, each times its power, to the results.
fn mix(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, block: Block, tokens: usize) {
    let steps = row_steps(a, buffers);
    by_steps(a, steps, |a, width| {
        mix_by(a, buffers, o, block, steps, [width, tokens]);
    });
}

/// The same, `width` steps at a time.
fn mix_by(
    a: &mut Assembler,
    buffers: &RowBuffers,
    o: &Attention,
    block: Block,
    steps: Reg,
    [width, tokens]: [usize; 2],
) {
    let splats = splats(a);
    let widen = WidenPatterns::load(a);
    let row_step = step_bytes(buffers.format);
    let rounds = a.rotmi(steps, -(width as i32 / 2));
    let groups = groups(a, &block);
    let offset = a.shli(block.first, 2);
    let powers = a.a(o.scores, offset);
    let outs = strided(a, o.out, o.out_stride, tokens);
    a.repeat(o.heads, |a| {
        let column = a.copy(block.address);
        a.repeat(rounds, |a| {
            let sums: Vec<Vec<[Reg; 2]>> = outs
                .iter()
                .map(|&out| {
                    let step = |step| [0, 16].map(|offset| a.lqd(out, step * 32 + offset));
                    (0..width as i32).map(step).collect()
                })
                .collect();
            let at = strided(a, powers, o.score_bytes, tokens);
            let scale = a.copy(block.scales);
            let row = a.copy(column);
            a.repeat(groups, |a| {
                let scales = (buffers.format == RowFormat::Narrow).then(|| {
                    let scales = a.lqd(scale, 0);
                    a.set(scale).ai(scale, 16);
                    scales
                });
                let powers: Vec<Reg> = at
                    .iter()
                    .map(|&at| {
                        let power = a.lqd(at, 0);
                        a.set(at).ai(at, 16);
                        match scales {
                            Some(scales) => a.fm(power, scales),
                            None => power,
                        }
                    })
                    .collect();
                for splat in splats {
                    let weights: Vec<Reg> = powers
                        .iter()
                        .map(|&power| a.shufb(power, power, splat))
                        .collect();
                    for step in 0..width {
                        let values = load_eight(a, buffers.format, &widen, row, step as i32);
                        for (&weight, sums) in weights.iter().zip(&sums) {
                            for (sum, value) in sums[step].into_iter().zip(values) {
                                a.set(sum).fma(weight, value, sum);
                            }
                        }
                    }
                    a.set(row).a(row, buffers.row_bytes);
                }
            });
            for (sums, &out) in sums.iter().zip(&outs) {
                for (step, &[left, right]) in (0i32..).zip(sums) {
                    a.stqd(left, out, step * 32);
                    a.stqd(right, out, step * 32 + 16);
                }
                a.set(out).ai(out, width as i32 * 32);
            }
            a.set(column).ai(column, width as i32 * row_step);
        });
        for _ in 0..tokens {
            a.set(powers).a(powers, o.score_bytes);
        }
    });
}

fn divide_by_sums(a: &mut Assembler, buffers: &RowBuffers, o: &Attention, tokens: usize) {
    let steps = row_steps(a, buffers);
    let sums = a.copy(o.sums);
    let at = strided(a, o.out, o.out_stride, tokens);
    a.repeat(o.heads, |a| {
        let inverses: Vec<Reg> = (0i32..)
            .zip(&at)
            .map(|(token, _)| {
                let sum = a.lqd(sums, token * 16);
                math::reciprocal(a, sum)
            })
            .collect();
        a.repeat(steps, |a| {
            for (&at, &inverse) in at.iter().zip(&inverses) {
                for offset in [0, 16] {
                    let x = a.lqd(at, offset);
                    let y = a.fm(x, inverse);
                    a.stqd(y, at, offset);
                }
                a.set(at).ai(at, 32);
            }
        });
        a.set(sums).ai(sums, tokens as i32 * 16);
    });
}
