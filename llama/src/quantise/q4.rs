//! Q4: weights of four bits in groups of 32 neighbours, 4.5 bits a weight in all.
//!
//! A weight is `q * scale` with q from -8 to 7. The scale is a bf16 number (the upper half of an
//! f32) of either sign. That was chosen by the perplexity of stories260K and of the default model
//! (`models-train perplexity`):
//!
//! - An offset for each group (5 bits a weight) gains less than groups of 16 for the same bits.
//! - A scale that is searched for, so that the error is small, gains about a third of the loss
//!   over the one that brings the largest weight to the end of the range.
//! - bf16 loses nothing to fp16 or fp32, because the weights are rounded to the scale as it is
//!   stored, and has the range of f32.

/// Weights of a group.
pub const GROUP: usize = 32;
/// Bytes of a group's weights.
pub const GROUP_BYTES: usize = GROUP / 2;

/// What a group's largest magnitude is divided by for each scale that is tried, in either sign.
/// Below 7 the largest weight is cut, above 8 the range is not used up.
const DIVISORS: [f32; 14] = [
    6.0, 6.25, 6.5, 6.75, 7.0, 7.25, 7.5, 7.75, 8.0, 8.25, 8.5, 8.75, 9.0, 9.5,
];

/// The nearest bf16 number, as bits; halves go to the even one.
pub fn to_bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    (rounded >> 16) as u16
}

/// The number that the bits of a bf16 number stand for.
pub fn from_bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// Quantises up to 32 weights; those that are missing are zeros. Gives the scale as bf16 bits.
/// Byte i holds weight 2i in its lower half and weight 2i + 1 in its upper half, in two's
/// complement.
///
/// Of the scales that are tried it takes the one with the least sum of `|w| (w - q scale)²`:
/// what is large matters more. A group without any ordinary number gets scale 0.
///
/// # Panics
/// Where there are more than 32 weights.
pub fn quantise(weights: &[f32], out: &mut [u8; GROUP_BYTES]) -> u16 {
    let mut group = [0.0; GROUP];
    group[..weights.len()].copy_from_slice(weights);
    let largest = group.iter().fold(0f32, |m, w| m.max(w.abs()));
    let mut best = (f32::INFINITY, 0, [0; GROUP]);
    for divisor in DIVISORS {
        for signed in [largest, -largest] {
            let bits = to_bf16(signed / divisor);
            let mut values = [0; GROUP];
            let error = round_to(&group, from_bf16(bits), &mut values);
            if error < best.0 {
                best = (error, bits, values);
            }
        }
    }
    let (_, bits, values) = best;
    for (byte, pair) in out.iter_mut().zip(values.as_chunks::<2>().0) {
        *byte = pair[0] as u8 & 0xf | (pair[1] as u8) << 4;
    }
    bits
}

/// Rounds all weights to multiples of `scale`; gives the weighted error.
fn round_to(group: &[f32; GROUP], scale: f32, values: &mut [i8; GROUP]) -> f32 {
    /// Adding this leaves an integer, rounded to even, in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    const LANES: usize = 8;
    let inverse = 1.0 / scale;
    // Sums side by side, so that the compiler may use vectors for them.
    let mut errors = [0.0; LANES];
    for (weights, values) in group
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(values.as_chunks_mut::<LANES>().0)
    {
        for lane in 0..LANES {
            let weight = weights[lane];
            let rounded = (weight * inverse + ROUNDER - ROUNDER).clamp(-8.0, 7.0);
            values[lane] = rounded as i8;
            let off = weight - rounded * scale;
            errors[lane] += weight.abs() * off * off;
        }
    }
    errors.iter().sum()
}

/// The two weights of a byte, without their scale.
pub fn unpack(byte: u8) -> [i8; 2] {
    [(byte << 4) as i8 >> 4, byte as i8 >> 4]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn values(weights: &[f32]) -> (f32, Vec<f32>) {
        let mut bytes = [0; GROUP_BYTES];
        let scale = from_bf16(quantise(weights, &mut bytes));
        let all = bytes.iter().flat_map(|byte| unpack(*byte));
        (scale, all.map(|q| f32::from(q) * scale).collect())
    }

    #[test]
    fn what_the_format_can_say_is_kept() {
        let weights: Vec<f32> = (0..32).map(|i| (i % 16 - 8) as f32 * 0.25).collect();
        assert_eq!(values(&weights), (0.25, weights));
        let turned: Vec<f32> = (0..32).map(|i| (8 - i % 16) as f32 * 0.5).collect();
        assert_eq!(values(&turned), (-0.5, turned));
        assert_eq!(values(&[0.0; 32]).1, [0.0; 32]);
    }

    #[test]
    fn a_short_group_ends_in_zeros() {
        let (_, found) = values(&[7.0, -3.0, 1.0]);
        assert_eq!(found[3..], [0.0; 29]);
        assert!((found[0] - 7.0).abs() < 0.1);
    }

    #[test]
    fn groups_that_are_no_numbers_are_zeros() {
        for bad in [f32::NAN, f32::INFINITY] {
            let mut bytes = [0xff; GROUP_BYTES];
            assert_eq!(
                (quantise(&[bad; 4], &mut bytes), bytes),
                (0, [0; GROUP_BYTES])
            );
        }
    }

    #[test]
    fn bf16_rounds_to_even() {
        for (value, expected) in [
            (1.0, 1.0),
            (f32::from_bits(0x3f80_8000), 1.0),
            (f32::from_bits(0x3f81_8000), f32::from_bits(0x3f82_0000)),
            (f32::from_bits(0xbf80_8001), f32::from_bits(0xbf81_0000)),
        ] {
            assert_eq!(from_bf16(to_bf16(value)), expected);
        }
    }

    proptest! {
        /// Never worse than the plain scale would be.
        #[test]
        fn weights_are_near(weights in prop::collection::vec(-2f32..2.0, 32)) {
            let (_, found) = values(&weights);
            let largest = weights.iter().fold(0f32, |m, w| m.max(w.abs()));
            let error = |values: &mut dyn Iterator<Item = f32>| -> f32 {
                let pairs = weights.iter().zip(values);
                pairs.map(|(w, v)| w.abs() * (w - v) * (w - v)).sum()
            };
            let scale = from_bf16(to_bf16(largest / 7.0));
            let mut plain = weights.iter().map(|w| (w / scale).round().clamp(-8.0, 7.0) * scale);
            let plain = error(&mut plain);
            let searched = error(&mut found.iter().copied());
            prop_assert!(searched <= plain * 1.001 + 1e-9, "{searched} > {plain}");
        }
    }
}
