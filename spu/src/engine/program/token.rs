//! What frames the layers: embedding, stream, the end of a token.

use super::sample::Sampling;
use super::{Pass, get_sized, tag};
use crate::asm::{Assembler, Reg};
use crate::engine::parameters::{CommandWord, TOKEN_BYTES, TokenWord, Word};
use crate::kernels::block::BlockFormat;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::embed::{self, Row, RowRegisters};

impl Pass {
    pub(super) fn token(&self, a: &mut Assembler, sampling: &Sampling) {
        self.begin_token(a);
        let layers = self.get(a, Word::Layers);
        let left = a.copy(layers);
        a.do_while(|a| {
            self.attention_block(a);
            let layer_bytes = self.get(a, Word::CacheLayerBytes);
            a.set(self.cache).a(self.cache, layer_bytes);
            a.set(left).ai(left, -1);
            a.if_nonzero(left, |a| self.begin_rows(a));
            self.feed_forward_block(a);
            left
        });
        let classify = self.blocks.command(a, CommandWord::Classify);
        a.if_else(
            classify,
            |a| self.classify(a, sampling),
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

    /// Fetches what belongs to the tokens and their positions, and lets the stream run.
    fn begin_token(&self, a: &mut Assembler) {
        self.norm.begin(a, &self.blocks);
        let local = self.get(a, Word::Turns);
        let bytes = self.get(a, Word::TurnsBytes);
        let count = self.count(a);
        let size = a.mpyu(bytes, count);
        let effective = self.blocks.command(a, CommandWord::Turns);
        get_sized(a, local, effective, size, tag::TOKEN);

        let cache = self.get(a, Word::CacheStart);
        a.assign(self.cache, cache);
        if self.format == BlockFormat::Fp32 {
            self.for_tokens_words(a, [(Word::X, Word::DimBytes)], |a, token, [x]| {
                self.gather_embedding(a, token, x);
            });
        } else {
            let tile = (Word::Operand, Word::EmbeddingBytes);
            self.for_tokens_words(a, [tile], |a, token, [tile]| {
                let size = self.get(a, Word::EmbeddingBytes);
                let effective = self.blocks.token(a, token, TokenWord::Embedding);
                get_sized(a, tile, effective, size, tag::TOKEN);
            });
            dma::wait_tag(a, tag::TOKEN);
            self.for_tokens_words(
                a,
                [tile, (Word::X, Word::DimBytes)],
                |a, token, [tile, x]| {
                    self.unpack_embedding(a, token, tile, x);
                },
            );
        }
        // The first layer's rows are not to wait for weights.
        self.begin_rows(a);
        let layers_end = self.get(a, Word::StreamLayersEnd);
        let full_end = self.get(a, Word::StreamEnd);
        let classify = self.blocks.command(a, CommandWord::Classify);
        let prompt_only = a.ceqi(classify, 0);
        let end = a.selb(full_end, layers_end, prompt_only);
        let later_layers = self.get(a, Word::LaterLayers);
        let later = self.get(a, Word::Later);
        let later = a.selb(later, later_layers, prompt_only);
        // A batch takes so long to compute that chunks can be asked for when nothing waits behind them.
        let [reserve, ahead] = self.format.layers_pace().map(|chunks| a.il(chunks));
        let chunks = self.stream.chunks(a);
        let half = a.rotmi(chunks, -1);
        let count = self.count(a);
        let single = a.ceqi(count, 1);
        let reserve = a.selb(half, reserve, single);
        self.stream.pace(a, reserve, ahead);
        self.pace_until_exchange(a, Word::QkvChunks);
        self.stream.extend(a, end, later);
        self.stream.begin(a);
        // The position's turns, too.
        dma::wait_tag(a, tag::TOKEN);
    }

    /// Runs `body` for each token of the command with the place of its words and of its vectors.
    fn for_tokens_words<const N: usize>(
        &self,
        a: &mut Assembler,
        vectors: [(Word, Word); N],
        body: impl FnOnce(&mut Assembler, Reg, [Reg; N]),
    ) {
        let tokens = self.blocks.tokens(a);
        let token = a.copy(tokens);
        self.for_each_token(a, vectors, |a, vectors| {
            body(a, token, vectors);
            a.set(token).ai(token, TOKEN_BYTES as i32);
        });
    }

    /// Takes the embedding of the token whose words are at `token` out of its tile.
    fn unpack_embedding(&self, a: &mut Assembler, token: Reg, tile: Reg, x: Reg) {
        let mut word = |word| self.blocks.token(a, token, word);
        let place = RowRegisters {
            scale_offset: word(TokenWord::ScaleOffset),
            scale_pattern: word(TokenWord::ScalePattern),
            value_pattern: word(TokenWord::ValuePattern),
            shift: word(TokenWord::Shift),
            mask: word(TokenWord::Mask),
            flip: word(TokenWord::Flip),
            factor: word(TokenWord::Factor),
        };
        let operands = Row {
            tile,
            blocks: self.get(a, Word::DimBlocks),
            out: x,
            place,
        };
        embed::row(a, operands);
    }

    /// Gathers the embedding, a row of a tile, by a list of quadwords 128 bytes apart.
    fn gather_embedding(&self, a: &mut Assembler, token: Reg, x: Reg) {
        let row = self.blocks.token(a, token, TokenWord::Embedding);
        let steps = a.words([0, 0, 0, 128]);
        let addresses = a.a(row, steps);
        let sizes = a.words([16, 0, 16, 0]);
        let is_size = a.words([!0, 0, !0, 0]);
        let element = a.selb(addresses, sizes, is_size);
        let advance = a.words([0, 256, 0, 256]);
        let list = self.get(a, Word::List);
        let at = a.copy(list);
        let pairs = self.get(a, Word::ListPairs);
        // The list of the token before is still being read.
        dma::wait_tag(a, tag::TOKEN);
        a.repeat(pairs, |a| {
            a.stqd(element, at, 0);
            a.set(element).a(element, advance);
            a.set(at).ai(at, 16);
        });
        let size = a.shli(pairs, 4);
        let tag = a.word(tag::TOKEN);
        let transfer = Transfer {
            local: x,
            effective: list,
            size,
            tag,
        };
        dma::enqueue(a, Command::GetList, transfer);
    }
}
