use super::super::memory::{Access, AddressSpace};
use super::super::{Exit, Ppu};
use super::Timing;
use super::table::{BRANCH_MISS, LINE, LINES_READ, MEMORY, SECOND_HIT};

const CODE: u64 = 0x1_0000;
const DATA: u64 = 0x10_0000;
const DATA_SIZE: u64 = 0xb0_0000;

const ADD: u32 = 0x3863_0001; // addi r3,r3,1
const LOOP_COUNT: u64 = 5000;

/// The cycles of one round of a loop: `body`, then `bdnz`. r4 is the address of the data.
fn round(body: &[u32], prepare: impl Fn(&mut AddressSpace)) -> f64 {
    let mut memory = AddressSpace::new();
    memory.map(CODE, 0x1_0000, Access::READ_EXECUTE).unwrap();
    memory.map(DATA, DATA_SIZE, Access::READ_WRITE).unwrap();
    prepare(&mut memory);
    let back = -(4 * body.len() as i32) as u32 & 0xfffc;
    let mut code = body.to_vec();
    code.extend([0x4200_0000 | back, 0x4400_0002]); // bdnz, sc
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    memory.write(CODE, &bytes).unwrap();
    let mut ppu = Ppu::new(0);
    let mut timing = Timing::new();
    let mut cycles = |rounds| {
        ppu.registers.pc = CODE;
        ppu.registers.ctr = rounds;
        ppu.registers.gpr[4] = DATA;
        let start = ppu.cycles;
        let exit = ppu.run_timed(&mut memory, u64::MAX, &mut timing);
        assert_eq!(exit, Exit::SystemCall { level: 0 });
        ppu.cycles - start
    };
    // The caches and the predictor learn; then what does not repeat is in both.
    cycles(LOOP_COUNT);
    let once = cycles(LOOP_COUNT);
    let twice = cycles(2 * LOOP_COUNT);
    (twice - once) as f64 / LOOP_COUNT as f64
}

fn nothing(_: &mut AddressSpace) {}

#[test]
fn a_chain_waits_for_each_result() {
    let chain = |word, cycles: f64| {
        let found = round(&[word; 8], nothing) / 8.0;
        // How a run ends is not repeated exactly, and the branch pairs or does not.
        assert!(
            found > cycles - 0.01 && found < cycles + 0.13,
            "{word:08x}: {found}"
        );
    };
    // fmadds f1,f2,f3,f1: the scalar loop of a matrix product.
    chain(0xec22_08fa, 10.0);
    chain(ADD, 2.0);
    // vmaddfp v1,v2,v3,v1
    chain(0x1022_08ee, 12.0);
    // mullw r3,r3,r3; divw r3,r3,r3
    chain(0x7c63_19d6, 9.0);
    chain(0x7c63_1bd6, 32.0);
}

#[test]
fn independent_results_come_one_a_cycle() {
    let body: Vec<u32> = (1..=12)
        .map(|t| 0x1000_00ee | t << 21 | t << 11 | 20 << 16 | 21 << 6)
        .collect();
    let cycles = round(&body, nothing);
    assert!((12.0..=13.0).contains(&cycles), "{cycles}");
}

#[test]
fn an_aligned_pair_of_two_units_takes_a_cycle() {
    // lwz r5,0(r4); addi r6,r7,1
    let pair = [0x80a4_0000, 0x38c7_0001];
    let pairs: Vec<u32> = pair.repeat(8);
    let cycles = round(&pairs, nothing);
    assert!((8.0..=9.0).contains(&cycles), "{cycles}");
    // Two of one unit, and the same pairs at odd words.
    let cycles = round(&[0x38c7_0001; 16], nothing);
    assert!((16.0..=17.0).contains(&cycles), "{cycles}");
    // Two and two pair only when they lie across the pairs.
    let twos = [pair[1], pair[1], pair[0], pair[0]].repeat(4);
    let cycles = round(&twos, nothing);
    assert!((16.0..=17.0).contains(&cycles), "{cycles}");
    let odd = [&[0x6000_0000], &twos[..]].concat();
    let cycles = round(&odd, nothing);
    assert!((9.0..=10.0).contains(&cycles), "{cycles}");
}

/// A ring of pointers to each other, `step` bytes apart, `size` bytes long.
fn ring(step: u64, size: u64) -> impl Fn(&mut AddressSpace) {
    move |memory| {
        for at in (0..size).step_by(step as usize) {
            let next = DATA + (at + step) % size;
            memory.write(DATA + at, &next.to_be_bytes()).unwrap();
        }
    }
}

#[test]
fn a_chain_of_loads_costs_what_the_level_of_memory_costs() {
    // ld r4,0(r4), eight times
    let chase = |size| round(&[0xe884_0000; 8], ring(LINE, size)) / 8.0;
    let first = chase(16 << 10);
    assert!((first - 5.0).abs() < 0.01, "{first}");
    let second = chase(256 << 10);
    assert!((second - SECOND_HIT as f64 - 1.0).abs() <= 1.0, "{second}");
    let memory = chase(2 << 20);
    assert!((memory - MEMORY as f64 - 1.0).abs() <= 1.0, "{memory}");
}

#[test]
fn a_stream_is_read_by_as_many_lines_as_can_be_on_their_way() {
    // lwz r5,0(r4) to lwz r12,896(r4); addi r4,r4,1024: more lines than the caches have.
    let loads = (0..8).map(|at| 0x80a4_0000 + (at << 21) + 128 * at);
    let body: Vec<u32> = loads.chain([0x3884_0400]).collect();
    let cycles = round(&body, nothing) / 8.0;
    let expected = MEMORY as f64 / LINES_READ as f64;
    assert!((cycles - expected).abs() < 3.0, "{cycles}");
}

#[test]
fn stores_are_seen_by_loads_after_a_while() {
    // stw r3,0(r4); lwz r3,0(r4)
    let cycles = round(&[0x9064_0000, 0x8064_0000], nothing);
    assert!(cycles >= SECOND_HIT as f64, "{cycles}");
}

#[test]
fn branches_that_change_their_minds_cost_the_pipeline() {
    // A loop's branch is foreseen. Here, a branch on a bit that a long period changes:
    // mulli r3,r3,4717; addi r3,r3,1; rlwinm. r5,r3,20,31,31; beq +8; nop
    let body = [
        0x1c63_126d,
        0x3863_0001,
        0x5465_a7fe,
        0x2c05_0000,
        0x4182_0008,
        0x6000_0000,
    ];
    let hard = round(&body, nothing);
    // The same with an outcome that never changes: cmpi with r0-less 2.
    let mut easy_body = body;
    easy_body[3] = 0x2c05_0002;
    let easy = round(&easy_body, nothing);
    let miss = f64::from(BRANCH_MISS);
    assert!(
        hard > easy + 0.25 * miss && hard < easy + 0.8 * miss,
        "{hard} {easy}"
    );
}

#[test]
fn the_stalls_and_the_instructions_are_all_cycles() {
    let mut memory = AddressSpace::new();
    memory.map(CODE, 0x1_0000, Access::READ_EXECUTE).unwrap();
    memory.map(DATA, DATA_SIZE, Access::READ_WRITE).unwrap();
    ring(LINE, 1 << 20)(&mut memory);
    // ld r4,0(r4); fmadds f1,f2,f3,f1 (twice); divw r3,r3,r3; add; b
    let code = [
        0xe884_0000_u32,
        0xec22_08fa,
        0xec22_08fa,
        0x7c63_1bd6,
        ADD,
        0x4bff_ffec,
    ];
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    memory.write(CODE, &bytes).unwrap();
    let mut ppu = Ppu::new(0);
    ppu.registers.pc = CODE;
    ppu.registers.gpr[4] = DATA;
    let mut timing = Timing::new();
    assert_eq!(
        ppu.run_timed(&mut memory, 1_000_000, &mut timing),
        Exit::Limit
    );
    let stalls = timing.stalls();
    let waits = stalls.total();
    // The first one issues in cycle 0.
    assert_eq!(waits + timing.issued() - timing.pairs() - 1, ppu.cycles);
    assert!(
        stalls.misses > 500_000 && stalls.holds > 0 && stalls.fetch > 0,
        "{stalls:?}"
    );
}
