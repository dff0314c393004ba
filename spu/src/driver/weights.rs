//! The weights' way from a checkpoint to memory: big-endian, in the order of their use.

use alloc::vec::Vec;
use core::ops::Range;

use llama::checkpoint::{Checkpoint, Floats, Matrix};

use super::{SpuSystem, SystemError};
use crate::engine::layout::{Layout, Regions};
use crate::engine::partition::Share;
use crate::engine::shape::Shape;
use crate::kernels::matvec::TILE;

/// How much of the loading is done: bytes written, and bytes in all.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// Writes the weights of `checkpoint` to the regions.
pub(super) fn write<S: SpuSystem>(
    system: &mut S,
    checkpoint: &Checkpoint,
    layout: &Layout,
    regions: &Regions,
    progress: &mut Progress,
) -> Result<(), SystemError> {
    let mut writer = Writer {
        system,
        shape: &layout.shape,
        at: 0,
        row: Vec::new(),
        tile: Vec::new(),
        done: 0,
        total: layout
            .streams
            .iter()
            .map(|stream| stream.end)
            .sum::<usize>()
            + layout.embedding_bytes(),
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
        let tiles = 0..layout.shape.vocab / TILE;
        writer.matrix(&checkpoint.token_embedding(), tiles)?;
    }
    write_norms(writer.system, checkpoint, layout, regions.norms)?;
    write_turns(writer.system, layout, regions.turns)
}

/// Where a row of a tile comes from: a matrix and its row, or zeros.
type Source<'a, 'b> = Option<(&'b Matrix<'a>, usize)>;

struct Writer<'a, S> {
    system: &'a mut S,
    shape: &'a Shape,
    /// Effective address of what is written next.
    at: u32,
    /// A row as the checkpoint has it.
    row: Vec<f32>,
    /// A tile as memory has it.
    tile: Vec<u8>,
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
        self.heads(&weights.wq, share.query_heads(shape))?;
        self.heads(&weights.wk, share.kv_heads.clone())?;
        self.heads(&weights.wv, share.kv_heads.clone())?;
        // The attention's result has gaps where heads were rounded up.
        let head_size = shape.config.head_size();
        for tile in share.dim.clone() {
            let columns = |column: usize| column / head_size * shape.head + column % head_size;
            let rows = |row| matrix_row(&weights.wo, tile * TILE + row);
            self.tile(shape.attention, rows, columns)?;
        }
        for tile in share.hidden.clone() {
            for matrix in [&weights.w1, &weights.w3] {
                self.matrix(matrix, tile..tile + 1)?;
            }
        }
        for tile in share.dim.clone() {
            let rows = |row| matrix_row(&weights.w2, tile * TILE + row);
            self.tile(shape.hidden, rows, |column| column)?;
        }
        Ok(())
    }

    /// The rows of `heads`, each head rounded up to whole tiles.
    fn heads(&mut self, matrix: &Matrix, heads: Range<usize>) -> Result<(), SystemError> {
        let head_size = self.shape.config.head_size();
        for head in heads {
            for first in (0..self.shape.head).step_by(TILE) {
                let rows = |row| {
                    let row = first + row;
                    (row < head_size).then_some((matrix, head * head_size + row))
                };
                self.tile(self.shape.dim, rows, |column| column)?;
            }
        }
        Ok(())
    }

    /// Tiles of a matrix with `dim` columns.
    fn matrix(&mut self, matrix: &Matrix, tiles: Range<usize>) -> Result<(), SystemError> {
        for tile in tiles {
            let rows = |row| matrix_row(matrix, tile * TILE + row);
            self.tile(self.shape.dim, rows, |column| column)?;
        }
        Ok(())
    }

    /// One tile: `columns` rounded columns, rows as `source` says, each of the checkpoint's
    /// columns at the place that `place` gives it.
    fn tile<'m, 'c: 'm>(
        &mut self,
        columns: usize,
        source: impl Fn(usize) -> Source<'c, 'm>,
        place: impl Fn(usize) -> usize,
    ) -> Result<(), SystemError> {
        self.tile.clear();
        self.tile.resize(Layout::tile_bytes(columns), 0);
        for row in 0..TILE {
            let Some((matrix, index)) = source(row) else {
                continue;
            };
            self.row.resize(matrix.columns(), 0.0);
            matrix.copy_row_to(index, &mut self.row);
            for (column, value) in self.row.iter().enumerate() {
                let column = place(column);
                let at = (column / 4 * TILE + row) * 16 + column % 4 * 4;
                self.tile[at..at + 4].copy_from_slice(&value.to_be_bytes());
            }
        }
        self.system.write(self.at, &self.tile)?;
        self.at += self.tile.len() as u32;
        self.done += self.tile.len();
        (self.progress)(self.done.min(self.total), self.total);
        Ok(())
    }
}

/// The row of a matrix, or zeros beyond its end.
fn matrix_row<'a, 'b>(matrix: &'b Matrix<'a>, row: usize) -> Source<'a, 'b> {
    (row < matrix.rows()).then_some((matrix, row))
}

fn write_norms<S: SpuSystem>(
    system: &mut S,
    checkpoint: &Checkpoint,
    layout: &Layout,
    address: u32,
) -> Result<(), SystemError> {
    let mut bytes = Vec::with_capacity(layout.norm_bytes());
    let mut push = |weights: Floats| {
        let end = bytes.len() + layout.shape.dim * 4;
        bytes.extend(weights.iter().flat_map(f32::to_be_bytes));
        bytes.resize(end, 0);
    };
    for layer in 0..layout.shape.config.n_layers {
        let layer = checkpoint.layer(layer);
        push(layer.rms_att);
        push(layer.rms_ffn);
    }
    push(checkpoint.rms_final());
    system.write(address, &bytes)
}

/// Cosines, each twice, then sines as (-sin, sin), for every position.
fn write_turns<S: SpuSystem>(
    system: &mut S,
    layout: &Layout,
    address: u32,
) -> Result<(), SystemError> {
    let shape = &layout.shape;
    let head_size = shape.config.head_size();
    let mut bytes = alloc::vec![0; layout.turn_bytes()];
    for position in 0..shape.config.seq_len {
        for pair in 0..head_size / 2 {
            let (sine, cosine) = llama::rope::turn(head_size, pair, position);
            let (left, right) = (pair * 8, pair * 8 + 4);
            let sines = shape.row_bytes();
            for (at, value) in [
                (left, cosine),
                (right, cosine),
                (sines + left, -sine),
                (sines + right, sine),
            ] {
                bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
            }
        }
        let offset = position * bytes.len();
        system.write(address + offset as u32, &bytes)?;
    }
    Ok(())
}
