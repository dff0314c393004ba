//! From instructions to words.

use super::instruction::{
    AddressRegister, Destination, EncodeError, Instruction, Operation, Register, Source, Target,
};
use super::layout::{
    ALWAYS, NO_OUTPUT, NO_TEMPORARY, SourceBits, SourceType, Word0, Word1, Word2, Word3,
};
use super::opcode::{ScalarOp, VectorOp};
use super::{CONSTANTS, TEMPORARIES};
use crate::operand::Lane;

/// What all sources of an instruction share.
#[derive(Default)]
struct Shared {
    input: Option<u8>,
    constant: Option<u16>,
    index: Option<AddressRegister>,
}

impl Instruction {
    /// The four words; `end` marks the last instruction of a program.
    ///
    /// # Errors
    /// [`EncodeError`] says what the hardware cannot do.
    pub fn encode(&self, end: bool) -> Result<[u32; 4], EncodeError> {
        let mut slots: [Option<Source>; 3] = [None; 3];
        if let Some(Operation { op, operands, .. }) = self.vector {
            let sources = op
                .sources()
                .ok_or(EncodeError::Unsupported(op.mnemonic()))?;
            fill(&mut slots, op.mnemonic(), sources, operands)?;
        }
        if let Some(Operation { op, operands, .. }) = self.scalar {
            let sources = op
                .sources()
                .ok_or(EncodeError::Unsupported(op.mnemonic()))?;
            fill(&mut slots, op.mnemonic(), sources, operands)?;
        }

        let mut shared = Shared::default();
        for source in slots.iter().flatten() {
            shared.add(source.register)?;
        }
        let [source0, source1, source2] = slots.map(|slot| u32::from(source_bits(slot)));
        let absolute = slots.map(|slot| slot.is_some_and(|source| source.absolute));

        let mut word0 = Word0::default()
            .with_condition(ALWAYS)
            .with_condition_x(Lane::X)
            .with_condition_y(Lane::Y)
            .with_condition_z(Lane::Z)
            .with_condition_w(Lane::W)
            .with_temporary(NO_TEMPORARY)
            .with_saturate(self.saturate)
            .with_absolute0(absolute[0])
            .with_absolute1(absolute[1])
            .with_absolute2(absolute[2]);
        let mut word3 = Word3::default()
            .with_end(end)
            .with_output(NO_OUTPUT)
            .with_scalar_temporary(NO_TEMPORARY)
            .with_source2_low(source2);
        if let Some(AddressRegister { number, lane }) = shared.index {
            word0 = word0
                .with_address_register(number.into())
                .with_address_lane(lane);
            word3 = word3.with_index_constant(true);
        }
        self.encode_targets(&mut word0, &mut word3)?;

        let word1 = Word1::default()
            .with_source0_high(source0 >> 9)
            .with_input(shared.input.unwrap_or(0).into())
            .with_constant(shared.constant.unwrap_or(0).into())
            .with_vector(self.vector.map_or(VectorOp::Nop, |operation| operation.op))
            .with_scalar(self.scalar.map_or(ScalarOp::Nop, |operation| operation.op));
        let word2 = Word2::default()
            .with_source0_low(source0)
            .with_source1(source1)
            .with_source2_high(source2 >> 11);
        Ok([word0.into(), word1.into(), word2.into(), word3.into()])
    }

    fn encode_targets(&self, word0: &mut Word0, word3: &mut Word3) -> Result<(), EncodeError> {
        if self.vector.is_none() && self.scalar.is_none() {
            return Err(EncodeError::Empty);
        }
        let mut output = None;
        if let Some(Operation {
            op,
            to: Destination { target, mask },
            ..
        }) = self.vector
        {
            let mnemonic = op.mnemonic();
            if op == VectorOp::Nop {
                return Err(EncodeError::Unsupported(mnemonic));
            }
            if mask.is_empty() {
                return Err(EncodeError::NoLanes(mnemonic));
            }
            *word3 = word3.with_vector_mask(mask.reversed().bits());
            let addresses = matches!(op, VectorOp::Arl | VectorOp::Arr);
            match target {
                Target::Address(number) if addresses => {
                    *word0 = word0.with_temporary(check("address register", number.into(), 2)?);
                }
                _ if addresses => return Err(EncodeError::AddressTarget(mnemonic)),
                Target::Address(_) => return Err(EncodeError::AddressTarget(mnemonic)),
                Target::Temp(number) => *word0 = word0.with_temporary(check_temporary(number)?),
                Target::Output(_) => {
                    *word0 = word0.with_vector_result(true);
                    output = Some(target);
                }
            }
        }
        if let Some(Operation {
            op,
            to: Destination { target, mask },
            ..
        }) = self.scalar
        {
            let mnemonic = op.mnemonic();
            if op == ScalarOp::Nop {
                return Err(EncodeError::Unsupported(mnemonic));
            }
            if mask.is_empty() {
                return Err(EncodeError::NoLanes(mnemonic));
            }
            *word3 = word3.with_scalar_mask(mask.reversed().bits());
            match target {
                Target::Address(_) => return Err(EncodeError::AddressTarget(mnemonic)),
                Target::Temp(number) => {
                    *word3 = word3.with_scalar_temporary(check_temporary(number)?)
                }
                Target::Output(_) if output.is_some() => return Err(EncodeError::TwoOutputs),
                Target::Output(_) => output = Some(target),
            }
        }
        if let Some(Target::Output(output)) = output {
            let bits = output.bits().ok_or(EncodeError::NoSuchRegister {
                kind: "texture coordinate",
                number: if let super::Output::TexCoord(number) = output {
                    number.into()
                } else {
                    0
                },
                count: 8,
            })?;
            *word3 = word3.with_output(bits);
        }
        Ok(())
    }
}

/// Puts an operation's operands where it reads them.
fn fill(
    slots: &mut [Option<Source>; 3],
    op: &'static str,
    sources: &[usize],
    operands: [Option<Source>; 3],
) -> Result<(), EncodeError> {
    let given = operands
        .iter()
        .take_while(|operand| operand.is_some())
        .count();
    if given != sources.len() || operands.iter().flatten().count() != given {
        return Err(EncodeError::OperandCount {
            op,
            expected: sources.len(),
        });
    }
    for (&slot, operand) in sources.iter().zip(operands) {
        if slots[slot].is_some_and(|taken| Some(taken) != operand) {
            return Err(EncodeError::SharedSource);
        }
        slots[slot] = operand;
    }
    Ok(())
}

impl Shared {
    fn add(&mut self, register: Register) -> Result<(), EncodeError> {
        match register {
            Register::Temp(number) => check_temporary(number).map(|_| ()),
            Register::Input(number) => {
                check("attribute", number.into(), crate::vertex::ATTRIBUTES as u16)?;
                let input = *self.input.get_or_insert(number);
                if input == number {
                    Ok(())
                } else {
                    Err(EncodeError::TwoAttributes([input, number]))
                }
            }
            Register::Constant(number) => self.add_constant(number, None),
            Register::Indexed { address, base } => {
                check("address register", address.number.into(), 2)?;
                self.add_constant(base, Some(address))
            }
        }
    }

    fn add_constant(
        &mut self,
        number: u16,
        index: Option<AddressRegister>,
    ) -> Result<(), EncodeError> {
        check("constant", number, CONSTANTS)?;
        let Some(constant) = self.constant else {
            self.constant = Some(number);
            self.index = index;
            return Ok(());
        };
        if self.index != index {
            Err(EncodeError::TwoIndices)
        } else if constant != number {
            Err(EncodeError::TwoConstants([constant, number]))
        } else {
            Ok(())
        }
    }
}

fn check_temporary(number: u8) -> Result<u32, EncodeError> {
    check("temporary", number.into(), TEMPORARIES.into())
}

fn check(kind: &'static str, number: u16, count: u16) -> Result<u32, EncodeError> {
    if number < count {
        Ok(number.into())
    } else {
        Err(EncodeError::NoSuchRegister {
            kind,
            number,
            count,
        })
    }
}

/// A source that is not read is the attribute, as it is.
fn source_bits(source: Option<Source>) -> SourceBits {
    let source = source.unwrap_or(Source::new(Register::Input(0)));
    let [x, y, z, w] = source.swizzle.0;
    let bits = SourceBits::default()
        .with_x(x)
        .with_y(y)
        .with_z(z)
        .with_w(w)
        .with_negate(source.negate);
    match source.register {
        Register::Temp(number) => bits
            .with_kind(SourceType::Temporary)
            .with_temporary(number.into()),
        Register::Input(_) => bits.with_kind(SourceType::Input),
        Register::Constant(_) | Register::Indexed { .. } => bits.with_kind(SourceType::Constant),
    }
}
