//! Time: when instructions are issued, and how long transfers take.
//!
//! ```text
//! table        every number, with its source
//!   class      which pipe and latency an instruction has
//!     slot     what the clock must know of an instruction, worked out when it is decoded
//!       pipeline   registers that become ready, pairs, stalls, fetch and hints
//!         hint, fetch
//!         record, listing   which instruction was issued when, for who tunes a kernel
//!   bus        transfers
//! ```
//!
//! The instruction loop asks the [`Pipeline`] for the cycle at which an instruction is
//! issued, executes it, and tells it where branches went. What a program computes does not
//! depend on any of this, but for what it reads of time: the decrementer, counts of
//! channels, and which of several messages came first.

mod bus;
mod class;
mod fetch;
mod hint;
mod listing;
mod pipeline;
mod record;
mod slot;
pub(crate) mod table;
#[cfg(test)]
mod tests;

pub(crate) use bus::{Bus, Lane, Piece, Route, Ticket};
pub use listing::Listing;
pub(crate) use pipeline::Pipeline;
pub use record::{Issued, Line, Profile, Stall};
pub(crate) use record::{Observer, Record, Silent};
pub(crate) use slot::Slot;
pub use table::CYCLES_PER_SECOND;
pub(crate) use table::{
    COHERENCE, COMMAND_LATENCY, CYCLES_PER_TICK, MEMORY_LATENCY, OUTSIDE_LATENCY,
};

/// The nanoseconds that `cycles` take.
#[must_use]
pub(crate) const fn nanoseconds(cycles: u64) -> u64 {
    (cycles as u128 * 1_000_000_000 / CYCLES_PER_SECOND as u128) as u64
}
