//! Soft shadows: a mask blurred by two box filters, close to a bell curve.

use alloc::vec;

use fonts::Bitmap;

/// The mask spread over `radius` pixels more on every side (twice over).
pub(crate) fn blurred(mask: Bitmap, radius: u8) -> Bitmap {
    let radius = usize::from(radius);
    if radius == 0 || mask.coverage.is_empty() {
        return mask;
    }
    let margin = radius * 2;
    let (width, height) = (mask.width + margin * 2, mask.height + margin * 2);
    let mut pixels = vec![0; width * height];
    for (from, to) in mask
        .coverage
        .chunks_exact(mask.width)
        .zip(pixels.chunks_exact_mut(width).skip(margin))
    {
        to[margin..margin + mask.width].copy_from_slice(from);
    }
    let mut other = vec![0; width * height];
    let mut sums = vec![0; width];
    let mean = Mean::of(radius);
    for _ in 0..2 {
        across(&pixels, &mut other, width, mean);
        down(&other, &mut pixels, width, mean, &mut sums);
    }
    Bitmap {
        width,
        height,
        left: mask.left - margin as i32,
        top: mask.top + margin as i32,
        coverage: pixels,
    }
}

/// The mean of a window of pixels.
#[derive(Clone, Copy)]
struct Mean {
    /// Pixels of the window to each side of the middle.
    radius: usize,
    /// Half of the window, for rounding.
    half: u16,
    /// What to multiply with instead of dividing: the PPU's division takes as long as ten
    /// multiplications.
    reciprocal: u32,
}

impl Mean {
    /// Binary digits of the reciprocal behind the point: enough for exact quotients, as sums stay
    /// below 2^14, and few enough that products have 32 bits.
    const DIGITS: u32 = 20;

    /// For a radius of up to 16 pixels.
    fn of(radius: usize) -> Mean {
        let window = 2 * radius as u32 + 1;
        Mean {
            radius,
            half: (window / 2) as u16,
            reciprocal: (1 << Self::DIGITS) / window + 1,
        }
    }

    /// Of the window with this sum.
    fn of_sum(self, sum: u16) -> u8 {
        ((u32::from(sum + self.half) * self.reciprocal) >> Self::DIGITS) as u8
    }
}

/// Each pixel the mean of those up to `radius` columns away; beyond the edges there is nothing.
fn across(from: &[u8], to: &mut [u8], width: usize, mean: Mean) {
    let radius = mean.radius;
    for (from, to) in from.chunks_exact(width).zip(to.chunks_exact_mut(width)) {
        let mut sum: u16 = from.iter().take(radius).map(|&c| u16::from(c)).sum();
        for (column, to) in to.iter_mut().enumerate() {
            sum += from.get(column + radius).map_or(0, |&c| u16::from(c));
            *to = mean.of_sum(sum);
            if let Some(left) = column.checked_sub(radius) {
                sum -= u16::from(from[left]);
            }
        }
    }
}

/// The same for rows; `sums` has a place for each column.
fn down(from: &[u8], to: &mut [u8], width: usize, mean: Mean, sums: &mut [u16]) {
    let row = |index: usize| from.get(index * width..(index + 1) * width);
    sums.fill(0);
    for index in 0..mean.radius {
        add(sums, row(index).unwrap_or_default());
    }
    for (index, to) in to.chunks_exact_mut(width).enumerate() {
        add(sums, row(index + mean.radius).unwrap_or_default());
        for (to, sum) in to.iter_mut().zip(&*sums) {
            *to = mean.of_sum(*sum);
        }
        if let Some(above) = index.checked_sub(mean.radius) {
            for (sum, &c) in sums.iter_mut().zip(row(above).unwrap_or_default()) {
                *sum -= u16::from(c);
            }
        }
    }
}

fn add(sums: &mut [u16], row: &[u8]) {
    for (sum, &c) in sums.iter_mut().zip(row) {
        *sum += u16::from(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

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
    fn means_are_exact() {
        for radius in 1..=16u16 {
            let (mean, window) = (Mean::of(radius.into()), 2 * radius + 1);
            for sum in 0..=255 * window {
                let exact = (sum + window / 2) / window;
                assert_eq!(u16::from(mean.of_sum(sum)), exact, "{sum} of {window}");
            }
        }
    }

    #[test]
    fn rows_and_columns_are_treated_alike() {
        let mut pixels: Vec<u8> = (0..7 * 7).map(|i| (i * 37 % 256) as u8).collect();
        let mirrored = |p: &[u8]| (0..49).map(|i| p[i % 7 * 7 + i / 7]).collect::<Vec<u8>>();
        let mut across_then_back = vec![0; 49];
        across(&mirrored(&pixels), &mut across_then_back, 7, Mean::of(2));
        let from = core::mem::take(&mut pixels);
        let mut out = vec![0; 49];
        down(&from, &mut out, 7, Mean::of(2), &mut [0; 7]);
        assert_eq!(out, mirrored(&across_then_back));
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
