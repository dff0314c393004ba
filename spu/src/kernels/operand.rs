//! Activations for products with quantised weights.
//!
//! A vector is quantised in groups of 32. Of each group, products want the numbers as 16-bit
//! integers, the scale, and the sum of the group times what was added to the weights, to begin
//! with.

use alloc::vec;

use super::block::{BlockFormat, Q4_OFFSET, Q8_OFFSET};
use super::{lanes, math};
use crate::asm::{Assembler, Reg};

/// Values of a group.
pub const GROUP: usize = 32;
/// Pairs of a group.
pub const PAIRS: i32 = GROUP as i32 / 2;
/// Offset of the scale, in every word, in a group's record: behind the integers.
pub const SCALE: i32 = GROUP as i32 * 2;
/// Offset of the quadwords that accumulators begin with: one for Q8, two for Q4.
pub const BEGIN: i32 = SCALE + 16;
/// Bytes of a group's record.
pub const RECORD: usize = BEGIN as usize + 2 * 16;

/// The least exponent of a group in Q4, where it stands in a float: that of
/// `llama::quantise::activation`.
const LEAST_EXPONENT: u32 = llama::quantise::activation::LEAST_EXPONENT << 23;
/// Bits behind the point that take part in rounding to 12 bits.
const ROUNDING_BITS: i32 = llama::quantise::activation::ROUNDING_BITS as i32;
/// Exponent of the least magnitude that rounds to 1024.
const TOP_BIT: u32 = 10;

/// Operands of [`quantise`]: addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Quantise {
    /// The first vector; each follows on the one before.
    pub x: Reg,
    /// Groups of a vector, at least 1.
    pub groups: Reg,
    /// Where the records go: of each group that of the first vector, then those of the others.
    pub out: Reg,
}

/// Quantises so many vectors for products with weights of `format`.
///
/// For Q4 the integers are those of `llama::quantise::activation`. For Q8 they are those of
/// llama2.c, value / (largest / 127) rounded to the nearest, but that quotients are off by up to
/// 2^-20 of themselves, which moves one that lies as near to a half.
///
/// # Panics
/// For [`BlockFormat::Fp32`], whose products take floats.
pub fn quantise(a: &mut Assembler, format: BlockFormat, o: Quantise, vectors: usize) {
    assert_ne!(format, BlockFormat::Fp32, "no operand of integers");
    let constants = Constants::load(a, format);
    let from = a.copy(o.x);
    let to = a.copy(o.out);
    if vectors > 1 {
        // A group of each vector at a time, so that nothing waits.
        let bytes = a.shli(o.groups, GROUP_BYTES.trailing_zeros() as i32);
        let mut places = vec![Place::of(from)];
        while places.len() < vectors {
            let last = places[places.len() - 1].from;
            let next = a.a(last, bytes);
            places.push(Place::of(next));
        }
        a.repeat(o.groups, |a| {
            groups(a, &constants, &places, to);
            for place in &places {
                a.set(place.from).ai(place.from, GROUP_BYTES);
            }
            let bytes = a.il((vectors * RECORD) as i32);
            a.set(to).a(to, bytes);
        });
        return;
    }
    // Two neighbours at a time, after the one that is left over.
    let odd = a.andi(o.groups, 1);
    let pairs = a.rotmi(o.groups, -1);
    let one = Place::of(from);
    a.if_nonzero(odd, |a| {
        groups(a, &constants, &[one], to);
        a.set(from).ai(from, GROUP_BYTES);
        a.set(to).ai(to, RECORD as i32);
    });
    let two = Place {
        offset: GROUP_BYTES,
        ..one
    };
    a.if_nonzero(pairs, |a| {
        a.repeat(pairs, |a| {
            groups(a, &constants, &[one, two], to);
            a.set(from).ai(from, 2 * GROUP_BYTES);
            a.set(to).ai(to, 2 * RECORD as i32);
        });
    });
}

/// Bytes of a group of floats.
const GROUP_BYTES: i32 = GROUP as i32 * 4;

/// Where a group of floats is.
#[derive(Clone, Copy)]
struct Place {
    from: Reg,
    offset: i32,
}

impl Place {
    fn of(from: Reg) -> Self {
        Self { from, offset: 0 }
    }
}

/// Quantises some groups, side by side; their records go to `to`, one behind the other.
fn groups(a: &mut Assembler, constants: &Constants, places: &[Place], to: Reg) {
    let input = a.alias_class();
    let output = a.alias_class();
    let lower_halfwords = a.quad(lanes::LOWER_HALFWORDS);
    for (index, place) in (0..).zip(places) {
        let values: [Reg; GROUP / 4] = core::array::from_fn(|i| {
            let offset = place.offset + i as i32 * 16;
            a.on(input).lqd(place.from, offset)
        });
        let largest = largest_magnitude(a, &values);
        let (scale, inverse) = constants.scale(a, largest);
        let integers = values.map(|value| constants.round(a, value, inverse));
        let record = index * RECORD as i32;
        for (quad, words) in (0i32..).zip(integers.as_chunks::<2>().0) {
            let halfwords = a.shufb(words[0], words[1], lower_halfwords);
            a.on(output).stqd(halfwords, to, record + quad * 16);
        }
        a.on(output).stqd(scale, to, record + SCALE);
        let sum = lanes::sum_words(a, &integers);
        for (i, begin) in (0i32..).zip(constants.begin(a, sum)) {
            a.on(output).stqd(begin, to, record + BEGIN + i * 16);
        }
    }
}

/// The value with the largest magnitude, in every word.
fn largest_magnitude(a: &mut Assembler, values: &[Reg; GROUP / 4]) -> Reg {
    let mut left = values.to_vec();
    while left.len() > 1 {
        left = left
            .chunks(2)
            .map(|pair| lanes::max_magnitude(a, pair[0], pair[1]))
            .collect();
    }
    let mut largest = left[0];
    for bytes in [8, 4] {
        let other = a.rotqbyi(largest, bytes);
        largest = lanes::max_magnitude(a, largest, other);
    }
    largest
}

/// What the rounding of a format needs, loaded once.
#[derive(Clone, Copy)]
enum Constants {
    Q8 {
        sign: Reg,
        step: Reg,
        half: Reg,
    },
    Q4 {
        exponent: Reg,
        least: Reg,
        of_inverse: Reg,
        of_scale: Reg,
        half: Reg,
    },
}

impl Constants {
    fn load(a: &mut Assembler, format: BlockFormat) -> Self {
        if format == BlockFormat::Q8 {
            Self::Q8 {
                sign: a.word(0x8000_0000),
                step: a.float(1.0 / 127.0),
                half: a.float(0.5),
            }
        } else {
            Self::Q4 {
                exponent: a.word(0x7f80_0000),
                least: a.word(LEAST_EXPONENT),
                of_inverse: a.word((254 + TOP_BIT) << 23),
                of_scale: a.word(TOP_BIT << 23),
                half: a.il(1 << (ROUNDING_BITS - 1)),
            }
        }
    }

    /// The scale of a group, and its inverse, for its largest value.
    fn scale(self, a: &mut Assembler, largest: Reg) -> (Reg, Reg) {
        match self {
            Self::Q8 { sign, step, .. } => {
                let largest = a.andc(largest, sign);
                let scale = a.fm(largest, step);
                // A group of zeros gets an inverse of some size, and stays zeros.
                let inverse = math::reciprocal(a, scale);
                (scale, inverse)
            }
            Self::Q4 {
                exponent,
                least,
                of_inverse,
                of_scale,
                ..
            } => {
                let exponent = a.and(largest, exponent);
                let exponent = lanes::max_word(a, exponent, least);
                let inverse = a.sf(exponent, of_inverse);
                let scale = a.sf(of_scale, exponent);
                (scale, inverse)
            }
        }
    }

    /// Four values as integers.
    fn round(self, a: &mut Assembler, value: Reg, inverse: Reg) -> Reg {
        let scaled = a.fm(value, inverse);
        match self {
            Self::Q8 { sign, half, .. } => {
                // The conversion cuts towards zero.
                let half = a.selb(half, scaled, sign);
                let rounded = a.fa(scaled, half);
                a.cflts(rounded, 0)
            }
            Self::Q4 { half, .. } => {
                let fine = a.cflts(scaled, ROUNDING_BITS);
                let rounded = a.a(fine, half);
                a.rotmai(rounded, -ROUNDING_BITS)
            }
        }
    }

    /// What accumulators begin with, for the sum of the group's integers: what takes back the
    /// offset of the weights in each of them.
    fn begin(self, a: &mut Assembler, sum: Reg) -> alloc::vec::Vec<Reg> {
        match self {
            Self::Q8 { .. } => {
                let offset = a.shli(sum, Q8_OFFSET.trailing_zeros() as i32);
                vec![a.sfi(offset, 0)]
            }
            Self::Q4 { .. } => {
                // The lower row of a byte is there 16 times, the upper one 256 times.
                let offset = a.shli(sum, Q4_OFFSET.trailing_zeros() as i32 + 4);
                let one = a.sfi(offset, 0);
                let upper = a.shli(one, 4);
                let both = a.a(one, upper);
                vec![one, both]
            }
        }
    }
}
