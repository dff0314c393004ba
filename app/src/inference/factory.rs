//! Where the model and its engine come from.

use alloc::boxed::Box;
use alloc::vec::Vec;

use llama::{Engine, Tokenizer};

use super::{Failure, Loading, ModelChoice, ModelFacts};
use crate::chat::ChatFormat;

/// Loads the model and makes the engine, on the inference thread. The
/// platform's: it knows where files are and which hardware there is.
pub trait EngineFactory<'a> {
    /// The models that there are to choose from now.
    fn models(&mut self) -> Vec<ModelChoice>;

    /// Loads everything, and tells `report` now and then how far it is. `chosen`
    /// is the [source](ModelChoice::source) of one of the models, of now or of an
    /// earlier start; without it the platform takes one. May be called again,
    /// after a failure or for another model; what an earlier call made is gone by
    /// then.
    ///
    /// # Errors
    ///
    /// What is missing or broken, and in which file.
    fn load(
        &mut self,
        chosen: Option<&str>,
        report: &mut dyn FnMut(Loading),
    ) -> Result<LoadedModel<'a>, Failure>;
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
