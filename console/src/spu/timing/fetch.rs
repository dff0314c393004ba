//! Instruction fetch.
//!
//! Instructions are fetched 128 bytes at a time through the one port of local store, which
//! loads and stores have first (Tutorial, "Local Store", table 1): a fetch takes the first
//! cycle without a load or store. Buffers hold two and a half lines besides the one that
//! hints fill, so the next line but one is fetched when half of a line is used up. Where
//! each cycle has a load or store the buffers run empty; `lnop` and `hbrp` let a fetch
//! through.
//!
//! The target of a branch is fetched from a multiple of 64 on. So at least 17 instructions
//! are there, and the next line is fetched at once.

use super::table::{FETCH, FETCH_ALIGN, FETCH_BYTES, FETCH_LEAD};
use crate::spu::local_store::ADDRESS_MASK;

/// The cycle of a fetch that nobody asked for yet.
const NEVER: u64 = u64::MAX;

/// The cycles in which the next line and the one after it are fetched, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ports([u64; 2]);

impl Ports {
    /// The next line is asked for.
    pub(super) fn ask(cycle: u64) -> Self {
        Self([cycle, NEVER])
    }

    /// A load or store is issued at a cycle.
    #[inline(always)]
    pub(super) fn access(&mut self, cycle: u64) {
        let [next, after] = &mut self.0;
        *next += u64::from(cycle == *next);
        *after += u64::from(cycle == *after);
        *after += u64::from(*after == *next);
    }
}

/// Where the next line begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fetch {
    next: u32,
}

impl Fetch {
    /// What a branch to `target` brings.
    pub(super) fn from(target: u32) -> Self {
        Self {
            next: ((target & !(FETCH_ALIGN - 1)) + FETCH_BYTES) & ADDRESS_MASK,
        }
    }

    /// The instruction at `pc`, a multiple of [`FETCH_ALIGN`], could be issued at a cycle:
    /// when it can be, as far as fetch goes.
    pub(super) fn reach(&mut self, pc: u32, mut cycle: u64, ports: &mut Ports) -> u64 {
        let [next, after] = &mut ports.0;
        if pc == self.next {
            // What was asked for in time is asked for when instructions leave the buffers,
            // before they are issued. Otherwise the pipelines run empty.
            let lead = if *next < cycle { FETCH_LEAD } else { 0 };
            cycle = cycle.max(*next + FETCH - lead);
            self.next = (pc + FETCH_BYTES) & ADDRESS_MASK;
            // Nobody asks for a line later than in the middle of the one before it.
            *next = if *after == NEVER { cycle } else { *after };
            *after = NEVER;
        } else if pc == (self.next.wrapping_sub(FETCH_ALIGN)) & ADDRESS_MASK && *after == NEVER {
            *after = cycle.max(*next + 1);
        }
        cycle
    }
}
