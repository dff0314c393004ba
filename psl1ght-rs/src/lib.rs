//! The PS3 userland for Rust programs on the PPU.
//!
//! - What a program begins with: [`entry!`], [`println!`], [`process`], the heap in [`memory`].
//! - Raw layer: [`sys`] holds numbers, structures and imports as the system has them, [`syscall`]
//!   makes a system call, [`import!`] declares functions of a system library, [`callback!`] makes
//!   functions that the system calls.
//! - Safe layer: [`time`], [`thread`], [`sync`], [`memory`], [`fs`], [`pad`], [`keyboard`],
//!   [`sysutil`], [`dialog`], [`video`], [`rsx`], [`audio`], [`spu`], [`alarm`]. Errors are [`Error`]: the system's code, with its name.
//!
//! # What is known to work
//! Calls that were tried on an emulator with the same numbers and layouts are marked "tried" where
//! they are declared. What has no such mark follows public documents alone. Nothing here has run on
//! a console yet. An import takes at most eight arguments.
//!
//! # On another machine
//! The crate compiles everywhere, so that layouts and numbers are tested and documented on the
//! machine that builds. Off the console every system call and import answers `ENOSYS`.
#![no_std]
// System calls, hand-made stacks and structures for a kernel: each use says what makes it sound.
#![allow(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod alarm;
pub mod audio;
pub mod callback;
pub mod dialog;
mod error;
pub mod fnid;
pub mod fs;
pub mod import;
pub mod keyboard;
pub mod memory;
pub mod pad;
mod panic;
pub mod process;
pub mod rsx;
pub mod spu;
pub mod start;
pub mod sync;
pub mod sys;
mod syscall;
pub mod sysutil;
pub mod thread;
pub mod time;
pub mod tty;
pub mod video;

pub use error::{Error, Result};
pub use panic::on_panic;
pub use syscall::{syscall, syscall_all};
