//! How quantised values become bits.
//!
//! Source: FFmpeg, `atrac3data.h` (the codes of its decoder).

use std::sync::LazyLock;

/// The groups of coefficients that are quantised alike: where each begins, and the end.
pub(super) const GROUPS: [usize; 33] = [
    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 288, 320,
    352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024,
];

/// A code: its bits, of which the last `length` count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub bits: u8,
    pub length: u8,
}

/// Quantisers; number 0 leaves a group out.
pub(super) const QUANTISERS: usize = 8;

/// The greatest value of each quantiser.
pub(super) const GREATEST: [i32; QUANTISERS] = [0, 1, 2, 3, 4, 7, 15, 31];

/// What the scale factor stands for, in steps: half a step more than the greatest value.
pub(super) fn steps(quantiser: usize) -> f64 {
    f64::from(GREATEST[quantiser]) + 0.5
}

/// The scale factor of an index: three of them double it.
pub(super) fn scale(index: usize) -> f64 {
    static SCALE: LazyLock<[f64; SCALES]> =
        LazyLock::new(|| core::array::from_fn(|index| libm::exp2((index as f64 - 15.0) / 3.0)));
    SCALE[index]
}

/// Scale factors that there are.
pub(super) const SCALES: usize = 64;

/// Values in the order of their codes: each code is the one ahead of it plus one, lengthened with
/// zeros. A minus follows each but 0 with the last bit set.
const ORDER: [&[(u8, u8)]; QUANTISERS] = [
    &[],
    &[],
    &[(0, 1), (1, 3), (2, 3)],
    &[(0, 1), (1, 3), (2, 4), (3, 4)],
    &[(0, 1), (1, 3), (2, 4), (3, 5), (4, 5)],
    &[
        (0, 2),
        (1, 3),
        (2, 4),
        (3, 4),
        (7, 4),
        (4, 5),
        (5, 6),
        (6, 6),
    ],
    &[
        (0, 3),
        (1, 4),
        (2, 4),
        (3, 4),
        (15, 4),
        (4, 5),
        (5, 5),
        (6, 5),
        (7, 6),
        (8, 6),
        (9, 6),
        (10, 6),
        (11, 7),
        (12, 7),
        (13, 7),
        (14, 7),
    ],
    &[
        (0, 3),
        (31, 4),
        (1, 5),
        (2, 5),
        (3, 5),
        (4, 5),
        (5, 5),
        (6, 6),
        (7, 6),
        (8, 6),
        (9, 6),
        (10, 6),
        (11, 6),
        (12, 6),
        (13, 6),
        (14, 7),
        (15, 7),
        (16, 7),
        (17, 7),
        (18, 7),
        (19, 7),
        (20, 7),
        (21, 8),
        (22, 8),
        (23, 8),
        (24, 8),
        (25, 8),
        (26, 8),
        (27, 8),
        (28, 8),
        (29, 8),
        (30, 8),
    ],
];

/// The same for pairs of values of quantiser 1.
const PAIRS: [([i32; 2], u8); 9] = [
    ([0, 0], 1),
    ([0, 1], 3),
    ([0, -1], 3),
    ([1, 0], 4),
    ([-1, 0], 4),
    ([1, 1], 5),
    ([1, -1], 5),
    ([-1, 1], 5),
    ([-1, -1], 5),
];

/// The codes of all quantisers.
pub(super) struct Codes {
    /// By quantiser, from the least value to the greatest.
    single: [Vec<Code>; QUANTISERS],
    /// By the first value, then by the second, each from -1.
    pairs: [[Code; 3]; 3],
}

impl Default for Codes {
    fn default() -> Self {
        let none = Code { bits: 0, length: 0 };
        let single = std::array::from_fn(|quantiser| {
            let greatest = GREATEST[quantiser];
            let mut codes = vec![none; 2 * greatest as usize + 1];
            let mut next = Ascending::default();
            for &(value, length) in ORDER[quantiser] {
                let value = i32::from(value);
                codes[(greatest + value) as usize] = next.code(length);
                if value > 0 {
                    codes[(greatest - value) as usize] = next.code(length);
                }
            }
            codes
        });
        let mut pairs = [[none; 3]; 3];
        let mut next = Ascending::default();
        for ([first, second], length) in PAIRS {
            pairs[(first + 1) as usize][(second + 1) as usize] = next.code(length);
        }
        Self { single, pairs }
    }
}

impl Codes {
    /// The codes of a group's values, which are within the quantiser's range.
    pub fn of<'a>(
        &'a self,
        quantiser: usize,
        values: &'a [i32],
    ) -> Box<dyn Iterator<Item = Code> + 'a> {
        match quantiser {
            0 => Box::new(std::iter::empty()),
            1 => Box::new(
                values
                    .chunks_exact(2)
                    .map(|pair| self.pairs[(pair[0] + 1) as usize][(pair[1] + 1) as usize]),
            ),
            _ => {
                Box::new(values.iter().map(move |value| {
                    self.single[quantiser][(GREATEST[quantiser] + value) as usize]
                }))
            }
        }
    }
}

/// Codes in ascending order.
#[derive(Default)]
struct Ascending {
    next: u16,
    length: u8,
}

impl Ascending {
    fn code(&mut self, length: u8) -> Code {
        self.next <<= length - self.length;
        self.length = length;
        let code = Code {
            bits: self.next as u8,
            length,
        };
        self.next += 1;
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_fill_all_of_their_space() {
        let codes = Codes::default();
        let share = |codes: &mut dyn Iterator<Item = Code>| -> f64 {
            codes.map(|code| libm::exp2(-f64::from(code.length))).sum()
        };
        for quantiser in 2..QUANTISERS {
            let mut all = codes.single[quantiser].iter().copied();
            assert_eq!(share(&mut all), 1.0, "{quantiser}");
        }
        assert_eq!(share(&mut codes.pairs.iter().flatten().copied()), 1.0);
    }

    #[test]
    fn some_codes_are_those_of_the_table() {
        let codes = Codes::default();
        let of = |quantiser, values: &[i32]| codes.of(quantiser, values).next().unwrap();
        for (quantiser, values, bits, length) in [
            (1, &[-1, -1][..], 0b11111, 5),
            (1, &[1, 0], 0b1100, 4),
            (2, &[-2], 0b111, 3),
            (5, &[7], 0b1100, 4),
            (5, &[-4], 0b11101, 5),
            (6, &[15], 0b1000, 4),
            (6, &[-14], 0b111_1111, 7),
            (7, &[-31], 0b0011, 4),
            (7, &[13], 0b11_0010, 6),
            (7, &[-30], 0b1111_1111, 8),
        ] {
            assert_eq!(of(quantiser, values), Code { bits, length }, "{values:?}");
        }
    }
}
