//! The resident program and everything that both sides of it have to agree on.
//!
//! One program serves every model and every number of SPUs: the PPU lays the weights out in
//! the order in which they are read ([`layout`]), gives each SPU a block of parameters
//! ([`parameters`]) and then, for each token, a command. The SPUs run the whole forward pass
//! and synchronise among themselves; the PPU hears of it when the token is done.

pub mod layout;
pub mod map;
pub mod parameters;
pub mod partition;
pub mod program;
pub mod shape;
pub mod window;
