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
    let per_unit = (half.0 + half.1) * 0.5;
    let mut coverage = vec![0; columns * rows];
    for (row, line) in coverage.chunks_exact_mut(columns).enumerate() {
        let y = (row as i32 - reach_y) as f32 + 0.5;
        for (column, covered) in line.iter_mut().enumerate() {
            let x = (column as i32 - reach_x) as f32 + 0.5;
            let distance = mask.distance(x / half.0, y / half.1) * per_unit;
            *covered = ((0.5 - distance).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        }
    }
    Bitmap {
        width: columns,
        height: rows,
        left: -reach_x,
        top: reach_y,
        coverage,
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
