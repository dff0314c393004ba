//! Programs that start the RSX, and commands for it.

use console::lv2::{Machine, Outcome};
use rsx_gcm::fifo::packet::Command;
use rsx_gcm::methods::fields::dma;
use rsx_gcm::methods::{Method, d3};
use sha1::{Digest, Sha1};

use crate::lv2_support::*;

/// Where the program's pointer to its context is.
pub const CONTEXT_POINTER: u32 = OWN;
/// Words that a program may use.
pub const SCRATCH: u32 = OWN + 0x10;
/// Commands, as they come with the program.
pub const COMMANDS: u32 = OWN + 0x200;
/// The megabyte of main memory that the program gives to the RSX.
pub const IO: u32 = 0x3000_0000;
pub const IO_BYTES: u32 = 0x10_0000;
/// Bytes of it that are for the library's commands: two segments.
pub const COMMAND_BYTES: u32 = 0x1_0000;
/// Where the RSX fetches first.
pub const FIRST: u32 = 0x1000;
/// put, get and reference.
pub const CONTROL: u32 = 0x4010_0040;
pub const LOCAL: u32 = 0xc000_0000;
pub const LABELS: u32 = 0x4030_0000;
/// The library's context.
pub const CONTEXT: u32 = 0x4000_0000;
/// Cycles from one vertical blank to the next at 59.94 Hz.
pub const BLANK: u64 = 53_253_200;

/// The number of a function, from its name (PS3 developer wiki, "FNID").
pub fn fnid(name: &str) -> u32 {
    const SUFFIX: [u8; 16] = [
        0x67, 0x59, 0x65, 0x99, 0x04, 0x25, 0x04, 0x90, 0x56, 0x64, 0x27, 0x49, 0x94, 0x89, 0x74,
        0x1a,
    ];
    let hash = Sha1::new()
        .chain_update(name)
        .chain_update(SUFFIX)
        .finalize();
    u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// A program for the RSX: it imports these functions, starts the RSX, brings its commands to
/// where the RSX fetches, and goes on with `main`. Import 0 starts the RSX, `functions` follow.
pub fn program(functions: &[&str], commands: &[u32], main: &[Vec<u32>]) -> Parts {
    let begin = [
        call(348, &[IO_BYTES, 0x400, SCRATCH]),
        import(0, &[CONTEXT_POINTER, COMMAND_BYTES, IO_BYTES, IO]),
        copy(COMMANDS, IO + FIRST, commands.len() as u32),
    ]
    .concat();
    let mut parts = code(&[&begin, &main.concat()]);
    parts.library = "cellGcmSys";
    parts.imports = vec![fnid("_cellGcmInitBody")];
    parts
        .imports
        .extend(functions.iter().map(|name| fnid(name)));
    parts.data = vec![0; (COMMANDS - OWN) as usize];
    parts
        .data
        .extend(commands.iter().flat_map(|word| word.to_be_bytes()));
    parts
}

/// Copies words.
pub fn copy(from: u32, to: u32, count: u32) -> Vec<u32> {
    if count == 0 {
        return Vec::new();
    }
    let mut words = [set(8, from - 4), set(9, to - 4), set(0, count)].concat();
    // mtctr r0; lwzu r10,4(r8); stwu r10,4(r9); bdnz
    words.extend([MTCTR_0, 0x8548_0004, 0x9549_0004, 0x4200_fff8]);
    words
}

/// Stores a word.
pub fn store(address: u32, value: u32) -> Vec<u32> {
    let mut words = [set(9, address), set(10, value)].concat();
    words.push(store_word(10, 9, 0));
    words
}

/// Has the RSX execute so many words from the first one on.
pub fn send(words: usize) -> Vec<u32> {
    store(CONTROL, FIRST + 4 * words as u32)
}

/// Looks at a word every 30 microseconds until it has a value.
pub fn wait_for(address: u32, value: u32) -> Vec<u32> {
    let mut words = [set(9, address), set(10, value)].concat();
    // lwz r9,0(r9); cmplw r9,r10; beq over the rest
    words.push(load_word(9, 9, 0));
    words.push(0x7c09_5040);
    again(words)
}

/// Calls an import every 30 microseconds until it gives a value.
pub fn wait_until_gives(index: u32, value: u32) -> Vec<u32> {
    let mut words = import(index, &[]);
    words.extend(set(10, value));
    // cmplw r3,r10
    words.push(0x7c03_5040);
    again(words)
}

/// Goes on where the words before found what they look for, else sleeps and starts again.
fn again(mut words: Vec<u32>) -> Vec<u32> {
    let sleep = call(141, &[30]);
    // beq over the sleep and the branch back
    words.push(0x4182_0000 + 4 * (sleep.len() as u32 + 2));
    words.extend(sleep);
    let back = (words.len() as u32 * 4).wrapping_neg() & 0x03ff_fffc;
    words.push(0x4800_0000 | back);
    words
}

/// Ends the process with a status.
pub fn exit(status: u32) -> Vec<u32> {
    call(22, &[status])
}

/// A packet of the FIFO.
pub fn packet(method: Method, arguments: &[u32]) -> Vec<u32> {
    let header = Command::Packet {
        method,
        count: arguments.len() as u32,
        incrementing: true,
    };
    [&[header.encode()], arguments].concat()
}

/// Clears a target of 64 by 32 pixels, 256 bytes a row, at the start of local memory.
pub fn clear(argb: u32) -> Vec<u32> {
    [
        packet(d3::SET_CONTEXT_DMA_COLOR_A, &[dma::LOCAL]),
        // Clip, linear X8R8G8B8 without depth planes of use, pitches and offsets.
        packet(Method::from_header(0x200), &[64 << 16, 32 << 16]),
        packet(Method::from_header(0x208), &[0x148, 256, 0, 0, 0, 256]),
        packet(Method::from_header(0x220), &[1]),
        packet(Method::from_header(0x8c0), &[64 << 16, 32 << 16]),
        packet(Method::from_header(0x1d90), &[argb]),
        packet(Method::from_header(0x1d94), &[0xf0]),
    ]
    .concat()
}

/// Runs a program that ends with a status.
pub fn run_to_exit(parts: &Parts, instructions: u64) -> (i32, Machine) {
    let mut machine = start(parts);
    let mut seen = Seen::default();
    let outcome = machine.run(instructions, &mut seen);
    let Outcome::Exited(status) = outcome else {
        panic!("{}", machine.report(&outcome));
    };
    assert_eq!(seen.unknown, []);
    (status, machine)
}
