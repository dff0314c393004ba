//! Rasterising a glyph for pixels of any shape, at any fraction of a pixel.
//!
//! fontdue rasterises for square pixels at whole positions. Standard definition
//! has pixels that are not square, and evenly spaced text needs positions
//! between pixels, so a glyph is rasterised with three columns a pixel and
//! each column of the result gathers the area that it covers. Coverage is exact
//! area in both steps, so nothing is blurred more than the pixel grid demands.

use alloc::vec;
use alloc::vec::Vec;

use crate::{Font, Glyph};

/// The font size in pixels: along x and along y, which differ where pixels are
/// not square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelSize {
    /// Columns an em.
    pub x: f32,
    /// Rows an em.
    pub y: f32,
}

/// The coverage of a glyph, row by row from the top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// From the pen's pixel column to the leftmost column.
    pub left: i32,
    /// From the baseline up to the upper edge of the first row; positive above.
    pub top: i32,
    /// 0 uncovered to 255 covered, `width * height` bytes.
    pub coverage: Vec<u8>,
}

/// Columns that fontdue makes of a pixel in its subpixel mode.
const OVERSAMPLING: f32 = 3.0;

/// Above this many pixels an em, glyphs are not rasterised: no display needs
/// it, and memory grows with the square.
const LARGEST: f32 = 1024.0;

impl Font {
    /// Rasterises a glyph whose pen position is `shift` pixels (0–1) to the
    /// right of a pixel column's left edge. Empty for glyphs without ink or of
    /// another font, and for sizes that are not between 0 and 1024.
    pub fn rasterise(&self, glyph: Glyph, size: PixelSize, shift: f32) -> Bitmap {
        let usable = |s: f32| s > 0.0 && s <= LARGEST;
        let known = glyph.index() < self.outlines.glyph_count();
        if !known || !usable(size.x) || !usable(size.y) || !shift.is_finite() {
            return Bitmap::default();
        }
        let (metrics, fine) = self.outlines.rasterize_indexed_subpixel(glyph.0, size.y);
        if metrics.width == 0 || metrics.height == 0 {
            return Bitmap::default();
        }
        let fine_width = metrics.width * OVERSAMPLING as usize;
        // fontdue adds the fraction of the left bearing in fine columns rather
        // than in pixels: the outline's left edge is this far into the bitmap.
        let fine_start = metrics.bounds.xmin - libm::floorf(metrics.bounds.xmin);

        // From pixels, counted from the pen's column, to fine columns.
        let stretch = size.x / size.y;
        let edge = metrics.bounds.xmin * stretch + shift;
        let per_pixel = OVERSAMPLING / stretch;
        let left = libm::floorf(edge);
        let width = libm::ceilf(edge + metrics.bounds.width * stretch - left).max(1.0) as usize;

        let mut coverage = vec![0; width * metrics.height];
        for (from, to) in fine
            .chunks_exact(fine_width)
            .zip(coverage.chunks_exact_mut(width))
        {
            for (column, covered) in to.iter_mut().enumerate() {
                let start = (left + column as f32 - edge) * per_pixel + fine_start;
                let mean = gather(from, start, start + per_pixel) / per_pixel;
                *covered = (mean + 0.5).min(255.0) as u8;
            }
        }
        Bitmap {
            width,
            height: metrics.height,
            left: left as i32,
            top: metrics.ymin + metrics.height as i32,
            coverage,
        }
    }
}

/// The integral of a row of samples, each one wide, from `start` to `end`.
fn gather(row: &[u8], start: f32, end: f32) -> f32 {
    let start = start.max(0.0);
    let end = end.min(row.len() as f32);
    if end <= start {
        return 0.0;
    }
    let (first, last) = (start as usize, end as usize);
    if first == last {
        return value(row[first]) * (end - start);
    }
    let mut sum = value(row[first]) * ((first + 1) as f32 - start);
    for &sample in &row[first + 1..last] {
        sum += value(sample);
    }
    match row.get(last) {
        Some(&sample) => sum + value(sample) * (end - last as f32),
        None => sum,
    }
}

/// A sample as a number, from a table: the PPU has no way from its integers to its floats but
/// through memory.
fn value(sample: u8) -> f32 {
    static VALUES: [f32; 256] = {
        let mut values = [0.0; 256];
        let mut sample = 0;
        while sample < values.len() {
            values[sample] = sample as f32;
            sample += 1;
        }
        values
    };
    VALUES[usize::from(sample)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Family, Weight};

    fn ink(b: &Bitmap) -> f32 {
        b.coverage.iter().map(|&c| f32::from(c)).sum::<f32>() / 255.0
    }

    /// The middle of the ink, in pixels from the pen's column.
    fn middle(b: &Bitmap) -> f32 {
        let mut moment = 0.0;
        for row in b.coverage.chunks_exact(b.width) {
            for (x, &c) in row.iter().enumerate() {
                moment += (x as f32 + 0.5 + b.left as f32) * f32::from(c) / 255.0;
            }
        }
        moment / ink(b)
    }

    #[test]
    fn parts_of_samples_add_up() {
        let row = [10, 20, 40, 80];
        assert_eq!(gather(&row, 0.0, 4.0), 150.0);
        assert_eq!(gather(&row, 0.5, 2.25), 5.0 + 20.0 + 10.0);
        assert_eq!(gather(&row, 1.25, 1.75), 10.0);
        assert_eq!(gather(&row, 2.0, 3.0), 40.0);
        // Beyond the ends there is nothing.
        assert_eq!(gather(&row, -3.0, 0.5), 5.0);
        assert_eq!(gather(&row, 3.5, 9.0), 40.0);
        assert_eq!(gather(&row, 4.0, 5.0), 0.0);
        assert_eq!(gather(&row, -2.0, -1.0), 0.0);
        assert_eq!(gather(&[], 0.0, 1.0), 0.0);
    }

    #[test]
    fn shifting_moves_the_ink_and_keeps_its_amount() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        for c in ['a', 'H', 'j', 'W', '.'] {
            let glyph = font.glyph(c);
            let size = PixelSize { x: 24.0, y: 24.0 };
            let still = font.rasterise(glyph, size, 0.0);
            for shift in [0.25, 0.5, 0.75] {
                let moved = font.rasterise(glyph, size, shift);
                assert!(
                    (ink(&moved) - ink(&still)).abs() < 0.02 * ink(&still) + 0.2,
                    "{c}"
                );
                let by = middle(&moved) - middle(&still);
                assert!((by - shift).abs() < 0.05, "{c}: {by} instead of {shift}");
            }
        }
    }

    #[test]
    fn square_pixels_agree_with_plain_rasterising() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        for c in ['g', 'M', 'é', '@'] {
            let glyph = font.glyph(c);
            let ours = font.rasterise(glyph, PixelSize { x: 31.0, y: 31.0 }, 0.0);
            let (metrics, theirs) = font.outlines.rasterize_indexed(glyph.index(), 31.0);
            assert_eq!(ours.left, metrics.xmin);
            assert_eq!(ours.height, metrics.height);
            assert_eq!(ours.top, metrics.ymin + metrics.height as i32);
            for (y, row) in theirs.chunks_exact(metrics.width).enumerate() {
                for (x, &their) in row.iter().enumerate() {
                    let our = ours.coverage.get(y * ours.width + x).copied();
                    let our = if x < ours.width { our.unwrap_or(0) } else { 0 };
                    assert!(
                        our.abs_diff(their) <= 24,
                        "{c} at {x},{y}: {our} and {their}"
                    );
                }
            }
        }
    }

    #[test]
    fn narrow_pixels_give_more_columns() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        let glyph = font.glyph('O');
        let square = font.rasterise(glyph, PixelSize { x: 40.0, y: 40.0 }, 0.0);
        let broad = font.rasterise(glyph, PixelSize { x: 60.0, y: 40.0 }, 0.0);
        assert_eq!(square.height, broad.height);
        let ratio = ink(&broad) / ink(&square);
        assert!((ratio - 1.5).abs() < 0.03, "{ratio}");
    }

    #[test]
    fn absurd_sizes_are_empty() {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        let glyph = font.glyph('x');
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e9] {
            assert_eq!(
                font.rasterise(glyph, PixelSize { x: bad, y: 10.0 }, 0.0),
                Bitmap::default()
            );
            assert_eq!(
                font.rasterise(glyph, PixelSize { x: 10.0, y: bad }, 0.0),
                Bitmap::default()
            );
        }
        let size = PixelSize { x: 10.0, y: 10.0 };
        assert_eq!(font.rasterise(glyph, size, f32::NAN), Bitmap::default());
    }
}
