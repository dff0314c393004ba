//! Tiled regions and regions for depth: what is noted of them, and what is refused.

use crate::lv2_support::*;
use crate::program::*;

#[test]
fn pitches_are_those_of_the_console() {
    let sizes = [0, 1, 0x200, 0x201, 5120, 7680, 0x1_0000, 0x1_0001];
    let main: Vec<_> = (SCRATCH..)
        .step_by(4)
        .zip(sizes)
        .flat_map(|(at, size)| [import(1, &[size]), keep(at)])
        .chain([exit(0)])
        .collect();
    let (_, machine) = run_to_exit(
        &program(&["cellGcmGetTiledPitchSize"], &[], &main),
        1_000_000,
    );
    let expected = [0, 0x200, 0x200, 0x300, 0x1400, 0x2000, 0x1_0000, 0];
    assert_eq!(words(&machine, SCRATCH), expected);
}

#[test]
fn tiles_are_noted_and_checked() {
    let functions = [
        "cellGcmSetTileInfo",
        "cellGcmBindTile",
        "cellGcmGetTileInfo",
    ];
    let good = [2, 1, 0x10_0000, 0x20_0000, 0x1400, 0, 3, 1];
    let with = |at: usize, value: u32| {
        let mut arguments = good;
        arguments[at] = value;
        arguments
    };
    for (arguments, expected) in [
        (good, 0),
        (with(0, 15), 0x8021_0003),
        (with(6, 2048), 0x8021_0003),
        (with(7, 4), 0x8021_0003),
        (with(2, 0x8000), 0x8021_0004),
        (with(3, 0x8000), 0x8021_0004),
        (with(4, 0x140), 0x8021_0004),
        (with(1, 2), 0x8021_0002),
        (with(5, 3), 0x8021_0002),
    ] {
        let main = [
            import(1, &arguments),
            keep(SCRATCH),
            import(2, &[arguments[0]]),
            import(3, &[]),
            keep(SCRATCH + 4),
            exit(0),
        ];
        let (_, machine) = run_to_exit(&program(&functions, &[], &main), 1_000_000);
        let [result, table] = words(&machine, SCRATCH);
        assert_eq!(result, expected, "{arguments:x?}");
        let entry: [u32; 4] = words(&machine, table + 2 * 16);
        // Location, bank and first tile; last tile; pitch; base, last base.
        let noted = [0x8010_0012, 0x802f_0000, 0x1400, 0x4004_4003];
        assert_eq!(entry, if expected == 0 { noted } else { [0; 4] });
    }
}

#[test]
fn depth_regions_take_twelve_arguments() {
    let functions = ["cellGcmBindZcull", "cellGcmGetZcullInfo"];
    let mut rest = Vec::new();
    // The last four lie in the caller's frame, from 112 bytes on.
    for (at, value) in [(112, 1), (120, 5), (128, 0x80), (136, 0xff)] {
        rest.extend(set(10, value));
        // std r10,at(r1)
        rest.push(0xf941_0000 | at);
    }
    // A frame with room for them: stdu r1,-256(r1).
    let main = [
        vec![0xf821_ff01],
        rest,
        import(1, &[3, 0x10_0000, 1280, 768, 0x1000, 2, 0, 1]),
        keep(SCRATCH),
        import(2, &[]),
        keep(SCRATCH + 4),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&program(&functions, &[], &main), 1_000_000);
    let [result, table] = words(&machine, SCRATCH);
    assert_eq!(result, 0);
    let entry = [
        0x21,
        20 << 22 | 12 << 6,
        0x1000,
        0x10_0000,
        1 << 1 | 1 << 2 | 5 << 12 | 0x80 << 16 | 0xff << 24,
        0x0020_2000,
    ];
    assert_eq!(words(&machine, table + 3 * 24), entry);
}
