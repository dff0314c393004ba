//! Measures what a token costs on the PPU alone, with [`llama::native`]: the loop of llama2.c, or
//! the vector unit. The arguments are the model's path, `scalar` or `vector`, and a position.
//!
//! It is run by the benchmarks of pkg-build. After the line `ready` it sleeps a little, so that who
//! runs it can begin to time the PPU; then it writes the ticks of the time base that a token takes,
//! and those of a token of the prompt.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use core::error::Error;
use core::time::Duration;

use llama::native::{Native, Product};
use llama::{Checkpoint, Engine};
use psl1ght_rs::time::{self, Instant};
use psl1ght_rs::{fs, println, process};

psl1ght_rs::entry!(main_on_lv2);

/// The largest model that is read; the engine has another copy of its weights.
const MOST_BYTES: usize = 80 << 20;

fn main_on_lv2() {
    if let Err(error) = measure() {
        println!("failed: {error}");
        process::exit(1);
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let mut arguments = process::arguments().into_iter().skip(1);
    let mut next = |what: &'static str| arguments.next().ok_or(what);
    let path = next("the model's path is missing")?;
    let product = match &*next("scalar or vector is missing")? {
        "scalar" => Product::Scalar,
        "vector" => Product::Vector,
        _ => return Err("it is neither scalar nor vector".into()),
    };
    let position: usize = next("the position is missing")?.parse()?;

    let mut engine = {
        let bytes = fs::read(&path, MOST_BYTES)?;
        Native::new(&Checkpoint::parse(&bytes)?, product)?
    };
    if position >= engine.config().seq_len {
        return Err("the model's context is shorter than the position".into());
    }
    engine.skip_to(position);
    println!("ready");
    time::sleep(Duration::from_millis(10));

    let start = Instant::now();
    engine.forward(1, position)?;
    println!("token {}", Instant::now().ticks() - start.ticks());
    let start = Instant::now();
    engine.prefill(1, position)?;
    println!("prefill {}", Instant::now().ticks() - start.ticks());
    Ok(())
}
