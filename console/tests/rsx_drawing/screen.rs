//! A small screen to draw to, and what is drawn.

use console::rsx::{Location, Rsx};
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::fp::{self, ResultRegister};
use rsx_gcm::memory::{Address, Memory};
use rsx_gcm::methods::fields::{Argb, AttributeType, Primitive, SurfaceColor};
use rsx_gcm::surface::{Plane, Rect, Target, Viewport};
use rsx_gcm::vertex::VertexFormat;
use rsx_gcm::vp::{self, Output};

pub(crate) const WIDTH: u32 = 64;
pub(crate) const HEIGHT: u32 = 48;
pub(crate) const PITCH: u32 = WIDTH * 4;
pub(crate) const VERTICES: u32 = 0x2_0000;
pub(crate) const PROGRAM: u32 = 0x1_0000;
pub(crate) const TEXTURE: u32 = 0x2_0000;

/// Position x, y, z, w in pixels (w 1 as a rule), colour, texture coordinate.
pub(crate) type Corner = ([f32; 4], [u8; 4], [f32; 2]);

pub(crate) struct Screen {
    pub(crate) context: Context<Rsx>,
    pub(crate) format: VertexFormat,
}

pub(crate) fn flat() -> fp::Program {
    let mut builder = fp::Builder::new();
    builder.mov(fp::Register::R(0), fp::Input::Color0);
    builder.finish(ResultRegister::R0).expect("assembles")
}

pub(crate) fn textured() -> fp::Program {
    let mut builder = fp::Builder::new();
    builder
        .tex(fp::Register::H(0), 2, fp::Input::TexCoord(0))
        .mul(fp::Register::H(0), fp::Register::H(0), fp::Input::Color0);
    builder.finish(ResultRegister::H0).expect("assembles")
}

impl Screen {
    /// A black target with pixels from the upper left corner as coordinates.
    pub(crate) fn new() -> Self {
        let ring = Ring::new(0x1000, Ring::SMALLEST_SEGMENT, 4).expect("a ring");
        let mut context = Context::new(Rsx::new(1 << 20, 1 << 20), ring, 0).expect("a context");
        let c = &mut context;
        let target = Target {
            color: Plane {
                at: Address::local(0),
                pitch: PITCH,
            },
            format: SurfaceColor::A8R8G8B8,
            depth: None,
            width: WIDTH,
            height: HEIGHT,
        };
        c.reset_state().expect("sent");
        c.set_target(&target).expect("sent");
        let all = Rect::of_size(WIDTH, HEIGHT);
        c.set_viewport(&Viewport::fill(all)).expect("sent");
        c.set_scissor(all).expect("sent");
        let format = VertexFormat::packed(&[
            (0, AttributeType::F32, 4),
            (3, AttributeType::U8Normalized, 4),
            (8, AttributeType::F32, 2),
        ])
        .expect("a format");
        let mut builder = vp::Builder::new();
        builder
            .mul(vp::Target::Temp(0), vp::attribute(0), vp::constant(0))
            // The offset times w, so that pixels stay pixels after the division.
            .mad(
                Output::Position,
                vp::attribute(0).w(),
                vp::constant(1),
                vp::temp(0),
            )
            .mov(Output::Color0, vp::attribute(3))
            .mov(Output::TexCoord(0), vp::attribute(8));
        let vertex = builder.finish().expect("assembles");
        c.load_vertex_program(5, &vertex).expect("sent");
        c.use_vertex_program(5, &vertex).expect("sent");
        let (sx, sy) = (2.0 / WIDTH as f32, -2.0 / HEIGHT as f32);
        c.set_vertex_constants(0, &[[sx, sy, 1.0, 1.0], [-1.0, 1.0, 0.0, 0.0]])
            .expect("sent");
        c.set_vertex_format(&format).expect("sent");
        c.set_vertex_arrays(Address::main(VERTICES), &format)
            .expect("sent");
        let mut screen = Self { context, format };
        screen.program(&flat());
        screen.clear(0xff00_0000);
        screen
    }

    pub(crate) fn program(&mut self, program: &fp::Program) {
        let at = Address::local(PROGRAM);
        self.context.finish().expect("drawn");
        self.context
            .upload_fragment_program(at, program)
            .expect("fits");
        self.context
            .use_fragment_program(at, program)
            .expect("sent");
    }

    pub(crate) fn clear(&mut self, argb: u32) {
        self.context.clear_color(Argb(argb)).expect("sent");
    }

    pub(crate) fn words(corners: &[Corner]) -> Vec<u32> {
        corners
            .iter()
            .flat_map(|(position, colour, at)| {
                position
                    .map(f32::to_bits)
                    .into_iter()
                    .chain([u32::from_be_bytes(*colour)])
                    .chain(at.map(f32::to_bits))
            })
            .collect()
    }

    pub(crate) fn inline(&mut self, primitive: Primitive, corners: &[Corner]) {
        self.context
            .draw_inline(primitive, &Self::words(corners))
            .expect("sent");
    }

    pub(crate) fn arrays(&mut self, primitive: Primitive, corners: &[Corner]) {
        self.context.finish().expect("drawn");
        self.context
            .device_mut()
            .write_words(Address::main(VERTICES), &Self::words(corners))
            .expect("fits");
        self.context
            .draw_arrays(primitive, 0, corners.len() as u32)
            .expect("sent");
    }

    /// All pixels, drawn without a report.
    pub(crate) fn pixels(&mut self) -> Vec<u32> {
        self.context.finish().expect("drawn");
        assert_eq!(self.context.device().reports(), []);
        self.raw()
    }

    pub(crate) fn raw(&self) -> Vec<u32> {
        let bytes = self.context.device().memory().bytes(Location::Local);
        let (words, _) = bytes[..(PITCH * HEIGHT) as usize].as_chunks::<4>();
        words.iter().map(|word| u32::from_be_bytes(*word)).collect()
    }

    pub(crate) fn count(&mut self, argb: u32) -> usize {
        self.pixels()
            .into_iter()
            .filter(|&pixel| pixel == argb)
            .count()
    }
}

pub(crate) const RED: [u8; 4] = [255, 0, 0, 255];
pub(crate) const BLUE: [u8; 4] = [0, 0, 255, 255];

pub(crate) fn corner(x: f32, y: f32, colour: [u8; 4]) -> Corner {
    ([x, y, 0.0, 1.0], colour, [x, y])
}

/// A rectangle as a quad.
pub(crate) fn quad(x: f32, y: f32, width: f32, height: f32, colour: [u8; 4]) -> [Corner; 4] {
    [
        corner(x, y, colour),
        corner(x + width, y, colour),
        corner(x + width, y + height, colour),
        corner(x, y + height, colour),
    ]
}
