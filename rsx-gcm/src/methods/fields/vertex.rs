//! Arguments about vertices and the vertex program.

use crate::methods::bits::{arguments, values};

values! {
    /// Type of a vertex attribute's components.
    pub enum AttributeType {
        /// Signed 16 bits, normalised to -1 to 1.
        S16Normalized = 1,
        /// 32-bit float.
        F32 = 2,
        /// 16-bit float.
        F16 = 3,
        /// Unsigned 8 bits, normalised to 0 to 1.
        U8Normalized = 4,
        /// Signed 16 bits as they are.
        S16 = 5,
        /// Three components in 32 bits: 11, 11 and 10.
        Packed11_11_10 = 6,
        /// Unsigned 8 bits as they are.
        U8 = 7,
    }
}

arguments! {
    /// Of `SET_VERTEX_DATA_ARRAY_FORMAT`.
    pub struct ArrayFormat {
        /// Component type.
        kind / with_kind: AttributeType = 0, 3;
        /// Number of components; 0 turns the array off.
        size / with_size: u32 = 4, 4;
        /// Bytes from vertex to vertex.
        stride / with_stride: u32 = 8, 8;
        /// Vertices to an element where the divider is on.
        frequency / with_frequency: u32 = 16, 16;
    }

    /// Of `SET_VERTEX_DATA_ARRAY_OFFSET`.
    pub struct ArrayOffset {
        /// Byte offset.
        offset / with_offset: u32 = 0, 31;
        /// Main memory, not local.
        main / with_main: bool = 31, 1;
    }

    /// Of `SET_TRANSFORM_TIMEOUT`.
    pub struct TransformTimeout {
        /// Greatest number of instructions that run.
        count / with_count: u32 = 0, 16;
        /// Number of temporaries, as a multiple of what the program uses.
        registers / with_registers: u32 = 16, 16;
    }

    /// Of `SET_VERTEX_ATTRIB_OUTPUT_MASK`.
    pub struct OutputMask {
        /// Front diffuse colour (output 1).
        color0 / with_color0: bool = 0, 1;
        /// Front specular colour (output 2).
        color1 / with_color1: bool = 1, 1;
        /// Back diffuse colour (output 3).
        back_color0 / with_back_color0: bool = 2, 1;
        /// Back specular colour (output 4).
        back_color1 / with_back_color1: bool = 3, 1;
        /// Fog coordinate (output 5).
        fog / with_fog: bool = 4, 1;
        /// Point size (output 6); set always.
        point_size / with_point_size: bool = 5, 1;
        /// Clip distances 0 to 5, one bit each.
        clip / with_clip: u32 = 6, 6;
        /// Texture coordinate 8.
        texcoord8 / with_texcoord8: bool = 12, 1;
        /// Texture coordinate 9.
        texcoord9 / with_texcoord9: bool = 13, 1;
        /// Texture coordinates 0 to 7, one bit each.
        texcoords / with_texcoords: u32 = 14, 8;
    }
}
