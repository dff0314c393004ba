//! Fixed-point logic, sign extension and leading zeros (book I, section 3.3.11).

use super::encoding::{d, x_record};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    d("andi.", "ra,rs,ui", 28, andi),
    d("andis.", "ra,rs,ui", 29, andis),
    d("ori", "ra,rs,ui", 24, ori),
    d("oris", "ra,rs,ui", 25, oris),
    d("xori", "ra,rs,ui", 26, xori),
    d("xoris", "ra,rs,ui", 27, xoris),
    x_record("and", "ra,rs,rb", (31, 28), and),
    x_record("or", "ra,rs,rb", (31, 444), or),
    x_record("xor", "ra,rs,rb", (31, 316), xor),
    x_record("nand", "ra,rs,rb", (31, 476), nand),
    x_record("nor", "ra,rs,rb", (31, 124), nor),
    x_record("eqv", "ra,rs,rb", (31, 284), eqv),
    x_record("andc", "ra,rs,rb", (31, 60), andc),
    x_record("orc", "ra,rs,rb", (31, 412), orc),
    x_record("extsb", "ra,rs", (31, 954), extsb),
    x_record("extsh", "ra,rs", (31, 922), extsh),
    x_record("extsw", "ra,rs", (31, 986), extsw),
    x_record("cntlzw", "ra,rs", (31, 26), cntlzw),
    x_record("cntlzd", "ra,rs", (31, 58), cntlzd),
];

macro_rules! immediate {
    ($name:ident, $record:expr, |$source:ident, $word:ident| $value:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, $word: Word) -> Outcome {
            let $source = cpu.registers.gpr[$word.t()];
            let result = $value;
            cpu.registers.gpr[$word.a()] = result;
            if $record {
                cpu.registers.record(result);
            }
            Ok(())
        }
    };
}

immediate!(andi, true, |source, w| source & w.unsigned());
immediate!(andis, true, |source, w| source & w.unsigned() << 16);
immediate!(ori, false, |source, w| source | w.unsigned());
immediate!(oris, false, |source, w| source | w.unsigned() << 16);
immediate!(xori, false, |source, w| source ^ w.unsigned());
immediate!(xoris, false, |source, w| source ^ w.unsigned() << 16);

macro_rules! binary {
    ($name:ident, |$left:ident, $right:ident| $value:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let $left = cpu.registers.gpr[w.t()];
            let $right = cpu.registers.gpr[w.b()];
            finish(cpu, w, $value)
        }
    };
}

binary!(and, |left, right| left & right);
binary!(or, |left, right| left | right);
binary!(xor, |left, right| left ^ right);
binary!(nand, |left, right| !(left & right));
binary!(nor, |left, right| !(left | right));
binary!(eqv, |left, right| !(left ^ right));
binary!(andc, |left, right| left & !right);
binary!(orc, |left, right| left | !right);

macro_rules! unary {
    ($name:ident, |$source:ident| $value:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
            let $source = cpu.registers.gpr[w.t()];
            finish(cpu, w, $value)
        }
    };
}

unary!(extsb, |source| source as i8 as u64);
unary!(extsh, |source| source as i16 as u64);
unary!(extsw, |source| source as i32 as u64);
unary!(cntlzw, |source| u64::from((source as u32).leading_zeros()));
unary!(cntlzd, |source| u64::from(source.leading_zeros()));

#[inline]
fn finish(cpu: &mut Ppu, w: Word, result: u64) -> Outcome {
    cpu.registers.gpr[w.a()] = result;
    if w.rc() {
        cpu.registers.record(result);
    }
    Ok(())
}
