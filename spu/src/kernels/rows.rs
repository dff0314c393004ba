//! Rows of the key and value cache, streamed from memory in blocks.

use super::dma::{self, Command, Transfer};
use super::lanes;
use crate::asm::{Assembler, Reg};

/// Two buffers in local store for blocks of rows, and the tags of their transfers.
#[derive(Clone, Copy, Debug)]
pub struct RowBuffers {
    /// Address of the first buffer; the second follows after `bytes`.
    pub address: Reg,
    /// Bytes of one buffer: `block_rows` rows at least.
    pub bytes: Reg,
    /// Rows of a block, a multiple of 4 so that four scores share a quadword.
    pub block_rows: Reg,
    /// Bytes of a row, a multiple of 32.
    pub row_bytes: Reg,
    /// Tag of the first buffer; the second has the next one.
    pub tag: u32,
}

/// Rows 0 to `position` of one head: those before `position` come from memory, the last is
/// still in local store.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Effective address of row 0.
    pub effective: Reg,
    /// Address of row `position` in local store.
    pub last: Reg,
    /// The position.
    pub position: Reg,
}

/// A block of rows in local store, as the body of [`for_each_block`] sees it.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Address of its first row.
    pub address: Reg,
    /// Rows in it, at least 1. What follows them up to the next multiple of 4 is stale.
    pub rows: Reg,
    /// Position of its first row.
    pub first: Reg,
}

/// Runs `body` for each block, with the next block under way meanwhile.
pub fn for_each_block(
    a: &mut Assembler,
    buffers: &RowBuffers,
    rows: Rows,
    body: impl FnOnce(&mut Assembler, Block),
) {
    // Rows not yet asked for, and where they begin in memory.
    let unasked = a.copy(rows.position);
    let ask = a.copy(rows.effective);
    // 0 or 1: the buffer that is used next, in every word.
    let side = a.il(0);
    let request = |a: &mut Assembler, side: Reg| {
        let count = lanes::min_word(a, buffers.block_rows, unasked);
        a.if_nonzero(count, |a| {
            let local = buffer_address(a, buffers, side);
            let size = a.mpyu(count, buffers.row_bytes);
            let tag = a.ai(side, buffers.tag as i32);
            let transfer = Transfer {
                local,
                effective: ask,
                size,
                tag,
            };
            dma::enqueue(a, Command::Get, transfer);
            a.set(unasked).sf(count, unasked);
            a.set(ask).a(ask, size);
        });
    };
    request(a, side);

    let first = a.il(0);
    let left = a.ai(rows.position, 1);
    a.do_while(|a| {
        let other = a.xori(side, 1);
        request(a, other);
        let one = a.il(1);
        let tag = a.ai(side, buffers.tag as i32);
        let mask = a.shl(one, tag);
        dma::wait_mask(a, mask);

        let address = buffer_address(a, buffers, side);
        let count = lanes::min_word(a, buffers.block_rows, left);
        a.set(left).sf(count, left);
        a.if_zero(left, |a| {
            let before = a.ai(count, -1);
            let distance = a.mpyu(before, buffers.row_bytes);
            let to = a.a(address, distance);
            copy_row(a, rows.last, to, buffers.row_bytes);
        });
        let block = Block {
            address,
            rows: count,
            first,
        };
        body(a, block);
        a.set(first).a(first, count);
        a.set(side).xori(side, 1);
        left
    });
}

fn buffer_address(a: &mut Assembler, buffers: &RowBuffers, side: Reg) -> Reg {
    let distance = a.mpyu(side, buffers.bytes);
    a.a(buffers.address, distance)
}

/// Copies a row of `bytes`, a multiple of 32, within local store.
fn copy_row(a: &mut Assembler, from: Reg, to: Reg, bytes: Reg) {
    let (from, to) = (a.copy(from), a.copy(to));
    let steps = a.rotmi(bytes, -5);
    a.repeat(steps, |a| {
        for offset in [0, 16] {
            let x = a.lqd(from, offset);
            a.stqd(x, to, offset);
        }
        a.set(from).ai(from, 32);
        a.set(to).ai(to, 32);
    });
}
