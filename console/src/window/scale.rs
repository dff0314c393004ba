//! From the RSX's picture to the window's pixels.

use crate::rsx::Frame;

/// Where the picture lies in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Columns and rows of pixels that a picture of this shape has for each other.
fn shape(wide: bool) -> (usize, usize) {
    if wide { (16, 9) } else { (4, 3) }
}

/// The size of a picture of that many rows with square pixels.
pub fn natural_size(rows: u32, wide: bool) -> (u32, u32) {
    let (across, down) = shape(wide);
    (rows * across as u32 / down as u32, rows)
}

/// The largest place of the picture's shape in a window.
pub fn place(wide: bool, width: usize, height: usize) -> Place {
    let (across, down) = shape(wide);
    let (fit_width, fit_height) = if width * down > height * across {
        ((height * across / down).max(1), height)
    } else {
        (width, (width * down / across).max(1))
    };
    Place {
        x: (width - fit_width) / 2,
        y: (height - fit_height) / 2,
        width: fit_width,
        height: fit_height,
    }
}

/// Draws pictures into a window's pixels, red in bits 16 to 23; what it computed for a size is
/// kept.
#[derive(Debug, Default)]
pub struct Scaler {
    columns: Vec<Sample>,
    sizes: (usize, usize),
    above: Vec<u32>,
    below: Vec<u32>,
}

/// Two neighbours and the weight of the second, of 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    first: usize,
    second: usize,
    weight: u32,
}

impl Scaler {
    /// Fills `pixels`, a window of that many columns, with the picture and black borders.
    pub fn draw(&mut self, frame: &Frame, wide: bool, columns: usize, pixels: &mut [u32]) {
        if columns == 0 || frame.width == 0 || frame.height == 0 {
            return;
        }
        let rows = pixels.len() / columns;
        let place = place(wide, columns, rows);
        let (width, height) = (frame.width as usize, frame.height as usize);
        let same = (place.width, place.height) == (width, height);
        if self.sizes != (width, place.width) {
            self.sizes = (width, place.width);
            self.columns = samples(width, place.width).collect();
        }
        let source = |row: usize| &frame.rgba[row * width * 4..][..width * 4];
        let mut vertical = samples(height, place.height);
        // The two rows of the picture that the last row of the window came from.
        let mut ready = None;
        for (y, row) in pixels.chunks_exact_mut(columns).enumerate() {
            let inside = y.checked_sub(place.y).is_some_and(|y| y < place.height);
            let Some(sample) = inside.then(|| vertical.next()).flatten() else {
                row.fill(0);
                continue;
            };
            row[..place.x].fill(0);
            row[place.x + place.width..].fill(0);
            let row = &mut row[place.x..][..place.width];
            if same {
                let pixels = source(sample.first).as_chunks::<4>().0;
                for (to, &[r, g, b, _]) in row.iter_mut().zip(pixels) {
                    *to = u32::from_be_bytes([0, r, g, b]);
                }
                continue;
            }
            if ready != Some((sample.first, sample.second)) {
                ready = Some((sample.first, sample.second));
                stretch(source(sample.first), &self.columns, &mut self.above);
                stretch(source(sample.second), &self.columns, &mut self.below);
            }
            for ((to, &above), &below) in row.iter_mut().zip(&self.above).zip(&self.below) {
                *to = mix(above, below, sample.weight);
            }
        }
    }
}

/// For each of `to` pixels the two of `from` pixels between whose centres it lies.
fn samples(from: usize, to: usize) -> impl Iterator<Item = Sample> {
    (0..to).map(move |at| {
        // In halves of 256ths: the centre of a pixel is half a pixel in.
        let centre = ((2 * at + 1) * from * 256 / (2 * to.max(1))).saturating_sub(128);
        let first = (centre / 256).min(from - 1);
        Sample {
            first,
            second: (first + 1).min(from - 1),
            weight: (centre % 256) as u32,
        }
    })
}

fn stretch(row: &[u8], columns: &[Sample], out: &mut Vec<u32>) {
    let pixels = row.as_chunks::<4>().0;
    let pixel = |at: usize| {
        let [r, g, b, _] = pixels[at];
        u32::from_be_bytes([0, r, g, b])
    };
    out.clear();
    out.extend(
        columns
            .iter()
            .map(|s| mix(pixel(s.first), pixel(s.second), s.weight)),
    );
}

/// Between two colours, `weight` 256ths of the way.
fn mix(a: u32, b: u32, weight: u32) -> u32 {
    const ODD: u32 = 0x00ff_00ff;
    let part = |shift: u32| {
        let (a, b) = (a >> shift & ODD, b >> shift & ODD);
        (a * (256 - weight) + b * weight) >> 8 & ODD
    };
    part(0) | (part(8) & 0xff) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];

    fn drawn(frame: &Frame, width: usize, height: usize) -> Vec<u32> {
        let mut pixels = vec![0x12_3456; width * height];
        Scaler::default().draw(frame, true, width, &mut pixels);
        pixels
    }

    #[test]
    fn borders_are_black_and_the_picture_is_in_the_middle() {
        let frame = Frame {
            width: 16,
            height: 9,
            rgba: RED.repeat(16 * 9),
        };
        for (width, height) in [(16, 11), (20, 9), (64, 40), (7, 5), (1, 1), (3, 100)] {
            let pixels = drawn(&frame, width, height);
            let place = place(true, width, height);
            for (at, pixel) in pixels.into_iter().enumerate() {
                let (x, y) = (at % width, at / width);
                let inside = (place.x..place.x + place.width).contains(&x)
                    && (place.y..place.y + place.height).contains(&y);
                assert_eq!(pixel, if inside { 0xff_0000 } else { 0 }, "{x} {y}");
            }
        }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let rgba: Vec<u8> = (0..16 * 9 * 4).map(|n| (n * 7) as u8).collect();
        let expected: Vec<u32> = rgba
            .chunks(4)
            .map(|p| u32::from_be_bytes([0, p[0], p[1], p[2]]))
            .collect();
        let frame = Frame {
            width: 16,
            height: 9,
            rgba,
        };
        assert_eq!(drawn(&frame, 16, 9), expected);
    }

    #[test]
    fn larger_pictures_go_smoothly_from_pixel_to_pixel() {
        let frame = Frame {
            width: 2,
            height: 1,
            rgba: [RED, BLUE].concat(),
        };
        let row = &drawn(&frame, 16, 9)[..16];
        assert_eq!((row[0], row[15]), (0xff_0000, 0xff));
        assert!(
            row.windows(2)
                .all(|pair| pair[0] >= pair[1] && pair[0] & 0xff <= pair[1] & 0xff)
        );
        assert!(row[7] != row[6] && row[8] != row[7]);
    }
}
