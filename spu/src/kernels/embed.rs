//! One row of a tile of quantised weights, as floats: a token's embedding.

use super::block::{BlockFormat, SCALE_BYTES};
use super::operand::PAIRS;
use crate::asm::{Assembler, Reg};

/// Operands of [`row`]; addresses in local store, multiples of 16.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The tile.
    pub tile: Reg,
    /// Its blocks, at least 1.
    pub blocks: Reg,
    /// Where the row goes: 32 floats for each block.
    pub out: Reg,
    /// Which row: the registers of a [`RowPlace`].
    pub place: RowRegisters,
}

/// What a [`RowPlace`] says, in registers.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the fields of RowPlace say what each is")]
pub struct RowRegisters {
    pub scale_offset: Reg,
    pub scale_pattern: Reg,
    pub value_pattern: Reg,
    pub shift: Reg,
    pub mask: Reg,
    pub flip: Reg,
    pub factor: Reg,
}

/// Where a row stands in its tile's blocks: quadwords, in the order in which the SPU wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// Offset of the quadword that holds its scale, in every word.
    pub scale_offset: [u8; 16],
    /// The shuffle that spreads its scale over four words.
    pub scale_pattern: [u8; 16],
    /// The shuffle that takes its halfwords out of two quadwords, each into the upper half of a
    /// word.
    pub value_pattern: [u8; 16],
    /// How far its bits are from the top of the halfword, in every word.
    pub shift: [u8; 16],
    /// The bits of a value at the top of a word.
    pub mask: [u8; 16],
    /// What makes two's complement of it.
    pub flip: [u8; 16],
    /// The lowest bit's place as a float: what makes an integer of the word.
    pub factor: [u8; 16],
}

impl RowPlace {
    /// Row `row` of a tile of `format`.
    ///
    /// # Panics
    /// Where there is no such row, or for [`BlockFormat::Fp32`], whose rows are quadwords.
    pub fn new(format: BlockFormat, row: usize) -> Self {
        const ZERO: u8 = 0x80;
        assert!(row < format.rows(), "row {row} of a tile");
        let (plane, word) = (row / 4, row % 4);
        let (bits, scale_bytes) = match format {
            BlockFormat::Fp32 => panic!("the rows of fp32 are quadwords"),
            BlockFormat::Q8 => (8, 4),
            BlockFormat::Q4 => (4, 2),
        };
        let scale_at = row * scale_bytes;
        let signed = format == BlockFormat::Q8 && plane == 1;
        let splat = |word: u32| {
            let bytes = word.to_be_bytes();
            core::array::from_fn(|i| bytes[i % 4])
        };
        Self {
            scale_offset: splat(scale_at as u32 & !15),
            scale_pattern: core::array::from_fn(|i| match i % 4 {
                byte if byte < scale_bytes => (scale_at % 16 + byte) as u8,
                _ => ZERO,
            }),
            value_pattern: core::array::from_fn(|i| match i % 4 {
                byte @ (0 | 1) => (i / 8 * 16 + word * 4 + i / 4 % 2 * 2 + byte) as u8,
                _ => ZERO,
            }),
            shift: splat((16 - bits - plane * bits) as u32),
            mask: splat(!0 << (32 - bits)),
            flip: splat(if signed { 0 } else { 0x8000_0000 }),
            factor: splat((1.0 / (1u64 << (32 - bits)) as f32).to_bits()),
        }
    }
}

/// Writes a row of a tile as floats to `out`: each value times its scale, the value exact, the
/// product cut as every product of the SPU is.
pub fn row(a: &mut Assembler, o: Row) {
    let weights = a.alias_class();
    let output = a.alias_class();
    let block = a.copy(o.tile);
    let to = a.copy(o.out);
    let place = o.place;
    a.repeat(o.blocks, |a| {
        let scales = a.on(weights).lqx(block, place.scale_offset);
        let scale = a.shufb(scales, scales, place.scale_pattern);
        let scale = a.fm(scale, place.factor);
        for quad in 0..PAIRS / 2 {
            let at = SCALE_BYTES as i32 + quad * 32;
            let left = a.on(weights).lqd(block, at);
            let right = a.on(weights).lqd(block, at + 16);
            let halves = a.shufb(left, right, place.value_pattern);
            let shifted = a.shl(halves, place.shift);
            let value = a.and(shifted, place.mask);
            let value = a.xor(value, place.flip);
            let value = a.csflt(value, 0);
            let value = a.fm(value, scale);
            a.on(output).stqd(value, to, quad * 16);
        }
        let bytes = a.il((SCALE_BYTES + PAIRS as usize * 16) as i32);
        a.set(block).a(block, bytes);
        a.set(to).ai(to, PAIRS * 8);
    });
}
