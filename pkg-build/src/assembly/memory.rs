//! Whether a program and its model have room in the console's memory.

use std::fmt;

use llama::checkpoint::Checkpoint;
use spu::driver::block_format;
use spu::engine::layout::Layout;
use spu::engine::program;

use crate::program::image::Summary;

/// Bytes that the system leaves to a game, of the 256 MB of main memory.
pub const USER: u64 = 213 << 20;
/// Bytes of a page, in which the system gives memory to a program.
const PAGE: u64 = 1 << 20;
/// Bytes for what is none of image and model: the RSX's commands, the heap, the stacks of threads,
/// sound, and what the system's libraries take for themselves.
const REST: u64 = 24 << 20;
/// The SPUs that a program can have. Fewer take less memory.
const SPUS: usize = 6;

/// What a program takes of main memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Code, data, and the main thread's stack.
    pub program: u64,
    /// The model's file, which is in memory while the SPUs' streams are made of it.
    pub file: u64,
    /// The weights as the SPUs read them, with keys, values and tables.
    pub engine: u64,
}

impl Memory {
    /// What a program takes without a model.
    pub fn of_program(summary: &Summary) -> Self {
        let Summary {
            text, data, zero, ..
        } = summary;
        Self {
            program: pages(text + data + zero) + pages(summary.process.stack_size.into()),
            file: 0,
            engine: 0,
        }
    }

    /// The same with a model, whose file has so many bytes.
    ///
    /// # Errors
    /// One line, where the SPUs' program cannot take a model of its sizes.
    pub fn with_model(self, model: &Checkpoint, file_size: u64) -> Result<Self, String> {
        let format = block_format(model.index());
        let program = program::assemble(format).map_err(|error| error.to_string())?;
        let shares = model.shares_classifier();
        let layout = Layout::new(*model.config(), format, shares, SPUS, program.end())
            .map_err(|error| error.to_string())?;
        Ok(Self {
            file: pages(file_size),
            engine: pages(layout.memory_bytes() as u64),
            ..self
        })
    }

    /// All of it, with what is neither program nor model.
    pub fn total(&self) -> u64 {
        self.program + self.file + self.engine + REST
    }

    /// Whether it fits.
    ///
    /// # Errors
    /// One line with the sizes.
    pub fn check(&self) -> Result<(), String> {
        match self.total() <= USER {
            true => Ok(()),
            false => Err(format!("needs {self}, but a console has {} MB", USER >> 20)),
        }
    }
}

fn pages(bytes: u64) -> u64 {
    bytes.next_multiple_of(PAGE)
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} MB of memory (program {}, model file {}, model on the SPUs {}, everything else {})",
            self.total() >> 20,
            self.program >> 20,
            self.file >> 20,
            self.engine >> 20,
            REST >> 20
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llama::{Config, synthetic};

    const PROGRAM: Memory = Memory {
        program: 3 << 20,
        file: 0,
        engine: 0,
    };

    #[test]
    fn a_model_that_is_too_large_is_refused_with_its_sizes() {
        // The shape of stories15M, with a vocabulary that makes it 60 MB.
        let small = Config {
            dim: 288,
            hidden_dim: 768,
            n_layers: 1,
            n_heads: 6,
            n_kv_heads: 6,
            vocab_size: 32_000,
            seq_len: 256,
        };
        let file = synthetic::checkpoint(&small, true, 1).unwrap();
        let model = Checkpoint::parse(&file).unwrap();
        let memory = PROGRAM.with_model(&model, file.len() as u64).unwrap();
        assert_eq!(memory.check(), Ok(()));
        // Classifier and embedding on their own, and thrice the file.
        let file = synthetic::checkpoint(&small, false, 1).unwrap();
        let model = Checkpoint::parse(&file).unwrap();
        let memory = PROGRAM.with_model(&model, 3 * file.len() as u64).unwrap();
        let problem = memory.check().unwrap_err();
        assert!(problem.starts_with("needs 3"), "{problem}");
        assert!(problem.ends_with(", but a console has 213 MB"), "{problem}");
    }
}
