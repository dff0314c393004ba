mod errors;
mod execute;
mod passes;
mod random;

use super::{Assembler, Program};
use crate::isa::{Inst, Op};
use alloc::vec::Vec;

/// The instructions of a program.
fn insts(program: &Program) -> Vec<Inst> {
    let decode = |&word: &u32| Inst::decode(word).expect("an instruction");
    program.code().iter().map(decode).collect()
}

fn count(program: &Program, op: Op) -> usize {
    insts(program).iter().filter(|inst| inst.op == op).count()
}

fn finish(record: impl FnOnce(&mut Assembler)) -> Program {
    let mut a = Assembler::new();
    record(&mut a);
    a.stop(0);
    a.finish().expect("assembles")
}
