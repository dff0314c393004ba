//! Vertex instructions as the assembler and the disassembler see them.

use super::opcode::{ScalarOp, VectorOp};
use crate::operand::{Lane, Mask, Swizzle};
use core::fmt;

/// A lane of one of the two address registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressRegister {
    /// 0 or 1.
    pub number: u8,
    /// The lane that is used.
    pub lane: Lane,
}

/// Where a source comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Register {
    /// A temporary register, below [`super::TEMPORARIES`].
    Temp(u8),
    /// A vertex attribute, 0 to 15.
    Input(u8),
    /// A constant, below [`super::CONSTANTS`].
    Constant(u16),
    /// The constant whose number is the sum of the two.
    Indexed {
        /// What is added.
        address: AddressRegister,
        /// To this number.
        base: u16,
    },
}

/// An operand that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// Where it comes from.
    pub register: Register,
    /// Which lanes are taken.
    pub swizzle: Swizzle,
    /// Its magnitude.
    pub absolute: bool,
    /// Negated, after the magnitude.
    pub negate: bool,
}

/// Temporary register `number` as an operand.
#[must_use]
pub const fn temp(number: u8) -> Source {
    Source::new(Register::Temp(number))
}

/// Attribute `number` as an operand.
#[must_use]
pub const fn attribute(number: u8) -> Source {
    Source::new(Register::Input(number))
}

/// Constant `number` as an operand.
#[must_use]
pub const fn constant(number: u16) -> Source {
    Source::new(Register::Constant(number))
}

/// The constant `address` after constant `base` as an operand.
#[must_use]
pub const fn indexed(address: AddressRegister, base: u16) -> Source {
    Source::new(Register::Indexed { address, base })
}

impl Source {
    /// The register as it is.
    #[must_use]
    pub const fn new(register: Register) -> Self {
        Self {
            register,
            swizzle: Swizzle::XYZW,
            absolute: false,
            negate: false,
        }
    }

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

/// A result of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// Position before division by w.
    Position,
    /// Front diffuse colour.
    Color0,
    /// Front specular colour.
    Color1,
    /// Back diffuse colour.
    BackColor0,
    /// Back specular colour.
    BackColor1,
    /// Fog in x.
    Fog,
    /// Point size in x.
    PointSize,
    /// A texture coordinate, 0 to 7.
    TexCoord(u8),
}

impl Output {
    const FIRST_TEXCOORD: u32 = 7;

    /// The number in the instruction; `None` for a texture coordinate above 7.
    #[must_use]
    pub const fn bits(self) -> Option<u32> {
        Some(match self {
            Self::Position => 0,
            Self::Color0 => 1,
            Self::Color1 => 2,
            Self::BackColor0 => 3,
            Self::BackColor1 => 4,
            Self::Fog => 5,
            Self::PointSize => 6,
            Self::TexCoord(number) if number < 8 => Self::FIRST_TEXCOORD + number as u32,
            Self::TexCoord(_) => return None,
        })
    }

    /// The output with this number.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        Some(match bits {
            0 => Self::Position,
            1 => Self::Color0,
            2 => Self::Color1,
            3 => Self::BackColor0,
            4 => Self::BackColor1,
            5 => Self::Fog,
            6 => Self::PointSize,
            7..15 => Self::TexCoord((bits - Self::FIRST_TEXCOORD) as u8),
            _ => return None,
        })
    }
}

/// A register that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A temporary register, below [`super::TEMPORARIES`].
    Temp(u8),
    /// A result of the program.
    Output(Output),
    /// An address register, 0 or 1.
    Address(u8),
}

/// A register and the lanes that are written of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// The register.
    pub target: Target,
    /// Its lanes.
    pub mask: Mask,
}

impl From<Target> for Destination {
    fn from(target: Target) -> Self {
        Self {
            target,
            mask: Mask::XYZW,
        }
    }
}

impl From<Output> for Destination {
    fn from(output: Output) -> Self {
        Target::Output(output).into()
    }
}

impl Target {
    /// Some lanes of the register.
    #[must_use]
    pub const fn mask(self, mask: Mask) -> Destination {
        Destination { target: self, mask }
    }
}

impl Output {
    /// Some lanes of the output.
    #[must_use]
    pub const fn mask(self, mask: Mask) -> Destination {
        Target::Output(self).mask(mask)
    }
}

/// What one of the units does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation<Op> {
    /// The operation.
    pub op: Op,
    /// Where the result goes.
    pub to: Destination,
    /// The operands, as many as the operation takes, from the first on.
    pub operands: [Option<Source>; 3],
}

/// One instruction; at least one unit does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// The vector unit.
    pub vector: Option<Operation<VectorOp>>,
    /// The scalar unit.
    pub scalar: Option<Operation<ScalarOp>>,
    /// Results are clamped to 0 to 1.
    pub saturate: bool,
}

/// Why something is no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// Neither unit does anything.
    Empty,
    /// The assembler has no form for this operation.
    Unsupported(&'static str),
    /// Too few or too many operands.
    OperandCount {
        /// The operation.
        op: &'static str,
        /// How many it takes.
        expected: usize,
    },
    /// One instruction can read one attribute.
    TwoAttributes([u8; 2]),
    /// One instruction can read one constant.
    TwoConstants([u16; 2]),
    /// Indexed and plain constants, or two address registers, in one instruction.
    TwoIndices,
    /// Both units write outputs.
    TwoOutputs,
    /// The vector operation needs source 2 for itself.
    SharedSource,
    /// No such register.
    NoSuchRegister {
        /// What kind.
        kind: &'static str,
        /// Its number.
        number: u16,
        /// How many there are.
        count: u16,
    },
    /// Address registers are written by ARL and ARR, and these write nothing else.
    AddressTarget(&'static str),
    /// No lane is written.
    NoLanes(&'static str),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("neither unit does anything"),
            Self::Unsupported(op) => write!(f, "{op} is not supported"),
            Self::OperandCount { op, expected } => write!(f, "{op} takes {expected} operands"),
            Self::TwoAttributes([a, b]) => write!(f, "attributes {a} and {b} in one instruction"),
            Self::TwoConstants([a, b]) => write!(f, "constants {a} and {b} in one instruction"),
            Self::TwoIndices => f.write_str("differently indexed constants in one instruction"),
            Self::TwoOutputs => f.write_str("both units write outputs"),
            Self::SharedSource => f.write_str("both units need source 2"),
            Self::NoSuchRegister {
                kind,
                number,
                count,
            } => write!(f, "no {kind} {number}, there are {count}"),
            Self::AddressTarget(op) => write!(f, "{op} has the wrong kind of target"),
            Self::NoLanes(op) => write!(f, "{op} writes no lane"),
        }
    }
}

impl core::error::Error for EncodeError {}
