//! Logits, and the best of them.

use super::sample::Sampling;
use super::{Pass, tag};
use crate::asm::Assembler;
use crate::engine::map::LOGIT_PIECE;
use crate::engine::parameters::{CommandWord, Word};
use crate::kernels::argmax::Argmax;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::lanes;
use crate::kernels::stream::Stream;

impl Pass {
    /// Computes this SPU's logits piece by piece, sends them to memory where they are wanted,
    /// and leaves the best one in this SPU's entry of the results, or the one that is drawn.
    pub(super) fn classify(&self, a: &mut Assembler, sampling: &Sampling) {
        // Nothing waits behind chunks now.
        let [reserve, ahead] = self.format.classifier_pace().map(|chunks| a.il(chunks));
        self.stream.pace(a, reserve, ahead);
        let depth = a.il(Stream::DEEPEST);
        self.stream.set_depth(a, depth);
        self.stream.fill(a);
        self.normalise(a);
        self.prepare(a, Word::Normed, Word::DimBlocks);
        let rows = self.format.rows() as u32;
        let first = self.get(a, Word::VocabFirst);
        let end = self.get(a, Word::VocabEnd);
        let best = Argmax::begin(a, first);
        let left = self.get(a, Word::VocabTiles);
        let left = a.copy(left);
        let effective = self.get(a, Word::LogitsStart);
        let effective = a.copy(effective);
        let keep = self.blocks.command(a, CommandWord::KeepLogits);
        let side = a.il(0);
        let logits = self.get(a, Word::Logits);
        let logits = a.copy(logits);
        let pieces = self.get(a, Word::LogitPieces);
        a.while_nonzero(
            |a| a.copy(left),
            |a| {
                let most = a.word(LOGIT_PIECE / rows);
                let tiles = lanes::min_word(a, left, most);
                a.set(left).sf(tiles, left);
                // The buffer's last transfer, where two of them take turns.
                let tag = a.ai(side, tag::LOGITS as i32);
                let one = a.il(1);
                let mask = a.shl(one, tag);
                dma::wait_mask(a, mask);

                a.assign(self.matvec.tiles, tiles);
                a.assign(self.matvec.out, logits);
                let one = a.il(1);
                self.matvec.call(a, one);
                let steps = a.shli(tiles, (rows / 8).trailing_zeros() as i32);
                best.see(a, logits, steps, end);
                a.if_nonzero(keep, |a| {
                    let size = a.shli(steps, 5);
                    let transfer = Transfer {
                        local: logits,
                        effective,
                        size,
                        tag,
                    };
                    dma::enqueue(a, Command::Put, transfer);
                    a.set(effective).a(effective, size);
                });
                // On to the next piece's place, or from one buffer to the other and back.
                a.set(side).xori(side, 1);
                let buffer = a.word(LOGIT_PIECE * 4);
                let back = a.sfi(buffer, 0);
                let is_second = a.ceqi(side, 1);
                let turn = a.selb(back, buffer, is_second);
                let takes_turns = a.ceqi(pieces, 0);
                let step = a.selb(pieces, turn, takes_turns);
                a.set(logits).a(logits, step);
            },
        );
        let (value, index) = best.end(a);
        let value = a.copy(value);
        let second = a.words([0, !0, !0, !0]);
        let result = a.selb(value, index, second);
        let at = self.get(a, Word::OwnResult);
        a.stqd(result, at, 0);
        let sample = self.blocks.command(a, CommandWord::Sample);
        a.if_nonzero(sample, |a| self.sample(a, sampling, value));
    }
}
