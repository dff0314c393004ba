//! The SPU engine on the simulated SPUs.

use std::thread;

use app::inference::{EngineFactory, Failure, LoadedModel, Loading, ModelChoice};
use console::spu::{Cluster, MAX_SPUS, Statistics, ThreadGroup};
use llama::Engine;
use spu::driver::SpuEngine;

use crate::model::{Model, Source};

/// The engine that tells the stories of the preview.
pub type Simulated = SpuEngine<ThreadGroup>;

/// What the simulated SPUs may have of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// All of its processors.
    All,
    /// All but one, which draws the interface meanwhile.
    AllButOne,
}

impl Share {
    fn threads(self) -> usize {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        match self {
            Share::All => processors,
            Share::AllButOne => (processors - 1).max(1),
        }
    }
}

/// Lays a model out on so many SPUs, within `memory` bytes; `progress` hears how much of it is
/// done, 0–1.
pub fn load(
    model: &Model,
    spus: usize,
    memory: usize,
    share: Share,
    progress: &mut dyn FnMut(f32),
) -> Result<Simulated, spu::driver::LoadError> {
    let cluster = Cluster::new(spus).with_threads(share.threads());
    SpuEngine::open(
        ThreadGroup::on(cluster),
        model.weights(),
        spus,
        memory,
        &mut |done, all| progress(done as f32 / all.max(1) as f32),
    )
}

/// Bytes that are read for each token because they have no place in an engine's memory.
pub fn streamed(engine: &Simulated) -> u64 {
    engine.layout().streamed_bytes() as u64
}

/// What all SPUs of an engine did, added up.
pub fn statistics(engine: &Simulated) -> Statistics {
    let mut sum = Statistics::default();
    for spu in 0..engine.layout().spus() {
        let one = engine.system().statistics(spu);
        sum.instructions += one.instructions;
        sum.bytes_from_memory += one.bytes_from_memory;
        sum.bytes_to_memory += one.bytes_to_memory;
        sum.bytes_from_spus += one.bytes_from_spus;
        sum.bytes_to_spus += one.bytes_to_spus;
    }
    sum
}

/// Which model is computed, and how much of a console's memory it may have.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The model.
    pub source: Source,
    /// Bytes of memory.
    pub memory: usize,
}

/// Loads models for the app's inference thread.
pub struct Factory<W> {
    setup: Setup,
    share: Share,
    /// What is put around each engine.
    wrap: W,
}

impl<W: FnMut(Simulated) -> Box<dyn Engine>> Factory<W> {
    /// A factory that puts something around each engine.
    pub fn new(setup: Setup, share: Share, wrap: W) -> Factory<W> {
        Factory { setup, share, wrap }
    }
}

impl<W: FnMut(Simulated) -> Box<dyn Engine>> EngineFactory<'static> for Factory<W> {
    fn models(&mut self) -> Vec<ModelChoice> {
        let source = &self.setup.source;
        source.choices().map(|source| source.choice()).collect()
    }

    fn load(
        &mut self,
        chosen: Option<&str>,
        report: &mut dyn FnMut(Loading),
    ) -> Result<LoadedModel<'static>, Failure> {
        let source = match chosen {
            None => self.setup.source.clone(),
            Some(chosen) => self.setup.source.chosen(chosen)?,
        };
        report(Loading {
            stage: "Reading the model".into(),
            fraction: None,
        });
        let model = source.read()?;
        let memory = self.setup.memory;
        let mut percent = 0;
        let mut progress = |fraction: f32| {
            let now = (fraction * 100.0) as u32;
            if now > percent {
                percent = now;
                report(Loading {
                    stage: "Laying out the weights for the SPUs".into(),
                    fraction: Some(fraction),
                });
            }
        };
        let engine =
            load(&model, MAX_SPUS, memory, self.share, &mut progress).map_err(|error| Failure {
                what: error.to_string(),
                file: Some(source.place()),
            })?;
        let facts = model.facts(format!("{MAX_SPUS} SPUs"), streamed(&engine));
        Ok(LoadedModel {
            engine: (self.wrap)(engine),
            chat: model.chat(),
            tokenizer: model.tokenizer,
            facts,
        })
    }
}
