//! Milliseconds that the RSX takes for a frame like those of the application, at 1280 × 720, on one core.

use std::time::{Duration, Instant};

use console::rsx::Rsx;
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::fp::{self, ResultRegister};
use rsx_gcm::memory::{Address, Memory};
use rsx_gcm::methods::fields::{
    Argb, AttributeType, Primitive, SurfaceColor, TexelFormat, TextureRemap,
};
use rsx_gcm::state::Blend;
use rsx_gcm::surface::{Plane, Rect, Target, Viewport};
use rsx_gcm::texture::{Layout, Texture};
use rsx_gcm::vertex::VertexFormat;
use rsx_gcm::vp::{self, Output};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
const FRAMES: u32 = 40;
const ATLAS: Address = Address::local(0x50_0000);
const VERTICES: Address = Address::main(0x10_0000);
const FLAT: Address = Address::local(0x60_0000);
const MASKED: Address = Address::local(0x60_1000);
const GLOW: Address = Address::local(0x60_2000);

/// Position in pixels, colour, place in the atlas in texels.
type Corner = ([f32; 2], u32, [i16; 2]);

fn quad(
    corners: &mut Vec<Corner>,
    at: [f32; 2],
    size: [f32; 2],
    colours: [u32; 2],
    texel: [i16; 2],
) {
    let [x, y] = at;
    let [width, height] = size;
    let corner = |right: bool, low: bool| {
        let place = [
            if right { x + width } else { x },
            if low { y + height } else { y },
        ];
        let texel = [
            texel[0] + if right { width as i16 } else { 0 },
            texel[1] + if low { height as i16 } else { 0 },
        ];
        (place, colours[usize::from(low)], texel)
    };
    corners.extend([
        corner(false, false),
        corner(true, false),
        corner(true, true),
        corner(false, true),
    ]);
}

/// A ribbon across the screen: a strip of thin triangles.
fn ribbon(corners: &mut Vec<Corner>, phase: f32) {
    for n in 0..=160 {
        let x = n as f32 * 8.0;
        let y = 400.0 + 80.0 * (x * 0.005 + phase).sin();
        corners.push(([x, y], 0x1830_6040, [0, 0]));
        corners.push(([x, y + 60.0 + 20.0 * phase], 0x0000_0000, [0, 0]));
    }
}

/// One kind of draw: name, program, primitive, vertices.
struct Part {
    name: &'static str,
    program: Address,
    primitive: Primitive,
    blend: bool,
    corners: Vec<Corner>,
}

fn parts() -> Vec<Part> {
    let mut background = Vec::new();
    quad(
        &mut background,
        [0.0, 0.0],
        [1280.0, 720.0],
        [0x0510_30ff, 0x2040_80ff],
        [0, 0],
    );
    let mut waves = Vec::new();
    for n in 0..6 {
        ribbon(&mut waves, n as f32 * 0.4);
    }
    let mut panels = Vec::new();
    for n in 0..4 {
        quad(
            &mut panels,
            [100.0, 40.0 + 150.0 * n as f32],
            [1000.0, 130.0],
            [0x2030_4080, 0x1018_2080],
            [0, 0],
        );
    }
    let mut text = Vec::new();
    for n in 0..1200 {
        let (column, row) = ((n % 75) as f32, (n / 75) as f32);
        let texel = [(n % 20) as i16 * 24, (n % 9) as i16 * 28];
        quad(
            &mut text,
            [40.0 + 16.0 * column, 30.0 + 42.0 * row],
            [15.0, 24.0],
            [0xf0f4_ffff; 2],
            texel,
        );
    }
    let mut glow = Vec::new();
    for n in 0..3 {
        quad(
            &mut glow,
            [200.0 + 300.0 * n as f32, 200.0],
            [300.0, 250.0],
            [0x4060_8040; 2],
            [0, 0],
        );
    }
    let part = |name, program, primitive, blend, corners| Part {
        name,
        program,
        primitive,
        blend,
        corners,
    };
    vec![
        part("background", FLAT, Primitive::Quads, false, background),
        part("waves", FLAT, Primitive::TriangleStrip, true, waves),
        part("panels", FLAT, Primitive::Quads, true, panels),
        part("text", MASKED, Primitive::Quads, true, text),
        part("glow, 8 instructions", GLOW, Primitive::Quads, true, glow),
    ]
}

fn programs() -> [(Address, fp::Program); 3] {
    use fp::{Input, Register::R, constant};
    let mut flat = fp::Builder::new();
    flat.mov(R(0), Input::Color0);
    let mut masked = fp::Builder::new();
    masked
        .tex(R(0), 0, Input::TexCoord(0))
        .mul(R(0), R(0), Input::Color0);
    let mut glow = fp::Builder::new();
    glow.mov(R(1), Input::TexCoord(0))
        .mul(R(1), R(1), constant([4.0, 4.0, 0.0, 0.0]))
        .dp2(R(2), R(1), R(1))
        .mul(R(2), R(2), constant([-2.0; 4]))
        .ex2(R(2), R(2))
        .mul(R(2), R(2), constant([0.75; 4]))
        .mov(R(0), Input::Color0)
        .mul(R(0), R(0), R(2));
    [(FLAT, flat), (MASKED, masked), (GLOW, glow)]
        .map(|(at, builder)| (at, builder.finish(ResultRegister::R0).expect("assembles")))
}

fn main() {
    let ring = Ring::new(0x1000, 0x1_0000, 4).expect("a ring");
    let mut context = Context::new(Rsx::new(8 << 20, 4 << 20), ring, 0).expect("a context");
    let c = &mut context;
    let format = VertexFormat::packed(&[
        (0, AttributeType::F32, 2),
        (3, AttributeType::U8Normalized, 4),
        (8, AttributeType::S16, 2),
    ])
    .expect("a format");
    let mut builder = vp::Builder::new();
    builder
        .mul(vp::Target::Temp(0), vp::attribute(0), vp::constant(0))
        .add(Output::Position, vp::temp(0), vp::constant(1))
        .mov(Output::Color0, vp::attribute(3))
        .mul(Output::TexCoord(0), vp::attribute(8), vp::constant(2));
    let vertex = builder.finish().expect("assembles");
    let programs = programs();
    for (at, program) in &programs {
        c.upload_fragment_program(*at, program).expect("fits");
    }
    let texels: Vec<u8> = (0..512 * 512u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect();
    c.device_mut().write(ATLAS, &texels).expect("fits");
    let atlas = Texture {
        remap: TextureRemap::ALL_BLUE,
        ..Texture::new(ATLAS, TexelFormat::B8, Layout::Swizzled, 512, 512)
    };

    println!("RSX, 1280 x 720, one core");
    println!(
        "{:<22} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "ms", "triangles", "runs", "fragments", "ns/fragm."
    );
    let all = parts();
    let mut sum = Duration::ZERO;
    for part in &all {
        let bytes: Vec<u8> = part
            .corners
            .iter()
            .flat_map(|([x, y], colour, [s, t])| {
                let mut bytes = [0; 16];
                bytes[..4].copy_from_slice(&x.to_be_bytes());
                bytes[4..8].copy_from_slice(&y.to_be_bytes());
                bytes[8..12].copy_from_slice(&colour.to_be_bytes());
                bytes[12..14].copy_from_slice(&s.to_be_bytes());
                bytes[14..].copy_from_slice(&t.to_be_bytes());
                bytes
            })
            .collect();
        c.device_mut().write(VERTICES, &bytes).expect("fits");
        let mut best = Duration::MAX;
        let mut counts = c.device().counts();
        let before = counts;
        for _ in 0..FRAMES {
            let target = Target {
                color: Plane {
                    at: Address::local(0),
                    pitch: WIDTH * 4,
                },
                format: SurfaceColor::A8R8G8B8,
                depth: None,
                width: WIDTH,
                height: HEIGHT,
            };
            let area = Rect::of_size(WIDTH, HEIGHT);
            c.reset_state().expect("sent");
            c.set_target(&target).expect("sent");
            c.set_viewport(&Viewport::fill(area)).expect("sent");
            c.set_scissor(area).expect("sent");
            c.clear_color(Argb(0xff00_0000)).expect("sent");
            c.load_vertex_program(0, &vertex).expect("sent");
            c.use_vertex_program(0, &vertex).expect("sent");
            let constants = [
                [2.0 / WIDTH as f32, -2.0 / HEIGHT as f32, 0.0, 0.0],
                [-1.0, 1.0, 0.0, 1.0],
                [1.0 / 512.0, 1.0 / 512.0, 0.0, 0.0],
            ];
            c.set_vertex_constants(0, &constants).expect("sent");
            c.set_vertex_format(&format).expect("sent");
            c.set_vertex_arrays(VERTICES, &format).expect("sent");
            c.bind_texture(0, &atlas).expect("sent");
            let (at, program) = programs
                .iter()
                .find(|(at, _)| *at == part.program)
                .expect("one of the three");
            c.use_fragment_program(*at, program).expect("sent");
            let blend = Blend::premultiplied_over();
            c.set_blend(part.blend.then_some(&blend)).expect("sent");
            c.finish().expect("drawn");
            c.draw_arrays(part.primitive, 0, part.corners.len() as u32)
                .expect("sent");
            let start = Instant::now();
            c.finish().expect("drawn");
            best = best.min(start.elapsed());
        }
        counts = c.device().counts();
        let fragments = (counts.fragments - before.fragments) / u64::from(FRAMES);
        let runs = (counts.runs - before.runs) / u64::from(FRAMES);
        let triangles = (counts.triangles - before.triangles) / u64::from(FRAMES);
        sum += best;
        println!(
            "{:<22} {:>9.3} {:>9} {:>9} {:>9} {:>9.2}",
            part.name,
            best.as_secs_f64() * 1e3,
            triangles,
            runs,
            fragments,
            best.as_secs_f64() * 1e9 / fragments as f64
        );
    }
    println!("{:<22} {:>9.3}", "all", sum.as_secs_f64() * 1e3);
    assert_eq!(c.device().reports(), []);
}
