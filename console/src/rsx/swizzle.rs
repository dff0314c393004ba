//! Where the texels of a swizzled texture lie.

/// For each column and each row the part of a texel's number that comes from it; the number is the sum of both parts.
///
/// Bits of x and y take turns from the lowest on, x first; when the shorter
/// side has no more bits, the rest of the longer side's bits follow (envytools,
/// "swizzled surfaces"; both sides are powers of two).
#[must_use]
pub fn tables(width: u32, height: u32) -> (Vec<u32>, Vec<u32>) {
    let shared = width.trailing_zeros().min(height.trailing_zeros());
    let spread = |value: u32, lowest: u32| {
        let interleaved: u32 = (0..shared)
            .map(|bit| (value >> bit & 1) << (2 * bit + lowest))
            .sum();
        // Bits past the shared ones exist on one side only.
        interleaved + (value >> shared << (2 * shared))
    };
    (
        (0..width).map(|x| spread(x, 0)).collect(),
        (0..height).map(|y| spread(y, 1)).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The texel's number by halving: a square of side n is four squares of side n / 2, in the order of rows; a
    /// longer rectangle is squares one after the other.
    fn model(x: u32, y: u32, width: u32, height: u32) -> u32 {
        if width == height {
            if width == 1 {
                return 0;
            }
            let half = width / 2;
            let quarter = (y / half) * 2 + x / half;
            return quarter * half * half + model(x % half, y % half, half, half);
        }
        let side = width.min(height);
        let square = if width > height { x / side } else { y / side };
        square * side * side + model(x % side, y % side, side, side)
    }

    proptest! {
        #[test]
        fn tables_agree_with_halving(w in 0u32..8, h in 0u32..8, x in 0u32..256, y in 0u32..256) {
            let (width, height) = (1 << w, 1 << h);
            let (x, y) = (x % width, y % height);
            let (columns, rows) = tables(width, height);
            prop_assert_eq!(columns[x as usize] + rows[y as usize], model(x, y, width, height));
        }
    }

    #[test]
    fn every_texel_has_one_place() {
        for (width, height) in [(8, 8), (16, 4), (4, 32), (1, 8), (1, 1)] {
            let (columns, rows) = tables(width, height);
            let mut seen: Vec<u32> = rows
                .iter()
                .flat_map(|row| columns.iter().map(move |column| row + column))
                .collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..width * height));
        }
    }
}
