//! Q8_0 quantisation: groups of signed bytes that share a scale.

/// Values of a group, where nothing else is asked for. It divides the rows of all of llama2.c's
/// own models but the smallest.
pub const GROUP: usize = 32;

/// Quantises `values` in groups of `group_size`, the last of which may be shorter: each byte is
/// `value / scale` rounded by `round`, where the group's scale brings its largest magnitude to
/// 127. A group of zeros has scale 0.
///
/// `round` says what happens halfway between two integers: weights are rounded to even (as
/// llama2.c's exporter does), activations away from zero (as its `runq.c` does).
pub fn quantise(
    values: &[f32],
    group_size: usize,
    round: fn(f32) -> f32,
    out: &mut [i8],
    scales: &mut [f32],
) {
    let groups = values.chunks(group_size);
    let out_groups = out.chunks_mut(group_size);
    for ((group, out), out_scale) in groups.zip(out_groups).zip(scales) {
        let mut largest = 0.0;
        for value in group {
            if value.abs() > largest {
                largest = value.abs();
            }
        }
        let scale = largest / 127.0;
        *out_scale = scale;
        for (value, out) in group.iter().zip(out) {
            // A group of zeros divides 0 by 0; the conversion makes 0 of NaN.
            *out = round(value / scale) as i8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_magnitude_becomes_127_and_zeros_stay_zero() {
        let values = [1.0, -2.0, 0.5, 0.0, 0.0, 0.0, 0.0, -0.0];
        let mut out = [99; 8];
        let mut scales = [99.0; 2];
        quantise(&values, 4, libm::roundf, &mut out, &mut scales);
        assert_eq!(out, [64, -127, 32, 0, 0, 0, 0, 0]);
        assert_eq!(scales, [2.0 / 127.0, 0.0]);
    }

    #[test]
    fn halves_go_where_the_rounding_says() {
        let values = [127.0, 2.5, -2.5, 0.5];
        let (mut out, mut scales) = ([0; 4], [0.0]);
        quantise(&values, 4, libm::roundf, &mut out, &mut scales);
        assert_eq!(out, [127, 3, -3, 1]);
        quantise(&values, 4, libm::rintf, &mut out, &mut scales);
        assert_eq!(out, [127, 2, -2, 0]);
    }
}
