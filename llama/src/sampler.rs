//! Picks the next token from the logits: the most likely one, or one at random from all or from
//! the likeliest. Same results as llama2.c for the same seed.

use alloc::vec::Vec;

use crate::math;

/// The index of the largest value, the first of them if several are equal; 0 if there is none.
pub fn argmax(values: &[f32]) -> u32 {
    let mut best = 0;
    for (i, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = i;
        }
    }
    best as u32
}

/// The generator xorshift64*: shifts of 12, 25 and 27, the upper half of a product.
#[derive(Clone, Debug)]
pub struct Xorshift {
    state: u64,
}

impl Xorshift {
    /// Starts at `seed`. The generator would never leave a state of 0, so 0 is taken as 1.
    pub fn new(seed: u64) -> Self {
        Xorshift { state: seed.max(1) }
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    }

    /// The next number from 0 up to but without 1, in steps of 2⁻²⁴.
    pub fn next_f32(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 / 16_777_216.0
    }
}

/// Picks tokens. It keeps the state of its random generator from one to the next.
#[derive(Clone, Debug)]
pub struct Sampler {
    temperature: f32,
    top_p: f32,
    random: Xorshift,
    /// Kept between calls for their memory.
    probabilities: Vec<f32>,
    candidates: Vec<Candidate>,
}

/// What one token is drawn by, for an engine that does it by itself.
///
/// The token is that of [`Sampler::sample`], computed with real numbers: probabilities are the
/// softmax of the logits divided by the temperature. Without `top_p`, it is the first one at which
/// the sum of the probabilities, in the order of the tokens, exceeds the coin. With it, the tokens
/// are those of at least the cutoff, in the order of their probabilities from the largest down and
/// equal ones in the order of the tokens, up to the first at which the sum exceeds `top_p`; of
/// these it is the first one at which the sum exceeds the coin times the sum of all of them. Where
/// no token reaches the cutoff it is the most likely one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// More than 0.
    pub temperature: f32,
    /// More than 0 and less than 1, or `None` to draw from all tokens.
    pub top_p: Option<f32>,
    /// From 0 up to but without 1.
    pub coin: f32,
}

impl Draw {
    /// The least probability of a token to draw, of a vocabulary of this size; 0 without `top_p`.
    pub fn cutoff(&self, vocab_size: usize) -> f32 {
        match self.top_p {
            Some(top_p) => cutoff(top_p, vocab_size),
            None => 0.0,
        }
    }
}

/// What is below this cannot be among the likeliest, and need not be sorted.
fn cutoff(top_p: f32, vocab_size: usize) -> f32 {
    (1.0 - top_p) / (vocab_size as f32 - 1.0)
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    probability: f32,
    token: u32,
}

impl Sampler {
    /// A sampler with these settings.
    ///
    /// - `temperature`: 0 always takes the most likely token; 1 takes the model's own
    ///   probabilities; more flattens them. Taken as 0 where it is negative or NaN.
    /// - `top_p`: only the likeliest tokens that together exceed this probability are taken; 0
    ///   and 1 take all. Taken as 0.9 where it is not within 0 to 1.
    /// - `seed` starts the random generator; 0 is taken as 1.
    pub fn new(temperature: f32, top_p: f32, seed: u64) -> Self {
        Sampler {
            temperature: if temperature > 0.0 { temperature } else { 0.0 },
            top_p: if (0.0..=1.0).contains(&top_p) {
                top_p
            } else {
                0.9
            },
            random: Xorshift::new(seed),
            probabilities: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// The random generator as it is now, to be put back after a token that was not computed.
    pub(crate) fn random(&self) -> Xorshift {
        self.random.clone()
    }

    /// Puts the random generator back.
    pub(crate) fn set_random(&mut self, random: Xorshift) {
        self.random = random;
    }

    /// Whether it always takes the most likely token, so that
    /// [`forward_greedy`](crate::Engine::forward_greedy) gives what it would pick.
    pub fn is_greedy(&self) -> bool {
        self.temperature == 0.0
    }

    /// Picks a token: an index into `logits`.
    pub fn sample(&mut self, logits: &[f32]) -> u32 {
        if self.is_greedy() || logits.is_empty() {
            return argmax(logits);
        }
        self.probabilities.clear();
        self.probabilities
            .extend(logits.iter().map(|logit| logit / self.temperature));
        math::softmax(&mut self.probabilities);
        let coin = self.random.next_f32();
        if self.top_p <= 0.0 || self.top_p >= 1.0 {
            pick(self.probabilities.iter().copied(), coin) as u32
        } else {
            self.pick_top_p(coin)
        }
    }

    /// Takes the next random number, for an engine that picks the token by itself.
    pub fn draw(&mut self) -> Draw {
        Draw {
            temperature: self.temperature,
            top_p: (self.top_p > 0.0 && self.top_p < 1.0).then_some(self.top_p),
            coin: self.random.next_f32(),
        }
    }

    fn pick_top_p(&mut self, coin: f32) -> u32 {
        let cutoff = cutoff(self.top_p, self.probabilities.len());
        self.candidates.clear();
        for (token, &probability) in self.probabilities.iter().enumerate() {
            if probability >= cutoff {
                self.candidates.push(Candidate {
                    probability,
                    token: token as u32,
                });
            }
        }
        // llama2.c's order of equal ones is that of its C library's sort; the GNU C library's
        // (2.36) is stable.
        self.candidates.sort_unstable_by(|a, b| {
            b.probability
                .total_cmp(&a.probability)
                .then(a.token.cmp(&b.token))
        });
        let mut sum = 0.0;
        let mut count = self.candidates.len();
        for (i, candidate) in self.candidates.iter().enumerate() {
            sum += candidate.probability;
            if sum > self.top_p {
                count = i + 1;
                break;
            }
        }
        let likeliest = &self.candidates[..count];
        let index = pick(likeliest.iter().map(|c| c.probability), coin * sum);
        match likeliest.get(index) {
            Some(candidate) => candidate.token,
            // All are below the cutoff, or NaN.
            None => argmax(&self.probabilities),
        }
    }
}

/// The first index at which the sum so far exceeds `at`; the last where rounding lets none.
fn pick(probabilities: impl ExactSizeIterator<Item = f32>, at: f32) -> usize {
    let last = probabilities.len().saturating_sub(1);
    let mut sum = 0.0;
    for (i, probability) in probabilities.enumerate() {
        sum += probability;
        if at < sum {
            return i;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From llama2.c's generator with seed 42.
    #[test]
    fn generator_repeats_llama2c() {
        let mut random = Xorshift::new(42);
        let first: [u32; 3] = core::array::from_fn(|_| random.next_u32());
        assert_eq!(first, [1_456_360_119, 3_359_763_283, 3_393_612_768]);
    }

    #[test]
    fn argmax_takes_the_first_of_equals() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0, 2.0]), 1);
        assert_eq!(argmax(&[f32::NAN, 3.0]), 0);
        assert_eq!(argmax(&[]), 0);
    }

    #[test]
    fn settings_out_of_range_become_llama2c_defaults() {
        assert!(Sampler::new(-1.0, 0.5, 1).is_greedy());
        assert!(Sampler::new(f32::NAN, 0.5, 1).is_greedy());
        assert_eq!(Sampler::new(1.0, 1.5, 1).top_p, 0.9);
        assert_eq!(Sampler::new(1.0, f32::NAN, 1).top_p, 0.9);
    }

    /// Probabilities 0.5, 0.25, 0.125 and the rest; a top-p of 0.7 leaves the first two.
    #[test]
    fn top_p_takes_only_the_likeliest() {
        let logits = [0.5f32, 0.0625, 0.25, 0.125, 0.0625].map(libm::logf);
        let mut sampler = Sampler::new(1.0, 0.7, 3);
        let mut counts = [0; 5];
        for _ in 0..3000 {
            counts[sampler.sample(&logits) as usize] += 1;
        }
        assert_eq!((counts[1], counts[3], counts[4]), (0, 0, 0));
        assert!((1900..2100).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn without_top_p_every_token_comes_as_often_as_it_should() {
        let logits = [0.5f32, 0.25, 0.25].map(libm::logf);
        for top_p in [0.0, 1.0] {
            let mut sampler = Sampler::new(1.0, top_p, 9);
            let mut counts = [0; 3];
            for _ in 0..4000 {
                counts[sampler.sample(&logits) as usize] += 1;
            }
            assert!((1900..2100).contains(&counts[0]), "{counts:?}");
            assert!((900..1100).contains(&counts[1]), "{counts:?}");
        }
    }

    proptest! {
        #[test]
        fn any_logits_give_one_of_their_indices(
            bits in prop::collection::vec(any::<u32>(), 1..40),
            temperature in 0.0f32..3.0,
            top_p in -0.1f32..1.1,
            seed: u64,
        ) {
            let logits: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            let mut sampler = Sampler::new(temperature, top_p, seed);
            for _ in 0..3 {
                prop_assert!((sampler.sample(&logits) as usize) < logits.len());
            }
        }
    }
}
