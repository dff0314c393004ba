//! Soft shadows: a mask blurred by two box filters, close to a bell curve.

use alloc::vec;
use alloc::vec::Vec;

use fonts::Bitmap;

/// The mask spread over `radius` pixels more on every side (twice over).
pub(crate) fn blurred(mask: Bitmap, radius: u8) -> Bitmap {
    let radius = usize::from(radius);
    if radius == 0 || mask.coverage.is_empty() {
        return mask;
    }
    let margin = radius * 2;
    let (width, height) = (mask.width + margin * 2, mask.height + margin * 2);
    let mut rows = vec![0; width * height];
    for (from, to) in mask
        .coverage
        .chunks_exact(mask.width)
        .zip(rows.chunks_exact_mut(width).skip(margin))
    {
        to[margin..margin + mask.width].copy_from_slice(from);
    }
    for _ in 0..2 {
        rows = across(&rows, width, radius);
        rows = across(&transposed(&rows, width), height, radius);
        rows = transposed(&rows, height);
    }
    Bitmap {
        width,
        height,
        left: mask.left - margin as i32,
        top: mask.top + margin as i32,
        coverage: rows,
    }
}

/// Each pixel the mean of those up to `radius` columns away.
fn across(pixels: &[u8], width: usize, radius: usize) -> Vec<u8> {
    let window = 2 * radius as u32 + 1;
    let mut out = Vec::with_capacity(pixels.len());
    for row in pixels.chunks_exact(width) {
        let mut sum: u32 = row.iter().take(radius).map(|&c| u32::from(c)).sum();
        for column in 0..width {
            sum += row.get(column + radius).map_or(0, |&c| u32::from(c));
            out.push(((sum + window / 2) / window) as u8);
            if let Some(left) = column.checked_sub(radius) {
                sum -= u32::from(row[left]);
            }
        }
    }
    out
}

/// Rows and columns exchanged.
fn transposed(pixels: &[u8], width: usize) -> Vec<u8> {
    let height = pixels.len() / width;
    (0..width)
        .flat_map(|x| (0..height).map(move |y| pixels[y * width + x]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blurred_dot_is_symmetric_and_keeps_its_ink() {
        let dot = Bitmap {
            width: 3,
            height: 1,
            left: 5,
            top: 1,
            coverage: vec![255, 255, 255],
        };
        let soft = blurred(dot, 2);
        assert_eq!(
            (soft.width, soft.height, soft.left, soft.top),
            (11, 9, 1, 5)
        );
        let ink: u32 = soft.coverage.iter().map(|&c| u32::from(c)).sum();
        assert!(ink.abs_diff(765) < 60, "{ink}");
        let back: Vec<u8> = soft.coverage.iter().rev().copied().collect();
        assert_eq!(soft.coverage, back);
    }

    #[test]
    fn no_radius_changes_nothing() {
        let dot = Bitmap {
            width: 1,
            height: 1,
            left: 0,
            top: 0,
            coverage: vec![9],
        };
        assert_eq!(blurred(dot.clone(), 0), dot);
    }
}
