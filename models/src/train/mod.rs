//! The trainer: a llama2.c network with its gradients, in as little code as
//! that takes, over a library for matrix products.
//!
//! A general library was tried first (candle 0.9 with one thread: 3 400 tokens
//! a second for this model's shape, against 36 000 here with two), and speed
//! decides what can be learnt in an hour.

pub mod attention;
pub mod batches;
pub mod export;
#[cfg(test)]
mod gradient_check;
pub mod lanes;
pub mod layers;
pub mod matrix;
pub mod network;
pub mod optimiser;
pub mod parameters;
pub mod run;

use llama::{Engine, EngineError};

/// Sum of the losses, in nats, of an engine that reads a row of tokens and is
/// asked at each for the next.
pub fn loss(engine: &mut dyn Engine, row: &[u32]) -> Result<f64, EngineError> {
    let mut sum = 0.0;
    for (position, pair) in row.windows(2).enumerate() {
        let mut logits = engine.forward(pair[0], position)?.to_vec();
        let logit = logits[pair[1] as usize];
        sum += f64::from(lanes::softmax(&mut logits) - logit);
    }
    Ok(sum)
}
