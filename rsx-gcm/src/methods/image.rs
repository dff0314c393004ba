//! Methods of the image from the FIFO (class NV308A) on subchannel 5: it copies words of the command stream to the 2D surface.
//!
//! The firmware has set it to copy 32-bit texels unchanged; the methods for that are not in use here.

use super::method::methods;

methods! {
    Image;
    /// Where the image goes, in texels, see [`super::fields::Point`].
    POINT = 0x304;
    /// Size in the target, in texels, see [`super::fields::Size`].
    SIZE_OUT = 0x308;
    /// Size in the stream, in texels, see [`super::fields::Size`].
    SIZE_IN = 0x30c;
    /// The texels, an even number of words in all.
    COLOR = 0x400, 1792 every 4;
}
