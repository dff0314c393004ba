//! Names that assemblers have for common uses of instructions, which say more than the
//! instructions' own (Power ISA, Book I, "Assembler Extended Mnemonics"): `mr`, `li`, `blr`,
//! `beq`.

use super::instructions::Instruction;
use super::word::Word;

/// `nop`: `ori r0,r0,0`.
const NOP: u32 = 0x6000_0000;
/// The link register and the count register, as special registers.
const LR: u32 = 8;
const CTR: u32 = 9;
/// Conditions by the bit of a field of the condition register: where it is set, and where not.
const CONDITIONS: [[&str; 2]; 4] = [["lt", "ge"], ["gt", "le"], ["eq", "ne"], ["so", "ns"]];

/// The simplified form of an instruction, where it has one; `target` is where it branches to.
pub(super) fn simplified(instruction: &Instruction, w: Word, target: &str) -> Option<String> {
    let (t, a, b) = (w.t(), w.a(), w.b());
    let dot = if w.rc() { "." } else { "" };
    let link = if w.rc() { "l" } else { "" };
    Some(match instruction.name {
        "ori" if w.0 == NOP => "nop".into(),
        "addi" if a == 0 => format!("li r{t},{}", w.signed() as i64),
        "addis" if a == 0 => format!("lis r{t},{}", w.signed() as i64),
        "or" if t == b => format!("mr{dot} r{a},r{t}"),
        "mfspr" => format!("mf{} r{t}", special(w)?),
        "mtspr" => format!("mt{} r{t}", special(w)?),
        "cmpi" => format!("cmp{}i {}r{a},{}", width(w), field(w), w.signed() as i64),
        "cmpli" => format!("cmpl{}i {}r{a},{}", width(w), field(w), w.unsigned()),
        "cmp" => format!("cmp{} {}r{a},r{b}", width(w), field(w)),
        "cmpl" => format!("cmpl{} {}r{a},r{b}", width(w), field(w)),
        "bc" => {
            let absolute = if w.aa() { "a" } else { "" };
            let (name, field) = condition(w)?;
            format!("b{name}{link}{absolute} {field}{target}")
        }
        "bclr" => to_register("lr", w, link)?,
        "bcctr" => to_register("ctr", w, link)?,
        _ => return None,
    })
}

fn special(w: Word) -> Option<&'static str> {
    match w.spr() {
        LR => Some("lr"),
        CTR => Some("ctr"),
        _ => None,
    }
}

fn width(w: Word) -> &'static str {
    if w.l() { "d" } else { "w" }
}

/// The field that a comparison sets, unless it is the first.
fn field(w: Word) -> String {
    match w.bf() {
        0 => String::new(),
        field => format!("cr{field},"),
    }
}

/// A branch's condition, and the field that it is about, unless that is the first. The lowest
/// bits of its options are hints.
fn condition(w: Word) -> Option<(&'static str, String)> {
    let (options, bit) = (w.t(), w.a());
    let not = match options & 0b11100 {
        0b01100 => 0,
        0b00100 => 1,
        _ => {
            let name = match options & !0b01001 {
                0b10000 => "dnz",
                0b10010 => "dz",
                _ => return None,
            };
            return Some((name, String::new()));
        }
    };
    let field = match bit / 4 {
        0 => String::new(),
        field => format!("cr{field},"),
    };
    Some((CONDITIONS[bit % 4][not], field))
}

fn to_register(register: &str, w: Word, link: &str) -> Option<String> {
    if w.t() & 0b10100 == 0b10100 {
        return Some(format!("b{register}{link}"));
    }
    let (name, field) = condition(w)?;
    let text = format!("b{name}{register}{link} {}", field.trim_end_matches(','));
    Some(text.trim_end().into())
}
