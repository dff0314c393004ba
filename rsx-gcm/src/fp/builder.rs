//! Putting fragment programs together.

use super::instruction::{Destination, Instruction, Parameter, Predicate, Source};
use super::layout::{Precision, Scale, Test};
use super::opcode::Op;
use super::program::{AssembleError, Program, ResultRegister};
use crate::operand::Swizzle;
use alloc::vec::Vec;

/// A fragment program in the making: each call adds one instruction or modifies the last.
///
/// Mistakes are reported by [`Builder::finish`], with the number of the instruction.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    instructions: Vec<Instruction>,
    parameters: u16,
}

/// Methods for single operations.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $op:ident ($($operand:ident),*);)*) => {
        $(
            $(#[$doc])*
            pub fn $name(&mut self, to: impl Into<Destination>, $($operand: impl Into<Source>),*) -> &mut Self {
                self.operation(Op::$op, to, &[$($operand.into()),*])
            }
        )*
    };
}

/// Methods for texture reads.
macro_rules! samplers {
    ($($(#[$doc:meta])* $name:ident = $op:ident ($($operand:ident),*);)*) => {
        $(
            $(#[$doc])*
            pub fn $name(&mut self, to: impl Into<Destination>, unit: u8, $($operand: impl Into<Source>),*) -> &mut Self {
                let operation = Instruction::new(Op::$op, to.into(), &[$($operand.into()),*]);
                self.push(Instruction { unit, ..operation })
            }
        )*
    };
}

impl Builder {
    /// A program without instructions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new constant whose value is set in the finished program, 0 at first.
    pub fn parameter(&mut self) -> Parameter {
        let parameter = Parameter(self.parameters);
        self.parameters = self.parameters.saturating_add(1);
        parameter
    }

    /// Adds an instruction.
    pub fn push(&mut self, instruction: Instruction) -> &mut Self {
        self.instructions.push(instruction);
        self
    }

    /// Adds an operation without modifiers. The first three operands count.
    pub fn operation(
        &mut self,
        op: Op,
        to: impl Into<Destination>,
        operands: &[Source],
    ) -> &mut Self {
        self.push(Instruction::new(op, to.into(), operands))
    }

    fn modify(&mut self, change: impl FnOnce(&mut Instruction)) -> &mut Self {
        if let Some(last) = self.instructions.last_mut() {
            change(last);
        }
        self
    }

    /// Has the last instruction clamp its result to 0 to 1.
    pub fn saturate(&mut self) -> &mut Self {
        self.modify(|last| last.saturate = true)
    }

    /// Has the last instruction multiply its result.
    pub fn scale(&mut self, scale: Scale) -> &mut Self {
        self.modify(|last| last.scale = scale)
    }

    /// Has the last instruction compute with this precision.
    pub fn precision(&mut self, precision: Precision) -> &mut Self {
        self.modify(|last| last.precision = precision)
    }

    /// Has the last instruction write the condition register, too.
    pub fn update_condition(&mut self) -> &mut Self {
        self.modify(|last| last.update_condition = true)
    }

    /// Gives the last instruction an effect only where the condition register's lanes pass `test`.
    pub fn when(&mut self, test: Test, lanes: impl Into<Swizzle>) -> &mut Self {
        let when = Predicate {
            test,
            swizzle: lanes.into(),
        };
        self.modify(|last| last.when = when)
    }

    /// Drops the fragment where any of the condition register's `lanes` passes `test`.
    pub fn kil(&mut self, test: Test, lanes: impl Into<Swizzle>) -> &mut Self {
        self.operation(Op::Kil, Destination::NOTHING, &[])
            .when(test, lanes)
    }

    operations! {
        /// `to` = a.
        mov = Mov(a);
        /// `to` = a · b.
        mul = Mul(a, b);
        /// `to` = a + b.
        add = Add(a, b);
        /// `to` = a · b + c.
        mad = Mad(a, b, c);
        /// `to` = dot product of two lanes.
        dp2 = Dp2(a, b);
        /// `to` = dot product of two lanes, plus c.x.
        dp2a = Dp2a(a, b, c);
        /// `to` = dot product of three lanes.
        dp3 = Dp3(a, b);
        /// `to` = dot product of four lanes.
        dp4 = Dp4(a, b);
        /// `to` = the lesser.
        min = Min(a, b);
        /// `to` = the greater.
        max = Max(a, b);
        /// `to` = 1 where a < b.
        slt = Slt(a, b);
        /// `to` = 1 where a ≥ b.
        sge = Sge(a, b);
        /// `to` = 1 where a ≤ b.
        sle = Sle(a, b);
        /// `to` = 1 where a > b.
        sgt = Sgt(a, b);
        /// `to` = 1 where a ≠ b.
        sne = Sne(a, b);
        /// `to` = 1 where a = b.
        seq = Seq(a, b);
        /// `to` = a less its floor.
        frc = Frc(a);
        /// `to` = floor of a.
        flr = Flr(a);
        /// `to` = derivative along x of the window.
        ddx = Ddx(a);
        /// `to` = derivative along y of the window.
        ddy = Ddy(a);
        /// `to` = 1 / a.x.
        rcp = Rcp(a);
        /// `to` = 1 / √|a.x|.
        rsq = Rsq(a);
        /// `to` = 2^a.x.
        ex2 = Ex2(a);
        /// `to` = log2 a.x.
        lg2 = Lg2(a);
        /// `to` = sin a.x.
        sin = Sin(a);
        /// `to` = cos a.x.
        cos = Cos(a);
        /// `to` = lighting coefficients.
        lit = Lit(a);
        /// `to` = a · b + (1 - a) · c.
        lrp = Lrp(a, b, c);
        /// `to` = three lanes divided by their length.
        nrm = Nrm(a);
        /// `to` = a / b.x.
        div = Div(a, b);
        /// `to` = a / √b.x.
        divsq = Divsq(a, b);
    }

    samplers! {
        /// `to` = texel of `unit` at a.
        tex = Tex(a);
        /// `to` = texel of `unit` at a, divided by its last lane.
        txp = Txp(a);
        /// `to` = texel of `unit` at a of level b.x.
        txl = Txl(a, b);
        /// `to` = texel of `unit` at a with b.x added to the level.
        txb = Txb(a, b);
    }

    /// The program, which leaves the fragment's colour in `result`.
    ///
    /// # Errors
    /// [`AssembleError`] for the first instruction that the hardware cannot do,
    /// and for a program that never writes its result.
    pub fn finish(&self, result: ResultRegister) -> Result<Program, AssembleError> {
        Program::assemble(&self.instructions, usize::from(self.parameters), result)
    }
}
