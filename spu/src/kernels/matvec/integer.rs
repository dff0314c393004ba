//! The product of quantised weights: 16-bit multiply-adds.
//!
//! A halfword of a block holds the weights of several rows, one above the other. The product of the
//! whole halfword is the sum of their products, each shifted to its place; so is the product
//! with the upper rows masked off; and the difference of the two is the highest row's. So of n
//! rows only n - 1 have to be masked, none shifted, and none sign-extended: what was added to the
//! lower ones to make them unsigned is taken back by what the sums begin with.
//!
//! A byte is masked by a shuffle, which is free, as the other pipe has nothing to do.
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
    let mut planes = match format {
        BlockFormat::Q4 => Planes::four(a),
        _ => Planes::two(a),
    };
    if vectors > 1 {
        // The vectors' sums are many enough.
        planes.sums = 1;
    }
    let xs = o.vectors(a, vectors, RECORD);
    let outs = o.outs(a, vectors, format.rows());
    let mut seldom = None;
    a.repeat(o.tiles, |a| {
        let groups: Vec<Group> = (0..vectors)
            .map(|_| Group::begin(a, &planes, vectors == 1))
            .collect();
        let from: Vec<Reg> = xs.iter().map(|&x| a.copy(x)).collect();
        let rest = for_each_block(a, stream, o.blocks, |a| {
            let block = stream.next;
            if let [group] = &groups[..] {
                group.settle(a, &planes);
                Group::scale(a, &groups, &planes, &classes, block, &from);
                Group::multiply(a, &groups, &planes, &classes, block, &from);
            } else {
                // There is enough to do meanwhile without carrying sums to the next block.
                Group::multiply(a, &groups, &planes, &classes, block, &from);
                Group::scale(a, &groups, &planes, &classes, block, &from);
                groups.iter().for_each(|group| group.settle(a, &planes));
            }
            for &from in &from {
                a.set(from).ai(from, RECORD as i32);
            }
            let bytes = a.il(format.bytes() as i32);
            a.set(stream.next).a(stream.next, bytes);
        });
        seldom = Some(rest);
        if let [group] = &groups[..] {
            group.settle(a, &planes);
        }
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
    /// How a halfword is masked for the sum that ends with each row.
    masks: Vec<Mask>,
    /// Bits of a row.
    bits: i32,
    /// Sums side by side of a row, beyond the two of the upper and the lower halfwords: as many as
    /// hide the latency.
    sums: usize,
    /// The patterns that spread each pair of a quadword of the operand over all words.
    spread: [Reg; 4],
    /// How the scales of four rows are spread over four words: from which quadword of the block
    /// and by which pattern, or as they are.
    scales: Vec<(i32, Option<Reg>)>,
}

/// What is left of a halfword.
#[derive(Clone, Copy)]
enum Mask {
    /// All of it.
    All,
    /// What a shuffle leaves.
    Bytes(Reg),
    /// These bits.
    Bits(Reg),
}

impl Planes {
    /// Two rows of eight bits.
    fn two(a: &mut Assembler) -> Self {
        let low_bytes = low_bytes(a);
        Self {
            masks: vec![Mask::Bytes(low_bytes), Mask::All],
            bits: 8,
            spread: spread(a),
            sums: 2,
            scales: vec![(0, None), (1, None)],
        }
    }

    /// Four rows of four bits.
    fn four(a: &mut Assembler) -> Self {
        let [first, second] = [0, 8].map(|start| {
            let upper = core::array::from_fn(|i| match i % 4 {
                byte @ (0 | 1) => start + (i as u8 / 4) * 2 + byte as u8,
                _ => ZERO,
            });
            a.quad(upper)
        });
        let low_bytes = low_bytes(a);
        Self {
            masks: vec![
                Mask::Bits(a.ilh(0x000f)),
                Mask::Bytes(low_bytes),
                Mask::Bits(a.ilh(0x0fff)),
                Mask::All,
            ],
            bits: 4,
            spread: spread(a),
            sums: 1,
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
fn low_bytes(a: &mut Assembler) -> Reg {
    a.quad(core::array::from_fn(|i| {
        if i % 2 == 0 { ZERO } else { i as u8 }
    }))
}

/// The sums of a group of columns, of all rows of a tile.
struct Group {
    /// For each row, the sums that belong together: those of lower halfwords, then those of upper
    /// ones.
    sums: Vec<Vec<Reg>>,
    /// The scale of each row.
    scales: Vec<Reg>,
    /// The tile's results so far.
    totals: Vec<Reg>,
}

impl Group {
    /// Begins a tile: nothing so far. Where the sums of a block are carried to the next one, they
    /// begin as those of a group of zeros.
    fn begin(a: &mut Assembler, planes: &Planes, carried: bool) -> Self {
        let count = planes.masks.len();
        let zero = a.il(0);
        let zeros = |a: &mut Assembler, zeroed: bool, count: usize| -> Vec<Reg> {
            let one = |_| if zeroed { a.copy(zero) } else { a.reg() };
            (0..count).map(one).collect()
        };
        Self {
            sums: (0..count)
                .map(|_| zeros(a, carried, planes.sums * 2))
                .collect(),
            scales: zeros(a, carried, count),
            totals: zeros(a, true, count),
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
        for (row, (&scale, &total)) in self.scales.iter().zip(&self.totals).enumerate() {
            let own = match row {
                0 => sums[0],
                // What stands below is part of the sum.
                _ => a.sf(sums[row - 1], sums[row]),
            };
            let own = a.csflt(own, planes.bits * row as i32);
            a.set(total).fma(own, scale, total);
        }
    }

    /// Loads the scales of the block at `block`, and multiplies them with that of each operand's
    /// group.
    fn scale(
        a: &mut Assembler,
        groups: &[Self],
        planes: &Planes,
        classes: &Classes,
        block: Reg,
        xs: &[Reg],
    ) {
        let of_x: Vec<Reg> = xs
            .iter()
            .map(|&x| a.on(classes.vector).lqd(x, SCALE))
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

    /// Multiplies the block at `block` with each operand's group.
    fn multiply(
        a: &mut Assembler,
        groups: &[Self],
        planes: &Planes,
        classes: &Classes,
        block: Reg,
        xs: &[Reg],
    ) {
        let mut quads = xs.to_vec();
        for pair in 0..PAIRS {
            if pair % 4 == 0 {
                for (quad, &x) in quads.iter_mut().zip(xs) {
                    *quad = a.on(classes.vector).lqd(x, pair * 4);
                }
            }
            let w = a
                .on(classes.weights)
                .lqd(block, SCALE_BYTES as i32 + pair * 16);
            let masked: Vec<Reg> = planes
                .masks
                .iter()
                .map(|mask| match *mask {
                    Mask::All => w,
                    Mask::Bytes(pattern) => a.shufb(w, w, pattern),
                    Mask::Bits(bits) => a.and(w, bits),
                })
                .collect();
            for ((group, &quad), &x) in groups.iter().zip(&quads).zip(xs) {
                let operand = a.shufb(quad, quad, planes.spread[pair as usize % 4]);
                for (row, &masked) in masked.iter().enumerate() {
                    group.add(a, planes, classes, (pair as usize, row), masked, operand, x);
                }
            }
        }
    }

    /// Adds the products of a pair of columns to the sums of a row.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of them differ from call to call"
    )]
    fn add(
        &self,
        a: &mut Assembler,
        planes: &Planes,
        classes: &Classes,
        (pair, row): (usize, usize),
        masked: Reg,
        operand: Reg,
        x: Reg,
    ) {
        let turn = pair % planes.sums;
        let parts = &self.sums[row];
        let (lower, upper) = (parts[turn], parts[planes.sums + turn]);
        if pair == 0 {
            // The highest row has no offset: its sum begins with what those below it need.
            let row = row.min(planes.masks.len() - 2) as i32;
            let begin = a.on(classes.vector).lqd(x, BEGIN + row * 16);
            a.set(lower).mpya(masked, operand, begin);
            a.set(upper).mpyhh(masked, operand);
        } else if pair < planes.sums {
            a.set(lower).mpy(masked, operand);
            a.set(upper).mpyhh(masked, operand);
        } else {
            a.set(lower).mpya(masked, operand, lower);
            a.mpyhha(upper, masked, operand);
        }
    }
}
