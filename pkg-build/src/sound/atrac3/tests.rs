use core::f64::consts::TAU;
use std::io::Write;

use proptest::prelude::*;

use super::*;

/// How much stronger the samples are than what is wrong with those that were decoded, in dB.
fn quality(samples: &[f64], decoded: &[f64]) -> f64 {
    let late = &decoded[DELAY..][..samples.len()];
    let signal: f64 = samples.iter().map(|x| x * x).sum();
    let wrong = samples.iter().zip(late).map(|(x, y)| (x - y) * (x - y));
    10.0 * libm::log10(signal / wrong.sum::<f64>())
}

fn tone(frequency: f64, count: usize) -> Vec<f64> {
    (0..count)
        .map(|at| 8000.0 * libm::sin(TAU * frequency * at as f64 / f64::from(RATE)))
        .collect()
}

#[test]
fn tones_of_every_band_come_back() {
    for frequency in [220.0, 1000.0, 6000.0, 8123.0, 12_500.0, 18_000.0] {
        let left = tone(frequency, 8 * FRAME);
        let right = tone(frequency * 1.01, 8 * FRAME);
        let decoded = decoder::decode(&encode(&[left.clone(), right.clone()]));
        for (samples, decoded) in [left, right].iter().zip(&decoded) {
            let quality = quality(samples, decoded);
            assert!(quality > 28.0, "{frequency} Hz: {quality} dB");
        }
    }
}

#[test]
fn the_theme_is_heard_as_it_was_written() {
    let mut theme = crate::sound::melody::theme();
    // The whole takes the decoder too long.
    theme
        .iter_mut()
        .for_each(|channel| channel.truncate(60 * FRAME));
    let decoded = decoder::decode(&encode(&theme));
    for (samples, decoded) in theme.iter().zip(&decoded) {
        let peak = samples.iter().fold(0.0, |peak: f64, x| peak.max(x.abs()));
        assert!((4000.0..20_000.0).contains(&peak), "{peak}");
        let quality = quality(samples, decoded);
        assert!(quality > 30.0, "{quality} dB");
    }
}

#[test]
fn silence_is_silence() {
    let silence = || vec![0.0; 3 * FRAME];
    let decoded = decoder::decode(&encode(&[silence(), silence()]));
    assert!(decoded.iter().flatten().all(|sample| *sample == 0.0));
}

#[test]
fn the_file_says_what_is_in_it() {
    let file = file(&[tone(440.0, 5000), tone(440.0, 5000)]);
    assert_eq!(&file[..4], b"RIFF");
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    assert_eq!(word(4) as usize, file.len() - 8);
    assert_eq!(&file[8..16], b"WAVEfmt ");
    assert_eq!(word(20), 0x0002_0270);
    assert_eq!(word(24), 44_100);
    assert_eq!(word(28), 16_537);
    assert_eq!(word(32), 384);
    let fact = 20 + 32;
    assert_eq!(&file[fact..fact + 4], b"fact");
    assert_eq!(word(fact + 8), 5000);
    let frames = (5000 + DELAY).div_ceil(FRAME);
    assert_eq!(word(fact + 20) as usize, frames * 384);
    assert_eq!(file.len(), fact + 24 + frames * 384);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_coefficients_fit_into_a_unit(
        spectrum in prop::collection::vec(-70_000.0..70_000.0_f64, FRAME),
        quiet in 0.0..1.0_f64,
        first in 0..FRAME,
    ) {
        let spectrum: Vec<f64> = spectrum
            .iter()
            .enumerate()
            .map(|(at, x)| if at < first { *x } else { x * quiet * quiet * quiet })
            .collect();
        let unit = unit::pack(&spectrum, &Codes::default());
        let read = decoder::spectrum(&unit);
        let energy = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
        let wrong: Vec<f64> = spectrum.iter().zip(&read).map(|(x, y)| x - y).collect();
        prop_assert!(energy(&wrong) < energy(&spectrum));
    }
}

/// A decoder that is not ours.
#[test]
fn ffmpeg_hears_what_was_written() {
    let theme = crate::sound::melody::theme();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SND0.AT3");
    std::fs::write(&path, file(&theme)).unwrap();
    let mut ffmpeg = std::process::Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-i"]).arg(&path);
    ffmpeg.args(["-f", "f64le", "-"]);
    let Ok(output) = ffmpeg.output() else {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED the sound as ffmpeg hears it: there is no ffmpeg"
        );
        return;
    };
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stderr, b"");
    let (pairs, rest) = output.stdout.as_chunks::<16>();
    assert!(rest.is_empty());
    for (index, channel) in theme.iter().enumerate() {
        let decoded: Vec<f64> = pairs
            .iter()
            .map(|pair| {
                let sample: [u8; 8] = pair[8 * index..][..8].try_into().unwrap();
                f64::from_le_bytes(sample) * 32_768.0
            })
            .collect();
        assert!(decoded.len() >= channel.len() + DELAY);
        let quality = quality(channel, &decoded);
        let _ = writeln!(std::io::stderr(), "channel {index}: {quality:.1} dB");
        assert!(quality > 30.0, "channel {index}: {quality} dB");
    }
}
