//! What a model file says.

use alloc::string::String;

use app::inference::Failure;
use llama::bundle::Bundle;
use llama::{Checkpoint, Tokenizer};

use super::bytes::{self, Bytes};
use super::failure::of_file;
use super::files::{self, ModelFile};

/// A model whose parts fit each other.
pub struct Model<'a> {
    /// For people.
    pub name: String,
    /// The weights, where the file has them.
    pub checkpoint: Checkpoint<'a>,
    /// The tokenizer.
    pub tokenizer: Tokenizer,
}

impl<'a> Model<'a> {
    /// Reads a model of the bytes of its file, and its tokenizer from a file of its own, where it
    /// has one.
    pub fn parse(file: &ModelFile, bytes: &'a Bytes) -> Result<Model<'a>, Failure> {
        let bytes = bytes.as_ref();
        match &file.tokenizer {
            None => of_bundle(&file.model, bytes),
            Some(tokenizer) => of_checkpoint(&file.model, bytes, tokenizer),
        }
    }
}

fn of_bundle<'a>(path: &str, bytes: &'a [u8]) -> Result<Model<'a>, Failure> {
    let bundle = Bundle::parse(bytes).map_err(|error| of_file(path, error))?;
    let tokenizer = bundle.tokenizer().map_err(|error| of_file(path, error))?;
    Ok(Model {
        name: match bundle.name() {
            "" => name_of(path),
            name => name.into(),
        },
        checkpoint: bundle.checkpoint(),
        tokenizer,
    })
}

fn of_checkpoint<'a>(
    path: &str,
    bytes: &'a [u8],
    tokenizer_path: &str,
) -> Result<Model<'a>, Failure> {
    let checkpoint = Checkpoint::parse(bytes).map_err(|error| of_file(path, error))?;
    let tokenizer = bytes::read(tokenizer_path, &mut |_| {})?;
    let tokenizer = Tokenizer::parse(tokenizer.as_ref()).and_then(|tokenizer| {
        tokenizer.check_vocabulary(checkpoint.config())?;
        Ok(tokenizer)
    });
    Ok(Model {
        name: name_of(path),
        checkpoint,
        tokenizer: tokenizer.map_err(|error| of_file(tokenizer_path, error))?,
    })
}

/// A model's name by its file.
fn name_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    files::name_of(name).into()
}
