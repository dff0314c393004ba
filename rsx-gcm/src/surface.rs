//! Render targets, the viewport and clearing.

use crate::ArgumentError;
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::memory::{Address, Location};
use crate::methods::d3;
use crate::methods::fields::{
    Argb, ClearMask, ClipRange, ColorTarget, Extent, ShaderWindow, SurfaceColor, SurfaceDepth,
    SurfaceFormat, SurfaceLayout, WindowOrigin,
};

/// Greatest width and height of a target.
pub const MAX_SIDE: u32 = 4096;

/// Where offsets and pitches of targets must be multiples.
const ALIGNMENT: u32 = 64;

/// Pitch of targets that are not in use: the least that the hardware takes.
const UNUSED_PITCH: u32 = 64;

/// A rectangle of pixels, row 0 at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Rect {
    /// The rectangle from the top left corner.
    #[must_use]
    pub const fn of_size(width: u32, height: u32) -> Self {
        Self {
            x: 0,
            y: 0,
            width,
            height,
        }
    }

    fn extents(self) -> Result<[u32; 2], ArgumentError> {
        let rows = [
            ("x", self.x),
            ("y", self.y),
            ("width", self.width),
            ("height", self.height),
        ];
        for (name, value) in rows {
            ArgumentError::check_most(name, value, MAX_SIDE)?;
        }
        Ok([
            Extent::default()
                .with_start(self.x)
                .with_length(self.width)
                .into(),
            Extent::default()
                .with_start(self.y)
                .with_length(self.height)
                .into(),
        ])
    }
}

/// A linear buffer of a render target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Where it starts, a multiple of 64.
    pub at: Address,
    /// Bytes from row to row, a multiple of 64.
    pub pitch: u32,
}

impl Plane {
    fn check(self) -> Result<(), ArgumentError> {
        ArgumentError::check_alignment("surface offset", self.at.offset, ALIGNMENT)?;
        ArgumentError::check_alignment("surface pitch", self.pitch, ALIGNMENT)?;
        if self.pitch == 0 {
            Err(ArgumentError::new("surface pitch", 0))
        } else {
            Ok(())
        }
    }
}

/// What is drawn to: one colour buffer and perhaps a depth buffer, both linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The colour buffer.
    pub color: Plane,
    /// Its format. With X8R8G8B8 blending loses alpha: use A8R8G8B8, for display buffers, too.
    pub format: SurfaceColor,
    /// The depth buffer, Z24S8.
    pub depth: Option<Plane>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// How the vertex program's positions, after division by w, become pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Pixels that are touched.
    pub area: Rect,
    /// Depths of z = 0 and z = 1 as the range test sees them.
    pub depth: [f32; 2],
    /// Factors of x, y, z.
    pub scale: [f32; 3],
    /// Added to x, y, z.
    pub offset: [f32; 3],
}

impl Viewport {
    /// -1 to 1 fills `area`, y upwards; z from -1 to 1 becomes 0 to 1.
    #[must_use]
    pub fn fill(area: Rect) -> Self {
        let (half_width, half_height) = (area.width as f32 / 2.0, area.height as f32 / 2.0);
        Self {
            area,
            depth: [0.0, 1.0],
            scale: [half_width, -half_height, 0.5],
            offset: [area.x as f32 + half_width, area.y as f32 + half_height, 0.5],
        }
    }
}

impl<D: Device> Context<D> {
    /// Draws to `target` from now on.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for alignments and sizes that the hardware cannot take.
    pub fn set_target(&mut self, target: &Target) -> Result<(), FifoError> {
        target.color.check()?;
        let unused = Plane {
            at: Address::local(0),
            pitch: UNUSED_PITCH,
        };
        let depth = target.depth.unwrap_or(unused);
        depth.check()?;
        for (name, side) in [
            ("target width", target.width),
            ("target height", target.height),
        ] {
            if side == 0 || side > MAX_SIDE {
                return Err(ArgumentError::new(name, side).into());
            }
        }

        let local = Location::Local.dma();
        self.method(
            d3::SET_CONTEXT_DMA_COLOR_A,
            &[target.color.at.location.dma(), depth.at.location.dma()],
        )?;
        self.method(d3::SET_CONTEXT_DMA_COLOR_B, &[local])?;
        self.method(d3::SET_CONTEXT_DMA_COLOR_C, &[local, local])?;
        let format = SurfaceFormat::default()
            .with_layout(SurfaceLayout::Linear)
            .with_depth(SurfaceDepth::Z24S8)
            .with_color(target.format);
        self.method(
            d3::SET_SURFACE_FORMAT,
            &[
                format.into(),
                target.color.pitch,
                target.color.at.offset,
                depth.at.offset,
                unused.at.offset,
                unused.pitch,
            ],
        )?;
        self.method(d3::SET_SURFACE_PITCH_Z, &[depth.pitch])?;
        self.method(
            d3::SET_SURFACE_PITCH_C,
            &[
                unused.pitch,
                unused.pitch,
                unused.at.offset,
                unused.at.offset,
            ],
        )?;
        self.method(d3::SET_SURFACE_COLOR_TARGET, &[ColorTarget::A.bits()])?;
        self.method(d3::SET_WINDOW_OFFSET, &[0])?;
        let columns = ClipRange::default().with_last(target.width - 1).into();
        let rows = ClipRange::default().with_last(target.height - 1).into();
        for window in 0..u32::from(d3::SET_WINDOW_CLIP_HORIZONTAL.count) {
            self.method(d3::SET_WINDOW_CLIP_HORIZONTAL.at(window), &[columns, rows])?;
        }
        self.method(
            d3::SET_SURFACE_CLIP_HORIZONTAL,
            &Rect::of_size(target.width, target.height).extents()?,
        )?;
        let window = ShaderWindow::default()
            .with_height(target.height)
            .with_origin(WindowOrigin::Bottom);
        self.method(d3::SET_SHADER_WINDOW, &[window.into()])
    }

    /// Places what is drawn.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for an area past [`MAX_SIDE`].
    pub fn set_viewport(&mut self, viewport: &Viewport) -> Result<(), FifoError> {
        self.method(d3::SET_VIEWPORT_HORIZONTAL, &viewport.area.extents()?)?;
        self.method(d3::SET_CLIP_MIN, &viewport.depth.map(f32::to_bits))?;
        let [offset_x, offset_y, offset_z] = viewport.offset;
        let [scale_x, scale_y, scale_z] = viewport.scale;
        let transform = [
            offset_x, offset_y, offset_z, 0.0, scale_x, scale_y, scale_z, 0.0,
        ];
        self.method(d3::SET_VIEWPORT_OFFSET.at(0), &transform.map(f32::to_bits))
    }

    /// Only `area` is drawn to and cleared.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for an area past [`MAX_SIDE`].
    pub fn set_scissor(&mut self, area: Rect) -> Result<(), FifoError> {
        self.method(d3::SET_SCISSOR_HORIZONTAL, &area.extents()?)
    }

    /// Fills the scissor rectangle of the colour buffer.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn clear_color(&mut self, color: Argb) -> Result<(), FifoError> {
        self.method(d3::SET_COLOR_CLEAR_VALUE, &[color.into()])?;
        self.method(d3::CLEAR_SURFACE, &[ClearMask::COLOR.into()])?;
        self.method(d3::NO_OPERATION, &[0])
    }
}

#[cfg(test)]
mod tests {
    use super::{Plane, Rect, Target, Viewport};
    use crate::fifo::FifoError;
    use crate::memory::Address;
    use crate::methods::fields::{Argb, SurfaceColor};
    use crate::testing::{context, packet, sent};

    const TARGET: Target = Target {
        color: Plane {
            at: Address::local(0x39_0000),
            pitch: 1280 * 4,
        },
        format: SurfaceColor::A8R8G8B8,
        depth: Some(Plane {
            at: Address::local(0x72_0000),
            pitch: 1280 * 4,
        }),
        width: 1280,
        height: 720,
    };

    #[test]
    fn targets_are_the_documented_words() {
        let words = sent(|context| context.set_target(&TARGET).expect("room"));
        let mut expected = packet(0x194, &[0xfeed_0000, 0xfeed_0000]);
        expected.extend(packet(0x18c, &[0xfeed_0000]));
        expected.extend(packet(0x1b4, &[0xfeed_0000, 0xfeed_0000]));
        expected.extend(packet(0x208, &[0x148, 5120, 0x39_0000, 0x72_0000, 0, 64]));
        expected.extend(packet(0x22c, &[5120]));
        expected.extend(packet(0x280, &[64, 64, 0, 0]));
        expected.extend(packet(0x220, &[1]));
        expected.extend(packet(0x2b8, &[0]));
        for window in 0..8 {
            expected.extend(packet(0x2c0 + 8 * window, &[1279 << 16, 719 << 16]));
        }
        expected.extend(packet(0x200, &[1280 << 16, 720 << 16]));
        expected.extend(packet(0x1d88, &[720 | 1 << 12]));
        assert_eq!(words, expected);
    }

    #[test]
    fn targets_in_main_memory_and_without_depth_are_said_so() {
        let color = Plane {
            at: Address::main(0x1000),
            pitch: 64,
        };
        let target = Target {
            color,
            depth: None,
            ..TARGET
        };
        let words = sent(|context| context.set_target(&target).expect("room"));
        assert_eq!(words[0], (0x194, 0xfeed_0001));
        assert_eq!(words[1], (0x198, 0xfeed_0000));
        assert!(words.contains(&(0x214, 0)) && words.contains(&(0x22c, 64)));
    }

    #[test]
    fn targets_that_the_hardware_cannot_take_are_refused() {
        let refused = |target: Target| match context(2).set_target(&target) {
            Err(FifoError::Argument(error)) => error.name,
            other => panic!("{other:?}"),
        };
        let color = |offset, pitch| Target {
            color: Plane {
                at: Address::local(offset),
                pitch,
            },
            ..TARGET
        };
        assert_eq!(refused(color(32, 64)), "surface offset");
        assert_eq!(refused(color(64, 100)), "surface pitch");
        assert_eq!(refused(color(64, 0)), "surface pitch");
        assert_eq!(refused(Target { width: 0, ..TARGET }), "target width");
        assert_eq!(
            refused(Target {
                height: 4097,
                ..TARGET
            }),
            "target height"
        );
    }

    #[test]
    fn viewports_are_the_documented_words() {
        let viewport = Viewport::fill(Rect::of_size(1280, 720));
        let words = sent(|context| context.set_viewport(&viewport).expect("room"));
        let mut expected = packet(0xa00, &[1280 << 16, 720 << 16]);
        expected.extend(packet(0x394, &[0, 0x3f80_0000]));
        let floats = [640.0f32, 360.0, 0.5, 0.0, 640.0, -360.0, 0.5, 0.0];
        expected.extend(packet(0xa20, &floats.map(f32::to_bits)));
        assert_eq!(words, expected);
    }

    #[test]
    fn scissor_and_clear_are_the_documented_words() {
        let area = Rect {
            x: 1,
            y: 2,
            width: 3,
            height: 4,
        };
        let words = sent(|context| context.set_scissor(area).expect("room"));
        assert_eq!(words, [(0x8c0, 3 << 16 | 1), (0x8c4, 4 << 16 | 2)]);
        assert!(context(2).set_scissor(Rect::of_size(4097, 1)).is_err());
        let words = sent(|context| context.clear_color(Argb(0x8012_3456)).expect("room"));
        assert_eq!(words, [(0x1d90, 0x8012_3456), (0x1d94, 0xf0), (0x100, 0)]);
    }
}
