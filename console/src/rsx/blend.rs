//! From shaded fragments to pixels: alpha test, blending, rounding to 8 bits, colour mask.
//!
//! Blending is in floats: the target's bytes times 1/255, source and
//! constant colour limited to 0…1, the result limited and rounded to the
//! nearest byte (ties to even). Factors and equations: OpenGL, "Blending".

use rsx_gcm::methods::fields::{BlendEquation, BlendFactor, SurfaceColor};

use super::compare::Comparison;
use super::maths::saturate;

/// Factors and equation of colour or alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Factor of the source.
    pub source: BlendFactor,
    /// Factor of the target.
    pub target: BlendFactor,
    /// Equation.
    pub equation: BlendEquation,
}

/// How fragments become pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Output {
    /// Blending of colour and of alpha; `None` replaces.
    pub blend: Option<(Mix, Mix)>,
    /// Constant colour: red, green, blue, alpha.
    pub constant: [f32; 4],
    /// Alpha test: fragments whose alpha does not compare so to the reference are dropped.
    pub alpha_test: Option<(Comparison, f32)>,
    /// Bits of a pixel that are written.
    pub mask: u32,
    /// Layout of a pixel: one of those that [`is_supported`].
    pub format: SurfaceColor,
}

impl Output {
    /// The alpha test lets a fragment of this alpha pass.
    #[inline(always)]
    fn passes(&self, alpha: f32) -> bool {
        self.alpha_test
            .is_none_or(|(comparison, reference)| comparison.holds(saturate(alpha), reference))
    }

    /// Sets those to 1 whose fragment is killed or fails the alpha test, the others to 0.
    pub fn dropped(&self, dropped: &mut [f32], alpha: &[f32], kill: Option<&[f32]>) {
        for (lane, (dropped, &alpha)) in dropped.iter_mut().zip(alpha).enumerate() {
            let killed = kill.is_some_and(|kill| kill[lane] != 0.0);
            *dropped = f32::from(u8::from(killed || !self.passes(alpha)));
        }
    }
}

/// Whether pixels of this format can be written.
#[must_use]
pub fn is_supported(format: SurfaceColor) -> bool {
    matches!(
        format,
        SurfaceColor::A8R8G8B8 | SurfaceColor::X8R8G8B8ZeroZero | SurfaceColor::X8R8G8B8OneOne
    )
}

/// Puts fragments over pixels, big-endian words.
///
/// `colour` are red, green, blue, alpha of the fragments; a fragment whose
/// `kill` is not 0 is dropped. There are as many as pixels at least.
///
/// # Panics
/// With fewer.
pub fn write(pixels: &mut [[u8; 4]], colour: [&[f32]; 4], kill: Option<&[f32]>, output: &Output) {
    crate::rsx::wide::run!(mixed(
        pixels: &mut [[u8; 4]] = pixels,
        colour: [&[f32]; 4] = colour,
        kill: Option<&[f32]> = kill,
        output: &Output = output,
    ));
}

#[inline(always)]
fn mixed(pixels: &mut [[u8; 4]], colour: [&[f32]; 4], kill: Option<&[f32]>, output: &Output) {
    // The usual blends have loops of their own, which vectorise.
    match output.blend {
        None => each(pixels, colour, kill, output, |s, _| s),
        Some(blend) if is(blend, BlendFactor::SrcAlpha, BlendFactor::OneMinusSrcAlpha) => {
            each(pixels, colour, kill, output, |s, t| {
                let rest = 1.0 - s[3];
                [
                    s[0] * s[3] + t[0] * rest,
                    s[1] * s[3] + t[1] * rest,
                    s[2] * s[3] + t[2] * rest,
                    s[3] * s[3] + t[3] * rest,
                ]
            });
        }
        Some(blend) if is(blend, BlendFactor::One, BlendFactor::OneMinusSrcAlpha) => {
            each(pixels, colour, kill, output, |s, t| {
                let rest = 1.0 - s[3];
                [
                    s[0] + t[0] * rest,
                    s[1] + t[1] * rest,
                    s[2] + t[2] * rest,
                    s[3] + t[3] * rest,
                ]
            });
        }
        Some(blend) if is(blend, BlendFactor::One, BlendFactor::One) => {
            each(pixels, colour, kill, output, |s, t| {
                [s[0] + t[0], s[1] + t[1], s[2] + t[2], s[3] + t[3]]
            });
        }
        Some(blend) if is(blend, BlendFactor::SrcAlpha, BlendFactor::One) => {
            each(pixels, colour, kill, output, |s, t| {
                [
                    s[0] * s[3] + t[0],
                    s[1] * s[3] + t[1],
                    s[2] * s[3] + t[2],
                    s[3] * s[3] + t[3],
                ]
            });
        }
        Some(blend) => each(pixels, colour, kill, output, |s, t| {
            mix(blend, s, t, output.constant)
        }),
    }
}

/// Writes `f` of source (limited to 0…1) and target, both red, green, blue, alpha.
#[inline(always)]
fn each(
    pixels: &mut [[u8; 4]],
    colour: [&[f32]; 4],
    kill: Option<&[f32]>,
    output: &Output,
    f: impl Fn([f32; 4], [f32; 4]) -> [f32; 4],
) {
    // Two loops, so that the usual one vectorises.
    if kill.is_none() && output.alpha_test.is_none() && output.mask == !0 {
        every(pixels, colour, output, f, |_, _, new| new);
    } else {
        every(pixels, colour, output, f, |lane, old, new| {
            let killed = kill.is_some_and(|kill| kill[lane] != 0.0);
            let dropped = killed || !output.passes(colour[3][lane]);
            let mask = if dropped { 0 } else { output.mask };
            old & !mask | new & mask
        });
    }
}

/// Each pixel becomes what `choose` makes of its number, of what is there and of what `f` gives.
#[inline(always)]
fn every(
    pixels: &mut [[u8; 4]],
    colour: [&[f32]; 4],
    output: &Output,
    f: impl Fn([f32; 4], [f32; 4]) -> [f32; 4],
    choose: impl Fn(usize, u32, u32) -> u32,
) {
    // Pixels without alpha have all or nothing of it, when read and when written.
    let (kept, fixed) = match output.format {
        SurfaceColor::X8R8G8B8ZeroZero => (0x00ff_ffff, 0),
        SurfaceColor::X8R8G8B8OneOne => (0x00ff_ffff, 0xff00_0000),
        _ => (!0, 0),
    };
    let count = pixels.len();
    let [red, green, blue, alpha] = colour;
    let (red, green) = (&red[..count], &green[..count]);
    let (blue, alpha) = (&blue[..count], &alpha[..count]);
    for lane in 0..count {
        let source = [
            saturate(red[lane]),
            saturate(green[lane]),
            saturate(blue[lane]),
            saturate(alpha[lane]),
        ];
        let old = u32::from_be_bytes(pixels[lane]);
        let counted = old & kept | fixed;
        let target = [
            unpacked(counted >> 16),
            unpacked(counted >> 8),
            unpacked(counted),
            unpacked(counted >> 24),
        ];
        let [r, g, b, a] = f(source, target);
        let word = packed(a) << 24 | packed(r) << 16 | packed(g) << 8 | packed(b);
        pixels[lane] = choose(lane, old, word & kept | fixed).to_be_bytes();
    }
}

/// Whether colour and alpha have these factors and are added.
#[inline(always)]
fn is(blend: (Mix, Mix), source: BlendFactor, target: BlendFactor) -> bool {
    let equation = BlendEquation::Add;
    let mix = Mix {
        source,
        target,
        equation,
    };
    blend == (mix, mix)
}

/// The number that the lowest byte stands for.
#[inline(always)]
fn unpacked(bits: u32) -> f32 {
    (bits & 0xff) as i32 as f32 * (1.0 / 255.0)
}

/// The byte nearest to a number, ties to even.
#[inline(always)]
fn packed(number: f32) -> u32 {
    // From 2^23 on the lowest byte of a float is that of the integer.
    (saturate(number) * 255.0 + 8_388_608.0).to_bits() & 0xff
}

/// One fragment blended by any factors and equations; all numbers are red, green, blue, alpha.
#[inline(always)]
fn mix(blend: (Mix, Mix), source: [f32; 4], target: [f32; 4], constant: [f32; 4]) -> [f32; 4] {
    let mut mixed = [0.0; 4];
    for (c, mixed) in mixed.iter_mut().enumerate() {
        let mix = if c == 3 { blend.1 } else { blend.0 };
        let weight = |factor| factor_of(factor, c, source, target, constant);
        let (s, t) = (source[c], target[c]);
        *mixed = match mix.equation {
            BlendEquation::Add => s * weight(mix.source) + t * weight(mix.target),
            BlendEquation::Subtract => s * weight(mix.source) - t * weight(mix.target),
            BlendEquation::ReverseSubtract => t * weight(mix.target) - s * weight(mix.source),
            BlendEquation::Min => s.min(t),
            BlendEquation::Max => s.max(t),
        };
    }
    mixed
}

#[inline(always)]
fn factor_of(
    factor: BlendFactor,
    c: usize,
    source: [f32; 4],
    target: [f32; 4],
    constant: [f32; 4],
) -> f32 {
    match factor {
        BlendFactor::Zero => 0.0,
        BlendFactor::One => 1.0,
        BlendFactor::SrcColor => source[c],
        BlendFactor::OneMinusSrcColor => 1.0 - source[c],
        BlendFactor::SrcAlpha => source[3],
        BlendFactor::OneMinusSrcAlpha => 1.0 - source[3],
        BlendFactor::DstAlpha => target[3],
        BlendFactor::OneMinusDstAlpha => 1.0 - target[3],
        BlendFactor::DstColor => target[c],
        BlendFactor::OneMinusDstColor => 1.0 - target[c],
        BlendFactor::SrcAlphaSaturate if c == 3 => 1.0,
        BlendFactor::SrcAlphaSaturate => source[3].min(1.0 - target[3]),
        BlendFactor::ConstantColor => constant[c],
        BlendFactor::OneMinusConstantColor => 1.0 - constant[c],
        BlendFactor::ConstantAlpha => constant[3],
        BlendFactor::OneMinusConstantAlpha => 1.0 - constant[3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The nearest byte to a blended component, in f64 and straight from the definitions of OpenGL.
    fn model(
        blend: Option<(Mix, Mix)>,
        s: [f64; 4],
        t: [f64; 4],
        constant: [f64; 4],
        c: usize,
    ) -> f64 {
        let Some((colour, alpha)) = blend else {
            return s[c];
        };
        let mix = if c == 3 { alpha } else { colour };
        let factor = |factor: BlendFactor| match factor {
            BlendFactor::Zero => 0.0,
            BlendFactor::One => 1.0,
            BlendFactor::SrcColor => s[c],
            BlendFactor::OneMinusSrcColor => 1.0 - s[c],
            BlendFactor::SrcAlpha => s[3],
            BlendFactor::OneMinusSrcAlpha => 1.0 - s[3],
            BlendFactor::DstAlpha => t[3],
            BlendFactor::OneMinusDstAlpha => 1.0 - t[3],
            BlendFactor::DstColor => t[c],
            BlendFactor::OneMinusDstColor => 1.0 - t[c],
            BlendFactor::SrcAlphaSaturate if c == 3 => 1.0,
            BlendFactor::SrcAlphaSaturate => s[3].min(1.0 - t[3]),
            BlendFactor::ConstantColor => constant[c],
            BlendFactor::OneMinusConstantColor => 1.0 - constant[c],
            BlendFactor::ConstantAlpha => constant[3],
            BlendFactor::OneMinusConstantAlpha => 1.0 - constant[3],
        };
        let (a, b) = (s[c] * factor(mix.source), t[c] * factor(mix.target));
        match mix.equation {
            BlendEquation::Add => a + b,
            BlendEquation::Subtract => a - b,
            BlendEquation::ReverseSubtract => b - a,
            BlendEquation::Min => s[c].min(t[c]),
            BlendEquation::Max => s[c].max(t[c]),
        }
    }

    fn any_mix() -> impl Strategy<Value = Mix> {
        (
            prop::sample::select(BlendFactor::ALL),
            prop::sample::select(BlendFactor::ALL),
            prop::sample::select(BlendEquation::ALL),
        )
            .prop_map(|(source, target, equation)| Mix {
                source,
                target,
                equation,
            })
    }

    /// Any blend, and often one of those with a loop of its own.
    fn any_blend() -> impl Strategy<Value = Option<(Mix, Mix)>> {
        use BlendFactor::{One, OneMinusSrcAlpha, SrcAlpha};
        let usual = [
            (SrcAlpha, OneMinusSrcAlpha),
            (One, OneMinusSrcAlpha),
            (One, One),
            (SrcAlpha, One),
        ]
        .map(|(source, target)| Mix {
            source,
            target,
            equation: BlendEquation::Add,
        });
        prop_oneof![
            Just(None),
            prop::sample::select(usual.to_vec()).prop_map(|mix| Some((mix, mix))),
            (any_mix(), any_mix()).prop_map(Some),
        ]
    }

    const FORMATS: [SurfaceColor; 3] = [
        SurfaceColor::A8R8G8B8,
        SurfaceColor::X8R8G8B8ZeroZero,
        SurfaceColor::X8R8G8B8OneOne,
    ];

    /// Red, green, blue, alpha of a word.
    fn parts(word: u32) -> [f64; 4] {
        [16, 8, 0, 24].map(|shift: u32| f64::from(word >> shift & 0xff) / 255.0)
    }

    proptest! {
        #[test]
        fn pixels_agree_with_the_model(
            blend in any_blend(),
            format in prop::sample::select(FORMATS.to_vec()),
            constant in any::<u32>(),
            mask in prop_oneof![Just(!0), any::<[bool; 4]>().prop_map(|on| {
                on.iter().fold(0, |mask, &on| mask << 8 | if on { 0xff } else { 0 })
            })],
            test in prop::option::of((0u32..8, 0.0f32..1.0)),
            fragments in prop::collection::vec((any::<u32>(), [-0.25f32..1.25, -0.25..1.25, -0.25..1.25, -0.25..1.25], any::<bool>()), 1..40),
            kills in any::<bool>(),
        ) {
            let output = Output {
                blend,
                constant: parts(constant).map(|c| c as f32),
                alpha_test: test.map(|(bits, reference)| (Comparison::from_bits(bits).expect("a comparison"), reference)),
                mask,
                format,
            };
            let count = fragments.len();
            let mut row: Vec<[u8; 4]> = fragments.iter().map(|f| f.0.to_be_bytes()).collect();
            let mut planes = vec![vec![0.0; count]; 5];
            for (n, (_, colour, killed)) in fragments.iter().enumerate() {
                for c in 0..4 {
                    planes[c][n] = colour[c];
                }
                planes[4][n] = f32::from(u8::from(*killed));
            }
            let kill = kills.then_some(&planes[4][..]);
            write(&mut row, [&planes[0], &planes[1], &planes[2], &planes[3]], kill, &output);
            for (n, (old, colour, killed)) in fragments.iter().enumerate() {
                let word = u32::from_be_bytes(row[n]);
                let source = colour.map(|c| f64::from(c.clamp(0.0, 1.0)));
                let mut target = parts(*old);
                match format {
                    SurfaceColor::X8R8G8B8ZeroZero => target[3] = 0.0,
                    SurfaceColor::X8R8G8B8OneOne => target[3] = 1.0,
                    _ => {}
                }
                let dropped = kills && *killed || output.alpha_test.is_some_and(|(comparison, reference)| {
                    !comparison.holds(source[3] as f32, reference)
                });
                for (c, shift) in [(0, 16), (1, 8), (2, 0), (3, 24u32)] {
                    let found = f64::from(word >> shift & 0xff);
                    if dropped || mask >> shift & 0xff == 0 {
                        prop_assert_eq!(found, f64::from(old >> shift & 0xff));
                        continue;
                    }
                    let expected = match (c, format) {
                        (3, SurfaceColor::X8R8G8B8ZeroZero) => 0.0,
                        (3, SurfaceColor::X8R8G8B8OneOne) => 1.0,
                        _ => model(blend, source, target, parts(constant), c).clamp(0.0, 1.0),
                    };
                    // Half a step, and what a few roundings of floats move it.
                    prop_assert!((found - expected * 255.0).abs() <= 0.5001, "{} {}", found, expected * 255.0);
                }
            }
        }
    }

    #[test]
    fn opaque_and_transparent_are_exact() {
        let over = Mix {
            source: BlendFactor::SrcAlpha,
            target: BlendFactor::OneMinusSrcAlpha,
            equation: BlendEquation::Add,
        };
        let output = Output {
            blend: Some((over, over)),
            constant: [0.0; 4],
            alpha_test: None,
            mask: !0,
            format: SurfaceColor::A8R8G8B8,
        };
        for byte in 0..=255u8 {
            let mut pixels = [[byte; 4]];
            write(&mut pixels, [&[0.3], &[0.3], &[0.3], &[0.0]], None, &output);
            assert_eq!(pixels, [[byte; 4]]);
            let shade = [f32::from(byte) / 255.0];
            write(&mut pixels, [&shade, &shade, &shade, &[1.0]], None, &output);
            assert_eq!(pixels, [[255, byte, byte, byte]]);
        }
    }
}
