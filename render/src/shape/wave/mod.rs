//! The background: silk-like ribbons of light moving over a vertical gradient.
//!
//! All motion is in the corners, a few sines for each; a pixel costs no more
//! than its interpolated colour.

mod sparkle;

use core::f32::consts::TAU;

use super::Scale;
use crate::geometry::Size;
use crate::list::{Mesh, Paint};
use crate::scene::{Colour, Wave};

/// Columns that a ribbon is cut into. Its shortest wave spans many.
const COLUMNS: usize = 72;

/// One of the two edges of a ribbon: the sum of two sines.
struct Curve {
    /// Height of the middle, in parts of the screen's height.
    base: f32,
    /// Amplitude, in parts of the screen's height; waves across the screen;
    /// turns a second; phase in turns.
    waves: [(f32, f32, f32, f32); 2],
}

impl Curve {
    /// Height at `x` (0–1 across the screen) and `time` (seconds).
    fn at(&self, x: f32, time: f32) -> f32 {
        self.base
            + self
                .waves
                .iter()
                .map(|&(height, count, speed, phase)| {
                    // Whole turns dropped early keep the sine exact for hours.
                    let turns = x * count + (time * speed + phase) % 1.0;
                    height * libm::sinf(turns * TAU)
                })
                .sum::<f32>()
    }
}

/// A veil between two curves: bright where they are close, as cloth is where it
/// is seen edge-on.
struct Ribbon {
    edges: [Curve; 2],
    /// Opacity where it is widest, and where it is narrowest.
    strength: (f32, f32),
}

const RIBBONS: [Ribbon; 3] = [
    Ribbon {
        edges: [
            Curve {
                base: 0.60,
                waves: [(0.085, 0.80, 0.031, 0.10), (0.030, 1.70, -0.047, 0.55)],
            },
            Curve {
                base: 0.66,
                waves: [(0.105, 0.65, 0.027, 0.37), (0.025, 1.90, 0.053, 0.20)],
            },
        ],
        strength: (0.05, 0.30),
    },
    Ribbon {
        edges: [
            Curve {
                base: 0.63,
                waves: [(0.070, 1.05, -0.037, 0.70), (0.040, 1.45, 0.041, 0.05)],
            },
            Curve {
                base: 0.72,
                waves: [(0.120, 0.75, -0.029, 0.92), (0.020, 2.10, -0.059, 0.43)],
            },
        ],
        strength: (0.04, 0.22),
    },
    Ribbon {
        edges: [
            Curve {
                base: 0.57,
                waves: [(0.060, 0.95, 0.023, 0.28), (0.045, 1.30, 0.035, 0.81)],
            },
            Curve {
                base: 0.70,
                waves: [(0.090, 1.15, 0.033, 0.63), (0.030, 1.60, -0.043, 0.12)],
            },
        ],
        strength: (0.03, 0.18),
    },
];

/// Width of a ribbon's bright seam, in parts of the screen's height.
const SEAM: f32 = 0.006;

/// Adds the gradient over the whole screen.
pub(crate) fn ground(mesh: &mut Mesh, scale: Scale, size: Size, wave: &Wave, alpha: f32) {
    let (width, height) = (size.width * scale.x, size.height * scale.y);
    let day = wave.brightness.clamp(0.0, 1.0);
    let stops = [
        (0.0, tint(wave.hue, 0.85, 0.10 + 0.32 * day)),
        (0.45, tint(wave.hue, 0.80, 0.20 + 0.40 * day)),
        (0.75, tint(wave.hue, 0.70, 0.34 + 0.46 * day)),
        (1.0, tint(wave.hue, 0.78, 0.22 + 0.40 * day)),
    ];
    let mut above: Option<[Option<u16>; 2]> = None;
    for (t, colour) in stops {
        let paint = Paint::new(colour, alpha);
        let row = [0.0, width].map(|x| mesh.corner(x, t * height, paint));
        if let Some([left, right]) = above {
            mesh.quad([left, right, row[1], row[0]]);
        }
        above = Some(row);
    }
}

/// Adds the ribbons and the points of light.
pub(crate) fn ribbons(mesh: &mut Mesh, scale: Scale, size: Size, wave: &Wave, alpha: f32) {
    let (width, height) = (size.width * scale.x, size.height * scale.y);
    let light = Paint::light(tint(wave.hue, 0.35, 1.0), alpha);
    for ribbon in &RIBBONS {
        draw(mesh, ribbon, width, height, wave.time, light);
    }
    let surface = &RIBBONS[0].edges[0];
    sparkle::sparkles(
        mesh,
        (width, height),
        (scale.x, scale.y),
        wave.time,
        Paint::light(tint(wave.hue, 0.12, 1.0), alpha),
        &|x| surface.at(x, wave.time),
    );
}

/// Adds one ribbon: a soft seam along each edge and the veil in between.
fn draw(mesh: &mut Mesh, ribbon: &Ribbon, width: f32, height: f32, time: f32, paint: Paint) {
    let mut before: Option<[Option<u16>; 6]> = None;
    for column in 0..=COLUMNS {
        let x = column as f32 / COLUMNS as f32;
        let [a, b] = [0, 1].map(|i| ribbon.edges[i].at(x, time));
        let (upper, lower) = (a.min(b), a.max(b));
        let gap = lower - upper;
        let (thin, bright) = ribbon.strength;
        let veil = thin + (bright - thin) * 0.05 / (0.05 + gap);
        // Where the ribbon is too narrow for its shading, both halves agree.
        let room = (gap / (SEAM * 8.0)).min(1.0);
        let inset = SEAM * 4.0 * room;
        let shade = |own: f32| veil * (0.8 + (own - 0.8) * room);
        let rows = [
            (upper - SEAM, 0.0),
            (upper, veil * 1.6),
            (upper + inset, shade(1.0)),
            (lower - inset, shade(0.6)),
            (lower, veil * 0.9),
            (lower + SEAM, 0.0),
        ];
        let here =
            rows.map(|(y, strength)| mesh.corner(x * width, y * height, paint.faded(strength)));
        if let Some(before) = before {
            for i in 0..rows.len() - 1 {
                mesh.quad([before[i], here[i], here[i + 1], before[i + 1]]);
            }
        }
        before = Some(here);
    }
}

/// The opaque colour of a hue (in turns), saturation and value (0–1).
fn tint(hue: f32, saturation: f32, value: f32) -> Colour {
    let part = |offset: f32| {
        let turn = (hue + offset) % 1.0;
        let turn = if turn < 0.0 { turn + 1.0 } else { turn };
        let ramp = ((turn * 6.0 - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        ((1.0 - saturation + saturation * ramp) * value * 255.0 + 0.5) as u8
    };
    Colour::rgb(part(0.0), part(2.0 / 3.0), part(1.0 / 3.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_have_their_colours() {
        assert_eq!(tint(0.0, 1.0, 1.0), Colour::rgb(255, 0, 0));
        assert_eq!(tint(1.0 / 3.0, 1.0, 1.0), Colour::rgb(0, 255, 0));
        assert_eq!(tint(2.0 / 3.0, 1.0, 1.0), Colour::rgb(0, 0, 255));
        assert_eq!(tint(0.3, 0.0, 1.0), Colour::WHITE);
        assert_eq!(tint(-1.0 / 3.0, 1.0, 1.0), tint(2.0 / 3.0, 1.0, 1.0));
    }

    #[test]
    fn the_motion_is_smooth_and_goes_on_for_hours() {
        for ribbon in &RIBBONS {
            for edge in &ribbon.edges {
                for time in [0.0, 10.0, 3600.0 * 5.0] {
                    for column in 0..=COLUMNS {
                        let x = column as f32 / COLUMNS as f32;
                        let moved = edge.at(x, time + 1.0 / 60.0) - edge.at(x, time);
                        assert!(moved.abs() < 0.002, "{moved} at {time}");
                        assert!((0.3..1.0).contains(&edge.at(x, time)));
                    }
                }
            }
        }
    }

    #[test]
    fn the_gradient_covers_every_pixel() {
        let mut mesh = Mesh::default();
        let size = Size {
            width: 1920.0,
            height: 1080.0,
        };
        let item = Wave {
            time: 1.0,
            hue: 0.6,
            brightness: 0.5,
        };
        ground(&mut mesh, Scale { x: 0.5, y: 0.5 }, size, &item, 1.0);
        assert_eq!((mesh.vertices[0].x, mesh.vertices[0].y), (0.0, 0.0));
        assert_eq!((mesh.vertices[7].x, mesh.vertices[7].y), (960.0, 540.0));
        assert_eq!(mesh.vertices[7].colour[3], 255);
    }
}
