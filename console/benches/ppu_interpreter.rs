//! Instructions a second of the virtual PPU on three loops: integers with memory and
//! branches, scalar floating point, vectors.
//!
//! `cargo bench -p console --bench ppu_interpreter`
//!
//! On one of two cores of an AMD EPYC, counted by the processor's own time while other work
//! kept both busy: integers 150 to 212, floats 68 to 89, vectors 71 to 93 million.

use std::hint::black_box;
use std::time::Instant;

use console::ppu::{Access, AddressSpace, Exit, GRANULE, Ppu};

/// Executes this many instructions a row.
const INSTRUCTIONS: u64 = 300_000_000;

const CODE: u64 = 0x1_0000;
const DATA: u64 = 0x2_0000;

/// Copies words with a rotate and a sum, and calls a function each time around.
const INTEGERS: &[u32] = &[
    0x8124_0000, // lwz r9,0(r4)
    0x5529_103a, // rlwinm r9,r9,2,0,29
    0x7d4a_4a14, // add r10,r10,r9
    0x9124_0004, // stw r9,4(r4)
    0x2c09_0000, // cmpwi r9,0
    0x4182_0008, // beq .+8
    0x394a_0001, // addi r10,r10,1
    0x4800_000d, // bl .+12
    0x4200_ffe0, // bdnz to the start
    0x4bff_ffdc, // b to the start
    0x7c08_02a6, // mflr r0
    0xf801_0010, // std r0,16(r1)
    0x4e80_0020, // blr
];

/// A polynomial and a dot product, in double and single precision.
const FLOATS: &[u32] = &[
    0xc824_0000, // lfd f1,0(r4)
    0xfc41_18fa, // fmadd f2,f1,f3,f3
    0xfc82_082a, // fadd f4,f2,f1
    0xfca4_00b2, // fmul f5,f4,f2
    0xecc5_292a, // fadds f6,f5,f5
    0xfc06_2800, // fcmpu cr0,f6,f5
    0xd8c4_0008, // stfd f6,8(r4)
    0x4bff_ffe4, // b to the start
];

/// Loads, permutes, multiply-adds and stores.
const VECTORS: &[u32] = &[
    0x7c20_20ce, // lvx v1,0,r4
    0x1041_08eb, // vperm v2,v1,v1,v3
    0x1081_20ae, // vmaddfp v4,v1,v2,v4
    0x10a4_100a, // vaddfp v5,v4,v2
    0x10c5_0880, // vadduwm v6,v5,v1
    0x10e6_2484, // vor v7,v6,v4
    0x7ce0_29ce, // stvx v7,0,r5
    0x4bff_ffe4, // b to the start
];

fn measure(name: &str, code: &[u32]) {
    let mut memory = AddressSpace::new();
    memory
        .map(CODE, GRANULE, Access::READ_EXECUTE)
        .expect("free");
    memory.map(DATA, GRANULE, Access::READ_WRITE).expect("free");
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    memory.write(CODE, &bytes).expect("mapped");
    memory
        .write(DATA, &1.000_001_f64.to_be_bytes())
        .expect("mapped");
    let mut ppu = Ppu::new(0);
    ppu.registers.pc = CODE;
    ppu.registers.gpr[1] = DATA + 0x100;
    ppu.registers.gpr[4] = DATA;
    ppu.registers.gpr[5] = DATA + 32;
    ppu.registers.fpr[3] = 0.300_000_3_f64.to_bits();
    let start = Instant::now();
    let exit = ppu.run(&mut memory, INSTRUCTIONS);
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(exit, Exit::Limit);
    black_box(&ppu.registers);
    println!(
        "{name:10} {:8.1} million instructions a second",
        ppu.cycles as f64 / seconds / 1e6
    );
}

fn main() {
    measure("integers", INTEGERS);
    measure("floats", FLOATS);
    measure("vectors", VECTORS);
}
