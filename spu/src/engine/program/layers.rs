//! A layer: attention, then the feed-forward network.

use super::{Pass, tag};
use crate::asm::{Assembler, Reg};
use crate::engine::parameters::{CommandWord, Word, table};
use crate::kernels::attention::{Attention, attention};
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::residual::residual;
use crate::kernels::rope::{Rope, rope};
use crate::kernels::rows::RowBuffers;
use crate::kernels::swiglu::swiglu;

impl Pass {
    pub(super) fn attention_block(&self, a: &mut Assembler) {
        self.normalise(a);
        let kv_heads = self.get(a, Word::KvHeads);
        a.if_nonzero(kv_heads, |a| {
            self.multiply(a, Word::Normed, Word::DimSteps, Word::QkvTiles, Word::Qkv);
            let operands = Rope {
                heads: self.get(a, Word::Qkv),
                count: self.get(a, Word::RopeHeads),
                turns: self.get(a, Word::Turns),
                head_bytes: self.get(a, Word::RowBytes),
            };
            rope(a, operands);
            self.attend(a, kv_heads);
        });
        self.gather(a, Word::AttentionPulls, table::ATTENTION);
        self.multiply(
            a,
            Word::Attention,
            Word::AttentionSteps,
            Word::DimTiles,
            Word::Part,
        );
        self.add_part(a);
    }

    /// Attention of this SPU's heads, and the position's keys and values into the cache.
    fn attend(&self, a: &mut Assembler, kv_heads: Reg) {
        let row_bytes = self.get(a, Word::RowBytes);
        let group_bytes = self.get(a, Word::GroupBytes);
        let position = self.blocks.command(a, CommandWord::Position);
        let position_bytes = a.mpyu(position, row_bytes);
        let half_bytes = self.get(a, Word::CacheHalfBytes);
        let head_bytes = self.get(a, Word::CacheHeadBytes);
        let buffers = RowBuffers {
            address: self.get(a, Word::Rows),
            bytes: self.get(a, Word::RowsBytes),
            block_rows: self.get(a, Word::BlockRows),
            row_bytes,
            tag: tag::ROWS,
        };
        let keys = a.copy(self.cache);
        let read = |a: &mut Assembler, word| {
            let value = self.get(a, word);
            a.copy(value)
        };
        let last_key = read(a, Word::OwnKeys);
        let last_value = read(a, Word::OwnValues);
        let queries = read(a, Word::Qkv);
        let out = read(a, Word::OwnAttention);
        a.repeat(kv_heads, |a| {
            let values = a.a(keys, half_bytes);
            for (start, local) in [(keys, last_key), (values, last_value)] {
                let effective = a.a(start, position_bytes);
                let tag = a.word(tag::CACHE);
                let transfer = Transfer {
                    local,
                    effective,
                    size: row_bytes,
                    tag,
                };
                dma::enqueue(a, Command::Put, transfer);
            }
            let operands = Attention {
                queries,
                heads: self.get(a, Word::GroupHeads),
                out,
                scores: self.get(a, Word::Scores),
                score_bytes: self.get(a, Word::ScoreBytes),
                sums: self.get(a, Word::Sums),
                scale: self.get(a, Word::Scale),
                keys,
                last_key,
                values,
                last_value,
                position,
            };
            attention(a, &buffers, operands);
            a.set(keys).a(keys, head_bytes);
            a.set(last_key).a(last_key, row_bytes);
            a.set(last_value).a(last_value, row_bytes);
            a.set(queries).a(queries, group_bytes);
            a.set(out).a(out, group_bytes);
        });
        // The next layer computes its keys and values where these still lie.
        dma::wait_tag(a, tag::CACHE);
    }

    pub(super) fn feed_forward_block(&self, a: &mut Assembler) {
        self.normalise(a);
        self.multiply(
            a,
            Word::Normed,
            Word::DimSteps,
            Word::GateUpTiles,
            Word::Part,
        );
        let tiles = self.get(a, Word::HiddenTiles);
        a.if_nonzero(tiles, |a| {
            let part = self.get(a, Word::Part);
            let out = self.get(a, Word::OwnHidden);
            swiglu(a, part, out, tiles);
        });
        self.gather(a, Word::HiddenPulls, table::HIDDEN);
        self.multiply(
            a,
            Word::Hidden,
            Word::HiddenSteps,
            Word::DimTiles,
            Word::Part,
        );
        self.add_part(a);
    }

    /// Adds this SPU's part of a product to its slice of the activation, and gathers it.
    fn add_part(&self, a: &mut Assembler) {
        let tiles = self.get(a, Word::DimTiles);
        a.if_nonzero(tiles, |a| {
            let x = self.get(a, Word::OwnX);
            let part = self.get(a, Word::Part);
            residual(a, x, part, tiles);
        });
        self.gather(a, Word::XPulls, table::X);
    }
}
