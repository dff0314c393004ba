//! The weights' way from a checkpoint to memory: big-endian, in the order of their use.

mod tables;
mod tile;

use core::ops::Range;

use llama::checkpoint::{Checkpoint, Format, Matrix};

use self::tables::{write_norms, write_turns};
use self::tile::{Source, TileMaker};
use super::{SpuSystem, SystemError};
use crate::engine::layout::{Layout, Regions};
use crate::engine::partition::Share;
use crate::engine::shape::{HEAD_STEP, Shape};
use crate::kernels::block::BlockFormat;
use crate::kernels::operand::GROUP;

/// How much of the loading is done: bytes written, and bytes in all.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// The format in which a model's weights are computed with: that of the checkpoint, but fp32 where
/// its groups are none of the kernels' (Q8_0 in groups of other than a multiple of 32), or where
/// the heads' lengths would tear groups of the attention's result apart.
pub fn block_format(checkpoint: &Checkpoint) -> BlockFormat {
    let format = match checkpoint.format() {
        Format::Q8 { group_size } if group_size % GROUP == 0 => BlockFormat::Q8,
        Format::Q4 => BlockFormat::Q4,
        Format::Fp32 | Format::Q8 { .. } => BlockFormat::Fp32,
    };
    if checkpoint.config().head_size().is_multiple_of(HEAD_STEP) {
        format
    } else {
        BlockFormat::Fp32
    }
}

/// Writes the weights of `checkpoint` to the regions.
pub(super) fn write<S: SpuSystem>(
    system: &mut S,
    checkpoint: &Checkpoint,
    layout: &Layout,
    regions: &Regions,
    progress: &mut Progress,
) -> Result<(), SystemError> {
    let streams = layout.streams.iter().map(|stream| stream.end);
    let mut writer = Writer {
        system,
        shape: &layout.shape,
        tiles: TileMaker::new(layout.shape.format),
        at: 0,
        done: 0,
        total: streams.sum::<usize>() + layout.embedding_bytes(),
        progress,
    };
    for (index, share) in layout.shares.iter().enumerate() {
        writer.at = regions.streams[index];
        for layer in 0..layout.shape.config.n_layers {
            writer.layer(checkpoint, layer, share)?;
        }
        writer.matrix(&checkpoint.classifier(), share.vocab.clone())?;
    }
    if !layout.shared_classifier {
        writer.at = regions.embedding;
        let tiles = 0..layout.shape.vocab / layout.shape.tile();
        writer.matrix(&checkpoint.token_embedding(), tiles)?;
    }
    write_norms(writer.system, checkpoint, layout, regions.norms)?;
    write_turns(writer.system, layout, regions.turns)
}

struct Writer<'a, S> {
    system: &'a mut S,
    shape: &'a Shape,
    tiles: TileMaker,
    /// Effective address of what is written next.
    at: u32,
    done: usize,
    total: usize,
    progress: &'a mut Progress<'a>,
}

impl<S: SpuSystem> Writer<'_, S> {
    fn layer(
        &mut self,
        checkpoint: &Checkpoint,
        layer: usize,
        share: &Share,
    ) -> Result<(), SystemError> {
        let weights = checkpoint.layer(layer);
        let shape = self.shape;
        let heads = [
            (&weights.wq, share.query_heads(shape)),
            (&weights.wk, share.kv_heads.clone()),
            (&weights.wv, share.kv_heads.clone()),
        ];
        for tile in 0..share.qkv_rows(shape) / shape.tile() {
            let rows = |row| head_row(shape, &heads, tile * shape.tile() + row);
            self.tile(shape.dim, rows, |column| column)?;
        }
        // The attention's result has gaps where heads were rounded up.
        let head_size = shape.config.head_size();
        for tile in share.dim.clone() {
            let columns = |column: usize| column / head_size * shape.head + column % head_size;
            let rows = |row| matrix_row(&weights.wo, tile * shape.tile() + row);
            self.tile(shape.attention, rows, columns)?;
        }
        for tile in share.hidden.clone() {
            for matrix in [&weights.w1, &weights.w3] {
                self.matrix(matrix, tile..tile + 1)?;
            }
        }
        for tile in share.dim.clone() {
            let rows = |row| matrix_row(&weights.w2, tile * shape.tile() + row);
            self.tile(shape.hidden, rows, |column| column)?;
        }
        Ok(())
    }

    /// Tiles of a matrix with `dim` columns.
    fn matrix(&mut self, matrix: &Matrix, tiles: Range<usize>) -> Result<(), SystemError> {
        for tile in tiles {
            let rows = |row| matrix_row(matrix, tile * self.shape.tile() + row);
            self.tile(self.shape.dim, rows, |column| column)?;
        }
        Ok(())
    }

    /// One tile, as [`TileMaker::make`] has it.
    fn tile<'m, 'c: 'm>(
        &mut self,
        columns: usize,
        source: impl Fn(usize) -> Source<'c, 'm>,
        place: impl Fn(usize) -> usize,
    ) -> Result<(), SystemError> {
        let bytes = self.tiles.make(columns, source, place);
        self.system.write(self.at, bytes)?;
        self.at += bytes.len() as u32;
        self.done += bytes.len();
        (self.progress)(self.done.min(self.total), self.total);
        Ok(())
    }
}

/// The row of a matrix, or zeros beyond its end.
fn matrix_row<'a, 'b>(matrix: &'b Matrix<'a>, row: usize) -> Source<'a, 'b> {
    (row < matrix.rows()).then_some((matrix, row))
}

/// Row `row` of the heads of several matrices one behind the other, each head rounded up, or zeros
/// beyond their end.
fn head_row<'a, 'b>(
    shape: &Shape,
    heads: &[(&'b Matrix<'a>, Range<usize>)],
    row: usize,
) -> Source<'a, 'b> {
    let head_size = shape.config.head_size();
    let (mut head, row) = (row / shape.head, row % shape.head);
    for (matrix, range) in heads {
        if head < range.len() {
            let first = (range.start + head) * head_size;
            return (row < head_size).then_some((*matrix, first + row));
        }
        head -= range.len();
    }
    None
}
