//! How processes start and end, and what calls do that stand alone.

mod lv2_support;

use console::lv2::{Errno, Machine, Outcome, Program, USER_MEMORY};
use lv2_support::Arg::{At, Is};
use lv2_support::*;

fn status(error: Errno) -> Outcome {
    Outcome::Exited(error.0 as i32)
}

#[test]
fn a_process_starts_with_its_registers_and_arguments() {
    let machine = start(&code(&[&[TRAP]]));
    let (main, name, _, registers) = machine.threads().next().unwrap();
    assert_eq!(name, "main");
    assert_eq!(
        (registers.pc, registers.gpr[2]),
        (u64::from(CODE), 0x1234_5678)
    );
    assert_eq!(registers.gpr[1] % 16, 0);
    assert_eq!(registers.cr, 0x2200_0080);
    assert_eq!(registers.gpr[3], 2);
    assert_eq!(
        registers.gpr[7..13],
        [
            main,
            u64::from(DATA) + 0xb0,
            4,
            0x10,
            u64::from(DATA),
            0x10_0000
        ]
    );
    for (at, expected) in [(0, &b"/app_home/a\0"[..]), (8, b"two\0")] {
        let mut address = [0; 8];
        machine.read(registers.gpr[4] + at, &mut address).unwrap();
        let mut text = vec![0; expected.len()];
        machine
            .read(u64::from_be_bytes(address), &mut text)
            .unwrap();
        assert_eq!(text, expected);
    }
    let mut end = [1; 16];
    machine.read(registers.gpr[4] + 16, &mut end).unwrap();
    assert_eq!(end, [0; 16]);
    assert_eq!(registers.gpr[5], registers.gpr[4] + 24);
}

#[test]
fn a_program_that_says_nothing_of_itself_gets_what_is_usual() {
    let mut elf = code(&[&[TRAP]]).elf();
    // The size in the file of the process parameters' header.
    let size = 0x40 + 3 * 0x38 + 0x20;
    elf[size..size + 8].fill(0);
    let program = Program::read(&elf).unwrap();
    let process = program.process;
    assert_eq!((process.sdk_version, process.priority), (u32::MAX, 1001));
    let machine = Machine::start(&program, &[]).unwrap();
    let (_, _, _, registers) = machine.threads().next().unwrap();
    assert_eq!(registers.gpr[12], 1 << 20);
    let mut far = [1];
    let stack = registers.gpr[1] - 0xf_0000;
    machine.read(stack, &mut far).unwrap();
}

#[test]
fn the_process_knows_its_numbers() {
    let parts = code(&[
        &call(1, &[]),
        &[add(30, 3, 0)],
        &call(18, &[]),
        &[add(29, 3, 0)],
        &call(25, &[0x0100_0500, OWN]),
        &call(12, &[0x85, OWN + 4]),
        &call(12, &[0x77, OWN + 8]),
        &[TRAP],
    ]);
    let (_, _, machine) = run(&parts);
    let (_, _, _, registers) = machine.threads().next().unwrap();
    assert_eq!(registers.gpr[29..31], [0x0100_0300, 0x0100_0500]);
    assert_eq!(registers.gpr[3], Errno::EINVAL.register());
    assert_eq!(word_at(&machine, OWN), 0x19_2001);
    assert_eq!(word_at(&machine, OWN + 4), 0);
}

#[test]
fn the_status_is_what_the_program_says() {
    for value in [0, 7, 255] {
        let (outcome, ..) = run(&code(&[&call(22, &[value])]));
        assert_eq!(outcome, Outcome::Exited(value as i32));
    }
    let mut parts = code(&[&import(0, &[9])]);
    parts.imports = vec![0xe6f2_c1e7];
    assert_eq!(run(&parts).0, Outcome::Exited(9));
}

#[test]
fn text_reaches_the_channel_and_its_size_comes_back() {
    let mut parts = code(&[
        &call(403, &[3, OWN, 5, OWN + 0x20]),
        &set(4, OWN),
        &[load_word(3, 4, 0x20)],
        &exit_with_result(),
    ]);
    parts.data = b"hello, world".to_vec();
    let (outcome, seen, _) = run(&parts);
    assert_eq!(outcome, Outcome::Exited(5));
    assert_eq!(seen.tty, [(3, "hello".to_owned())]);
}

#[test]
fn bad_arguments_of_calls_are_errors() {
    for (number, arguments, error) in [
        (403, vec![16, OWN, 1, OWN], Errno::EINVAL),
        (403, vec![0, 0, 1, OWN], Errno::EFAULT),
        (403, vec![0, OWN, 1, CODE], Errno::EFAULT),
        (145, vec![OWN, 0], Errno::EFAULT),
        (348, vec![0, 0x400, OWN], Errno::EALIGN),
        (348, vec![0x1_0000, 0x400, OWN], Errno::EALIGN),
        (348, vec![0x1_0000, 0x300, OWN], Errno::EINVAL),
        (348, vec![0x1_0000, 0x200, 0], Errno::EFAULT),
        (348, vec![0x4000_0000, 0x400, OWN], Errno::ENOMEM),
        (349, vec![OWN], Errno::EINVAL),
        (44, vec![0x0100_0000, 0], Errno::EDEADLK),
        (44, vec![77, 0], Errno::ESRCH),
        (45, vec![0x0100_0000], Errno::EINVAL),
        (47, vec![0x0100_0000, 3072], Errno::EINVAL),
    ] {
        let (outcome, seen, _) = run(&code(&[&call(number, &arguments), &exit_with_result()]));
        assert_eq!(outcome, status(error), "{number} {arguments:x?}");
        assert_eq!(seen.unknown, []);
    }
}

#[test]
fn what_there_is_not_is_named_and_never_succeeds() {
    let (outcome, seen, _) = run(&code(&[&call(9999, &[1, 2]), &exit_with_result()]));
    assert_eq!(outcome, status(Errno::ENOSYS));
    let text = seen.unknown[0].to_string();
    let named = "thread 0x1000000: system call 9999(0x1, 0x2, ";
    assert!(text.starts_with(named), "{text}");
    assert!(text.ends_with(" = CELL_ENOSYS (0x80010003)"), "{text}");

    let mut parts = code(&[&import(1, &[6]), &exit_with_result()]);
    parts.imports = vec![0xe6f2_c1e7, 0x1234_5678];
    let (outcome, seen, _) = run(&parts);
    assert_eq!(outcome, status(Errno::ENOSYS));
    let text = seen.unknown[0].to_string();
    assert!(text.contains("sysPrxForUser.12345678(0x6, "), "{text}");
}

#[test]
fn library_functions_leave_how_their_result_compares_with_zero() {
    for (fnid, arguments, field) in [
        (0x4f71_72c9, 0, 2),
        (0x4f71_72c9, 0xd000_0000, 4),
        (1, 0, 8),
    ] {
        let mut parts = code(&[&import(0, &[arguments]), &[TRAP]]);
        parts.imports = vec![fnid];
        let (_, _, machine) = run(&parts);
        let (_, _, _, registers) = machine.threads().next().unwrap();
        assert_eq!(registers.cr_field(0), field);
    }
    // The kernel's calls leave it alone.
    let (_, _, machine) = run(&code(&[&call(9999, &[]), &[TRAP]]));
    let (_, _, _, registers) = machine.threads().next().unwrap();
    assert_eq!(registers.cr, 0x2200_0080);
}

#[test]
fn errors_are_sign_extended_words() {
    let (_, _, machine) = run(&code(&[&call(9999, &[]), &[TRAP]]));
    let (_, _, _, registers) = machine.threads().next().unwrap();
    assert_eq!(registers.gpr[3], 0xffff_ffff_8001_0003);
}

#[test]
fn memory_is_given_counted_and_taken_back() {
    let size = call(352, &[OWN]);
    let free = |at| [set(4, OWN).to_vec(), vec![load_word(at, 4, 4)]].concat();
    let parts = code(&[
        &size,
        &free(30),
        &call(348, &[0x20_0000, 0x400, OWN + 8]),
        &set(4, OWN),
        &[load_word(29, 4, 8), store_word(30, 29, 0)],
        &size,
        &free(28),
        &[add(3, 29, 0)],
        &call(349, &[]),
        &size,
        &free(27),
        &[store_word(30, 29, 0)],
    ]);
    let (outcome, _, machine) = run(&parts);
    let (_, _, _, registers) = machine.threads().next().unwrap();
    let [after, during, address, before] = [27, 28, 29, 30].map(|at| registers.gpr[at]);
    assert!(before < USER_MEMORY && before > USER_MEMORY - 0x10_0000);
    assert_eq!((during, after), (before - 0x20_0000, before));
    assert_eq!(address % 0x10_0000, 0);
    let Outcome::Fault { report, .. } = outcome else {
        panic!("{outcome:?}")
    };
    let lost = format!("store to unmapped address {address:#010x}");
    assert!(report.to_string().starts_with(&lost), "{report}");
}

#[test]
fn time_is_the_clocks() {
    let mut parts = code(&[&call(141, &[2500]), &import(0, &[]), &exit_with_result()]);
    parts.imports = vec![0x8461_e528];
    assert_eq!(run(&parts).0, Outcome::Exited(2500));
    let parts = code(&[
        &call(142, &[3]),
        &call(145, &[OWN, OWN + 8]),
        &set(4, OWN),
        &[load_double(3, 4, 0)],
        &exit_with_result(),
    ]);
    assert_eq!(run(&parts).0, Outcome::Exited(1_163_275_203));
    let parts = code(&[&call(147, &[]), &exit_with_result()]);
    assert_eq!(run(&parts).0, Outcome::Exited(79_800_000));
}

#[test]
fn a_run_pauses_where_it_is_asked_to() {
    // A loop, then one that sleeps for a second.
    for (parts, end) in [
        (code(&[&[LOOP]]), Outcome::Limit),
        (
            code(&[&call(142, &[1]), &exit_with_result()]),
            Outcome::Exited(0),
        ),
    ] {
        let mut machine = start(&parts);
        let mut seen = Seen::default();
        for cycle in [1_000, 100_000] {
            machine.pause_at(Some(cycle));
            assert_eq!(machine.run(u64::MAX, &mut seen), Outcome::Paused);
            assert_eq!(machine.cycles(), cycle);
        }
        assert_eq!(machine.run(1_000_000, &mut seen), end);
    }
    let mut waits = start(&code(&[&[add(3, 0, -1)], &call(141, &[])]));
    waits.pause_at(Some(u64::MAX));
    let outcome = waits.run(u64::MAX, &mut Seen::default());
    assert_eq!(outcome, Outcome::Deadlock);
}

#[test]
fn containers_put_memory_aside() {
    let allocate = |size, number: Arg, at| call_with(350, &[Is(size), number, Is(0x400), Is(at)]);
    let number = At(OWN);
    let kept = |at: u32, call: Vec<u32>| [call, keep(OWN + 0x100 + 4 * at)].concat();
    let (outcome, _, machine) = run(&code(&[
        &call(352, &[OWN + 0x40]),
        &kept(0, call(341, &[OWN, 0x30_0000])),
        &kept(1, allocate(0x20_0000, number, OWN + 4)),
        &kept(2, allocate(0x20_0000, number, OWN + 8)),
        &kept(3, call_with(343, &[Is(OWN + 0x10), number])),
        &call(352, &[OWN + 0x48]),
        &kept(4, call_with(342, &[number])),
        &kept(5, call_with(349, &[At(OWN + 4)])),
        &kept(6, call_with(342, &[number])),
        &kept(7, call_with(342, &[number])),
        &call(352, &[OWN + 0x50]),
        &call(22, &[0]),
    ]));
    assert_eq!(outcome, Outcome::Exited(0));
    let results: Vec<_> = (0..8)
        .map(|at| word_at(&machine, OWN + 0x100 + 4 * at))
        .collect();
    let error = |error: Errno| error.0;
    assert_eq!(
        results,
        [
            0,
            0,
            error(Errno::ENOMEM),
            0,
            error(Errno::EBUSY),
            0,
            0,
            error(Errno::ESRCH)
        ]
    );
    assert_eq!(double_at(&machine, OWN + 0x10), 0x30_0000 << 32 | 0x10_0000);
    let [before, during, after] = [0x40, 0x48, 0x50].map(|at| double_at(&machine, OWN + at));
    assert_eq!(before - during, 0x30_0000 << 32 | 0x30_0000);
    assert_eq!(after, before);
}

#[test]
fn pages_and_stacks_are_described() {
    let (_, _, machine) = run(&code(&[
        &call(49, &[OWN]),
        &call(56, &[0x0100_0000, DATA + 0xb0]),
        &call(46, &[OWN + 8]),
        &call(351, &[CODE, OWN + 0x10]),
        &call_with(351, &[At(OWN), Is(OWN + 0x28)]),
        &call_with(14, &[At(OWN), Is(2)]),
        &[add(30, 3, 0)],
        &call(14, &[OWN, 2]),
        &[add(29, 3, 0)],
        &call(351, &[0x1000, OWN]),
        &[TRAP],
    ]));
    let (_, name, _, registers) = machine.threads().next().unwrap();
    assert_eq!(name, "sysPrxForUser");
    let stack = u64::from(word_at(&machine, OWN));
    let size = u64::from(word_at(&machine, OWN + 4));
    assert!((stack..stack + size).contains(&registers.gpr[1]));
    assert_eq!(word_at(&machine, OWN + 8), 0);
    let page = |at| {
        let double = |offset| double_at(&machine, OWN + at + offset);
        [double(0), double(8), double(0x10) >> 32]
    };
    assert_eq!(page(0x10), [0x8_0000, 0xf, 1 << 20]);
    assert_eq!(page(0x28), [0x4_0000, 8, 4096]);
    assert_eq!(registers.gpr[30], Errno::EPERM.register());
    assert_eq!(registers.gpr[29], 0);
    assert_eq!(registers.gpr[3], Errno::EINVAL.register());
}

#[test]
fn the_library_writes_to_the_terminal() {
    let mut parts = code(&[&import(0, &[65]), &import(1, &[OWN, 3]), &call(22, &[0])]);
    parts.imports = vec![0xe66b_ac36, 0xf57e_1d6f];
    parts.data = b"bcdef".to_vec();
    let (outcome, seen, _) = run(&parts);
    assert_eq!(outcome, Outcome::Exited(0));
    assert_eq!(seen.tty, [(0, "A".into()), (0, "bcd".into())]);
}
