//! The import table: one entry of 0x2c bytes a library.
//!
//! The assembler that makes an entry cannot know how many of a library's functions the linker will
//! keep. It leaves the count zero and puts the end of the FNID list into the word at 0x1c, which is
//! zero in a finished table; [`fill_counts`] turns one into the other.

use super::ImageError;
use super::header::{Header, word};
use super::parameters::{expect, import_table};

/// Bytes of an entry.
const ENTRY: u32 = 0x2c;
/// Size byte, zero, version 1, attributes 9.
const ENTRY_START: [u8; 6] = [0x2c, 0, 0, 1, 0, 9];
const COUNT: usize = 0x06;
const NAME: usize = 0x10;
const FNIDS: usize = 0x14;
const SLOTS: usize = 0x18;
const FNIDS_END: usize = 0x1c;
/// Longest library name with its final zero, as PSL1GHT's tools reserve it.
const LONGEST_NAME: u64 = 28;

/// One library of the import table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its name.
    pub name: String,
    /// The functions, in the order of the table.
    pub fnids: Vec<u32>,
    /// Address of the list of their numbers.
    pub fnid_list: u32,
    /// Address of the first slot that the loader fills; the others follow at 4 bytes each.
    pub slots: u32,
}

/// Offsets in the file of all entries.
fn entries(bytes: &[u8], header: &Header) -> Result<Vec<usize>, ImageError> {
    let (start, end) = import_table(bytes, header)?;
    let size = end.checked_sub(start).filter(|size| size % ENTRY == 0);
    let (Some(size), Some(first)) = (
        size,
        header.offset_of(start.into(), end.saturating_sub(start).into()),
    ) else {
        return Err(ImageError::Address {
            field: "end of the import table",
            address: end.into(),
            expected: "a whole number of entries",
        });
    };
    Ok((0..(size / ENTRY) as usize)
        .map(|index| first + index * ENTRY as usize)
        .collect())
}

/// Fills the counts that the linker could not know.
pub(super) fn fill_counts(bytes: &mut [u8], header: &Header) -> Result<(), ImageError> {
    for entry in entries(bytes, header)? {
        let at = |offset| word(bytes, entry + offset).unwrap_or(0);
        let (start, end) = (at(FNIDS), at(FNIDS_END));
        if end == 0 {
            continue;
        }
        let count = end
            .checked_sub(start)
            .filter(|size| size % 4 == 0)
            .and_then(|size| u16::try_from(size / 4).ok())
            .ok_or(ImageError::Address {
                field: "end of a library's FNIDs",
                address: end.into(),
                expected: "a word after its start",
            })?;
        bytes[entry + COUNT..entry + COUNT + 2].copy_from_slice(&count.to_be_bytes());
        bytes[entry + FNIDS_END..entry + FNIDS_END + 4].fill(0);
    }
    Ok(())
}

/// Reads and checks the whole table.
pub(super) fn read(bytes: &[u8], header: &Header) -> Result<Vec<Library>, ImageError> {
    entries(bytes, header)?
        .into_iter()
        .map(|entry| read_entry(bytes, header, entry))
        .collect()
}

fn read_entry(bytes: &[u8], header: &Header, entry: usize) -> Result<Library, ImageError> {
    let at = |offset| word(bytes, entry + offset).unwrap_or(0);
    if bytes[entry..entry + ENTRY_START.len()] != ENTRY_START {
        let first = u32::from_be_bytes([0x2c, 0, 0, 1]);
        expect("first word of an import table entry", at(0), first)?;
        return Err(ImageError::Value {
            field: "attributes of an import table entry",
            found: (at(4) >> 16).into(),
            expected: 9,
        });
    }
    for (offset, field) in [
        (0x08, "variables of an import table entry"),
        (0x0c, "word 0xc of an import table entry"),
        (0x1c, "word 0x1c of an import table entry"),
        (0x20, "word 0x20 of an import table entry"),
        (0x24, "word 0x24 of an import table entry"),
        (0x28, "word 0x28 of an import table entry"),
    ] {
        expect(field, at(offset), 0)?;
    }
    let count = at(4) & 0xffff;
    let name = name(bytes, header, at(NAME))?;
    let list = header.offset_of(at(FNIDS).into(), 4 * u64::from(count));
    let list = list
        .filter(|_| at(FNIDS).is_multiple_of(4))
        .ok_or(ImageError::Address {
            field: "FNID list of a library",
            address: at(FNIDS).into(),
            expected: "as many words as it has functions",
        })?;
    let slots = at(SLOTS);
    let last = (u64::from(slots) + 4 * u64::from(count)).saturating_sub(1);
    let writable = header.is_writable(slots.into()) && header.is_writable(last);
    if count == 0 || !writable || !slots.is_multiple_of(4) {
        return Err(ImageError::Address {
            field: "slots of a library",
            address: slots.into(),
            expected: "at least one writable word",
        });
    }
    let mut fnids = Vec::with_capacity(count as usize);
    for index in 0..count as usize {
        let fnid = word(bytes, list + 4 * index).unwrap_or(0);
        if fnids.contains(&fnid) {
            return Err(ImageError::DoubleImport {
                library: name,
                fnid,
            });
        }
        fnids.push(fnid);
    }
    Ok(Library {
        name,
        fnids,
        fnid_list: at(FNIDS),
        slots,
    })
}

fn name(bytes: &[u8], header: &Header, address: u32) -> Result<String, ImageError> {
    let error = ImageError::LibraryName { address };
    let mut name = String::new();
    for place in u64::from(address)..u64::from(address) + LONGEST_NAME {
        let Some(offset) = header.offset_of(place, 1) else {
            break;
        };
        match bytes.get(offset) {
            Some(0) if !name.is_empty() => return Ok(name),
            Some(&letter) if letter.is_ascii_alphanumeric() || letter == b'_' => {
                name.push(letter.into());
            }
            _ => break,
        }
    }
    Err(error)
}
