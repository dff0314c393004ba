//! An encoder for ATRAC3: stereo, 44.1 kHz, 132 kbit/s, each channel on its own.
//!
//! Each channel's frame takes 1024 samples. Three `qmf` stages split them into four bands of a
//! quarter of the rate, an `mdct` makes 256 coefficients of each band, and `allocation` chooses
//! how finely each of 32 groups of coefficients is quantised, so that the `unit` fits into 192
//! bytes with the least error. Gain control and tonal components, which the format has for
//! transients and pure tones, are not used.
//!
//! Sources: Wikipedia, "Adaptive Transform Acoustic Coding"; MultimediaWiki, "RealAudio atrc"
//! (windows); the bit stream, its tables and the chunks of its files as FFmpeg's decoder reads them.

mod allocation;
mod bits;
mod codes;
mod container;
mod mdct;
mod qmf;
mod unit;

#[cfg(test)]
mod decoder;
#[cfg(test)]
mod tests;

use codes::Codes;
use mdct::{BAND, Mdct};
use qmf::Analysis;

/// Samples a second.
pub const RATE: u32 = 44_100;
/// Channels.
pub const CHANNELS: usize = 2;
/// Samples of a channel in a frame.
pub const FRAME: usize = 1024;
/// Bytes of a channel in a frame.
const UNIT: usize = 192;
/// Bands that the samples are split into.
const BANDS: usize = 4;
/// Samples by which what comes out of a decoder is late: those of the filters, of which the second
/// stage runs at half the rate, and one overlap.
pub const DELAY: usize = qmf::PAST + 2 * qmf::PAST + BAND * BANDS;

/// Two channels of samples, in units of 16-bit PCM; both have the same length.
pub type Stereo = [Vec<f64>; CHANNELS];

/// A file of these samples.
///
/// # Panics
/// Where one channel is longer than the other.
pub fn file(samples: &Stereo) -> Vec<u8> {
    let [left, right] = samples;
    assert_eq!(left.len(), right.len(), "both channels are of one length");
    let frames = encode(samples);
    container::wrap(&frames, left.len())
}

/// The frames: for each, the bytes of the left channel, then those of the right one.
fn encode(samples: &Stereo) -> Vec<u8> {
    // The decoder's delay has to be fed through.
    let count = (samples[0].len() + DELAY).div_ceil(FRAME);
    let codes = &Codes::default();
    let units = samples.each_ref().map(|channel| {
        let mut encoder = Channel::default();
        (0..count).map(move |frame| {
            let from = (frame * FRAME).min(channel.len());
            let to = (from + FRAME).min(channel.len());
            encoder.frame(&channel[from..to], codes)
        })
    });
    let [left, right] = units;
    left.zip(right)
        .flat_map(|(left, right)| [left, right].concat())
        .collect()
}

/// What is kept of a channel from frame to frame.
#[derive(Default)]
struct Channel {
    whole: Analysis,
    halves: [Analysis; 2],
    mdct: Mdct,
    /// The last samples of each band.
    before: [Vec<f64>; BANDS],
}

impl Channel {
    /// The unit of up to [`FRAME`] samples; where there are fewer, silence follows.
    fn frame(&mut self, samples: &[f64], codes: &Codes) -> [u8; UNIT] {
        let mut padded = samples.to_vec();
        padded.resize(FRAME, 0.0);
        let (low, high) = self.whole.split(&padded);
        let (first, second) = self.halves[0].split(&low);
        // Splitting mirrors the upper half: its lower output is the highest band.
        let (fourth, third) = self.halves[1].split(&high);
        let mut spectrum = Vec::with_capacity(FRAME);
        for (band, samples) in [first, second, third, fourth].into_iter().enumerate() {
            let before = &mut self.before[band];
            before.resize(BAND, 0.0);
            let mut coefficients = self.mdct.forward(before, &samples);
            if band % 2 == 1 {
                coefficients.reverse();
            }
            spectrum.extend(coefficients);
            *before = samples;
        }
        unit::pack(&spectrum, codes)
    }
}
