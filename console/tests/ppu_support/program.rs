//! The program around cases: for each it loads the registers, executes the instructions,
//! and stores the registers; at the end it writes all to its standard output.

use super::case::{BASE, CR, CTR, Case, FPR, FPSCR, GPR, SIZE, VR, VSCR, XER};
use super::elf::DATA;

fn d_form(primary: u32, t: usize, a: usize, displacement: usize) -> u32 {
    primary << 26 | (t as u32) << 21 | (a as u32) << 16 | displacement as u32 & 0xffff
}

fn x_form(primary: u32, t: usize, a: usize, b: usize, extended: u32) -> u32 {
    primary << 26 | (t as u32) << 21 | (a as u32) << 16 | (b as u32) << 11 | extended << 1
}

fn li(t: usize, value: usize) -> u32 {
    d_form(14, t, 0, value)
}

fn load_address(t: usize, address: u64) -> [u32; 2] {
    [
        d_form(15, t, 0, (address >> 16) as usize),
        d_form(24, t, t, address as usize),
    ]
}

/// `mtspr` or `mfspr`.
fn special(extended: u32, number: usize, t: usize) -> u32 {
    x_form(31, t, number & 31, number >> 5, extended)
}

const MTSPR: u32 = 467;
const MFSPR: u32 = 339;
const LVX: u32 = 103;
const STVX: u32 = 231;
const BLR: u32 = 0x4e80_0020;
const SC: u32 = 0x4400_0002;

/// Puts the case's address back to its register, from where the program keeps it.
pub fn restore_base() -> u32 {
    special(MFSPR, 256, BASE)
}

fn load_registers() -> Vec<u32> {
    let mut code = vec![
        d_form(50, 0, BASE, FPSCR),
        63 << 26 | 0xff << 17 | 711 << 1, // mtfsf 255,f0
        d_form(58, 0, BASE, CR),
        31 << 26 | 0xff << 12 | 144 << 1, // mtcrf 255,r0
        d_form(58, 0, BASE, XER),
        special(MTSPR, 1, 0),
        d_form(58, 0, BASE, CTR),
        special(MTSPR, 9, 0),
        special(MTSPR, 256, BASE),
        li(0, VSCR),
        x_form(31, 0, BASE, 0, LVX),
        4 << 26 | 1604, // mtvscr v0
    ];
    for at in 0..32 {
        code.push(li(0, VR + 16 * at));
        code.push(x_form(31, at, BASE, 0, LVX));
        code.push(d_form(50, at, BASE, FPR + 8 * at));
    }
    code.extend((0..BASE).map(|at| d_form(58, at, BASE, GPR + 8 * at)));
    code.push(BLR);
    code
}

fn store_registers() -> Vec<u32> {
    let mut code: Vec<_> = (0..BASE)
        .map(|at| d_form(62, at, BASE, GPR + 8 * at))
        .collect();
    for at in 0..32 {
        code.push(li(0, VR + 16 * at));
        code.push(x_form(31, at, BASE, 0, STVX));
        code.push(d_form(54, at, BASE, FPR + 8 * at));
    }
    code.extend([
        x_form(31, 0, 0, 0, 19), // mfcr r0
        d_form(62, 0, BASE, CR),
        special(MFSPR, 1, 0),
        d_form(62, 0, BASE, XER),
        special(MFSPR, 9, 0),
        d_form(62, 0, BASE, CTR),
        x_form(63, 0, 0, 0, 583), // mffs f0
        d_form(54, 0, BASE, FPSCR),
        4 << 26 | 1540, // mfvscr v0
        li(0, VSCR),
        x_form(31, 0, BASE, 0, STVX),
        BLR,
    ]);
    code
}

/// Linux's system calls: `write(1, …)` of all cases, and `exit(0)`.
fn leave(size: usize) -> Vec<u32> {
    let mut code = vec![li(0, 4), li(3, 1)];
    code.extend(load_address(4, DATA));
    code.extend(load_address(5, size as u64));
    code.extend([SC, li(0, 1), li(3, 0), SC]);
    code
}

/// Code and data of a program that runs the cases.
pub fn program(cases: &[Case]) -> (Vec<u32>, Vec<u8>) {
    let load = load_registers();
    let store = store_registers();
    let mut code = vec![0x4800_0000 | (4 * (1 + load.len() + store.len()) as u32)];
    let (load_at, store_at) = (1, 1 + load.len());
    code.extend(load);
    code.extend(store);
    let call =
        |from: usize, to: usize| 0x4800_0001 | (4 * (to as i32 - from as i32)) as u32 & 0x03ff_fffc;
    for (at, case) in cases.iter().enumerate() {
        code.extend(load_address(BASE, DATA + (at * SIZE) as u64));
        code.push(call(code.len(), load_at));
        code.extend(&case.code);
        code.push(call(code.len(), store_at));
    }
    code.extend(leave(cases.len() * SIZE));
    (code, cases.iter().flat_map(Case::to_bytes).collect())
}
