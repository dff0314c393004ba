//! The weights' way from a checkpoint to memory: big-endian, in the order of their use.

mod run;
mod tables;
mod tiles;

use core::ops::Range;

use llama::checkpoint::{Format, Index, Weights};
use llama::stored::WeightsError;

use self::run::Run;
use self::tables::{write_norms, write_turns};
use self::tiles::Tiles;
use super::{SpuSystem, SystemError};
use crate::engine::layout::{Layout, Regions};
use crate::engine::shape::HEAD_STEP;
use crate::kernels::block::BlockFormat;
use crate::kernels::operand::GROUP;

/// How much of the loading is done: bytes written, and bytes in all.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// Why weights did not get where they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MoveError {
    /// They are not to be had.
    Weights(WeightsError),
    /// They cannot be put there.
    System(SystemError),
}

impl From<WeightsError> for MoveError {
    fn from(error: WeightsError) -> Self {
        Self::Weights(error)
    }
}

impl From<SystemError> for MoveError {
    fn from(error: SystemError) -> Self {
        Self::System(error)
    }
}

/// The format in which a model's weights are computed with: that of the checkpoint, but fp32 where
/// its groups are none of the kernels' (Q8_0 in groups of other than a multiple of 32), or where
/// the heads' lengths would tear groups of the attention's result apart.
pub fn block_format(index: &Index) -> BlockFormat {
    let format = match index.format() {
        Format::Q8 { group_size } if group_size % GROUP == 0 => BlockFormat::Q8,
        Format::Q4 => BlockFormat::Q4,
        Format::Fp32 | Format::Q8 { .. } => BlockFormat::Fp32,
    };
    if index.config().head_size().is_multiple_of(HEAD_STEP) {
        format
    } else {
        BlockFormat::Fp32
    }
}

/// Makes parts of streams.
pub(super) struct Filler {
    tiles: Tiles,
}

impl Filler {
    /// One that makes blocks of that format.
    pub fn new(format: BlockFormat) -> Self {
        Self {
            tiles: Tiles::new(format),
        }
    }

    /// Writes the bytes `range` of an SPU's stream to memory, where the first has the effective
    /// address `address`. What is behind the stream's last tile is left as it is.
    pub fn fill<S: SpuSystem>(
        &mut self,
        system: &mut S,
        weights: &mut dyn Weights,
        layout: &Layout,
        spu: usize,
        range: Range<usize>,
        address: u32,
    ) -> Result<(), MoveError> {
        for run in runs(layout, spu, range.clone()) {
            let parts = run.parts(&layout.shape, Some(&layout.shares[spu]));
            self.make(weights, layout, &run, parts)?;
            let made = self.tiles.bytes();
            let first = range.start.saturating_sub(run.start);
            let last = made.len().min(range.end - run.start);
            let offset = run.start + first - range.start;
            system.write(address + offset as u32, &made[first..last])?;
        }
        Ok(())
    }

    /// Writes tiles of the token embedding to memory, from effective address `address` on.
    pub fn fill_embedding<S: SpuSystem>(
        &mut self,
        system: &mut S,
        weights: &mut dyn Weights,
        layout: &Layout,
        tiles: Range<usize>,
        address: u32,
    ) -> Result<(), MoveError> {
        let mut at = tiles.start;
        while at < tiles.end {
            let run = Run::of_embedding(layout, at, tiles.end);
            self.make(weights, layout, &run, run.parts(&layout.shape, None))?;
            let offset = (at - tiles.start) * layout.tile_bytes(layout.shape.dim);
            system.write(address + offset as u32, self.tiles.bytes())?;
            at += run.len();
        }
        Ok(())
    }

    fn make(
        &mut self,
        weights: &mut dyn Weights,
        layout: &Layout,
        run: &Run,
        parts: impl Iterator<Item = run::Part>,
    ) -> Result<(), WeightsError> {
        let shape = &layout.shape;
        self.tiles.begin(run.len(), run.columns, run.spread(shape));
        for part in parts {
            let first = part.rows.start;
            let matrix = weights.rows(part.tensor, part.layer, part.rows.clone())?;
            self.tiles
                .put(&matrix, |row| part.place(shape, first + row));
        }
        Ok(())
    }
}

/// Says that the bytes `range` of an SPU's stream are wanted soon.
pub(super) fn announce(
    weights: &mut dyn Weights,
    layout: &Layout,
    spu: usize,
    range: Range<usize>,
) {
    for run in runs(layout, spu, range) {
        for part in run.parts(&layout.shape, Some(&layout.shares[spu])) {
            weights.will_want(part.tensor, part.layer, part.rows);
        }
    }
}

/// The runs of tiles that hold the bytes `range` of an SPU's stream, without what is behind its
/// last tile.
fn runs(layout: &Layout, spu: usize, range: Range<usize>) -> impl Iterator<Item = Run> {
    let end = range.end.min(layout.streams[spu].used);
    let mut at = range.start;
    core::iter::from_fn(move || {
        if at >= end {
            return None;
        }
        let run = Run::of_stream(layout, spu, at, end);
        at = run.start + run.len() * layout.tile_bytes(run.columns);
        Some(run)
    })
}

/// Writes all weights that stay in memory to their regions.
pub(super) fn write<S: SpuSystem>(
    system: &mut S,
    weights: &mut dyn Weights,
    layout: &Layout,
    regions: &Regions,
    progress: &mut Progress,
) -> Result<(), MoveError> {
    /// Bytes of one SPU's stream at a time, so that the rows of all of them are read together: they
    /// are neighbours in the file.
    const STEP: usize = 256 << 10;
    let mut filler = Filler::new(layout.shape.format);
    let streams = layout.streams.iter();
    let most = streams.clone().map(|stream| stream.resident).max();
    let embedding = match layout.is_streamed() {
        true => 0,
        false => layout.embedding_bytes(),
    };
    let all = streams.map(|stream| stream.resident).sum::<usize>() + embedding;
    let mut done = 0;
    let mut pieces = (0..most.unwrap_or(0))
        .step_by(STEP)
        .flat_map(|start| {
            let streams = layout.streams.iter().enumerate();
            streams.map(move |(spu, stream)| {
                let end = (start + STEP).min(stream.resident);
                (spu, start.min(end)..end)
            })
        })
        .peekable();
    while let Some((spu, range)) = pieces.next() {
        if let Some((spu, next)) = pieces.peek() {
            announce(weights, layout, *spu, next.clone());
        }
        let address = regions.streams[spu] + range.start as u32;
        done += range.len();
        filler.fill(system, weights, layout, spu, range, address)?;
        progress(done, all);
    }
    if embedding > 0 {
        let tiles = 0..layout.shape.vocab / layout.shape.tile();
        filler.fill_embedding(system, weights, layout, tiles, regions.embedding)?;
        progress(all, all);
    }
    write_norms(system, weights, layout, regions.norms)?;
    write_turns(system, layout, regions.turns)?;
    Ok(())
}
