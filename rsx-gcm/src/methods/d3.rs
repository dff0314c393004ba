//! Methods of the 3D engine (class NV4097) on subchannel 0.

use super::method::methods;

methods! {
    D3;
    /// Does nothing.
    NO_OPERATION = 0x100;
    /// Waits until everything before has been drawn.
    WAIT_FOR_IDLE = 0x110;
    /// Memory object of colour target 1 (B).
    SET_CONTEXT_DMA_COLOR_B = 0x18c;
    /// Memory object of colour target 0 (A), see [`super::fields::dma`].
    SET_CONTEXT_DMA_COLOR_A = 0x194;
    /// Memory object of the depth target.
    SET_CONTEXT_DMA_ZETA = 0x198;
    /// Memory object of the labels that [`SET_SEMAPHORE_OFFSET`] counts in.
    SET_CONTEXT_DMA_SEMAPHORE = 0x1a4;
    /// Memory object of colour target 2 (C).
    SET_CONTEXT_DMA_COLOR_C = 0x1b4;
    /// Memory object of colour target 3 (D).
    SET_CONTEXT_DMA_COLOR_D = 0x1b8;
    /// First column and width of the target, see [`super::fields::Extent`].
    SET_SURFACE_CLIP_HORIZONTAL = 0x200;
    /// First row and height of the target, see [`super::fields::Extent`].
    SET_SURFACE_CLIP_VERTICAL = 0x204;
    /// Formats of the target, see [`super::fields::SurfaceFormat`].
    SET_SURFACE_FORMAT = 0x208;
    /// Pitch of colour target 0 in bytes.
    SET_SURFACE_PITCH_A = 0x20c;
    /// Offset of colour target 0.
    SET_SURFACE_COLOR_AOFFSET = 0x210;
    /// Offset of the depth target.
    SET_SURFACE_ZETA_OFFSET = 0x214;
    /// Offset of colour target 1.
    SET_SURFACE_COLOR_BOFFSET = 0x218;
    /// Pitch of colour target 1 in bytes.
    SET_SURFACE_PITCH_B = 0x21c;
    /// Which colour targets are written, see [`super::fields::ColorTarget`].
    SET_SURFACE_COLOR_TARGET = 0x220;
    /// Pitch of the depth target in bytes.
    SET_SURFACE_PITCH_Z = 0x22c;
    /// Pitch of colour target 2 in bytes.
    SET_SURFACE_PITCH_C = 0x280;
    /// Pitch of colour target 3 in bytes.
    SET_SURFACE_PITCH_D = 0x284;
    /// Offset of colour target 2.
    SET_SURFACE_COLOR_COFFSET = 0x288;
    /// Offset of colour target 3.
    SET_SURFACE_COLOR_DOFFSET = 0x28c;
    /// Added to window coordinates, see [`super::fields::Point`].
    SET_WINDOW_OFFSET = 0x2b8;
    /// Columns of the window clip rectangles, see [`super::fields::ClipRange`].
    SET_WINDOW_CLIP_HORIZONTAL = 0x2c0, 8 every 8;
    /// Rows of the window clip rectangles, see [`super::fields::ClipRange`].
    SET_WINDOW_CLIP_VERTICAL = 0x2c4, 8 every 8;
    /// Dithering, 0 or 1.
    SET_DITHER_ENABLE = 0x300;
    /// Alpha test, 0 or 1.
    SET_ALPHA_TEST_ENABLE = 0x304;
    /// Blending of colour target 0, 0 or 1.
    SET_BLEND_ENABLE = 0x310;
    /// Source factors, see [`super::fields::BlendFactors`].
    SET_BLEND_FUNC_SFACTOR = 0x314;
    /// Destination factors, see [`super::fields::BlendFactors`].
    SET_BLEND_FUNC_DFACTOR = 0x318;
    /// Constant blend colour, see [`super::fields::Argb`].
    SET_BLEND_COLOR = 0x31c;
    /// Equations, see [`super::fields::BlendEquations`].
    SET_BLEND_EQUATION = 0x320;
    /// Written components of colour target 0, see [`super::fields::ColorMask`].
    SET_COLOR_MASK = 0x324;
    /// Stencil test, 0 or 1.
    SET_STENCIL_TEST_ENABLE = 0x328;
    /// Stencil test of back faces, 0 or 1.
    SET_TWO_SIDED_STENCIL_TEST_ENABLE = 0x348;
    /// Interpolation of colours, see [`super::fields::ShadeMode`].
    SET_SHADE_MODE = 0x368;
    /// Blending of colour targets 1 to 3 in bits 1 to 3.
    SET_BLEND_ENABLE_MRT = 0x36c;
    /// Written components of colour targets 1 to 3, 4 bits each from bit 4.
    SET_COLOR_MASK_MRT = 0x370;
    /// Logical operation, 0 or 1.
    SET_LOGIC_OP_ENABLE = 0x374;
    /// Depth range, near, a float.
    SET_CLIP_MIN = 0x394;
    /// Depth range, far, a float.
    SET_CLIP_MAX = 0x398;
    /// First column and width of the scissor rectangle, see [`super::fields::Extent`].
    SET_SCISSOR_HORIZONTAL = 0x8c0;
    /// First row and height of the scissor rectangle, see [`super::fields::Extent`].
    SET_SCISSOR_VERTICAL = 0x8c4;
    /// Where the fragment program lies, see [`super::fields::ShaderProgram`].
    SET_SHADER_PROGRAM = 0x8e4;
    /// First column and width of the viewport, see [`super::fields::Extent`].
    SET_VIEWPORT_HORIZONTAL = 0xa00;
    /// First row and height of the viewport, see [`super::fields::Extent`].
    SET_VIEWPORT_VERTICAL = 0xa04;
    /// Viewport translation x, y, z, w: floats.
    SET_VIEWPORT_OFFSET = 0xa20, 4 every 4;
    /// Viewport scale x, y, z, w: floats.
    SET_VIEWPORT_SCALE = 0xa30, 4 every 4;
    /// Writing of depth, 0 or 1.
    SET_DEPTH_MASK = 0xa70;
    /// Depth test, 0 or 1.
    SET_DEPTH_TEST_ENABLE = 0xa74;
    /// Of each texture coordinate, see [`super::fields::TexCoordControl`].
    SET_TEX_COORD_CONTROL = 0xb40, 10 every 4;
    /// Words of vertex instructions; after four of them the load slot advances.
    SET_TRANSFORM_PROGRAM = 0xb80, 32 every 4;
    /// User clip planes, 0 for none.
    SET_USER_CLIP_PLANE_CONTROL = 0x1478;
    /// Where a vertex array starts, see [`super::fields::ArrayOffset`].
    SET_VERTEX_DATA_ARRAY_OFFSET = 0x1680, 16 every 4;
    /// Drops the cache of vertices read from memory; the argument is 0.
    INVALIDATE_VERTEX_CACHE_FILE = 0x1710;
    /// Drops the cache of transformed vertices; the argument is 0.
    INVALIDATE_VERTEX_FILE = 0x1714;
    /// Added to the offsets of all vertex arrays.
    SET_VERTEX_DATA_BASE_OFFSET = 0x1738;
    /// Added to each index of an indexed draw.
    SET_VERTEX_DATA_BASE_INDEX = 0x173c;
    /// Element layout of a vertex array, see [`super::fields::ArrayFormat`].
    SET_VERTEX_DATA_ARRAY_FORMAT = 0x1740, 16 every 4;
    /// Starts and ends a run of primitives, see [`super::fields::Primitive`]; 0 ends.
    SET_BEGIN_END = 0x1808;
    /// Draws vertices in order, see [`super::fields::DrawRange`].
    DRAW_ARRAYS = 0x1814;
    /// Words of vertices in the command stream.
    INLINE_ARRAY = 0x1818;
    /// Offset of the index array.
    SET_INDEX_ARRAY_ADDRESS = 0x181c;
    /// Kind of the indices, see [`super::fields::IndexArrayDma`].
    SET_INDEX_ARRAY_DMA = 0x1820;
    /// Draws by index, see [`super::fields::DrawRange`].
    DRAW_INDEX_ARRAY = 0x1824;
    /// Which faces are culled, see [`super::fields::CullFace`].
    SET_CULL_FACE = 0x1830;
    /// Which winding is the front, see [`super::fields::FrontFace`].
    SET_FRONT_FACE = 0x1834;
    /// Culling, 0 or 1.
    SET_CULL_FACE_ENABLE = 0x183c;
    /// Depth and pitch of a texture, see [`super::fields::TextureControl3`].
    SET_TEXTURE_CONTROL3 = 0x1840, 16 every 4;
    /// First float of a two-float attribute.
    SET_VERTEX_DATA2F_X = 0x1880, 16 every 8;
    /// Second float of a two-float attribute; that of attribute 0 makes the vertex.
    SET_VERTEX_DATA2F_Y = 0x1884, 16 every 8;
    /// Four bytes of an attribute, x in the lowest.
    SET_VERTEX_DATA4UB = 0x1940, 16 every 4;
    /// Where a texture lies.
    SET_TEXTURE_OFFSET = 0x1a00, 16 every 32;
    /// Layout of a texture, see [`super::fields::TextureFormat`].
    SET_TEXTURE_FORMAT = 0x1a04, 16 every 32;
    /// Wrap modes, see [`super::fields::TextureAddress`].
    SET_TEXTURE_ADDRESS = 0x1a08, 16 every 32;
    /// Enable and level of detail, see [`super::fields::TextureControl0`].
    SET_TEXTURE_CONTROL0 = 0x1a0c, 16 every 32;
    /// Component remap, see [`super::fields::TextureRemap`].
    SET_TEXTURE_CONTROL1 = 0x1a10, 16 every 32;
    /// Filters, see [`super::fields::TextureFilter`].
    SET_TEXTURE_FILTER = 0x1a14, 16 every 32;
    /// Width and height, see [`super::fields::TextureRect`].
    SET_TEXTURE_IMAGE_RECT = 0x1a18, 16 every 32;
    /// Border colour, see [`super::fields::Argb`].
    SET_TEXTURE_BORDER_COLOR = 0x1a1c, 16 every 32;
    /// How the fragment program runs, see [`super::fields::ShaderControl`].
    SET_SHADER_CONTROL = 0x1d60;
    /// Byte offset of a label: 16 × index.
    SET_SEMAPHORE_OFFSET = 0x1d6c;
    /// Writes a label after everything before has been drawn, see [`super::fields::swap_label_bytes`].
    BACK_END_WRITE_SEMAPHORE_RELEASE = 0x1d70;
    /// Writes a label after all textures before have been read.
    TEXTURE_READ_SEMAPHORE_RELEASE = 0x1d74;
    /// Culling and clamping in depth, see [`super::fields::ZMinMaxControl`].
    SET_ZMIN_MAX_CONTROL = 0x1d78;
    /// Height and origin of window coordinates, see [`super::fields::ShaderWindow`].
    SET_SHADER_WINDOW = 0x1d88;
    /// Clear values of depth and stencil: depth in bits 8 to 31.
    SET_ZSTENCIL_CLEAR_VALUE = 0x1d8c;
    /// Clear colour, see [`super::fields::Argb`].
    SET_COLOR_CLEAR_VALUE = 0x1d90;
    /// Clears within the scissor rectangle, see [`super::fields::ClearMask`].
    CLEAR_SURFACE = 0x1d94;
    /// Slot that the next vertex instruction is loaded to, 0 to 511.
    SET_TRANSFORM_PROGRAM_LOAD = 0x1e9c;
    /// Slot that the vertex program starts at, 0 to 511.
    SET_TRANSFORM_PROGRAM_START = 0x1ea0;
    /// Limits of the vertex program's run time and registers, see [`super::fields::TransformTimeout`].
    SET_TRANSFORM_TIMEOUT = 0x1ef8;
    /// Slot that the next vertex constant is loaded to, 0 to 467.
    SET_TRANSFORM_CONSTANT_LOAD = 0x1efc;
    /// Words of vertex constants; after four of them the load slot advances.
    SET_TRANSFORM_CONSTANT = 0x1f00, 32 every 4;
    /// Drops the texture cache, see [`super::fields::InvalidateTextures`].
    INVALIDATE_L2 = 0x1fd8;
    /// Attributes that the vertex program reads, bit = attribute.
    SET_VERTEX_ATTRIB_INPUT_MASK = 0x1ff0;
    /// Results that the vertex program writes, see [`super::fields::OutputMask`].
    SET_VERTEX_ATTRIB_OUTPUT_MASK = 0x1ff4;
}
