//! Fragment programs in memory and in use.

use super::instruction::Parameter;
use super::program::Program;
use super::swap_halves;
use crate::ArgumentError;
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::memory::{Address, Location, OutOfRange, Purpose};
use crate::methods::d3;
use crate::methods::fields::{ProgramLocation, ShaderProgram, TexCoordControl};
use alloc::vec::Vec;

impl<D: Device> Context<D> {
    /// Writes `program` to memory at once. The RSX must not be using what was there.
    ///
    /// # Errors
    /// [`OutOfRange`] where it does not fit.
    pub fn upload_fragment_program(
        &mut self,
        at: Address,
        program: &Program,
    ) -> Result<(), OutOfRange> {
        let words: Vec<u32> = program.memory_words().collect();
        self.device_mut().write_words(at, &words)
    }

    /// Runs `program`, which lies at `at`, on fragments.
    ///
    /// Needed again after any change of its code or constants.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] where `at` is not aligned for [`Purpose::FragmentProgram`].
    pub fn use_fragment_program(
        &mut self,
        at: Address,
        program: &Program,
    ) -> Result<(), FifoError> {
        self.method(d3::SET_SHADER_PROGRAM, &[program_address(at)?.into()])?;
        self.method(d3::SET_SHADER_CONTROL, &[program.control().into()])?;
        for number in 0..d3::SET_TEX_COORD_CONTROL.count as u8 {
            let lanes = program.texcoord_lanes(number);
            if lanes != 0 {
                let control = TexCoordControl::default().with_two_dimensional(lanes <= 3);
                self.method(
                    d3::SET_TEX_COORD_CONTROL.at(number.into()),
                    &[control.into()],
                )?;
            }
        }
        Ok(())
    }

    /// Has the RSX change `parameter` of `program`, which lies at `at`, when it comes to this
    /// command: draws before still see the old value.
    ///
    /// The program is made the current one, as the hardware demands after a change.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] as for [`Context::use_fragment_program`].
    pub fn set_fragment_parameter(
        &mut self,
        at: Address,
        program: &Program,
        parameter: Parameter,
        value: [f32; 4],
    ) -> Result<(), FifoError> {
        let address = program_address(at)?;
        let words = value.map(|float| swap_halves(float.to_bits()));
        for offset in program.parameter_offsets(parameter) {
            let Some(place) = at.checked_add(offset) else {
                return Err(ArgumentError::new("fragment program offset", at.offset).into());
            };
            self.write_inline(place, &words)?;
        }
        self.method(d3::SET_SHADER_PROGRAM, &[address.into()])
    }
}

fn program_address(at: Address) -> Result<ShaderProgram, ArgumentError> {
    let alignment = Purpose::FragmentProgram.alignment(at.location);
    ArgumentError::check_alignment("fragment program offset", at.offset, alignment)?;
    let location = match at.location {
        Location::Local => ProgramLocation::Local,
        Location::Main => ProgramLocation::Main,
    };
    Ok(ShaderProgram::default()
        .with_location(location)
        .with_offset_words(at.offset / 4))
}
