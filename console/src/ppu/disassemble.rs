//! Instructions as text, in the assembler's order and with plain numbers for registers'
//! names where the assembler has them, simplified where it has simpler names: `lwz r3,8(r1)`,
//! `beq 0x10010`.

use super::instructions::{Form, Instruction, instruction};
use super::simplified::simplified;
use super::word::Word;

/// The instruction that a word is at an address; `.long` where it is none of the PPE's.
#[must_use]
pub fn disassemble(pc: u64, word: u32) -> String {
    let Some(instruction) = instruction(word) else {
        return format!(".long {word:#010x}");
    };
    let w = Word(word);
    if let Some(text) = simplified(instruction, w, &target(w, pc, w.ds())) {
        return text;
    }
    let mut text = mnemonic(instruction, w);
    for (at, name) in instruction.operands.split(',').enumerate() {
        if name.is_empty() {
            continue;
        }
        text.push(if at == 0 { ' ' } else { ',' });
        text.push_str(&operand(name, w, pc));
    }
    text
}

fn mnemonic(instruction: &Instruction, w: Word) -> String {
    let mut text = instruction.name.to_owned();
    let suffixes = match instruction.form {
        Form::Plain => [("", false), ("", false)],
        Form::Record => [(".", w.rc()), ("", false)],
        Form::OverflowRecord => [("o", w.oe()), (".", w.rc())],
        Form::VectorRecord => [(".", w.vector_rc()), ("", false)],
        Form::Link => [("l", w.rc()), ("", false)],
        Form::LinkAbsolute => [("l", w.rc()), ("a", w.aa())],
    };
    for (suffix, present) in suffixes {
        if present {
            text.push_str(suffix);
        }
    }
    text
}

fn target(w: Word, pc: u64, offset: u64) -> String {
    let base = if w.aa() { 0 } else { pc };
    format!("{:#x}", base.wrapping_add(offset))
}

/// One operand by its name in the instruction tables.
fn operand(name: &str, w: Word, pc: u64) -> String {
    let register = |letter: char, number: usize| format!("{letter}{number}");
    match name {
        "rt" | "rs" => register('r', w.t()),
        "ra" => register('r', w.a()),
        "ra0" if w.a() == 0 => "0".into(),
        "ra0" => register('r', w.a()),
        "rb" => register('r', w.b()),
        "frt" | "frs" => register('f', w.t()),
        "fra" => register('f', w.a()),
        "frb" => register('f', w.b()),
        "frc" => register('f', w.c()),
        "vd" | "vs" => register('v', w.t()),
        "va" => register('v', w.a()),
        "vb" => register('v', w.b()),
        "vc" => register('v', w.c()),
        "si" => (w.signed() as i64).to_string(),
        "ui" => w.unsigned().to_string(),
        "d(ra)" => based(w, w.signed()),
        "ds(ra)" => based(w, w.ds()),
        "sh" | "nb" => w.b().to_string(),
        "mb" => w.c().to_string(),
        "me" => w.me().to_string(),
        "sh6" => w.shift6().to_string(),
        "mb6" => w.mask6().to_string(),
        "bf" => format!("cr{}", w.bf()),
        "bfa" => format!("cr{}", w.bfa()),
        "l" => u8::from(w.l()).to_string(),
        "to" | "bo" | "bt" => w.t().to_string(),
        "bi" | "ba" | "uim" => w.a().to_string(),
        "bb" => w.b().to_string(),
        "li" => target(w, pc, w.li()),
        "bd" => target(w, pc, w.ds()),
        "spr" => w.spr().to_string(),
        "fxm" => w.fxm().to_string(),
        "flm" => w.flm().to_string(),
        "u" => w.u().to_string(),
        "sim" => w.sim().to_string(),
        "shb" => w.shb().to_string(),
        "th" => w.t().to_string(),
        "strm" | "sync_l" => (w.t() & 3).to_string(),
        _ => format!("?{name}"),
    }
}

fn based(w: Word, displacement: u64) -> String {
    let base = if w.a() == 0 {
        "0".into()
    } else {
        format!("r{}", w.a())
    };
    format!("{}({base})", displacement as i64)
}

#[cfg(test)]
mod tests {
    use super::super::instructions::instructions;
    use super::*;

    #[test]
    fn forms_are_written_as_the_assembler_reads_them() {
        for (word, text) in [
            (0x3860_002a, "li r3,42"),
            (0x3c60_ffff, "lis r3,-1"),
            (0x3863_002a, "addi r3,r3,42"),
            (0x6000_0000, "nop"),
            (0x7fc3_f378, "mr r3,r30"),
            (0x7fc3_f379, "mr. r3,r30"),
            (0x7c08_02a6, "mflr r0"),
            (0x7c08_03a6, "mtlr r0"),
            (0x7c09_03a6, "mtctr r0"),
            (0x2803_0000, "cmplwi r3,0"),
            (0x2f3f_fffe, "cmpdi cr6,r31,-2"),
            (0x7fa3_2040, "cmpld cr7,r3,r4"),
            (0x419a_0010, "beq cr6,0x1010"),
            (0x4082_0010, "bne 0x1010"),
            (0x40a1_fff0, "ble 0xff0"),
            (0x4200_fff8, "bdnz 0xff8"),
            (0x4d9e_0020, "beqlr cr7"),
            (0x4e80_0420, "bctr"),
            (0x4e80_0421, "bctrl"),
            (0x7c64_2e15, "addo. r3,r4,r5"),
            (0xe861_fff8, "ld r3,-8(r1)"),
            (0x4bff_fffd, "bl 0xffc"),
            (0x4182_0010, "beq 0x1010"),
            (0x4100_0010, "bc 8,0,0x1010"),
            (0x4e80_0020, "blr"),
            (0xfc22_193a, "fmadd f1,f2,f4,f3"),
            (0x1043_21ee, "vmaddfp v2,v3,v7,v4"),
            (0x7c40_212d, "stwcx. r2,0,r4"),
            (0x4400_0002, "sc"),
            (0x0000_0000, ".long 0x00000000"),
        ] {
            assert_eq!(disassemble(0x1000, word), text);
        }
    }

    #[test]
    fn every_operand_has_a_text() {
        for instruction in instructions() {
            let text = disassemble(0, instruction.pattern);
            assert!(!text.contains('?'), "{text}");
        }
    }
}
