//! Rows of the key and value cache, streamed from memory in blocks.

use super::dma::{self, Command, Transfer};
use super::lanes::{self, word_pattern};
use super::math;
use crate::asm::{Assembler, Function, Reg};

/// How the cache's rows lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// Floats.
    Fp32,
    /// Signed halfwords, and a scale for each row: a float, the scales of all rows one behind the
    /// other in a region of their own.
    Narrow,
}

impl RowFormat {
    /// Bytes of a row of `length` values.
    pub const fn row_bytes(self, length: usize) -> usize {
        match self {
            Self::Fp32 => length * 4,
            Self::Narrow => length * 2,
        }
    }
}

/// Buffers of a [`RowStream`].
pub const BUFFERS: u32 = 4;

/// Buffers in local store for blocks of rows, and how the rows lie in memory.
#[derive(Clone, Copy, Debug)]
pub struct RowBuffers {
    /// How the rows lie.
    pub format: RowFormat,
    /// Address of the first buffer; each follows `bytes` behind the one before.
    pub address: Reg,
    /// Bytes of one buffer: `block_rows` rows at least.
    pub bytes: Reg,
    /// Rows of a block, a multiple of 4 so that four scores share a quadword.
    pub block_rows: Reg,
    /// Bytes of a row, a multiple of 16, in fp32 of 32.
    pub row_bytes: Reg,
    /// Address of the first of the buffers for scales, `block_rows` floats each. Not read in fp32.
    pub scales: Reg,
    /// Distance in memory from the first row of a run to the first scale. Not read in fp32.
    pub scale_distance: Reg,
}

/// The last rows of a run, which are still in local store.
#[derive(Clone, Copy, Debug)]
pub struct FreshRows {
    /// Address of the first, as memory has it.
    pub row: Reg,
    /// Bytes from one to the next.
    pub stride: Reg,
    /// Address of its scale, a float; the others' follow. Not read in fp32.
    pub scale: Reg,
}

/// A block of rows in local store, as the body of [`RowStream::for_each_block`] sees it.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Address of its first row.
    pub address: Reg,
    /// Address of the first row's scale. Nothing in fp32.
    pub scales: Reg,
    /// Rows in it, at least 1. What follows them up to the next multiple of 4 is stale.
    pub rows: Reg,
    /// Position of its first row.
    pub first: Reg,
}

/// Runs of rows, on their way in block by block: the keys of a head, its values, the keys of the
/// next head and so on, which lie at equal distances in memory. The next blocks are under way
/// while one is in use, across the borders of runs.
///
/// A run has rows 0 to `last`. Those before `position` come from memory; the others are still in local
/// store, and are copied there.
#[derive(Clone, Copy, Debug)]
pub struct RowStream {
    /// The first position whose row is not in memory, in every word.
    pub position: Reg,
    /// The last position.
    last: Reg,
    /// Runs not yet asked for.
    runs: Reg,
    /// Effective address of the run that is asked for.
    run: Reg,
    /// Row of the run that is asked for next.
    row: Reg,
    /// The buffer that is asked for next, from 0, in every word.
    ask_side: Reg,
    /// The buffer that is used next.
    use_side: Reg,
    /// Tag of the first buffer; the others have those that follow.
    tag: u32,
    ask: Function,
}

impl RowStream {
    /// Records the function. `run_bytes` gives the distance in memory of two runs; `buffers` and it
    /// load what they give.
    pub fn new(
        a: &mut Assembler,
        tag: u32,
        buffers: impl FnOnce(&mut Assembler) -> RowBuffers,
        run_bytes: impl FnOnce(&mut Assembler) -> Reg,
    ) -> Self {
        let [position, last, runs, run, row, ask_side, use_side] =
            core::array::from_fn(|_| a.reg());
        let ask = a.function("rows", |a| {
            a.if_nonzero(runs, |a| {
                let b = buffers(a);
                let left = a.sf(row, position);
                let count = lanes::min_word(a, b.block_rows, left);
                let some = a.cgti(left, 0);
                a.if_nonzero(some, |a| {
                    let distance = a.mpyu(row, b.row_bytes);
                    let tag = a.ai(ask_side, tag as i32);
                    let transfer = Transfer {
                        local: buffer_address(a, &b, ask_side),
                        effective: a.a(run, distance),
                        size: a.mpyu(count, b.row_bytes),
                        tag,
                    };
                    dma::enqueue(a, Command::Get, transfer);
                    if b.format == RowFormat::Narrow {
                        // Whole quadwords: what is beyond the rows is room for later ones.
                        let rounded = a.ai(count, 3);
                        let rounded = a.andi(rounded, -4);
                        let scales = a.a(run, b.scale_distance);
                        let distance = a.shli(row, 2);
                        let transfer = Transfer {
                            local: scale_address(a, &b, ask_side),
                            effective: a.a(scales, distance),
                            size: a.shli(rounded, 2),
                            tag,
                        };
                        dma::enqueue(a, Command::Get, transfer);
                    }
                });
                let next = a.ai(ask_side, 1);
                a.set(ask_side).andi(next, BUFFERS as i32 - 1);
                a.set(row).a(row, b.block_rows);
                // The block with the last row is the last one of its run.
                let more = a.cgt(row, last);
                a.if_nonzero(more, |a| {
                    a.set(row).il(0);
                    let bytes = run_bytes(a);
                    a.set(run).a(run, bytes);
                    a.set(runs).ai(runs, -1);
                });
            });
        });
        Self {
            position,
            last,
            runs,
            run,
            row,
            ask_side,
            use_side,
            tag,
            ask,
        }
    }

    /// Sets the state before the first run: nothing to ask for.
    pub fn clear(&self, a: &mut Assembler) {
        let all = [
            self.position,
            self.last,
            self.runs,
            self.run,
            self.row,
            self.ask_side,
            self.use_side,
        ];
        for register in all {
            a.set(register).il(0);
        }
    }

    /// Begins with `runs` runs, the first of which is at effective address `first`, and asks for
    /// their first blocks without waiting. All rows before `position` have to be there; from there
    /// on `fresh` (at least 1) are not.
    pub fn begin(&self, a: &mut Assembler, first: Reg, runs: Reg, position: Reg, fresh: Reg) {
        a.assign(self.position, position);
        let end = a.a(position, fresh);
        a.set(self.last).ai(end, -1);
        a.assign(self.run, first);
        a.assign(self.runs, runs);
        a.set(self.row).il(0);
        a.set(self.ask_side).il(0);
        a.set(self.use_side).il(0);
        for _ in 0..BUFFERS {
            a.call(self.ask);
        }
    }

    /// Runs `body` for each block of the next run, the last rows of which are `fresh`. `buffers` is
    /// recorded where it is needed, so that no registers are kept for it.
    pub fn for_each_block(
        &self,
        a: &mut Assembler,
        buffers: &impl Fn(&mut Assembler) -> RowBuffers,
        fresh: FreshRows,
        body: impl FnOnce(&mut Assembler, &RowBuffers, Block),
    ) {
        let first = a.il(0);
        let left = a.ai(self.last, 1);
        let fresh = Fresh {
            row: a.copy(fresh.row),
            stride: fresh.stride,
            scale: a.copy(fresh.scale),
        };
        a.do_while(|a| {
            let one = a.il(1);
            let tag = a.ai(self.use_side, self.tag as i32);
            let mask = a.shl(one, tag);
            dma::wait_mask(a, mask);

            let buffers = &buffers(a);
            let address = buffer_address(a, buffers, self.use_side);
            let scales = match buffers.format {
                RowFormat::Fp32 => address,
                RowFormat::Narrow => scale_address(a, buffers, self.use_side),
            };
            let count = lanes::min_word(a, buffers.block_rows, left);
            a.set(left).sf(count, left);
            let block = Block {
                address,
                scales,
                rows: count,
                first,
            };
            let end = a.a(first, count);
            let beyond = a.sf(self.position, end);
            let added = lanes::min_word(a, beyond, count);
            let some = a.cgti(added, 0);
            a.if_nonzero(some, |a| fresh.copy(a, buffers, &block, added));
            body(a, buffers, block);
            a.set(first).a(first, count);
            let next = a.ai(self.use_side, 1);
            a.set(self.use_side).andi(next, BUFFERS as i32 - 1);
            // The block that was used makes room for another.
            a.call(self.ask);
            left
        });
    }
}

/// What of a run's last rows has not been copied yet.
struct Fresh {
    row: Reg,
    stride: Reg,
    scale: Reg,
}

impl Fresh {
    /// Copies so many (at least 1) to the end of a block, and moves on.
    fn copy(&self, a: &mut Assembler, buffers: &RowBuffers, block: &Block, count: Reg) {
        let before = a.sf(count, block.rows);
        let distance = a.mpyu(before, buffers.row_bytes);
        let to = a.a(block.address, distance);
        let distance = a.shli(before, 2);
        let scale_to = a.a(block.scales, distance);
        a.repeat(count, |a| {
            copy_row(a, self.row, to, buffers.row_bytes);
            a.set(self.row).a(self.row, self.stride);
            a.set(to).a(to, buffers.row_bytes);
            if buffers.format == RowFormat::Narrow {
                let scale = a.lqd(self.scale, 0);
                let scale = a.rotqby(scale, self.scale);
                put_word(a, scale, scale_to);
                a.set(self.scale).ai(self.scale, 4);
                a.set(scale_to).ai(scale_to, 4);
            }
        });
    }
}

/// Writes the first word of a register to a multiple of 4.
pub fn put_word(a: &mut Assembler, word: Reg, to: Reg) {
    let quad = a.lqd(to, 0);
    let insert = a.cwd(to, 0);
    let quad = a.shufb(word, quad, insert);
    a.stqd(quad, to, 0);
}

fn buffer_address(a: &mut Assembler, buffers: &RowBuffers, side: Reg) -> Reg {
    let distance = a.mpyu(side, buffers.bytes);
    a.a(buffers.address, distance)
}

fn scale_address(a: &mut Assembler, buffers: &RowBuffers, side: Reg) -> Reg {
    let bytes = a.shli(buffers.block_rows, 2);
    let distance = a.mpyu(side, bytes);
    a.a(buffers.scales, distance)
}

/// Copies a row of `bytes`, a multiple of 16, within local store.
fn copy_row(a: &mut Assembler, from: Reg, to: Reg, bytes: Reg) {
    let (from, to) = (a.copy(from), a.copy(to));
    let steps = a.rotmi(bytes, -4);
    a.repeat(steps, |a| {
        let x = a.lqd(from, 0);
        a.stqd(x, to, 0);
        a.set(from).ai(from, 16);
        a.set(to).ai(to, 16);
    });
}

/// Makes a narrow row of `steps` (at least 1) steps of eight floats at `from`, at `to`, and gives
/// its scale, in every word. The largest magnitude becomes 32767, what is between two integers is
/// cut towards zero.
pub fn narrow_row(a: &mut Assembler, from: Reg, to: Reg, steps: Reg) -> Reg {
    let largest = a.float(0.0);
    let at = a.copy(from);
    a.repeat(steps, |a| {
        for offset in [0, 16] {
            let x = a.lqd(at, offset);
            let larger = lanes::max_magnitude(a, largest, x);
            a.assign(largest, larger);
        }
        a.set(at).ai(at, 32);
    });
    let mut value = largest;
    for bytes in [8, 4] {
        let other = a.rotqbyi(value, bytes);
        value = lanes::max_magnitude(a, value, other);
    }
    let sign = a.word(0x8000_0000);
    let value = a.andc(value, sign);
    let step = a.float(1.0 / 32767.0);
    let scale = a.fm(value, step);
    // A row of zeros gets an inverse of some size, and stays zeros.
    let inverse = math::reciprocal(a, scale);
    let lower_halfwords = a.quad(lanes::LOWER_HALFWORDS);
    let at = a.copy(from);
    let to = a.copy(to);
    a.repeat(steps, |a| {
        let [left, right] = [0, 16].map(|offset| {
            let x = a.lqd(at, offset);
            let x = a.fm(x, inverse);
            a.cflts(x, 0)
        });
        let narrow = a.shufb(left, right, lower_halfwords);
        a.stqd(narrow, to, 0);
        a.set(at).ai(at, 32);
        a.set(to).ai(to, 16);
    });
    scale
}

/// The patterns by which narrow values become floats.
#[derive(Clone, Copy, Debug)]
pub struct WidenPatterns {
    left: Reg,
    right: Reg,
}

impl WidenPatterns {
    /// Loads them.
    pub fn load(a: &mut Assembler) -> Self {
        let [left, right] = [0u8, 8].map(|start| {
            a.quad(core::array::from_fn(|i| match i % 4 {
                byte @ (0 | 1) => start + i as u8 / 4 * 2 + byte as u8,
                _ => 0x80,
            }))
        });
        Self { left, right }
    }
}

/// Loads eight neighbours of a row, the `step`th from `row` on, as floats; narrow ones without
/// their scale.
pub fn load_eight(
    a: &mut Assembler,
    format: RowFormat,
    patterns: &WidenPatterns,
    row: Reg,
    step: i32,
) -> [Reg; 2] {
    match format {
        RowFormat::Fp32 => [0, 16].map(|offset| a.lqd(row, step * 32 + offset)),
        RowFormat::Narrow => {
            let narrow = a.lqd(row, step * 16);
            [patterns.left, patterns.right].map(|pattern| {
                // Into the upper halves, so that the sign is in its place.
                let wide = a.shufb(narrow, narrow, pattern);
                a.csflt(wide, 16)
            })
        }
    }
}

/// The patterns that spread each word of a quadword over all words.
pub fn splats(a: &mut Assembler) -> [Reg; 4] {
    core::array::from_fn(|i| a.quad(word_pattern([i as u8; 4])))
}
