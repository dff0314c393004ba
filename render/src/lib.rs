//! From a scene to an RSX command buffer.
//!
//! The app describes each frame as a [`scene::Scene`] in logical units (see
//! [`Display`]); text is measured and wrapped by [`text`] with no graphics
//! hardware at hand.
#![no_std]

extern crate alloc;

mod atlas;
mod display;
mod frame;
pub mod geometry;
pub mod list;
mod mask;
#[cfg(feature = "picture")]
pub mod picture;
pub mod scene;
mod shape;
pub mod text;

pub use display::{Aspect, Display, LOGICAL_HEIGHT};
pub use frame::{RenderError, Renderer, local_bytes};
