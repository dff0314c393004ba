//! The two structures by which LV2 learns about a program.

use super::ImageError;
use super::header::{Header, PROC_PARAM, PRX_PARAM, word};

/// Bytes of the process parameters that are read, and the least value of their size field.
const PROCESS_SIZE: u32 = 0x20;
const PROCESS_MAGIC: u32 = 0x13bc_c5f6;
/// Bytes of the PRX parameters, and their size field.
const PRX_SIZE: u32 = 0x28;
const PRX_MAGIC: u32 = 0x1b43_4cec;

/// How LV2 starts the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessParameters {
    /// Version of the SDK that the program claims to be made with.
    pub sdk_version: u32,
    /// Priority of the main thread.
    pub priority: u32,
    /// Bytes of its stack.
    pub stack_size: u32,
}

pub(super) fn process(bytes: &[u8], header: &Header) -> Result<ProcessParameters, ImageError> {
    let segment = header.only(PROC_PARAM, "0x60000001 (process parameters)")?;
    let field = |index: usize| {
        (segment.file_size >= PROCESS_SIZE as usize)
            .then(|| word(bytes, segment.offset + 4 * index))
            .flatten()
            .ok_or(ImageError::Elf {
                field: "process parameters",
                expected: "0x20 bytes or more",
            })
    };
    let size = field(0)?;
    if size < PROCESS_SIZE || size as usize > segment.file_size {
        return Err(ImageError::Value {
            field: "size of the process parameters",
            found: size.into(),
            expected: segment.file_size as u64,
        });
    }
    expect("magic of the process parameters", field(1)?, PROCESS_MAGIC)?;
    Ok(ProcessParameters {
        sdk_version: field(3)?,
        priority: field(4)?,
        stack_size: field(5)?,
    })
}

/// Start and end address of the import table.
pub(super) fn import_table(bytes: &[u8], header: &Header) -> Result<(u32, u32), ImageError> {
    let segment = header.only(PRX_PARAM, "0x60000002 (PRX parameters)")?;
    let field = |index: usize| {
        (segment.file_size >= PRX_SIZE as usize)
            .then(|| word(bytes, segment.offset + 4 * index))
            .flatten()
            .ok_or(ImageError::Elf {
                field: "PRX parameters",
                expected: "0x28 bytes or more",
            })
    };
    expect("size of the PRX parameters", field(0)?, PRX_SIZE)?;
    expect("magic of the PRX parameters", field(1)?, PRX_MAGIC)?;
    Ok((field(6)?, field(7)?))
}

pub(super) fn expect(field: &'static str, found: u32, expected: u32) -> Result<(), ImageError> {
    if found == expected {
        return Ok(());
    }
    Err(ImageError::Value {
        field,
        found: found.into(),
        expected: expected.into(),
    })
}
