//! What the registers say at a draw, checked and taken apart.

mod depth;

pub use depth::{depth, depth_clear, depth_target, exports_depth};

use rsx_gcm::methods::fields::{
    BlendEquations, BlendFactors, ColorMask, ColorTarget, CullFace, Extent, FrontFace, ShadeMode,
    ShaderControl, ShaderWindow, SurfaceColor, SurfaceFormat, SurfaceLayout, WindowOrigin,
    ZMinMaxControl,
};

use super::blend::{self, Mix, Output};
use super::compare::Comparison;
use super::fragment::Environment;
use super::memory::{Memory, Place, location_of_handle};
use super::raster::Viewport;
use super::registers::{Registers, at};
use super::report::Problem;
use super::samples::{Pass, Samples};
use super::surface::{Arrangement, Rectangle, Surface};
use super::target::Target;
use super::texture;

/// Where window coordinates of fragment programs count from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowCoordinates {
    /// Height of the target where rows count from the bottom.
    pub from_bottom: Option<f32>,
    /// Added to the whole coordinates of a pixel: where its centre is.
    pub centre: f32,
}

/// Faces that are not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Culling {
    /// Front faces are dropped.
    pub front: bool,
    /// Back faces are dropped.
    pub back: bool,
    /// Front faces are those that are clockwise on the screen.
    pub front_is_clockwise: bool,
}

/// The registers of each colour target: memory object, offset, pitch.
const TARGETS: [[u16; 3]; 4] = [
    [
        at::SET_CONTEXT_DMA_COLOR_A,
        at::SET_SURFACE_COLOR_AOFFSET,
        at::SET_SURFACE_PITCH_A,
    ],
    [
        at::SET_CONTEXT_DMA_COLOR_B,
        at::SET_SURFACE_COLOR_BOFFSET,
        at::SET_SURFACE_PITCH_B,
    ],
    [
        at::SET_CONTEXT_DMA_COLOR_C,
        at::SET_SURFACE_COLOR_COFFSET,
        at::SET_SURFACE_PITCH_C,
    ],
    [
        at::SET_CONTEXT_DMA_COLOR_D,
        at::SET_SURFACE_COLOR_DOFFSET,
        at::SET_SURFACE_PITCH_D,
    ],
];

/// The colour targets that are written, in the order of the program's colours.
///
/// # Errors
/// One cannot be drawn to.
pub fn targets(registers: &Registers, memory: &Memory) -> Result<Vec<Target>, Problem> {
    let targets = ColorTarget::from_bits(registers.get(at::SET_SURFACE_COLOR_TARGET))?;
    let targets = match targets {
        ColorTarget::None => &[][..],
        ColorTarget::A => &TARGETS[..1],
        ColorTarget::B => &TARGETS[1..2],
        ColorTarget::AB => &TARGETS[..2],
        ColorTarget::ABC => &TARGETS[..3],
        ColorTarget::ABCD => &TARGETS[..],
    };
    let targets = targets.iter();
    targets
        .map(|target| self::target(registers, memory, *target))
        .collect()
}

fn target(
    registers: &Registers,
    memory: &Memory,
    [object, offset, pitch]: [u16; 3],
) -> Result<Target, Problem> {
    let format = SurfaceFormat(registers.get(at::SET_SURFACE_FORMAT));
    let colour = format.color()?;
    if !blend::is_supported(colour) {
        return Err(Problem::Unsupported(
            "targets that are not A8R8G8B8 or X8R8G8B8",
        ));
    }
    let surface = surface(registers, object, offset, pitch, 4)?;
    place(&surface, memory, "target")?;
    Ok(Target {
        surface,
        format: colour,
    })
}

/// The bytes of a surface.
fn place(surface: &Surface, memory: &Memory, what: &'static str) -> Result<Place, Problem> {
    surface
        .place(memory)
        .map_err(|bytes| Problem::OutsideMemory { what, bytes })
}

/// The pixels of a target whose memory object, offset and pitch are in these registers.
fn surface(
    registers: &Registers,
    object: u16,
    offset: u16,
    pitch: u16,
    bytes: u32,
) -> Result<Surface, Problem> {
    let format = SurfaceFormat(registers.get(at::SET_SURFACE_FORMAT));
    let samples = samples(registers)?;
    let location = location_of_handle(registers.get(object))
        .ok_or(Problem::Invalid("the target has no memory object"))?;
    let area = samples.area(area(registers)?);
    let arrangement = match format.layout()? {
        SurfaceLayout::Linear => {
            let pitch = registers.get(pitch);
            if u64::from(pitch) < u64::from(bytes) * area.right as u64 {
                return Err(Problem::Invalid("the target's pitch is less than a row"));
            }
            Arrangement::Linear { pitch }
        }
        // The pitch does not count (RPCS3 `RSXThread.cpp`: swizzled targets are packed tightly).
        SurfaceLayout::Swizzled if samples != Samples::One => {
            return Err(Problem::Unsupported(
                "swizzled targets with several samples",
            ));
        }
        SurfaceLayout::Swizzled => {
            let [width, height] = [format.log2_width(), format.log2_height()];
            if width > MOST_SIDE.ilog2() || height > MOST_SIDE.ilog2() {
                return Err(Problem::Invalid(TOO_LARGE));
            }
            let [width, height] = [1 << width, 1 << height];
            if area.right as u32 > width || area.bottom as u32 > height {
                return Err(Problem::Invalid(
                    "the target's clip is larger than the swizzled target",
                ));
            }
            Arrangement::Swizzled { width, height }
        }
    };
    Ok(Surface {
        location,
        offset: registers.get(offset),
        bytes,
        arrangement,
        area,
    })
}

/// Most pixels along a side of a target.
const MOST_SIDE: i32 = 4096;
const TOO_LARGE: &str = "the target is larger than 4096 × 4096";

/// The pixels that exist.
///
/// # Errors
/// They are too many.
pub fn area(registers: &Registers) -> Result<Rectangle, Problem> {
    let horizontal = Extent(registers.get(at::SET_SURFACE_CLIP_HORIZONTAL));
    let vertical = Extent(registers.get(at::SET_SURFACE_CLIP_VERTICAL));
    let area = rectangle(horizontal, vertical);
    if area.right > MOST_SIDE || area.bottom > MOST_SIDE {
        return Err(Problem::Invalid(TOO_LARGE));
    }
    Ok(area)
}

fn rectangle(horizontal: Extent, vertical: Extent) -> Rectangle {
    let (left, top) = (horizontal.start() as i32, vertical.start() as i32);
    Rectangle {
        left,
        top,
        right: left + horizontal.length() as i32,
        bottom: top + vertical.length() as i32,
    }
}

/// Pixels that clears touch: the scissor rectangle.
#[must_use]
pub fn scissor(registers: &Registers) -> Rectangle {
    rectangle(
        Extent(registers.get(at::SET_SCISSOR_HORIZONTAL)),
        Extent(registers.get(at::SET_SCISSOR_VERTICAL)),
    )
}

/// Pixels that draws touch, of those of the target.
///
/// # Errors
/// Window clip rectangles that differ.
pub fn drawn(registers: &Registers) -> Result<Rectangle, Problem> {
    let viewport = rectangle(
        Extent(registers.get(at::SET_VIEWPORT_HORIZONTAL)),
        Extent(registers.get(at::SET_VIEWPORT_VERTICAL)),
    );
    let window = |n: u16| {
        [at::SET_WINDOW_CLIP_HORIZONTAL, at::SET_WINDOW_CLIP_VERTICAL]
            .map(|first| registers.get(first + 8 * n))
    };
    // A pixel has to be in one of the eight.
    let [columns, rows] = window(0);
    if (1..8).any(|n| window(n) != window(0)) {
        return Err(Problem::Unsupported("window clip rectangles that differ"));
    }
    let clip = Rectangle {
        left: (columns & 0xffff) as i32,
        top: (rows & 0xffff) as i32,
        right: (columns >> 16) as i32 + 1,
        bottom: (rows >> 16) as i32 + 1,
    };
    Ok(scissor(registers).intersection(viewport).intersection(clip))
}

/// From clip space to the window.
///
/// # Errors
/// A window offset.
pub fn viewport(registers: &Registers) -> Result<Viewport, Problem> {
    if registers.get(at::SET_WINDOW_OFFSET) != 0 {
        return Err(Problem::Unsupported("a window offset"));
    }
    let three = |first: u16| [0, 4, 8].map(|n| registers.float(first + n));
    let control = ZMinMaxControl(registers.get(at::SET_ZMIN_MAX_CONTROL));
    let depth = [at::SET_CLIP_MIN, at::SET_CLIP_MAX].map(|at| registers.float(at));
    Ok(Viewport {
        scale: three(at::SET_VIEWPORT_SCALE),
        offset: three(at::SET_VIEWPORT_OFFSET),
        depth: control.cull().then_some(depth),
    })
}

/// The samples of a pixel.
///
/// # Errors
/// Values that mean nothing.
pub fn samples(registers: &Registers) -> Result<Samples, Problem> {
    let format = SurfaceFormat(registers.get(at::SET_SURFACE_FORMAT));
    Samples::from_bits(format.antialias()).ok_or(Problem::Invalid("no such antialiasing"))
}

/// What is done with the samples of a pixel: for each, where it is from the pixel's centre in
/// 1/256 pixel, or nothing where it is masked.
///
/// # Errors
/// Values that mean nothing.
pub fn passes(registers: &Registers) -> Result<Vec<Pass>, Problem> {
    const ENABLE: u32 = 1;
    let control = registers.get(at::SET_ANTI_ALIASING_CONTROL);
    let samples = samples(registers)?;
    let on = control & ENABLE != 0;
    let mask = if on { control >> 16 } else { 0xffff };
    Ok((0..samples.count())
        .filter(|sample| mask >> sample & 1 != 0)
        .map(|sample| Pass {
            samples,
            sample,
            position: if on { samples.position(sample) } else { (0, 0) },
        })
        .collect())
}

/// How fragments become pixels of this format, in the colour target of this number among those
/// that are written.
///
/// Masks and blending of targets besides the first: RPCS3 `rsx_decode.h`.
///
/// # Errors
/// Values that mean nothing.
pub fn output(registers: &Registers, format: SurfaceColor, target: u16) -> Result<Output, Problem> {
    let blends = match target {
        0 => registers.get(at::SET_BLEND_ENABLE) != 0,
        n => registers.get(at::SET_BLEND_ENABLE_MRT) >> n & 1 != 0,
    };
    let blend = if blends {
        let source = BlendFactors(registers.get(at::SET_BLEND_FUNC_SFACTOR));
        let destination = BlendFactors(registers.get(at::SET_BLEND_FUNC_DFACTOR));
        let equation = BlendEquations(registers.get(at::SET_BLEND_EQUATION));
        Some((
            Mix {
                source: source.color()?,
                target: destination.color()?,
                equation: equation.color()?,
            },
            Mix {
                source: source.alpha()?,
                target: destination.alpha()?,
                equation: equation.alpha()?,
            },
        ))
    } else {
        None
    };
    let alpha_test = if target == 0 && registers.get(at::SET_ALPHA_TEST_ENABLE) != 0 {
        let comparison = Comparison::from_bits(registers.get(at::SET_ALPHA_FUNC))
            .ok_or(Problem::Invalid("no such comparison"))?;
        // RPCS3: eight bits for targets of eight bits a component.
        let reference = (registers.get(at::SET_ALPHA_REF) & 0xff) as f32 / 255.0;
        (comparison != Comparison::Always).then_some((comparison, reference))
    } else {
        None
    };
    // Alpha, red, green, blue.
    let components = match target {
        0 => {
            let mask = ColorMask(registers.get(at::SET_COLOR_MASK));
            [mask.alpha(), mask.red(), mask.green(), mask.blue()]
        }
        n => {
            let mask = registers.get(at::SET_COLOR_MASK_MRT) >> (4 * n);
            [0, 1, 2, 3].map(|bit| mask >> bit & 1 != 0)
        }
    };
    let bits = [0xff00_0000, 0x00ff_0000, 0x0000_ff00, 0x0000_00ff];
    let parts = components.into_iter().zip(bits);
    let mask = parts.fold(0, |mask, (on, bits)| if on { mask | bits } else { mask });
    let [alpha, red, green, blue] = registers
        .get(at::SET_BLEND_COLOR)
        .to_be_bytes()
        .map(|byte| f32::from(byte) / 255.0);
    Ok(Output {
        blend,
        constant: [red, green, blue, alpha],
        alpha_test,
        mask,
        format,
    })
}

/// What the fragment program is translated with.
///
/// # Errors
/// Settings of the fragment program that are not supported.
pub fn environment(registers: &Registers, colours: usize) -> Result<Environment, Problem> {
    let control = ShaderControl(registers.get(at::SET_SHADER_CONTROL));
    let two_dimensional = (0..10u16)
        .filter(|n| registers.get(at::SET_TEX_COORD_CONTROL + 4 * n) & 1 != 0)
        .fold(0, |mask, n| mask | 1 << n);
    Ok(Environment {
        full_precision: control.full_precision(),
        two_dimensional,
        sets_depth: exports_depth(registers)?,
        // Without a target the colour is there for the alpha test.
        colours: colours.clamp(1, 4) as u8,
    })
}

/// Where window coordinates of fragment programs count from.
///
/// # Errors
/// Values that mean nothing.
pub fn window_coordinates(registers: &Registers) -> Result<WindowCoordinates, Problem> {
    let window = ShaderWindow(registers.get(at::SET_SHADER_WINDOW));
    Ok(WindowCoordinates {
        from_bottom: match window.origin()? {
            WindowOrigin::Top => None,
            WindowOrigin::Bottom => Some(window.height() as f32),
        },
        centre: if window.pixel_center() == 0 { 0.5 } else { 0.0 },
    })
}

/// Faces that are not drawn.
///
/// # Errors
/// Values that mean nothing.
pub fn culling(registers: &Registers) -> Result<Culling, Problem> {
    let on = registers.get(at::SET_CULL_FACE_ENABLE) != 0;
    let face = CullFace::from_bits(registers.get(at::SET_CULL_FACE))?;
    let front = FrontFace::from_bits(registers.get(at::SET_FRONT_FACE))?;
    Ok(Culling {
        front: on && face != CullFace::Back,
        back: on && face != CullFace::Front,
        front_is_clockwise: front == FrontFace::Clockwise,
    })
}

/// Colours are not interpolated.
///
/// # Errors
/// Values that mean nothing.
pub fn is_flat(registers: &Registers) -> Result<bool, Problem> {
    Ok(ShadeMode::from_bits(registers.get(at::SET_SHADE_MODE))? == ShadeMode::Flat)
}

/// The registers of texture unit `unit`, 0 to 15.
#[must_use]
pub fn texture(registers: &Registers, unit: u8) -> texture::Registers {
    let get = |first: u16| registers.get(first + 32 * u16::from(unit));
    texture::Registers {
        offset: get(at::SET_TEXTURE_OFFSET),
        format: get(at::SET_TEXTURE_FORMAT),
        address: get(at::SET_TEXTURE_ADDRESS),
        control0: get(at::SET_TEXTURE_CONTROL0),
        remap: get(at::SET_TEXTURE_CONTROL1),
        filter: get(at::SET_TEXTURE_FILTER),
        rect: get(at::SET_TEXTURE_IMAGE_RECT),
        border: get(at::SET_TEXTURE_BORDER_COLOR),
        control3: registers.get(at::SET_TEXTURE_CONTROL3 + 4 * u16::from(unit)),
    }
}

/// Outputs of the vertex program that reach fragments, one bit each.
#[must_use]
pub fn outputs(registers: &Registers) -> u16 {
    let mask = registers.get(at::SET_VERTEX_ATTRIB_OUTPUT_MASK);
    // Position always; output, bit (RPCS3 `gcm_enums.h`, `CELL_GCM_ATTRIB_OUTPUT_…`).
    let pairs = [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (6, 13), (15, 12)];
    let texture_coordinates = (0..8).map(|n| (7 + n, 14 + n));
    pairs
        .into_iter()
        .chain(texture_coordinates)
        .filter(|&(_, bit)| mask >> bit & 1 != 0)
        .fold(1, |outputs, (output, _)| outputs | 1 << output)
}
