//! The norm weights on their way in.

use super::blocks::Blocks;
use super::tag;
use crate::asm::{Assembler, Reg};
use crate::engine::parameters::Word;
use crate::kernels::dma::{self, Command, Transfer};

/// The norm weights: row after row, the next one on its way while one is in use.
#[derive(Clone, Copy)]
pub(super) struct Norms {
    /// Effective address of the row to ask for.
    ask: Reg,
    /// 0 or 1 in every word: the buffer of the row that is used next.
    side: Reg,
}

impl Norms {
    pub(super) fn new(a: &mut Assembler) -> Self {
        Self {
            ask: a.reg(),
            side: a.reg(),
        }
    }

    fn address(&self, a: &mut Assembler, blocks: &Blocks, side: Reg) -> Reg {
        let bytes = blocks.get(a, Word::NormBytes);
        let distance = a.mpyu(bytes, side);
        let base = blocks.get(a, Word::Norms);
        a.a(base, distance)
    }

    /// Asks for the next row into the buffer of `side`, if there is one.
    fn request(&self, a: &mut Assembler, blocks: &Blocks, side: Reg) {
        let end = blocks.get(a, Word::NormEnd);
        let more = a.clgt(end, self.ask);
        a.if_nonzero(more, |a| {
            let local = self.address(a, blocks, side);
            let size = blocks.get(a, Word::NormBytes);
            let tag = a.ai(side, tag::NORM as i32);
            let effective = self.ask;
            let transfer = Transfer {
                local,
                effective,
                size,
                tag,
            };
            dma::enqueue(a, Command::Get, transfer);
            a.set(self.ask).a(self.ask, size);
        });
    }

    /// Begins a token: asks for the first row.
    pub(super) fn begin(&self, a: &mut Assembler, blocks: &Blocks) {
        let start = blocks.get(a, Word::NormStart);
        a.assign(self.ask, start);
        a.set(self.side).il(0);
        self.request(a, blocks, self.side);
    }

    /// Waits for a row, and asks for the one after it.
    pub(super) fn next(&self, a: &mut Assembler, blocks: &Blocks) -> Reg {
        let other = a.xori(self.side, 1);
        self.request(a, blocks, other);
        let one = a.il(1);
        let tag = a.ai(self.side, tag::NORM as i32);
        let mask = a.shl(one, tag);
        dma::wait_mask(a, mask);
        let weights = self.address(a, blocks, self.side);
        a.assign(self.side, other);
        weights
    }
}
