//! Methods of the 2D surface (class NV3062) on subchannel 3: the target of [`super::image`].

use super::method::methods;

methods! {
    Surface2d;
    /// Memory object of the source, see [`super::fields::dma`].
    SET_CONTEXT_DMA_IMAGE_SOURCE = 0x184;
    /// Memory object of the target, see [`super::fields::dma`].
    SET_CONTEXT_DMA_IMAGE_DESTIN = 0x188;
    /// Texel format, see [`super::fields::Surface2dFormat`].
    SET_COLOR_FORMAT = 0x300;
    /// Pitches in bytes, see [`super::fields::Surface2dPitch`].
    SET_PITCH = 0x304;
    /// Byte offset of the source, a multiple of 64.
    SET_OFFSET_SOURCE = 0x308;
    /// Byte offset of the target, a multiple of 64.
    SET_OFFSET_DESTIN = 0x30c;
}
