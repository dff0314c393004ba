//! Symbols as coverage masks: shapes given by distances, rasterised once for
//! each size and kept in the atlas like glyphs.

mod blur;
mod distance;
mod parts;
mod symbols;

pub(crate) use blur::blurred;
pub(crate) use parts::Mask;
pub(crate) use symbols::{Role, layers};

use alloc::vec;
use alloc::vec::Vec;
use fonts::Bitmap;

/// Rasterises a mask whose square of two units a side is `width`×`height`
/// pixels. The bitmap's left and top are relative to the square's middle.
pub(crate) fn rasterise(mask: Mask, width: u16, height: u16) -> Bitmap {
    if width == 0 || height == 0 {
        return Bitmap::default();
    }
    let half = (f32::from(width) * 0.5, f32::from(height) * 0.5);
    // Wide symbols reach beyond the square; one pixel more for soft edges.
    let reach = |half: f32, extent: f32| libm::ceilf(half * extent) as i32 + 1;
    let (reach_x, reach_y) = (reach(half.0, mask.half_width()), reach(half.1, 1.0));
    let (columns, rows) = (reach_x as usize * 2, reach_y as usize * 2);
    let mut canvas = Canvas {
        mask,
        half,
        per_unit: (half.0 + half.1) * 0.5,
        reach: (reach_x, reach_y),
        diagonal: distance::length((0.5 / half.0, 0.5 / half.1)),
        columns,
        rows,
        coverage: vec![0; columns * rows],
    };
    for row in (0..rows).step_by(BLOCK) {
        for column in (0..columns).step_by(BLOCK) {
            canvas.block(column, row, BLOCK);
        }
    }
    Bitmap {
        width: columns,
        height: rows,
        left: -reach_x,
        top: reach_y,
        coverage: canvas.coverage,
    }
}

/// The side of the blocks that are looked at first.
const BLOCK: usize = 32;

/// A mask that is being rasterised.
struct Canvas {
    mask: Mask,
    half: (f32, f32),
    /// Pixels for a unit of distance.
    per_unit: f32,
    reach: (i32, i32),
    /// From the middle of a pixel to its corner, in units of distance.
    diagonal: f32,
    columns: usize,
    rows: usize,
    coverage: Vec<u8>,
}

impl Canvas {
    /// Rasterises a square of pixels. The distance changes by no more than the way that is gone: a
    /// block whose middle is far from the edge has one coverage, and most of a symbol is done by
    /// few large blocks.
    fn block(&mut self, column: usize, row: usize, side: usize) {
        if column >= self.columns || row >= self.rows {
            return;
        }
        let middle = side as f32 * 0.5;
        let distance = self.distance(column as f32 + middle, row as f32 + middle);
        let farthest = self.diagonal * side as f32 * self.per_unit;
        // A little more, for what rounding may do to both.
        let one_value = distance.abs() - farthest > 0.51;
        if side == 1 || one_value {
            let covered = ((0.5 - distance).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            let end = (column + side).min(self.columns);
            for row in row..(row + side).min(self.rows) {
                let line = row * self.columns;
                self.coverage[line + column..line + end].fill(covered);
            }
            return;
        }
        let half = side / 2;
        for (right, down) in [(0, 0), (half, 0), (0, half), (half, half)] {
            self.block(column + right, row + down, half);
        }
    }

    /// The distance of a place from the edge, in pixels.
    fn distance(&self, column: f32, row: f32) -> f32 {
        let x = column - self.reach.0 as f32;
        let y = row - self.reach.1 as f32;
        self.mask.distance(x / self.half.0, y / self.half.1) * self.per_unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Symbol;

    #[test]
    fn every_symbol_has_ink_and_stays_in_its_box() {
        for symbol in Symbol::ALL {
            for layer in layers(symbol) {
                let b = rasterise(layer.mask, 48, 40);
                let ink = b.coverage.iter().filter(|&&c| c > 128).count();
                assert!(ink > 20, "{symbol:?} {:?} has {ink} pixels", layer.mask);
                let border = |i: usize| {
                    let (x, y) = (i % b.width, i / b.width);
                    x == 0 || y == 0 || x + 1 == b.width || y + 1 == b.height
                };
                for (i, &c) in b.coverage.iter().enumerate() {
                    assert!(!border(i) || c == 0, "{:?} is cut off", layer.mask);
                }
                assert!(layer.mask.half_width() * 1.0 <= symbol.width(1.0) + 1e-6);
            }
        }
    }

    #[test]
    fn blocks_are_what_their_pixels_are() {
        for (width, height) in [
            (116, 116),
            (77, 77),
            (40, 40),
            (51, 38),
            (29, 41),
            (5, 5),
            (1, 1),
        ] {
            let masks = Symbol::ALL.into_iter().flat_map(layers);
            for mask in masks.map(|layer| layer.mask) {
                let b = rasterise(mask, width, height);
                let half = (f32::from(width) * 0.5, f32::from(height) * 0.5);
                for (i, covered) in b.coverage.iter().enumerate() {
                    let x = ((i % b.width) as i32 + b.left) as f32 + 0.5;
                    let y = ((i / b.width) as i32 - b.top) as f32 + 0.5;
                    let distance = mask.distance(x / half.0, y / half.1);
                    let distance = distance * (half.0 + half.1) * 0.5;
                    let alone = ((0.5 - distance).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
                    let place = (i % b.width, i / b.width);
                    assert!(
                        covered.abs_diff(alone) <= 1,
                        "{mask:?} {width}x{height} {place:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn symmetric_masks_are_symmetric() {
        for mask in [
            Mask::Disc,
            Mask::Gear,
            Mask::DPad,
            Mask::Face(parts::Face::Cross),
        ] {
            let b = rasterise(mask, 32, 32);
            for row in b.coverage.chunks_exact(b.width) {
                let back: alloc::vec::Vec<u8> = row.iter().rev().copied().collect();
                for (a, b) in row.iter().zip(&back) {
                    assert!(a.abs_diff(*b) <= 1, "{mask:?}");
                }
            }
        }
    }

    #[test]
    fn no_size_is_empty() {
        assert_eq!(rasterise(Mask::Disc, 0, 10), Bitmap::default());
    }
}
