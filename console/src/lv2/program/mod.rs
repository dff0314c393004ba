//! Program files: big-endian PPC64 ELFs with LV2's two segments of parameters.
//!
//! Reading checks everything that loading relies on, so that [`super::Machine`] meets no
//! surprise: segments lie whole in the file and in user memory and do not overlap, the
//! entry is a descriptor, every import has a slot that can be written.

mod error;
mod imports;
mod parameters;
mod segments;

pub use self::error::ProgramError;
pub use self::imports::Library;
pub use self::parameters::ProcessParameters;
pub use self::segments::{Segment, Tls};

use self::segments::Headers;

/// A program file that was read and checked.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// Address of the entry's descriptor.
    pub entry: u32,
    /// What is loaded where, in order of address.
    pub segments: Vec<Segment<'a>>,
    /// The template of thread-local storage.
    pub tls: Option<Tls>,
    /// How the main thread starts.
    pub process: ProcessParameters,
    /// The libraries that the program wants, with their functions.
    pub imports: Vec<Library>,
}

impl<'a> Program<'a> {
    /// Reads a program file.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ProgramError> {
        let headers = Headers::read(bytes)?;
        let process = parameters::process(&headers)?;
        let imports = match parameters::import_table(&headers)? {
            Some(table) => imports::read(&headers, table)?,
            None => Vec::new(),
        };
        Ok(Self {
            entry: headers.entry_descriptor()?,
            tls: headers.tls,
            segments: headers.loads,
            process,
            imports,
        })
    }
}
