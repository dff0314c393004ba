//! Vertex programs as text.

use super::decode::DecodeError;
use super::instruction::{
    AddressRegister, Destination, Instruction, Operation, Output, Register, Source, Target,
};
use crate::operand::Swizzle;
use alloc::string::String;
use core::fmt;

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bar = if self.absolute { "|" } else { "" };
        f.write_str(if self.negate { "-" } else { "" })?;
        f.write_str(bar)?;
        match self.register {
            Register::Temp(number) => write!(f, "R{number}")?,
            Register::Input(number) => write!(f, "v[{number}]")?,
            Register::Constant(number) => write!(f, "c[{number}]")?,
            Register::Indexed {
                address: AddressRegister { number, lane },
                base,
            } => {
                write!(f, "c[A{number}{} + {base}]", Swizzle::splat(lane))?;
            }
        }
        write!(f, "{}{bar}", self.swizzle)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position => f.write_str("o[HPOS]"),
            Self::Color0 => f.write_str("o[COL0]"),
            Self::Color1 => f.write_str("o[COL1]"),
            Self::BackColor0 => f.write_str("o[BFC0]"),
            Self::BackColor1 => f.write_str("o[BFC1]"),
            Self::Fog => f.write_str("o[FOGC]"),
            Self::PointSize => f.write_str("o[PSIZ]"),
            Self::TexCoord(number) => write!(f, "o[TEX{number}]"),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target {
            Target::Temp(number) => write!(f, "R{number}")?,
            Target::Output(output) => output.fmt(f)?,
            Target::Address(number) => write!(f, "A{number}")?,
        }
        self.mask.fmt(f)
    }
}

impl fmt::Display for Instruction {
    /// One operation, or the vector operation and the scalar one with a bar between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let saturate = if self.saturate { "_SAT" } else { "" };
        let mut write = |mnemonic: &str, to: Destination, operands: [Option<Source>; 3]| {
            write!(f, "{mnemonic}{saturate} {to}")?;
            operands
                .iter()
                .flatten()
                .try_for_each(|operand| write!(f, ", {operand}"))
        };
        if let Some(Operation { op, to, operands }) = self.vector {
            write(op.mnemonic(), to, operands)?;
        }
        if let Some(Operation { op, to, operands }) = self.scalar {
            let mnemonic = op.mnemonic();
            if self.vector.is_some() {
                write!(f, " | ")?;
            }
            write!(f, "{mnemonic}{saturate} {to}")?;
            operands
                .iter()
                .flatten()
                .try_for_each(|operand| write!(f, ", {operand}"))?;
        }
        Ok(())
    }
}

/// A listing of `code`, one line an instruction, up to its end bit.
///
/// # Errors
/// The number of the instruction that is none, and why.
pub fn disassemble(code: &[[u32; 4]]) -> Result<String, (usize, DecodeError)> {
    let mut listing = String::new();
    for (number, words) in code.iter().enumerate() {
        let (instruction, end) = Instruction::decode(*words).map_err(|error| (number, error))?;
        listing.push_str(&alloc::format!("{number:3}: {instruction}\n"));
        if end {
            return Ok(listing);
        }
    }
    Err((code.len(), DecodeError::Truncated))
}
