//! RSX bindings: FIFO, methods, NV40 programs, textures, surfaces and flip.
//!
//! The same code drives the RSX of a console and the simulated one of the
//! desktop preview: everything goes through the traits of [`device`] and
//! [`memory`]. A [`Context`](fifo::Context) holds a device and the ring that
//! its commands are written to; what can be sent are its methods, each in the
//! module of its subject.
//!
//! ```
//! use rsx_gcm::fifo::{Context, FifoError};
//! use rsx_gcm::flip::Display;
//! use rsx_gcm::memory::Address;
//! use rsx_gcm::methods::fields::{Argb, AttributeType, Primitive};
//! use rsx_gcm::surface::{Rect, Target, Viewport};
//! use rsx_gcm::vertex::VertexFormat;
//! use rsx_gcm::{fp, vp};
//!
//! /// Draws one triangle, its corners given as x, y in clip space, into display buffer 0 and shows it.
//! fn triangle<D: Display>(
//!     context: &mut Context<D>,
//!     target: &Target,
//!     program_at: Address,
//!     corners: [[f32; 2]; 3],
//! ) -> Result<(), Box<dyn core::error::Error>> {
//!     let vertex = vp::Builder::new().mov(vp::Output::Position, vp::attribute(0)).finish()?;
//!     let fragment =
//!         fp::Builder::new().mov(fp::Register::R(0), [1.0, 0.5, 0.0, 1.0]).finish(fp::ResultRegister::R0)?;
//!     let format = VertexFormat::packed(&[(0, AttributeType::F32, 2)])?;
//!     context.load_vertex_program(0, &vertex)?;
//!     context.upload_fragment_program(program_at, &fragment)?;
//!
//!     let area = Rect::of_size(target.width, target.height);
//!     context.reset_state()?;
//!     context.set_target(target)?;
//!     context.set_viewport(&Viewport::fill(area))?;
//!     context.set_scissor(area)?;
//!     context.clear_color(Argb(0xff00_0000))?;
//!     context.use_vertex_program(0, &vertex)?;
//!     context.use_fragment_program(program_at, &fragment)?;
//!     context.set_vertex_format(&format)?;
//!     context.draw_inline(Primitive::Triangles, &corners.as_flattened().iter().map(|x| x.to_bits()).collect::<Vec<_>>())?;
//!     context.flip(0)?;
//!     Ok(context.wait_flip()?)
//! }
//! ```
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod argument;
pub mod device;
pub mod draw;
pub mod fifo;
pub mod flip;
pub mod fp;
pub mod memory;
pub mod methods;
pub mod operand;
pub mod state;
pub mod surface;
pub mod swizzle;
pub mod texture;
pub mod transfer;
pub mod vertex;
pub mod vp;

pub use argument::ArgumentError;

#[cfg(test)]
mod testing;
