//! Whole tokens on simulated SPUs, against what memory allows: `cargo bench -p console --bench
//! engine`. Prints a table and writes `target/bench/engine.json`, an array with a row for each
//! model, format and number of SPUs. Words behind `--` choose rows: those that contain one of them,
//! as in `-- 15M/q8`.
//!
//! - `shapes`: the models
//! - `memory`: the bytes that a token takes out of memory
//! - `measure`: an engine's row
//! - `profile`: what the SPUs spend their time on
//! - `report`: the table and the file

mod measure;
mod memory;
mod profile;
mod report;
mod shapes;

use std::process::ExitCode;

use llama::checkpoint::write;
use llama::{Checkpoint, checkpoint::Format};

use report::Report;

const FORMATS: [(&str, Format); 3] = [
    ("fp32", Format::Fp32),
    ("q8", Format::Q8),
    ("q4", Format::Q4),
];
const SPUS: [usize; 4] = [1, 2, 4, 6];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let mut report = Report::new();
    for model in shapes::all() {
        let rows = FORMATS.map(|format| {
            SPUS.map(|spus| (format, spus, format!("{}/{}/{spus}", model.name, format.0)))
        });
        let mut rows = rows.into_iter().flatten().filter(|row| chosen(&row.2));
        let Some(first) = rows.next() else { continue };
        let bytes = model.bytes();
        let source = Checkpoint::parse(&bytes).expect("a valid model");
        let mut converted: Option<(Format, Vec<u8>)> = None;
        for ((format_name, format), spus, name) in std::iter::once(first).chain(rows) {
            if converted.as_ref().is_none_or(|(made, _)| *made != format) {
                // The one before goes before this one comes.
                drop(converted.take());
                let tensors = write::tensors(&source, format).expect("every shape is converted");
                converted = Some((format, tensors));
            }
            let (_, tensors) = converted.as_ref().expect("it was just made");
            let shared = source.shares_classifier();
            let checkpoint = Checkpoint::from_tensors(*source.config(), format, shared, tensors)
                .expect("what was just written");
            match measure::row(&model, format_name, &checkpoint, spus) {
                Ok(row) => report.add(row),
                Err(error) => {
                    eprintln!("{name}: {error}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    match report.write() {
        Ok(path) => {
            println!("\n{}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
