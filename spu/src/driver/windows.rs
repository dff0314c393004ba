//! Weights that have no place in memory, on their way from a file to the SPUs.

use alloc::boxed::Box;
use alloc::vec::Vec;

use llama::checkpoint::Weights;
use llama::stored::WeightsError;

use super::weights::{Filler, MoveError, announce};
use super::{SpuSystem, SystemError};
use crate::engine::layout::{Layout, Regions};

/// Hears how much of a token's weights is read, 0–1, and says whether the token is still wanted.
pub type Watch = Box<dyn FnMut(f32) -> bool>;

/// Why a token was given up. The SPUs have gone through with it, but what they computed is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GivenUp {
    /// Its weights cannot be read.
    Weights(WeightsError),
    /// It was not wanted any more.
    Unwanted,
}

/// Fills the SPUs' windows.
///
/// The file is read ahead of the SPUs: it is told what each of them will want next while they
/// compute, and between two tokens.
pub(super) struct Windows {
    weights: Box<dyn Weights>,
    filler: Filler,
    /// Where in its stream each SPU's next window begins.
    next: Vec<usize>,
    /// Whether the token at hand needs all of the streams, or the layers alone.
    classify: bool,
    /// Bytes of the streams that the token needs, and that it has.
    wanted: usize,
    given: usize,
    watch: Option<Watch>,
    given_up: Option<GivenUp>,
}

impl Windows {
    pub fn new(weights: Box<dyn Weights>, layout: &Layout) -> Self {
        let mut windows = Self {
            weights,
            filler: Filler::new(layout.shape.format),
            next: Vec::new(),
            classify: true,
            wanted: 0,
            given: 0,
            watch: None,
            given_up: None,
        };
        windows.rewind(layout);
        windows
    }

    pub fn set_watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Begins a token, or several at once, whose embeddings are put into memory.
    ///
    /// # Errors
    /// Where the embeddings cannot be read or written; nothing has begun then.
    pub fn begin<S: SpuSystem>(
        &mut self,
        system: &mut S,
        layout: &Layout,
        regions: &Regions,
        tokens: &[u32],
        classify: bool,
    ) -> Result<(), MoveError> {
        for (index, &token) in tokens.iter().enumerate() {
            let tile = layout.embedding_tile(token as usize);
            let offset = index * layout.tile_bytes(layout.shape.dim);
            let address = regions.embedding + offset as u32;
            let weights = &mut *self.weights;
            self.filler
                .fill_embedding(system, weights, layout, tile..tile + 1, address)?;
        }
        self.classify = classify;
        self.given = 0;
        self.wanted = (0..layout.spus())
            .map(|spu| self.end(layout, spu) - self.next[spu])
            .sum();
        self.given_up = None;
        Ok(())
    }

    /// Fills the window of an SPU that asks for it, and answers.
    pub fn serve<S: SpuSystem>(
        &mut self,
        system: &mut S,
        layout: &Layout,
        regions: &Regions,
        spu: usize,
    ) -> Result<(), SystemError> {
        let range = self.window(layout, spu);
        let address = regions.windows[spu];
        // Of a token that was given up the SPUs get anything: they have to come to its end.
        if self.given_up.is_none() {
            let weights = &mut *self.weights;
            let filled = self
                .filler
                .fill(system, weights, layout, spu, range.clone(), address);
            match filled {
                Ok(()) => {}
                Err(MoveError::Weights(error)) => self.given_up = Some(GivenUp::Weights(error)),
                Err(MoveError::System(error)) => return Err(error),
            }
        }
        system.write_mailbox(spu, address)?;
        system.write_mailbox(spu, range.len() as u32)?;
        self.given += range.len();
        self.next[spu] = range.end;
        let next = self.window(layout, spu);
        if self.given_up.is_none() && !next.is_empty() {
            announce(&mut *self.weights, layout, spu, next);
        }
        let read = self.given as f32 / self.wanted.max(1) as f32;
        if let Some(watch) = &mut self.watch
            && !watch(read)
        {
            self.given_up.get_or_insert(GivenUp::Unwanted);
        }
        Ok(())
    }

    /// Ends a token: says why it is worth nothing, where it is.
    pub fn end_token(&mut self, layout: &Layout) -> Option<GivenUp> {
        self.rewind(layout);
        self.given_up.take()
    }

    /// Back to the streams' beginnings, which the next token is sure to want.
    fn rewind(&mut self, layout: &Layout) {
        self.classify = true;
        self.weights.forget_wanted();
        self.next = layout
            .streams
            .iter()
            .map(|stream| stream.resident)
            .collect();
        for spu in 0..layout.spus() {
            let range = self.window(layout, spu);
            announce(&mut *self.weights, layout, spu, range);
        }
    }

    /// What an SPU gets next.
    fn window(&self, layout: &Layout, spu: usize) -> core::ops::Range<usize> {
        let start = self.next[spu];
        start..(start + layout.window).min(self.end(layout, spu))
    }

    /// Where the part of an SPU's stream ends that the token needs.
    fn end(&self, layout: &Layout, spu: usize) -> usize {
        let stream = &layout.streams[spu];
        let end = match self.classify {
            true => stream.end,
            false => stream.layers_end,
        };
        end.max(stream.resident)
    }
}
