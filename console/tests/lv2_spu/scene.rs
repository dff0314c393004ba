//! Programs with SPU groups: where their data lies, and what came out.

use console::lv2::{Machine, Mount, Outcome};
use spu::asm::{Assembler, Reg};
use spu::isa::channel::Channel;

use crate::lv2_support::*;

/// Attributes and names.
const GROUP_ATTRIBUTE: u32 = OWN + 0x40;
const THREAD_ATTRIBUTE: u32 = OWN + 0x50;
pub const QUEUE_ATTRIBUTE: u32 = OWN + 0x60;
/// An attribute of a queue for SPUs.
pub const SPU_QUEUE_ATTRIBUTE: u32 = OWN + 0x70;
/// Arguments of threads: the n-th thread of a group gets n times 100, and zeros.
const ARGUMENTS: u32 = OWN + 0x80;
/// Images and their segments.
const IMAGES: u32 = OWN + 0x140;
const SEGMENTS: u32 = OWN + 0x180;
/// Numbers of objects.
const OBJECTS: u32 = OWN + 0x200;
/// What calls gave, and where they put things.
const RESULTS: u32 = OWN + 0x280;
pub const OUT: u32 = OWN + 0x380;
/// Local stores of programs.
const PROGRAMS: u32 = OWN + 0x400;
/// Memory for SPUs and the PPU, zero: two lines and more.
pub const SHARED: u32 = DATA + 0x1000;

/// Numbers in [`OBJECTS`]: groups, and the threads of each.
const GROUP_STRIDE: u32 = 0x20;
/// The end of a group without limit of instructions.
const LIMIT: u64 = 20_000_000;

/// A program that is put together.
#[derive(Default)]
pub struct Scene {
    programs: Vec<u8>,
    images: Vec<(u32, u32, u32)>,
    code: Vec<u32>,
    calls: u32,
}

/// What came of it.
pub struct Played {
    pub outcome: Outcome,
    pub calls: Vec<String>,
    pub machine: Machine,
}

impl Played {
    /// What the n-th call gave.
    pub fn result(&self, call: u32) -> u32 {
        word_at(&self.machine, RESULTS + 4 * call)
    }

    /// A word that was put into [`OUT`].
    pub fn out(&self, at: u32) -> u32 {
        word_at(&self.machine, OUT + 4 * at)
    }

    pub fn report(&self) -> String {
        self.machine.report(&self.outcome)
    }
}

impl Scene {
    /// Adds a program for SPUs: its number.
    pub fn program(&mut self, build: impl FnOnce(&mut Assembler)) -> u32 {
        let mut assembler = Assembler::new();
        build(&mut assembler);
        let program = assembler.finish().expect("a good program");
        let end = (program.end() as usize).next_multiple_of(16);
        let bytes = &program.memory()[..end];
        self.image(program.entry(), bytes)
    }

    /// Adds bytes for local store.
    pub fn image(&mut self, entry: u32, bytes: &[u8]) -> u32 {
        let at = PROGRAMS + self.programs.len() as u32;
        self.programs.extend(bytes);
        self.images.push((entry, at, bytes.len() as u32));
        self.images.len() as u32 - 1
    }

    /// Makes the n-th group, of priority 100, with these programs.
    pub fn group(&mut self, group: u32, programs: &[u32]) -> &mut Self {
        self.group_of(group, 100, programs)
    }

    pub fn group_of(&mut self, group: u32, priority: u32, programs: &[u32]) -> &mut Self {
        let count = programs.len() as u32;
        self.code.extend(call(
            170,
            &[group_at(group), count, priority, GROUP_ATTRIBUTE],
        ));
        for (index, program) in (0..).zip(programs) {
            self.code
                .extend(initialize(group, index, image_at(*program)));
        }
        self
    }

    /// A call whose result is kept; calls are numbered from 0.
    pub fn call(&mut self, number: u32, arguments: &[Arg]) -> &mut Self {
        let words = call_with(number, arguments);
        self.keep(&words)
    }

    /// The same for an import.
    pub fn import(&mut self, index: u32, arguments: &[Arg]) -> &mut Self {
        let words = import_with(index, arguments);
        self.keep(&words)
    }

    fn keep(&mut self, words: &[u32]) -> &mut Self {
        self.code.extend(words);
        self.code.extend(keep(RESULTS + 4 * self.calls));
        self.calls += 1;
        self
    }

    /// Any instructions.
    pub fn code(&mut self, words: &[u32]) -> &mut Self {
        self.code.extend(words);
        self
    }

    /// Puts what the last receive gave to [`OUT`]: source, then three data words, 64 bits.
    pub fn keep_event(&mut self, at: u32) -> &mut Self {
        for (register, place) in (4..8).zip((OUT + at..).step_by(8)) {
            self.code.extend(set(12, place));
            // std
            self.code.push(62 << 26 | register << 21 | 12 << 16);
        }
        self
    }

    /// Runs it, with imports and the data behind their numbers.
    pub fn play_with(&self, imports: &[u32]) -> Played {
        self.play_mounted(imports, &[])
    }

    /// The same, with devices.
    pub fn play_mounted(&self, imports: &[u32], mounts: &[Mount]) -> Played {
        let mut machine = self.start(imports);
        for mount in mounts {
            machine.mount(mount).expect("a good folder");
        }
        let mut seen = Seen::default();
        let outcome = machine.run(LIMIT, &mut seen);
        assert_eq!(seen.unknown, []);
        Played {
            outcome,
            calls: seen.calls,
            machine,
        }
    }

    /// The machine before it runs.
    pub fn start(&self, imports: &[u32]) -> Machine {
        let mut code = self.code.clone();
        code.extend(call(22, &[0]));
        start(&Parts {
            code,
            imports: imports.to_vec(),
            data: self.data(),
            ..Parts::default()
        })
    }

    pub fn play(&self) -> Played {
        self.play_with(&[])
    }

    /// Runs it to its end.
    pub fn finish(&self) -> Played {
        let played = self.play();
        assert_eq!(
            played.outcome,
            Outcome::Exited(0),
            "{:#?}\n{}",
            played.calls,
            played.report()
        );
        played
    }

    fn data(&self) -> Vec<u8> {
        let mut data = vec![0; (PROGRAMS - OWN) as usize];
        data[..6].copy_from_slice(b"story\0");
        let mut put = |address: u32, words: &[u32]| {
            for (at, word) in ((address - OWN) as usize..).step_by(4).zip(words) {
                data[at..at + 4].copy_from_slice(&word.to_be_bytes());
            }
        };
        put(GROUP_ATTRIBUTE, &[6, OWN, 0, 0]);
        put(THREAD_ATTRIBUTE, &[OWN, 6, 0]);
        put(QUEUE_ATTRIBUTE, &[1, 1]);
        put(SPU_QUEUE_ATTRIBUTE, &[1, 2]);
        for index in 0..6 {
            put(ARGUMENTS + 0x20 * index, &[0, 100 * index]);
        }
        for (at, (entry, source, size)) in (0..).zip(&self.images) {
            let segment = SEGMENTS + 0x18 * at;
            put(image_at(at), &[0, *entry, segment, 1]);
            put(segment, &[1, 0, *size, 0, *source]);
        }
        data.extend(&self.programs);
        data
    }
}

pub fn image_at(program: u32) -> u32 {
    IMAGES + 0x10 * program
}

fn group_at(group: u32) -> u32 {
    OBJECTS + GROUP_STRIDE * group
}

fn thread_at(group: u32, index: u32) -> u32 {
    group_at(group) + 4 + 4 * index
}

/// Initialises a thread; windows are numbered as threads are.
pub fn initialize(group: u32, index: u32, image: u32) -> Vec<u32> {
    let arguments = [
        Arg::Is(thread_at(group, index)),
        self::group(group),
        Arg::Is(index),
        Arg::Is(image),
        Arg::Is(THREAD_ATTRIBUTE),
        Arg::Is(ARGUMENTS + 0x20 * index),
    ];
    call_with(172, &arguments)
}

/// The n-th group's number.
pub fn group(group: u32) -> Arg {
    Arg::At(group_at(group))
}

/// A thread's number.
pub fn thread(group: u32, index: u32) -> Arg {
    Arg::At(thread_at(group, index))
}

/// Where the number of the n-th queue is, and the number.
pub fn queue_at(queue: u32) -> u32 {
    OBJECTS + 3 * GROUP_STRIDE + 4 * queue
}

pub fn queue(queue: u32) -> Arg {
    Arg::At(queue_at(queue))
}

/// The first argument's low word.
pub fn argument(a: &mut Assembler) -> Reg {
    let [argument, ..] = a.arguments();
    a.rotqbyi(argument, 4)
}

/// Ends an SPU thread with a status.
pub fn exit(a: &mut Assembler, status: Reg) {
    a.wrch(Channel::WR_OUT_MBOX, status);
    a.stop(0x102);
}

/// Waits for ever.
pub fn wait(a: &mut Assembler, channel: Channel) {
    a.rdch(channel);
    a.stop(0);
}

/// An event without an answer.
pub fn throw(a: &mut Assembler, port: u32, data0: u32, data1: Reg) {
    a.wrch(Channel::WR_OUT_MBOX, data1);
    let word = a.word(0x4000_0000 | port << 24 | data0);
    a.wrch(Channel::WR_OUT_INTR_MBOX, word);
}

/// DMA of so many bytes at once: local store, effective address in a register.
pub fn dma(a: &mut Assembler, command: i32, local: i32, effective: Reg, size: i32) {
    let local = a.il(local);
    a.wrch(Channel::LSA, local);
    let zero = a.il(0);
    a.wrch(Channel::EAH, zero);
    a.wrch(Channel::EAL, effective);
    let size = a.il(size);
    a.wrch(Channel::SIZE, size);
    a.wrch(Channel::TAG_ID, zero);
    let command = a.il(command);
    a.wrch(Channel::CMD, command);
}
