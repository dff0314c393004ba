//! A page of text as pixels, row by row.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

const HEIGHT: u32 = RasterHeight::Size24 as u32;
const WIDTH: u32 = get_raster_width(FontWeight::Regular, RasterHeight::Size24) as u32;
/// Text and ground, as X8R8G8B8.
const TEXT: u32 = 0xffff_ffff;
const GROUND: u32 = 0xff10_1828;
/// Part of each side that a television may hide.
const MARGIN: u32 = 12;
const TITLE: &str = "The program cannot go on";
const WAY_OUT: &str = "It ends by itself. To leave at once, hold the PS button and quit.";

/// A message, laid out for a display buffer of that size.
pub(super) struct Page<'a> {
    message: &'a str,
    /// Display pixels for one of the font's.
    scale: u32,
    /// Letters of a line.
    columns: usize,
    left: u32,
    top: u32,
    bottom: u32,
}

impl<'a> Page<'a> {
    pub fn new(message: &'a str, width: u32, height: u32) -> Self {
        let scale = (height / 500).max(1);
        let (left, top) = (width / MARGIN, height / MARGIN);
        Self {
            message,
            scale,
            columns: ((width - 2 * left) / (WIDTH * scale)) as usize,
            left,
            top,
            bottom: height - top,
        }
    }

    /// The pixels of a row.
    pub fn row(&self, y: u32) -> impl Iterator<Item = u32> + use<'a> {
        let scale = self.scale;
        let line = y.checked_sub(self.top).filter(|_| y < self.bottom);
        let (line, within) = line.map_or(("", 0), |down| {
            let row = down / scale;
            (self.line((row / HEIGHT) as usize), row % HEIGHT)
        });
        let ground = core::iter::repeat_n(GROUND, self.left as usize);
        let letters = line.chars().flat_map(move |letter| {
            let raster = get_raster(letter, FontWeight::Regular, RasterHeight::Size24)
                .or_else(|| get_raster('?', FontWeight::Regular, RasterHeight::Size24));
            let row = raster.and_then(|raster| raster.rows().nth(within as usize));
            let row = row.unwrap_or_default().iter().copied();
            row.flat_map(move |light| core::iter::repeat_n(mix(light), scale as usize))
        });
        ground.chain(letters).chain(core::iter::repeat(GROUND))
    }

    /// A line of the page: title, message, how to leave.
    fn line(&self, index: usize) -> &'a str {
        let parts = [TITLE, "", self.message, "", WAY_OUT];
        let lines = parts.into_iter().flat_map(|part| lines(part, self.columns));
        lines.into_iter().nth(index).unwrap_or("")
    }
}

/// A colour between ground and text.
fn mix(light: u8) -> u32 {
    let channel = |shift: u32| {
        let (from, to) = (GROUND >> shift & 0xff, TEXT >> shift & 0xff);
        ((from * (255 - u32::from(light)) + to * u32::from(light)) / 255) << shift
    };
    channel(24) | channel(16) | channel(8) | channel(0)
}

/// A text in lines of up to `columns` letters, broken between words where there are any.
fn lines(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(move |paragraph| {
        let mut rest = Some(paragraph);
        core::iter::from_fn(move || {
            let text = rest?;
            let Some((end, behind)) = text.char_indices().nth(columns.max(1)) else {
                rest = None;
                return Some(text);
            };
            // The space itself may stand just behind the line.
            let space = text[..end + behind.len_utf8()].rfind(' ');
            let (line, after) = text.split_at(space.filter(|at| *at > 0).unwrap_or(end));
            rest = Some(after.strip_prefix(' ').unwrap_or(after));
            Some(line)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn lines_break_between_words() {
        let broken = |text, columns| lines(text, columns).collect::<Vec<_>>();
        assert_eq!(broken("one two three", 7), ["one two", "three"]);
        assert_eq!(broken("one two three", 6), ["one", "two", "three"]);
        assert_eq!(broken("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(broken("a\n\nb", 3), ["a", "", "b"]);
        assert_eq!(broken("äöü äöü", 3), ["äöü", "äöü"]);
        assert_eq!(broken("", 0), [""]);
    }

    /// The rows that have anything but ground, and the columns.
    fn inked(width: u32, height: u32) -> (Vec<u32>, Vec<usize>) {
        let page = Page::new(
            "panicked at src/main.rs:7:9:\nindex out of bounds",
            width,
            height,
        );
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for y in 0..height {
            let row: Vec<u32> = page.row(y).take(width as usize).collect();
            assert_eq!(row.len(), width as usize);
            let ink = row
                .iter()
                .enumerate()
                .filter(|(_, pixel)| **pixel != GROUND);
            let before = columns.len();
            columns.extend(ink.map(|(x, _)| x));
            if columns.len() > before {
                rows.push(y);
            }
        }
        (rows, columns)
    }

    #[test]
    fn the_page_is_within_what_every_television_shows() {
        for (width, height) in [(1920, 1080), (1280, 720), (720, 576), (720, 480)] {
            let (rows, columns) = inked(width, height);
            let (first, last) = (rows[0], rows[rows.len() - 1]);
            assert!(first >= height / 20 && last < height - height / 20);
            let columns = columns.iter().min().zip(columns.iter().max());
            let (left, right) = columns.expect("text");
            assert!(*left >= width as usize / 20 && *right < (width - width / 20) as usize);
            // Large enough to be read: six lines of a thirtieth of the height or more.
            assert!(last - first > 5 * height / 30, "{width}x{height}");
        }
    }
}
