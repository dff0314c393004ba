//! Matrix × vectors, the matrix taken from the stream.
//!
//! - `fp32`: the words of an accumulator are columns, and are summed at the end of a tile.
//! - `integer`: the words of an accumulator are rows. That way the scales of a group, which differ
//!   from row to row, cost an instruction for four rows instead of one for each.
//!
//! Several vectors at once are several tokens of a prompt: what is read and unpacked for one
//! serves them all.

mod fp32;
mod integer;

use alloc::vec;
use alloc::vec::Vec;

use super::block::BlockFormat;
use super::lanes;
use super::stream::Stream;
use crate::asm::{Assembler, Function, Label, Reg};

/// The vectors of a product that takes several.
pub const BATCH: usize = 4;

/// The products as functions, and the registers of their operands.
#[derive(Clone, Copy, Debug)]
pub struct MatVec {
    /// Address of the vectors in local store, a multiple of 16: floats, vector after vector, or for
    /// quantised weights what [`quantise`](super::operand::quantise) makes of so many vectors.
    pub x: Reg,
    /// Blocks of a tile, at least 1.
    pub blocks: Reg,
    /// How many tiles, at least 1.
    pub tiles: Reg,
    /// Where the results go, a float for each row of each tile; a multiple of 16. The next
    /// vector's results follow on those of all tiles.
    pub out: Reg,
    one: Function,
    several: Function,
}

impl MatVec {
    /// Records the functions.
    pub fn new(a: &mut Assembler, format: BlockFormat, stream: &Stream) -> Self {
        let [x, blocks, tiles, out] = core::array::from_fn(|_| a.reg());
        let operands = Operands {
            x,
            blocks,
            tiles,
            out,
        };
        let mut record = |name: &str, vectors: usize| {
            a.function(name, |a| match format {
                BlockFormat::Fp32 => fp32::product(a, stream, operands, vectors),
                BlockFormat::Q8 | BlockFormat::Q4 => {
                    integer::product(a, format, stream, operands, vectors);
                }
            })
        };
        Self {
            x,
            blocks,
            tiles,
            out,
            one: record("matvec", 1),
            several: record("matmat", BATCH),
        }
    }

    /// Multiplies as many vectors as `count` says, one or [`BATCH`], with the matrix. Does nothing
    /// where there are no tiles.
    pub fn call(&self, a: &mut Assembler, count: Reg) {
        a.if_nonzero(self.tiles, |a| {
            let single = a.ceqi(count, 1);
            a.if_else(single, |a| a.call(self.one), |a| a.call(self.several));
        });
    }
}

/// The functions' operands.
#[derive(Clone, Copy)]
struct Operands {
    x: Reg,
    blocks: Reg,
    tiles: Reg,
    out: Reg,
}

impl Operands {
    /// The address of each vector, whose blocks are `block_bytes` long.
    fn vectors(&self, a: &mut Assembler, vectors: usize, block_bytes: usize) -> Vec<Reg> {
        let shift = block_bytes.trailing_zeros() as i32;
        let bytes = a.shli(self.blocks, shift);
        pointers(a, self.x, bytes, vectors)
    }

    /// The address of each vector's results.
    fn outs(&self, a: &mut Assembler, vectors: usize, tile_rows: usize) -> Vec<Reg> {
        let shift = (tile_rows * 4).trailing_zeros() as i32;
        let bytes = a.shli(self.tiles, shift);
        pointers(a, self.out, bytes, vectors)
    }
}

/// `count` registers: `first`, and each `distance` beyond the one before.
fn pointers(a: &mut Assembler, first: Reg, distance: Reg, count: usize) -> Vec<Reg> {
    let mut all = vec![a.copy(first)];
    while all.len() < count {
        let last = all[all.len() - 1];
        all.push(a.a(last, distance));
    }
    all
}

/// What a product seldom does, recorded behind it so that what it mostly does has no branch to take.
struct Seldom {
    /// The chunk is used up.
    refill: Label,
    refilled: Label,
    /// The tile goes on in the next chunk.
    again: Label,
    segment: Label,
}

impl Seldom {
    /// Records it; control does not come here from before.
    fn record(self, a: &mut Assembler, stream: &Stream) {
        a.bind(self.refill);
        let unasked = stream.refill(a);
        a.br(self.refilled);
        unasked.record(a, stream);
        a.bind(self.again);
        a.br(self.segment);
    }
}

/// Runs `body` for each block of a tile, across chunks. Gives what is to be recorded elsewhere in
/// the same function.
fn for_each_block(
    a: &mut Assembler,
    stream: &Stream,
    blocks: Reg,
    body: impl FnOnce(&mut Assembler),
) -> Seldom {
    let left = a.copy(blocks);
    let seldom = Seldom {
        refill: a.label("refill"),
        refilled: a.label("refilled"),
        again: a.label("again"),
        segment: a.here("segment"),
    };
    let now = lanes::min_word(a, stream.left, left);
    a.set(left).sf(now, left);
    a.set(stream.left).sf(now, stream.left);
    a.repeat(now, body);
    a.brz(stream.left, seldom.refill);
    a.bind(seldom.refilled);
    a.brnz(left, seldom.again);
    seldom
}
