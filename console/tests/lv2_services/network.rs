//! A network that is not there.

use crate::lv2_support::Arg::At;
use crate::lv2_support::*;
use console::lv2::{Machine, Outcome};

const RESULTS: u32 = OWN + 0x400;

fn play(
    library: &'static str,
    imports: &[u32],
    calls: &[Vec<u32>],
) -> (Outcome, Vec<u32>, Machine, Seen) {
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
        // Not to wait; a reserved word.
        data: [0, 0, 0, 1].to_vec(),
    });
    let results = (0..calls.len() as u32).map(|at| word_at(&machine, RESULTS + 4 * at));
    (outcome, results.collect(), machine, seen)
}

#[test]
fn the_state_is_not_connected() {
    let imports = [
        0xbd5a_59fc,
        0x105e_e2cb,
        0x8b3e_ba69,
        0x1e58_5b5d,
        0x0ce1_3c6b,
        0x9018_15c3,
        0x3a12_865f,
    ];
    let state = import(2, &[OWN + 0x20]);
    let (outcome, results, machine, _) = play(
        "cellNetCtl",
        &imports,
        &[
            state.clone(),
            import(0, &[]),
            import(0, &[]),
            state,
            import(2, &[0]),
            // The console's own address is there, an IP address is not.
            import(3, &[2, OWN + 0x30]),
            import(3, &[16, OWN + 0x38]),
            import(3, &[99, OWN + 0x38]),
            import(4, &[0, 0, OWN + 0x24]),
            import(5, &[0]),
            import(5, &[0]),
            import(5, &[9]),
            import(6, &[OWN + 0x40]),
            import(1, &[]),
            import(0, &[]),
        ],
    );
    assert_eq!(outcome, Outcome::Exited(0));
    let error = |last: u32| 0x8013_0100 + last;
    let expected = [
        error(1),
        0,
        error(2),
        0,
        error(7),
        0,
        error(8),
        error(6),
        0,
        0,
        error(4),
        error(5),
        error(8),
        0,
        0,
    ];
    assert_eq!(results, expected);
    assert_eq!(words(&machine, OWN + 0x20), [0, 0]);
    assert_ne!(word_at(&machine, OWN + 0x30), 0);
}

#[test]
fn sockets_are_made_and_reach_nobody() {
    let negative = |error: i32| -error as u32;
    let socket = OWN + 0x10;
    let with = |number: u32| call_with(number, &[At(socket)]);
    let mut not_waiting = call_with(711, &[At(socket)]);
    not_waiting = [
        set(4, 0xffff).to_vec(),
        set(5, 0x1100).to_vec(),
        set(6, OWN).to_vec(),
        set(7, 4).to_vec(),
        not_waiting,
    ]
    .concat();
    let (outcome, results, _, seen) = play(
        "",
        &[],
        &[
            call(713, &[1, 1, 0]),
            call(713, &[2, 9, 0]),
            [call(713, &[2, 1, 0]), keep(socket)].concat(),
            with(701),
            with(702),
            with(706),
            [set(6, 0x80).to_vec(), with(707)].concat(),
            not_waiting,
            [set(6, 0).to_vec(), with(707)].concat(),
            with(710),
            with(712),
            with(714),
            with(714),
            with(702),
        ],
    );
    assert_eq!(outcome, Outcome::Exited(0));
    assert_eq!(seen.unknown, []);
    let made = results[2];
    assert!(made > 0 && made < 1024);
    let expected = [
        negative(47),
        negative(43),
        made,
        0,
        negative(51),
        0,
        negative(35),
        0,
        negative(35),
        negative(51),
        negative(57),
        0,
        negative(9),
        negative(9),
    ];
    assert_eq!(results, expected);
}

#[test]
fn who_waits_for_the_network_waits_for_ever() {
    let (outcome, ..) = play(
        "",
        &[],
        &[
            [call(713, &[2, 1, 0]), keep(OWN + 0x10)].concat(),
            [set(6, 0).to_vec(), call_with(707, &[At(OWN + 0x10)])].concat(),
        ],
    );
    assert_eq!(outcome, Outcome::Deadlock);
}

#[test]
fn the_library_notes_errors() {
    let imports = [
        0x139a_9e9b,
        0x6005_cde1,
        0xc915_7d30,
        0x9c05_6962,
        0x64f6_6d35,
        0x71f4_c717,
        0x6db6_e8cd,
        0xb68d_5625,
    ];
    let (outcome, results, machine, seen) = play(
        "sys_net",
        &imports,
        &[
            import(0, &[OWN]),
            [import(3, &[2, 1, 0]), keep(OWN + 0x10)].concat(),
            import_with(4, &[At(OWN + 0x10)]),
            import(1, &[]),
            import(5, &[OWN]),
            import(2, &[]),
            import_with(6, &[At(OWN + 0x10)]),
            import(7, &[]),
        ],
    );
    assert_eq!(outcome, Outcome::Exited(0));
    assert_eq!(seen.unknown, []);
    assert_eq!(results[0], 0);
    assert_eq!(results[2], u32::MAX);
    // There is no way, and no server that knows the name.
    assert_eq!(word_at(&machine, results[3]), 51);
    assert_eq!(results[4], 0);
    assert_eq!(word_at(&machine, results[5]), 2);
    assert_eq!(results[6..], [0, 0]);
}

#[test]
fn what_is_not_here_is_named() {
    let (_, _, _, seen) = play("cellCamera", &[0xbf47_c5dd], &[import(0, &[])]);
    assert_eq!(seen.unknown.len(), 1);
    let text = seen.unknown[0].to_string();
    assert!(text.contains("cellCamera.cellCameraInit ("), "{text}");
}

#[test]
fn addresses_are_texts_and_back() {
    const TEXT: u32 = OWN + 0x20;
    const ADDRESS: u32 = OWN + 0x40;
    const AGAIN: u32 = OWN + 0x50;
    let put = |address: u32, text: &[u8; 12]| {
        let mut code = set(9, address).to_vec();
        for (at, word) in (0..).step_by(4).zip(text.as_chunks::<4>().0) {
            code.extend(set(10, u32::from_be_bytes(*word)));
            code.push(store_word(10, 9, at));
        }
        code
    };
    let to_address = |family: u32| import(0, &[family, TEXT, ADDRESS]);
    let to_text = |family: u32, size: u32| import(1, &[family, ADDRESS, AGAIN, size]);
    let (outcome, results, machine, _) = play(
        "sys_net",
        &[0x8af3_825e, 0xc98a_3146],
        &[
            [put(TEXT, b"10.0.200.7\0\0"), to_address(2)].concat(),
            to_text(2, 11),
            to_text(2, 10),
            to_address(24),
            to_text(24, 16),
            [put(TEXT, b"10.0.300.7\0\0"), to_address(2)].concat(),
        ],
    );
    assert_eq!(outcome, Outcome::Exited(0));
    assert_eq!(results, [1, AGAIN, 0, u32::MAX, 0, 0]);
    assert_eq!(word_at(&machine, ADDRESS), 0x0a00_c807);
    let again: [u32; 3] = words(&machine, AGAIN);
    let again: Vec<u8> = again.into_iter().flat_map(u32::to_be_bytes).collect();
    assert_eq!(again, b"10.0.200.7\0\0");
}
