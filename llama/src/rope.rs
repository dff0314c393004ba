//! The rotary position embedding's angles, for engines that compute with tables.

use crate::math;

/// Sine and cosine of the angle by which pair `pair` (two neighbours) of a head of `head_size`
/// is turned at `position`: the values of the [reference](crate::reference), bit for bit.
pub fn turn(head_size: usize, pair: usize, position: usize) -> (f32, f32) {
    let angle = math::rope_angle(position, pair, head_size);
    (math::sinf(angle), math::cosf(angle))
}
