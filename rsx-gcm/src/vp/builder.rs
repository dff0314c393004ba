//! Putting vertex programs together.

use super::instruction::{Destination, Instruction, Operation, Source};
use super::opcode::{ScalarOp, VectorOp};
use super::program::{AssembleError, Program};
use alloc::vec::Vec;

/// A vertex program in the making: each call adds one instruction.
///
/// Mistakes are reported by [`Builder::finish`], with the number of the instruction.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    instructions: Vec<Instruction>,
}

/// Methods for single operations.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $unit:ident $op:ident ($($operand:ident),*);)*) => {
        $(
            $(#[$doc])*
            pub fn $name(&mut self, to: impl Into<Destination>, $($operand: Source),*) -> &mut Self {
                self.$unit(operation!($unit $op), to, &[$($operand),*])
            }
        )*
    };
}

macro_rules! operation {
    (vector $op:ident) => {
        VectorOp::$op
    };
    (scalar $op:ident) => {
        ScalarOp::$op
    };
}

impl Builder {
    /// A program without instructions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an instruction.
    pub fn push(&mut self, instruction: Instruction) -> &mut Self {
        self.instructions.push(instruction);
        self
    }

    /// Adds an instruction of the vector unit. The first three operands count.
    pub fn vector(
        &mut self,
        op: VectorOp,
        to: impl Into<Destination>,
        operands: &[Source],
    ) -> &mut Self {
        let operation = Operation {
            op,
            to: to.into(),
            operands: operand_array(operands),
        };
        self.push(Instruction {
            vector: Some(operation),
            ..Instruction::default()
        })
    }

    /// Adds an instruction of the scalar unit. The first three operands count.
    pub fn scalar(
        &mut self,
        op: ScalarOp,
        to: impl Into<Destination>,
        operands: &[Source],
    ) -> &mut Self {
        let operation = Operation {
            op,
            to: to.into(),
            operands: operand_array(operands),
        };
        self.push(Instruction {
            scalar: Some(operation),
            ..Instruction::default()
        })
    }

    /// Has the last instruction clamp its results to 0 to 1.
    pub fn saturate(&mut self) -> &mut Self {
        if let Some(last) = self.instructions.last_mut() {
            last.saturate = true;
        }
        self
    }

    operations! {
        /// `to` = a.
        mov = vector Mov(a);
        /// `to` = a · b.
        mul = vector Mul(a, b);
        /// `to` = a + b.
        add = vector Add(a, b);
        /// `to` = a · b + c.
        mad = vector Mad(a, b, c);
        /// `to` = dot product of three lanes.
        dp3 = vector Dp3(a, b);
        /// `to` = dot product of three lanes, plus b.w.
        dph = vector Dph(a, b);
        /// `to` = dot product of four lanes.
        dp4 = vector Dp4(a, b);
        /// `to` = (1, a.y · b.y, a.z, b.w).
        dst = vector Dst(a, b);
        /// `to` = the lesser.
        min = vector Min(a, b);
        /// `to` = the greater.
        max = vector Max(a, b);
        /// `to` = 1 where a < b.
        slt = vector Slt(a, b);
        /// `to` = 1 where a ≥ b.
        sge = vector Sge(a, b);
        /// `to` = 1 where a = b.
        seq = vector Seq(a, b);
        /// `to` = 1 where a ≠ b.
        sne = vector Sne(a, b);
        /// `to` = 1 where a > b.
        sgt = vector Sgt(a, b);
        /// `to` = 1 where a ≤ b.
        sle = vector Sle(a, b);
        /// `to`, an address register, = floor of a.
        arl = vector Arl(a);
        /// `to` = a less its floor.
        frc = vector Frc(a);
        /// `to` = floor of a.
        flr = vector Flr(a);
        /// `to` = sign of a.
        ssg = vector Ssg(a);
        /// `to` = 1 / a.x.
        rcp = scalar Rcp(a);
        /// `to` = 1 / √|a.x|.
        rsq = scalar Rsq(a);
        /// `to` = 2^a.x and parts of it, roughly.
        exp = scalar Exp(a);
        /// `to` = log2 |a.x| and parts of it, roughly.
        log = scalar Log(a);
        /// `to` = lighting coefficients.
        lit = scalar Lit(a);
        /// `to` = log2 a.x.
        lg2 = scalar Lg2(a);
        /// `to` = 2^a.x.
        ex2 = scalar Ex2(a);
        /// `to` = sin a.x.
        sin = scalar Sin(a);
        /// `to` = cos a.x.
        cos = scalar Cos(a);
    }

    /// The program.
    ///
    /// # Errors
    /// [`AssembleError`] for the first instruction that the hardware cannot do,
    /// for a program without any, and for one that does not fit the slots.
    pub fn finish(&self) -> Result<Program, AssembleError> {
        Program::assemble(&self.instructions)
    }
}

fn operand_array(operands: &[Source]) -> [Option<Source>; 3] {
    let mut array = [None; 3];
    for (to, operand) in array.iter_mut().zip(operands) {
        *to = Some(*operand);
    }
    array
}
