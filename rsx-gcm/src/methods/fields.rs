//! Layouts of arguments and the values of their fields.

pub mod dma;
mod draw;
mod fragment;
mod surface;
mod texture;
mod transfer;
mod vertex;

pub use draw::*;
pub use fragment::*;
pub use surface::*;
pub use texture::*;
pub use transfer::*;
pub use vertex::*;
