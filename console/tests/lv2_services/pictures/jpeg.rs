//! JPEG files that are decoded.

use super::*;

const LIBRARY: (&str, [u32; 7]) = (
    "cellJpgDec",
    [
        0xa797_8f59,
        0x976c_a5c2,
        0x6d9e_bccf,
        0xe08f_3910,
        0xaf8b_b012,
        0x9338_a07a,
        0xd8ea_91f8,
    ],
);

const GREY: u32 = 1;
const RGB: u32 = 2;
const ARGB: u32 = 20;
const BAD_HEADER: u32 = 0x8061_1101;
const ARGUMENT: u32 = 0x8061_1103;
const SEQUENCE: u32 = 0x8061_1104;
const NOT_THERE: u32 = 0x8001_0003;

/// 2 by 2 pixels of grey 128, of which no coefficient is needed.
const GREY_FILE: &str = "ffd8ffe000104a46494600010100000100010000ffdb0043000302020302020303030304\
    030304050805050404050a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816\
    141812141514ffc0000b080002000201011100ffc40014000100000000000000000000000000000000ffc400141001\
    00000000000000000000000000000000ffda0008010100003f003fffd9";
/// 3 by 2 pixels of red 200, green 40, blue 90, but for rounding.
const COLOUR_FILE: &str = "ffd8ffe000104a46494600010100000100010000ffdb00430001010101010101010101\
    010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101\
    0101010101010101ffdb00430101010101010101010101010101010101010101010101010101010101010101010101\
    010101010101010101010101010101010101010101010101010101010101010101ffc0001108000200030301110002\
    1101031101ffc40014000100000000000000000000000000000009ffc4001410010000000000000000000000000000\
    0000ffc400150101010000000000000000000000000000050affc400141101000000000000000000000000000000\
    00ffda000c03010002110311003f003bc7a981ffd9";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let (pairs, _) = digits.as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| (high << 4 | low) as u8)
        .collect()
}

/// Decodes a file to pixels of a kind, with a row each 16 bytes and alpha 0x66.
fn decode(file: &[u8], kind: u32, smaller: u32, upwards: u32) -> ([u32; 9], Machine) {
    decode_with(LIBRARY, file, &[0, smaller, 5, upwards, kind, 0x6600_0000])
}

const GOOD: [u32; 9] = [0, 0, SEQUENCE, 0, 0, 0, 0, ARGUMENT, 0];

#[test]
fn grey_is_grey_in_all_components() {
    let file = bytes(GREY_FILE);
    let (results, machine) = decode(&file, ARGB, 1, 0);
    assert_eq!(results, GOOD);
    assert_eq!(words(&machine, TOLD), [2, 2, 1, GREY]);
    assert_eq!(words(&machine, SET_UP), [0, 8, 2, 2, 4, 0, ARGB, 1, 0]);
    assert_eq!(words(&machine, PIXELS), [0x6680_8080, 0x6680_8080, 0, 0]);
    assert_eq!(words(&machine, PIXELS + 16), [0x6680_8080, 0x6680_8080, 0]);
    assert_eq!(words(&machine, ENDED), [0, 2, 0]);
    let (results, machine) = decode(&file, GREY, 1, 0);
    assert_eq!(results, GOOD);
    assert_eq!(words(&machine, PIXELS), [0x8080_0000, 0]);
}

#[test]
fn colours_are_those_of_the_picture() {
    let (results, machine) = decode(&bytes(COLOUR_FILE), RGB, 1, 1);
    assert_eq!(results, GOOD);
    assert_eq!(words(&machine, TOLD), [3, 2, 3, 3]);
    let pixels: [u32; 4] = words(&machine, PIXELS);
    let pixels: Vec<u8> = pixels.into_iter().flat_map(u32::to_be_bytes).collect();
    for pixel in pixels[..9].as_chunks::<3>().0 {
        for (there, wanted) in pixel.iter().zip([200_u8, 40, 90]) {
            assert!(there.abs_diff(wanted) <= 2, "{pixel:?}");
        }
    }
    assert_eq!(pixels[9..], [0; 7]);
}

#[test]
fn what_cannot_be_decoded_is_refused() {
    let mut broken = bytes(COLOUR_FILE);
    broken[0] = 0;
    let (results, _) = decode(&broken, RGB, 1, 0);
    assert_eq!(results[1], BAD_HEADER);
    assert_eq!(results[3], ARGUMENT);
    // No picture behind the beginning.
    let (results, _) = decode(&[0xff, 0xd8, 0xff, 0xd9], RGB, 1, 0);
    assert_eq!(results[1..4], [0, SEQUENCE, BAD_HEADER]);
    // A picture of half the size, and grey of colours.
    let file = bytes(COLOUR_FILE);
    let (results, _) = decode(&file, RGB, 2, 0);
    assert_eq!(results[4..6], [NOT_THERE, SEQUENCE]);
    let (results, _) = decode(&file, GREY, 1, 0);
    assert_eq!(results[4..6], [NOT_THERE, SEQUENCE]);
}
