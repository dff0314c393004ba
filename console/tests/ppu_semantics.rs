//! What the differential tests cannot compare: the PPE's own instructions, exits, faults,
//! reservations between threads, code that changes, enabled exceptions, FR.

use console::ppu::{
    Access, AccessCause, AccessFault, AccessKind, AddressSpace, Cause, Exit, Fpscr, GRANULE, Ppu,
    Vector,
};

use proptest::prelude::*;

const CODE: u64 = 0x1_0000;
const DATA: u64 = 0x2_0000;
const SC: u32 = 0x4400_0002;

fn machine(code: &[u32]) -> (Ppu, AddressSpace) {
    let mut memory = AddressSpace::new();
    memory.map(CODE, GRANULE, Access::READ_EXECUTE).unwrap();
    memory.map(DATA, GRANULE, Access::READ_WRITE).unwrap();
    place(&mut memory, CODE, code);
    let mut ppu = Ppu::new(0);
    ppu.registers.pc = CODE;
    (ppu, memory)
}

fn place(memory: &mut AddressSpace, address: u64, code: &[u32]) {
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    memory.write(address, &bytes).unwrap();
}

fn x(t: u32, a: u32, b: u32, extended: u32) -> u32 {
    31 << 26 | t << 21 | a << 16 | b << 11 | extended << 1
}

#[test]
fn left_and_right_halves_make_an_unaligned_vector() {
    // lvlx v1,0,r3; lvrx v2,r4,r3; vor v3,v1,v2; stvlx v3,0,r5; stvrx v3,r4,r5
    let code = [
        x(1, 0, 3, 519),
        x(2, 4, 3, 551),
        4 << 26 | 3 << 21 | 1 << 16 | 2 << 11 | 1156,
        x(3, 0, 5, 647),
        x(3, 4, 5, 679),
        SC,
    ];
    let bytes: Vec<u8> = (1..=64).collect();
    for offset in 0..16 {
        let (mut ppu, mut memory) = machine(&code);
        memory.write(DATA, &bytes).unwrap();
        ppu.registers.gpr[3] = DATA + offset;
        ppu.registers.gpr[4] = 16;
        ppu.registers.gpr[5] = DATA + 0x100 + (15 - offset);
        assert_eq!(ppu.run(&mut memory, 10), Exit::SystemCall { level: 0 });
        let start = offset as usize;
        let expected: [u8; 16] = bytes[start..start + 16].try_into().unwrap();
        assert_eq!(ppu.registers.vr[3], Vector::from_bytes(expected));
        let left: Vec<u8> = (0..16)
            .map(|at| if at + start < 16 { expected[at] } else { 0 })
            .collect();
        assert_eq!(ppu.registers.vr[1].bytes()[..], left);
        let mut stored = [0; 48];
        memory.read(DATA + 0x100, &mut stored).unwrap();
        let at = 15 - start;
        assert_eq!(stored[at..at + 16], expected);
        assert!(
            stored[..at]
                .iter()
                .chain(&stored[at + 16..])
                .all(|&byte| byte == 0)
        );
    }
}

#[test]
fn an_aligned_right_half_accesses_nothing() {
    // lvrx v1,0,r3; stvrx v1,0,r3; sc
    let (mut ppu, mut memory) = machine(&[x(1, 0, 3, 551), x(1, 0, 3, 679), SC]);
    ppu.registers.gpr[3] = 0x9000_0000;
    ppu.registers.vr[1] = Vector::from_bits(u128::MAX);
    assert_eq!(ppu.run(&mut memory, 10), Exit::SystemCall { level: 0 });
    assert_eq!(ppu.registers.vr[1], Vector::from_bits(0));
}

#[test]
fn exits_leave_the_registers_where_they_belong() {
    let (mut ppu, mut memory) = machine(&[0x3860_0001, SC, 0x3860_0002, 0x7fe0_0008, 0]);
    assert_eq!(ppu.step(&mut memory), Exit::Limit);
    assert_eq!(ppu.run(&mut memory, 100), Exit::SystemCall { level: 0 });
    assert_eq!((ppu.registers.pc, ppu.registers.gpr[3]), (CODE + 8, 1));
    let Exit::Trap(report) = ppu.run(&mut memory, 100) else {
        panic!("tw 31,r0,r0 traps");
    };
    assert_eq!(report.to_string(), "trap at pc 0x0001000c: tw 31,r0,r0");
    assert_eq!((ppu.registers.pc, ppu.registers.gpr[3]), (CODE + 12, 2));
    ppu.registers.pc += 4;
    let Exit::Fault(report) = ppu.run(&mut memory, 100) else {
        panic!("0 is no instruction");
    };
    assert_eq!((report.pc, report.cause), (CODE + 16, Cause::Illegal));
    assert_eq!(ppu.cycles, 3);
}

#[test]
fn traps_compare_with_and_without_sign() {
    for (to, left, right, traps) in [
        (16, -1_i64, 1, true),
        (16, 1, -1, false),
        (8, 1, -1, true),
        (4, 3, 3, true),
        (2, 1, -1, true),
        (1, -1, 1, true),
        (1, 1, -1, false),
        (27, 3, 3, false),
    ] {
        for extended in [4, 68] {
            let (mut ppu, mut memory) = machine(&[x(to, 3, 4, extended)]);
            ppu.registers.gpr[3] = left as u64;
            ppu.registers.gpr[4] = right as u64;
            let exit = ppu.step(&mut memory);
            assert_eq!(matches!(exit, Exit::Trap(_)), traps, "{to} {left} {right}");
        }
    }
    // tw looks at the low words alone.
    let (mut ppu, mut memory) = machine(&[x(4, 3, 4, 4)]);
    ppu.registers.gpr[3] = 1 << 32;
    assert!(matches!(ppu.step(&mut memory), Exit::Trap(_)));
}

#[test]
fn faults_say_what_and_where_and_change_nothing() {
    // lwzu r3,8(r4)
    let (mut ppu, mut memory) = machine(&[0x8464_0008]);
    ppu.registers.gpr[4] = 0x5000_0000;
    let before = ppu.registers.clone();
    let Exit::Fault(report) = ppu.run(&mut memory, 100) else {
        panic!("nothing is mapped there");
    };
    assert_eq!(
        report.to_string(),
        "load from unmapped address 0x50000008 at pc 0x00010000: lwzu r3,8(r4)"
    );
    assert_eq!(ppu.registers, before);

    // A store to code, a jump to data, a reservation that is not aligned.
    for (word, address, cause) in [
        (
            0x9064_0000,
            CODE,
            (AccessKind::Store, AccessCause::Protected),
        ),
        (
            x(3, 0, 4, 20),
            DATA + 2,
            (AccessKind::Load, AccessCause::Misaligned),
        ),
        (
            0xb864_0000,
            DATA + 1,
            (AccessKind::Load, AccessCause::Misaligned),
        ),
    ] {
        let (mut ppu, mut memory) = machine(&[word]);
        ppu.registers.gpr[4] = address;
        if word >> 26 == 46 {
            ppu.registers.gpr[1] = address;
            place(&mut memory, CODE, &[0xb861_0000]);
        }
        let Exit::Fault(report) = ppu.run(&mut memory, 1) else {
            panic!("{word:#x} faults");
        };
        let (kind, cause) = cause;
        let fault = AccessFault {
            address,
            kind,
            cause,
        };
        assert_eq!(report.cause, Cause::Access(fault));
    }
    let (mut ppu, mut memory) = machine(&[]);
    ppu.registers.pc = DATA;
    let Exit::Fault(report) = ppu.run(&mut memory, 1) else {
        panic!("data is not code");
    };
    assert_eq!(
        report.to_string(),
        "instruction fetch from protected address 0x00020000 at pc 0x00020000: (not readable)"
    );
}

#[test]
fn privileged_registers_are_named() {
    // mfspr r3,287 (PVR)
    let (mut ppu, mut memory) = machine(&[0x7c7f_42a6]);
    let Exit::Fault(report) = ppu.step(&mut memory) else {
        panic!("PVR is privileged");
    };
    assert_eq!(report.cause, Cause::SpecialRegister(287));
}

#[test]
fn a_reservation_is_lost_to_another_thread_and_to_a_device() {
    // lwarx r3,0,r4; stwcx. r5,0,r4; sc
    let code = [x(3, 0, 4, 20), x(5, 0, 4, 150) | 1, SC];
    let attempt = |between: &dyn Fn(&mut AddressSpace)| {
        let (mut ppu, mut memory) = machine(&code);
        ppu.registers.gpr[4] = DATA + 64;
        ppu.registers.gpr[5] = 7;
        assert_eq!(ppu.step(&mut memory), Exit::Limit);
        between(&mut memory);
        assert_eq!(ppu.run(&mut memory, 10), Exit::SystemCall { level: 0 });
        let mut word = [0; 4];
        memory.read(DATA + 64, &mut word).unwrap();
        let stored = ppu.registers.cr_bit(2);
        assert_eq!(u32::from_be_bytes(word) == 7, stored);
        stored
    };
    assert!(attempt(&|_| {}));
    assert!(!attempt(&|memory| memory.write(DATA + 100, &[1]).unwrap()));
    assert!(!attempt(&|memory| {
        let mut other = Ppu::new(1);
        other.registers.pc = CODE + 8;
        assert_eq!(other.step(memory), Exit::SystemCall { level: 0 });
    }));
    let (mut ppu, mut memory) = machine(&code);
    ppu.registers.pc += 4;
    ppu.registers.gpr[4] = DATA;
    assert_eq!(ppu.step(&mut memory), Exit::Limit);
    assert!(!ppu.registers.cr_bit(2), "no reservation, no store");
}

#[test]
fn changed_code_is_seen_after_icbi() {
    // stw r3,0(r4); icbi 0,r4; isync; addi r5,0,1 (to be replaced); sc
    let code = [0x9064_0000, x(0, 0, 4, 982), 0x4c00_012c, 0x38a0_0001, SC];
    for (with_icbi, expected) in [(true, 2), (false, 1)] {
        let (mut ppu, mut memory) = machine(&code);
        memory.protect(CODE, GRANULE, Access::ALL).unwrap();
        if !with_icbi {
            place(&mut memory, CODE + 4, &[0x6000_0000]);
        }
        ppu.registers.gpr[3] = 0x38a0_0002;
        ppu.registers.gpr[4] = CODE + 12;
        assert_eq!(ppu.run(&mut memory, 10), Exit::SystemCall { level: 0 });
        assert_eq!(ppu.registers.gpr[5], expected);
    }
}

#[test]
fn the_time_base_follows_the_clock() {
    // mftb r3; mftbu r4
    let (mut ppu, mut memory) = machine(&[0x7c6c_42e6, 0x7c8d_42e6]);
    ppu.cycles = 40 * (5 << 32 | 77);
    assert_eq!(ppu.run(&mut memory, 2), Exit::Limit);
    assert_eq!(ppu.registers.gpr[3..5], [5 << 32 | 77, 5]);
}

#[test]
fn absolute_branches() {
    // bla 0x10100; at 0x10100: bca 20,0,0x... is out of reach, so blr
    let (mut ppu, mut memory) = machine(&[0x4801_0103]);
    place(&mut memory, 0x1_0100, &[SC]);
    assert_eq!(ppu.run(&mut memory, 5), Exit::SystemCall { level: 0 });
    assert_eq!((ppu.registers.pc, ppu.registers.lr), (0x1_0104, CODE + 4));
}

/// FRT after one instruction on f1, f2, f3, and the FPSCR.
fn float(word: u32, operands: [u64; 3], fpscr: u32) -> (u64, u32) {
    let (mut ppu, mut memory) = machine(&[word]);
    ppu.registers.fpr[1..4].copy_from_slice(&operands);
    ppu.registers.fpscr = Fpscr::from_bits(fpscr);
    ppu.registers.fpr[4] = 0x1234;
    assert_eq!(ppu.step(&mut memory), Exit::Limit);
    (ppu.registers.fpr[4], ppu.registers.fpscr.to_bits())
}

const FADD: u32 = 0xfc81_102a; // fadd f4,f1,f2
const FMUL: u32 = 0xfc81_00b2; // fmul f4,f1,f2
const FDIV: u32 = 0xfc81_1024; // fdiv f4,f1,f2
const FNMADD: u32 = 0xfc81_18be; // fnmadd f4,f1,f2,f3
const FR: u32 = 1 << 18;
const FI: u32 = 1 << 17;

#[test]
fn fr_says_that_the_magnitude_grew() {
    let one = 1.0_f64.to_bits();
    let ulp = f64::EPSILON.to_bits();
    let over_half = (f64::EPSILON * 0.75).to_bits();
    for (small, mode, bits) in [
        (ulp, 0, 0),
        (over_half, 0, FR | FI),
        ((f64::EPSILON * 0.5).to_bits(), 0, FI),
        (over_half, 1, FI),
        (over_half, 2, FR | FI),
        (over_half, 3, FI),
    ] {
        let (_, fpscr) = float(FADD, [one, small, 0], mode);
        assert_eq!(fpscr & (FR | FI), bits, "mode {mode}");
    }
}

#[test]
fn enabled_exceptions_change_results_as_defined() {
    let one = 1.0_f64.to_bits();
    // Invalid operation and zero divide leave the target; FEX says so.
    let (target, fpscr) = float(
        FADD,
        [f64::INFINITY.to_bits(), f64::NEG_INFINITY.to_bits(), 0],
        0x80,
    );
    assert_eq!((target, fpscr), (0x1234, 0xe080_0080));
    let (target, fpscr) = float(FDIV, [one, 0, 0], 0x10);
    assert_eq!((target, fpscr), (0x1234, 0xc400_0010));
    // Overflow and underflow deliver the result with an exponent 1536 off.
    let huge = (1023_u64 + 1000) << 52;
    let (target, fpscr) = float(FMUL, [huge, huge, 0], 0x40);
    assert_eq!(target, (1023 + 2000 - 1536) << 52);
    assert_eq!(fpscr & 0xf000_0000, 0xd000_0000);
    let tiny = (1023_u64 - 1000) << 52;
    let (target, fpscr) = float(FMUL, [tiny, tiny, 0], 0x20);
    assert_eq!(target, (1023 + 1536 - 2000) << 52);
    assert_eq!(fpscr & 0xf800_0000, 0xc800_0000);
}

#[test]
fn negated_sums_are_rounded_first() {
    // -(1 × 1 + 2^-60), up: the sum becomes 1 + 2^-52, and its negation is written.
    let one = 1.0_f64.to_bits();
    let (target, _) = float(FNMADD, [one, one, (1023 - 60) << 52], 2);
    assert_eq!(target, (-1.0 - f64::EPSILON).to_bits());
    // A sum that cancels is +0, and so the result is -0.
    let (target, fpscr) = float(FNMADD, [one, one, (-1.0_f64).to_bits()], 0);
    assert_eq!((target, fpscr), (1 << 63, 0x12 << 12));
}

/// What the ps3autotests project recorded on a console (ppu_integer_arithmetic,
/// ppu_float_conversion) where the architecture leaves results undefined.
#[test]
fn undefined_results_are_the_consoles() {
    // divw. r3,r4,r5; mulhw. r3,r4,r5; divd. r3,r4,r5
    let (divw, mulhw, divd) = (0x7c64_2bd7, 0x7c64_2897, 0x7c64_2bd3);
    for (word, left, right, result, cr) in [
        (divw, 1, u64::MAX, 0xffff_ffff, 0x4000_0000),
        (divw, 0x7223_3411, u64::MAX, 0x8ddc_cbef, 0x4000_0000),
        (divw, 1, 0, 0, 0x2000_0000),
        (mulhw, 1, u64::MAX, u64::MAX, 0x8000_0000),
        (divd, 1 << 63, u64::MAX, 0, 0x2000_0000),
        (divd, 1 << 63, 0, 0, 0x2000_0000),
    ] {
        let (mut ppu, mut memory) = machine(&[word]);
        ppu.registers.gpr[4] = left;
        ppu.registers.gpr[5] = right;
        assert_eq!(ppu.step(&mut memory), Exit::Limit);
        assert_eq!(
            (ppu.registers.gpr[3], ppu.registers.cr),
            (result, cr),
            "{word:#x}"
        );
    }
    // fctiw f4,f2; fctiwz f4,f2
    let (fctiw, fctiwz) = (0xfc80_101c, 0xfc80_101e);
    for (word, value, result, fpscr) in [
        (fctiw, -1.0, u64::MAX, 0),
        (fctiw, -1.6, -2_i64 as u64, 0x8206_0000),
        (fctiw, f64::NAN, 0xffff_ffff_8000_0000, 0xa000_0100),
        (fctiw, f64::MAX, 0x7fff_ffff, 0xa000_0100),
        (fctiwz, -1.6, u64::MAX, 0x8202_0000),
    ] {
        let outcome = float(word, [0, value.to_bits(), 0], 0);
        assert_eq!(outcome, (result, fpscr), "{value}");
    }
}

#[test]
fn scalar_estimates_keep_their_bounds() {
    for at in 0..4000 {
        let operand = 2.0_f64.powi(at % 200 - 100) * (1.0 + f64::from(at) / 4000.0);
        // fres f4,f2; frsqrte f4,f2
        for (word, exact, bound) in [
            (0xec80_1030, 1.0 / operand, 1.0 / 256.0),
            (0xfc80_1034, 1.0 / operand.sqrt(), 1.0 / 32.0),
        ] {
            let (estimate, fpscr) = float(word, [0, operand.to_bits(), 0], 0);
            let error = f64::from_bits(estimate) / exact - 1.0;
            assert!(error.abs() <= bound, "{operand}");
            assert_eq!(fpscr, 4 << 12);
        }
    }
    let negative = (-1.0_f64).to_bits();
    assert_eq!(float(0xfc80_1034, [0, negative, 0], 0).1, 0xa001_1200);
    let zero = float(0xec80_1030, [0, 1 << 63, 0], 0);
    assert_eq!(zero, (f64::NEG_INFINITY.to_bits(), 0x8400_9000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_word_breaks_the_interpreter(
        words in prop::collection::vec(any::<u32>(), 64),
        primaries in prop::collection::vec(prop::sample::select(vec![4_u32, 19, 30, 31, 59, 63]), 64),
        registers in any::<[u64; 32]>(),
    ) {
        let words: Vec<u32> = words
            .iter()
            .zip(primaries)
            .enumerate()
            .map(|(at, (word, primary))| {
                // Every other word has an opcode with many instructions.
                if at % 2 == 0 { *word } else { word & 0x03ff_ffff | primary << 26 }
            })
            .collect();
        let (mut ppu, mut memory) = machine(&words);
        ppu.registers.gpr = registers;
        ppu.registers.fpr = registers;
        for register in [1, 5, 9] {
            ppu.registers.gpr[register] = DATA + 0x8000;
        }
        for at in 0..64 {
            ppu.registers.pc = CODE + 4 * at;
            ppu.step(&mut memory);
        }
    }
}
