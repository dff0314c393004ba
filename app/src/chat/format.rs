//! How turns are written down for the model.

use alloc::string::String;
use alloc::vec::Vec;

/// How a model was taught conversations: the text around each turn, as data.
///
/// A conversation is the turns of both, in order, each between its prefix and
/// suffix; the model is then asked to go on after `model_prefix`, and its turn
/// ends where it writes the first of the `stops`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatFormat {
    /// Before the words of the user.
    pub user_prefix: String,
    /// After the words of the user.
    pub user_suffix: String,
    /// Before the words of the model.
    pub model_prefix: String,
    /// After the words of the model.
    pub model_suffix: String,
    /// Texts that end the model's turn; none of them is shown. The model also
    /// ends its turn by the end-of-text tokens of llama2.c (1 and 2).
    pub stops: Vec<String>,
}

impl ChatFormat {
    /// For a model that was not taught any conversation: turns are paragraphs,
    /// and the model goes on with them.
    pub fn plain() -> ChatFormat {
        ChatFormat {
            user_suffix: "\n".into(),
            model_suffix: "\n".into(),
            ..ChatFormat::default()
        }
    }
}
