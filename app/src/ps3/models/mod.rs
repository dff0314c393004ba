//! Models: where they are, and from a file to an engine.

mod failure;
mod files;
mod read;
mod storage;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use app::chat::ChatFormat;
use app::inference::{
    EngineFactory, Failure, LoadedModel, Loading, ModelChoice, ModelFacts, Reading,
};
use llama::checkpoint::{Format, Index};
use psl1ght_rs::memory::user_memory;
use spu::driver::SpuEngine;

use crate::places::Places;
use crate::report::note;
use crate::spu::{Lv2, memory_left, reserve};
use read::Model;

/// Loads models for the inference thread.
#[derive(Debug)]
pub struct Factory {
    places: Places,
    /// How many SPUs there are, once they have been asked for.
    spus: Option<usize>,
    /// Hears how far a token is whose weights are read from a disk.
    reading: Reading,
}

/// Bytes that a model leaves to the rest of the program: its heap grows by 4 MB at a time, each of
/// the model's regions may waste up to 1 MB, and what is read ahead has to be somewhere.
const RESERVE: usize = 16 << 20;

impl Factory {
    /// A factory that takes models from these places.
    pub fn new(places: Places, reading: Reading) -> Factory {
        Factory {
            places,
            spus: None,
            reading,
        }
    }

    fn spus(&mut self) -> Result<usize, Failure> {
        if let Some(spus) = self.spus {
            return Ok(spus);
        }
        let spus = reserve().map_err(|error| failure::general(&error))?;
        self.spus = Some(spus);
        Ok(spus)
    }
}

impl EngineFactory<'static> for Factory {
    fn models(&mut self) -> Vec<ModelChoice> {
        let found = files::all(&self.places);
        found.iter().map(files::ModelFile::choice).collect()
    }

    fn load(
        &mut self,
        chosen: Option<&str>,
        report: &mut dyn FnMut(Loading),
    ) -> Result<LoadedModel<'static>, Failure> {
        report(stage("Looking for models", None));
        let spus = self.spus()?;
        let file = files::find(&self.places, chosen)?;
        let model = Model::open(&file)?;
        let index = *model.weights.index();
        let system = Lv2::new(spus).map_err(|error| failure::general(&error))?;
        let mut percent = usize::MAX;
        let mut progress = |done: usize, all: usize| {
            let now = (done as u64 * 100 / all.max(1) as u64) as usize;
            if now != percent {
                percent = now;
                let fraction = Some(done as f32 / all.max(1) as f32);
                report(stage("Reading the model", fraction));
            }
        };
        let engine = SpuEngine::open(system, model.weights, spus, budget(), &mut progress);
        let mut engine = engine.map_err(|error| {
            let left = memory_left();
            failure::of_file(&file.model, format!("{error} ({left})"))
        })?;
        let layout = engine.layout();
        let streamed = layout.streamed_bytes() as u64;
        note(format_args!(
            "{}: {} KB of memory, {} KB to be read for each token; {}",
            file.model,
            layout.memory_bytes() >> 10,
            streamed >> 10,
            memory_left()
        ));
        let reading = self.reading.clone();
        engine.set_watch(Box::new(move |part| reading.report(part)));
        let own = model.name == models::NAME;
        Ok(LoadedModel {
            engine: Box::new(engine),
            chat: chat(own),
            facts: facts(&index, model.name, file.model, spus, streamed),
            tokenizer: model.tokenizer,
        })
    }
}

/// Bytes of memory that a model may take: what is free, but for what the program may still want.
fn budget() -> usize {
    user_memory().map_or(usize::MAX, |memory| {
        (memory.available as usize).saturating_sub(RESERVE)
    })
}

fn stage(stage: &str, fraction: Option<f32>) -> Loading {
    Loading {
        stage: stage.into(),
        fraction,
    }
}

/// How conversations are written down for a model: the program's own, or another.
fn chat(own: bool) -> ChatFormat {
    if !own {
        return ChatFormat::plain();
    }
    ChatFormat {
        user_prefix: models::CHAT_USER_PREFIX.into(),
        user_suffix: models::CHAT_USER_SUFFIX.into(),
        model_prefix: models::CHAT_MODEL_PREFIX.into(),
        model_suffix: models::CHAT_MODEL_SUFFIX.into(),
        stops: models::CHAT_STOPS.iter().copied().map(Into::into).collect(),
    }
}

fn facts(index: &Index, name: String, source: String, spus: usize, streamed: u64) -> ModelFacts {
    let own = name == models::NAME;
    let prompts: &[&str] = if own { models::PROMPTS } else { &[] };
    let engine = match spus {
        1 => "1 SPU".into(),
        spus => format!("{spus} SPUs"),
    };
    ModelFacts {
        name,
        source,
        config: *index.config(),
        parameters: index.parameters(),
        format: match index.format() {
            Format::Fp32 => "fp32".into(),
            Format::Q8 { .. } => "Q8_0".into(),
            Format::Q4 => "Q4".into(),
        },
        engine,
        streamed,
        chat: own,
        prompts: prompts.iter().copied().map(Into::into).collect(),
    }
}
