//! The single-precision functions of the forward pass, the same on every machine.
//!
//! llama2.c's tokens depend on the last bits of its C library's `expf`, `powf`, `cosf` and
//! `sinf`. These functions give the bits of the GNU C library (2.28 and newer, x86-64), which
//! are not always the correctly rounded ones: they evaluate the polynomials that it took over
//! from Arm's optimized routines (<https://github.com/ARM-software/optimized-routines>,
//! `math/exp2f_data.c`, `math/powf_log2_data.c`, `math/sincosf_data.c`), in double precision and
//! in the same order.
//!
//! Compared over all 2³² arguments with version 2.36 they are equal where it runs without fused
//! multiply-add. Where it has it, 2 results of `expf`, 12 of `sinf` and 22 of `cosf` differ, none
//! of them by more than the last bit. `powf` as the rotary embedding uses it is equal for all head
//! sizes up to 4096.

mod exp;
mod trig;

pub(crate) use exp::expf;
pub(crate) use trig::{cosf, sinf};

/// Square root; correctly rounded, like every `sqrtf`.
pub(crate) fn sqrtf(x: f32) -> f32 {
    libm::sqrtf(x)
}

/// How far, in radians, the rotary embedding turns a pair of a head at a position: the angle is
/// `position / 10000^(2·pair / head_size)`.
pub(crate) fn rope_angle(position: usize, pair: usize, head_size: usize) -> f32 {
    position as f32 * rope_frequency(pair, head_size)
}

/// `1 / 10000^(2·pair / head_size)`.
pub(crate) fn rope_frequency(pair: usize, head_size: usize) -> f32 {
    let exponent = (2 * pair) as f32 / head_size as f32;
    1.0 / exp::power_of_10000(exponent)
}

/// Turns scores into probabilities that sum to 1.
pub(crate) fn softmax(values: &mut [f32]) {
    let Some(&first) = values.first() else {
        return;
    };
    let largest = values.iter().fold(
        first,
        |largest, &value| if value > largest { value } else { largest },
    );
    let mut sum = 0.0;
    for value in values.iter_mut() {
        *value = expf(*value - largest);
        sum += *value;
    }
    for value in values {
        *value /= sum;
    }
}
