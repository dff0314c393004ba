//! Channels of ports to the two of a television.

use super::{Port, SoundBlock};

/// Samples as programs write them: big-endian.
pub fn samples(bytes: &[u8]) -> Vec<f32> {
    let words = bytes.as_chunks::<4>().0.iter();
    words.map(|word| f32::from_be_bytes(*word)).collect()
}

/// Three decibels less: what each of two speakers gives for the sound of one.
const MINUS_3_DB: f32 = 0.707;

/// Adds a port's block to what comes out. Of eight channels (front left and right, centre,
/// bass, and left and right of rear and side) the bass is left out, as in a downmix for two
/// speakers it is.
pub fn add(samples: &[f32], port: &mut Port, block: &mut SoundBlock) {
    let channels = port.shape.channels as usize;
    for (frame, out) in samples.chunks_exact(channels.max(1)).zip(block) {
        let level = port.next_level();
        let [left, right] = match *frame {
            [left, right] => [left, right],
            [left, right, centre, _, left_a, right_a, left_b, right_b] => {
                let side = |front: f32, a: f32, b: f32| {
                    front * MINUS_3_DB + centre * 0.5 + a * 0.5 + b * 0.5
                };
                [side(left, left_a, left_b), side(right, right_a, right_b)]
            }
            _ => [0.0; 2],
        };
        out[0] += left * level;
        out[1] += right * level;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lv2::sound::{SAMPLES, Shape};

    fn mixed(channels: u64, frame: &[f32]) -> [f32; 2] {
        let shape = Shape {
            channels,
            blocks: 8,
        };
        let mut port = Port::open(shape, 0.5, 0);
        let mut block = [[0.25, 0.0]; SAMPLES];
        add(&frame.repeat(SAMPLES), &mut port, &mut block);
        assert!(block.iter().all(|out| *out == block[0]));
        block[0]
    }

    #[test]
    fn ports_are_added_with_their_volume() {
        assert_eq!(mixed(2, &[1.0, -1.0]), [0.75, -0.5]);
        let surround = [0.0, 0.0, 1.0, 9.0, 1.0, 0.0, 0.0, 1.0];
        assert_eq!(mixed(8, &surround), [0.75, 0.5]);
    }

    #[test]
    fn samples_are_big_endian() {
        assert_eq!(samples(&[0x3f, 0x80, 0, 0, 0xbf, 0, 0, 0, 1]), [1.0, -0.5]);
    }
}
