//! PNG files that are decoded.

use super::*;

/// A picture of 2 by 2 pixels.
fn file(kind: ::png::ColorType, bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, 2, 2);
    encoder.set_color(kind);
    encoder.set_depth(::png::BitDepth::Eight);
    if kind == ::png::ColorType::Indexed {
        encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        encoder.set_trns(vec![7]);
    }
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(bytes).expect("pixels");
    drop(writer);
    file
}

const LIBRARY: (&str, [u32; 7]) = (
    "cellPngDec",
    [
        0x157d_30c5,
        0xd2bc_5bfd,
        0x9ccd_cc95,
        0xe97c_9bd4,
        0x2310_f155,
        0x5b3d_1ff1,
        0x820d_ae1a,
    ],
);

/// Decodes a file to pixels of a kind, with a row each 16 bytes.
fn decode(file: &[u8], kind: u32, alpha: [u32; 2], upwards: u32) -> ([u32; 9], Machine) {
    decode_with(LIBRARY, file, &[0, upwards, kind, 8, 1, alpha[0], alpha[1]])
}

const SEQUENCE: u32 = 0x8061_1204;
const ARGUMENT: u32 = 0x8061_1203;
const ARGB: u32 = 20;
const GOOD: [u32; 9] = [0, 0, SEQUENCE, 0, 0, 0, 0, ARGUMENT, 0];

#[test]
fn colours_with_alpha_come_in_the_order_that_is_wanted() {
    let pixels: Vec<u8> = (1..=16).collect();
    let file = file(::png::ColorType::Rgba, &pixels);
    let (results, machine) = decode(&file, ARGB, [0, 0], 0);
    assert_eq!(results, GOOD);
    assert_eq!(words(&machine, TOLD), [2, 2, 4, 10, 8, 0, 0]);
    assert_eq!(words(&machine, SET_UP), [0, 8, 2, 2, 4, 8, 0, ARGB, 0]);
    assert_eq!(words(&machine, PIXELS), [0x0401_0203, 0x0805_0607, 0, 0]);
    assert_eq!(words(&machine, PIXELS + 16), [0x0c09_0a0b, 0x100d_0e0f]);
    assert_eq!(words(&machine, ENDED), [0; 4]);
    // From the bottom up, without alpha.
    let (results, machine) = decode(&file, 2, [0, 0], 1);
    assert_eq!(results, GOOD);
    assert_eq!(words(&machine, PIXELS), [0x090a_0b0d, 0x0e0f_0000]);
    assert_eq!(words(&machine, PIXELS + 16), [0x0102_0305, 0x0607_0000]);
}

#[test]
fn alpha_comes_from_the_picture_or_is_the_same_everywhere() {
    let palette = file(::png::ColorType::Indexed, &[0, 1, 1, 0]);
    let (results, machine) = decode(&palette, ARGB, [0, 0], 0);
    assert_eq!(results, GOOD);
    // A palette, in which something is transparent.
    assert_eq!(words(&machine, TOLD), [2, 2, 1, 4, 8, 0, 0x10]);
    assert_eq!(words(&machine, PIXELS), [0x0701_0203, 0xff04_0506]);
    let (_, machine) = decode(&palette, 10, [1, 0x55], 0);
    assert_eq!(words(&machine, PIXELS), [0x0102_0355, 0x0405_0655]);
    let grey = file(::png::ColorType::Grayscale, &[1, 2, 3, 4]);
    let (_, machine) = decode(&grey, ARGB, [1, 0xff], 0);
    assert_eq!(words(&machine, PIXELS + 16), [0xff03_0303, 0xff04_0404]);
    let (_, machine) = decode(&grey, 1, [1, 0xff], 0);
    assert_eq!(words(&machine, PIXELS), [0x0102_0000]);
}

#[test]
fn what_is_no_picture_is_refused() {
    let (results, _) = decode(b"GIF89a no picture of this kind", ARGB, [0, 0], 0);
    assert_eq!(results[1], 0x8061_1201);
    let mut cut = file(::png::ColorType::Rgba, &[9; 16]);
    cut.truncate(50);
    let (results, _) = decode(&cut, ARGB, [0, 0], 0);
    assert_ne!((results[3], results[5]), (0, 0));
}
