//! Models: where they are, and from a file to an engine.

mod bytes;
mod failure;
mod files;
mod read;

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use app::chat::ChatFormat;
use app::inference::{EngineFactory, Failure, LoadedModel, Loading, ModelChoice, ModelFacts};
use llama::checkpoint::Format;
use spu::driver::SpuEngine;

use crate::places::Places;
use crate::spu::{Lv2, memory_left, reserve};
use read::Model;

/// Loads models for the inference thread.
#[derive(Debug)]
pub struct Factory {
    places: Places,
    /// How many SPUs there are, once they have been asked for.
    spus: Option<usize>,
}

impl Factory {
    /// A factory that takes models from these places.
    pub fn new(places: Places) -> Factory {
        Factory { places, spus: None }
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
        let bytes = bytes::read(&file.model, &mut |fraction| {
            report(stage("Reading the model", Some(fraction)));
        })?;
        report(stage("Checking the model", None));
        let model = Model::parse(&file, &bytes)?;
        let system = Lv2::new(spus).map_err(|error| failure::general(&error))?;
        let mut percent = 0;
        let mut progress = |done: usize, all: usize| {
            let now = done / (all / 100).max(1);
            if now > percent {
                percent = now;
                let fraction = Some(done as f32 / all.max(1) as f32);
                report(stage("Laying out the weights for the SPUs", fraction));
            }
        };
        let engine = SpuEngine::load(system, &model.checkpoint, spus, &mut progress);
        let engine = engine.map_err(|error| {
            let left = memory_left();
            failure::of_file(&file.model, format!("{error} ({left})"))
        })?;
        Ok(LoadedModel {
            engine: Box::new(engine),
            chat: chat(&model),
            facts: facts(&model, &file, spus),
            tokenizer: model.tokenizer,
        })
    }
}

fn stage(stage: &str, fraction: Option<f32>) -> Loading {
    Loading {
        stage: stage.into(),
        fraction,
    }
}

/// Whether it is the model that comes with the program.
fn is_own(model: &Model<'_>) -> bool {
    model.name == models::NAME
}

/// How conversations are written down for a model.
fn chat(model: &Model<'_>) -> ChatFormat {
    if !is_own(model) {
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

fn facts(model: &Model<'_>, file: &files::ModelFile, spus: usize) -> ModelFacts {
    let own = is_own(model);
    let prompts: &[&str] = if own { models::PROMPTS } else { &[] };
    let engine = match spus {
        1 => "1 SPU".into(),
        spus => format!("{spus} SPUs"),
    };
    ModelFacts {
        name: model.name.clone(),
        source: file.model.clone(),
        config: *model.checkpoint.config(),
        parameters: model.checkpoint.parameters(),
        format: match model.checkpoint.format() {
            Format::Fp32 => "fp32".into(),
            Format::Q8 { .. } => "Q8_0".into(),
            Format::Q4 => "Q4".into(),
        },
        engine,
        chat: own,
        prompts: prompts.iter().copied().map(Into::into).collect(),
    }
}
