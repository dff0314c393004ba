//! Where the model and its engine come from.

use alloc::boxed::Box;

use llama::{Engine, Tokenizer};

use super::{Failure, Loading, ModelFacts};
use crate::chat::ChatFormat;

/// Loads the model and makes the engine, on the inference thread. The
/// platform's: it knows where files are and which hardware there is.
pub trait EngineFactory<'a> {
    /// Loads everything, and tells `report` now and then how far it is. May be
    /// called again, after a failure; what an earlier call made is gone by then.
    ///
    /// # Errors
    ///
    /// What is missing or broken, and in which file.
    fn load(&mut self, report: &mut dyn FnMut(Loading)) -> Result<LoadedModel<'a>, Failure>;
}

/// A model that is ready to tell stories.
pub struct LoadedModel<'a> {
    /// Computes the tokens.
    pub engine: Box<dyn Engine + 'a>,
    /// Makes tokens of text and text of tokens.
    pub tokenizer: Tokenizer,
    /// How the model was taught conversations; [`ChatFormat::plain`] if it was
    /// not.
    pub chat: ChatFormat,
    /// What the screens say about it.
    pub facts: ModelFacts,
}
