//! Morton order of swizzled textures.
//!
//! The bits of column and row alternate, the column's first, as long as both
//! have some; the rest of the longer one follows. Source: nouveau
//! `nv30_transfer.c` (Mesa), where the CPU copies swizzled surfaces.

use crate::ArgumentError;

/// Widths and heights in Morton order, both powers of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swizzle {
    /// Bits of the texel's number that come from the column.
    columns: u32,
    /// Bits that come from the row.
    rows: u32,
    width: u32,
    height: u32,
}

impl Swizzle {
    /// The order of a texture of `width` times `height` texels.
    ///
    /// # Errors
    /// [`ArgumentError`] for a side that is no power of two up to 4096.
    pub const fn new(width: u32, height: u32) -> Result<Self, ArgumentError> {
        if !width.is_power_of_two() || width > crate::texture::MAX_SIDE {
            return Err(ArgumentError::new("texture width", width));
        }
        if !height.is_power_of_two() || height > crate::texture::MAX_SIDE {
            return Err(ArgumentError::new("texture height", height));
        }
        let shorter = if width < height { width } else { height };
        // The alternating part holds the square of the shorter side; what is above it belongs to the longer.
        let square = shorter * shorter - 1;
        let above = (width * height - 1) & !square;
        let (columns, rows) = (0x5555_5555 & square, 0xaaaa_aaaa & square);
        Ok(if width > height {
            Self {
                columns: columns | above,
                rows,
                width,
                height,
            }
        } else {
            Self {
                columns,
                rows: rows | above,
                width,
                height,
            }
        })
    }

    /// The number of the texel in column `x` and row `y`; both wrap around.
    #[must_use]
    pub const fn index(self, x: u32, y: u32) -> u32 {
        deposit(x & (self.width - 1), self.columns) | deposit(y & (self.height - 1), self.rows)
    }

    /// Calls `place` with column, row and number of each texel, row by row.
    pub fn for_each(self, mut place: impl FnMut(u32, u32, u32)) {
        let mut row = 0;
        for y in 0..self.height {
            let mut column = 0;
            for x in 0..self.width {
                place(x, y, row | column);
                // Subtracting the mask adds one to the bits under it.
                column = column.wrapping_sub(self.columns) & self.columns;
            }
            row = row.wrapping_sub(self.rows) & self.rows;
        }
    }
}

/// The low bits of `value`, spread over the set bits of `mask`.
const fn deposit(mut value: u32, mut mask: u32) -> u32 {
    let mut result = 0;
    while mask != 0 {
        let lowest = mask & mask.wrapping_neg();
        if value & 1 != 0 {
            result |= lowest;
        }
        value >>= 1;
        mask ^= lowest;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::Swizzle;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn small_orders_are_as_drawn() {
        let square = Swizzle::new(4, 4).expect("powers of two");
        let rows = [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]];
        for (y, row) in (0..).zip(rows) {
            for (x, index) in (0..).zip(row) {
                assert_eq!(square.index(x, y), index, "{x}, {y}");
            }
        }
        let wide = Swizzle::new(8, 2).expect("powers of two");
        assert_eq!(
            [0, 1, 2, 3, 4, 7].map(|x| wide.index(x, 1)),
            [2, 3, 6, 7, 10, 15]
        );
        let tall = Swizzle::new(2, 8).expect("powers of two");
        assert_eq!(
            [0, 1, 2, 3, 4, 7].map(|y| tall.index(1, y)),
            [1, 3, 5, 7, 9, 15]
        );
        let line = Swizzle::new(16, 1).expect("powers of two");
        assert_eq!(line.index(13, 0), 13);
    }

    #[test]
    fn sides_are_powers_of_two() {
        assert_eq!(
            Swizzle::new(3, 4).expect_err("an error").name,
            "texture width"
        );
        assert_eq!(
            Swizzle::new(4, 0).expect_err("an error").name,
            "texture height"
        );
        assert_eq!(
            Swizzle::new(8192, 4).expect_err("an error").name,
            "texture width"
        );
        assert!(Swizzle::new(4096, 4096).is_ok());
    }

    proptest! {
        #[test]
        fn every_texel_has_one_place(width in 0..8u32, height in 0..8u32) {
            let (width, height) = (1 << width, 1 << height);
            let order = Swizzle::new(width, height).unwrap();
            let mut seen = vec![false; (width * height) as usize];
            let mut agreed = true;
            order.for_each(|x, y, index| {
                agreed &= order.index(x, y) == index && !seen[index as usize];
                seen[index as usize] = true;
            });
            prop_assert!(agreed);
            prop_assert!(seen.into_iter().all(|seen| seen));
        }
    }
}
