//! A linked PPU program: finished (operating system mark, import counts), checked, described, stripped.
//!
//! Layouts are those of DESIGN.md, section 2: a big-endian ELF64 for PPC64 with OSABI 0x66, two
//! load segments, process parameters in segment type 0x60000001, PRX parameters in 0x60000002.

mod error;
mod finish;
mod header;
mod imports;
mod parameters;
mod strip;
mod symbols;
#[cfg(test)]
mod tests;

pub use error::ImageError;
pub use finish::finish;
pub use imports::Library;
pub use parameters::ProcessParameters;
pub use strip::strip;

/// Most bytes of main memory that a program's image may take by default: a third of what the
/// system leaves to a game (213 MB), so that weights and buffers have room.
pub const BUDGET: u64 = 64 << 20;

/// What a finished image holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Address of the entry descriptor.
    pub entry: u32,
    /// Bytes of code and constants.
    pub text: u64,
    /// Bytes of initialised data.
    pub data: u64,
    /// Bytes of memory that start as zero.
    pub zero: u64,
    /// Bytes of the thread-local block.
    pub thread_local: u64,
    /// Process parameters.
    pub process: ProcessParameters,
    /// Imported libraries with the functions that are used.
    pub imports: Vec<Library>,
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kib = |bytes: u64| bytes.div_ceil(1024);
        writeln!(
            f,
            "text {} KiB, data {} KiB, zero {} KiB, thread-local {} bytes",
            kib(self.text),
            kib(self.data),
            kib(self.zero),
            self.thread_local
        )?;
        writeln!(
            f,
            "entry {:#x}, stack {} KiB, priority {}",
            self.entry,
            kib(self.process.stack_size.into()),
            self.process.priority
        )?;
        for library in &self.imports {
            write!(f, "{}:", library.name)?;
            for fnid in &library.fnids {
                write!(f, " {fnid:08x}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
