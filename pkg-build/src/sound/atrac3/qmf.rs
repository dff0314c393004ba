//! Quadrature mirror filters: one signal into two of half the rate.

/// One half of the filter, which is symmetric; its gain is 1/2.
///
/// Source: FFmpeg, `atrac.c`, the synthesis filter, of which this is the mirror image.
const HALF: [f64; TAPS / 2] = [
    -0.000_014_619_07,
    -0.000_092_054_79,
    -0.000_056_157_569,
    0.000_301_172_69,
    0.000_242_251_9,
    -0.000_852_938_97,
    -0.000_520_557_4,
    0.002_034_016_9,
    0.000_783_338_91,
    -0.004_215_386_2,
    -0.000_756_149_88,
    0.007_840_294_4,
    -0.000_061_169_922,
    -0.013_441_62,
    0.002_462_682_1,
    0.021_736_089,
    -0.007_801_671,
    -0.034_090_221,
    0.018_809_49,
    0.054_326_009,
    -0.043_596_379,
    -0.099_384_367,
    0.132_079_09,
    0.464_241_59,
];
pub(super) const TAPS: usize = 48;
/// Samples of the past that a filter needs.
pub(super) const PAST: usize = TAPS - 2;

/// A tap of the filter, with a gain of 1/2.
pub(super) fn tap(index: usize) -> f64 {
    HALF[index.min(TAPS - 1 - index)]
}

/// A filter that splits, with what it remembers.
pub(super) struct Analysis {
    past: [f64; PAST],
}

impl Default for Analysis {
    fn default() -> Self {
        Self { past: [0.0; PAST] }
    }
}

impl Analysis {
    /// The lower and the upper half of the band, each of half as many samples.
    pub fn split(&mut self, samples: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let all = [&self.past, samples].concat();
        self.past.copy_from_slice(&all[all.len() - PAST..]);
        let halves = all.windows(TAPS).step_by(2).map(|window| {
            let sum = |first: usize| -> f64 {
                let taps = (first..TAPS).step_by(2);
                taps.map(|index| tap(index) * window[TAPS - 1 - index])
                    .sum()
            };
            let (even, odd) = (sum(0), sum(1));
            (even + odd, even - odd)
        });
        halves.unzip()
    }
}
