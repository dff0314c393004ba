//! The training run: batches, threads, and a state that can be resumed.

use super::batches::Rows;
use super::network::Network;
use super::optimiser::{AdamW, Schedule};
use super::parameters::{Layout, Shape};
use crate::random::Random;
use std::vec;
use std::vec::Vec;

/// A batch is worked on in this many parts, each with gradients of its own,
/// whatever the number of cores: the order of the sums, and with it the
/// result, does not depend on the machine's load or size.
const PARTS: usize = 2;

/// A model in training.
pub struct Run {
    /// The model's sizes.
    pub shape: Shape,
    /// The parameters, laid out as [`Layout`] says.
    pub parameters: Vec<f32>,
    /// Steps done.
    pub step: usize,
    optimiser: AdamW,
    networks: Vec<Network>,
    gradients: Vec<Vec<f32>>,
}

impl Run {
    /// A model before its first step.
    pub fn new(shape: Shape, seed: u64) -> Self {
        let layout = Layout::new(&shape);
        Self {
            parameters: layout.initial(&shape, &mut Random::new(seed)),
            step: 0,
            optimiser: AdamW::new(&layout),
            networks: (0..PARTS).map(|_| Network::new(shape)).collect(),
            gradients: vec![vec![0.0; layout.len]; PARTS],
            shape,
        }
    }

    /// One step on a batch of rows; the number of rows is a multiple of the
    /// number of parts. Returns the mean loss in nats a token.
    pub fn learn(&mut self, rows: &[Vec<u32>], schedule: &Schedule) -> f64 {
        let tokens: usize = rows.iter().map(|row| row.len() - 1).sum();
        let scale = 1.0 / tokens as f32;
        let parameters = &self.parameters;
        let loss: f64 = std::thread::scope(|scope| {
            let parts: Vec<_> = self
                .networks
                .iter_mut()
                .zip(&mut self.gradients)
                .zip(rows.chunks(rows.len().div_ceil(PARTS)))
                .map(|((network, gradients), rows)| {
                    scope.spawn(move || {
                        gradients.fill(0.0);
                        rows.iter()
                            .map(|row| {
                                let (input, target) = (&row[..row.len() - 1], &row[1..]);
                                network.backward(parameters, input, target, scale, gradients)
                            })
                            .sum::<f64>()
                    })
                })
                .collect();
            // A part that panicked has said why; there is no result without it.
            parts
                .into_iter()
                .map(|part| part.join().unwrap_or(f64::NAN))
                .sum()
        });
        let (sum, others) = self.gradients.split_at_mut(1);
        for other in others {
            sum[0].iter_mut().zip(other).for_each(|(a, b)| *a += *b);
        }
        let rate = schedule.rate(self.step);
        self.optimiser
            .step(&mut self.parameters, &self.gradients[0], self.step, rate);
        self.step += 1;
        loss / tokens as f64
    }

    /// Mean loss in nats a token over rows that are not learnt from.
    pub fn evaluate(&mut self, rows: &[Vec<u32>]) -> f64 {
        let network = &mut self.networks[0];
        let sum: f64 = rows
            .iter()
            .map(|row| network.loss(&self.parameters, &row[..row.len() - 1], &row[1..]))
            .sum();
        sum / rows.len() as f64
    }

    /// Everything that a resumed run needs, little-endian: the step, the
    /// number of the next document, then parameters and moments.
    pub fn state(&self, position: u64) -> Vec<u8> {
        let mut bytes = Vec::from((self.step as u64).to_le_bytes());
        bytes.extend(position.to_le_bytes());
        for values in [
            &self.parameters,
            &self.optimiser.mean,
            &self.optimiser.square,
        ] {
            bytes.extend(values.iter().flat_map(|x| x.to_le_bytes()));
        }
        bytes
    }

    /// Takes over a state; returns the number of the next document, or `None`
    /// if the state's size is not that of this model's.
    pub fn resume(&mut self, bytes: &[u8]) -> Option<u64> {
        let (head, rest) = bytes.split_first_chunk::<16>()?;
        let n = self.parameters.len();
        if rest.len() != 12 * n {
            return None;
        }
        let (step, position) = (u64::from_le_bytes(head[..8].try_into().ok()?), &head[8..]);
        self.step = step as usize;
        let mut values = rest
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let fields = [
            &mut self.parameters,
            &mut self.optimiser.mean,
            &mut self.optimiser.square,
        ];
        for field in fields {
            field
                .iter_mut()
                .zip(&mut values)
                .for_each(|(to, from)| *to = from);
        }
        Some(u64::from_le_bytes(position.try_into().ok()?))
    }

    /// Rows for the next step.
    pub fn batch(rows: &mut Rows, count: usize) -> Vec<Vec<u32>> {
        (0..count.next_multiple_of(PARTS))
            .map(|_| rows.row())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        dim: 16,
        hidden_dim: 32,
        n_layers: 1,
        n_heads: 2,
        vocab_size: 20,
        seq_len: 24,
    };
    const SCHEDULE: Schedule = Schedule {
        peak: 0.01,
        warmup: 2,
        decay: 10,
        total: 60,
    };

    /// Rows of a pattern that only what came before tells.
    fn rows(step: usize) -> Vec<Vec<u32>> {
        let row = |start: usize| (0..25).map(|i| ((start + i * 3) % 20) as u32).collect();
        (0..4).map(|i| row(step + i)).collect()
    }

    #[test]
    fn a_pattern_is_learnt() {
        let mut run = Run::new(SHAPE, 1);
        let first = run.learn(&rows(0), &SCHEDULE);
        assert!((first - 20f64.ln()).abs() < 0.2, "{first}");
        for step in 1..60 {
            run.learn(&rows(step), &SCHEDULE);
        }
        assert!(run.evaluate(&rows(7)) < 0.1);
    }

    #[test]
    fn a_resumed_run_goes_on_as_if_nothing_had_happened() {
        let mut whole = Run::new(SHAPE, 1);
        for step in 0..5 {
            whole.learn(&rows(step), &SCHEDULE);
        }
        let state = whole.state(77);
        let mut resumed = Run::new(SHAPE, 2);
        assert_eq!(resumed.resume(&state[1..]), None);
        assert_eq!(resumed.resume(&state), Some(77));
        for step in 5..8 {
            whole.learn(&rows(step), &SCHEDULE);
            resumed.learn(&rows(step), &SCHEDULE);
        }
        assert!(whole.parameters == resumed.parameters && whole.step == resumed.step);
    }
}
