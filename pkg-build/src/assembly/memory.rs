//! Whether a program and its model have room in the console's memory.

use std::fmt;

use llama::checkpoint::Index;
use spu::driver::block_format;
use spu::engine::layout::Layout;
use spu::engine::program;

use crate::program::image::Summary;

/// Bytes that the system leaves to a game, of the 256 MB of main memory.
pub const USER: u64 = 213 << 20;
/// Bytes of a page, in which the system gives memory to a program.
const PAGE: u64 = 1 << 20;
/// Bytes for what is none of image and model: the RSX's commands, the heap, the stacks of threads,
/// sound, what the system's libraries take for themselves, and the 16 MB that the program leaves
/// free when it loads a model. Measured on the virtual PS3: 20 MB, and those.
const REST: u64 = 36 << 20;
/// The SPUs that a program can have. Fewer take less memory.
const SPUS: usize = 6;

/// What a program takes of main memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Code, data, and the main thread's stack.
    pub program: u64,
    /// The weights as the SPUs read them, with keys, values and tables.
    pub engine: u64,
    /// Bytes of weights that have no place there, and are read from the disk for each token.
    pub streamed: u64,
}

impl Memory {
    /// What a program takes without a model.
    pub fn of_program(summary: &Summary) -> Self {
        let Summary {
            text, data, zero, ..
        } = summary;
        Self {
            program: pages(text + data + zero) + pages(summary.process.stack_size.into()),
            engine: 0,
            streamed: 0,
        }
    }

    /// The same with a model. Of one that is too large, the program streams what has no place.
    ///
    /// # Errors
    /// One line, where the SPUs' program cannot take a model of its sizes, or where what cannot be
    /// streamed has no place either.
    pub fn with_model(self, model: &Index) -> Result<Self, String> {
        let format = block_format(model);
        let program = program::assemble(format).map_err(|error| error.to_string())?;
        let shares = model.shares_classifier();
        let layout = Layout::new(*model.config(), format, shares, SPUS, program.end())
            .map_err(|error| error.to_string())?;
        let budget = USER.saturating_sub(self.total());
        let budget = usize::try_from(budget).unwrap_or(usize::MAX);
        let layout = layout.within(budget).map_err(|error| error.to_string())?;
        Ok(Self {
            engine: pages(layout.memory_bytes() as u64),
            streamed: layout.streamed_bytes() as u64,
            ..self
        })
    }

    /// All of it, with what is neither program nor model.
    pub fn total(&self) -> u64 {
        self.program + self.engine + REST
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
            "{} MB of memory (program {}, model on the SPUs {}, everything else {})",
            self.total() >> 20,
            self.program >> 20,
            self.engine >> 20,
            REST >> 20
        )?;
        match self.streamed {
            0 => Ok(()),
            bytes => write!(
                f,
                "; {} MB of the weights are read from the disk for each token",
                bytes.div_ceil(1 << 20)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llama::Config;
    use llama::checkpoint::{CheckpointError, Format};

    const PROGRAM: Memory = Memory {
        program: 3 << 20,
        engine: 0,
        streamed: 0,
    };

    fn index(config: [usize; 7], format: Format) -> Index {
        let config = Config::from(config);
        // Its size is what it takes, by the header's own word.
        let error = Index::of_tensors(config, format, true, 0).err().unwrap();
        let CheckpointError::Truncated { expected, .. } = error else {
            panic!("{error}");
        };
        Index::of_tensors(config, format, true, expected).unwrap()
    }

    /// llama2.c's models of 15, 42 and 110 million parameters.
    const MODELS: [[usize; 7]; 3] = [
        [288, 768, 6, 6, 6, 32_000, 256],
        [512, 1376, 8, 8, 8, 32_000, 1024],
        [768, 2048, 12, 12, 12, 32_000, 1024],
    ];

    #[test]
    fn every_model_of_the_family_has_a_place() {
        for (format, streams) in [
            (Format::Fp32, [false, true, true]),
            (Format::Q8, [false; 3]),
            (Format::Q4, [false; 3]),
        ] {
            for (config, streams) in MODELS.into_iter().zip(streams) {
                let memory = PROGRAM.with_model(&index(config, format)).unwrap();
                assert_eq!(memory.check(), Ok(()), "{config:?}, {format}");
                assert_eq!(
                    memory.streamed > 0,
                    streams,
                    "{config:?}, {format}: {memory}"
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_streamed_is_refused_with_its_sizes() {
        // Keys and values alone are more than there is.
        let long = [768, 2048, 12, 12, 12, 32_000, 8192];
        let problem = PROGRAM.with_model(&index(long, Format::Fp32)).unwrap_err();
        assert!(
            problem.starts_with("the model takes at least 5"),
            "{problem}"
        );
        assert!(
            problem.ends_with("of which 174 MB are free for it"),
            "{problem}"
        );
    }
}
