//! Texel formats: from bytes in memory to four components of 8 bits.

use rsx_gcm::methods::fields::TexelFormat;

/// Components in the order of `A8R8G8B8`: alpha, red, green, blue.
pub type Argb = [u8; 4];

/// Bytes of one texel.
#[must_use]
pub fn bytes(format: TexelFormat) -> u32 {
    match format {
        TexelFormat::B8 => 1,
        TexelFormat::A8R8G8B8 => 4,
        _ => 2,
    }
}

/// `value` of `bits` bits, 0 to all ones, spread over 0 to 255.
fn widen(value: u16, bits: u32) -> u8 {
    let most = (1u32 << bits) - 1;
    ((u32::from(value) & most) * 255 + most / 2)
        .checked_div(most)
        .unwrap_or(0) as u8
}

/// The texel at the start of `bytes`, which are big-endian. Components that the format lacks: B8 has its one component
/// everywhere, G8B8 repeats green and blue, alpha is 1 where there is none (RPCS3, component mappings).
#[inline(always)]
#[must_use]
pub fn decode(format: TexelFormat, bytes: &[u8]) -> Argb {
    match format {
        TexelFormat::B8 => [bytes[0]; 4],
        TexelFormat::A8R8G8B8 => [bytes[0], bytes[1], bytes[2], bytes[3]],
        TexelFormat::G8B8 => [bytes[0], bytes[1], bytes[0], bytes[1]],
        TexelFormat::A1R5G5B5 | TexelFormat::A4R4G4B4 | TexelFormat::R5G6B5 => {
            let word = u16::from_be_bytes([bytes[0], bytes[1]]);
            let part = |shift: u32, bits: u32| widen(word >> shift, bits);
            match format {
                TexelFormat::A1R5G5B5 => [part(15, 1), part(10, 5), part(5, 5), part(0, 5)],
                TexelFormat::A4R4G4B4 => [part(12, 4), part(8, 4), part(4, 4), part(0, 4)],
                _ => [255, part(11, 5), part(5, 6), part(0, 5)],
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_where_the_names_say() {
        let two = 0b1_00001_00010_00011u16.to_be_bytes();
        let fifth = |n: u32| ((n * 255 + 15) / 31) as u8;
        assert_eq!(
            decode(TexelFormat::A1R5G5B5, &two),
            [255, fifth(1), fifth(2), fifth(3)]
        );
        assert_eq!(
            decode(TexelFormat::A4R4G4B4, &[0x12, 0x3f]),
            [17, 34, 51, 255]
        );
        assert_eq!(decode(TexelFormat::R5G6B5, &[0xff, 0xff]), [255; 4]);
        assert_eq!(decode(TexelFormat::R5G6B5, &[0x07, 0xe0]), [255, 0, 255, 0]);
        assert_eq!(decode(TexelFormat::G8B8, &[1, 2]), [1, 2, 1, 2]);
        assert_eq!(decode(TexelFormat::B8, &[9]), [9; 4]);
        assert_eq!(decode(TexelFormat::A8R8G8B8, &[1, 2, 3, 4]), [1, 2, 3, 4]);
    }
}
