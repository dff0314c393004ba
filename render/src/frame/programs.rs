//! The shaders.
//!
//! Corners come in pixels and leave in clip space; pixels get the interpolated
//! colour, or that colour multiplied by the atlas. Colours are premultiplied
//! all the way.

use rsx_gcm::fifo::Context;
use rsx_gcm::flip;
use rsx_gcm::fp;
use rsx_gcm::memory::{Address, Arena, ArenaError, Purpose};
use rsx_gcm::methods::fields::AttributeType;
use rsx_gcm::state::Blend;
use rsx_gcm::vertex::VertexFormat;
use rsx_gcm::vp;

use super::RenderError;
use super::buffers::VERTEX_BYTES;
use crate::Display;
use crate::atlas::{ATLAS_HEIGHT, ATLAS_WIDTH};
use crate::list::Program;

/// The texture unit that the atlas is on.
pub(super) const ATLAS_UNIT: u8 = 0;

/// Numbers of a vertex's attributes.
const POSITION: u8 = 0;
const COLOUR: u8 = 3;
const TEXEL: u8 = 8;

/// Numbers of the vertex constants.
const SCALE: u16 = 0;
const OFFSET: u16 = 1;
const PER_TEXEL: u16 = 2;

/// Where the vertex program lies among the instruction slots.
const VERTEX_SLOT: u32 = 0;

/// The shaders, assembled, and in memory where they have to be.
pub(super) struct Programs {
    format: VertexFormat,
    vertex: vp::Program,
    flat: (Address, fp::Program),
    masked: (Address, fp::Program),
}

impl Programs {
    /// Assembles the shaders and writes the fragment programs to `local`.
    pub(super) fn load<D: flip::Display>(
        context: &mut Context<D>,
        local: &mut Arena,
    ) -> Result<Programs, RenderError> {
        let mut place = |program: fp::Program| -> Result<(Address, fp::Program), RenderError> {
            let at = local
                .allocate(Purpose::FragmentProgram, program.size())
                .map_err(|error| RenderError::Memory("fragment program", error))?;
            context.upload_fragment_program(at, &program)?;
            Ok((at, program))
        };
        Ok(Programs {
            format: vertex_format()?,
            vertex: vertex_program()?,
            flat: place(flat_program()?)?,
            masked: place(masked_program()?)?,
        })
    }

    /// Gives the memory back to the arena that it came from.
    pub(super) fn release(&self, local: &mut Arena) -> Result<(), ArenaError> {
        local.release(self.flat.0)?;
        local.release(self.masked.0)
    }

    /// Sets vertex program, constants and arrays for a frame.
    pub(super) fn begin<D: flip::Display>(
        &self,
        context: &mut Context<D>,
        display: Display,
        vertices: Address,
    ) -> Result<(), RenderError> {
        context.load_vertex_program(VERTEX_SLOT, &self.vertex)?;
        context.use_vertex_program(VERTEX_SLOT, &self.vertex)?;
        let (width, height) = (f32::from(display.width), f32::from(display.height));
        let (columns, rows) = (f32::from(ATLAS_WIDTH), f32::from(ATLAS_HEIGHT));
        let mut constants = [[0.0; 4]; 3];
        // Pixels count from the upper left corner, clip space from the middle
        // with y upwards.
        constants[usize::from(SCALE)] = [2.0 / width, -2.0 / height, 0.0, 0.0];
        constants[usize::from(OFFSET)] = [-1.0, 1.0, 0.0, 1.0];
        constants[usize::from(PER_TEXEL)] = [1.0 / columns, 1.0 / rows, 0.0, 0.0];
        context.set_vertex_constants(SCALE.into(), &constants)?;
        context.set_vertex_format(&self.format)?;
        context.set_vertex_arrays(vertices, &self.format)?;
        Ok(())
    }

    /// Has the following draws use a program and blend as it wants.
    pub(super) fn select<D: flip::Display>(
        &self,
        context: &mut Context<D>,
        program: Program,
    ) -> Result<(), RenderError> {
        let over = Blend::premultiplied_over();
        context.set_blend((program != Program::Opaque).then_some(&over))?;
        let (at, program) = match program {
            Program::Opaque | Program::Flat => &self.flat,
            Program::Masked => &self.masked,
        };
        Ok(context.use_fragment_program(*at, program)?)
    }
}

/// Position in pixels, premultiplied colour, place in the atlas in texels.
fn vertex_format() -> Result<VertexFormat, RenderError> {
    let format = VertexFormat::packed(&[
        (POSITION.into(), AttributeType::F32, 2),
        (COLOUR.into(), AttributeType::U8Normalized, 4),
        (TEXEL.into(), AttributeType::S16, 2),
    ])
    .map_err(|_| RenderError::Shader("vertex format"))?;
    debug_assert_eq!(format.stride() as usize, VERTEX_BYTES);
    Ok(format)
}

fn vertex_program() -> Result<vp::Program, RenderError> {
    use vp::{Output, Target, attribute, constant, temp};
    let mut builder = vp::Builder::new();
    // One instruction reads at most one constant register.
    builder
        .mul(Target::Temp(0), attribute(POSITION), constant(SCALE))
        .add(Output::Position, temp(0), constant(OFFSET))
        .mov(Output::Color0, attribute(COLOUR))
        .mul(Output::TexCoord(0), attribute(TEXEL), constant(PER_TEXEL));
    builder.finish().map_err(|_| RenderError::Shader("vertex"))
}

fn flat_program() -> Result<fp::Program, RenderError> {
    use fp::{Input, Register, ResultRegister};
    let mut builder = fp::Builder::new();
    builder.mov(Register::R(0), Input::Color0);
    builder
        .finish(ResultRegister::R0)
        .map_err(|_| RenderError::Shader("flat fragment"))
}

fn masked_program() -> Result<fp::Program, RenderError> {
    use fp::{Input, Register, ResultRegister};
    let mut builder = fp::Builder::new();
    builder
        .tex(Register::R(0), ATLAS_UNIT, Input::TexCoord(0))
        .mul(Register::R(0), Register::R(0), Input::Color0);
    builder
        .finish(ResultRegister::R0)
        .map_err(|_| RenderError::Shader("masked fragment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shaders_assemble() {
        let vertex = vertex_program().unwrap();
        assert_eq!(vertex.inputs(), 1 << POSITION | 1 << COLOUR | 1 << TEXEL);
        assert_eq!(vertex_format().unwrap().mask(), vertex.inputs());
        assert!(flat_program().is_ok());
        assert_eq!(masked_program().unwrap().texcoord_lanes(0), 3);
    }
}
