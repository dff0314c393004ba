//! Logits, and the best of them.

use super::{Pass, tag};
use crate::asm::Assembler;
use crate::engine::map::LOGIT_TILES;
use crate::engine::parameters::{CommandWord, Word};
use crate::kernels::argmax::Argmax;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::lanes;

impl Pass {
    /// Computes this SPU's logits piece by piece, sends them to memory where they are wanted,
    /// and leaves the best one in this SPU's entry of the results.
    pub(super) fn classify(&self, a: &mut Assembler) {
        self.normalise(a);
        let first = self.get(a, Word::VocabFirst);
        let end = self.get(a, Word::VocabEnd);
        let best = Argmax::begin(a, first);
        let left = self.get(a, Word::VocabTiles);
        let left = a.copy(left);
        let effective = self.get(a, Word::LogitsStart);
        let effective = a.copy(effective);
        let keep = self.blocks.command(a, CommandWord::KeepLogits);
        let side = a.il(0);
        a.while_nonzero(
            |a| a.copy(left),
            |a| {
                let most = a.word(LOGIT_TILES);
                let tiles = lanes::min_word(a, left, most);
                a.set(left).sf(tiles, left);
                let piece = a.word(LOGIT_TILES * 32);
                let distance = a.mpyu(piece, side);
                let base = self.get(a, Word::Logits);
                let logits = a.a(base, distance);
                // The buffer's last transfer.
                let tag = a.ai(side, tag::LOGITS as i32);
                let one = a.il(1);
                let mask = a.shl(one, tag);
                dma::wait_mask(a, mask);

                let x = self.get(a, Word::Normed);
                let steps = self.get(a, Word::DimSteps);
                a.assign(self.matvec.x, x);
                a.assign(self.matvec.steps, steps);
                a.assign(self.matvec.tiles, tiles);
                a.assign(self.matvec.out, logits);
                self.matvec.call(a);
                best.see(a, logits, tiles, end);
                a.if_nonzero(keep, |a| {
                    let size = a.shli(tiles, 5);
                    let transfer = Transfer {
                        local: logits,
                        effective,
                        size,
                        tag,
                    };
                    dma::enqueue(a, Command::Put, transfer);
                    a.set(effective).a(effective, size);
                });
                a.set(side).xori(side, 1);
            },
        );
        let (value, index) = best.end(a);
        let second = a.words([0, !0, !0, !0]);
        let result = a.selb(value, index, second);
        let at = self.get(a, Word::OwnResult);
        a.stqd(result, at, 0);
    }
}
