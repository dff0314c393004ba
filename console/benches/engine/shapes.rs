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
    weights: Weights,
    /// Tokens that are measured: few where they take long.
    pub tokens: usize,
}

/// Where a model's weights are from.
enum Weights {
    /// Any numbers.
    Seeded,
    /// A file that may be there; otherwise any numbers.
    File(&'static str),
    /// These.
    Known(&'static [u8]),
}

/// All of them: the sizes of llama2.c's, and the default model.
pub fn all() -> Vec<Model> {
    let model = |name, numbers: [usize; 7], weights, tokens| Model {
        name,
        config: numbers.into(),
        weights,
        tokens,
    };
    let stories260k = Weights::File("shared/models/stories260K.bin");
    let default = Checkpoint::parse(models::CHECKPOINT).expect("the default model");
    vec![
        model("260K", [64, 172, 5, 8, 4, 512, 512], stories260k, 4),
        Model {
            name: "default",
            config: *default.config(),
            weights: Weights::Known(models::CHECKPOINT),
            tokens: 4,
        },
        model("15M", [288, 768, 6, 6, 6, 32_000, 256], Weights::Seeded, 2),
        model(
            "42M",
            [512, 1376, 8, 8, 8, 32_000, 1024],
            Weights::Seeded,
            1,
        ),
        model(
            "110M",
            [768, 2048, 12, 12, 12, 32_000, 1024],
            Weights::Seeded,
            1,
        ),
    ]
}

impl Model {
    /// The model as a file of llama2.c: the trained one where there is one and it has these sizes,
    /// else one with seeded weights.
    pub fn bytes(&self) -> Vec<u8> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let trained = match self.weights {
            Weights::Seeded => None,
            Weights::File(file) => fs::read(root.join(file)).ok(),
            Weights::Known(bytes) => Some(bytes.to_vec()),
        };
        let is_it = |bytes: &Vec<u8>| {
            Checkpoint::parse(bytes).is_ok_and(|file| *file.config() == self.config)
        };
        trained.filter(is_it).unwrap_or_else(|| {
            println!("{}: seeded weights", self.name);
            synthetic::checkpoint(&self.config, true, 1).expect("valid sizes")
        })
    }
}
