//! Registers of the 3D object: which exist, what they may hold, and what they hold after a reset.
//!
//! Numbers and names: envytools `nv30-40_3d.xml`, RPCS3 `gcm_enums.h`; values
//! after a reset: RPCS3 `rsx_methods.cpp`, what the firmware sets.

use rsx_gcm::methods::Method;
use rsx_gcm::methods::fields::{BlendEquations, BlendFactors, CullFace, FrontFace, ShadeMode};

use super::compare::Comparison;
use super::depth::Operation;
use super::report::Problem;

/// What a method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing knows it.
    Unknown,
    /// Something happens at once.
    Action,
    /// A register that this device reads.
    State,
    /// A register for which there is nothing to do here: caches, timing, early tests, features that are off.
    Idle,
    /// A feature that must stay off: 0.
    Off,
}

/// Number of methods of an object.
const COUNT: usize = 0x800;

/// Offsets of methods, those of an array with the first.
pub mod at {
    macro_rules! methods {
        ($($name:ident = $offset:literal $(x $count:literal every $stride:literal)?, $kind:ident;)*) => {
            $(#[doc = concat!("`", stringify!($name), "`.")] pub const $name: u16 = $offset;)*

            /// Name, offset, number, distance and kind.
            pub(super) const TABLE: &[(&str, u16, u16, u16, super::Kind)] = &[
                $((stringify!($name), $offset, methods!(@count $($count)?), methods!(@stride $($stride)?), super::Kind::$kind),)*
            ];
        };
        (@count) => { 1 };
        (@count $count:literal) => { $count };
        (@stride) => { 4 };
        (@stride $stride:literal) => { $stride };
    }

    methods! {
        SET_OBJECT = 0x000, Idle;
        SET_REFERENCE = 0x050, Action;
        SET_CONTEXT_DMA_SEMAPHORE_CHANNEL = 0x060, Idle;
        SEMAPHORE_OFFSET = 0x064, State;
        SEMAPHORE_ACQUIRE = 0x068, Action;
        SEMAPHORE_RELEASE = 0x06c, Action;
        NO_OPERATION = 0x100, Idle;
        WAIT_FOR_IDLE = 0x110, Idle;
        SET_CONTEXT_DMA_NOTIFIES = 0x180, Idle;
        SET_CONTEXT_DMA_A = 0x184, Idle;
        SET_CONTEXT_DMA_B = 0x188, Idle;
        SET_CONTEXT_DMA_COLOR_B = 0x18c, State;
        SET_CONTEXT_DMA_STATE = 0x190, Idle;
        SET_CONTEXT_DMA_COLOR_A = 0x194, State;
        SET_CONTEXT_DMA_ZETA = 0x198, State;
        SET_CONTEXT_DMA_VERTEX_A = 0x19c, Idle;
        SET_CONTEXT_DMA_VERTEX_B = 0x1a0, Idle;
        SET_CONTEXT_DMA_SEMAPHORE = 0x1a4, Idle;
        SET_CONTEXT_DMA_REPORT = 0x1a8, State;
        SET_CONTEXT_DMA_CLIP_ID = 0x1ac, Idle;
        SET_CONTEXT_DMA_CULL_DATA = 0x1b0, Idle;
        SET_CONTEXT_DMA_COLOR_C = 0x1b4, State;
        SET_CONTEXT_DMA_COLOR_D = 0x1b8, State;
        SET_SURFACE_CLIP_HORIZONTAL = 0x200, State;
        SET_SURFACE_CLIP_VERTICAL = 0x204, State;
        SET_SURFACE_FORMAT = 0x208, State;
        SET_SURFACE_PITCH_A = 0x20c, State;
        SET_SURFACE_COLOR_AOFFSET = 0x210, State;
        SET_SURFACE_ZETA_OFFSET = 0x214, State;
        SET_SURFACE_COLOR_BOFFSET = 0x218, State;
        SET_SURFACE_PITCH_B = 0x21c, State;
        SET_SURFACE_COLOR_TARGET = 0x220, State;
        SET_SURFACE_PITCH_Z = 0x22c, State;
        INVALIDATE_ZCULL = 0x234, Idle;
        SET_CYLINDRICAL_WRAP = 0x238 x 2 every 4, Off;
        SET_SURFACE_PITCH_C = 0x280, State;
        SET_SURFACE_PITCH_D = 0x284, State;
        SET_SURFACE_COLOR_COFFSET = 0x288, State;
        SET_SURFACE_COLOR_DOFFSET = 0x28c, State;
        SET_WINDOW_OFFSET = 0x2b8, State;
        SET_WINDOW_CLIP_TYPE = 0x2bc, Off;
        SET_WINDOW_CLIP_HORIZONTAL = 0x2c0 x 8 every 8, State;
        SET_WINDOW_CLIP_VERTICAL = 0x2c4 x 8 every 8, State;
        SET_DITHER_ENABLE = 0x300, Idle;
        SET_ALPHA_TEST_ENABLE = 0x304, State;
        SET_ALPHA_FUNC = 0x308, State;
        SET_ALPHA_REF = 0x30c, State;
        SET_BLEND_ENABLE = 0x310, State;
        SET_BLEND_FUNC_SFACTOR = 0x314, State;
        SET_BLEND_FUNC_DFACTOR = 0x318, State;
        SET_BLEND_COLOR = 0x31c, State;
        SET_BLEND_EQUATION = 0x320, State;
        SET_COLOR_MASK = 0x324, State;
        SET_STENCIL_TEST_ENABLE = 0x328, State;
        SET_STENCIL_MASK = 0x32c, State;
        SET_STENCIL_FUNC = 0x330, State;
        SET_STENCIL_FUNC_REF = 0x334, State;
        SET_STENCIL_FUNC_MASK = 0x338, State;
        SET_STENCIL_OP_FAIL = 0x33c, State;
        SET_STENCIL_OP_ZFAIL = 0x340, State;
        SET_STENCIL_OP_ZPASS = 0x344, State;
        SET_TWO_SIDED_STENCIL_TEST_ENABLE = 0x348, State;
        SET_BACK_STENCIL_MASK = 0x34c, State;
        SET_BACK_STENCIL_FUNC = 0x350, State;
        SET_BACK_STENCIL_FUNC_REF = 0x354, State;
        SET_BACK_STENCIL_FUNC_MASK = 0x358, State;
        SET_BACK_STENCIL_OP_FAIL = 0x35c, State;
        SET_BACK_STENCIL_OP_ZFAIL = 0x360, State;
        SET_BACK_STENCIL_OP_ZPASS = 0x364, State;
        SET_SHADE_MODE = 0x368, State;
        SET_BLEND_ENABLE_MRT = 0x36c, State;
        SET_COLOR_MASK_MRT = 0x370, State;
        SET_LOGIC_OP_ENABLE = 0x374, Off;
        SET_LOGIC_OP = 0x378, Idle;
        SET_BLEND_COLOR2 = 0x37c, Idle;
        SET_DEPTH_BOUNDS_TEST_ENABLE = 0x380, State;
        SET_DEPTH_BOUNDS_MIN = 0x384, State;
        SET_DEPTH_BOUNDS_MAX = 0x388, State;
        SET_CLIP_MIN = 0x394, State;
        SET_CLIP_MAX = 0x398, State;
        SET_CONTROL0 = 0x3b0, State;
        SET_LINE_WIDTH = 0x3b8, State;
        SET_LINE_SMOOTH_ENABLE = 0x3bc, Off;
        SET_ANISO_SPREAD = 0x3c0 x 16 every 4, Idle;
        SET_SCISSOR_HORIZONTAL = 0x8c0, State;
        SET_SCISSOR_VERTICAL = 0x8c4, State;
        SET_FOG_MODE = 0x8cc, Idle;
        SET_FOG_PARAMS = 0x8d0 x 3 every 4, Idle;
        SET_SHADER_PROGRAM = 0x8e4, Action;
        SET_VERTEX_TEXTURE_CONTROL0 = 0x90c x 4 every 32, Off;
        SET_VIEWPORT_HORIZONTAL = 0xa00, State;
        SET_VIEWPORT_VERTICAL = 0xa04, State;
        SET_POINT_CENTER_MODE = 0xa0c, Idle;
        ZCULL_SYNC = 0xa1c, Idle;
        SET_VIEWPORT_OFFSET = 0xa20 x 4 every 4, State;
        SET_VIEWPORT_SCALE = 0xa30 x 4 every 4, State;
        SET_POLY_OFFSET_POINT_ENABLE = 0xa60, Idle;
        SET_POLY_OFFSET_LINE_ENABLE = 0xa64, Idle;
        SET_POLY_OFFSET_FILL_ENABLE = 0xa68, State;
        SET_DEPTH_FUNC = 0xa6c, State;
        SET_DEPTH_MASK = 0xa70, State;
        SET_DEPTH_TEST_ENABLE = 0xa74, State;
        SET_POLYGON_OFFSET_SCALE_FACTOR = 0xa78, State;
        SET_POLYGON_OFFSET_BIAS = 0xa7c, State;
        SET_TEXTURE_CONTROL2 = 0xb00 x 16 every 4, Idle;
        SET_TEX_COORD_CONTROL = 0xb40 x 10 every 4, State;
        SET_TRANSFORM_PROGRAM = 0xb80 x 32 every 4, Action;
        SET_SPECULAR_ENABLE = 0x1428, Idle;
        SET_TWO_SIDE_LIGHT_EN = 0x142c, State;
        CLEAR_ZCULL_SURFACE = 0x1438, Idle;
        SET_PERFORMANCE_PARAMS = 0x1450, Idle;
        SET_FLAT_SHADE_OP = 0x1454, Off;
        SET_EDGE_FLAG = 0x145c, Idle;
        SET_USER_CLIP_PLANE_CONTROL = 0x1478, Off;
        SET_POLYGON_STIPPLE = 0x147c, Off;
        SET_POLYGON_STIPPLE_PATTERN = 0x1480 x 32 every 4, Idle;
        SET_VERTEX_DATA3F = 0x1500 x 64 every 4, Action;
        SET_VERTEX_DATA_ARRAY_OFFSET = 0x1680 x 16 every 4, State;
        INVALIDATE_VERTEX_CACHE_FILE = 0x1710, Idle;
        INVALIDATE_VERTEX_FILE = 0x1714, Idle;
        PIPE_NOP = 0x1718, Idle;
        SET_VERTEX_DATA_BASE_OFFSET = 0x1738, State;
        SET_VERTEX_DATA_BASE_INDEX = 0x173c, State;
        SET_VERTEX_DATA_ARRAY_FORMAT = 0x1740 x 16 every 4, State;
        CLEAR_REPORT_VALUE = 0x17c8, Action;
        SET_ZPASS_PIXEL_COUNT_ENABLE = 0x17cc, State;
        GET_REPORT = 0x1800, Action;
        SET_ZCULL_STATS_ENABLE = 0x1804, State;
        SET_BEGIN_END = 0x1808, Action;
        DRAW_ARRAYS = 0x1814, Action;
        INLINE_ARRAY = 0x1818, Action;
        SET_INDEX_ARRAY_ADDRESS = 0x181c, State;
        SET_INDEX_ARRAY_DMA = 0x1820, State;
        DRAW_INDEX_ARRAY = 0x1824, Action;
        SET_FRONT_POLYGON_MODE = 0x1828, State;
        SET_BACK_POLYGON_MODE = 0x182c, State;
        SET_CULL_FACE = 0x1830, State;
        SET_FRONT_FACE = 0x1834, State;
        SET_POLY_SMOOTH_ENABLE = 0x1838, Off;
        SET_CULL_FACE_ENABLE = 0x183c, State;
        SET_TEXTURE_CONTROL3 = 0x1840 x 16 every 4, State;
        SET_VERTEX_DATA2F = 0x1880 x 32 every 4, Action;
        SET_VERTEX_DATA2S = 0x1900 x 16 every 4, Action;
        SET_VERTEX_DATA4UB = 0x1940 x 16 every 4, Action;
        SET_VERTEX_DATA4S = 0x1980 x 32 every 4, Action;
        SET_TEXTURE_OFFSET = 0x1a00 x 16 every 32, State;
        SET_TEXTURE_FORMAT = 0x1a04 x 16 every 32, State;
        SET_TEXTURE_ADDRESS = 0x1a08 x 16 every 32, State;
        SET_TEXTURE_CONTROL0 = 0x1a0c x 16 every 32, State;
        SET_TEXTURE_CONTROL1 = 0x1a10 x 16 every 32, State;
        SET_TEXTURE_FILTER = 0x1a14 x 16 every 32, State;
        SET_TEXTURE_IMAGE_RECT = 0x1a18 x 16 every 32, State;
        SET_TEXTURE_BORDER_COLOR = 0x1a1c x 16 every 32, State;
        SET_VERTEX_DATA4F = 0x1c00 x 64 every 4, Action;
        SET_COLOR_KEY_COLOR = 0x1d00 x 16 every 4, Idle;
        SET_SHADER_CONTROL = 0x1d60, State;
        SET_INDEXED_CONSTANT_READ_LIMITS = 0x1d64, Idle;
        SET_SEMAPHORE_OFFSET = 0x1d6c, State;
        BACK_END_WRITE_SEMAPHORE_RELEASE = 0x1d70, Action;
        TEXTURE_READ_SEMAPHORE_RELEASE = 0x1d74, Action;
        SET_ZMIN_MAX_CONTROL = 0x1d78, State;
        SET_ANTI_ALIASING_CONTROL = 0x1d7c, State;
        SET_SURFACE_COMPRESSION = 0x1d80, Idle;
        SET_ZCULL_EN = 0x1d84, Idle;
        SET_SHADER_WINDOW = 0x1d88, State;
        SET_ZSTENCIL_CLEAR_VALUE = 0x1d8c, State;
        SET_COLOR_CLEAR_VALUE = 0x1d90, State;
        CLEAR_SURFACE = 0x1d94, Action;
        SET_CLEAR_RECT = 0x1d98 x 2 every 4, Idle;
        SET_CLIP_ID_TEST_ENABLE = 0x1da4, Off;
        SET_RESTART_INDEX_ENABLE = 0x1dac, Off;
        SET_RESTART_INDEX = 0x1db0, Idle;
        SET_LINE_STIPPLE = 0x1db4, Off;
        SET_LINE_STIPPLE_PATTERN = 0x1db8, Idle;
        SET_VERTEX_DATA1F = 0x1e40 x 16 every 4, Action;
        SET_TRANSFORM_EXECUTION_MODE = 0x1e94, Idle;
        SET_RENDER_ENABLE = 0x1e98, State;
        SET_TRANSFORM_PROGRAM_LOAD = 0x1e9c, Action;
        SET_TRANSFORM_PROGRAM_START = 0x1ea0, State;
        SET_ZCULL_CONTROL0 = 0x1ea4, Idle;
        SET_ZCULL_CONTROL1 = 0x1ea8, Idle;
        SET_SCULL_CONTROL = 0x1eac, Idle;
        SET_POINT_SIZE = 0x1ee0, State;
        SET_POINT_PARAMS_ENABLE = 0x1ee4, Off;
        SET_POINT_SPRITE_CONTROL = 0x1ee8, Off;
        SET_TRANSFORM_TIMEOUT = 0x1ef8, Idle;
        SET_TRANSFORM_CONSTANT_LOAD = 0x1efc, Action;
        SET_TRANSFORM_CONSTANT = 0x1f00 x 32 every 4, Action;
        SET_FREQUENCY_DIVIDER_OPERATION = 0x1fc0, Off;
        INVALIDATE_L2 = 0x1fd8, Idle;
        SET_REDUCE_DST_COLOR = 0x1fe0, Idle;
        SET_NO_PARANOID_TEXTURE_FETCHES = 0x1fe8, Idle;
        SET_SHADER_PACKER = 0x1fec, Off;
        SET_VERTEX_ATTRIB_INPUT_MASK = 0x1ff0, State;
        SET_VERTEX_ATTRIB_OUTPUT_MASK = 0x1ff4, State;
        SET_TRANSFORM_BRANCH_BITS = 0x1ff8, Idle;
    }
}

/// Name of a method of the 3D object.
pub(crate) fn name(method: Method) -> Option<&'static str> {
    if method.subchannel() != 0 {
        return None;
    }
    let holds = |&&(_, first, count, stride, _): &&(&str, u16, u16, u16, Kind)| {
        let distance = method.offset().wrapping_sub(first);
        distance % stride == 0 && distance / stride < count
    };
    at::TABLE.iter().find(holds).map(|entry| entry.0)
}

/// All registers.
pub struct Registers {
    kinds: Vec<Kind>,
    words: Vec<u32>,
}

impl Default for Registers {
    fn default() -> Self {
        let mut kinds = vec![Kind::Unknown; COUNT];
        for &(_, first, count, stride, kind) in at::TABLE {
            for n in 0..count {
                kinds[usize::from(first + n * stride) / 4] = kind;
            }
        }
        let mut registers = Self {
            kinds,
            words: vec![0; COUNT],
        };
        registers.reset();
        registers
    }
}

/// Registers that are not 0 after a reset.
const RESET: &[(u16, u32)] = &[
    (at::SET_ALPHA_FUNC, 0x207),
    (at::SET_BLEND_FUNC_SFACTOR, 0x0001_0001),
    (at::SET_BLEND_EQUATION, 0x8006_8006),
    (at::SET_COLOR_MASK, 0x0101_0101),
    (at::SET_STENCIL_MASK, 0xff),
    (at::SET_STENCIL_FUNC, 0x207),
    (at::SET_STENCIL_FUNC_MASK, 0xff),
    (at::SET_STENCIL_OP_FAIL, 0x1e00),
    (at::SET_STENCIL_OP_ZFAIL, 0x1e00),
    (at::SET_STENCIL_OP_ZPASS, 0x1e00),
    (at::SET_BACK_STENCIL_MASK, 0xff),
    (at::SET_BACK_STENCIL_FUNC, 0x207),
    (at::SET_BACK_STENCIL_FUNC_MASK, 0xff),
    (at::SET_BACK_STENCIL_OP_FAIL, 0x1e00),
    (at::SET_BACK_STENCIL_OP_ZFAIL, 0x1e00),
    (at::SET_BACK_STENCIL_OP_ZPASS, 0x1e00),
    (at::SET_DEPTH_BOUNDS_MAX, 0x3f80_0000),
    (at::SET_DEPTH_FUNC, 0x201),
    (at::SET_DEPTH_MASK, 1),
    (at::SET_ZSTENCIL_CLEAR_VALUE, 0xffff_ff00),
    (at::SET_SHADE_MODE, 0x1d01),
    (at::SET_CLIP_MAX, 0x3f80_0000),
    (at::SET_LINE_WIDTH, 8),
    (at::SET_VIEWPORT_HORIZONTAL, 4096 << 16),
    (at::SET_VIEWPORT_VERTICAL, 4096 << 16),
    (at::SET_SCISSOR_HORIZONTAL, 4096 << 16),
    (at::SET_SCISSOR_VERTICAL, 4096 << 16),
    (at::SET_FRONT_POLYGON_MODE, 0x1b02),
    (at::SET_BACK_POLYGON_MODE, 0x1b02),
    (at::SET_CULL_FACE, 0x405),
    (at::SET_FRONT_FACE, 0x901),
    (at::SET_POINT_SIZE, 0x3f80_0000),
    (at::SET_ZMIN_MAX_CONTROL, 1),
    (at::SET_ANTI_ALIASING_CONTROL, 0xffff_0000),
    (at::SET_RENDER_ENABLE, 0x0100_0000),
    (at::SET_TRANSFORM_TIMEOUT, 0x0010_ffff),
    (at::SET_VERTEX_ATTRIB_INPUT_MASK, 0xffff),
    (at::SET_VERTEX_ATTRIB_OUTPUT_MASK, 0x003f_ffff),
];

/// Registers that a flip leaves alone: labels, and where vertex programs start and what they read and write.
const KEPT_BY_FLIP: &[u16] = &[
    at::SEMAPHORE_OFFSET,
    at::SET_CONTEXT_DMA_REPORT,
    at::SET_SEMAPHORE_OFFSET,
    at::SET_SHADER_CONTROL,
    at::SET_TRANSFORM_PROGRAM_START,
    at::SET_VERTEX_ATTRIB_INPUT_MASK,
    at::SET_VERTEX_ATTRIB_OUTPUT_MASK,
];

impl Registers {
    /// What a register holds.
    #[inline]
    #[must_use]
    pub fn get(&self, offset: u16) -> u32 {
        self.words[usize::from(offset) / 4]
    }

    /// What a register holds, as a float.
    #[must_use]
    pub fn float(&self, offset: u16) -> f32 {
        f32::from_bits(self.get(offset))
    }

    /// Sets a register.
    #[inline]
    pub fn set(&mut self, offset: u16, value: u32) {
        self.words[usize::from(offset) / 4] = value;
    }

    /// What a method does.
    #[inline]
    #[must_use]
    pub fn kind(&self, offset: u16) -> Kind {
        self.kinds[usize::from(offset) / 4]
    }

    /// Puts all registers back to what they hold when the RSX starts.
    pub fn reset(&mut self) {
        self.words.fill(0);
        for &(offset, value) in RESET {
            self.set(offset, value);
        }
        for n in 0..8 {
            self.set(at::SET_WINDOW_CLIP_HORIZONTAL + 8 * n, 4095 << 16);
            self.set(at::SET_WINDOW_CLIP_VERTICAL + 8 * n, 4095 << 16);
        }
        for n in 0..16 {
            // Off, of type F32.
            self.set(at::SET_VERTEX_DATA_ARRAY_FORMAT + 4 * n, 2);
        }
    }

    /// What the firmware's flip does to them.
    pub fn reset_by_flip(&mut self) {
        let kept: Vec<(u16, u32)> = KEPT_BY_FLIP.iter().map(|&at| (at, self.get(at))).collect();
        self.reset();
        for (offset, value) in kept {
            self.set(offset, value);
        }
    }

    /// Whether a register may hold `value`.
    ///
    /// # Errors
    /// The value means nothing or is not supported.
    pub fn check(&self, offset: u16, value: u32) -> Result<(), Problem> {
        let flag = || match value {
            0 | 1 => Ok(()),
            _ => Err(Problem::Invalid("neither 0 nor 1")),
        };
        let multiple = |what, multiple| {
            if value.is_multiple_of(multiple) {
                Ok(())
            } else {
                Err(Problem::Misaligned {
                    what,
                    value,
                    multiple,
                })
            }
        };
        if self.kind(offset) == Kind::Off {
            return if value == 0 {
                Ok(())
            } else {
                Err(Problem::Unsupported("this is not 0"))
            };
        }
        match offset {
            at::SET_ALPHA_TEST_ENABLE
            | at::SET_BLEND_ENABLE
            | at::SET_CULL_FACE_ENABLE
            | at::SET_TWO_SIDE_LIGHT_EN
            | at::SET_STENCIL_TEST_ENABLE
            | at::SET_TWO_SIDED_STENCIL_TEST_ENABLE
            | at::SET_DEPTH_BOUNDS_TEST_ENABLE
            | at::SET_DEPTH_TEST_ENABLE
            | at::SET_DEPTH_MASK
            | at::SET_POLY_OFFSET_FILL_ENABLE
            | at::SET_ZPASS_PIXEL_COUNT_ENABLE
            | at::SET_DITHER_ENABLE => flag(),
            at::SET_STENCIL_OP_FAIL
            | at::SET_STENCIL_OP_ZFAIL
            | at::SET_STENCIL_OP_ZPASS
            | at::SET_BACK_STENCIL_OP_FAIL
            | at::SET_BACK_STENCIL_OP_ZFAIL
            | at::SET_BACK_STENCIL_OP_ZPASS => match Operation::from_bits(value) {
                Some(_) => Ok(()),
                None => Err(Problem::Invalid("no such stencil operation")),
            },
            at::SET_ALPHA_FUNC
            | at::SET_DEPTH_FUNC
            | at::SET_STENCIL_FUNC
            | at::SET_BACK_STENCIL_FUNC => match Comparison::from_bits(value) {
                Some(_) => Ok(()),
                None => Err(Problem::Invalid("no such comparison")),
            },
            at::SET_BLEND_FUNC_SFACTOR | at::SET_BLEND_FUNC_DFACTOR => {
                BlendFactors(value).color()?;
                BlendFactors(value).alpha()?;
                Ok(())
            }
            at::SET_BLEND_EQUATION => {
                BlendEquations(value).color()?;
                BlendEquations(value).alpha()?;
                Ok(())
            }
            at::SET_SHADE_MODE => Ok(ShadeMode::from_bits(value).map(|_| ())?),
            at::SET_CULL_FACE => Ok(CullFace::from_bits(value).map(|_| ())?),
            at::SET_FRONT_FACE => Ok(FrontFace::from_bits(value).map(|_| ())?),
            at::SET_FRONT_POLYGON_MODE | at::SET_BACK_POLYGON_MODE if value != 0x1b02 => {
                Err(Problem::Unsupported("polygons that are not filled"))
            }
            at::SET_ANTI_ALIASING_CONTROL if value & 0xfffe != 0 => {
                Err(Problem::Unsupported("coverage by alpha"))
            }
            at::SET_RENDER_ENABLE if !matches!(value >> 24, 1 | 2) => {
                Err(Problem::Invalid("no such condition for rendering"))
            }
            at::SET_ZCULL_STATS_ENABLE if value != 0 => {
                Err(Problem::Unsupported("statistics of the ZCULL unit"))
            }
            at::SET_SURFACE_COLOR_AOFFSET
            | at::SET_SURFACE_COLOR_BOFFSET
            | at::SET_SURFACE_COLOR_COFFSET
            | at::SET_SURFACE_COLOR_DOFFSET
            | at::SET_SURFACE_ZETA_OFFSET => multiple("surface offset", 64),
            at::SET_SURFACE_PITCH_A
            | at::SET_SURFACE_PITCH_B
            | at::SET_SURFACE_PITCH_C
            | at::SET_SURFACE_PITCH_D
            | at::SET_SURFACE_PITCH_Z => multiple("surface pitch", 64),
            at::SEMAPHORE_OFFSET | at::SET_SEMAPHORE_OFFSET => multiple("label offset", 16),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsx_gcm::methods::{Subchannel, d3};

    #[test]
    fn tables_agree_with_the_encoder() {
        let registers = Registers::default();
        for entry in d3::TABLE.iter().chain(rsx_gcm::methods::channel::TABLE) {
            for n in 0..u32::from(entry.array.count) {
                let method = entry.array.at(n);
                assert_ne!(registers.kind(method.offset()), Kind::Unknown, "{method:?}");
            }
        }
    }

    #[test]
    fn no_method_is_listed_twice() {
        let mut seen = std::collections::HashMap::new();
        for &(name, first, count, stride, _) in at::TABLE {
            for n in 0..count {
                let offset = first + n * stride;
                assert_eq!(seen.insert(offset, name), None, "{offset:#x} {name}");
            }
        }
    }

    #[test]
    fn reset_values_are_allowed() {
        let registers = Registers::default();
        for &(offset, value) in RESET {
            assert_eq!(registers.check(offset, value), Ok(()), "{offset:#x}");
        }
    }

    #[test]
    fn features_that_are_not_there_cannot_be_turned_on() {
        let registers = Registers::default();
        assert!(registers.check(at::SET_LOGIC_OP_ENABLE, 1).is_err());
        assert!(
            registers
                .check(at::SET_BLEND_EQUATION, 0x8006_8005)
                .is_err()
        );
        assert!(registers.check(at::SET_SURFACE_PITCH_A, 100).is_err());
        assert_eq!(
            name(Method::new(Subchannel::D3, 0x308)),
            Some("SET_ALPHA_FUNC")
        );
        assert_eq!(name(Method::new(Subchannel::D3, 0x104)), None);
    }
}
