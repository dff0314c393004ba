//! The file around the frames: RIFF, little-endian.

use super::{CHANNELS, FRAME, RATE, UNIT};

/// The format tag of ATRAC3.
const ATRAC3: u16 = 0x0270;
/// Bytes of a frame of both channels.
const BLOCK: u32 = (UNIT * CHANNELS) as u32;

/// The file with these frames of so many samples a channel.
pub(super) fn wrap(frames: &[u8], samples: usize) -> Vec<u8> {
    let mut format = Vec::new();
    format.extend(ATRAC3.to_le_bytes());
    format.extend((CHANNELS as u16).to_le_bytes());
    format.extend(RATE.to_le_bytes());
    format.extend((RATE * BLOCK / FRAME as u32).to_le_bytes());
    format.extend((BLOCK as u16).to_le_bytes());
    // Bits a sample have no meaning here; 14 bytes follow.
    format.extend(0_u16.to_le_bytes());
    format.extend(14_u16.to_le_bytes());
    // A one, twice the samples of a frame of all channels, the coding of the channels twice (each
    // on its own), the frames in a block, and a zero.
    format.extend(1_u16.to_le_bytes());
    format.extend((2 * (FRAME * CHANNELS) as u32).to_le_bytes());
    for half in [0_u16, 0, 1, 0] {
        format.extend(half.to_le_bytes());
    }
    let mut fact = (samples as u32).to_le_bytes().to_vec();
    fact.extend((FRAME as u32).to_le_bytes());

    let chunks = [(b"fmt ", &format[..]), (b"fact", &fact), (b"data", frames)];
    let mut body = b"WAVE".to_vec();
    for (name, bytes) in chunks {
        body.extend(name);
        body.extend((bytes.len() as u32).to_le_bytes());
        body.extend(bytes);
    }
    let mut file = b"RIFF".to_vec();
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    file
}
