//! A triangle and a line of text, drawn by the RSX at whatever mode the display has. The triangle
//! follows the left stick; Start, or "quit" in the system's menu, ends it.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error::Error;

use fonts::{Family, PixelSize, Weight};
use psl1ght_rs::pad::{Buttons, Pads};
use psl1ght_rs::println;
use psl1ght_rs::rsx::{FIRMWARE_BYTES, Rsx, pitch};
use psl1ght_rs::sysutil::{SystemEvent, SystemEvents};
use psl1ght_rs::video::Mode;
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::flip::{Display, DisplayBuffer};
use rsx_gcm::memory::{Address, Arena, Location, Memory, Purpose};
use rsx_gcm::methods::fields::{
    Argb, AttributeType, Primitive, SurfaceColor, TexelFormat, TextureRemap,
};
use rsx_gcm::state::Blend;
use rsx_gcm::surface::{Plane, Rect, Target, Viewport};
use rsx_gcm::texture::{Layout, Texture};
use rsx_gcm::vertex::VertexFormat;
use rsx_gcm::{fp, vp};

psl1ght_rs::entry!(main_on_lv2);

type Failure = Box<dyn Error>;

const MAIN_MEMORY: usize = 4 << 20;
const SEGMENT: u32 = 0x8000;
const SEGMENTS: u32 = 4;

/// Numbers of a vertex's attributes, and the instruction slot of the vertex program.
const POSITION: u8 = 0;
const COLOUR: u8 = 3;
const TEXEL: u8 = 8;
const SLOT: u32 = 0;
const UNIT: u8 = 0;

const TEXT: &str = "Rust on the RSX";
/// Share of the screen's height that an em of the text takes.
const TEXT_SIZE: f32 = 1.0 / 12.0;

fn main_on_lv2() {
    if let Err(error) = draw() {
        println!("failed: {error}");
    }
}

fn draw() -> Result<(), Failure> {
    let mut rsx = Rsx::open(MAIN_MEMORY)?;
    let mode = rsx.set_mode(&[Mode::P720, Mode::P1080, Mode::P576, Mode::P480])?;
    println!("mode {mode:?}");
    let mut local = Arena::new(Location::Local, 0, rsx.size(Location::Local));
    let from = rsx.from();
    let mut context = Context::new(rsx, Ring::new(FIRMWARE_BYTES, SEGMENT, SEGMENTS)?, from)?;
    let screens = screens(&mut context, &mut local, mode)?;
    let shapes = Shapes::load(&mut context, &mut local, mode)?;
    println!("programs and texture are in place");

    let mut events = SystemEvents::open()?;
    let mut pads = Pads::open()?;
    for frame in 0u32.. {
        let mut leave = false;
        events.poll(|event| leave |= event == SystemEvent::ExitRequest)?;
        let pad = pads
            .poll()?
            .iter()
            .flatten()
            .next()
            .copied()
            .unwrap_or_default();
        if leave || pad.buttons.contains(Buttons::START) {
            println!("the end after {frame} frames");
            break;
        }
        context.wait_flip()?;
        let id = (frame % 2) as u8;
        begin(&mut context, &screens[usize::from(id)])?;
        let at = pad.left.map(|part| f32::from(part) / 256.0);
        shapes.draw(&mut context, at)?;
        context.flip(id)?;
    }
    context.finish()?;
    Ok(())
}

/// Two display buffers.
fn screens(
    context: &mut Context<Rsx>,
    local: &mut Arena,
    mode: Mode,
) -> Result<[Target; 2], Failure> {
    let (width, height) = mode.size();
    let pitch = pitch(width);
    let mut make = |id: u8| -> Result<Target, Failure> {
        let at = local.allocate(Purpose::Surface, pitch * height)?;
        let buffer = DisplayBuffer {
            offset: at.offset,
            pitch,
            width,
            height,
        };
        context.device_mut().set_display_buffer(id, &buffer)?;
        let color = Plane { at, pitch };
        Ok(Target {
            color,
            format: SurfaceColor::A8R8G8B8,
            depth: None,
            width,
            height,
        })
    };
    Ok([make(0)?, make(1)?])
}

/// A flip resets most of the state: all of it is set for each frame.
fn begin(context: &mut Context<Rsx>, target: &Target) -> Result<(), Failure> {
    let area = Rect::of_size(target.width, target.height);
    context.reset_state()?;
    context.set_target(target)?;
    context.set_viewport(&Viewport::fill(area))?;
    context.set_scissor(area)?;
    context.clear_color(Argb(0xff10_1828))?;
    Ok(())
}

/// What is drawn, with all that it takes.
struct Shapes {
    format: VertexFormat,
    vertex: vp::Program,
    flat: (Address, fp::Program),
    masked: (Address, fp::Program),
    text: Texture,
    /// Half the text's width and height in clip space.
    half: [f32; 2],
}

impl Shapes {
    fn load(context: &mut Context<Rsx>, local: &mut Arena, mode: Mode) -> Result<Self, Failure> {
        let format = VertexFormat::packed(&[
            (POSITION.into(), AttributeType::F32, 2),
            (COLOUR.into(), AttributeType::U8Normalized, 4),
            (TEXEL.into(), AttributeType::F32, 2),
        ])?;
        let vertex = vp::Builder::new()
            .mov(vp::Output::Position, vp::attribute(POSITION))
            .mov(vp::Output::Color0, vp::attribute(COLOUR))
            .mov(vp::Output::TexCoord(0), vp::attribute(TEXEL))
            .finish()?;
        let flat = fp::Builder::new()
            .mov(fp::Register::R(0), fp::Input::Color0)
            .finish(fp::ResultRegister::R0)?;
        let masked = fp::Builder::new()
            .tex(fp::Register::R(0), UNIT, fp::Input::TexCoord(0))
            .mul(fp::Register::R(0), fp::Register::R(0), fp::Input::Color0)
            .finish(fp::ResultRegister::R0)?;
        context.load_vertex_program(SLOT, &vertex)?;
        let mut place = |program: fp::Program| -> Result<(Address, fp::Program), Failure> {
            let at = local.allocate(Purpose::FragmentProgram, program.size())?;
            context.upload_fragment_program(at, &program)?;
            Ok((at, program))
        };
        let (flat, masked) = (place(flat)?, place(masked)?);

        let (width, height) = mode.size();
        let mask = Mask::of(TEXT, height as f32 * TEXT_SIZE);
        let at = local.allocate(Purpose::Texture, mask.coverage.len() as u32)?;
        context.device_mut().write(at, &mask.coverage)?;
        let layout = Layout::Linear { pitch: mask.pitch };
        let mut text = Texture::new(at, TexelFormat::B8, layout, mask.width, mask.height);
        text.remap = TextureRemap::WHITE_WITH_ALPHA;
        let half = [
            mask.width as f32 / width as f32,
            mask.height as f32 / height as f32,
        ];
        Ok(Self {
            format,
            vertex,
            flat,
            masked,
            text,
            half,
        })
    }

    fn draw(&self, context: &mut Context<Rsx>, at: [f32; 2]) -> Result<(), Failure> {
        context.use_vertex_program(SLOT, &self.vertex)?;
        context.set_vertex_format(&self.format)?;

        context.set_blend(None)?;
        context.use_fragment_program(self.flat.0, &self.flat.1)?;
        let corners = [
            (0.0, 0.6, 0xff40_40ff),
            (0.5, -0.3, 0x40ff_40ff),
            (-0.5, -0.3, 0x4060_ffff),
        ];
        let corners: Vec<u32> = corners
            .into_iter()
            .flat_map(|(x, y, rgba)| vertex(x + at[0], y - at[1], rgba, [0.0; 2]))
            .collect();
        context.draw_inline(Primitive::Triangles, &corners)?;

        context.set_blend(Some(&Blend::over()))?;
        context.invalidate_textures()?;
        context.bind_texture(UNIT.into(), &self.text)?;
        context.use_fragment_program(self.masked.0, &self.masked.1)?;
        let [x, y] = self.half;
        let corners = [
            (-x, y, [0.0, 0.0]),
            (x, y, [1.0, 0.0]),
            (x, -y, [1.0, 1.0]),
            (-x, -y, [0.0, 1.0]),
        ];
        let corners: Vec<u32> = corners
            .into_iter()
            .flat_map(|(x, y, texel)| vertex(x, y - 0.6, 0xffff_ffff, texel))
            .collect();
        Ok(context.draw_inline(Primitive::Quads, &corners)?)
    }
}

/// The words of a vertex, as the format has them.
fn vertex(x: f32, y: f32, rgba: u32, texel: [f32; 2]) -> [u32; 5] {
    [
        x.to_bits(),
        y.to_bits(),
        rgba,
        texel[0].to_bits(),
        texel[1].to_bits(),
    ]
}

/// A line of text as coverage, a byte a pixel.
struct Mask {
    width: u32,
    height: u32,
    pitch: u32,
    coverage: Vec<u8>,
}

impl Mask {
    fn of(text: &str, em: f32) -> Self {
        let family = Family::embedded();
        let font = family.font(Weight::Regular);
        let size = PixelSize { x: em, y: em };
        let advance: f32 = text.chars().map(|c| font.advance(font.glyph(c)) * em).sum();
        let (ascent, descent) = (font.metrics().ascent * em, font.metrics().descent * em);
        // A pixel around it for what antialiasing adds.
        let (width, height) = (advance as u32 + 3, (ascent + descent) as u32 + 3);
        let pitch = width.next_multiple_of(64);
        let mut coverage = alloc::vec![0; (pitch * height) as usize];
        let baseline = ascent as i32 + 1;
        let mut pen = 1.0;
        for c in text.chars() {
            let glyph = font.glyph(c);
            let column = pen as i32;
            let bitmap = font.rasterise(glyph, size, pen - column as f32);
            for (row, line) in bitmap
                .coverage
                .chunks_exact(bitmap.width.max(1))
                .enumerate()
            {
                for (index, covered) in line.iter().enumerate() {
                    let x = column + bitmap.left + index as i32;
                    let y = baseline - bitmap.top + row as i32;
                    if (0..width as i32).contains(&x) && (0..height as i32).contains(&y) {
                        let pixel = &mut coverage[y as usize * pitch as usize + x as usize];
                        *pixel = (*pixel).max(*covered);
                    }
                }
            }
            pen += font.advance(glyph) * em;
        }
        Self {
            width,
            height,
            pitch,
            coverage,
        }
    }
}
