//! The network of a console that is not connected: its library starts, its state can be asked
//! for, sockets are made, and nothing can be reached.

mod control;
mod library;
mod socket;

pub(super) use control::LIBRARY_FUNCTIONS as CONTROL;
pub(super) use library::LIBRARY_FUNCTIONS as LIBRARY;
pub(super) use socket::SYSTEM_CALLS as SOCKETS;

/// What the program has done with the network so far.
#[derive(Default)]
pub(in crate::lv2) struct Network {
    /// `cellNetCtl` is started.
    controls: bool,
    /// Its functions that hear of changes: which of the numbers are taken.
    handlers: [bool; 4],
    sockets: socket::Sockets,
    /// The library's error of each thread: where it is in memory.
    errors: std::collections::BTreeMap<u64, u64>,
}
