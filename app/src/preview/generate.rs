//! A story on standard output.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use llama::checkpoint::Format;
use llama::generation::{Generation, Step};
use llama::reference::Reference;
use llama::text::TextAssembler;
use llama::{Engine, EngineError, Sampler};

use crate::arguments::{self, Generate, Weights};
use crate::engine::{self, Share};
use crate::failure::Failure;
use crate::model::{Model, Source, Unusable};

/// Tells the story.
pub fn run(arguments: &Generate) -> Result<(), Failure> {
    let source = arguments.files.source();
    let mut model = source.read().map_err(unusable)?;
    if let Some(format) = conversion(arguments, model.checkpoint().format()) {
        model.convert(format).map_err(unusable)?;
    }
    let told =
        match arguments.engine {
            arguments::Engine::Reference => {
                let checkpoint = model.checkpoint();
                let mut engine = Reference::new(&checkpoint);
                tell(arguments, &model, &mut engine)?
            }
            arguments::Engine::Spu => {
                let spus = usize::from(arguments.spus);
                let memory = arguments.memory.bytes();
                let mut engine = engine::load(&model, spus, memory, Share::All, &mut |_| {})
                    .map_err(|error| match &source {
                        Source::Files { model, .. } => Failure::file(model, error),
                        Source::BuiltIn => Failure::new(error),
                    })?;
                let mut told = tell(arguments, &model, &mut engine)?;
                let sum = engine::statistics(&engine);
                let _ = write!(
                    told,
                    "\n{spus} SPUs: {} instructions; DMA: {} bytes from memory, {} to memory, \
                 {} between SPUs",
                    sum.instructions,
                    sum.bytes_from_memory,
                    sum.bytes_to_memory,
                    sum.bytes_from_spus + sum.bytes_to_spus,
                );
                let streamed = engine::streamed(&engine);
                if streamed > 0 {
                    let _ = write!(
                        told,
                        "\n{streamed} bytes of weights read anew for each token; \
                     the time of a console's disk is not in these numbers"
                    );
                }
                told
            }
        };
    // Whoever closed standard error does not want to know.
    let _ = writeln!(io::stderr(), "{told}");
    Ok(())
}

fn unusable(unusable: Unusable) -> Failure {
    match &unusable.file {
        Some(file) => Failure::file(Path::new(file), unusable.what),
        None => Failure::new(unusable.what),
    }
}

/// What the weights have to be converted to.
fn conversion(arguments: &Generate, stored: Format) -> Option<Format> {
    let (wanted, kept) = match arguments.format? {
        Weights::Fp32 => (Format::Fp32, stored == Format::Fp32),
        Weights::Q8 => (Format::Q8, matches!(stored, Format::Q8 { .. })),
        Weights::Q4 => (Format::Q4, stored == Format::Q4),
    };
    (!kept).then_some(wanted)
}

/// Tells the story; gives what there is to say about it.
fn tell(arguments: &Generate, model: &Model, engine: &mut dyn Engine) -> Result<String, Failure> {
    let seed = arguments.seed.unwrap_or_else(another_seed);
    let mut sampler = Sampler::new(arguments.temperature, arguments.top_p, seed);
    let config = *engine.config();
    let steps = arguments.steps;
    let mut story = Generation::new(&model.tokenizer, &config, &arguments.prompt, steps);
    let (mut out, mut assembler, mut text) = (io::stdout(), TextAssembler::new(), String::new());
    let mut device: Option<Duration> = None;
    let begun = Instant::now();
    let failed = |error: EngineError| Failure::new(error);
    loop {
        let step = story
            .step(engine, &mut sampler, &model.tokenizer)
            .map_err(failed)?;
        let over = match step {
            Step::Token { piece, .. } => {
                assembler.push(piece, &mut text);
                false
            }
            Step::End(_) => {
                assembler.finish(&mut text);
                text.push('\n');
                true
            }
        };
        let time = engine.device_time();
        if let Some(time) = time.filter(|_| story.has_computed()) {
            *device.get_or_insert_default() += time;
        }
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(Failure::output)?;
        text.clear();
        if over {
            break;
        }
    }
    let passes = story.position();
    let seconds = begun.elapsed().as_secs_f64();
    let mut told = format!(
        "{passes} tokens in {seconds:.2} s: {:.1} tokens a second on this machine",
        rate(passes, seconds)
    );
    if let Some(device) = device {
        let seconds = device.as_secs_f64();
        let _ = write!(
            told,
            ", {:.1} on the console ({:.3} ms of its time)",
            rate(passes, seconds),
            seconds * 1000.0
        );
    }
    let _ = write!(
        told,
        "\ntemperature {}, top-p {}, seed {seed}",
        arguments.temperature, arguments.top_p
    );
    Ok(told)
}

fn rate(count: usize, seconds: f64) -> f64 {
    if seconds > 0.0 {
        count as f64 / seconds
    } else {
        0.0
    }
}

/// A seed that differs from start to start.
fn another_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_nanos() as u64
}
