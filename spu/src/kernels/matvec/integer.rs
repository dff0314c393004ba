//! The product of quantised weights: 16-bit multiply-adds.
//!
//! A halfword of a block holds the weights of several rows, one above the other. Shuffles and shifts
//! of whole quadwords, which are free, as the other pipe has nothing to do, leave one row of it, or
//! two rows of which one is there alone, too: the difference of the sums is the other's. Nothing is
//! shifted into its place, as sums become floats with any power of two, and nothing is
//! sign-extended: what was added to weights to make them unsigned is taken back by what the sums
//! begin with.
//!
//! The sums of a group are made to floats and scaled while the next group is multiplied, so
//! nothing waits for them.

use alloc::vec;
use alloc::vec::Vec;

use super::{Operands, for_each_block};
use crate::asm::{Alias, Assembler, Reg};
use crate::kernels::block::{BlockFormat, SCALE_BYTES};
use crate::kernels::operand::{BEGIN, PAIRS, RECORD, SCALE};
use crate::kernels::stream::Stream;

/// Code of a shuffle pattern that gives a zero byte.
const ZERO: u8 = 0x80;

pub(super) fn product(
    a: &mut Assembler,
    format: BlockFormat,
    stream: &Stream,
    o: Operands,
    vectors: usize,
) {
    let classes = Classes {
        weights: a.alias_class(),
        vector: a.alias_class(),
    };
    let planes = match format {
        BlockFormat::Q4 => Planes::four(a, vectors),
        _ => Planes::two(a, vectors),
    };
    let outs = o.outs(a, vectors, format.rows());
    let groups: Vec<Group> = (0..vectors).map(|_| Group::new(a, &planes)).collect();
    let mut seldom = None;
    a.repeat(o.tiles, |a| {
        groups.iter().for_each(|group| group.begin(a));
        let from = a.copy(o.x);
        let rest = for_each_block(a, stream, o.blocks, |a| {
            let block = stream.next;
            groups.iter().for_each(|group| group.settle(a, &planes));
            Group::scale(a, &groups, &planes, &classes, block, from);
            Group::multiply(a, &groups, &planes, &classes, block, from);
            a.set(from).ai(from, record(vectors));
            a.set(stream.next).ai(stream.next, format.bytes() as i32);
        });
        seldom = Some(rest);
        groups.iter().for_each(|group| group.settle(a, &planes));
        for (group, &out) in groups.iter().zip(&outs) {
            for (quad, &total) in (0i32..).zip(&group.totals) {
                a.stqd(total, out, quad * 16);
            }
            a.set(out).ai(out, format.rows() as i32 * 4);
        }
    });
    a.ret();
    if let Some(seldom) = seldom {
        seldom.record(a, stream);
    }
}

/// Classes of loads.
struct Classes {
    weights: Alias,
    vector: Alias,
}

/// The rows that lie above one another in a halfword, lowest first.
struct Planes {
    /// How they are taken apart.
    split: Split,
    /// What each row's sum is of.
    rows: Vec<Plane>,
    /// Sums side by side of a row: as many as hide the latency.
    chains: usize,
    /// The patterns that spread each pair of a quadword of the operand over all words.
    spread: [Reg; 4],
    /// How the scales of four rows are spread over four words: from which quadword of the block
    /// and by which pattern, or as they are.
    scales: Vec<(i32, Option<Reg>)>,
}

/// How a quadword of weights is taken apart, with the patterns by which it is.
#[derive(Clone, Copy)]
enum Split {
    /// Two rows of eight bits: the lower byte, and the higher one where it is.
    Two { low: Reg, high: Reg },
    /// Four rows of four bits: see [`Split::parts`].
    Four { low: Reg, high_to_low: Reg },
}

impl Split {
    /// The parts of a quadword, one for each row.
    fn parts(self, a: &mut Assembler, w: Reg) -> Vec<Reg> {
        match self {
            Self::Two { low, high } => {
                vec![a.shufb(w, w, low), a.shufb(w, w, high)]
            }
            // A byte with nothing above it, shifted by four bits, has its upper row in the byte
            // above.
            Self::Four { low, high_to_low } => [low, high_to_low]
                .into_iter()
                .flat_map(|pattern| {
                    let byte = a.shufb(w, w, pattern);
                    let both = a.shlqbii(byte, 4);
                    [a.shufb(both, both, low), both]
                })
                .collect(),
        }
    }
}

/// What the sum of a row is of.
struct Plane {
    /// The sum of the row before is part of it.
    with_lower: bool,
    /// What of the operand's record it begins with.
    begin: Option<i32>,
    /// Power of two by which the weights are too large.
    shift: i32,
}

impl Planes {
    /// Two rows of eight bits.
    fn two(a: &mut Assembler, vectors: usize) -> Self {
        let plane = |begin, shift| Plane {
            with_lower: false,
            begin,
            shift,
        };
        Self {
            split: Split::Two {
                low: a.quad(low_bytes()),
                high: a.quad(core::array::from_fn(|i| {
                    if i % 2 == 0 { i as u8 } else { ZERO }
                })),
            },
            rows: vec![plane(Some(0), 0), plane(None, 8)],
            chains: if vectors == 1 { 4 } else { 1 },
            spread: spread(a),
            scales: vec![(0, None), (1, None)],
        }
    }

    /// Four rows of four bits.
    fn four(a: &mut Assembler, vectors: usize) -> Self {
        let [first, second] = [0, 8].map(|start| {
            let upper = core::array::from_fn(|i| match i % 4 {
                byte @ (0 | 1) => start + (i as u8 / 4) * 2 + byte as u8,
                _ => ZERO,
            });
            a.quad(upper)
        });
        let row = |plane: i32| Plane {
            with_lower: plane % 2 == 1,
            begin: Some(plane % 2),
            shift: 4 + plane % 2 * 4,
        };
        Self {
            split: Split::Four {
                low: a.quad(low_bytes()),
                high_to_low: a.quad(core::array::from_fn(|i| {
                    if i % 2 == 0 { ZERO } else { i as u8 - 1 }
                })),
            },
            rows: (0..4).map(row).collect(),
            chains: if vectors == 1 { 2 } else { 1 },
            spread: spread(a),
            scales: vec![
                (0, Some(first)),
                (0, Some(second)),
                (1, Some(first)),
                (1, Some(second)),
            ],
        }
    }
}

/// The patterns that spread each word of a quadword over all words.
fn spread(a: &mut Assembler) -> [Reg; 4] {
    [0, 1, 2, 3].map(|word| a.word(0x0001_0203 + word * 0x0404_0404))
}

/// The pattern that keeps the lower byte of each halfword.
fn low_bytes() -> [u8; 16] {
    core::array::from_fn(|i| if i % 2 == 0 { ZERO } else { i as u8 })
}

/// The sums of a group of columns, of all rows of a tile, for one vector.
struct Group {
    /// For each row, the sums that belong together.
    sums: Vec<Vec<Reg>>,
    /// The scale of each row.
    scales: Vec<Reg>,
    /// The tile's results so far.
    totals: Vec<Reg>,
}

impl Group {
    /// The registers, with nothing in them.
    fn new(a: &mut Assembler, planes: &Planes) -> Self {
        let count = planes.rows.len();
        let zero = a.il(0);
        let zeros = |a: &mut Assembler, count: usize| -> Vec<Reg> {
            (0..count).map(|_| a.copy(zero)).collect()
        };
        Self {
            sums: (0..count).map(|_| zeros(a, planes.chains)).collect(),
            scales: zeros(a, count),
            totals: zeros(a, count),
        }
    }

    /// Begins a tile: nothing so far. The sums of a block are carried to the next one; those that are
    /// left of the tile before count nothing, as they are scaled by 0.
    fn begin(&self, a: &mut Assembler) {
        for &register in self.scales.iter().chain(&self.totals) {
            a.set(register).il(0);
        }
    }

    /// Adds the group's sums, scaled, to the results.
    fn settle(&self, a: &mut Assembler, planes: &Planes) {
        let sums: Vec<Reg> = self
            .sums
            .iter()
            .map(|parts| {
                let mut left = parts.clone();
                while left.len() > 1 {
                    left = left.chunks(2).map(|pair| a.a(pair[0], pair[1])).collect();
                }
                left[0]
            })
            .collect();
        for (row, plane) in planes.rows.iter().enumerate() {
            let own = if plane.with_lower {
                a.sf(sums[row - 1], sums[row])
            } else {
                sums[row]
            };
            let own = a.csflt(own, plane.shift);
            let (scale, total) = (self.scales[row], self.totals[row]);
            a.set(total).fma(own, scale, total);
        }
    }

    /// Loads the scales of the block at `block`, and multiplies them with that of each operand's
    /// group, whose records are at `x`.
    fn scale(
        a: &mut Assembler,
        groups: &[Self],
        planes: &Planes,
        classes: &Classes,
        block: Reg,
        x: Reg,
    ) {
        let of_x: Vec<Reg> = (0..groups.len())
            .map(|vector| a.on(classes.vector).lqd(x, record(vector) + SCALE))
            .collect();
        for (row, &(quad, spread)) in planes.scales.iter().enumerate() {
            let of_rows = a.on(classes.weights).lqd(block, quad * 16);
            let of_rows = match spread {
                Some(pattern) => a.shufb(of_rows, of_rows, pattern),
                None => of_rows,
            };
            for (group, &of_x) in groups.iter().zip(&of_x) {
                a.set(group.scales[row]).fm(of_rows, of_x);
            }
        }
    }

    /// Multiplies the block at `block` with each operand's group, whose records are at `x`.
    fn multiply(
        a: &mut Assembler,
        groups: &[Self],
        planes: &Planes,
        classes: &Classes,
        block: Reg,
        x: Reg,
    ) {
        let mut quads = vec![x; groups.len()];
        for pair in 0..PAIRS {
            if pair % 4 == 0 {
                for (vector, quad) in quads.iter_mut().enumerate() {
                    *quad = a.on(classes.vector).lqd(x, record(vector) + pair * 4);
                }
            }
            let w = a
                .on(classes.weights)
                .lqd(block, SCALE_BYTES as i32 + pair * 16);
            let parts = planes.split.parts(a, w);
            for (vector, (group, &quad)) in groups.iter().zip(&quads).enumerate() {
                let operand = a.shufb(quad, quad, planes.spread[pair as usize % 4]);
                for ((plane, sums), &part) in planes.rows.iter().zip(&group.sums).zip(&parts) {
                    let begin = |a: &mut Assembler| {
                        let offset = record(vector) + BEGIN + plane.begin? * 16;
                        Some(a.on(classes.vector).lqd(x, offset))
                    };
                    add(a, sums, pair as usize, part, operand, begin);
                }
            }
        }
    }
}

/// Offset of a vector's record from that of the first one.
fn record(vector: usize) -> i32 {
    (vector * RECORD) as i32
}

/// Adds the products of a pair of columns to the sums of a row; the first pair begins them, with
/// what `begin` loads, if anything.
fn add(
    a: &mut Assembler,
    sums: &[Reg],
    pair: usize,
    part: Reg,
    operand: Reg,
    begin: impl FnOnce(&mut Assembler) -> Option<Reg>,
) {
    let [lower, upper] = [0, 1].map(|half| pair * 2 + half);
    let sum = sums[lower % sums.len()];
    if lower > 0 && lower >= sums.len() {
        a.set(sum).mpya(part, operand, sum);
    } else if let Some(begin) = if lower == 0 { begin(a) } else { None } {
        a.set(sum).mpya(part, operand, begin);
    } else {
        a.set(sum).mpy(part, operand);
    }
    let sum = sums[upper % sums.len()];
    if upper >= sums.len() {
        a.mpyhha(sum, part, operand);
    } else {
        a.set(sum).mpyhh(part, operand);
    }
}
