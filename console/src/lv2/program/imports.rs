//! The import table: one entry of 0x2c bytes a library.

use super::ProgramError;
use super::segments::Headers;

const ENTRY: u32 = 0x2c;
const LONGEST_NAME: u64 = 28;
/// Functions in all: many times what the system's libraries have, and a bound on what a
/// damaged file can ask for.
const MOST_FUNCTIONS: usize = 0x4000;

/// One library that a program imports from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its name.
    pub name: String,
    /// The functions, in the order of the table.
    pub fnids: Vec<u32>,
    /// Address of the first slot for a descriptor's address; the others follow at 4 bytes.
    pub slots: u32,
}

fn wrong(field: &'static str, found: impl Into<u64>, expected: &'static str) -> ProgramError {
    ProgramError::Value {
        field,
        found: found.into(),
        expected,
    }
}

pub(super) fn read(
    headers: &Headers<'_>,
    (start, end): (u32, u32),
) -> Result<Vec<Library>, ProgramError> {
    let size = end.checked_sub(start).filter(|size| size % ENTRY == 0);
    let size = size.ok_or(wrong("end of the import table", end, "whole entries"))?;
    headers.bytes_at(start.into(), size as usize).ok_or(wrong(
        "start of the import table",
        start,
        "bytes of a load segment",
    ))?;
    let mut functions = 0;
    (0..size / ENTRY)
        .map(|index| {
            let library = entry(headers, u64::from(start) + u64::from(index * ENTRY))?;
            functions += library.fnids.len();
            if functions > MOST_FUNCTIONS {
                return Err(wrong("imports in all", functions as u64, "at most 0x4000"));
            }
            Ok(library)
        })
        .collect()
}

fn entry(headers: &Headers<'_>, at: u64) -> Result<Library, ProgramError> {
    let word = |offset| headers.word_at(at + offset).unwrap_or(0);
    let size = word(0) >> 24;
    if size != ENTRY {
        return Err(wrong("size of an import table entry", size, "0x2c"));
    }
    let variables = word(8);
    if variables != 0 {
        return Err(wrong(
            "variables of an import table entry",
            variables,
            "none",
        ));
    }
    let count = word(4) & 0xffff;
    let (list, slots) = (word(0x14), word(0x18));
    let fnids = headers
        .bytes_at(list.into(), 4 * count as usize)
        .ok_or(wrong(
            "FNID list of a library",
            list,
            "a word for each function",
        ))?;
    if slots % 4 != 0 || count > 0 && !headers.is_writable(slots.into(), 4 * u64::from(count)) {
        return Err(wrong(
            "slots of a library",
            slots,
            "a writable word for each function",
        ));
    }
    Ok(Library {
        name: name(headers, word(0x10))?,
        fnids: fnids
            .chunks_exact(4)
            .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
            .collect(),
        slots,
    })
}

fn name(headers: &Headers<'_>, address: u32) -> Result<String, ProgramError> {
    let mut name = String::new();
    for at in u64::from(address)..u64::from(address) + LONGEST_NAME {
        match headers.bytes_at(at, 1) {
            Some([0]) if !name.is_empty() => return Ok(name),
            Some([letter]) if letter.is_ascii_graphic() => name.push((*letter).into()),
            _ => break,
        }
    }
    Err(wrong(
        "name of a library",
        address,
        "1 to 27 letters, then 0",
    ))
}
