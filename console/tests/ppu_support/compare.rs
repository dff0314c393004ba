//! Differences between two outcomes of a case.

use std::collections::BTreeMap;

use console::ppu::disassemble;

use super::case::Case;

/// What is not compared, because the architecture leaves it undefined, or because the
/// other side is known not to do it.
#[derive(Clone, Default)]
pub struct Ignore {
    /// Bits of general purpose registers.
    pub gpr: BTreeMap<usize, u64>,
    /// Bits of floating-point registers.
    pub fpr: BTreeMap<usize, u64>,
    /// Bits of vector registers.
    pub vr: BTreeMap<usize, u128>,
    pub cr: u32,
    pub fpscr: u32,
    pub vscr: u32,
}

/// The places where two outcomes differ, as text; none where they are the same.
pub fn differences(ours: &Case, theirs: &Case, ignore: &Ignore) -> Vec<String> {
    let mut found = Vec::new();
    for at in 0..31 {
        let mask = !ignore.gpr.get(&at).copied().unwrap_or(0);
        if (ours.gpr[at] ^ theirs.gpr[at]) & mask != 0 {
            found.push(format!(
                "r{at} {:016x} not {:016x}",
                ours.gpr[at], theirs.gpr[at]
            ));
        }
    }
    for at in 0..32 {
        let mask = !ignore.fpr.get(&at).copied().unwrap_or(0);
        if (ours.fpr[at] ^ theirs.fpr[at]) & mask != 0 {
            found.push(format!(
                "f{at} {:016x} not {:016x}",
                ours.fpr[at], theirs.fpr[at]
            ));
        }
        let mask = !ignore.vr.get(&at).copied().unwrap_or(0);
        if (ours.vr[at] ^ theirs.vr[at]) & mask != 0 {
            found.push(format!(
                "v{at} {:032x} not {:032x}",
                ours.vr[at], theirs.vr[at]
            ));
        }
    }
    for (name, ours, theirs, ignored) in [
        ("cr", ours.cr, theirs.cr, ignore.cr),
        ("xer", ours.xer as u32, theirs.xer as u32, 0),
        ("fpscr", ours.fpscr, theirs.fpscr, ignore.fpscr),
        ("vscr", ours.vscr, theirs.vscr, ignore.vscr),
    ] {
        if (ours ^ theirs) & !ignored != 0 {
            found.push(format!("{name} {ours:08x} not {theirs:08x}"));
        }
    }
    if ours.ctr != theirs.ctr {
        found.push(format!("ctr {:016x} not {:016x}", ours.ctr, theirs.ctr));
    }
    if let Some(at) = (0..ours.scratch.len()).find(|&at| ours.scratch[at] != theirs.scratch[at]) {
        found.push(format!(
            "memory {at}: {:02x} not {:02x}",
            ours.scratch[at], theirs.scratch[at]
        ));
    }
    found
}

/// A case as text: its instructions, and what it starts from.
pub fn describe(case: &Case) -> String {
    let code: Vec<_> = case.code.iter().map(|&word| disassemble(0, word)).collect();
    let word = case.code[0];
    let field = |shift: u32| (word >> shift & 31) as usize;
    let (t, a, b, c) = (field(21), field(16), field(11), field(6));
    format!(
        "{} with cr {:08x} xer {:08x} fpscr {:08x} vscr {:x}\n    \
         r{t} {:016x} r{a} {:016x} r{b} {:016x}\n    \
         f{t} {:016x} f{a} {:016x} f{b} {:016x} f{c} {:016x}\n    \
         v{t} {:032x} v{a} {:032x}\n    v{b} {:032x} v{c} {:032x}",
        code.join("; "),
        case.cr,
        case.xer,
        case.fpscr,
        case.vscr,
        case.gpr[t],
        case.gpr[a],
        case.gpr[b],
        case.fpr[t],
        case.fpr[a],
        case.fpr[b],
        case.fpr[c],
        case.vr[t],
        case.vr[a],
        case.vr[b],
        case.vr[c],
    )
}
