mod execute;
mod random;

use super::*;
use crate::isa::{Inst, Op};

#[test]
fn a_small_program() {
    let mut a = Assembler::new();
    let [first, ..] = a.arguments();
    let sum = a.il(0);
    let n = a.il(10);
    a.repeat(n, |a| {
        a.set(sum).a(sum, first);
    });
    let buffer = a.bss(64, 128);
    a.stqa(sum, buffer);
    a.stop(0x102);
    let program = a.finish().unwrap();
    for &word in program.code() {
        std::eprintln!("{:?}", Inst::decode(word).unwrap());
    }
    assert_eq!(program.address(buffer) % 128, 0);
    assert!(
        program
            .code()
            .iter()
            .any(|&w| Inst::decode(w).unwrap().op == Op::Brnz)
    );
}
