//! The table and the file, for this benchmark and for that of the PPU alone.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

/// What was measured of an engine.
pub struct Row {
    /// The model's name.
    pub model: &'static str,
    /// The format of its weights.
    pub format: &'static str,
    /// What computes it.
    pub engine: &'static str,
    /// How many SPUs, 0 for none.
    pub spus: usize,
    /// Cycles of the SPUs' clock.
    pub cycles_per_token: f64,
    /// Tokens in a second of the console's time.
    pub tokens_per_second: f64,
    /// Bytes that have to come from memory for a token.
    pub bytes_per_token: f64,
    /// Tokens a second that memory allows.
    pub limit_tokens_per_second: f64,
    /// Tokens of a prompt in a second.
    pub prefill_tokens_per_second: f64,
    /// Part of the SPUs' time in which they wait for one another, 0 to 1.
    pub barrier_share: f64,
    /// Part of the SPUs' time in which they wait for transfers longer than memory's limit makes
    /// them.
    pub stall_share: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.tokens_per_second / self.limit_tokens_per_second
    }

    fn json(&self) -> Value {
        json!({
            "model": self.model,
            "format": self.format,
            "engine": self.engine,
            "spus": self.spus,
            "cycles_per_token": self.cycles_per_token.round(),
            "tokens_per_second": self.tokens_per_second,
            "bytes_per_token": self.bytes_per_token.round(),
            "limit_tokens_per_second": self.limit_tokens_per_second,
            "ratio": self.ratio(),
            "prefill_tokens_per_second": self.prefill_tokens_per_second,
            "barrier_share": self.barrier_share,
            "stall_share": self.stall_share,
        })
    }
}

/// All rows.
pub struct Report {
    rows: Vec<Value>,
}

impl Report {
    /// An empty report; prints the head of the table.
    pub fn new() -> Self {
        println!(
            "{:7} {:6} {:11} {:>4} {:>13} {:>10} {:>12} {:>10} {:>6} {:>10} {:>8} {:>7}",
            "model",
            "format",
            "engine",
            "SPUs",
            "cycles/token",
            "tokens/s",
            "bytes/token",
            "limit",
            "ratio",
            "prefill/s",
            "barriers",
            "stalls"
        );
        Self { rows: Vec::new() }
    }

    /// Adds a row and prints it.
    pub fn add(&mut self, row: Row) {
        println!(
            "{:7} {:6} {:11} {:>4} {:>13.0} {:>10.1} {:>12.0} {:>10.1} {:>5.1}% {:>10.1} {:>7.1}% {:>6.1}%",
            row.model,
            row.format,
            row.engine,
            row.spus,
            row.cycles_per_token,
            row.tokens_per_second,
            row.bytes_per_token,
            row.limit_tokens_per_second,
            row.ratio() * 100.0,
            row.prefill_tokens_per_second,
            row.barrier_share * 100.0,
            row.stall_share * 100.0,
        );
        self.rows.push(row.json());
    }

    /// Writes the file; gives its path. The rows of what was not measured this time stay in it.
    pub fn write(self) -> io::Result<PathBuf> {
        let folder = target().join("bench");
        fs::create_dir_all(&folder)?;
        let path = folder.join("engine.json");
        let old = fs::read(&path).unwrap_or_default();
        let mut all: Vec<Value> = serde_json::from_slice(&old).unwrap_or_default();
        for new in self.rows {
            match all.iter_mut().find(|old| measures_the_same(old, &new)) {
                Some(old) => *old = new,
                None => all.push(new),
            }
        }
        let text = format!("{:#}\n", Value::Array(all));
        fs::write(&path, text)?;
        Ok(path)
    }
}

/// Whether two rows are of the same model and format, on the same engine and number of SPUs.
fn measures_the_same(one: &Value, two: &Value) -> bool {
    ["model", "format", "engine", "spus"]
        .iter()
        .all(|key| one[key] == two[key])
}

/// The folder that builds go to.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    )
}
