//! Programs that go wrong: each ends in a report.

mod lv2_support;

use console::lv2::{Outcome, Program, ProgramError};
use lv2_support::*;
use proptest::prelude::*;

fn report(parts: &Parts) -> String {
    let (outcome, _, machine) = run(parts);
    assert!(!matches!(outcome, Outcome::Exited(_)), "{outcome:?}");
    machine.report(&outcome)
}

#[test]
fn faults_say_what_and_where() {
    for (parts, first) in [
        (
            code(&[&set(0, 0x40), &[MTCTR_0, BCTR]]),
            "instruction fetch from unmapped address 0x00000040 at pc 0x00000040",
        ),
        (
            code(&[&set(0, DATA), &[MTCTR_0, BCTR]]),
            "instruction fetch from protected address 0x00020000 at pc 0x00020000",
        ),
        (code(&[&[0]]), "illegal instruction at pc 0x00010000"),
        (code(&[&[TRAP]]), "trap at pc 0x00010000"),
        (
            code(&[&set(4, CODE), &[store_word(4, 4, 0)]]),
            "store to protected address 0x00010000 at pc 0x00010008: stw r4,0(r4)",
        ),
        (code(&[&[0x4400_0022]]), "a program called the hypervisor"),
        (code(&[&[LOOP]]), "the limit of instructions is reached"),
        (code(&[&call(41, &[])]), "the last thread ended without"),
        (
            code(&[&[add(3, 0, -1)], &call(141, &[])]),
            "all threads wait for ever",
        ),
    ] {
        let text = report(&parts);
        assert!(text.starts_with(first), "{first}: {text}");
    }
}

#[test]
fn a_stack_that_is_overrun_is_a_fault() {
    // stdu r1,-256(r1), over and over.
    let text = report(&code(&[&[0xf821_ff01, 0x4bff_fffc]]));
    assert!(
        text.starts_with("store to unmapped address 0xd000ff"),
        "{text}"
    );
}

#[test]
fn division_by_zero_gives_what_the_console_gives_and_goes_on() {
    // divw r5,r3,r4; divd r6,r3,r4; divwo. r7,r3,r4 with OV; fdiv f1,f2,f3 of zeros.
    let (outcome, _, machine) = run(&code(&[
        &set(3, 7),
        &set(4, 0),
        &[0x7ca3_23d6, 0x7cc3_23d2, 0x7ce3_27d7, 0xfc22_1824, TRAP],
    ]));
    assert!(matches!(outcome, Outcome::Fault { .. }));
    let text = machine.report(&outcome);
    assert!(text.starts_with("trap at pc"), "{text}");
    let (_, _, _, registers) = machine.threads().next().unwrap();
    assert_eq!(registers.gpr[5..8], [0, 0, 0]);
    assert!(registers.xer.ov && registers.xer.so);
    assert!(f64::from_bits(registers.fpr[1]).is_nan());
}

#[test]
fn a_thread_that_is_sent_nowhere_is_named() {
    // It comes after the main thread, which waits for it by then.
    let mut parts = code(&[
        &import(0, &[OWN, OWN + 0x20, 0, 2000, 0x4000, 1, OWN + 0x28]),
        &call_with(44, &[Arg::At64(OWN), Arg::Is(0)]),
    ]);
    parts.imports = vec![0x24a1_ea07];
    parts.data = vec![0; 0x20];
    parts.data.extend([0x12, 0x34, 0x56, 0x70, 0, 0, 0, 0]);
    parts.data.extend(b"lost\0");
    let text = report(&parts);
    let first = "instruction fetch from unmapped address 0x12345670 at pc 0x12345670";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("\"lost\": can run, pc 0x12345670 (this one)"));
    assert!(
        text.contains("\"main\": waits for the end of thread 0x"),
        "{text}"
    );
}

#[test]
fn time_that_passes_in_one_jump_is_no_hang() {
    // A timer of 100 microseconds for a queue of one event, and a sleep of 100 days.
    let mut parts = code(&[
        &call(128, &[OWN, OWN + 0x20, 0, 1]),
        &call(70, &[OWN + 4]),
        &call_with(
            75,
            &[
                Arg::At(OWN + 4),
                Arg::At(OWN),
                Arg::Is(1),
                Arg::Is(2),
                Arg::Is(3),
            ],
        ),
        &call_with(73, &[Arg::At(OWN + 4), Arg::Is(0), Arg::Is(100)]),
        &call(142, &[8_640_000]),
        &call_with(72, &[Arg::At(OWN + 4), Arg::Is(OWN + 0x40)]),
        &call(22, &[0]),
    ]);
    parts.data = vec![0; 0x20];
    parts.data.extend([0, 0, 0, 1, 0, 0, 0, 1]);
    let (outcome, _, machine) = run(&parts);
    assert_eq!(outcome, Outcome::Exited(0));
    let now = machine.cycles() / 3192;
    let next = double_at(&machine, OWN + 0x40);
    assert!((now..=now + 101).contains(&next), "{now} {next}");
}

#[test]
fn a_report_has_registers_code_stack_and_calls() {
    let text = report(&code(&[&call(9999, &[5]), &set(9, 0xabcd), &[TRAP]]));
    for part in [
        "thread 0x1000000 \"main\"",
        "r9  000000000000abcd",
        "> 0x0001001c: 7fe00008  tw",
        "  0x00010010: 44000002  sc",
        "frame 0xd00",
        "thread 0x1000000: system call 9999(0x5",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_bad_program_for_spus_is_refused_and_in_the_report() {
    // An import of what is no ELF, at an image, without a copy.
    let mut parts = code(&[&import(0, &[OWN, OWN + 0x40, 0]), &[TRAP]]);
    parts.imports = vec![0xebe5_f72f];
    parts.data = vec![0; 0x40];
    parts.data.extend(b"\x7fELF and nothing else");
    let text = report(&parts);
    let call = "sysPrxForUser.sys_spu_image_import (ebe5f72f)";
    assert!(text.contains(call), "{text}");
    assert!(text.contains("CELL_ENOEXEC"), "{text}");
}

#[test]
fn a_full_disk_is_in_the_report() {
    const FILE: u32 = OWN + 0x20;
    let write = || {
        call_with(
            803,
            &[
                Arg::At(FILE),
                Arg::Is(OWN),
                Arg::Is(0x20),
                Arg::Is(FILE + 8),
            ],
        )
    };
    let mut parts = code(&[
        &call(801, &[OWN, 0o102, FILE, 0, 0, 0]),
        &write(),
        &write(),
        &write(),
        &[TRAP],
    ]);
    parts.data = b"/dev_hdd0/a\0".to_vec();
    let mut machine = start(&parts);
    let disk = console::lv2::Mount {
        capacity: 0x40,
        ..console::lv2::Mount::memory("/dev_hdd0")
    };
    machine.mount(&disk).unwrap();
    let outcome = machine.run(1_000_000, &mut Silent);
    let text = machine.report(&outcome);
    assert!(text.contains("sys_fs_write (system call 803)"), "{text}");
    assert_eq!(text.matches("CELL_ENOSPC").count(), 1, "{text}");
}

#[test]
fn a_missing_structure_is_named() {
    let good = code(&[&[TRAP]]).elf();
    let headers = 0x40;
    for (at, byte, field) in [
        (4, 1, "file header"),
        (5, 1, "byte order"),
        (17, 3, "type"),
        (19, 20, "machine"),
        (57, 200, "program headers"),
        (24, 1, "entry"),
        (headers + 0x38 * 3 + 3, 9, "0x60000001"),
        (headers + 0x38 + 0x14, 0x30, "address"),
        (headers + 0x08, 1, "offset"),
    ] {
        let mut bytes = good.clone();
        bytes[at] = byte;
        let error = Program::read(&bytes).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(field), "{at:#x}: {error}");
    }
    let mut overlapping = good.clone();
    overlapping[headers + 0x38 + 0x15] = 1;
    let error = Program::read(&overlapping).map(|_| ());
    assert_eq!(error, Err(ProgramError::Overlap { address: 0x1_0000 }));
}

/// sysPrxForUser: locks and conditions, spinlocks, threads.
const LIBRARY_FUNCTIONS: [u32; 16] = [
    0x2f85_c0ef,
    0xc347_6d0c,
    0x1573_dc3f,
    0xaeb7_8725,
    0x1bc2_00f4,
    0xda0e_b71a,
    0x1c9a_942c,
    0x2a6d_9d51,
    0xef87_a695,
    0x52aa_dadf,
    0xe9a1_bd84,
    0xa3e3_be68,
    0xa285_139d,
    0x5267_cb35,
    0x24a1_ea07,
    0x7446_80a2,
];
/// sys_fs: what is not the same as in the kernel.
const FILE_FUNCTIONS: [u32; 16] = [
    0x718b_f5f8,
    0x4d5f_f8e2,
    0xecdc_f2ab,
    0x0d5b_4a14,
    0x8cb7_22d5,
    0x2cb5_1f0d,
    0x3f61_245c,
    0x9b88_2495,
    0xff42_dcc3,
    0xaa3b_4bcd,
    0x3140_f6e1,
    0xcb58_8dba,
    0x1a10_8ab7,
    0xa397_d042,
    0xf12e_ecc8,
    0x7f46_77a8,
];

struct Silent;

impl console::lv2::Observer for Silent {
    fn tty(&mut self, _: u32, _: &[u8]) {}
    fn unknown(&mut self, _: &console::lv2::Record) {}
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a program asks of the kernel or the library: it gets an answer, waits, or ends.
    #[test]
    fn calls_with_any_arguments_end(
        calls in prop::collection::vec(
            (
                prop_oneof![
                    0_u32..16,
                    1_u32..60,
                    70_u32..149,
                    300_u32..364,
                    402_u32..404,
                    700_u32..716,
                    801_u32..841,
                ],
                any::<bool>(),
                prop::collection::vec(any::<prop::sample::Index>(), 6),
            ),
            1..40,
        ),
        files in any::<bool>(),
    ) {
        // Places with attributes, numbers, text; nowhere; small and large numbers.
        let attributes = [OWN + 0x80, OWN + 0xb0, OWN + 0xe0, OWN + 0x110];
        let numbers = (0..4).map(|at| Arg::At(OWN + 4 * at));
        let words = (0..8).map(|at| OWN + 4 * at)
            .chain(attributes)
            .chain([OWN + 0x40, OWN + 0x60, CODE, 0, 1, 2, 3, 4, 0x10, 0x100, 0x400, 0x1_0000])
            .chain([0x10_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0100_0000]);
        let pool: Vec<_> = numbers.chain(words.map(Arg::Is)).collect();
        let mut words = vec![];
        for (number, of_library, picks) in &calls {
            let arguments: Vec<_> = picks.iter().map(|pick| pool[pick.index(pool.len())]).collect();
            words.extend(match *number {
                index @ 0..16 if *of_library => import_with(index, &arguments),
                number => call_with(number, &arguments),
            });
        }
        words.push(TRAP);
        let mut parts = code(&[&words]);
        if files {
            parts.library = "sys_fs";
            parts.imports = FILE_FUNCTIONS.to_vec();
        } else {
            parts.imports = LIBRARY_FUNCTIONS.to_vec();
        }
        let mut data = vec![0; 0x140];
        data[0x40..0x4b].copy_from_slice(b"/dev_hdd0/a");
        data[0x60..0x6b].copy_from_slice(b"/dev_hdd0/b");
        for (at, fields) in [
            (0x80, [2, 0x20, 0x200, 0x2000]),
            (0xb0, [2, 0x200, 0, 0]),
            (0xe0, [1, 1, 0, 0]),
            (0x110, [0x200, 0, 0, 0]),
        ] {
            for (place, field) in (at..).step_by(4).zip(fields) {
                data[place..place + 4].copy_from_slice(&u32::to_be_bytes(field));
            }
        }
        parts.data = data;
        let mut machine = start(&parts);
        machine.mount(&console::lv2::Mount::memory("/dev_hdd0")).unwrap();
        let outcome = machine.run(20_000, &mut Silent);
        prop_assert!(!machine.report(&outcome).is_empty());
    }

    /// Whatever is wrong with a file: an error, or a program that runs to some end.
    #[test]
    fn damaged_programs_end(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        in_tables in any::<bool>(),
        length in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut parts = code(&[
            &import(0, &[1, DATA + 0xb0, 4, 0x10]),
            &import(1, &[OWN, DATA, 0, 900, 0x4000, 1, OWN]),
            &call(403, &[0, OWN, 3, OWN]),
            &call(141, &[10]),
            &call(22, &[0]),
        ]);
        parts.imports = vec![0x7446_80a2, 0x24a1_ea07];
        let good = parts.elf();
        let mut bytes = good.clone();
        for (place, value) in damage {
            // Most of a file is padding: aim at what is not, half of the time.
            let of_interest: Vec<_> = if in_tables {
                (0..bytes.len()).filter(|at| good[*at] != 0).collect()
            } else {
                (0..bytes.len()).collect()
            };
            bytes[of_interest[place.index(of_interest.len())]] = value;
        }
        if let Some(length) = length {
            bytes.truncate(length.index(bytes.len()));
        }
        let Ok(program) = Program::read(&bytes) else { return Ok(()) };
        let Ok(mut machine) = console::lv2::Machine::start(&program, &[b"a"]) else {
            return Ok(());
        };
        let outcome = machine.run(20_000, &mut Silent);
        prop_assert!(!machine.report(&outcome).is_empty());
    }
}
