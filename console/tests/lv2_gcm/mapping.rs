//! Main memory that is mapped for the RSX while it runs.

use rsx_gcm::methods::channel;

use crate::lv2_support::*;
use crate::program::*;

const FUNCTIONS: [&str; 9] = [
    "cellGcmMapMainMemory",
    "cellGcmAddressToOffset",
    "cellGcmIoOffsetToAddress",
    "cellGcmUnmapIoAddress",
    "cellGcmUnmapEaIoAddress",
    "cellGcmMapEaIoAddress",
    "cellGcmGetOffsetTable",
    "cellGcmGetMaxIoMapSize",
    "cellGcmReserveIoMapSize",
];
const MAP: u32 = 1;
const OFFSET: u32 = 2;
const ADDRESS: u32 = 3;
const UNMAP: u32 = 4;
const UNMAP_ADDRESS: u32 = 5;
const MAP_AT: u32 = 6;
const TABLES: u32 = 7;
const AVAILABLE: u32 = 8;
const RESERVE: u32 = 9;
/// Two more megabytes.
const MORE: u32 = 0x3010_0000;
const FAILURE: u32 = 0x8021_00ff;

#[test]
fn memory_is_mapped_where_there_is_room() {
    let kept = |index: u32| SCRATCH + 0x20 + 4 * index;
    let main = [
        call(348, &[0x20_0000, 0x400, SCRATCH]),
        import(MAP, &[MORE, 0x20_0000, SCRATCH]),
        keep(kept(0)),
        import(OFFSET, &[MORE + 0x12_3456, SCRATCH + 4]),
        import(ADDRESS, &[0x20_0010, SCRATCH + 8]),
        import(OFFSET, &[LOCAL + 0x40, SCRATCH + 12]),
        import(OFFSET, &[LOCAL - 1, SCRATCH + 16]),
        keep(kept(1)),
        import(ADDRESS, &[0x30_0000, SCRATCH + 16]),
        keep(kept(2)),
        import(TABLES, &[SCRATCH + 20]),
        // From the middle of a piece all of it goes.
        import(UNMAP_ADDRESS, &[MORE]),
        keep(kept(3)),
        import(OFFSET, &[MORE, SCRATCH + 16]),
        keep(kept(4)),
        import(UNMAP, &[0x10_0000]),
        keep(kept(5)),
        // At a place of one's own.
        import(MAP_AT, &[MORE, 0x0f00_0000, 0x10_0000]),
        keep(kept(6)),
        import(OFFSET, &[MORE + 4, SCRATCH + 16]),
        import(MAP_AT, &[MORE, 0x1000_0000, 0x10_0000]),
        keep(kept(7)),
        import(MAP, &[MORE, 0x100, SCRATCH + 28]),
        keep(kept(8)),
        import(MAP, &[MORE + 0x20_0000, 0x10_0000, SCRATCH + 28]),
        keep(kept(9)),
        exit(0),
    ];
    let (_, machine) = run_to_exit(&program(&FUNCTIONS, &[], &main), 1_000_000);
    assert_eq!(
        words(&machine, SCRATCH),
        [0x10_0000, 0x22_3456, MORE + 0x10_0010, 0x40, 0x0f00_0004]
    );
    assert_eq!(
        words(&machine, kept(0)),
        [
            0,
            FAILURE,
            FAILURE,
            0,
            FAILURE,
            FAILURE,
            0,
            0x8001_0002,
            FAILURE,
            0x8001_0002
        ]
    );
    // Both tables, as the program reads them: addresses to offsets, offsets to addresses.
    let [to_offset, to_address] = words(&machine, SCRATCH + 20);
    let half = |at: u32| {
        let mut bytes = [0; 2];
        machine.read(at.into(), &mut bytes).expect("a table");
        u16::from_be_bytes(bytes)
    };
    assert_eq!(half(to_offset + 2 * 0x300), 0);
    assert_eq!(half(to_offset + 2 * 0x301), 0xf0);
    assert_eq!(half(to_offset + 2 * 0x302), 0xffff);
    assert_eq!(half(to_address), 0x300);
    assert_eq!(half(to_address + 2 * 0xf0), 0x301);
    assert_eq!(half(to_address + 2), 0xffff);
}

#[test]
fn reserved_offsets_are_left_alone() {
    let main = [
        import(AVAILABLE, &[]),
        keep(SCRATCH),
        import(RESERVE, &[0x0ff0_0000]),
        import(AVAILABLE, &[]),
        keep(SCRATCH + 4),
        call(348, &[0x10_0000, 0x400, SCRATCH + 12]),
        import(MAP, &[MORE, 0x10_0000, SCRATCH + 12]),
        keep(SCRATCH + 8),
        import(RESERVE, &[0x20_0000]),
        exit_with_result(),
    ];
    let (status, machine) = run_to_exit(&program(&FUNCTIONS, &[], &main), 1_000_000);
    assert_eq!(
        words(&machine, SCRATCH),
        [0x1000_0000, 0x10_0000, 0x8021_0001]
    );
    assert_eq!(status as u32, 0x8021_0003);
}

#[test]
fn commands_go_on_in_memory_that_was_mapped_later() {
    let reference = packet(channel::SET_REFERENCE, &[6]);
    let jump = 0x2000_0000 | 0x10_0000;
    let main = [
        call(348, &[0x10_0000, 0x400, SCRATCH]),
        import(MAP, &[MORE, 0x10_0000, SCRATCH]),
        store(MORE, reference[0]),
        store(MORE + 4, reference[1]),
        store(CONTROL, 0x10_0008),
        wait_for(CONTROL + 8, 6),
        exit(0),
    ];
    run_to_exit(&program(&FUNCTIONS, &[jump], &main), 1_000_000);
}
