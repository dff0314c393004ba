//! Random instructions with random operands, on the virtual PPU and under `qemu-ppc64`
//! (Debian's package `qemu-user`): all registers and memory have to be the same afterwards.
//!
//! `PPU_CASES` sets how many cases each instruction gets.

mod ppu_support;

use console::ppu::{Form, Instruction, instructions};

use ppu_support::case::Case;
use ppu_support::compare::{Ignore, describe, differences};
use ppu_support::program::restore_base;
use ppu_support::random::Random;
use ppu_support::run::{on_ppu, on_qemu, qemu_is_there};

/// The nearest that qemu has: the 970FX has the PPE's instructions but for those below.
const CPU: &str = "970fx";
/// This one has the byte-reversed doublewords, and `dcbz` of 128 bytes.
const OTHER_CPU: &str = "power7";

fn cases_each() -> usize {
    let set = std::env::var("PPU_CASES").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(1000)
}

/// What is compared elsewhere, or nowhere.
const ELSEWHERE: &[&str] = &[
    // Change the flow of control: `branches` below.
    "b", "bc", "bclr", "bcctr", // End the program.
    "sc", "tw", "twi", "td", "tdi", // The PPE's own, which qemu does not have.
    "lvlx", "lvlxl", "lvrx", "lvrxl", "stvlx", "stvlxl", "stvrx", "stvrxl",
    // Not on the 970, or with lines of 32 bytes: `other_processor` below.
    "ldbrx", "stdbrx", "dcbz", // Hints, and not there under qemu.
    "dst", "dstst", "dss", // Time goes by differently.
    "mftb",
    // The line of the second is gone when the program comes back to the first.
    "stwcx.", "stdcx.",
];

fn is_memory(instruction: &Instruction) -> bool {
    let operands = instruction.operands;
    operands.contains("(ra)")
        || operands.contains("ra0,rb")
        || operands.contains("ra0,nb")
        || instruction.name.contains("ux")
            && operands.ends_with("ra,rb")
            && (instruction.name.starts_with('l') || instruction.name.starts_with("st"))
}

fn set(word: &mut u32, shift: u32, value: u64) {
    *word = *word & !(31 << shift) | (value as u32 & 31) << shift;
}

/// Fills the operands of an instruction, and makes the case one that it is defined for.
fn fill(instruction: &Instruction, case: &mut Case, random: &mut Random) {
    let name = instruction.name;
    let mut word = random.next() as u32 & !instruction.mask | instruction.pattern;
    let operands: Vec<_> = instruction.operands.split(',').collect();
    let has = |operand: &str| operands.contains(&operand);
    // Fields that are not operands are reserved: zeros.
    let low = match instruction.form {
        Form::Record | Form::OverflowRecord | Form::Link | Form::LinkAbsolute => 1,
        _ => 0,
    };
    let mut used = instruction.mask | low;
    if instruction.form == Form::OverflowRecord || instruction.form == Form::VectorRecord {
        used |= 1 << 10;
    }
    for operand in &operands {
        used |= match *operand {
            "rt" | "rs" | "frt" | "frs" | "vd" | "vs" | "bt" | "bo" | "to" => 31 << 21,
            "ra" | "ra0" | "fra" | "va" | "ba" | "bi" | "uim" | "sim" => 31 << 16,
            "rb" | "frb" | "vb" | "bb" | "sh" | "nb" => 31 << 11,
            "frc" | "vc" | "mb" => 31 << 6,
            "me" => 31 << 1,
            "si" | "ui" => 0xffff,
            "d(ra)" | "ds(ra)" => 31 << 16 | 0xffff,
            "sh6" => 31 << 11 | 2,
            "mb6" => 63 << 5,
            "bf" => 7 << 23,
            "bfa" => 7 << 18,
            "l" => 1 << 21,
            "fxm" => 0xff << 12,
            "flm" => 0xff << 17,
            "u" => 15 << 12,
            "shb" => 15 << 6,
            "spr" => 0x3ff << 11,
            _ => 0,
        };
    }
    word &= used;
    if name == "mfcr" {
        word &= !(0xff << 12);
    }
    // The register of the case's address stays as it is.
    if has("rt") || name == "mtspr" || name == "mtcrf" {
        set(&mut word, 21, random.below(31));
    }
    if has("ra") && operands[0] == "ra" {
        set(&mut word, 16, random.below(31));
    }
    if is_memory(instruction) {
        fill_address(instruction, &mut word, case, random);
    }
    match name {
        "mfspr" | "mtspr" => {
            word &= !(0x3ff << 11);
            word |= (random.pick(&[1, 9]) as u32) << 16;
        }
        _ => {}
    }
    match name {
        // Reserved bits of XER stay what was written there.
        "mtspr" => case.gpr[(word >> 21 & 31) as usize] &= !0x1fff_ff80,
        // Enabled exceptions would interrupt under qemu.
        "mtfsf" => {
            let source = (word >> 11 & 31) as usize;
            case.fpr[source] &= !0xfc;
        }
        "mtfsfi" => match word >> 23 & 7 {
            6 => word &= !(15 << 12),
            7 => word &= !(12 << 12),
            _ => {}
        },
        "mtfsb1" if (24..30).contains(&(word >> 21 & 31)) => set(&mut word, 21, 23),
        // All shift amounts have to be the same.
        "vsl" | "vsr" => {
            let byte = random.next() as u8;
            case.vr[(word >> 11 & 31) as usize] = u128::from_be_bytes([byte; 16]);
        }
        _ => {}
    }
    // Operands of single-precision arithmetic have to be single-precision numbers.
    if word >> 26 == 59 {
        for value in &mut case.fpr {
            *value = single_as_double(random.single());
        }
    }
    case.code = vec![word];
    if matches!(name, "lmw" | "lswi" | "lswx") {
        case.code.push(restore_base());
    }
    if let "lwarx" | "ldarx" = name {
        // The store that belongs to it, mostly to the same place.
        let store = if name == "lwarx" { 150 } else { 214 };
        let register = random.below(31) as u32;
        let operands = word & 0x001f_f800;
        let changed = word >> 21 & 31;
        if (word >> 16 & 31) != changed && (word >> 11 & 31) != changed {
            case.code
                .push(31 << 26 | register << 21 | operands | store << 1 | 1);
        }
    }
}

/// The bits in double format; what widening does to NaNs here is no part of the test.
fn single_as_double(bits: u32) -> u64 {
    let value = f64::from(f32::from_bits(bits)).to_bits();
    if bits & 0x7fff_ffff > 0x7f80_0000 {
        u64::from(bits & 0x8000_0000) << 32 | 0x7ff << 52 | u64::from(bits & 0x007f_ffff) << 29
    } else {
        value
    }
}

/// An address around the middle of the case's memory, by registers or displacement.
fn fill_address(instruction: &Instruction, word: &mut u32, case: &mut Case, random: &mut Random) {
    let name = instruction.name;
    let aligned: i64 = match name {
        "lwarx" | "ldarx" => 8,
        "lmw" | "stmw" => 4,
        _ => 1,
    };
    let offset = (random.below(224) as i64 - 112) / aligned * aligned;
    let mut base = case.middle();
    let target = (*word >> 21 & 31) as usize;
    let indexed = !instruction.operands.contains("(ra)") && !instruction.operands.contains("nb");
    if name == "dcbz" || aligned > 1 {
        base &= !7;
    }
    // A base that is not written by the instruction before its time.
    let mut register = 1 + random.below(30) as usize;
    if name.starts_with("lmw") {
        set(word, 21, 3 + random.below(29));
        register = 1 + random.below(2) as usize;
    } else if name.starts_with("lsw") {
        // Up to eight registers from the target on, or as many as XER says.
        set(word, 21, random.below(32));
        let target = (*word >> 21 & 31) as usize;
        case.xer = case.xer & !0x7f | (1 + random.below(90));
        register = (target + 25 + random.below(4) as usize) % 32;
        if register == 0 || register == 31 {
            register = (target + 29) % 32;
        }
        if register == 0 || register == 31 {
            register = (target + 24) % 32;
        }
    } else if register == target {
        register = if target == 30 { 29 } else { target + 1 };
    }
    let mut second = (register + 1 + random.below(3) as usize) % 31;
    if name.starts_with("lsw") {
        // Next to the base, away from what is loaded.
        let target = (*word >> 21 & 31) as usize;
        let free = |at: usize| at != 31 && at != register && (at + 32 - target) % 32 >= 23;
        second = (0..32).find(|&at| free(at)).unwrap();
    }
    if register == second {
        second = (second + 1) % 31;
    }
    set(word, 16, register as u64);
    case.gpr[register] = base;
    if indexed {
        set(word, 11, second as u64);
        let can_be_absolute = instruction.operands.contains("ra0") && !name.starts_with("lsw");
        if can_be_absolute && random.one_in(4) {
            set(word, 16, 0);
            case.gpr[second] = base.wrapping_add_signed(offset);
        } else {
            case.gpr[second] = offset as u64;
        }
    } else if instruction.operands.contains("ds(ra)") {
        *word = *word & !0xfffc | offset as u32 & 0xfffc;
    } else if !instruction.operands.contains("nb") {
        *word = *word & !0xffff | offset as u32 & 0xffff;
    }
}

/// What a case leaves undefined, or qemu does not do.
fn ignored(instruction: &Instruction, case: &Case, ours: &Case, theirs: &Case) -> Ignore {
    let mut ignore = Ignore::default();
    let word = case.code[0];
    let field = |shift: u32| (word >> shift & 31) as usize;
    let (t, a, b) = (field(21), field(16), field(11));
    let name = instruction.name;
    match name {
        // The high words are undefined, and with them what Rc says of the whole.
        "mulhw" | "mulhwu" | "divw" | "divwu" => {
            ignore.gpr.insert(t, 0xffff_ffff_0000_0000);
            if word & 1 != 0 {
                ignore.cr = 0xe000_0000;
            }
        }
        _ => {}
    }
    // Quotients that do not exist.
    let (dividend, divisor) = (case.gpr[a], case.gpr[b]);
    let undefined = match name {
        "divd" => divisor == 0 || dividend == 1 << 63 && divisor == u64::MAX,
        "divdu" => divisor == 0,
        "divw" => divisor as u32 == 0 || dividend as u32 == 1 << 31 && divisor as u32 == u32::MAX,
        "divwu" => divisor as u32 == 0,
        _ => false,
    };
    if undefined {
        ignore.gpr.insert(t, u64::MAX);
        if word & 1 != 0 {
            ignore.cr = 0xe000_0000;
        }
    }
    if is_float(instruction) {
        // FR is not computed there.
        ignore.fpscr = 1 << 18;
        // A result is classified there as a double, even where it is a single.
        if word >> 26 == 59 || name == "frsp" {
            let result = f64::from_bits(ours.fpr[t]);
            if result != 0.0 && result.abs() < f64::from(f32::MIN_POSITIVE) {
                ignore.fpscr |= 1 << 16;
            }
        }
        // FX is set there by an exception that was recorded before, too; and not by mtfsb1.
        let before = case.fpscr & 0x1ff8_0700 != 0 || name == "mtfsb1";
        if before && case.fpscr >> 31 == 0 {
            ignore.fpscr |= 1 << 31;
            ignore.cr |= if instruction.form == Form::Record && word & 1 != 0 {
                0x0800_0000
            } else {
                0
            };
        }
    }
    match name {
        // The negation comes before directed rounding there; the book has it after.
        "fnmadd" | "fnmadds" | "fnmsub" | "fnmsubs" if case.fpscr & 2 != 0 => {
            ignore.fpr.insert(t, u64::MAX);
            ignore.fpscr = u32::MAX;
            ignore.cr = 0x0f00_0000;
        }
        "mffs" => {
            ignore.fpr.insert(t, 0xffff_ffff_0000_0000);
        }
        // FPRF is undefined, and the high word.
        "fctiw" | "fctiwz" | "fctid" | "fctidz" => {
            ignore.fpscr |= 31 << 12;
            if name.starts_with("fctiw") {
                ignore.fpr.insert(t, 0xffff_ffff_0000_0000);
            }
        }
        // FI is cleared there.
        "fcmpu" | "fcmpo" => {
            ignore.fpscr |= 1 << 17;
            // With a NaN, C of FPRF is written there, too.
            if f64::from_bits(case.fpr[a]).is_nan() || f64::from_bits(case.fpr[b]).is_nan() {
                ignore.fpscr |= 1 << 16;
            }
        }
        // The tables behind estimates differ between processors; zeros, infinities and
        // NaNs are defined.
        "fres" | "frsqrte" => {
            // FI is undefined, XX is not among what these change, and whether a denormalised
            // estimate lost digits (UX) is up to the estimate.
            ignore.fpscr |= 1 << 31 | 1 << 27 | 1 << 25 | 1 << 17;
            if word & 1 != 0 {
                ignore.cr |= 0x0800_0000;
            }
            let ordinary = |bits: u64| f64::from_bits(bits).is_normal();
            // The reciprocals of zeros and of the smallest numbers are infinite; there they
            // become finite.
            let operand = f64::from_bits(case.fpr[b]);
            let overflow = name == "fres" && operand.abs() < 3e-39;
            if overflow {
                ignore.fpscr = u32::MAX;
                ignore.cr |= 0x0f00_0000;
            }
            if overflow || ordinary(ours.fpr[t]) && ordinary(theirs.fpr[t]) {
                ignore.fpr.insert(t, u64::MAX);
            }
        }
        // Large negative operands give -infinity there, which is no power of two.
        "vexptefp" => {
            ignore.vr.insert(t, u128::MAX);
        }
        // Reserved bits stay what was written there.
        "mtvscr" => ignore.vscr = !0x0001_0001,
        "vrefp" | "vrsqrtefp" | "vlogefp" => {
            let ordinary = |vector: u128, at: usize| {
                let value = f32::from_bits((vector >> (96 - 32 * at)) as u32);
                value.is_finite() && value != 0.0
            };
            let mask = (0..4)
                .filter(|&at| ordinary(ours.vr[t], at) && ordinary(theirs.vr[t], at))
                .fold(0, |mask, at| mask | 0xffff_ffff_u128 << (96 - 32 * at));
            ignore.vr.insert(t, mask);
        }
        // Only one element is defined.
        "lvebx" | "lvehx" | "lvewx" => {
            let size = match name {
                "lvebx" => 1,
                "lvehx" => 2,
                _ => 4,
            };
            let base = if a == 0 { 0 } else { case.gpr[a] };
            let at = (base.wrapping_add(case.gpr[b]) & 15) / size * size;
            let element = u128::MAX >> (128 - 8 * size) << (128 - 8 * (at + size));
            ignore.vr.insert(t, !element);
        }
        _ => {}
    }
    ignore
}

fn compare(test: &str, cpu: &str, chosen: &dyn Fn(&Instruction) -> bool) {
    if !qemu_is_there(test) {
        return;
    }
    let mut random = Random(
        test.bytes()
            .fold(1, |seed, byte| seed << 5 ^ seed >> 59 ^ u64::from(byte)),
    );
    let chosen: Vec<_> = instructions()
        .filter(|instruction| chosen(instruction))
        .collect();
    assert!(!chosen.is_empty());
    let mut failures: std::collections::BTreeMap<&str, (usize, String)> = Default::default();
    for instruction in chosen {
        let cases: Vec<_> = (0..cases_each())
            .map(|at| {
                let mut case = Case::random(&mut random, at);
                fill(instruction, &mut case, &mut random);
                case
            })
            .collect();
        let ours = on_ppu(&cases);
        let theirs = on_qemu(&cases, cpu, &format!("{test}-{}", instruction.name));
        for at in 0..cases.len() {
            let ignore = ignored(instruction, &cases[at], &ours[at], &theirs[at]);
            let found = differences(&ours[at], &theirs[at], &ignore);
            if !found.is_empty() {
                let failure = failures.entry(instruction.name).or_insert_with(|| {
                    (0, format!("{}: {}", describe(&cases[at]), found.join(", ")))
                });
                failure.0 += 1;
            }
        }
    }
    for (name, (count, first)) in &failures {
        println!(
            "{name}: {count} of {} differ, the first:\n  {first}",
            cases_each()
        );
    }
    assert!(failures.is_empty(), "{:?}", failures.keys());
}

fn compared_here(instruction: &Instruction) -> bool {
    !ELSEWHERE.contains(&instruction.name)
}

fn is_vector(instruction: &Instruction) -> bool {
    instruction.operands.contains('v') && !instruction.name.starts_with("dst")
}

fn is_float(instruction: &Instruction) -> bool {
    matches!(instruction.pattern >> 26, 59 | 63)
}

/// A branch with an instruction behind it that it may skip, and the link register after.
fn branch_case(name: &str, case: &mut Case, random: &mut Random) {
    let (bo, bi) = (random.below(32) as u32, random.below(32) as u32);
    let link = random.below(2) as u32;
    let operands = bo << 21 | bi << 16 | link;
    case.ctr = random.pick(&[0, 1, 2, 0x1_0000_0000, 0x1_0000_0001]);
    // bcl 20,31,.+4; mflr r26; addi r26,r26,20: the address of the last instruction
    let here = [0x429f_0005, 0x7f48_02a6, 0x3b5a_0014];
    match name {
        "b" => case.code.push(0x4800_0008 | link),
        "bc" => case.code.push(0x4000_0008 | operands),
        "bclr" => {
            case.code.extend(here);
            case.code.push(0x7f48_03a6); // mtlr r26
            case.code.push(19 << 26 | operands | 16 << 1);
        }
        _ => {
            case.code.extend(here);
            case.code.push(0x7f49_03a6); // mtctr r26
            case.code.push(19 << 26 | operands | 528 << 1 | 4 << 21);
        }
    }
    case.code.push(0x3b9c_0001); // addi r28,r28,1
    case.code.push(0x7f68_02a6); // mflr r27
}

#[test]
fn branches() {
    if !qemu_is_there("branches") {
        return;
    }
    let mut random = Random(5);
    for name in ["b", "bc", "bclr", "bcctr"] {
        let cases: Vec<_> = (0..cases_each())
            .map(|at| {
                let mut case = Case::random(&mut random, at);
                branch_case(name, &mut case, &mut random);
                case
            })
            .collect();
        let ours = on_ppu(&cases);
        let theirs = on_qemu(&cases, CPU, &format!("branches-{name}"));
        for at in 0..cases.len() {
            let found = differences(&ours[at], &theirs[at], &Ignore::default());
            assert!(
                found.is_empty(),
                "{}: {}",
                describe(&cases[at]),
                found.join(", ")
            );
        }
    }
}

#[test]
fn fixed_point() {
    compare("fixed_point", CPU, &|instruction| {
        compared_here(instruction)
            && !is_vector(instruction)
            && !is_float(instruction)
            && !is_memory(instruction)
    });
}

#[test]
fn memory() {
    compare("memory", CPU, &|instruction| {
        compared_here(instruction) && is_memory(instruction)
    });
}

#[test]
fn other_processor() {
    compare("other_processor", OTHER_CPU, &|instruction| {
        matches!(instruction.name, "ldbrx" | "stdbrx" | "dcbz")
    });
}

#[test]
fn floating_point() {
    compare("floating_point", CPU, &|instruction| {
        compared_here(instruction) && is_float(instruction)
    });
}

#[test]
fn vectors() {
    compare("vectors", CPU, &|instruction| {
        compared_here(instruction) && is_vector(instruction) && !is_memory(instruction)
    });
}
