//! AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization") and
//! the learning rate's schedule.

use super::lanes::dot;
use super::parameters::Layout;
use std::vec;
use std::vec::Vec;

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.97;
const EPSILON: f32 = 1e-8;
const WEIGHT_DECAY: f32 = 0.05;
/// Gradients longer than this are shortened to it.
const LONGEST_GRADIENT: f32 = 1.0;

/// Moments of the gradients.
pub struct AdamW {
    /// Running mean of the gradients.
    pub mean: Vec<f32>,
    /// Running mean of their squares.
    pub square: Vec<f32>,
    decayed: Vec<bool>,
}

impl AdamW {
    /// Zero moments for a layout.
    pub fn new(layout: &Layout) -> Self {
        let mut decayed = vec![true; layout.len];
        for range in layout.gains() {
            decayed[range].fill(false);
        }
        Self {
            mean: vec![0.0; layout.len],
            square: vec![0.0; layout.len],
            decayed,
        }
    }

    /// Moves the parameters; `step` counts from 0. Returns the length that
    /// the gradient had.
    pub fn step(
        &mut self,
        parameters: &mut [f32],
        gradients: &[f32],
        step: usize,
        rate: f32,
    ) -> f32 {
        let length = dot(gradients, gradients).sqrt();
        let shorten = (LONGEST_GRADIENT / length.max(LONGEST_GRADIENT)).min(1.0);
        let correct_1 = 1.0 / (1.0 - BETA_1.powi(step as i32 + 1));
        let correct_2 = 1.0 / (1.0 - BETA_2.powi(step as i32 + 1));
        for i in 0..parameters.len() {
            let g = gradients[i] * shorten;
            self.mean[i] = BETA_1 * self.mean[i] + (1.0 - BETA_1) * g;
            self.square[i] = BETA_2 * self.square[i] + (1.0 - BETA_2) * g * g;
            let decay = if self.decayed[i] {
                WEIGHT_DECAY * parameters[i]
            } else {
                0.0
            };
            let move_by =
                self.mean[i] * correct_1 / ((self.square[i] * correct_2).sqrt() + EPSILON);
            parameters[i] -= rate * (move_by + decay);
        }
        length
    }
}

/// Rises over `warmup` steps, stays, and falls over the last `decay` of
/// `total` steps along half a period of a cosine to a fiftieth. What
/// precedes the fall does not depend on when it comes, so a run can be cut
/// short or drawn out.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// The highest rate.
    pub peak: f32,
    /// Steps of the rise.
    pub warmup: usize,
    /// Steps of the fall.
    pub decay: usize,
    /// All steps.
    pub total: usize,
}

impl Schedule {
    /// The rate of a step, which counts from 0.
    pub fn rate(&self, step: usize) -> f32 {
        let rise = ((step + 1) as f32 / self.warmup.max(1) as f32).min(1.0);
        let left = self.total.saturating_sub(step) as f32 / self.decay.max(1) as f32;
        let fall = if left < 1.0 {
            0.02 + 0.98 * 0.5 * (1.0 - (core::f32::consts::PI * left).cos())
        } else {
            1.0
        };
        self.peak * rise * fall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_rises_stays_and_falls() {
        let schedule = Schedule {
            peak: 2.0,
            warmup: 10,
            decay: 20,
            total: 100,
        };
        assert!(schedule.rate(0) < schedule.rate(5));
        assert_eq!(schedule.rate(10), 2.0);
        assert_eq!(schedule.rate(79), 2.0);
        assert!(schedule.rate(90) < 1.1);
        assert!(schedule.rate(99) < 0.1);
        let longer = Schedule {
            total: 200,
            ..schedule
        };
        assert_eq!(schedule.rate(50), longer.rate(50));
    }
}
