//! Small programs, put together by hand: a code and a data segment with LV2's structures.
#![allow(dead_code)] // Not every test needs all of it.

use console::lv2::{Dialog, Machine, Observer, Outcome, Program, Record, SoundBlock};

pub const CODE: u32 = 0x1_0000;
pub const DATA: u32 = 0x2_0000;
/// Where a program's own data starts.
pub const OWN: u32 = DATA + 0x200;
const SLOTS: u32 = DATA + 0x100;
const DATA_SIZE: usize = 0x1000;

/// What a program consists of.
#[derive(Clone, Default)]
pub struct Parts {
    /// Instructions from [`CODE`].
    pub code: Vec<u32>,
    /// Functions of the library, at most 16.
    pub imports: Vec<u32>,
    /// The library, of at most 15 letters; sysPrxForUser where it is empty.
    pub library: &'static str,
    /// Data from [`OWN`].
    pub data: Vec<u8>,
}

impl Parts {
    pub fn elf(&self) -> Vec<u8> {
        let mut data = vec![0; DATA_SIZE];
        let mut put = |at: usize, words: &[u32]| {
            for (place, word) in (at..).step_by(4).zip(words) {
                data[place..place + 4].copy_from_slice(&word.to_be_bytes());
            }
        };
        put(0, &[CODE, 0x1234_5678]);
        let process = [
            0x24,
            0x13bc_c5f6,
            0x9000,
            0x19_2001,
            1000,
            0x1_0000,
            0x10_0000,
            0,
            0,
        ];
        put(0x10, &process);
        let table = DATA + 0x80;
        let end = table + if self.imports.is_empty() { 0 } else { 0x2c };
        put(
            0x40,
            &[0x28, 0x1b43_4cec, 2, 0, 0, 0, table, end, 0x0101_0000, 0],
        );
        let count = self.imports.len() as u32;
        put(0x80, &[0x2c00_0001, 0x0009_0000 | count, 0, 0]);
        put(0x90, &[DATA + 0xb0, DATA + 0xc0, SLOTS]);
        put(0xc0, &self.imports);
        let library = match self.library {
            "" => "sysPrxForUser",
            library => library,
        };
        data[0xb0..0xb0 + library.len()].copy_from_slice(library.as_bytes());
        data[0x200..0x200 + self.data.len()].copy_from_slice(&self.data);
        let code: Vec<u8> = self
            .code
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect();

        let mut out = b"\x7fELF\x02\x02\x01\x66".to_vec();
        out.resize(0x10, 0);
        out.extend([0, 2, 0, 21, 0, 0, 0, 1]);
        for number in [u64::from(DATA), 0x40, 0] {
            out.extend(number.to_be_bytes());
        }
        out.extend([0, 0, 0, 0, 0, 0x40, 0, 0x38, 0, 5, 0, 0x40, 0, 0, 0, 0]);
        let code_at = 0x200;
        let data_at = code_at + code.len();
        let (text, rest) = (CODE, DATA);
        for (kind, flags, offset, address, size, room) in [
            (1_u32, 5_u32, code_at, text, code.len(), code.len()),
            (1, 6, data_at, rest, DATA_SIZE, 2 * DATA_SIZE),
            (7, 4, data_at + 0xb0, rest + 0xb0, 4, 0x10),
            (0x6000_0001, 4, data_at + 0x10, rest + 0x10, 0x24, 0x24),
            (0x6000_0002, 4, data_at + 0x40, rest + 0x40, 0x28, 0x28),
        ] {
            out.extend(kind.to_be_bytes());
            out.extend(flags.to_be_bytes());
            let address = u64::from(address);
            for number in [
                offset as u64,
                address,
                address,
                size as u64,
                room as u64,
                16,
            ] {
                out.extend(number.to_be_bytes());
            }
        }
        out.resize(code_at, 0);
        out.extend(code);
        out.extend(data);
        out
    }
}

/// What a program did.
#[derive(Default)]
pub struct Seen {
    pub tty: Vec<(u32, String)>,
    pub unknown: Vec<Record>,
    pub calls: Vec<String>,
    pub dialogs: Vec<String>,
    pub sounds: Vec<SoundBlock>,
}

impl Observer for Seen {
    fn tty(&mut self, channel: u32, text: &[u8]) {
        let text = String::from_utf8(text.to_vec()).expect("tests write text");
        self.tty.push((channel, text));
    }

    fn unknown(&mut self, call: &Record) {
        self.unknown.push(call.clone());
    }

    fn dialog(&mut self, dialog: &Dialog) {
        self.dialogs.push(dialog.to_string());
    }

    fn sound(&mut self, block: &SoundBlock) {
        self.sounds.push(*block);
    }

    fn call(&mut self, call: &Record) {
        self.calls.push(call.to_string());
    }
}

impl Seen {
    /// All that was written, whatever the channel.
    pub fn text(&self) -> String {
        self.tty.iter().map(|(_, text)| text.as_str()).collect()
    }
}

pub fn start(parts: &Parts) -> Machine {
    let elf = parts.elf();
    let program = Program::read(&elf).expect("a good program");
    Machine::start(&program, &[b"/app_home/a", b"two"]).expect("enough memory")
}

/// Runs a program for at most a million instructions.
pub fn run(parts: &Parts) -> (Outcome, Seen, Machine) {
    let mut machine = start(parts);
    let mut seen = Seen::default();
    let outcome = machine.run(1_000_000, &mut seen);
    (outcome, seen, machine)
}

pub fn code(pieces: &[&[u32]]) -> Parts {
    Parts {
        code: pieces.concat(),
        ..Parts::default()
    }
}

pub const SC: u32 = 0x4400_0002;
pub const TRAP: u32 = 0x7fe0_0008;
pub const LOOP: u32 = 0x4800_0000;
pub const BCTR: u32 = 0x4e80_0420;
pub const MTCTR_0: u32 = 0x7c09_03a6;
pub const BLR: u32 = 0x4e80_0020;

/// A register gets a word, zero-extended for words below 0x8000_0000.
pub fn set(register: u32, value: u32) -> [u32; 2] {
    let high = 15 << 26 | register << 21 | value >> 16;
    let low = 24 << 26 | register << 21 | register << 16 | value & 0xffff;
    [high, low]
}

/// `addi rt,ra,value`; `mr` with a value of 0.
pub fn add(rt: u32, ra: u32, value: i16) -> u32 {
    14 << 26 | rt << 21 | ra << 16 | u32::from(value as u16)
}

pub fn load_word(rt: u32, ra: u32, offset: u32) -> u32 {
    32 << 26 | rt << 21 | ra << 16 | offset
}

pub fn load_double(rt: u32, ra: u32, offset: u32) -> u32 {
    58 << 26 | rt << 21 | ra << 16 | offset
}

pub fn store_word(rs: u32, ra: u32, offset: u32) -> u32 {
    36 << 26 | rs << 21 | ra << 16 | offset
}

/// A system call with word arguments.
pub fn call(number: u32, arguments: &[u32]) -> Vec<u32> {
    let mut words = registers(arguments);
    words.extend(set(11, number));
    words.push(SC);
    words
}

fn registers(arguments: &[u32]) -> Vec<u32> {
    (3..)
        .zip(arguments)
        .flat_map(|(register, value)| set(register, *value))
        .collect()
}

/// A call of the import at a place of the list.
pub fn import(index: u32, arguments: &[u32]) -> Vec<u32> {
    let mut words = registers(arguments);
    words.extend(set(12, SLOTS + 4 * index));
    words.extend([
        load_word(12, 12, 0),
        load_word(0, 12, 0),
        MTCTR_0,
        0x4e80_0421,
    ]);
    words
}

/// The big-endian words of memory.
pub fn words<const N: usize>(machine: &Machine, address: u32) -> [u32; N] {
    std::array::from_fn(|at| {
        let mut word = [0; 4];
        let place = u64::from(address) + 4 * at as u64;
        machine
            .read(place, &mut word)
            .expect("memory of the program");
        u32::from_be_bytes(word)
    })
}

/// Ends the process with what is in r3.
pub fn exit_with_result() -> Vec<u32> {
    call(22, &[])
}

/// An argument of a call.
#[derive(Clone, Copy)]
pub enum Arg {
    /// A word.
    Is(u32),
    /// The word in memory at an address.
    At(u32),
    /// The doubleword in memory at an address.
    At64(u32),
}

fn load(arguments: &[Arg]) -> Vec<u32> {
    let mut words = Vec::new();
    for (register, argument) in (3..).zip(arguments) {
        match argument {
            Arg::Is(value) => words.extend(set(register, *value)),
            Arg::At(address) => {
                words.extend(set(register, *address));
                words.push(load_word(register, register, 0));
            }
            Arg::At64(address) => {
                words.extend(set(register, *address));
                words.push(load_double(register, register, 0));
            }
        }
    }
    words
}

/// A system call.
pub fn call_with(number: u32, arguments: &[Arg]) -> Vec<u32> {
    [load(arguments), call(number, &[])].concat()
}

/// A call of the import at a place of the list.
pub fn import_with(index: u32, arguments: &[Arg]) -> Vec<u32> {
    [load(arguments), import(index, &[])].concat()
}

/// Stores what a call gave.
pub fn keep(address: u32) -> Vec<u32> {
    let mut words = set(12, address).to_vec();
    words.push(store_word(3, 12, 0));
    words
}

/// A word of the program's memory.
pub fn word_at(machine: &Machine, address: u32) -> u32 {
    let mut word = [0; 4];
    machine
        .read(address.into(), &mut word)
        .expect("mapped memory");
    u32::from_be_bytes(word)
}

/// A doubleword of the program's memory.
pub fn double_at(machine: &Machine, address: u32) -> u64 {
    let high = u64::from(word_at(machine, address)) << 32;
    high | u64::from(word_at(machine, address + 4))
}
