//! The modified discrete cosine transform of one band.

use core::f64::consts::PI;

/// Coefficients of a band in a frame; the transform sees twice as many samples.
pub(super) const BAND: usize = 256;

/// What is weaker is not heard, in units of 16-bit PCM.
const SILENT: f64 = 0.05;
/// Steps of a whole turn.
const TURN: usize = 8 * BAND;

/// The transform's tables.
pub(super) struct Mdct {
    /// The rising half of the window; the falling one is its mirror image.
    window: Vec<f64>,
    /// Cosines of a whole turn, in steps of π / 1024.
    cosines: Box<[f64; TURN]>,
}

impl Default for Mdct {
    fn default() -> Self {
        let window = |at| 1.0 + libm::sin(PI * ((at as f64 + 0.5) / BAND as f64 - 0.5));
        let cosine = |at| libm::cos(PI * at as f64 / (4 * BAND) as f64);
        let cosines = Box::new(core::array::from_fn(cosine));
        Self {
            window: (0..BAND).map(window).collect(),
            cosines,
        }
    }
}

impl Mdct {
    /// The coefficients of the samples of the frame before and those of this one.
    ///
    /// With a = 1 + sin, the decoder's window is 2 a(n) / (a(n)² + a(255 − n)²): that and this one
    /// add up to one where two frames overlap.
    pub fn forward(&self, before: &[f64], now: &[f64]) -> Vec<f64> {
        let rising = before.iter().zip(&self.window);
        let falling = now.iter().zip(self.window.iter().rev());
        let windowed: Vec<f64> = rising.chain(falling).map(|(x, w)| x * w).collect();
        if windowed.iter().all(|sample| sample.abs() < SILENT) {
            return vec![0.0; BAND];
        }
        (0..BAND).map(|k| self.coefficient(&windowed, k)).collect()
    }

    fn coefficient(&self, windowed: &[f64], k: usize) -> f64 {
        // cos(π / 256 × (n + 1/2 + 128) × (k + 1/2)), the angle in steps of π / 1024.
        let step = 2 * (2 * k + 1);
        let mut angle = (BAND + 1) * (2 * k + 1);
        let mut sum = 0.0;
        for sample in windowed {
            sum += sample * self.cosines[angle % TURN];
            angle += step;
        }
        -sum / BAND as f64
    }
}
