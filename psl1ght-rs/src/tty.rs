//! Text to the system's TTY: on an emulator a log, on a console the debugger's terminal.

use core::fmt;

use crate::syscall::address;
use crate::{Result, sys, syscall};

/// The channel for a program's ordinary output.
pub const STDOUT: u32 = 0;
/// The channel for its errors.
pub const STDERR: u32 = 1;

/// One channel of the TTY, 0 to 15. Tried: channel 0.
#[derive(Clone, Copy, Debug)]
pub struct Tty(pub u32);

impl Tty {
    /// Writes bytes; returns how many were taken.
    ///
    /// # Errors
    /// What the system returned.
    pub fn write(self, bytes: &[u8]) -> Result<usize> {
        let mut written = 0u32;
        // SAFETY: the call reads `bytes` and writes one word.
        unsafe {
            syscall(
                sys::number::TTY_WRITE,
                [
                    self.0.into(),
                    address(bytes.as_ptr()),
                    bytes.len() as u64,
                    address(&raw mut written),
                ],
            )?;
        }
        Ok(written as usize)
    }
}

impl fmt::Write for Tty {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match self.write(rest) {
                Ok(written) if written > 0 => rest = rest.get(written..).unwrap_or_default(),
                // A console without a terminal takes nothing: text to nobody is not an error.
                _ => return Ok(()),
            }
        }
        Ok(())
    }
}

/// Writes to the TTY like `std::print!`.
#[macro_export]
macro_rules! print {
    ($($argument:tt)*) => {{
        let _ = ::core::fmt::Write::write_fmt(
            &mut $crate::tty::Tty($crate::tty::STDOUT),
            ::core::format_args!($($argument)*),
        );
    }};
}

/// Writes to the TTY like `std::println!`.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($argument:tt)*) => {
        $crate::print!("{}\n", ::core::format_args!($($argument)*))
    };
}
