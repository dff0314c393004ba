//! Every method in use: number, name and the layout of its argument.
//!
//! A method is a register of one of the engine objects behind the FIFO. A
//! packet's header carries its byte offset together with the subchannel that
//! the object is bound to (see [`crate::fifo::packet`]); [`Method`] holds both
//! in the way the header does. Encoders and the emulator share these names and
//! layouts and nothing else.
//!
//! Sources: the public names of the object classes NV406E, NV4097, NV3062 and
//! NV308A (RPCS3 `gcm_enums.h`, PSL1GHT `rsx/nv40.h`), field layouts from
//! envytools `rnndb/graph/nv30-40_3d.xml`, and what was tried on RPCS3.

pub(crate) mod bits;
mod method;

pub mod channel;
pub mod d3;
pub mod driver;
pub mod fields;
pub mod image;
pub mod surface2d;

pub use bits::{Field, UnknownValue};
pub use method::{Array, Entry, Method, Subchannel};

/// The entry that `method` belongs to: its name, and for an array the element.
///
/// `None` where the method is in no table of this module.
#[must_use]
pub fn lookup(method: Method) -> Option<(&'static Entry, u32)> {
    [
        channel::TABLE,
        d3::TABLE,
        surface2d::TABLE,
        image::TABLE,
        driver::TABLE,
    ]
    .into_iter()
    .flatten()
    .find_map(|entry| entry.array.index_of(method).map(|index| (entry, index)))
}

#[cfg(test)]
mod tests;
