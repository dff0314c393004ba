//! Arguments about the fragment program and its inputs.

use crate::methods::bits::{arguments, values};

values! {
    /// Where a fragment program or texture lies, as their own arguments say it.
    pub enum ProgramLocation {
        /// Local memory.
        Local = 1,
        /// Main memory.
        Main = 2,
    }
}

arguments! {
    /// Of `SET_SHADER_PROGRAM`. The offset's own low bits are zero: programs are aligned to 64 bytes and more.
    pub struct ShaderProgram {
        /// Which memory.
        location / with_location: ProgramLocation = 0, 2;
        /// Byte offset divided by 4.
        offset_words / with_offset_words: u32 = 2, 30;
    }

    /// Of `SET_SHADER_CONTROL`.
    pub struct ShaderControl {
        /// Depth is taken from R1.z; all three bits are set together.
        depth_export / with_depth_export: u32 = 1, 3;
        /// Results are R registers, not H.
        full_precision / with_full_precision: bool = 6, 1;
        /// The program uses KIL.
        kill / with_kill: bool = 7, 1;
        /// Set always.
        always / with_always: bool = 10, 1;
        /// Number of R registers, 2 at least.
        registers / with_registers: u32 = 24, 8;
    }

    /// Of `SET_TEX_COORD_CONTROL`.
    pub struct TexCoordControl {
        /// Only two components are used.
        two_dimensional / with_two_dimensional: bool = 0, 1;
        /// Centroid sampling.
        centroid / with_centroid: bool = 4, 1;
    }

    /// Of `INVALIDATE_L2`: which textures leave the cache.
    pub struct InvalidateTextures {
        /// Those of fragment programs.
        fragment / with_fragment: bool = 0, 1;
        /// Those of vertex programs.
        vertex / with_vertex: bool = 1, 1;
    }
}

/// The argument of a back-end label release for `value`: bytes 0 and 2 change places on the way to memory.
#[must_use]
pub const fn swap_label_bytes(value: u32) -> u32 {
    value & 0xff00_ff00 | value >> 16 & 0xff | (value & 0xff) << 16
}
