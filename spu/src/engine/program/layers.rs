//! A layer: attention, then the feed-forward network.

use super::blocks::Blocks;
use super::{Pass, pulls, tag};
use crate::asm::{Assembler, Reg};
use crate::engine::parameters::{CommandWord, Word};
use crate::kernels::attention::{Attention, attention};
use crate::kernels::block::BlockFormat;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::matvec::BATCH;
use crate::kernels::residual::residual;
use crate::kernels::rope::{Rope, rope};
use crate::kernels::rows::{FreshRows, RowBuffers, RowFormat, RowStream, narrow_row, put_word};
use crate::kernels::swiglu::swiglu;

impl Pass {
    /// Asks for the first rows of the layer whose cache is at hand, well before they are used: those
    /// before the command's tokens are in memory already.
    pub(super) fn begin_rows(&self, a: &mut Assembler) {
        let kv_heads = self.get(a, Word::KvHeads);
        a.if_nonzero(kv_heads, |a| {
            let position = self.blocks.command(a, CommandWord::Position);
            let count = self.count(a);
            let runs = self.get(a, Word::KvRuns);
            self.rows.begin(a, self.cache, runs, position, count);
        });
    }

    pub(super) fn attention_block(&self, a: &mut Assembler) {
        let kv_heads = self.get(a, Word::KvHeads);
        let kv_heads = a.copy(kv_heads);
        self.normalise(a);
        a.if_nonzero(kv_heads, |a| {
            self.prepare(a, Word::Normed, Word::DimBlocks);
            self.multiply(a, Word::QkvTiles, Word::Qkv);
            // What memory is busy with during the attention.
            self.pace_until_exchange(a, Word::AttentionChunks);
            self.stream.fill(a);
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
            self.attend(a, kv_heads);
        });
        self.gather(a, pulls::ATTENTION, Word::OutputChunks);
        self.prepare(a, Word::Attention, Word::AttentionBlocks);
        self.multiply(a, Word::DimTiles, Word::Part);
        self.add_part(a, Word::GateUpChunks);
    }

    /// Attention of this SPU's heads, and the positions' keys and values into the cache.
    fn attend(&self, a: &mut Assembler, kv_heads: Reg) {
        let buffers = |a: &mut Assembler| row_buffers(self.format, &self.blocks, a);
        let cache = a.copy(self.cache);
        let take = |a: &mut Assembler, word| {
            let start = self.get(a, word);
            a.copy(start)
        };
        let queries = take(a, Word::Qkv);
        let keys = take(a, Word::OwnKeys);
        let values = take(a, Word::OwnValues);
        let out = take(a, Word::OwnAttention);
        a.repeat(kv_heads, |a| {
            let narrow = self.get(a, Word::Narrow);
            let fresh_keys = self.keep(a, cache, keys, narrow);
            let half_bytes = self.get(a, Word::CacheHalfBytes);
            let value_rows = a.a(cache, half_bytes);
            let narrow_bytes = self.get(a, Word::NarrowBytes);
            let narrow = a.a(narrow, narrow_bytes);
            let fresh_values = self.keep(a, value_rows, values, narrow);
            let operands = |a: &mut Assembler| Attention {
                queries,
                query_stride: self.get(a, Word::QkvBytes),
                heads: self.get(a, Word::GroupHeads),
                out,
                out_stride: self.get(a, Word::AttentionBytes),
                scores: self.get(a, Word::Scores),
                score_bytes: self.get(a, Word::ScoreBytes),
                sums: self.get(a, Word::Sums),
                scale: self.get(a, Word::Scale),
                keys: fresh_keys,
                values: fresh_values,
            };
            let count = self.count(a);
            let single = a.ceqi(count, 1);
            a.if_else(
                single,
                |a| attention(a, &self.rows, &buffers, &operands, 1),
                |a| attention(a, &self.rows, &buffers, &operands, BATCH),
            );
            // The next rows take the place of these where they were made narrow.
            dma::wait_tag(a, tag::CACHE);
            let head_bytes = self.get(a, Word::CacheHeadBytes);
            a.set(cache).a(cache, head_bytes);
            let vector_bytes = self.get(a, Word::HeadBytes);
            a.set(keys).a(keys, vector_bytes);
            a.set(values).a(values, vector_bytes);
            let group_bytes = self.get(a, Word::GroupBytes);
            a.set(queries).a(queries, group_bytes);
            a.set(out).a(out, group_bytes);
        });
    }

    /// Sends the rows of all tokens' positions, floats at `vector` for the first, to their places in
    /// the rows that begin at effective address `rows`. They are made narrow at `narrow` where the
    /// cache is; their scales follow there. Gives them.
    fn keep(&self, a: &mut Assembler, rows: Reg, vector: Reg, narrow: Reg) -> FreshRows {
        let position = self.blocks.command(a, CommandWord::Position);
        let row_bytes = self.get(a, Word::RowBytes);
        let distance = a.mpyu(position, row_bytes);
        let effective = a.a(rows, distance);
        let count = self.count(a);
        let stride = self.get(a, Word::QkvBytes);
        let tag = a.word(tag::CACHE);
        let vector = a.copy(vector);
        match row_format(self.format) {
            RowFormat::Fp32 => {
                let fresh = FreshRows {
                    row: a.copy(vector),
                    stride,
                    scale: vector,
                };
                let effective = a.copy(effective);
                a.repeat(count, |a| {
                    let transfer = Transfer {
                        local: vector,
                        effective,
                        size: row_bytes,
                        tag,
                    };
                    dma::enqueue(a, Command::Put, transfer);
                    a.set(vector).a(vector, stride);
                    a.set(effective).a(effective, row_bytes);
                });
                fresh
            }
            RowFormat::Narrow => {
                let steps = a.rotmi(row_bytes, -4);
                // Four bytes go from where they are in their quadword to the same place in another.
                let scale_distance = a.shli(position, 2);
                let in_quad = a.andi(scale_distance, 15);
                let room = self.get(a, Word::NarrowRowsBytes);
                let scales = a.a(narrow, room);
                let scales = a.a(scales, in_quad);
                let row = a.copy(narrow);
                let scale_to = a.copy(scales);
                a.repeat(count, |a| {
                    let scale = narrow_row(a, vector, row, steps);
                    put_word(a, scale, scale_to);
                    a.set(vector).a(vector, stride);
                    a.set(row).a(row, row_bytes);
                    a.set(scale_to).ai(scale_to, 4);
                });
                let transfer = Transfer {
                    local: narrow,
                    effective,
                    size: a.mpyu(row_bytes, count),
                    tag,
                };
                dma::enqueue(a, Command::Put, transfer);
                let rows_bytes = self.get(a, Word::CacheRowsBytes);
                let effective = a.a(rows, rows_bytes);
                let effective = a.a(effective, scale_distance);
                self.keep_scales(a, scales, effective, in_quad, count);
                FreshRows {
                    row: narrow,
                    stride: row_bytes,
                    scale: scales,
                }
            }
        }
    }

    /// Sends scales to memory: all at once where they fill their quadword, else one by one.
    fn keep_scales(
        &self,
        a: &mut Assembler,
        scales: Reg,
        effective: Reg,
        in_quad: Reg,
        count: Reg,
    ) {
        let bytes = a.shli(count, 2);
        let begins = a.ceqi(in_quad, 0);
        let fills = a.ceqi(bytes, 16);
        let at_once = a.and(begins, fills);
        let word = a.il(4);
        let size = a.selb(word, bytes, at_once);
        let one = a.il(1);
        let times = a.selb(count, one, at_once);
        let local = a.copy(scales);
        let effective = a.copy(effective);
        let tag = a.word(tag::CACHE);
        a.repeat(times, |a| {
            let transfer = Transfer {
                local,
                effective,
                size,
                tag,
            };
            dma::enqueue(a, Command::Put, transfer);
            a.set(local).ai(local, 4);
            a.set(effective).ai(effective, 4);
        });
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
        self.gather(a, pulls::HIDDEN, Word::DownChunks);
        self.prepare(a, Word::Hidden, Word::HiddenBlocks);
        self.multiply(a, Word::DimTiles, Word::Part);
        self.add_part(a, Word::QkvChunks);
    }

    /// Adds this SPU's part of a product to its slice of the activation, and gathers it; see
    /// [`Pass::gather`] for `next`.
    fn add_part(&self, a: &mut Assembler, next: Word) {
        let steps = self.get(a, Word::OwnDimSteps);
        a.if_nonzero(steps, |a| {
            let vectors = [
                (Word::OwnX, Word::DimBytes),
                (Word::Part, Word::PartDimBytes),
            ];
            self.for_each_token(a, vectors, |a, [x, part]| residual(a, x, part, steps));
        });
        self.gather(a, pulls::X, next);
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
