//! Memory and places that programs put together.

use crate::lv2_support::Arg::{At, At64, Is};
use crate::lv2_support::*;
use console::lv2::{Errno, Outcome};

const ALLOCATE: u32 = 0;
const UNMAP: u32 = 1;
const FREE: u32 = 2;
const IMPORTS: [u32; 3] = [0xb257_540b, 0x4643_ba6e, 0x409a_d939];

const REGION: u32 = OWN;
const MEMORY: u32 = OWN + 4;
const PLACE: u32 = OWN + 8;
const RESULTS: u32 = OWN + 0x40;

/// Runs calls one after the other; their results are words from [`RESULTS`] on.
fn results<const N: usize>(calls: [Vec<u32>; N]) -> ([u32; N], console::lv2::Machine) {
    let mut code = Vec::new();
    for (call, at) in calls.into_iter().zip((RESULTS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(call(22, &[0]));
    let parts = Parts {
        code,
        imports: IMPORTS.to_vec(),
        ..Parts::default()
    };
    let (outcome, seen, machine) = run(&parts);
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    (words(&machine, RESULTS), machine)
}

fn allocate_address() -> Vec<u32> {
    // Without an alignment, as PSL1GHT asks for the memory of `malloc`.
    call(330, &[0x1000_0000, 0x40f, 0, REGION])
}

fn allocate(size: u32, flags: u32) -> Vec<u32> {
    import(ALLOCATE, &[size, flags, MEMORY])
}

fn map() -> Vec<u32> {
    call_with(337, &[At(REGION), At(MEMORY), Is(0x4_0000), Is(PLACE)])
}

#[test]
fn mapped_memory_is_found_where_psl1ght_expects_it() {
    let (results, machine) = results([
        allocate_address(),
        allocate(2 << 20, 0x400),
        map(),
        // The next piece follows the first.
        allocate(1 << 20, 0x400),
        map(),
    ]);
    assert_eq!(results, [0; 5]);
    let start = word_at(&machine, REGION);
    assert_eq!(start % 0x1000_0000, 0);
    assert_eq!(word_at(&machine, PLACE), start + (2 << 20));
    let mut last = [1];
    machine
        .read(u64::from(start) + (3 << 20) - 1, &mut last)
        .expect("mapped");
    assert_eq!(last, [0]);
    assert!(
        machine
            .read(u64::from(start) + (3 << 20), &mut last)
            .is_err()
    );
}

#[test]
fn content_survives_being_mapped_elsewhere() {
    let store = |address: u32| {
        let mut code = set(9, address).to_vec();
        code.push(load_word(9, 9, 0));
        // Addresses from 0x8000_0000 on come zero-extended from memory.
        code.extend(set(10, 0x1234_5678));
        code.push(store_word(10, 9, 0x20));
        code
    };
    let load = |address: u32| {
        let mut code = set(9, address).to_vec();
        code.push(load_word(9, 9, 0));
        code.push(load_word(3, 9, 0x20));
        code
    };
    let [mut third, fourth] = [map(), import_with(UNMAP, &[At(PLACE), Is(OWN + 0x10)])];
    third.extend(store(PLACE));
    let size = 1 << 20;
    let (results, machine) = results([
        allocate_address(),
        allocate(size, 0x400),
        third,
        fourth,
        // Other memory takes the first place.
        import(ALLOCATE, &[size, 0x400, OWN + 0x14]),
        call_with(
            337,
            &[At(REGION), At(OWN + 0x14), Is(0x4_0000), Is(OWN + 0x18)],
        ),
        [map(), load(PLACE)].concat(),
        load(OWN + 0x18),
        import_with(FREE, &[At(MEMORY)]),
        import_with(UNMAP, &[At(PLACE), Is(OWN + 0x10)]),
        import_with(FREE, &[At(MEMORY)]),
        import_with(FREE, &[At(MEMORY)]),
        call_with(331, &[At(REGION)]),
        import_with(UNMAP, &[At(OWN + 0x18), Is(OWN + 0x10)]),
        call_with(331, &[At(REGION)]),
        call_with(331, &[At(REGION)]),
    ]);
    let [busy, gone, bad] = [Errno::EBUSY, Errno::ESRCH, Errno::EINVAL].map(|error| error.0);
    let third = 0x1234_5678;
    assert_eq!(
        results,
        [
            0, 0, results[2], 0, 0, 0, third, 0, busy, 0, 0, gone, busy, 0, 0, bad
        ]
    );
    assert_eq!(word_at(&machine, OWN + 0x10), word_at(&machine, OWN + 0x14));
    assert_ne!(word_at(&machine, PLACE), word_at(&machine, OWN + 0x18));
}

#[test]
fn memory_counts_and_wrong_requests_are_refused() {
    let (results, machine) = results([
        call(330, &[0x1000, 0x400, 0, REGION]),
        call(330, &[0x1000_0000, 0x300, 0, REGION]),
        call(330, &[0x1000_0000, 0x400, 0x1234, REGION]),
        allocate(0x1_0000, 0x400),
        allocate(0x1_0000, 0x200),
        call(352, &[OWN + 0x20]),
        allocate(64 << 20, 0x400),
        call(352, &[OWN + 0x28]),
        allocate(200 << 20, 0x400),
        // A region of pages of 1 MB takes no memory of pages of 64 KB.
        allocate_address(),
        [allocate(0x1_0000, 0x200), map()].concat(),
        call(337, &[0x5000_0000, 0, 0, PLACE]),
        call(12, &[8, OWN + 0x30]),
    ]);
    let [align, bad, memory] = [Errno::EALIGN, Errno::EINVAL, Errno::ENOMEM].map(|error| error.0);
    let expected = [
        align, bad, align, align, 0, 0, 0, 0, memory, 0, align, bad, 0,
    ];
    assert_eq!(results, expected);
    let free = |at| word_at(&machine, at + 4);
    assert_eq!(free(OWN + 0x20) - free(OWN + 0x28), 64 << 20);
    assert_eq!(word_at(&machine, OWN + 0x30), 3);
}

#[test]
fn memory_by_key_is_the_same_at_all_its_addresses() {
    // At the place that a word names: a store to it, and a load from it.
    let store = |place: u32, value: u32| {
        let mut code = set(9, place).to_vec();
        code.push(load_word(9, 9, 0));
        code.extend(set(10, value));
        code.push(store_word(10, 9, 0x20));
        code
    };
    let load = |place: u32| {
        let mut code = set(9, place).to_vec();
        code.extend([load_word(9, 9, 0), load_word(3, 9, 0x20)]);
        code
    };
    let second = OWN + 0x18;
    let map_second = || call_with(337, &[At(REGION), At(OWN + 0x10), Is(0x4_0000), Is(second)]);
    let unmap = |place: u32| import_with(UNMAP, &[At(place), Is(OWN + 0x1c)]);
    let (results, machine) = results([
        allocate_address(),
        call(332, &[0x77, 1 << 20, 0x400, MEMORY]),
        call(332, &[0x77, 1 << 20, 0x400, OWN + 0x10]),
        map(),
        map_second(),
        [store(PLACE, 0x1234), load(second)].concat(),
        [store(second, 0x5678), load(PLACE)].concat(),
        import_with(FREE, &[At(MEMORY)]),
        // It stays where it is left, and when it is nowhere.
        unmap(PLACE),
        load(second),
        unmap(second),
        map_second(),
        load(second),
        unmap(second),
        import_with(FREE, &[At(MEMORY)]),
        import_with(FREE, &[At(MEMORY)]),
        import_with(FREE, &[At(MEMORY)]),
    ]);
    let [busy, gone] = [Errno::EBUSY, Errno::ESRCH].map(|error| error.0);
    assert_eq!(results[..9], [0, 0, 0, 0, 0, 0x1234, 0x5678, busy, 0]);
    assert_eq!(results[9..], [0x5678, 0, 0, 0x5678, 0, 0, 0, gone]);
    assert_eq!(word_at(&machine, MEMORY), word_at(&machine, OWN + 0x10));
    assert_eq!(word_at(&machine, second), word_at(&machine, REGION));
}

#[test]
fn the_fixed_place_is_there_once() {
    let (results, _) = results([
        call(326, &[]),
        call(326, &[]),
        allocate(1 << 20, 0x400),
        call_with(334, &[Is(0xb000_0000), At(MEMORY), Is(0x4_0000)]),
        call(331, &[0xb000_0000]),
    ]);
    assert_eq!(results, [0, Errno::EEXIST.0, 0, 0, Errno::EBUSY.0]);
}

/// The event queue for faults, its attribute, a thread's number and its descriptor, and what
/// the thread got.
const QUEUE: u32 = OWN + 0x50;
const ATTRIBUTE: u32 = OWN + 0x58;
const THREAD: u32 = OWN + 0x70;
const DESCRIPTOR: u32 = OWN + 0x78;
const EVENT: u32 = OWN + 0x80;
const CONTEXT: u32 = OWN + 0x300;
const CALLS: u32 = OWN + 0x200;
const SEEN: u32 = OWN + 0xa0;

#[test]
fn a_fault_is_looked_after_by_another_thread() {
    let word = |address: u32, value: u32| {
        let mut code = [set(9, address), set(10, value)].concat();
        code.push(store_word(10, 9, 0));
        code
    };
    // Receives an event, keeps it, maps the memory there, and lets the thread go on.
    let mut handler = call_with(130, &[At(QUEUE), Is(0), Is(0)]);
    handler.extend(set(12, EVENT));
    for (register, offset) in (4..8).zip((0..).step_by(8)) {
        // std
        handler.push(62 << 26 | register << 21 | 12 << 16 | offset);
    }
    handler.extend(call_with(58, &[At64(EVENT + 16), Is(CONTEXT)]));
    handler.extend(keep(SEEN));
    handler.extend(call_with(331, &[At(REGION)]));
    handler.extend(keep(SEEN + 4));
    handler.extend(call_with(334, &[At(REGION), At(MEMORY), Is(0x4_0000)]));
    handler.extend(keep(SEEN + 8));
    handler.extend(call_with(57, &[At64(EVENT + 16)]));
    handler.extend(keep(SEEN + 12));
    handler.extend(call_with(57, &[At64(EVENT + 16)]));
    handler.extend(keep(SEEN + 16));
    handler.extend(call(41, &[0]));
    let around = 4 * (handler.len() as u32 + 1);
    let mut code = vec![0x4800_0000 | around];
    code.extend(&handler);
    code.extend(word(DESCRIPTOR, CODE + 4));
    code.extend(word(ATTRIBUTE, 1));
    code.extend(word(ATTRIBUTE + 4, 1));
    let calls = [
        allocate_address(),
        allocate(1 << 20, 0x400),
        call(128, &[QUEUE, ATTRIBUTE, 0, 4]),
        call_with(327, &[Is(0x1234), At(QUEUE)]),
        call_with(327, &[At(REGION), Is(5)]),
        call_with(327, &[At(REGION), At(QUEUE)]),
        call_with(327, &[At(REGION), At(QUEUE)]),
        import(3, &[THREAD, DESCRIPTOR, 0, 900, 0x4000, 0, OWN]),
        // A thread that has no fault.
        call_with(57, &[At64(THREAD)]),
        call(57, &[5]),
    ];
    for (call, at) in calls.into_iter().zip((CALLS..).step_by(4)) {
        code.extend(call);
        code.extend(keep(at));
    }
    code.extend(set(9, REGION));
    code.extend([load_word(9, 9, 0)]);
    code.extend(set(10, 0x77));
    code.extend(set(3, 0x55));
    // A fault in the middle of other registers.
    code.push(store_word(10, 9, 0x123c));
    code.extend(keep(SEEN + 20));
    code.extend([load_word(3, 9, 0x123c)]);
    code.extend(keep(SEEN + 24));
    code.extend(call(22, &[0]));
    let (outcome, seen, machine) = run(&Parts {
        code,
        imports: [&IMPORTS[..], &[0x24a1_ea07]].concat(),
        ..Parts::default()
    });
    assert_eq!(outcome, Outcome::Exited(0), "{:#?}", seen.calls);
    let [bad, gone, busy] = [Errno::EINVAL, Errno::ESRCH, Errno::EBUSY].map(|error| error.0);
    let results: [u32; 10] = words(&machine, CALLS);
    assert_eq!(results, [0, 0, 0, bad, gone, 0, busy, 0, bad, gone]);
    let region = word_at(&machine, REGION);
    let events = [0, 8, 16, 24].map(|at| double_at(&machine, EVENT + at));
    let address = u64::from(region) + 0x123c;
    assert_eq!(events, [0xfffe_0000_0000_0000, address, 0x0100_0000, 2]);
    // What the registers held: r3, r9 and r10.
    assert_eq!(double_at(&machine, CONTEXT + 8 * 3), 0x55);
    assert_eq!(double_at(&machine, CONTEXT + 8 * 9), region.into());
    assert_eq!(double_at(&machine, CONTEXT + 8 * 10), 0x77);
    assert_eq!(words(&machine, SEEN), [0, busy, 0, 0, bad, 0x55, 0x77]);
}

#[test]
fn virtual_memory_is_there_at_once() {
    let all = u32::MAX;
    let (results, machine) = results([
        call(300, &[0x200_0000, 1 << 20, all, 0x400, 1, PLACE]),
        call(352, &[OWN + 0x20]),
        call_with(302, &[At(PLACE), Is(2 << 20)]),
        call_with(303, &[At(PLACE), Is(2 << 20)]),
        call_with(303, &[At(PLACE), Is(1 << 20)]),
        call_with(304, &[At(PLACE), Is(0x200_0000)]),
        call_with(304, &[At(PLACE), Is(0x200_0001)]),
        call_with(311, &[At(PLACE), Is(1), Is(OWN + 0x28)]),
        call_with(312, &[At(PLACE), Is(OWN + 0x80)]),
        call_with(331, &[At(PLACE)]),
        call_with(301, &[At(PLACE)]),
        call_with(301, &[At(PLACE)]),
        call(300, &[0x200_0000, 1 << 16, all, 0x400, 1, PLACE]),
        call(313, &[0x200_0000, 1 << 16, all, 0x400, 1, PLACE]),
        call(313, &[0x100_0000, 1 << 16, all, 0x400, 1, PLACE]),
    ]);
    let [busy, bad] = [Errno::EBUSY, Errno::EINVAL].map(|error| error.0);
    assert_eq!(
        results,
        [0, 0, 0, 0, busy, 0, bad, 0, 0, bad, 0, bad, bad, 0, bad]
    );
    assert_eq!(double_at(&machine, OWN + 0x28), 2);
    assert_eq!(word_at(&machine, OWN + 0x80 + 0x20), 1 << 20);
}
