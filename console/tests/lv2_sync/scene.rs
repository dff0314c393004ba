//! Programs of several threads: where their data lies, and what came out.

use console::lv2::{Errno, Machine, Outcome};

use crate::lv2_support::*;

/// Imports that scenes have.
pub const IMPORTS: [u32; 16] = [
    0x24a1_ea07, // sys_ppu_thread_create
    0xaff0_80a4, // sys_ppu_thread_exit
    0x2f85_c0ef, // sys_lwmutex_create
    0xc347_6d0c, // sys_lwmutex_destroy
    0x1573_dc3f, // sys_lwmutex_lock
    0xaeb7_8725, // sys_lwmutex_trylock
    0x1bc2_00f4, // sys_lwmutex_unlock
    0xda0e_b71a, // sys_lwcond_create
    0x1c9a_942c, // sys_lwcond_destroy
    0x2a6d_9d51, // sys_lwcond_wait
    0xef87_a695, // sys_lwcond_signal
    0x52aa_dadf, // sys_lwcond_signal_to
    0xe9a1_bd84, // sys_lwcond_signal_all
    0xa3e3_be68, // sys_ppu_thread_once
    0xa285_139d, // sys_spinlock_lock
    0x5267_cb35, // sys_spinlock_unlock
];

/// Descriptors of the threads' functions.
pub const DESCRIPTORS: u32 = OWN + 0x40;
const THREADS: u32 = OWN + 0x80;
const SCRATCH: u32 = OWN + 0xc0;
/// Attributes as the initialisers of the SDKs make them.
pub const MUTEX: u32 = OWN + 0x100;
pub const RECURSIVE_MUTEX: u32 = OWN + 0x130;
pub const INHERIT_MUTEX: u32 = OWN + 0x160;
pub const CONDITION: u32 = OWN + 0x190;
/// For semaphores and locks for readers and writers.
pub const PLAIN: u32 = OWN + 0x1b0;
pub const FLAG: u32 = OWN + 0x1d0;
pub const QUEUE: u32 = OWN + 0x1f0;
pub const LIGHT_MUTEX: u32 = OWN + 0x200;
pub const RETRIED_MUTEX: u32 = OWN + 0x210;
pub const ZERO: u32 = OWN + 0x220;
/// Numbers of objects, or the objects of the library.
pub const OBJECTS: u32 = OWN + 0x280;
/// What calls gave.
pub const RESULTS: u32 = OWN + 0x400;

/// A program: the main thread, which has priority 1000, and others with theirs.
pub struct Scene {
    pub main: Vec<Vec<u32>>,
    pub threads: Vec<(u32, Vec<Vec<u32>>)>,
}

/// What came of it.
pub struct Played {
    pub outcome: Outcome,
    pub text: String,
    pub calls: Vec<String>,
    pub machine: Machine,
}

impl Played {
    /// What was kept in the n-th place.
    pub fn result(&self, n: u32) -> u32 {
        word_at(&self.machine, RESULTS + 4 * n)
    }

    /// What was kept in the n-th place, as an error; 0 is none.
    pub fn results(&self, count: u32) -> Vec<u32> {
        (0..count).map(|n| self.result(n)).collect()
    }
}

/// Codes for comparison with results.
pub fn codes(errors: &[Option<Errno>]) -> Vec<u32> {
    let code = |error: &Option<Errno>| error.map_or(0, |error| error.0);
    errors.iter().map(code).collect()
}

fn data(entries: &[u32]) -> Vec<u8> {
    let mut data = vec![0; 0x400];
    data[..26].copy_from_slice(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let mut put = |address: u32, words: &[u32]| {
        for (at, word) in ((address - OWN) as usize..).step_by(4).zip(words) {
            data[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
    };
    for (at, entry) in (DESCRIPTORS..).step_by(8).zip(entries) {
        put(at, &[*entry, 0]);
    }
    put(MUTEX, &[2, 0x20, 0x200, 0x2000]);
    put(RECURSIVE_MUTEX, &[1, 0x10, 0x200, 0x2000]);
    put(INHERIT_MUTEX, &[3, 0x20, 0x200, 0x2000]);
    put(CONDITION, &[0x200]);
    put(PLAIN, &[2, 0x200]);
    put(FLAG, &[2, 0x200, 0, 0, 0, 0x2_0000]);
    put(QUEUE, &[1, 1]);
    put(LIGHT_MUTEX, &[2, 0x10]);
    put(RETRIED_MUTEX, &[4, 0x20]);
    data
}

impl Scene {
    /// Runs it: main makes the threads after its first piece.
    pub fn play(&self) -> Played {
        self.play_threads(self.threads.len())
    }

    /// The same, where only the first of the threads are made: the others are functions.
    pub fn play_threads(&self, count: usize) -> Played {
        let mut code = vec![];
        let mut make = vec![];
        for at in 0..count as u32 {
            let descriptor = DESCRIPTORS + 8 * at;
            let id = THREADS + 8 * at;
            let priority = self.threads[at as usize].0;
            make.extend(import(0, &[id, descriptor, at, priority, 0x1000, 1, OWN]));
        }
        code.extend(&self.main[0]);
        code.extend(make);
        code.extend(self.main[1..].concat());
        code.extend(call(22, &[0]));
        let mut entries = vec![];
        for (_, pieces) in &self.threads {
            entries.push(CODE + 4 * code.len() as u32);
            code.extend(pieces.concat());
            code.extend(import(1, &[0]));
        }
        let (outcome, seen, machine) = run(&Parts {
            code,
            imports: IMPORTS.to_vec(),
            data: data(&entries),
            ..Parts::default()
        });
        Played {
            outcome,
            text: seen.text(),
            calls: seen.calls,
            machine,
        }
    }
}

/// A program of the main thread alone, each of whose calls has its result kept.
pub fn alone(calls: &[Vec<u32>]) -> Played {
    let kept = calls
        .iter()
        .zip(0..)
        .map(|(call, n)| [call.clone(), keep(RESULTS + 4 * n)].concat())
        .collect();
    let played = Scene {
        main: kept,
        threads: vec![],
    }
    .play();
    assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
    played
}

/// Writes one letter: 0 is A.
pub fn say(letter: u32) -> Vec<u32> {
    call(403, &[0, OWN + letter, 1, SCRATCH])
}

/// Lets so many microseconds pass.
pub fn sleep(time: u32) -> Vec<u32> {
    call(141, &[time])
}

/// Where the number of the n-th object is.
pub fn object(n: u32) -> u32 {
    OBJECTS + 4 * n
}

/// The n-th object's number as an argument.
pub fn number(n: u32) -> Arg {
    Arg::At(object(n))
}

/// Where the number of the n-th thread is.
pub fn thread(n: u32) -> Arg {
    Arg::At64(THREADS + 8 * n)
}
