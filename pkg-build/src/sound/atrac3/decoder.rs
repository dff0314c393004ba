//! A decoder of what the encoder writes, by which its tests know what can be heard.

use core::f64::consts::PI;
use std::sync::LazyLock;

use super::codes::{Code, Codes, GREATEST, GROUPS, scale, steps};
use super::mdct::BAND;
use super::qmf::{PAST, TAPS, tap};
use super::{BANDS, CHANNELS, FRAME, Stereo, UNIT};

/// The samples of these frames.
pub fn decode(frames: &[u8]) -> Stereo {
    let mut channels: [Channel; CHANNELS] = Default::default();
    let mut out: Stereo = Default::default();
    for frame in frames.chunks_exact(UNIT * CHANNELS) {
        for (index, unit) in frame.chunks_exact(UNIT).enumerate() {
            out[index].extend(channels[index].frame(&spectrum(unit)));
        }
    }
    out
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> usize {
        (0..count).fold(0, |value, _| {
            let bit = self.bytes[self.at / 8] >> (7 - self.at % 8) & 1;
            self.at += 1;
            value << 1 | usize::from(bit)
        })
    }

    /// Which of the codes comes next.
    fn code(&mut self, codes: &[Code]) -> usize {
        let mut code = Code { bits: 0, length: 0 };
        loop {
            code.bits = code.bits << 1 | self.take(1) as u8;
            code.length += 1;
            if let Some(index) = codes.iter().position(|it| *it == code) {
                return index;
            }
            assert!(code.length < 8, "a code that there is");
        }
    }
}

/// The coefficients of a unit.
pub fn spectrum(unit: &[u8]) -> Vec<f64> {
    let codes = Codes::default();
    let mut reader = Reader { bytes: unit, at: 0 };
    assert_eq!(reader.take(6), 0x28);
    assert_eq!(reader.take(2), 0, "bands with gain points");
    assert_eq!(reader.take(3), 0, "gain points");
    assert_eq!(reader.take(5), 0, "tonal components");
    let count = reader.take(5) + 1;
    assert_eq!(reader.take(1), 0, "codes of one length");
    let quantisers: Vec<usize> = (0..count).map(|_| reader.take(3)).collect();
    let scales: Vec<usize> = quantisers
        .iter()
        .map(|quantiser| if *quantiser > 0 { reader.take(6) } else { 0 })
        .collect();
    let mut out = vec![0.0; FRAME];
    for group in 0..count {
        let (quantiser, index) = (quantisers[group], scales[group]);
        if quantiser == 0 {
            continue;
        }
        let greatest = GREATEST[quantiser];
        let all: Vec<Vec<i32>> = match quantiser {
            1 => (-1..=1)
                .flat_map(|a| (-1..=1).map(move |b| vec![a, b]))
                .collect(),
            _ => (-greatest..=greatest).map(|value| vec![value]).collect(),
        };
        let table: Vec<Code> = all
            .iter()
            .map(|values| codes.of(quantiser, values).next().unwrap())
            .collect();
        let mut at = GROUPS[group];
        while at < GROUPS[group + 1] {
            for value in &all[reader.code(&table)] {
                out[at] = f64::from(*value) * scale(index) / steps(quantiser);
                at += 1;
            }
        }
    }
    assert!(reader.at <= UNIT * 8);
    out
}

#[derive(Default)]
struct Channel {
    overlap: [Vec<f64>; BANDS],
    halves: [Synthesis; 2],
    whole: Synthesis,
}

impl Channel {
    fn frame(&mut self, spectrum: &[f64]) -> Vec<f64> {
        let bands: Vec<Vec<f64>> = (0..BANDS)
            .map(|band| {
                let mut coefficients = spectrum[band * BAND..][..BAND].to_vec();
                if band % 2 == 1 {
                    coefficients.reverse();
                }
                let wave = inverse(&coefficients);
                let overlap = &mut self.overlap[band];
                overlap.resize(BAND, 0.0);
                let out = wave.iter().zip(&*overlap).map(|(a, b)| a + b).collect();
                overlap.copy_from_slice(&wave[BAND..]);
                out
            })
            .collect();
        let low = self.halves[0].join(&bands[0], &bands[1]);
        let high = self.halves[1].join(&bands[3], &bands[2]);
        self.whole.join(&low, &high)
    }
}

fn inverse(coefficients: &[f64]) -> Vec<f64> {
    static COSINES: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let step = PI / (4 * BAND) as f64;
        (0..8 * BAND)
            .map(|at| libm::cos(step * at as f64))
            .collect()
    });
    let a = |n: usize| 1.0 + libm::sin(PI * ((n as f64 + 0.5) / BAND as f64 - 0.5));
    (0..2 * BAND)
        .map(|n| {
            // The angle π / 256 × (n + 1/2 + 128) × (k + 1/2), in steps.
            let cosine = |k: usize| COSINES[(2 * n + 1 + BAND) * (2 * k + 1) % (8 * BAND)];
            let terms = coefficients.iter().enumerate();
            let sum: f64 = terms.map(|(k, x)| x * cosine(k)).sum();
            let n = n.min(2 * BAND - 1 - n);
            let (own, other) = (a(n), a(BAND - 1 - n));
            -sum * 2.0 * own / (own * own + other * other)
        })
        .collect()
}

struct Synthesis {
    past: Vec<f64>,
}

impl Default for Synthesis {
    fn default() -> Self {
        Self {
            past: vec![0.0; PAST],
        }
    }
}

impl Synthesis {
    fn join(&mut self, low: &[f64], high: &[f64]) -> Vec<f64> {
        let mut all = self.past.clone();
        all.extend(low.iter().zip(high).flat_map(|(a, b)| [a + b, a - b]));
        self.past = all[all.len() - PAST..].to_vec();
        let pairs = all.windows(TAPS).step_by(2).flat_map(|window| {
            let sum = |first: usize| -> f64 {
                let taps = (first..TAPS).step_by(2);
                taps.map(|index| 2.0 * tap(index) * window[index]).sum()
            };
            [sum(1), sum(0)]
        });
        pairs.collect()
    }
}
