//! The RSX of the virtual PS3: executes the command FIFO and draws.
//!
//! Method names and argument layouts are those of [`rsx_gcm::methods`], which
//! the encoder uses, too; what they do is written from public documents
//! (envytools, Mesa's nouveau headers, the OpenGL extensions of the
//! generation, RPCS3 for facts that were seen on consoles), so that encoder and
//! device check each other.
//!
//! The [`Device`] works on memory that is not its own: that of the PPU, or of an [`Rsx`] that
//! stands alone.
//!
//! A word flows like this: the [`device`] fetches it from the [`fifo`], [`engine`] executes it against
//! [`registers`], a draw takes its [`state`], [`vertex`] shades vertices,
//! [`raster`] turns them into runs of pixels, [`shade`] runs [`fragment`]
//! programs over batches of them with [`texture`]s, [`depth`] tests them and
//! [`blend`] writes the pixels. What the device cannot do is collected as [`Report`]s, never passed
//! over in silence.
//!
//! The same commands give the same pixels on every host: all arithmetic is
//! integers and single IEEE operations, see [`maths`].
//!
//! Not modelled: mipmaps, fog, user clip planes, flow control in fragment programs,
//! denormals being flushed by the shader units; time only as [`time`] says.

pub mod adapter;
pub mod blend;
pub mod caches;
pub mod compare;
pub mod copy;
pub mod depth;
pub mod device;
pub mod display;
pub mod draw;
pub mod engine;
pub mod fifo;
pub mod fragment;
pub mod half;
pub mod maths;
pub mod memory;
pub mod raster;
pub mod registers;
pub mod report;
pub mod samples;
pub mod scale;
pub mod shade;
mod standalone;
pub mod state;
pub mod surface;
mod swizzle;
pub mod target;
pub mod texture;
pub mod time;
pub mod transfer;
pub mod vertex;
mod wide;

pub use device::{Device, Event, Executed, Pause};
pub use display::{Buffer, Frame};
pub use memory::{Layout, Location, Memory, StandaloneMemory};
pub use report::{Problem, Report};
pub use shade::Counts;
pub use standalone::Rsx;
