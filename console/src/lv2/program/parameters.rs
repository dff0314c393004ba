//! The two structures by which LV2 learns about a program (PS3 developer wiki, "SELF File
//! Format and Decryption"; layouts as PSL1GHT's headers have them).

use super::ProgramError;
use super::segments::Headers;

/// Least size of the process parameters: up to the segment flag.
const PROCESS_SIZE: u32 = 0x20;
const PROCESS_MAGIC: u32 = 0x13bc_c5f6;
/// Least size of the PRX parameters: up to the end of the import table.
const PRX_SIZE: u32 = 0x20;
const PRX_MAGIC: u32 = 0x1b43_4cec;
/// Lowest priority of a thread.
const LOWEST_PRIORITY: u32 = 3071;
/// Largest stack of the main thread.
const LARGEST_STACK: u64 = 16 << 20;

/// How LV2 starts the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessParameters {
    /// Version of the SDK that the program claims to be made with.
    pub sdk_version: u32,
    /// Priority of the main thread.
    pub priority: u32,
    /// Bytes of its stack.
    pub stack_size: u32,
    /// Bytes of the pages that `malloc` should use, for r12 at the start.
    pub malloc_page_size: u32,
}

impl Default for ProcessParameters {
    /// What LV2 takes for a program that says nothing (as a console's tests show: the
    /// version is unknown).
    fn default() -> Self {
        Self {
            sdk_version: u32::MAX,
            priority: 1001,
            stack_size: 1 << 20,
            malloc_page_size: 1 << 20,
        }
    }
}

fn word(bytes: &[u8], index: usize) -> Option<u32> {
    let bytes = bytes.get(4 * index..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*bytes))
}

fn value(field: &'static str, found: u32, expected: &'static str) -> ProgramError {
    ProgramError::Value {
        field,
        found: found.into(),
        expected,
    }
}

pub(super) fn process(headers: &Headers<'_>) -> Result<ProcessParameters, ProgramError> {
    let bytes = headers.process()?;
    if bytes.is_empty() {
        return Ok(ProcessParameters::default());
    }
    let field = |index| {
        word(bytes, index).ok_or(ProgramError::Elf {
            field: "process parameters",
            expected: "0x20 bytes or more",
        })
    };
    let size = field(0)?;
    if size < PROCESS_SIZE {
        return Err(value(
            "size of the process parameters",
            size,
            "0x20 or more",
        ));
    }
    let magic = field(1)?;
    if magic != PROCESS_MAGIC {
        return Err(value(
            "magic of the process parameters",
            magic,
            "0x13bcc5f6",
        ));
    }
    let priority = field(4)?;
    if priority > LOWEST_PRIORITY {
        return Err(value("priority of the main thread", priority, "0 to 3071"));
    }
    let stack = field(5)?;
    Ok(ProcessParameters {
        sdk_version: field(3)?,
        priority,
        stack_size: stack_size(stack)
            .ok_or_else(|| value("stack of the main thread", stack, "at most 16 MB"))?,
        malloc_page_size: field(6)?,
    })
}

/// Stacks are given in bytes or by the codes of `SYS_PROCESS_PRIMARY_STACK_SIZE_32K` to
/// `_1M`.
fn stack_size(field: u32) -> Option<u32> {
    let bytes = match field {
        0x10 => 32 << 10,
        0x20 => 64 << 10,
        0x30 => 96 << 10,
        0x40 => 128 << 10,
        0x50 => 256 << 10,
        0x60 => 512 << 10,
        0x70 => 1 << 20,
        bytes => bytes.max(0x1000),
    };
    (u64::from(bytes) <= LARGEST_STACK).then_some(bytes)
}

/// Start and end address of the import table.
pub(super) fn import_table(headers: &Headers<'_>) -> Result<Option<(u32, u32)>, ProgramError> {
    let Some(bytes) = headers.prx()? else {
        return Ok(None);
    };
    let field = |index| {
        word(bytes, index).ok_or(ProgramError::Elf {
            field: "PRX parameters",
            expected: "0x20 bytes or more",
        })
    };
    let size = field(0)?;
    if size < PRX_SIZE {
        return Err(value("size of the PRX parameters", size, "0x20 or more"));
    }
    let magic = field(1)?;
    if magic != PRX_MAGIC {
        return Err(value("magic of the PRX parameters", magic, "0x1b434cec"));
    }
    Ok(Some((field(6)?, field(7)?)))
}
