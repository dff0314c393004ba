//! Instruction fetch.
//!
//! Instructions are fetched 128 bytes at a time through the one port of local store, which
//! loads and stores have first (Tutorial, "Local Store", table 1). While a line is
//! executed the next one is fetched, in the first cycle without a load or store: a line
//! full of loads, stores and nothing else in the odd pipe leaves no such cycle, and the
//! next line comes late. `lnop` and `hbrp` make one.
//!
//! The target of a branch is fetched from a multiple of 64 on.

use super::table::{FETCH, FETCH_ALIGN, FETCH_BYTES};
use crate::spu::local_store::ADDRESS_MASK;

/// What is fetched, and what will be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fetch {
    /// The address behind what is fetched.
    end: u32,
}

impl Fetch {
    /// What a branch to `target` brings.
    pub(super) fn from(target: u32) -> Self {
        Self {
            end: ((target & !(FETCH_ALIGN - 1)) + FETCH_BYTES) & ADDRESS_MASK,
        }
    }

    /// Whether `pc` is the first instruction of the next line.
    pub(super) fn ends_before(&self, pc: u32) -> bool {
        self.end == pc
    }

    /// Goes on to the next line, fetched at a cycle: when its first instruction can be
    /// issued.
    pub(super) fn advance(&mut self, fetched: u64) -> u64 {
        self.end = (self.end + FETCH_BYTES) & ADDRESS_MASK;
        fetched + FETCH
    }
}
