//! Arguments about the 2D objects and about flips.

use crate::methods::bits::{arguments, values};

values! {
    /// Texel formats of the 2D surface.
    pub enum Surface2dFormat {
        /// 16 bits.
        R5G6B5 = 4,
        /// 32 bits.
        A8R8G8B8 = 0xa,
        /// 32 bits, no meaning.
        Y32 = 0xb,
    }
}

arguments! {
    /// Of `SET_PITCH` of the 2D surface.
    pub struct Surface2dPitch {
        /// Bytes from row to row of the source.
        source / with_source: u32 = 0, 16;
        /// Bytes from row to row of the target.
        destination / with_destination: u32 = 16, 16;
    }

    /// A point in texels.
    pub struct Point {
        /// Column.
        x / with_x: u32 = 0, 16;
        /// Row.
        y / with_y: u32 = 16, 16;
    }

    /// A size in texels.
    pub struct Size {
        /// Width.
        width / with_width: u32 = 0, 16;
        /// Height.
        height / with_height: u32 = 16, 16;
    }

    /// Of `QUEUE_FLIP`.
    pub struct QueueFlip {
        /// The display buffer, 0 to 7.
        buffer / with_buffer: u32 = 0, 4;
    }

    /// Of `FLIP_HEAD`.
    pub struct FlipHead {
        /// The display buffer, 0 to 7; 8 to 15 take the one queued last.
        buffer / with_buffer: u32 = 0, 4;
        /// A display buffer is meant; without it the argument is the offset of one.
        queued / with_queued: bool = 31, 1;
    }
}
