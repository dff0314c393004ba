//! One method for each instruction, made from the table.

use core::panic::Location;

use super::ir::{Operand, VInst};
use super::{Address, Assembler, Label, Reg, With};
use crate::isa::channel::Channel;
use crate::isa::{Op, with_instructions};

/// One method. The pattern is the instruction's name and mnemonic, what happens to its
/// registers, its immediate, its class.
macro_rules! method {
    // Results.
    ($op:ident $name:ident T No Double $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self) -> Reg {
            self.value(VInst::new(Op::$op, Location::caller()))
        }
    };
    ($op:ident $name:ident T Channel $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, channel: Channel) -> Reg {
            let operand = Operand::Value(channel.number().into());
            self.value(VInst { operand, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    ($op:ident $name:ident T $rel:ident LoadStore $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, address: Address) -> Reg {
            let operand = Operand::Address(address);
            self.value(VInst { operand, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    // Calls are made by `Assembler::call`.
    ($op:ident $name:ident T $rel:ident Branch $doc:expr) => {};
    ($op:ident $name:ident T_A No Branch $doc:expr) => {};
    ($op:ident $name:ident T $imm:ident $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, imm: i32) -> Reg {
            let operand = Operand::Value(imm);
            self.value(VInst { operand, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    ($op:ident $name:ident T_A No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg) -> Reg {
            self.value(VInst { ra, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    ($op:ident $name:ident T_A $imm:ident $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg, imm: i32) -> Reg {
            let operand = Operand::Value(imm);
            self.value(VInst { ra, operand, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    ($op:ident $name:ident T_AB No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg, rb: Reg) -> Reg {
            self.value(VInst { ra, rb, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    ($op:ident $name:ident T_ABC No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg, rb: Reg, rc: Reg) -> Reg {
            self.value(VInst { ra, rb, rc, ..VInst::new(Op::$op, Location::caller()) })
        }
    };
    // Instructions that update their target.
    ($op:ident $name:ident TT $imm:ident $class:ident $doc:expr) => {
        #[doc = $doc]
        #[doc = "\n\nUpdates `rt` in place."]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, imm: i32) {
            let operand = Operand::Value(imm);
            self.effect(VInst { rt, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident TT_AB No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[doc = "\n\nUpdates `rt` in place."]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, ra: Reg, rb: Reg) {
            self.effect(VInst { rt, ra, rb, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    // Stores.
    ($op:ident $name:ident R_T $rel:ident LoadStore $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, address: Address) {
            let operand = Operand::Address(address);
            self.effect(VInst { rt, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_TA $imm:ident LoadStore $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, ra: Reg, imm: i32) {
            let operand = Operand::Value(imm);
            self.effect(VInst { rt, ra, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_TAB No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, ra: Reg, rb: Reg) {
            self.effect(VInst { rt, ra, rb, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    // Branches.
    ($op:ident $name:ident NONE Rel18 Branch $doc:expr) => {
        method!(@jump $op $name $doc);
    };
    ($op:ident $name:ident NONE Abs18 Branch $doc:expr) => {
        method!(@jump $op $name $doc);
    };
    (@jump $op:ident $name:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, to: Label) {
            let operand = Operand::Label(to);
            self.effect(VInst { operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_T Rel18 Branch $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, to: Label) {
            let operand = Operand::Label(to);
            self.effect(VInst { rt, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_TA No Branch $doc:expr) => {
        #[doc = $doc]
        #[doc = "\n\n`targets` are all labels that `ra` may be the address of."]
        #[track_caller]
        pub fn $name(&mut self, rt: Reg, ra: Reg, targets: &[Label]) {
            let operand = self.one_of(targets);
            self.effect(VInst { rt, ra, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_A No Branch $doc:expr) => {
        #[doc = $doc]
        #[doc = "\n\n`targets` are all labels that it may go to."]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg, targets: &[Label]) {
            let operand = self.one_of(targets);
            self.effect(VInst { ra, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    // Hints are placed by the assembler.
    ($op:ident $name:ident $roles:ident $imm:ident Hint $doc:expr) => {};
    // Channels, special registers, halts, and what has no operands.
    ($op:ident $name:ident R_T Channel $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, channel: Channel, rt: Reg) {
            let operand = Operand::Value(channel.number().into());
            self.effect(VInst { rt, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_T Spr $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, spr: i32, rt: Reg) {
            let operand = Operand::Value(spr);
            self.effect(VInst { rt, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_A No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg) {
            self.effect(VInst { ra, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_A $imm:ident $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg, imm: i32) {
            let operand = Operand::Value(imm);
            self.effect(VInst { ra, operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident R_AB No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, ra: Reg, rb: Reg) {
            self.effect(VInst { ra, rb, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident NONE U14 $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self, imm: i32) {
            let operand = Operand::Value(imm);
            self.effect(VInst { operand, ..VInst::new(Op::$op, Location::caller()) });
        }
    };
    ($op:ident $name:ident NONE No $class:ident $doc:expr) => {
        #[doc = $doc]
        #[track_caller]
        pub fn $name(&mut self) {
            self.effect(VInst::new(Op::$op, Location::caller()));
        }
    };
}

macro_rules! methods {
    ($(($op:ident, $name:ident, $format:ident, $opcode:literal, $class:ident,
        $roles:ident, $immediate:ident, $summary:literal),)*) => {
        /// The instructions. Methods with a result return a fresh register; to write to
        /// one that is there already, go through [`Assembler::set`].
        impl Assembler {
            $(method!{ $op $name $roles $immediate $class
                concat!("`", stringify!($name), "`: ", $summary, ".") })*
        }

        /// The instructions, with what was asked for before.
        impl With<'_> {
            $(method!{ $op $name $roles $immediate $class
                concat!("`", stringify!($name), "`: ", $summary, ".") })*
        }
    };
}

with_instructions!(methods);
