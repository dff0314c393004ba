//! Images from memory to the 2D surface or to a swizzled one, at another size (class NV3089) on
//! subchannel 6; the swizzled surface (class NV309E) on subchannel 4.
//!
//! Methods and numbers: envytools, "SIFM"; PSL1GHT `rsx/gcm_sys.h`; what starts it: RPCS3
//! `nv3089.cpp`. The source's size and point, and the steps through it, are fixed-point
//! numbers. Where a pixel is taken from: with the origin in the corner, pixel n from the n-th
//! step; with the origin in the centre, its centre from the middle of the n-th step.

use rsx_gcm::methods::Method;

use super::memory::{Location, Memory, OutsideMemory, location_of_handle};
use super::report::Problem;
use super::surface::{Arrangement, Rectangle, Surface};
use super::transfer::Transfer;

/// Offsets of methods of the image.
mod at {
    pub const SOURCE: u16 = 0x184;
    pub const SURFACE: u16 = 0x198;
    pub const CONVERSION: u16 = 0x2fc;
    pub const FORMAT: u16 = 0x300;
    pub const OPERATION: u16 = 0x304;
    pub const CLIP_POINT: u16 = 0x308;
    pub const CLIP_SIZE: u16 = 0x30c;
    pub const OUT_POINT: u16 = 0x310;
    pub const OUT_SIZE: u16 = 0x314;
    pub const STEP_X: u16 = 0x318;
    pub const STEP_Y: u16 = 0x31c;
    pub const IN_SIZE: u16 = 0x400;
    pub const IN_FORMAT: u16 = 0x404;
    pub const IN_OFFSET: u16 = 0x408;
    pub const IN_POINT: u16 = 0x40c;
}

/// Offsets of methods of the swizzled surface.
mod swizzled {
    pub const TARGET: u16 = 0x184;
    pub const FORMAT: u16 = 0x300;
    pub const OFFSET: u16 = 0x304;
}

const NAMES: &[(u16, &str)] = &[
    (at::SOURCE, "SCALED_SET_CONTEXT_DMA_IMAGE"),
    (at::SURFACE, "SCALED_SET_CONTEXT_SURFACE"),
    (at::CONVERSION, "SCALED_SET_COLOR_CONVERSION"),
    (at::FORMAT, "SCALED_SET_COLOR_FORMAT"),
    (at::OPERATION, "SCALED_SET_OPERATION"),
    (at::CLIP_POINT, "SCALED_CLIP_POINT"),
    (at::CLIP_SIZE, "SCALED_CLIP_SIZE"),
    (at::OUT_POINT, "SCALED_IMAGE_OUT_POINT"),
    (at::OUT_SIZE, "SCALED_IMAGE_OUT_SIZE"),
    (at::STEP_X, "SCALED_DS_DX"),
    (at::STEP_Y, "SCALED_DT_DY"),
    (at::IN_SIZE, "SCALED_IMAGE_IN_SIZE"),
    (at::IN_FORMAT, "SCALED_IMAGE_IN_FORMAT"),
    (at::IN_OFFSET, "SCALED_IMAGE_IN_OFFSET"),
    (at::IN_POINT, "SCALED_IMAGE_IN"),
];

const SWIZZLED_NAMES: &[(u16, &str)] = &[
    (swizzled::TARGET, "SWIZZLED_SET_CONTEXT_DMA_IMAGE"),
    (swizzled::FORMAT, "SWIZZLED_SET_FORMAT"),
    (swizzled::OFFSET, "SWIZZLED_SET_OFFSET"),
];

/// The name of a method of the image, or of the swizzled surface.
pub(super) fn name(method: Method) -> Option<&'static str> {
    let names = match method.subchannel() {
        6 => NAMES,
        4 => SWIZZLED_NAMES,
        _ => return None,
    };
    let mut names = names.iter();
    names.find_map(|(offset, name)| (*offset == method.offset()).then_some(*name))
}

/// Objects that an image goes to.
const SURFACE: u32 = 0x3133_71c3;
const SWIZZLED: u32 = 0x3133_7a73;
/// Copies the source.
const COPY: u32 = 3;
/// Formats of sources.
const A8R8G8B8: u32 = 3;
const X8R8G8B8: u32 = 4;
const R5G6B5: u32 = 7;
/// Formats of targets.
const TARGET_R5G6B5: u32 = 4;
const TARGET_A8R8G8B8: u32 = 0xa;
const TARGET_Y32: u32 = 0xb;
/// Logarithm of the longest side of a swizzled surface.
const MOST_SIDE: u32 = 11;

/// State of the image and of the swizzled surface.
pub struct Scale {
    source: Option<Location>,
    surface: u32,
    format: u32,
    operation: u32,
    clip: [u32; 2],
    out: [u32; 2],
    steps: [i32; 2],
    in_size: u32,
    in_format: u32,
    in_offset: u32,
    swizzled: Swizzled,
}

struct Swizzled {
    location: Option<Location>,
    format: u32,
    offset: u32,
}

impl Default for Scale {
    /// As the firmware leaves them to a program (RPCS3 `rsx_methods.cpp`).
    fn default() -> Self {
        Self {
            source: Some(Location::Local),
            surface: SURFACE,
            format: A8R8G8B8,
            operation: COPY,
            clip: [0; 2],
            out: [0; 2],
            steps: [0; 2],
            in_size: 0x0001_0002,
            in_format: 0x0001_0000,
            in_offset: 0,
            swizzled: Swizzled {
                location: Some(Location::Local),
                format: 0x0001_000a,
                offset: 0,
            },
        }
    }
}

/// Halves of a word: x or width below, y or height above.
fn halves(word: u32) -> [i32; 2] {
    [
        i32::from(word as u16 as i16),
        i32::from((word >> 16) as u16 as i16),
    ]
}

/// Halves that have no sign.
fn sizes(word: u32) -> [i32; 2] {
    [(word & 0xffff) as i32, (word >> 16) as i32]
}

fn rectangle([point, size]: [u32; 2]) -> Rectangle {
    let ([left, top], [width, height]) = (halves(point), sizes(size));
    Rectangle {
        left,
        top,
        right: left + width,
        bottom: top + height,
    }
}

/// How pixels are taken from the source along one axis: where the first comes from and the
/// distance to the next, in 2^-20 pixels, and how many there are.
#[derive(Clone, Copy)]
struct Axis {
    start: i64,
    step: i64,
    size: i64,
}

impl Axis {
    const ONE: i64 = 1 << 20;

    /// The source's pixel, and how much of the next one there is in 2^-20, for pixel `n`.
    fn at(self, n: i32) -> (i64, i64) {
        let at = self.start + self.step * i64::from(n);
        (at >> 20, at & (Self::ONE - 1))
    }

    fn limited(self, at: i64) -> i64 {
        at.clamp(0, self.size - 1)
    }
}

impl Scale {
    /// Executes a method of the swizzled surface.
    ///
    /// # Errors
    /// The method is unknown or its argument is not possible.
    pub fn swizzled(&mut self, method: Method, argument: u32) -> Result<(), Problem> {
        let swizzled = &mut self.swizzled;
        match method.offset() {
            swizzled::TARGET => swizzled.location = Some(object(argument)?),
            swizzled::FORMAT => swizzled.format = argument,
            swizzled::OFFSET => swizzled.offset = argument,
            _ => return Err(Problem::UnknownMethod),
        }
        Ok(())
    }

    /// Executes a method of the image; the last one draws it.
    ///
    /// # Errors
    /// The method is unknown, its argument is not possible, or pixels are not in memory.
    pub fn image(
        &mut self,
        method: Method,
        argument: u32,
        transfer: &Transfer,
        memory: &mut Memory,
    ) -> Result<(), Problem> {
        match method.offset() {
            at::SOURCE => self.source = Some(object(argument)?),
            at::SURFACE => self.surface = argument,
            // Between formats of different sizes, which there are none of here.
            at::CONVERSION => {}
            at::FORMAT => self.format = argument,
            at::OPERATION => self.operation = argument,
            at::CLIP_POINT => self.clip[0] = argument,
            at::CLIP_SIZE => self.clip[1] = argument,
            at::OUT_POINT => self.out[0] = argument,
            at::OUT_SIZE => self.out[1] = argument,
            at::STEP_X => self.steps[0] = argument as i32,
            at::STEP_Y => self.steps[1] = argument as i32,
            at::IN_SIZE => self.in_size = argument,
            at::IN_FORMAT => self.in_format = argument,
            at::IN_OFFSET => self.in_offset = argument,
            at::IN_POINT => self.draw(argument, transfer, memory)?,
            _ => return Err(Problem::UnknownMethod),
        }
        Ok(())
    }

    /// The surface that is drawn to.
    fn target(&self, transfer: &Transfer) -> Result<(Surface, u32), Problem> {
        let (location, offset, format, arrangement, area) = match self.surface {
            SURFACE => {
                let (location, offset, format, pitch) = transfer.target();
                let arrangement = Arrangement::Linear { pitch };
                (location, offset, format, arrangement, rectangle(self.clip))
            }
            SWIZZLED => {
                let Swizzled {
                    location,
                    format,
                    offset,
                } = self.swizzled;
                let [width, height] = [format >> 16 & 0xff, format >> 24];
                if width > MOST_SIDE || height > MOST_SIDE {
                    return Err(Problem::Invalid(
                        "a swizzled surface of more than 2048 pixels",
                    ));
                }
                let [width, height] = [1 << width, 1 << height];
                let area = rectangle([0, height << 16 | width]);
                let arrangement = Arrangement::Swizzled { width, height };
                (location, offset, format & 0xffff, arrangement, area)
            }
            _ => return Err(Problem::Invalid("an image that goes to no surface")),
        };
        let location = location.ok_or(Problem::Invalid("a transfer without a target"))?;
        let bytes = match format {
            TARGET_R5G6B5 => 2,
            TARGET_A8R8G8B8 | TARGET_Y32 => 4,
            _ => return Err(Problem::Unsupported("images in this format")),
        };
        let surface = Surface {
            location,
            offset,
            bytes,
            arrangement,
            area,
        };
        Ok((surface, bytes))
    }

    fn draw(&self, point: u32, transfer: &Transfer, memory: &mut Memory) -> Result<(), Problem> {
        if self.operation != COPY {
            return Err(Problem::Unsupported("images that are not just copied"));
        }
        let (mut surface, bytes) = self.target(transfer)?;
        let fits = match self.format {
            A8R8G8B8 | X8R8G8B8 => bytes == 4,
            R5G6B5 => bytes == 2,
            _ => false,
        };
        if !fits {
            return Err(Problem::Unsupported("images in this format"));
        }
        let source = self
            .source
            .ok_or(Problem::Invalid("an image from nowhere"))?;
        let out = rectangle(self.out);
        let area = out
            .intersection(rectangle(self.clip))
            .intersection(surface.area);
        let [width, height] = sizes(self.in_size);
        if area.is_empty() || width == 0 || height == 0 {
            return Ok(());
        }
        if area.left < 0 || area.top < 0 {
            return Err(Problem::Invalid("an image beyond the surface's corner"));
        }
        surface.area = Rectangle {
            left: 0,
            top: 0,
            ..area
        };
        let place = surface
            .place(memory)
            .map_err(outside("target of a transfer"))?;
        let pitch = self.in_format & 0xffff;
        let size = u64::from(pitch) * (height as u64 - 1) + u64::from(bytes) * width as u64;
        let read = memory.slice(source, self.in_offset, size);
        let read = read.map_err(outside("source of a transfer"))?.to_vec();
        let axes = self.axes(point)?;
        let filters = self.in_format >> 24 == 1;
        if filters && bytes != 4 {
            return Err(Problem::Unsupported("16-bit images that are filtered"));
        }
        let image = Image {
            bytes: &read,
            pitch: pitch as usize,
            axes,
        };
        let (to, addresses) = (memory.at_mut(&place), surface.addresses());
        for y in area.top..area.bottom {
            for x in area.left..area.right {
                match (bytes, filters) {
                    (4, true) => {
                        addresses.write(to, x, y, &[image.filtered(x - out.left, y - out.top)])
                    }
                    (4, false) => {
                        addresses.write::<4>(to, x, y, &[image.nearest(x - out.left, y - out.top)])
                    }
                    _ => {
                        addresses.write::<2>(to, x, y, &[image.nearest(x - out.left, y - out.top)])
                    }
                }
            }
        }
        Ok(())
    }

    /// How pixels are taken along both axes.
    fn axes(&self, point: u32) -> Result<[Axis; 2], Problem> {
        // The point has four bits of fraction, the steps twenty.
        const CENTRE: u32 = 1;
        const CORNER: u32 = 2;
        let in_centre = match self.in_format >> 16 & 0xff {
            CENTRE => true,
            CORNER => false,
            _ => return Err(Problem::Invalid("no such origin")),
        };
        if self.in_format >> 24 > 1 {
            return Err(Problem::Invalid("no such interpolation"));
        }
        let (point, size) = (sizes(point), sizes(self.in_size));
        Ok([0, 1].map(|n| {
            let step = i64::from(self.steps[n]);
            let start = i64::from(point[n]) << 16;
            let nearest = self.in_format >> 24 == 0;
            // The centre of a pixel lies half a step on; what is filtered is between centres.
            let half = match (in_centre, nearest) {
                (false, _) => 0,
                (true, true) => step / 2,
                (true, false) => (step - Axis::ONE) / 2,
            };
            Axis {
                start: start + half,
                step,
                size: i64::from(size[n]),
            }
        }))
    }
}

/// The source.
struct Image<'a> {
    bytes: &'a [u8],
    pitch: usize,
    axes: [Axis; 2],
}

impl Image<'_> {
    fn pixel<const N: usize>(&self, x: i64, y: i64) -> [u8; N] {
        let [columns, rows] = self.axes;
        let (x, y) = (columns.limited(x) as usize, rows.limited(y) as usize);
        let at = y * self.pitch + N * x;
        let pixel = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        pixel.copied().unwrap_or([0; N])
    }

    fn nearest<const N: usize>(&self, x: i32, y: i32) -> [u8; N] {
        let [columns, rows] = self.axes;
        self.pixel(columns.at(x).0, rows.at(y).0)
    }

    /// The mean of four pixels by their distances, rounded to the nearest.
    fn filtered(&self, x: i32, y: i32) -> [u8; 4] {
        let [columns, rows] = self.axes;
        let ((x, right), (y, below)) = (columns.at(x), rows.at(y));
        let corners =
            [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| self.pixel::<4>(x + dx, y + dy));
        let one = Axis::ONE;
        let weights = [
            (one - right) * (one - below),
            right * (one - below),
            (one - right) * below,
            right * below,
        ];
        std::array::from_fn(|byte| {
            let pairs = corners.iter().zip(weights);
            let sum: i64 = pairs
                .map(|(corner, weight)| i64::from(corner[byte]) * weight)
                .sum();
            ((sum + (1 << 39)) >> 40) as u8
        })
    }
}

fn object(handle: u32) -> Result<Location, Problem> {
    location_of_handle(handle).ok_or(Problem::Invalid("no such memory object"))
}

fn outside(what: &'static str) -> impl Fn(OutsideMemory) -> Problem {
    move |bytes| Problem::OutsideMemory { what, bytes }
}
