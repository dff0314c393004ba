//! What programs find where nothing is: mice, and numbers that nobody foresees.

use crate::lv2_support::*;
use console::lv2::{Machine, Outcome};

const RESULTS: u32 = OWN + 0x500;

fn play<const N: usize>(
    library: &'static str,
    imports: &[u32],
    calls: [Vec<u32>; N],
) -> ([u32; N], Machine) {
    let mut code = Vec::new();
    for (call, at) in calls.iter().zip((RESULTS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(call(22, &[0]));
    let (outcome, seen, machine) = run(&Parts {
        code,
        imports: imports.to_vec(),
        library,
        ..Parts::default()
    });
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    assert_eq!(seen.unknown, []);
    (words(&machine, RESULTS), machine)
}

#[test]
fn there_are_no_mice() {
    let imports = [0xc903_0138, 0xe101_83ce, 0x5baf_30fb, 0x3138_e632];
    let (results, machine) = play(
        "sys_io",
        &imports,
        [
            import(2, &[OWN]),
            import(0, &[0]),
            import(0, &[9]),
            import(0, &[9]),
            import(2, &[OWN]),
            import(3, &[0, OWN]),
            import(3, &[127, OWN]),
            import(1, &[]),
            import(1, &[]),
        ],
    );
    let error = |last: u32| 0x8012_1200 + last;
    let expected = [
        error(4),
        error(2),
        0,
        error(3),
        0,
        error(7),
        error(2),
        0,
        error(4),
    ];
    assert_eq!(results, expected);
    assert_eq!(words(&machine, OWN), [7, 0, 0, 0]);
}

#[test]
fn random_numbers_are_the_same_at_every_run_and_no_two_alike() {
    let run = || {
        play(
            "",
            &[0x71a8_472a],
            [
                import(0, &[OWN, 16]),
                call(865, &[2, OWN + 0x10, 16]),
                call(865, &[1, OWN + 0x20, 16]),
                import(0, &[OWN, 0x1001]),
            ],
        )
    };
    let (results, machine) = run();
    assert_eq!(results, [0, 0, 0x8001_0009, 0x8001_0002]);
    let numbers: [u32; 8] = words(&machine, OWN);
    let (_, again) = run();
    assert_eq!(numbers, words(&again, OWN));
    let different: std::collections::HashSet<u32> = numbers.into_iter().collect();
    assert_eq!(different.len(), 8);
    assert_eq!(words(&machine, OWN + 0x20), [0; 4]);
}
