//! Instructions a second of the virtual PPU on loops of one kind each: integers with memory and
//! branches, scalar floating point, vectors of integers and of floats; and on mixed ones.
//!
//! `cargo bench -p console --bench ppu_interpreter [-- PART_OF_A_NAME]`
//!
//! On one of two cores of an AMD EPYC, while other work kept both busy, at best: integers 296,
//! floats 136, vectors 150, vector integers 190, vector floats 140, mix 162 million.

use std::hint::black_box;
use std::time::Instant;

use console::ppu::{Access, AddressSpace, Exit, GRANULE, Ppu, Vector};

/// A run executes this many instructions: few, so that some runs are not disturbed by other work
/// of the host.
const INSTRUCTIONS: u64 = 500_000;
/// This many runs give the best and the median.
const RUNS: usize = 300;

const CODE: u64 = 0x1_0000;
const DATA: u64 = 0x2_0000;

/// Copies words with a rotate and a sum, and calls a function each time around.
const INTEGERS: &[u32] = &[
    0x8124_0000, // lwz r9,0(r4)
    0x5529_103a, // rlwinm r9,r9,2,0,29
    0x7d4a_4a14, // add r10,r10,r9
    0x9124_0030, // stw r9,48(r4)
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
    0xd8c4_0038, // stfd f6,56(r4)
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

/// Permutes, sums, compares, selects and shifts.
const VECTOR_INTEGERS: &[u32] = &[
    0x7c20_20ce, // lvx v1,0,r4
    0x1041_40eb, // vperm v2,v1,v8,v3
    0x10c2_0880, // vadduwm v6,v2,v1
    0x10e6_0c40, // vsubuhm v7,v6,v1
    0x1107_3286, // vcmpgtuw v8,v7,v6
    0x1127_322a, // vsel v9,v7,v6,v8
    0x1149_092c, // vsldoi v10,v9,v1,4
    0x1161_528c, // vspltw v11,v10,1
    0x118b_4984, // vslw v12,v11,v9
    0x7d80_29ce, // stvx v12,0,r5
    0x4bff_ffd8, // b to the start
];

/// Multiply-adds, sums, compares and conversions.
const VECTOR_FLOATS: &[u32] = &[
    0x7c20_20ce, // lvx v1,0,r4
    0x1081_20ae, // vmaddfp v4,v1,v2,v4
    0x10a4_080a, // vaddfp v5,v4,v1
    0x10c5_08af, // vnmsubfp v6,v5,v2,v1
    0x10e6_0c0a, // vmaxfp v7,v6,v1
    0x1103_3b4a, // vcfsx v8,v7,3
    0x1127_42c6, // vcmpgtfp v9,v7,v8
    0x1149_0c04, // vand v10,v9,v1
    0x7d40_29ce, // stvx v10,0,r5
    0x4bff_ffdc, // b to the start
];

/// All of it.
const MIX: &[u32] = &[
    0x8124_0000, // lwz r9,0(r4)
    0x7d4a_4a14, // add r10,r10,r9
    0xc824_0000, // lfd f1,0(r4)
    0xfc41_18fa, // fmadd f2,f1,f3,f3
    0x7c20_20ce, // lvx v1,0,r4
    0x1041_08eb, // vperm v2,v1,v1,v3
    0x1081_20ae, // vmaddfp v4,v1,v2,v4
    0x9144_0030, // stw r10,48(r4)
    0x7c80_29ce, // stvx v4,0,r5
    0x2c09_0000, // cmpwi r9,0
    0x4182_0008, // beq .+8
    0xd844_0038, // stfd f2,56(r4)
    0x4bff_ffd0, // b to the start
];

fn measure(name: &str, code: &[u32]) {
    let mut memory = AddressSpace::new();
    memory
        .map(CODE, GRANULE, Access::READ_EXECUTE)
        .expect("free");
    memory.map(DATA, GRANULE, Access::READ_WRITE).expect("free");
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    memory.write(CODE, &bytes).expect("mapped");
    // Four singles; the first two are an ordinary double, too.
    let numbers = [1.5_f32, 0.75, -2.25, 3.0].map(f32::to_be_bytes);
    memory.write(DATA, &numbers.concat()).expect("mapped");
    let mut ppu = Ppu::new(0);
    ppu.registers.pc = CODE;
    ppu.registers.gpr[1] = DATA + 0x100;
    ppu.registers.gpr[4] = DATA;
    ppu.registers.gpr[5] = DATA + 32;
    ppu.registers.vr[2] = Vector::from_floats([0.3, 0.003, 0.7, 0.9]);
    ppu.registers.vr[3] = Vector::from_bytes(std::array::from_fn(|at| at as u8 + 4));
    ppu.registers.fpr[3] = 0.300_000_3_f64.to_bits();
    let mut rates: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let exit = ppu.run(&mut memory, INSTRUCTIONS);
            assert_eq!(exit, Exit::Limit);
            INSTRUCTIONS as f64 / start.elapsed().as_secs_f64() / 1e6
        })
        .collect();
    black_box(&ppu.registers);
    rates.sort_by(f64::total_cmp);
    let [median, best] = [RUNS / 2, RUNS - 1].map(|at| rates[at]);
    println!("{name:16} {best:8.1} million instructions a second at best, {median:8.1} mostly");
}

fn main() {
    let only = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let rows = [
        ("integers", INTEGERS),
        ("floats", FLOATS),
        ("vectors", VECTORS),
        ("vector integers", VECTOR_INTEGERS),
        ("vector floats", VECTOR_FLOATS),
        ("mix", MIX),
    ];
    for (name, code) in rows {
        if only.as_ref().is_none_or(|only| name.contains(only)) {
            measure(name, code);
        }
    }
}
