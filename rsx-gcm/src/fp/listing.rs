//! Fragment programs as text.

use super::decode::DecodeError;
use super::instruction::{Destination, Input, Instruction, Register, Source, Value};
use super::layout::{Precision, Scale, Test};
use alloc::format;
use alloc::string::String;
use core::fmt;

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::R(number) => write!(f, "R{number}"),
            Self::H(number) => write!(f, "H{number}"),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position => f.write_str("f[WPOS]"),
            Self::Color0 => f.write_str("f[COL0]"),
            Self::Color1 => f.write_str("f[COL1]"),
            Self::Fog => f.write_str("f[FOGC]"),
            Self::TexCoord(number) => write!(f, "f[TEX{number}]"),
            Self::Facing => f.write_str("f[FACING]"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bar = if self.absolute { "|" } else { "" };
        write!(f, "{}{bar}", if self.negate { "-" } else { "" })?;
        match self.value {
            Value::Temp(register) => register.fmt(f)?,
            Value::Input(input) => input.fmt(f)?,
            Value::Constant(constant) => {
                let [x, y, z, w] = constant.floats();
                write!(f, "{{{x}, {y}, {z}, {w}}}")?;
            }
            Value::Parameter(parameter) => write!(f, "p[{}]", parameter.0)?,
        }
        write!(f, "{}{bar}", self.swizzle)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.register {
            Some(register) => register.fmt(f)?,
            None => f.write_str("_")?,
        }
        self.mask.fmt(f)
    }
}

impl fmt::Display for Instruction {
    /// The operation with its modifiers, then destination, operands, texture unit and condition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op.mnemonic())?;
        f.write_str(match self.precision {
            Precision::Full => "",
            Precision::Half => "H",
            Precision::Fixed12 => "X",
            Precision::Fixed9 => "B",
        })?;
        f.write_str(match self.scale {
            Scale::One => "",
            Scale::Times2 => "_m2",
            Scale::Times4 => "_m4",
            Scale::Times8 => "_m8",
            Scale::Half => "_d2",
            Scale::Quarter => "_d4",
            Scale::Eighth => "_d8",
        })?;
        f.write_str(if self.saturate { "_SAT" } else { "" })?;
        f.write_str(if self.update_condition { "_CC" } else { "" })?;
        let mut separator = " ";
        if !self.op.has_no_result() {
            write!(f, " {}", self.to)?;
            separator = ", ";
        }
        for operand in self.operands.iter().flatten() {
            write!(f, "{separator}{operand}")?;
            separator = ", ";
        }
        if self.op.samples() {
            write!(f, ", TEX{}", self.unit)?;
        }
        let test = match self.when.test {
            Test::Never => "FL",
            Test::Less => "LT",
            Test::Equal => "EQ",
            Test::LessOrEqual => "LE",
            Test::Greater => "GT",
            Test::NotEqual => "NE",
            Test::GreaterOrEqual => "GE",
            Test::Always => return Ok(()),
        };
        write!(f, " ({test}{})", self.when.swizzle)
    }
}

/// A listing of the program in `words`, halves not swapped, one line an instruction, up to its end bit.
///
/// # Errors
/// The number of the word where there is no instruction, and why.
pub fn disassemble(words: &[u32]) -> Result<String, (usize, DecodeError)> {
    let mut listing = String::new();
    let mut at = 0;
    loop {
        let rest = words.get(at..).unwrap_or_default();
        let decoded = Instruction::decode(rest).map_err(|error| (at, error))?;
        listing.push_str(&format!("{at:4}: {}\n", decoded.instruction));
        at += decoded.length;
        if decoded.end {
            return Ok(listing);
        }
    }
}
