//! What frames the layers: embedding, stream, the end of a token.

use super::{Pass, get_sized, tag};
use crate::asm::Assembler;
use crate::engine::map::RING_ADDRESS;
use crate::engine::parameters::{CommandWord, Word};
use crate::kernels::dma::{self, Command, Transfer};

impl Pass {
    pub(super) fn token(&self, a: &mut Assembler) {
        self.begin_token(a);
        let layers = self.get(a, Word::Layers);
        a.repeat(layers, |a| {
            self.attention_block(a);
            self.feed_forward_block(a);
            let layer_bytes = self.get(a, Word::CacheLayerBytes);
            a.set(self.cache).a(self.cache, layer_bytes);
        });
        let classify = self.blocks.command(a, CommandWord::Classify);
        a.if_else(
            classify,
            |a| self.classify(a),
            |a| {
                let nothing = a.il(0);
                let result = self.get(a, Word::OwnResult);
                a.stqd(nothing, result, 0);
            },
        );
        // What was written to memory is there before anybody says so; the rest is done, too.
        let all = a.word(tag::ALL);
        dma::wait_mask(a, all);
        self.prime(a);
        self.exchange.barrier(a);
        let leader = self.get(a, Word::Leader);
        a.if_nonzero(leader, |a| self.answer(a));
    }

    /// Fetches what belongs to the token and its position, and lets the stream run.
    fn begin_token(&self, a: &mut Assembler) {
        self.norm.begin(a, &self.blocks);
        self.gather_embedding(a);
        let local = self.get(a, Word::Turns);
        let size = self.get(a, Word::TurnsBytes);
        let effective = self.blocks.command(a, CommandWord::Turns);
        get_sized(a, local, effective, size, tag::TOKEN);

        let start = self.get(a, Word::StreamStart);
        let layers_end = self.get(a, Word::StreamLayersEnd);
        let full_end = self.get(a, Word::StreamEnd);
        let classify = self.blocks.command(a, CommandWord::Classify);
        let prompt_only = a.ceqi(classify, 0);
        let end = a.selb(full_end, layers_end, prompt_only);
        self.stream.top_up(a, RING_ADDRESS, start, end);
        self.stream.begin(a, RING_ADDRESS);

        let cache = self.get(a, Word::CacheStart);
        a.assign(self.cache, cache);
        dma::wait_tag(a, tag::TOKEN);
    }

    /// Gathers the embedding, a row of a tile, by a list of quadwords 128 bytes apart.
    fn gather_embedding(&self, a: &mut Assembler) {
        let row = self.blocks.command(a, CommandWord::Embedding);
        let steps = a.words([0, 0, 0, 128]);
        let addresses = a.a(row, steps);
        let sizes = a.words([16, 0, 16, 0]);
        let is_size = a.words([!0, 0, !0, 0]);
        let element = a.selb(addresses, sizes, is_size);
        let advance = a.words([0, 256, 0, 256]);
        let list = self.get(a, Word::List);
        let at = a.copy(list);
        let pairs = self.get(a, Word::ListPairs);
        a.repeat(pairs, |a| {
            a.stqd(element, at, 0);
            a.set(element).a(element, advance);
            a.set(at).ai(at, 16);
        });
        let local = self.get(a, Word::X);
        let size = a.shli(pairs, 4);
        let tag = a.word(tag::TOKEN);
        let transfer = Transfer {
            local,
            effective: list,
            size,
            tag,
        };
        dma::enqueue(a, Command::GetList, transfer);
    }
}
