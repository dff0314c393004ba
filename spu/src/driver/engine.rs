//! The engine: a model in memory, the resident program on the SPUs.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use llama::checkpoint::{Index, Weights};
use llama::sampler::{Draw, Sampler};
use llama::{Checkpoint, Config, Engine, EngineError};

use super::weights::{self, MoveError, Progress, block_format};
use super::windows::{GivenUp, Watch, Windows};
use super::{LoadError, SpuSystem, SystemError};
use crate::asm::Program;
use crate::engine::layout::{Layout, Regions};
use crate::engine::parameters::{Block, COMMAND_BYTES, CommandWord, event, mailbox, table};
use crate::engine::program::{self, EVENT_PORT};
use crate::kernels::block::BlockFormat;
use crate::kernels::embed::RowPlace;

/// The alignment of everything that the SPUs touch: a line of the memory interface.
const ALIGN: usize = 128;

/// What the next token of the sequence is wanted for.
#[derive(Clone, Copy, PartialEq)]
enum Want {
    /// Keys and values alone.
    Nothing,
    /// The most likely next token.
    Best,
    /// A next token drawn at random.
    Sample(Draw),
    /// All logits.
    Logits,
}

/// A model that a group of SPUs computes.
///
/// The SPUs are given back when the engine is dropped; [`SpuEngine::shut_down`] does the same
/// and gives the system back.
pub struct SpuEngine<S: SpuSystem> {
    /// `None` once it was given back.
    system: Option<S>,
    layout: Layout,
    regions: Regions,
    /// What reads the weights that have no place in memory, where there are some.
    windows: Option<Windows>,
    /// Positions computed so far.
    computed: usize,
    logits: Vec<f32>,
    logit_bytes: Vec<u8>,
    last_time: Duration,
    /// Set when the SPUs stopped answering: they are not asked again.
    failed: Option<SystemError>,
}

impl<S: SpuSystem> SpuEngine<S> {
    /// Lays `checkpoint` out in memory and starts the program on `spus` SPUs.
    ///
    /// `progress` hears of the bytes written, out of all.
    ///
    /// # Errors
    /// A [`LoadError`] where the model is too large or the machine refuses.
    pub fn load(
        system: S,
        checkpoint: &Checkpoint,
        spus: usize,
        progress: &mut Progress,
    ) -> Result<Self, LoadError> {
        let mut weights = *checkpoint;
        let (program, layout) = lay_out(weights.index(), spus)?;
        Self::start(system, &mut weights, program, layout, progress)
    }

    /// Does the same with weights that need not be in memory, within `budget` bytes of it. What
    /// has no place there is read anew for each token: the engine keeps `weights` for that.
    ///
    /// # Errors
    /// A [`LoadError`] where not even the rest has a place, where weights cannot be read or are not
    /// those that were written, or where the machine refuses.
    pub fn open(
        system: S,
        mut weights: Box<dyn Weights>,
        spus: usize,
        budget: usize,
        progress: &mut Progress,
    ) -> Result<Self, LoadError> {
        let (program, layout) = lay_out(weights.index(), spus)?;
        let layout = layout.within(budget)?;
        let mut engine = Self::start(system, &mut *weights, program, layout, progress)?;
        if engine.layout.is_streamed() {
            engine.windows = Some(Windows::new(weights, &engine.layout));
        }
        Ok(engine)
    }

    fn start(
        mut system: S,
        weights: &mut dyn Weights,
        program: Program,
        layout: Layout,
        progress: &mut Progress,
    ) -> Result<Self, LoadError> {
        let regions = allocate(&mut system, &layout)?;
        weights::write(&mut system, weights, &layout, &regions, progress)?;
        weights.verify(&mut |left, all| {
            let all = all as usize;
            progress(all - left as usize, all);
        })?;
        for index in 0..layout.spus() {
            let block = layout.parameters(&regions, index);
            system.write(regions.parameters[index], block.bytes())?;
        }
        let arguments: Vec<[u64; 4]> = regions
            .parameters
            .iter()
            .map(|&address| [address.into(), 0, 0, 0])
            .collect();
        system.start(&program.to_elf(), &arguments)?;
        let vocab = layout.shape.config.vocab_size;
        Ok(Self {
            system: Some(system),
            layout,
            regions,
            windows: None,
            computed: 0,
            logits: vec![0.0; vocab],
            logit_bytes: vec![0; vocab * 4],
            last_time: Duration::ZERO,
            failed: None,
        })
    }

    /// Has `watch` hear how much of each token's weights is read, where some are: 0–1, several
    /// times. Where it answers no, the token is given up with [`EngineError::Interrupted`].
    pub fn set_watch(&mut self, watch: Watch) {
        if let Some(windows) = &mut self.windows {
            windows.set_watch(watch);
        }
    }

    /// How the model is laid out.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The machine that computes.
    pub fn system(&self) -> &S {
        self.system.as_ref().expect("given back only at the end")
    }

    /// Takes the positions before `position` for computed, whatever the cache holds. For
    /// measurements: how long a token takes does not depend on the others' keys and values.
    pub fn assume_computed(&mut self, position: usize) {
        self.computed = position;
    }

    /// The system, to be watched. What the engine put there has to stay as it is.
    pub fn system_mut(&mut self) -> &mut S {
        self.system.as_mut().expect("given back only at the end")
    }

    /// Ends the program on the SPUs and gives the system back.
    ///
    /// # Errors
    /// What the system says where they do not end.
    pub fn shut_down(mut self) -> Result<S, SystemError> {
        let ended = self.end();
        let system = self.system.take().expect("given back only here");
        ended.map(|()| system)
    }

    fn end(&mut self) -> Result<(), SystemError> {
        let Some(system) = &mut self.system else {
            return Ok(());
        };
        if self.failed.is_some() {
            // They stopped by themselves.
            return Ok(());
        }
        system.write_mailbox(0, mailbox::QUIT)?;
        system.join()
    }

    /// Has the SPUs compute tokens, one or [`BATCH`]; gives the best next one where it is wanted.
    fn compute(&mut self, tokens: &[u32], position: usize, want: Want) -> Result<u32, EngineError> {
        for (index, &token) in tokens.iter().enumerate() {
            let computed = self.computed + index;
            EngineError::check(self.config(), token, position + index, computed)?;
        }
        if let Some(error) = &self.failed {
            return Err(device(error));
        }
        let best = self.exchange(tokens, position, want).map_err(|error| {
            let error = match error {
                MoveError::System(error) => error,
                // Nothing has begun.
                MoveError::Weights(error) => return EngineError::Device(error.to_string()),
            };
            let report = device(&error);
            self.failed = Some(error);
            report
        })?;
        if let Some(windows) = &mut self.windows {
            match windows.end_token(&self.layout) {
                None => {}
                // The keys and values of these positions are wrong now.
                Some(given_up) => {
                    self.computed = self.computed.min(position);
                    return Err(match given_up {
                        GivenUp::Unwanted => EngineError::Interrupted,
                        GivenUp::Weights(error) => EngineError::Device(error.to_string()),
                    });
                }
            }
        }
        self.computed = position + tokens.len();
        Ok(best)
    }

    fn exchange(&mut self, tokens: &[u32], position: usize, want: Want) -> Result<u32, MoveError> {
        let command = self.command(tokens, position, want);
        let system = self.system.as_mut().expect("given back only at the end");
        let (layout, regions) = (&self.layout, &self.regions);
        let begun = system.time_ns();
        if let Some(windows) = &mut self.windows {
            windows.begin(system, layout, regions, tokens, want != Want::Nothing)?;
        }
        system.write(self.regions.command, command.bytes())?;
        system.write_mailbox(0, mailbox::TOKEN)?;
        let best = loop {
            let event = system.wait_event()?;
            match (event.port, event.data0, &mut self.windows) {
                (EVENT_PORT, event::DONE, _) if event.spu == 0 => break event.data1,
                (EVENT_PORT, event::WINDOW, Some(windows)) => {
                    windows.serve(system, layout, regions, event.spu)?;
                }
                _ => {
                    let reason = format!("an event that nobody sends: {event:?}");
                    return Err(SystemError::Refused { reason }.into());
                }
            }
        };
        self.last_time = Duration::from_nanos(system.time_ns().saturating_sub(begun));
        if want == Want::Logits {
            system.read(self.regions.logits, &mut self.logit_bytes)?;
            let (bytes, _) = self.logit_bytes.as_chunks();
            for (logit, bytes) in self.logits.iter_mut().zip(bytes) {
                *logit = f32::from_be_bytes(*bytes);
            }
        }
        Ok(best)
    }

    fn command(&self, tokens: &[u32], position: usize, want: Want) -> Block {
        let turns = self.regions.turns as usize + position * self.layout.turn_bytes();
        let mut command = Block::command();
        command.set_command(CommandWord::Count, tokens.len() as u32);
        command.set_command(CommandWord::Position, position as u32);
        command.set_command(CommandWord::Turns, turns as u32);
        command.set_command(CommandWord::Classify, u32::from(want != Want::Nothing));
        command.set_command(CommandWord::KeepLogits, u32::from(want == Want::Logits));
        if let Want::Sample(draw) = want {
            command.set_command(CommandWord::Sample, 1);
            for (word, value) in [
                (CommandWord::InverseTemperature, 1.0 / draw.temperature),
                (CommandWord::TopP, draw.top_p.unwrap_or(0.0)),
                (CommandWord::Cutoff, draw.cutoff(self.config().vocab_size)),
                (CommandWord::Coin, draw.coin),
            ] {
                command.set_command(word, value.to_bits());
            }
        }
        let shape = &self.layout.shape;
        for (index, &token) in tokens.iter().enumerate() {
            let token = token as usize;
            let embedding = self.layout.embedding_address(&self.regions, index, token);
            command.set_embedding(index, embedding);
            if shape.format != BlockFormat::Fp32 {
                let place = RowPlace::new(shape.format, token % shape.tile());
                command.set_embedding_place(index, &place);
            }
        }
        command
    }
}

impl<S: SpuSystem> Drop for SpuEngine<S> {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; the system takes its SPUs back either way.
        let _ = self.end();
    }
}

impl<S: SpuSystem> Engine for SpuEngine<S> {
    fn config(&self) -> &Config {
        &self.layout.shape.config
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        self.compute(&[token], position, Want::Logits)?;
        Ok(&self.logits)
    }

    fn forward_greedy(&mut self, token: u32, position: usize) -> Result<u32, EngineError> {
        self.compute(&[token], position, Want::Best)
    }

    fn sample(
        &mut self,
        token: u32,
        position: usize,
        sampler: &mut Sampler,
    ) -> Result<u32, EngineError> {
        if sampler.is_greedy() {
            return self.forward_greedy(token, position);
        }
        if !self.layout.map.samples {
            let logits = self.forward(token, position)?;
            return Ok(sampler.sample(logits));
        }
        let draw = sampler.draw();
        self.compute(&[token], position, Want::Sample(draw))
    }

    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        self.compute(&[token], position, Want::Nothing).map(drop)
    }

    fn prefill_all(&mut self, tokens: &[u32], position: usize) -> Result<(), EngineError> {
        let batch = self.layout.map.batch;
        let (batches, rest) = tokens.split_at(tokens.len() / batch * batch);
        let mut time = Duration::ZERO;
        let mut position = position;
        for tokens in batches.chunks(batch).chain(rest.chunks(1)) {
            self.compute(tokens, position, Want::Nothing)?;
            position += tokens.len();
            time += self.last_time;
        }
        self.last_time = time;
        Ok(())
    }

    fn device_time(&self) -> Option<Duration> {
        Some(self.last_time)
    }
}

fn device(error: &SystemError) -> EngineError {
    EngineError::Device(error.to_string())
}

/// The program for a model, and where the model lies with it.
fn lay_out(index: &Index, spus: usize) -> Result<(Program, Layout), LoadError> {
    let format = block_format(index);
    let program = program::assemble(format)?;
    let shared = index.shares_classifier();
    let layout = Layout::new(*index.config(), format, shared, spus, program.end())?;
    Ok((program, layout))
}

fn allocate<S: SpuSystem>(system: &mut S, layout: &Layout) -> Result<Regions, SystemError> {
    let mut allocate = |size: usize| match size {
        0 => Ok(0),
        size => system.allocate(size, ALIGN),
    };
    let shape = &layout.shape;
    Ok(Regions {
        streams: layout
            .streams
            .iter()
            .map(|stream| allocate(stream.resident))
            .collect::<Result<_, _>>()?,
        parameters: (0..layout.spus())
            .map(|_| allocate(table::END))
            .collect::<Result<_, _>>()?,
        command: allocate(COMMAND_BYTES)?,
        norms: allocate(layout.norm_bytes())?,
        turns: allocate(shape.config.seq_len * layout.turn_bytes())?,
        cache: allocate(shape.cache_bytes())?,
        logits: allocate(shape.vocab * 4)?,
        embedding: allocate(layout.embedding_bytes())?,
        windows: match layout.window {
            0 => Vec::new(),
            size => (0..layout.spus())
                .map(|_| allocate(size))
                .collect::<Result<_, _>>()?,
        },
    })
}
