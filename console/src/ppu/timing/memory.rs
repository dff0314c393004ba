//! Loads and stores: the caches, the lines that are on their way, and the store queue.

use std::collections::VecDeque;

use super::cache::Cache;
use super::plan::Access;
use super::table::{
    CODE_CACHE, DATA_CACHE, LINE, LINES_READ, LOAD_MISSES, MEMORY, SECOND_CACHE, SECOND_HIT,
    STORE_TO_LOAD, STORES,
};

/// When an access is taken, and when its result is there.
pub(super) struct Reach {
    /// The queues have room for it.
    pub(super) accepted: u64,
    /// What was loaded comes from beyond the first cache.
    pub(super) result: Option<u64>,
}

/// The caches and queues.
pub(super) struct Memory {
    data: Cache,
    code: Cache,
    second: Cache,
    /// Lines on their way to the first cache, with their arrival, the earliest first.
    loads: Vec<(u64, u64)>,
    /// When the machines that read lines from memory are free.
    readers: [u64; LINES_READ],
    /// Quadwords on their way to the second cache, with their arrival, the oldest first.
    stores: VecDeque<(u64, u64)>,
    /// The line of the latest instruction.
    code_line: u64,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self {
            data: Cache::new(DATA_CACHE),
            code: Cache::new(CODE_CACHE),
            second: Cache::new(SECOND_CACHE),
            loads: Vec::with_capacity(LOAD_MISSES),
            readers: [0; LINES_READ],
            stores: VecDeque::with_capacity(STORES),
            code_line: u64::MAX,
        }
    }

    /// When a line that is not in the first cache is there, asked for at `now`.
    fn line(&mut self, line: u64, now: u64) -> u64 {
        if self.second.touch(line) {
            return now + SECOND_HIT;
        }
        self.second.fill(line);
        let reader = self.readers.iter_mut().min().expect("there are some");
        *reader = now.max(*reader) + MEMORY;
        *reader
    }

    /// When an instruction can be had that is not in the first cache.
    pub(super) fn fetch(&mut self, pc: u64, now: u64) -> Option<u64> {
        let line = pc / LINE;
        if line == self.code_line {
            return None;
        }
        self.code_line = line;
        if self.code.touch(line) {
            return None;
        }
        self.code.fill(line);
        Some(self.line(line, now))
    }

    /// An access at `now`.
    pub(super) fn reach(&mut self, access: Access, address: u64, now: u64) -> Reach {
        match access {
            Access::Load | Access::Touch => self.load(access, address, now),
            Access::Store => self.store(address, now),
            Access::Zero => {
                if !self.second.touch(address / LINE) {
                    self.second.fill(address / LINE);
                }
                Reach {
                    accepted: now,
                    result: None,
                }
            }
        }
    }

    fn load(&mut self, access: Access, address: u64, now: u64) -> Reach {
        let line = address / LINE;
        let mut accepted = now;
        self.loads.retain(|&(_, arrival)| arrival > now);
        let arrival = if let Some(&(_, arrival)) = self.loads.iter().find(|load| load.0 == line) {
            Some(arrival)
        } else if self.data.touch(line) {
            None
        } else {
            if self.loads.len() == LOAD_MISSES {
                // One has to come first. A touch is dropped then.
                if access == Access::Touch {
                    return Reach {
                        accepted: now,
                        result: None,
                    };
                }
                let first = self.loads.iter().map(|load| load.1).min().expect("is full");
                accepted = first;
                self.loads.retain(|load| load.1 > first);
            }
            self.data.fill(line);
            let arrival = self.line(line, accepted);
            self.loads.push((line, arrival));
            Some(arrival)
        };
        let stored = self
            .stores
            .iter()
            .rev()
            .find(|store| store.0 == address / 16);
        let stored = stored.map(|store| store.1).filter(|&at| at > now);
        Reach {
            accepted,
            result: arrival.max(stored),
        }
    }

    /// Stores go through to the second cache, which reads the line where it does not have it. They
    /// gather in the queue, so that several to one quadword are one.
    fn store(&mut self, address: u64, now: u64) -> Reach {
        while self.stores.front().is_some_and(|store| store.1 <= now) {
            self.stores.pop_front();
        }
        let quadword = address / 16;
        if let Some(last) = self.stores.back_mut().filter(|last| last.0 == quadword) {
            last.1 = last.1.max(now + STORE_TO_LOAD);
            return Reach {
                accepted: now,
                result: None,
            };
        }
        let mut accepted = now;
        if self.stores.len() == STORES {
            accepted = self
                .stores
                .pop_front()
                .map_or(now, |oldest| oldest.1.max(now));
        }
        let line = address / LINE;
        let last = self.stores.back().map_or(0, |last| last.1);
        let arrival = if self.second.touch(line) {
            accepted + STORE_TO_LOAD
        } else {
            self.line(line, accepted)
        };
        // They arrive in order.
        self.stores.push_back((quadword, arrival.max(last)));
        Reach {
            accepted,
            result: None,
        }
    }
}
