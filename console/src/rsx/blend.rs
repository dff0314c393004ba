//! From shaded fragments to pixels: alpha test, blending, rounding to 8 bits, colour mask.
//!
//! Blending is in floats: the target's bytes divided by 255, source and
//! constant colour limited to 0…1, the result limited and rounded to the
//! nearest byte (ties to even). Factors and equations: OpenGL, "Blending".

use rsx_gcm::methods::fields::{BlendEquation, BlendFactor, SurfaceColor};

use super::fragment::LANES;
use super::maths::saturate;

/// A comparison as `SET_ALPHA_FUNC` names it (OpenGL numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Never true.
    Never,
    /// Less.
    Less,
    /// Equal.
    Equal,
    /// Less or equal.
    LessEqual,
    /// Greater.
    Greater,
    /// Not equal.
    NotEqual,
    /// Greater or equal.
    GreaterEqual,
    /// Always true.
    Always,
}

impl Comparison {
    /// The comparison with this number.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        // OpenGL's numbers, and the same without their upper byte.
        Some(match bits {
            0x200 | 0 => Self::Never,
            0x201 | 1 => Self::Less,
            0x202 | 2 => Self::Equal,
            0x203 | 3 => Self::LessEqual,
            0x204 | 4 => Self::Greater,
            0x205 | 5 => Self::NotEqual,
            0x206 | 6 => Self::GreaterEqual,
            0x207 | 7 => Self::Always,
            _ => return None,
        })
    }

    /// Whether `a` compares to `b` like that.
    #[inline(always)]
    #[must_use]
    pub fn holds(self, a: f32, b: f32) -> bool {
        match self {
            Self::Never => false,
            Self::Less => a < b,
            Self::Equal => a == b,
            Self::LessEqual => a <= b,
            Self::Greater => a > b,
            Self::NotEqual => a != b,
            Self::GreaterEqual => a >= b,
            Self::Always => true,
        }
    }
}

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

/// Whether pixels of this format can be written.
#[must_use]
pub fn is_supported(format: SurfaceColor) -> bool {
    matches!(
        format,
        SurfaceColor::A8R8G8B8 | SurfaceColor::X8R8G8B8ZeroZero | SurfaceColor::X8R8G8B8OneOne
    )
}

/// Writes fragments to neighbouring pixels.
///
/// `row` holds the pixels, big-endian words, as many as there are fragments,
/// at most [`LANES`]. `colour` are red, green, blue, alpha of the fragments.
/// A fragment whose `kill` is not 0 is dropped.
pub fn write(row: &mut [u8], colour: [&[f32]; 4], kill: Option<&[f32]>, output: &Output) {
    crate::rsx::wide::run!(pixels(
        row: &mut [u8] = row,
        colour: [&[f32]; 4] = colour,
        kill: Option<&[f32]> = kill,
        output: &Output = output,
    ));
}

#[inline(always)]
fn pixels(row: &mut [u8], colour: [&[f32]; 4], kill: Option<&[f32]>, output: &Output) {
    let (row, _) = row.as_chunks_mut::<4>();
    let count = row.len().min(LANES);
    let row = &mut row[..count];
    let [red, green, blue, alpha] = colour.map(|plane| &plane[..count]);
    let mut words = [0u32; LANES];
    let words = &mut words[..count];
    match output.blend {
        None => {
            for ((((word, &r), &g), &b), &a) in
                words.iter_mut().zip(red).zip(green).zip(blue).zip(alpha)
            {
                *word = packed([r, g, b, a]);
            }
        }
        Some((colour, alpha_mix))
            if over(colour) && over(alpha_mix) && output.format == SurfaceColor::A8R8G8B8 =>
        {
            for (((((word, pixel), &r), &g), &b), &a) in words
                .iter_mut()
                .zip(&*row)
                .zip(red)
                .zip(green)
                .zip(blue)
                .zip(alpha)
            {
                let source = [r, g, b, a].map(saturate);
                let target = unpacked(u32::from_be_bytes(*pixel));
                let a = source[3];
                let mixed = [0, 1, 2, 3].map(|c: usize| source[c] * a + target[c] * (1.0 - a));
                *word = packed(mixed);
            }
        }
        Some(mixes) => {
            for (lane, (word, pixel)) in words.iter_mut().zip(&*row).enumerate() {
                let source = [red[lane], green[lane], blue[lane], alpha[lane]].map(saturate);
                let mut target = unpacked(u32::from_be_bytes(*pixel));
                match output.format {
                    SurfaceColor::X8R8G8B8ZeroZero => target[3] = 0.0,
                    SurfaceColor::X8R8G8B8OneOne => target[3] = 1.0,
                    _ => {}
                }
                *word = packed(mix(mixes, source, target, output.constant));
            }
        }
    }
    let (mask, fixed) = match output.format {
        SurfaceColor::X8R8G8B8ZeroZero => (output.mask, 0),
        SurfaceColor::X8R8G8B8OneOne => (output.mask, 0xff00_0000),
        _ => (output.mask, 0),
    };
    if output.format != SurfaceColor::A8R8G8B8 {
        for word in words.iter_mut() {
            *word = *word & 0x00ff_ffff | fixed;
        }
    }
    if kill.is_none() && output.alpha_test.is_none() && mask == !0 {
        for (pixel, &word) in row.iter_mut().zip(&*words) {
            *pixel = word.to_be_bytes();
        }
        return;
    }
    for (lane, (pixel, &word)) in row.iter_mut().zip(&*words).enumerate() {
        let killed = kill.is_some_and(|kill| kill[lane] != 0.0);
        let passes = output.alpha_test.is_none_or(|(comparison, reference)| {
            comparison.holds(saturate(alpha[lane]), reference)
        });
        if !killed && passes {
            *pixel = (u32::from_be_bytes(*pixel) & !mask | word & mask).to_be_bytes();
        }
    }
}

/// The usual mix of translucent things: the source by its alpha over the rest of the target.
#[inline(always)]
fn over(mix: Mix) -> bool {
    mix == Mix {
        source: BlendFactor::SrcAlpha,
        target: BlendFactor::OneMinusSrcAlpha,
        equation: BlendEquation::Add,
    }
}

/// Red, green, blue, alpha of a pixel.
#[inline(always)]
fn unpacked(word: u32) -> [f32; 4] {
    [16, 8, 0, 24].map(|shift: u32| (word >> shift & 0xff) as i32 as f32 / 255.0)
}

/// The pixel of red, green, blue, alpha.
#[inline(always)]
fn packed(colour: [f32; 4]) -> u32 {
    let [r, g, b, a] = colour.map(|c| {
        // The sum's lowest byte is the nearest integer.
        (saturate(c) * 255.0 + 8_388_608.0).to_bits() & 0xff
    });
    a << 24 | r << 16 | g << 8 | b
}

/// One fragment blended by any factors and equations; all numbers are red, green, blue, alpha.
#[inline(always)]
fn mix(mixes: (Mix, Mix), source: [f32; 4], target: [f32; 4], constant: [f32; 4]) -> [f32; 4] {
    [0, 1, 2, 3].map(|c: usize| {
        let mix = if c == 3 { mixes.1 } else { mixes.0 };
        let weight = |factor| factor_of(factor, c, source, target, constant);
        let (s, t) = (source[c], target[c]);
        match mix.equation {
            BlendEquation::Add => s * weight(mix.source) + t * weight(mix.target),
            BlendEquation::Subtract => s * weight(mix.source) - t * weight(mix.target),
            BlendEquation::ReverseSubtract => t * weight(mix.target) - s * weight(mix.source),
            BlendEquation::Min => s.min(t),
            BlendEquation::Max => s.max(t),
        }
    })
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
