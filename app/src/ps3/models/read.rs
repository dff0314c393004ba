//! What a model file says.

use alloc::boxed::Box;
use alloc::string::String;

use app::inference::Failure;
use llama::Tokenizer;
use llama::bundle::Opened;
use llama::checkpoint::Weights;
use llama::stored::Stored;
use psl1ght_rs::fs;

use super::failure::of_file;
use super::files::{self, ModelFile};
use super::storage::DiskFile;

/// The most bytes of a tokenizer: llama2.c's of 32 000 tokens has half a million.
const MOST_OF_TOKENIZER: usize = 16 << 20;

/// A model whose parts fit each other. Its weights are still in its file.
pub struct Model {
    /// For people.
    pub name: String,
    /// The tokenizer.
    pub tokenizer: Tokenizer,
    /// The weights.
    pub weights: Box<dyn Weights>,
}

impl Model {
    /// Opens the file of a model, and reads its tokenizer, from a file of its own where it has one.
    pub fn open(file: &ModelFile) -> Result<Model, Failure> {
        let path = &file.model;
        let disk = DiskFile::open(path).map_err(|error| of_file(path, error))?;
        match &file.tokenizer {
            None => of_bundle(path, disk),
            Some(tokenizer) => of_checkpoint(path, disk, tokenizer),
        }
    }
}

fn of_bundle(path: &str, disk: DiskFile) -> Result<Model, Failure> {
    let opened = Opened::open(disk).map_err(|error| of_file(path, error))?;
    let name = match opened.name() {
        "" => name_of(path),
        name => name.into(),
    };
    let (tokenizer, weights) = opened.into_parts();
    Ok(Model {
        name,
        tokenizer,
        weights: Box::new(weights),
    })
}

fn of_checkpoint(path: &str, disk: DiskFile, tokenizer_path: &str) -> Result<Model, Failure> {
    let weights = Stored::open(disk).map_err(|error| of_file(path, error))?;
    let bytes = fs::read(tokenizer_path, MOST_OF_TOKENIZER)
        .map_err(|error| of_file(tokenizer_path, error))?;
    let tokenizer = Tokenizer::parse(&bytes).and_then(|tokenizer| {
        tokenizer.check_vocabulary(weights.index().config())?;
        Ok(tokenizer)
    });
    Ok(Model {
        name: name_of(path),
        tokenizer: tokenizer.map_err(|error| of_file(tokenizer_path, error))?,
        weights: Box::new(weights),
    })
}

/// A model's name by its file.
fn name_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    files::name_of(name).into()
}
