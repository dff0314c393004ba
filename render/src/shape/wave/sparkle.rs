//! Points of light that rise from the ribbons, glimmer and vanish.

use core::f32::consts::{PI, TAU};

use crate::list::{Mesh, Paint};

/// How many there are at a time.
const COUNT: u32 = 48;

/// Corners around a point of light.
const SIDES: usize = 8;

/// A fraction (0–1) that looks random, the same for the same numbers.
fn chance(seed: u32, which: u32) -> f32 {
    // The finaliser of MurmurHash3: every bit of the seed moves every other.
    let mut h = seed.wrapping_mul(0x9e37_79b9) ^ which.wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    (h ^ (h >> 16)) as f32 / u32::MAX as f32
}

/// Adds all points of light. `surface` gives the height of the ribbons, in
/// parts of the screen's height, at a place across it (0–1).
pub(super) fn sparkles(
    mesh: &mut Mesh,
    (width, height): (f32, f32),
    unit: (f32, f32),
    time: f32,
    paint: Paint,
    surface: &dyn Fn(f32) -> f32,
) {
    if !time.is_finite() {
        return;
    }
    for number in 0..COUNT {
        let period = 5.0 + 6.0 * chance(number, 0);
        let lives = time / period + chance(number, 1);
        // Each life is at another place; nothing is seen when it ends.
        let life = libm::floorf(lives);
        let age = lives - life;
        let seed = number.wrapping_add((life as i32 as u32).wrapping_mul(COUNT));
        let x = chance(seed, 2) + (chance(seed, 3) - 0.5) * 0.1 * age;
        let above = (chance(seed, 4) - 0.35) * 0.16 + 0.05 * age;
        let y = surface(x) - above;
        let glimmer = 0.75 + 0.25 * libm::sinf(age * TAU * (3.0 + 4.0 * chance(seed, 5)));
        let strength = libm::sinf(age * PI) * glimmer * (0.25 + 0.6 * chance(seed, 6));
        let radius = 1.4 + 2.2 * chance(seed, 7);
        let bright = paint.faded(strength);
        dot(
            mesh,
            (x * width, y * height),
            (radius * unit.0, radius * unit.1),
            bright,
        );
    }
}

/// Adds a soft dot: a bright core in a faint halo three times as wide.
fn dot(mesh: &mut Mesh, (x, y): (f32, f32), (rx, ry): (f32, f32), paint: Paint) {
    let middle = mesh.corner(x, y, paint);
    let mut around = |reach: f32, strength: f32| -> [Option<u16>; SIDES] {
        core::array::from_fn(|i| {
            let (sin, cos) = libm::sincosf(i as f32 / SIDES as f32 * TAU);
            mesh.corner(
                x + cos * rx * reach,
                y + sin * ry * reach,
                paint.faded(strength),
            )
        })
    };
    let core = around(1.0, 0.3);
    let halo = around(3.0, 0.0);
    for i in 0..SIDES {
        let next = (i + 1) % SIDES;
        mesh.triangle([middle, core[i], core[next]]);
        mesh.quad([core[i], halo[i], halo[next], core[next]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Colour;

    #[test]
    fn chances_spread_evenly() {
        let mut counts = [0; 10];
        for seed in 0..10_000 {
            counts[((chance(seed, 3) * 10.0) as usize).min(9)] += 1;
        }
        assert!(
            counts.iter().all(|&n| (850..1150).contains(&n)),
            "{counts:?}"
        );
    }

    #[test]
    fn no_light_jumps_while_it_is_seen() {
        let brightest = |time: f32| {
            let mut mesh = Mesh::default();
            let paint = Paint::light(Colour::WHITE, 1.0);
            sparkles(
                &mut mesh,
                (1920.0, 1080.0),
                (1.0, 1.0),
                time,
                paint,
                &|_| 0.5,
            );
            let step = mesh.vertices.len() / COUNT as usize;
            mesh.vertices
                .iter()
                .step_by(step)
                .copied()
                .collect::<alloc::vec::Vec<_>>()
        };
        for frame in 0..3000 {
            let now = brightest(frame as f32 / 60.0);
            let next = brightest((frame + 1) as f32 / 60.0);
            for (a, b) in now.iter().zip(&next) {
                let moved = (a.x - b.x).abs() + (a.y - b.y).abs();
                let seen = a.colour[0].min(b.colour[0]);
                assert!(moved < 2.0 || seen < 8, "{a:?} to {b:?}");
            }
        }
    }
}
