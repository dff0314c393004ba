//! The models that are measured.

use std::fs;
use std::path::PathBuf;

use llama::{Checkpoint, Config, synthetic};

/// A model that is measured.
pub struct Model {
    /// As the design calls it.
    pub name: &'static str,
    /// Its sizes.
    pub config: Config,
    /// Its weights, where there are some that were trained.
    file: Option<PathBuf>,
    /// Tokens that are measured: few where they take long.
    pub tokens: usize,
}

/// All of them: the sizes of llama2.c's.
pub fn all() -> Vec<Model> {
    let model = |name, numbers: [usize; 7], file: Option<&str>, tokens| {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        Model {
            name,
            config: numbers.into(),
            file: file.map(|file| root.join("../..").join(file)),
            tokens,
        }
    };
    let stories260k = Some("shared/models/stories260K.bin");
    vec![
        model("260K", [64, 172, 5, 8, 4, 512, 512], stories260k, 4),
        model("15M", [288, 768, 6, 6, 6, 32_000, 256], None, 2),
        model("42M", [512, 1376, 8, 8, 8, 32_000, 1024], None, 1),
        model("110M", [768, 2048, 12, 12, 12, 32_000, 1024], None, 1),
    ]
}

impl Model {
    /// The model as a file of llama2.c: the trained one where it is there and has these sizes, else
    /// one with seeded weights.
    pub fn bytes(&self) -> Vec<u8> {
        let trained = self.file.as_ref().and_then(|file| fs::read(file).ok());
        let is_it = |bytes: &Vec<u8>| {
            Checkpoint::parse(bytes).is_ok_and(|file| *file.config() == self.config)
        };
        trained.filter(is_it).unwrap_or_else(|| {
            println!("{}: seeded weights", self.name);
            synthetic::checkpoint(&self.config, true, 1).expect("valid sizes")
        })
    }
}
