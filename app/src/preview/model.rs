//! Where the model comes from: the built-in one, a bundle, or two files.

use std::fs;
use std::iter;
use std::path::PathBuf;
use std::rc::Rc;

use app::chat::ChatFormat;
use app::inference::{self, ModelChoice, ModelFacts};
use llama::bundle::{Bundle, Opened};
use llama::checkpoint::{self, Format, write};
use llama::stored::{InMemory, Stored};
use llama::{Checkpoint, Config, Tokenizer};

/// Which model is to be used.
#[derive(Clone, Debug)]
pub enum Source {
    /// The one of the crate `models`.
    BuiltIn,
    /// A file with all, or files of llama2.c.
    Files {
        /// The bundle, or the checkpoint.
        model: PathBuf,
        /// The tokenizer of a checkpoint.
        tokenizer: Option<PathBuf>,
    },
}

/// A model's bytes and its tokenizer.
pub struct Model {
    source: Source,
    name: String,
    weights: Weights,
    /// The tokenizer, checked to have the model's vocabulary.
    pub tokenizer: Tokenizer,
}

/// The weights: a file, or what was made of one.
enum Weights {
    Bundle(Rc<[u8]>),
    Checkpoint(Rc<[u8]>),
    Tensors {
        config: Config,
        format: Format,
        shared_classifier: bool,
        bytes: Rc<[u8]>,
    },
}

/// A model that cannot be used: what is wrong, and with which file.
pub type Unusable = inference::Failure;

/// What the built-in model is called where others have a path.
const BUILT_IN: &str = "built in";

impl Source {
    /// The model itself, and the built-in one.
    pub fn choices(&self) -> impl Iterator<Item = Source> {
        let other = match self {
            Source::BuiltIn => None,
            Source::Files { .. } => Some(Source::BuiltIn),
        };
        iter::once(self.clone()).chain(other)
    }

    /// The one of these models that the app knows under that name.
    pub fn chosen(&self, name: &str) -> Result<Source, Unusable> {
        let mut choices = self.choices();
        let found = choices.find(|source| source.place() == name);
        found.ok_or_else(|| Unusable {
            what: "There is no such model any more".into(),
            file: Some(name.into()),
        })
    }

    /// What the app shows of it before it is loaded.
    pub fn choice(&self) -> ModelChoice {
        ModelChoice {
            source: self.place(),
            title: self.name(),
            detail: self.place(),
        }
    }

    /// What the app knows it under.
    pub fn place(&self) -> String {
        match self {
            Source::BuiltIn => BUILT_IN.into(),
            Source::Files { model, .. } => model.display().to_string(),
        }
    }

    fn name(&self) -> String {
        match self {
            Source::BuiltIn => models::NAME.into(),
            Source::Files { model, .. } => {
                let name = model.file_stem().unwrap_or_default();
                name.to_string_lossy().into_owned()
            }
        }
    }

    /// Reads the model and checks all of it.
    pub fn read(&self) -> Result<Model, Unusable> {
        let (files, checkpoint, tokenizer) = match self {
            Source::BuiltIn => (None, models::CHECKPOINT.into(), models::TOKENIZER.into()),
            Source::Files { model, tokenizer } => {
                let bytes = read(model)?;
                let Some(tokenizer) = tokenizer else {
                    return self.of_bundle(model, bytes);
                };
                (Some((model, tokenizer)), bytes, read(tokenizer)?)
            }
        };
        let config = *Checkpoint::parse(&checkpoint)
            .map_err(|error| unusable(files.map(|files| files.0), error))?
            .config();
        let tokenizer = Tokenizer::parse(&tokenizer)
            .and_then(|tokenizer| tokenizer.check_vocabulary(&config).map(|()| tokenizer))
            .map_err(|error| unusable(files.map(|files| files.1), error))?;
        Ok(Model {
            source: self.clone(),
            name: self.name(),
            weights: Weights::Checkpoint(checkpoint),
            tokenizer,
        })
    }

    fn of_bundle(&self, path: &PathBuf, bytes: Rc<[u8]>) -> Result<Model, Unusable> {
        let failed = |error| unusable(Some(path), error);
        if !Bundle::is_bundle(&bytes) {
            let what = "is no model with a tokenizer in it: --tokenizer is missing";
            return Err(unusable(Some(path), what));
        }
        let bundle = Bundle::parse(&bytes).map_err(failed)?;
        Ok(Model {
            source: self.clone(),
            name: match bundle.name() {
                "" => self.name(),
                name => name.into(),
            },
            tokenizer: bundle.tokenizer().map_err(failed)?,
            weights: Weights::Bundle(bytes),
        })
    }
}

fn read(path: &PathBuf) -> Result<Rc<[u8]>, Unusable> {
    let bytes = fs::read(path).map_err(|error| unusable(Some(path), error))?;
    Ok(bytes.into())
}

fn unusable(file: Option<&PathBuf>, error: impl std::fmt::Display) -> Unusable {
    Unusable {
        what: error.to_string(),
        file: file.map(|path| path.display().to_string()),
    }
}

impl Model {
    /// The checkpoint.
    pub fn checkpoint(&self) -> Checkpoint<'_> {
        const CHECKED: &str = "it was checked when it was read";
        match &self.weights {
            Weights::Bundle(bytes) => Bundle::parse(bytes).expect(CHECKED).checkpoint(),
            Weights::Checkpoint(bytes) => Checkpoint::parse(bytes).expect(CHECKED),
            Weights::Tensors {
                config,
                format,
                shared_classifier,
                bytes,
            } => Checkpoint::from_tensors(*config, *format, *shared_classifier, bytes)
                .expect(CHECKED),
        }
    }

    /// The weights, as an engine takes them that outlives the model.
    pub fn weights(&self) -> Box<dyn checkpoint::Weights> {
        const CHECKED: &str = "it was checked when it was read";
        match &self.weights {
            Weights::Bundle(bytes) => {
                let opened = Opened::open(InMemory(bytes.clone())).expect(CHECKED);
                Box::new(opened.into_parts().1)
            }
            Weights::Checkpoint(bytes) => {
                Box::new(Stored::open(InMemory(bytes.clone())).expect(CHECKED))
            }
            Weights::Tensors {
                config,
                format,
                shared_classifier,
                bytes,
            } => {
                let bytes = InMemory(bytes.clone());
                let stored = Stored::of_tensors(bytes, *config, *format, *shared_classifier);
                Box::new(stored.expect(CHECKED))
            }
        }
    }

    /// Has the weights stored in another format from now on.
    pub fn convert(&mut self, format: Format) -> Result<(), Unusable> {
        let checkpoint = self.checkpoint();
        let file = match &self.source {
            Source::BuiltIn => None,
            Source::Files { model, .. } => Some(model),
        };
        let bytes = write::tensors(&checkpoint, format).map_err(|error| unusable(file, error))?;
        self.weights = Weights::Tensors {
            config: *checkpoint.config(),
            format,
            shared_classifier: checkpoint.shares_classifier(),
            bytes: bytes.into(),
        };
        Ok(())
    }

    /// Whether it is the model that comes with the program, from a file of its own, too.
    fn is_own(&self) -> bool {
        match self.source {
            Source::BuiltIn => true,
            Source::Files {
                tokenizer: None, ..
            } => self.name == models::NAME,
            Source::Files { .. } => false,
        }
    }

    /// How conversations are written down for it.
    pub fn chat(&self) -> ChatFormat {
        if !self.is_own() {
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

    /// What the screens say about it, where `engine` computes it and reads `streamed` bytes of it
    /// for each token.
    pub fn facts(&self, engine: String, streamed: u64) -> ModelFacts {
        let checkpoint = self.checkpoint();
        let own = self.is_own();
        let prompts: &[&str] = if own { models::PROMPTS } else { &[] };
        ModelFacts {
            name: self.name.clone(),
            source: self.source.place(),
            config: *checkpoint.config(),
            parameters: checkpoint.parameters(),
            format: match checkpoint.format() {
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
}
