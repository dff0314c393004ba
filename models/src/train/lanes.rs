//! Loops over slices, written so that the compiler can use vector registers:
//! sums go into sixteen separate accumulators, and the exponential is a
//! polynomial without branches.

const LANES: usize = 16;

/// Sum of `f(x, y)` over two slices of one length.
fn fold(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let mut rest = 0.0;
    for (x, y) in a_chunks.remainder().iter().zip(b_chunks.remainder()) {
        rest += f(*x, *y);
    }
    for (a, b) in a_chunks.zip(b_chunks) {
        for i in 0..LANES {
            lanes[i] += f(a[i], b[i]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Dot product.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    fold(a, b, |x, y| x * y)
}

/// Largest element; minus infinity for an empty slice.
pub fn maximum(a: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = a.chunks_exact(LANES);
    let mut rest = f32::NEG_INFINITY;
    for x in chunks.remainder() {
        rest = rest.max(*x);
    }
    for chunk in chunks {
        for i in 0..LANES {
            lanes[i] = if chunk[i] > lanes[i] {
                chunk[i]
            } else {
                lanes[i]
            };
        }
    }
    lanes.iter().fold(rest, |m, x| m.max(*x))
}

/// eˣ with a relative error below 3e-7 for −87 ≤ x ≤ 88; arguments beyond
/// are clamped.
#[inline]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    // x = n ln 2 + r with |r| ≤ ln 2 / 2; adding 1.5 · 2²³ rounds to an integer.
    const ROUND: f32 = 12_582_912.0;
    let n = (x * core::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let mut p = 1.0 / 5040.0;
    for c in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        p = p * r + c;
    }
    p * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

/// Turns scores into probabilities in place, and returns the logarithm of the
/// sum of the exponentials of the scores.
pub fn softmax(row: &mut [f32]) -> f32 {
    let top = maximum(row);
    for x in row.iter_mut() {
        *x = exp(*x - top);
    }
    let sum = fold(row, row, |x, _| x);
    let inverse = 1.0 / sum;
    for x in row.iter_mut() {
        *x *= inverse;
    }
    top + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn exponential_agrees_with_the_standard_library() {
        for i in -8700..8800 {
            let x = i as f32 / 100.0;
            let error = (exp(x) as f64 / (x as f64).exp() - 1.0).abs();
            assert!(error < 3e-7, "{x}: {error}");
        }
    }

    #[test]
    fn reductions_count_every_element() {
        let a: Vec<f32> = (0..37).map(|i| i as f32).collect();
        assert_eq!(dot(&a, &a), (0..37).map(|i| i * i).sum::<i32>() as f32);
        assert_eq!(maximum(&a), 36.0);
        let mut row = a.clone();
        let log_sum = softmax(&mut row);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        let exact = a.iter().map(|x| (*x as f64).exp()).sum::<f64>().ln();
        assert!((log_sum as f64 - exact).abs() < 1e-5);
    }
}
