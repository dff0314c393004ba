//! Fragment instructions as the assembler and the disassembler see them.

use super::layout::{Precision, Scale, Test};
use super::opcode::Op;
use crate::operand::{Lane, Mask, Swizzle};

/// A temporary register. R n overlays H 2n and H 2n+1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Register {
    /// Four 32-bit floats, below [`super::R_REGISTERS`].
    R(u8),
    /// Four 16-bit floats, below [`super::H_REGISTERS`].
    H(u8),
}

/// What the rasteriser hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Window position.
    Position,
    /// Diffuse colour.
    Color0,
    /// Specular colour.
    Color1,
    /// Fog.
    Fog,
    /// A texture coordinate, 0 to 9.
    TexCoord(u8),
    /// Front or back.
    Facing,
}

impl Input {
    const FIRST_TEXCOORD: u32 = 4;

    /// The number in the instruction; `None` for a texture coordinate above 9.
    #[must_use]
    pub const fn bits(self) -> Option<u32> {
        Some(match self {
            Self::Position => 0,
            Self::Color0 => 1,
            Self::Color1 => 2,
            Self::Fog => 3,
            Self::TexCoord(number) if number < 10 => Self::FIRST_TEXCOORD + number as u32,
            Self::TexCoord(_) => return None,
            Self::Facing => 14,
        })
    }

    /// The input with this number.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        Some(match bits {
            0 => Self::Position,
            1 => Self::Color0,
            2 => Self::Color1,
            3 => Self::Fog,
            4..14 => Self::TexCoord((bits - Self::FIRST_TEXCOORD) as u8),
            14 => Self::Facing,
            _ => return None,
        })
    }
}

/// Four floats in the program, kept as their bits so that they compare like the words that they become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constant(pub [u32; 4]);

impl Constant {
    /// The floats.
    #[must_use]
    pub fn floats(self) -> [f32; 4] {
        self.0.map(f32::from_bits)
    }
}

impl From<[f32; 4]> for Constant {
    fn from(floats: [f32; 4]) -> Self {
        Self(floats.map(f32::to_bits))
    }
}

/// A constant that is given a value later, made by [`super::Builder::parameter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameter(pub(super) u16);

/// Where an operand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A temporary register.
    Temp(Register),
    /// An input.
    Input(Input),
    /// Four floats.
    Constant(Constant),
    /// Four floats that can be changed; 0 at first.
    Parameter(Parameter),
}

/// An operand that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// Where it comes from.
    pub value: Value,
    /// Which lanes are taken.
    pub swizzle: Swizzle,
    /// Its magnitude.
    pub absolute: bool,
    /// Negated, after the magnitude.
    pub negate: bool,
}

impl From<Value> for Source {
    fn from(value: Value) -> Self {
        Self {
            value,
            swizzle: Swizzle::XYZW,
            absolute: false,
            negate: false,
        }
    }
}

impl From<Register> for Source {
    fn from(register: Register) -> Self {
        Value::Temp(register).into()
    }
}

impl From<Input> for Source {
    fn from(input: Input) -> Self {
        Value::Input(input).into()
    }
}

impl From<Parameter> for Source {
    fn from(parameter: Parameter) -> Self {
        Value::Parameter(parameter).into()
    }
}

impl From<[f32; 4]> for Source {
    fn from(floats: [f32; 4]) -> Self {
        Value::Constant(floats.into()).into()
    }
}

impl From<f32> for Source {
    fn from(float: f32) -> Self {
        [float; 4].into()
    }
}

/// A register as an operand.
#[must_use]
pub fn temp(register: Register) -> Source {
    register.into()
}

/// An input as an operand.
#[must_use]
pub fn input(input: Input) -> Source {
    input.into()
}

/// Four floats as an operand.
#[must_use]
pub fn constant(floats: [f32; 4]) -> Source {
    floats.into()
}

impl Source {
    /// Lanes moved about: four lanes, or one for all.
    #[must_use]
    pub fn swizzle(self, lanes: impl Into<Swizzle>) -> Self {
        Self {
            swizzle: self.swizzle.then(lanes.into()),
            ..self
        }
    }

    /// The first lane, four times.
    #[must_use]
    pub fn x(self) -> Self {
        self.swizzle(Lane::X)
    }

    /// The second lane, four times.
    #[must_use]
    pub fn y(self) -> Self {
        self.swizzle(Lane::Y)
    }

    /// The third lane, four times.
    #[must_use]
    pub fn z(self) -> Self {
        self.swizzle(Lane::Z)
    }

    /// The fourth lane, four times.
    #[must_use]
    pub fn w(self) -> Self {
        self.swizzle(Lane::W)
    }

    /// The magnitude.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self {
            absolute: true,
            negate: false,
            ..self
        }
    }
}

impl core::ops::Neg for Source {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            negate: !self.negate,
            ..self
        }
    }
}

/// A register and the lanes that are written of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// The register; `None` where only the condition register is of interest.
    pub register: Option<Register>,
    /// Its lanes.
    pub mask: Mask,
}

impl Destination {
    /// Writes no register.
    pub const NOTHING: Self = Self {
        register: None,
        mask: Mask::XYZW,
    };
}

impl From<Register> for Destination {
    fn from(register: Register) -> Self {
        register.mask(Mask::XYZW)
    }
}

impl Register {
    /// Some lanes of the register.
    #[must_use]
    pub const fn mask(self, mask: Mask) -> Destination {
        Destination {
            register: Some(self),
            mask,
        }
    }
}

/// When an instruction has an effect, lane by lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Predicate {
    /// The test of the condition register.
    pub test: Test,
    /// Which of its lanes each lane tests.
    pub swizzle: Swizzle,
}

impl Default for Predicate {
    fn default() -> Self {
        Self {
            test: Test::Always,
            swizzle: Swizzle::XYZW,
        }
    }
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// The operation.
    pub op: Op,
    /// Where the result goes.
    pub to: Destination,
    /// The operands, as many as the operation has, from the first on.
    pub operands: [Option<Source>; 3],
    /// The texture unit, of operations that read textures.
    pub unit: u8,
    /// The result is clamped to 0 to 1.
    pub saturate: bool,
    /// What the result is multiplied by, before clamping.
    pub scale: Scale,
    /// With what precision it is computed.
    pub precision: Precision,
    /// When it has an effect.
    pub when: Predicate,
    /// The condition register becomes the result.
    pub update_condition: bool,
}

impl Instruction {
    /// An operation without modifiers. The first three operands count.
    #[must_use]
    pub fn new(op: Op, to: Destination, operands: &[Source]) -> Self {
        let mut array = [None; 3];
        for (slot, operand) in array.iter_mut().zip(operands) {
            *slot = Some(*operand);
        }
        Self {
            op,
            to,
            operands: array,
            unit: 0,
            saturate: false,
            scale: Scale::One,
            precision: Precision::Full,
            when: Predicate::default(),
            update_condition: false,
        }
    }
}
