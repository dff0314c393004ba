use std::string::ToString;

use super::at;
use crate::isa::{Inst, Op};

fn text(word: u32) -> std::string::String {
    Inst::decode(word).expect("an instruction").to_string()
}

#[test]
fn every_kind_of_operand() {
    assert_eq!(text(0x3400_8083), "lqd\t$3,32($1)");
    assert_eq!(text(0x24ff_8081), "stqd\t$1,-32($1)");
    assert_eq!(text(0x21a0_0e03), "wrch\t$ch28,$3");
    assert_eq!(text(0x01a0_0e83), "rdch\t$3,$ch29");
    assert_eq!(text(0x3500_0000), "bi\t$0");
    assert_eq!(text(0x0000_0102), "stop\t0x102");
    assert_eq!(text(0x0020_0000), "lnop");
    assert_eq!(text(0x4020_007f), "nop\t$127");
    assert_eq!(text(0x327f_ff80), "br\t.-4");
    assert_eq!(text(0xe060_c105), "fma\t$3,$2,$3,$5");
    assert_eq!(text(0x76e6_c083), "cuflt\t$3,$1,0");
    assert_eq!(text(0x1200_2021), "hbrr\t.+132,.+256");
    let bie = Inst {
        ra: 7,
        features: Inst::ENABLE,
        ..Inst::new(Op::Bi)
    };
    assert_eq!(bie.to_string(), "bie\t$7");
    let syncc = Inst {
        features: Inst::FEATURE,
        ..Inst::new(Op::Sync)
    };
    assert_eq!(syncc.to_string(), "syncc");
}

#[test]
fn targets_are_addresses_where_the_place_is_known() {
    assert_eq!(at(0x100, 0x327f_ff80).to_string(), "br\t0xfc");
    assert_eq!(at(0, 0x327f_ff80).to_string(), "br\t0x3fffc");
    assert_eq!(at(0x100, 0x1200_2021).to_string(), "hbrr\t0x184,0x200");
    assert_eq!(at(0, 0xffff_ffff).to_string(), text(0xffff_ffff));
    assert_eq!(at(0, 0x0100_0000).to_string(), ".long\t0x01000000");
}

/// Words that the GNU assembler 2.40 made of these lines: every instruction, random
/// operands.
#[test]
fn agrees_with_the_gnu_assembler() {
    let mut seen = std::collections::BTreeSet::new();
    for line in include_str!("gnu_as.txt").lines() {
        let (word, expected) = line.split_once(' ').expect("a word and a line");
        let word = u32::from_str_radix(word, 16).expect("hexadecimal");
        let inst = Inst::decode(word).expect("an instruction");
        assert_eq!(inst.to_string().replace('\t', " "), expected);
        assert_eq!(inst.encode(), Ok(word), "{expected}");
        seen.insert(inst.op);
    }
    assert_eq!(seen.len(), Op::ALL.len());
}
