//! A layer: attention, then the feed-forward network.

use super::blocks::Blocks;
use super::{Pass, tag};
use crate::asm::{Assembler, Reg};
use crate::engine::parameters::{CommandWord, Word, table};
use crate::kernels::attention::{Attention, attention};
use crate::kernels::block::BlockFormat;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::residual::residual;
use crate::kernels::rope::{Rope, rope};
use crate::kernels::rows::{LastRow, RowBuffers, RowFormat, RowStream, narrow_row};
use crate::kernels::swiglu::swiglu;

impl Pass {
    /// All ones where the command has one token.
    fn is_single(&self, a: &mut Assembler) -> Reg {
        let count = self.count(a);
        let single = a.ceqi(count, 1);
        a.copy(single)
    }

    /// Asks for the first rows of the layer whose cache is at hand, well before they are used: of
    /// one token all but the last are in memory already.
    pub(super) fn begin_rows(&self, a: &mut Assembler) {
        let kv_heads = self.get(a, Word::KvHeads);
        let single = self.is_single(a);
        let ahead = a.and(kv_heads, single);
        a.if_nonzero(ahead, |a| {
            let position = self.blocks.command(a, CommandWord::Position);
            let runs = self.get(a, Word::KvRuns);
            self.rows.begin(a, self.cache, runs, position);
        });
    }

    pub(super) fn attention_block(&self, a: &mut Assembler) {
        let kv_heads = self.get(a, Word::KvHeads);
        let kv_heads = a.copy(kv_heads);
        let single = self.is_single(a);
        self.normalise(a);
        a.if_nonzero(kv_heads, |a| {
            self.prepare(a, Word::Normed, Word::DimBlocks);
            self.multiply(a, Word::QkvTiles, Word::Qkv);
            let vectors = [(Word::Qkv, Word::QkvBytes), (Word::Turns, Word::TurnsBytes)];
            self.for_each_token(a, vectors, |a, [heads, turns]| {
                let operands = Rope {
                    heads,
                    count: self.get(a, Word::RopeHeads),
                    turns,
                    head_bytes: self.get(a, Word::HeadBytes),
                };
                rope(a, operands);
            });
            self.attend(a, kv_heads, single);
        });
        self.gather(
            a,
            Word::AttentionPulls,
            table::ATTENTION,
            Word::AttentionBytes,
        );
        self.prepare(a, Word::Attention, Word::AttentionBlocks);
        self.multiply(a, Word::DimTiles, Word::Part);
        self.add_part(a);
    }

    /// Attention of this SPU's heads, and the positions' keys and values into the cache.
    fn attend(&self, a: &mut Assembler, kv_heads: Reg, single: Reg) {
        let buffers = row_buffers(self.format, &self.blocks, a);
        let cache = a.copy(self.cache);
        // How far this head's vectors are from those of the first one: its key and value, and its
        // queries and their result.
        let distance = a.il(0);
        let group_distance = a.il(0);
        a.repeat(kv_heads, |a| {
            let position = self.blocks.command(a, CommandWord::Position);
            let position = a.copy(position);
            let vectors = [
                (Word::Qkv, Word::QkvBytes),
                (Word::OwnKeys, Word::QkvBytes),
                (Word::OwnValues, Word::QkvBytes),
                (Word::OwnAttention, Word::AttentionBytes),
            ];
            self.for_each_token(a, vectors, |a, [queries, key, value, out]| {
                a.if_zero(single, |a| {
                    let runs = a.il(2);
                    self.rows.begin(a, cache, runs, position);
                });
                let key = a.a(key, distance);
                let value = a.a(value, distance);
                let narrow = self.get(a, Word::Narrow);
                let last_key = self.keep(a, cache, position, key, narrow);
                let half_bytes = self.get(a, Word::CacheHalfBytes);
                let values = a.a(cache, half_bytes);
                let narrow = a.a(narrow, buffers.row_bytes);
                let narrow = a.ai(narrow, 16);
                let last_value = self.keep(a, values, position, value, narrow);
                let operands = Attention {
                    queries: a.a(queries, group_distance),
                    heads: self.get(a, Word::GroupHeads),
                    out: a.a(out, group_distance),
                    scores: self.get(a, Word::Scores),
                    score_bytes: self.get(a, Word::ScoreBytes),
                    sums: self.get(a, Word::Sums),
                    scale: self.get(a, Word::Scale),
                    last_key,
                    last_value,
                };
                attention(a, &self.rows, &buffers, operands);
                // The next rows take the place of these where they were made narrow; and the
                // next token reads them.
                dma::wait_tag(a, tag::CACHE);
                a.set(position).ai(position, 1);
            });
            let head_bytes = self.get(a, Word::CacheHeadBytes);
            a.set(cache).a(cache, head_bytes);
            let vector_bytes = self.get(a, Word::HeadBytes);
            a.set(distance).a(distance, vector_bytes);
            let group_bytes = self.get(a, Word::GroupBytes);
            a.set(group_distance).a(group_distance, group_bytes);
        });
    }

    /// Sends the position's row, floats at `vector`, to its place in the rows that begin at
    /// effective address `rows`. It is made narrow at `narrow` where the cache is; the scale follows
    /// it there. Gives it.
    fn keep(
        &self,
        a: &mut Assembler,
        rows: Reg,
        position: Reg,
        vector: Reg,
        narrow: Reg,
    ) -> LastRow {
        let row_bytes = self.get(a, Word::RowBytes);
        let distance = a.mpyu(position, row_bytes);
        let effective = a.a(rows, distance);
        let tag = a.word(tag::CACHE);
        let (row, scale) = match row_format(self.format) {
            RowFormat::Fp32 => (vector, vector),
            RowFormat::Narrow => {
                let steps = a.rotmi(row_bytes, -4);
                let scale = narrow_row(a, vector, narrow, steps);
                let rows_bytes = self.get(a, Word::CacheRowsBytes);
                let scales = a.a(rows, rows_bytes);
                let place = a.a(narrow, row_bytes);
                a.stqd(scale, place, 0);
                // Four bytes go from where they are in their quadword to the same place in another.
                let distance = a.shli(position, 2);
                let effective = a.a(scales, distance);
                let in_quad = a.andi(distance, 15);
                let transfer = Transfer {
                    local: a.a(place, in_quad),
                    effective,
                    size: a.il(4),
                    tag,
                };
                dma::enqueue(a, Command::Put, transfer);
                (narrow, scale)
            }
        };
        let transfer = Transfer {
            local: row,
            effective,
            size: row_bytes,
            tag,
        };
        dma::enqueue(a, Command::Put, transfer);
        LastRow { row, scale }
    }

    pub(super) fn feed_forward_block(&self, a: &mut Assembler) {
        self.normalise(a);
        self.prepare(a, Word::Normed, Word::DimBlocks);
        self.multiply(a, Word::GateUpTiles, Word::Part);
        let tiles = self.get(a, Word::HiddenTiles);
        a.if_nonzero(tiles, |a| {
            let vectors = [
                (Word::Part, Word::PartGateUpBytes),
                (Word::OwnHidden, Word::HiddenBytes),
            ];
            self.for_each_token(a, vectors, |a, [part, out]| {
                swiglu(a, self.format.rows(), part, out, tiles);
            });
        });
        self.gather(a, Word::HiddenPulls, table::HIDDEN, Word::HiddenBytes);
        self.prepare(a, Word::Hidden, Word::HiddenBlocks);
        self.multiply(a, Word::DimTiles, Word::Part);
        self.add_part(a);
    }

    /// Adds this SPU's part of a product to its slice of the activation, and gathers it.
    fn add_part(&self, a: &mut Assembler) {
        let steps = self.get(a, Word::OwnDimSteps);
        a.if_nonzero(steps, |a| {
            let vectors = [
                (Word::OwnX, Word::DimBytes),
                (Word::Part, Word::PartDimBytes),
            ];
            self.for_each_token(a, vectors, |a, [x, part]| residual(a, x, part, steps));
        });
        self.gather(a, Word::XPulls, table::X, Word::DimBytes);
    }
}

/// How the rows of the cache lie.
fn row_format(format: BlockFormat) -> RowFormat {
    match format {
        BlockFormat::Fp32 => RowFormat::Fp32,
        BlockFormat::Q8 | BlockFormat::Q4 => RowFormat::Narrow,
    }
}

/// Where the rows of the cache come in.
fn row_buffers(format: BlockFormat, blocks: &Blocks, a: &mut Assembler) -> RowBuffers {
    RowBuffers {
        format: row_format(format),
        address: blocks.get(a, Word::Rows),
        bytes: blocks.get(a, Word::RowsBytes),
        block_rows: blocks.get(a, Word::BlockRows),
        row_bytes: blocks.get(a, Word::RowBytes),
        scales: blocks.get(a, Word::RowScales),
        scale_distance: blocks.get(a, Word::CacheRowsBytes),
    }
}

/// The rows of the cache on their way in.
pub(super) fn row_stream(a: &mut Assembler, format: BlockFormat, blocks: &Blocks) -> RowStream {
    RowStream::new(
        a,
        tag::ROWS,
        |a| row_buffers(format, blocks, a),
        |a| blocks.get(a, Word::CacheHalfBytes),
    )
}
