//! A short calm melody, made of plucked strings that are sums of sines.

use core::f64::consts::TAU;

use super::atrac3::{RATE, Stereo};

/// Seconds of a beat.
const BEAT: f64 = 0.46;
/// Seconds in which a string begins to sound.
const RISE: f64 = 0.006;
/// The strength at which a string is silent.
const SILENT: f64 = 1e-6;
/// Seconds that the last note rings.
const RING: f64 = 3.5;
/// The loudest sample, in units of 16-bit PCM: quiet beside a game's own sound.
const PEAK: f64 = 11_000.0;

/// A note: when it begins in beats, its pitch in semitones above A4 (440 Hz), its strength 0–1, and
/// where it is heard, -1 left to 1 right.
struct Note {
    beat: f64,
    pitch: i32,
    strength: f64,
    place: f64,
}

/// Chords as broken over eight beats, each half a beat, in semitones above A4: D, B minor, G, A, and
/// the D that ends it.
const CHORDS: [[i32; 4]; 4] = [
    [-19, -12, -7, -3],
    [-22, -15, -10, -7],
    [-26, -14, -7, -2],
    [-24, -12, -8, -5],
];
/// The melody above them: beat and pitch.
const MELODY: [(f64, i32); 15] = [
    (0.0, 9),
    (1.5, 7),
    (2.0, 5),
    (4.0, 2),
    (5.5, 5),
    (6.0, 9),
    (8.0, 10),
    (9.5, 9),
    (10.0, 5),
    (12.0, 7),
    (13.5, 4),
    (14.0, 0),
    (14.5, 4),
    (16.0, 5),
    (16.5, 9),
];

fn notes() -> Vec<Note> {
    let mut notes = Vec::new();
    for (bar, chord) in CHORDS.iter().enumerate() {
        for step in 0..8 {
            // Up and down again.
            let voice = [0, 1, 2, 3, 3, 2, 1, 2][step];
            notes.push(Note {
                beat: bar as f64 * 4.0 + step as f64 * 0.5,
                pitch: chord[voice],
                strength: if step == 0 { 0.55 } else { 0.34 },
                place: -0.5 + 0.25 * voice as f64,
            });
        }
    }
    for (pitch, place) in [(-31, 0.0), (-19, -0.4), (-12, 0.3), (-7, -0.2)] {
        notes.push(Note {
            beat: 16.0,
            pitch,
            strength: 0.45,
            place,
        });
    }
    notes.extend(MELODY.map(|(beat, pitch)| Note {
        beat,
        pitch,
        strength: 0.8,
        place: 0.2,
    }));
    notes
}

/// The melody as samples.
pub fn theme() -> Stereo {
    let notes = notes();
    let last = notes
        .iter()
        .fold(0.0, |last: f64, note| last.max(note.beat));
    let seconds = last * BEAT + RING;
    let count = (seconds * f64::from(RATE)) as usize;
    let mut samples: Stereo = [vec![0.0; count], vec![0.0; count]];
    for note in &notes {
        play(note, &mut samples);
    }
    for (channel, delays) in samples.iter_mut().zip([[0.31, 0.47], [0.37, 0.43]]) {
        for seconds in delays {
            echo(channel, (seconds * f64::from(RATE)) as usize);
        }
    }
    let peak = samples
        .iter()
        .flatten()
        .fold(0.0, |peak: f64, sample| peak.max(sample.abs()));
    for channel in &mut samples {
        finish(channel, PEAK / peak);
    }
    samples
}

/// Adds a plucked string: overtones are weaker and die sooner.
fn play(note: &Note, samples: &mut Stereo) {
    let rate = f64::from(RATE);
    let frequency = 440.0 * libm::exp2(f64::from(note.pitch) / 12.0);
    let begin = (note.beat * BEAT * rate) as usize;
    let gains = [1.0 - note.place, 1.0 + note.place].map(|part| libm::sqrt(part / 2.0));
    for overtone in 1..=5_i32 {
        let overtone = f64::from(overtone);
        let strength = note.strength / (overtone * overtone);
        // Seconds in which it falls to the e-th part: low strings ring longer.
        let fall = 1.5 * libm::sqrt(220.0 / frequency).clamp(0.5, 1.4) / overtone;
        // A point that turns about the origin and falls towards it.
        let (turn, decay) = (
            TAU * frequency * overtone / rate,
            libm::exp(-1.0 / (fall * rate)),
        );
        let (cosine, sine) = (decay * libm::cos(turn), decay * libm::sin(turn));
        let (mut x, mut y) = (strength, 0.0);
        for at in begin..samples[0].len() {
            // No click.
            let rise = ((at - begin) as f64 / (RISE * rate)).min(1.0);
            for (channel, gain) in samples.iter_mut().zip(gains) {
                channel[at] += gain * rise * y;
            }
            (x, y) = (x * cosine - y * sine, x * sine + y * cosine);
            if x * x + y * y < SILENT * SILENT {
                break;
            }
        }
    }
}

/// Adds what comes back from a far wall, and from there again.
fn echo(channel: &mut [f64], delay: usize) {
    for at in delay..channel.len() {
        channel[at] += 0.22 * channel[at - delay];
    }
}

/// Scales, and lets the end fade into silence, where the XMB begins anew.
fn finish(channel: &mut [f64], gain: f64) {
    let fade = f64::from(RATE) * 1.5;
    let count = channel.len();
    for (at, sample) in channel.iter_mut().enumerate() {
        let left = ((count - 1 - at) as f64 / fade).min(1.0);
        *sample *= gain * left;
    }
}
