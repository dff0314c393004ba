//! Reading textures, compared with a model in f64.

use proptest::prelude::*;
use rsx_gcm::methods::fields::{
    Component, Filter, RemapSource, TexelFormat, TextureAddress, TextureControl0, TextureControl3,
    TextureDimension, TextureFilter, TextureFormat, TextureRect, TextureRemap, Wrap,
};

use super::texel;
use super::*;
use crate::rsx::fragment::{LANES, STORED};
use crate::rsx::memory::{Location, Memory, StandaloneMemory};
use crate::rsx::report::Problem;

const OFFSET: u32 = 128;
const BORDER: u32 = 0x1020_3040;

#[derive(Clone, Debug)]
struct Texture {
    format: TexelFormat,
    linear: bool,
    texel_coordinates: bool,
    size: [u32; 2],
    wrap: [Wrap; 2],
    filter: Filter,
    remap: u32,
}

impl Texture {
    fn pitch(&self) -> u32 {
        self.size[0] * texel::bytes(self.format) + 12
    }

    fn registers(&self) -> Registers {
        Registers {
            offset: OFFSET,
            format: TextureFormat::default()
                .with_location(rsx_gcm::methods::fields::ProgramLocation::Main)
                .with_border_color(true)
                .with_dimension(TextureDimension::D2)
                .with_texel(self.format)
                .with_linear(self.linear)
                .with_unnormalized(self.texel_coordinates)
                .with_levels(1)
                .into(),
            address: TextureAddress::default()
                .with_wrap_s(self.wrap[0])
                .with_wrap_t(self.wrap[1])
                .with_wrap_r(Wrap::ClampToEdge)
                .into(),
            control0: TextureControl0::default().with_enable(true).into(),
            remap: self.remap,
            filter: TextureFilter::default()
                .with_min(self.filter)
                .with_mag(self.filter)
                .into(),
            rect: TextureRect::default()
                .with_width(self.size[0])
                .with_height(self.size[1])
                .into(),
            border: BORDER,
            control3: TextureControl3::default().with_pitch(self.pitch()).into(),
        }
    }

    /// Alpha, red, green, blue of the texel in a column and row, with the address computed bit by bit.
    fn texel(&self, memory: &Memory, [x, y]: [u32; 2]) -> texel::Argb {
        let bytes = texel::bytes(self.format);
        let at = if self.linear {
            y * self.pitch() + x * bytes
        } else {
            let (mut at, mut bit) = (0, 0);
            for level in 0..12 {
                for (side, v) in self.size.into_iter().zip([x, y]) {
                    if 1 << level < side {
                        at |= (v >> level & 1) << bit;
                        bit += 1;
                    }
                }
            }
            at * bytes
        };
        let bytes = memory
            .slice(Location::Main, OFFSET + at, bytes.into())
            .expect("inside");
        texel::decode(self.format, bytes)
    }

    fn wrapped(&self, at: i64, axis: usize) -> Option<u32> {
        let size = i64::from(self.size[axis]);
        match self.wrap[axis] {
            Wrap::ClampToEdge => Some(at.clamp(0, size - 1) as u32),
            Wrap::Repeat => Some(at.rem_euclid(size) as u32),
            Wrap::Mirror => {
                let copy = at.div_euclid(size);
                let within = at.rem_euclid(size);
                Some(
                    (if copy % 2 == 0 {
                        within
                    } else {
                        size - 1 - within
                    }) as u32,
                )
            }
            Wrap::Clamp if self.filter == Filter::Nearest => Some(at.clamp(0, size - 1) as u32),
            _ => (0..size).contains(&at).then_some(at as u32),
        }
    }

    fn at(&self, memory: &Memory, x: i64, y: i64) -> [f64; 4] {
        let argb = match (self.wrapped(x, 0), self.wrapped(y, 1)) {
            (Some(x), Some(y)) => self.texel(memory, [x, y]),
            _ if self.format == TexelFormat::B8 => [BORDER as u8; 4],
            _ => BORDER.to_be_bytes(),
        };
        argb.map(|c| f64::from(c) / 255.0)
    }

    /// Red, green, blue, alpha; and how far off the result may be.
    fn model(&self, memory: &Memory, s: f32, t: f32) -> ([f64; 4], f64) {
        let scale = |c: f32, axis: usize| {
            let size = f64::from(self.size[axis]);
            let texels = f64::from(c) * if self.texel_coordinates { 1.0 } else { size };
            match self.wrap[axis] {
                Wrap::Clamp => texels.clamp(0.0, size),
                _ => texels,
            }
        };
        let (u, v) = (scale(s, 0), scale(t, 1));
        let (argb, tolerance) = if self.filter == Filter::Nearest {
            (self.at(memory, u.floor() as i64, v.floor() as i64), 1e-6)
        } else {
            let (u, v) = (u - 0.5, v - 0.5);
            let (x, y) = (u.floor() as i64, v.floor() as i64);
            let (fx, fy) = (u - u.floor(), v - v.floor());
            let corner = |dx: i64, dy: i64| self.at(memory, x + dx, y + dy);
            let (a, b, c, d) = (corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1));
            let mixed = [0, 1, 2, 3].map(|i: usize| {
                (a[i] * (1.0 - fx) + b[i] * fx) * (1.0 - fy) + (c[i] * (1.0 - fx) + d[i] * fx) * fy
            });
            // Weights are rounded to 1/256 along each axis.
            (mixed, 2.0 / 512.0 + 1e-5)
        };
        let remap = TextureRemap(self.remap);
        let component = |source: RemapSource, select: Component| match source {
            RemapSource::Zero => 0.0,
            RemapSource::One => 1.0,
            RemapSource::Texel => argb[select.bits() as usize],
        };
        let all = [
            component(
                remap.source_r().expect("a source"),
                remap.select_r().expect("one"),
            ),
            component(
                remap.source_g().expect("a source"),
                remap.select_g().expect("one"),
            ),
            component(
                remap.source_b().expect("a source"),
                remap.select_b().expect("one"),
            ),
            component(
                remap.source_a().expect("a source"),
                remap.select_a().expect("one"),
            ),
        ];
        (all, tolerance)
    }
}

fn any_texture() -> impl Strategy<Value = Texture> {
    let wrap = || {
        prop::sample::select(vec![
            Wrap::Repeat,
            Wrap::Mirror,
            Wrap::ClampToEdge,
            Wrap::Border,
            Wrap::Clamp,
        ])
    };
    let remap = [0u32..3, 0..3, 0..3, 0..3].prop_flat_map(|sources| {
        (0u32..256).prop_map(move |selects| {
            sources
                .iter()
                .enumerate()
                .fold(selects, |all, (n, source)| all | source << (8 + 2 * n))
        })
    });
    (
        prop::sample::select(TexelFormat::ALL),
        any::<bool>(),
        any::<bool>(),
        (0u32..5, 0u32..5),
        (0u32..3, 0u32..3),
        (wrap(), wrap()),
        prop::sample::select(vec![Filter::Nearest, Filter::Linear]),
        remap,
    )
        .prop_map(
            |(format, linear, texel_coordinates, (w, h), (dw, dh), wrap, filter, remap)| Texture {
                format,
                linear,
                texel_coordinates: texel_coordinates && linear,
                // Sides of linear textures need not be powers of two.
                size: if linear {
                    [(1 << w) + dw, (1 << h) + dh]
                } else {
                    [1 << w, 1 << h]
                },
                wrap: [wrap.0, wrap.1],
                filter,
                remap,
            },
        )
}

fn filled(seed: u32) -> StandaloneMemory {
    let mut memory = StandaloneMemory::new(0, 8192);
    let mut state = seed | 1;
    for byte in memory.bytes_mut(Location::Main) {
        state = state.wrapping_mul(0x915f_77f5).wrapping_add(1);
        *byte = (state >> 24) as u8;
    }
    memory
}

fn sample(sampler: &Sampler, memory: &Memory, s: &[f32], t: &[f32]) -> Vec<[f32; 4]> {
    let mut planes = [[0.0; STORED]; 4];
    let [r, g, b, a] = &mut planes;
    sampler.sample(memory, s, t, [Some(r), Some(g), Some(b), Some(a)]);
    (0..s.len())
        .map(|n| [planes[0][n], planes[1][n], planes[2][n], planes[3][n]])
        .collect()
}

proptest! {
    #[test]
    fn samples_agree_with_the_model(
        texture in any_texture(),
        seed in any::<u32>(),
        at in prop::collection::vec((-2.5f32..3.5, -2.5f32..3.5), 1..30),
    ) {
        let mut own = filled(seed);
    let memory = own.view();
        let sampler = Sampler::new(3, texture.registers(), &memory).expect("supported");
        let scale = |c: f32, axis: usize| if texture.texel_coordinates { c * texture.size[axis] as f32 } else { c };
        // The middle of 1/16 texel, so that rounding does not choose another texel.
        let place = |c: f32, axis: usize| {
            let size = texture.size[axis] as f32;
            let texels = ((c * size * 16.0).floor() + 0.5) / 16.0;
            scale(texels / size, axis)
        };
        let s: Vec<f32> = at.iter().map(|c| place(c.0, 0)).collect();
        let t: Vec<f32> = at.iter().map(|c| place(c.1, 1)).collect();
        for (n, found) in sample(&sampler, &memory, &s, &t).into_iter().enumerate() {
            let (expected, tolerance) = texture.model(&memory, s[n], t[n]);
            for c in 0..4 {
                let error = (f64::from(found[c]) - expected[c]).abs();
                prop_assert!(error <= tolerance, "{:?} at {} {}: {:?} {:?}", texture, s[n], t[n], found, expected);
            }
        }
    }

    /// Whatever the registers and coordinates, nothing panics.
    #[test]
    fn random_registers_are_read_or_refused(
        words in any::<[u32; 9]>(),
        sides in (0u32..20, 0u32..20),
        s in any::<f32>(),
        t in any::<f32>(),
    ) {
        let [offset, format, address, control0, remap, filter, rect, border, control3] = words;
        let mut own = filled(1);
    let memory = own.view();
        for registers in [
            Registers { offset, format, address, control0, remap, filter, rect, border, control3 },
            Registers {
                offset: offset % 64,
                format: format & !0xf4 | 0x28,
                address: address & 0x0003_0303 | 0x0001_0101,
                control0: 1 << 31,
                remap: remap & 0x55ff,
                filter: 0x0202_0000,
                rect: sides.0 << 16 | sides.1,
                border,
                control3: 256,
            },
        ] {
            if let Ok(sampler) = Sampler::new(0, registers, &memory) {
                for value in [s, t, f32::NAN, f32::INFINITY, f32::MIN] {
                    sample(&sampler, &memory, &[value; LANES], &[t; LANES]);
                }
            }
        }
    }
}

#[test]
fn a_texel_at_its_centre_is_exact() {
    let mut own = filled(77);
    let memory = own.view();
    for filter in [Filter::Nearest, Filter::Linear] {
        let texture = Texture {
            format: TexelFormat::A8R8G8B8,
            linear: true,
            texel_coordinates: false,
            size: [16, 8],
            wrap: [Wrap::ClampToEdge; 2],
            filter,
            remap: TextureRemap::IDENTITY.into(),
        };
        let sampler = Sampler::new(0, texture.registers(), &memory).expect("supported");
        for y in 0..8 {
            for x in 0..16 {
                let (s, t) = ((x as f32 + 0.5) / 16.0, (y as f32 + 0.5) / 8.0);
                let [a, r, g, b] = texture.texel(&memory, [x, y]).map(|c| f32::from(c) / 255.0);
                assert_eq!(sample(&sampler, &memory, &[s], &[t]), [[r, g, b, a]]);
            }
        }
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let mut own = filled(1);
    let memory = own.view();
    let texture = Texture {
        format: TexelFormat::B8,
        linear: false,
        texel_coordinates: false,
        size: [8, 8],
        wrap: [Wrap::Repeat; 2],
        filter: Filter::Nearest,
        remap: TextureRemap::WHITE_WITH_ALPHA.into(),
    };
    let good = texture.registers();
    assert!(Sampler::new(5, good, &memory).is_ok());
    let bad = [
        Registers {
            control0: 0,
            ..good
        },
        Registers {
            rect: 8 << 16,
            ..good
        },
        Registers {
            rect: 7 << 16 | 8,
            ..good
        },
        Registers {
            filter: 0x0102_0000,
            ..good
        },
        Registers {
            address: 0x0003_0306,
            ..good
        },
        Registers {
            format: good.format | 4,
            ..good
        },
        Registers {
            format: good.format & !0x1f00 | 0x600,
            ..good
        },
        Registers {
            offset: 8150,
            ..good
        },
    ];
    for registers in bad {
        let result = Sampler::new(5, registers, &memory);
        assert!(result.is_err(), "{registers:?}");
        if let Err(Problem::Texture { unit, .. }) = result {
            assert_eq!(unit, 5);
        }
    }
}
