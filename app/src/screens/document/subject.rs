//! What there is to read about.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use crate::inference::ModelFacts;
use crate::shell::{ModelState, Shell};
use crate::view::megabytes;

/// A subject of the About category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Program,
    Model,
    Controls,
    Licences,
}

const PROGRAM: &str = concat!(
    "StoryCell ",
    env!("CARGO_PKG_VERSION"),
    "\n\n\
StoryCell tells stories. A small language model goes on with what you write, one piece of a word \
after the other, and the Cell's SPUs compute each of them. Nothing is looked up and nothing leaves \
the machine; all of it is made up on the spot, and none of it has to be true.\n\n\
A token is a piece of a word, often a whole one. The model knows how likely each token is to come \
next; temperature and top-p say how far a story may stray from the likeliest.\n\n\
The model is in the format of llama2.c by Andrej Karpathy.\n\n\
StoryCell may be used under the MIT licence or the Apache licence 2.0, as you like."
);

const CONTROLS: &str = "\
Everywhere\n\
D-pad or left stick: choose, scroll. Hold to repeat.\n\
The button that confirms and the one that goes back are those of your system, as shown at the \
bottom of each screen.\n\n\
On the keyboard\n\
L1, R1: move the caret\n\
Square: delete\n\
Triangle: space\n\
L2: shift; once for one letter, twice for all\n\
R2 or Select: letters, symbols, accents\n\
Start: done\n\
Back keeps what you have typed for the next time. A USB keyboard types, too.\n\n\
In a story\n\
Confirm: stop, or start again\n\
Square: go on where the story stopped\n\
Triangle: the same prompt, another story\n\
L1, R1: a page up or down\n\n\
In Settings\n\
Left, right: change; L1, R1: faster";

impl Subject {
    /// All subjects, in the order in which they are shown.
    pub const ALL: [Subject; 4] = [
        Subject::Program,
        Subject::Model,
        Subject::Controls,
        Subject::Licences,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Subject::Program => "StoryCell",
            Subject::Model => "The model",
            Subject::Controls => "Controls",
            Subject::Licences => "Licences",
        }
    }

    pub const fn detail(self) -> &'static str {
        match self {
            Subject::Program => concat!("Version ", env!("CARGO_PKG_VERSION")),
            Subject::Model => "What tells the stories, and on what",
            Subject::Controls => "What the buttons do",
            Subject::Licences => "The font",
        }
    }

    /// The text about it.
    pub fn text(self, shell: &Shell) -> String {
        match self {
            Subject::Program => PROGRAM.into(),
            Subject::Controls => CONTROLS.into(),
            Subject::Licences => {
                format!(
                    "{}\n{}\n\n{}",
                    fonts::NAME,
                    fonts::COPYRIGHT,
                    fonts::LICENCE
                )
            }
            Subject::Model => model(shell),
        }
    }
}

/// How the weights are stored, and what of them is read for each token.
fn weights(facts: &ModelFacts) -> String {
    match facts.streamed {
        0 => format!("Weights: {}", facts.format),
        bytes => format!(
            "Weights: {}, of which {} are read from the disk for each token",
            facts.format,
            megabytes(bytes)
        ),
    }
}

fn model(shell: &Shell) -> String {
    let facts = match &shell.model {
        ModelState::Ready(facts) => facts,
        ModelState::Loading(loading) => return format!("{}…", loading.stage),
        ModelState::Failed(failure) => {
            let file = failure
                .file
                .as_deref()
                .map_or(String::new(), |file| format!("\n\n{file}"));
            return format!("There is no model.\n\n{}{file}", failure.what);
        }
    };
    let config = &facts.config;
    let chat = if facts.chat {
        "yes"
    } else {
        "no, it only goes on with a text"
    };
    [
        format!("Name: {}", facts.name),
        format!("From: {}", facts.source),
        format!("Computed by: {}", facts.engine),
        format!("Parameters: {}", facts.parameters),
        weights(facts),
        format!("Layers: {}", config.n_layers),
        format!("Dimension: {}, hidden {}", config.dim, config.hidden_dim),
        format!(
            "Heads: {}, for keys and values {}",
            config.n_heads, config.n_kv_heads
        ),
        format!("Vocabulary: {} tokens", config.vocab_size),
        format!("Greatest length: {} tokens", config.seq_len),
        format!("Taught conversations: {chat}"),
    ]
    .join("\n")
    .to_owned()
}
