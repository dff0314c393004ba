//! From the linker's output to a program that LV2 starts.

use object::elf::{PT_DYNAMIC, PT_INTERP, PT_LOAD, PT_TLS};

use super::header::{Header, word};
use super::{ImageError, Summary, imports, parameters, symbols};

/// Place of the OSABI byte in an ELF's identification, and the value for LV2.
const OSABI: (usize, u8) = (7, 0x66);

/// Marks the image for LV2, fills the import table's counts, and checks everything that the system
/// relies on. An image that is finished already comes out as it went in.
///
/// # Errors
/// The first thing that is wrong; `bytes` may then be changed in part.
pub fn finish(bytes: &mut [u8], budget: u64) -> Result<Summary, ImageError> {
    let header = Header::read(bytes)?;
    for (kind, name) in [(PT_DYNAMIC.0, "PT_DYNAMIC"), (PT_INTERP.0, "PT_INTERP")] {
        let found = header.of_kind(kind).count();
        if found > 0 {
            return Err(ImageError::Segments {
                kind: name,
                found,
                expected: 0,
            });
        }
    }
    let symbols = symbols::read(bytes)?;
    check_memory(&header, budget)?;
    check_entry(bytes, &header)?;
    imports::fill_counts(bytes, &header)?;
    let process = parameters::process(bytes, &header)?;
    let imports = imports::read(bytes, &header)?;
    symbols.check(&imports)?;
    bytes[OSABI.0] = OSABI.1;

    let writable = |address| header.is_writable(address);
    let (mut text, mut data, mut zero) = (0, 0, 0);
    for segment in header.of_kind(PT_LOAD.0) {
        let in_file = segment.file_size as u64;
        *(if writable(segment.address) {
            &mut data
        } else {
            &mut text
        }) += in_file;
        zero += segment.memory_size - in_file;
    }
    Ok(Summary {
        // All segments end below 0x1000_0000, and the entry lies in one.
        entry: header.entry as u32,
        text,
        data,
        zero,
        thread_local: header
            .of_kind(PT_TLS.0)
            .map(|segment| segment.memory_size)
            .sum(),
        process,
        imports,
    })
}

fn check_memory(header: &Header, budget: u64) -> Result<(), ImageError> {
    let mut loads: Vec<_> = header
        .of_kind(PT_LOAD.0)
        .filter(|segment| segment.memory_size > 0)
        .map(|segment| (segment.address, segment.address + segment.memory_size))
        .collect();
    loads.sort_unstable();
    if let Some(pair) = loads.windows(2).find(|pair| pair[0].1 > pair[1].0) {
        return Err(ImageError::Address {
            field: "start of a segment",
            address: pair[1].0,
            expected: "memory that no other segment has",
        });
    }
    let size = loads.iter().map(|(start, end)| end - start).sum();
    if size > budget {
        return Err(ImageError::TooLarge { size, budget });
    }
    Ok(())
}

/// The entry point is the address of a descriptor: code address, then r2.
fn check_entry(bytes: &[u8], header: &Header) -> Result<(), ImageError> {
    let code = header
        .offset_of(header.entry, 8)
        .and_then(|offset| word(bytes, offset))
        .ok_or(ImageError::Address {
            field: "entry",
            address: header.entry,
            expected: "a descriptor of two words",
        })?;
    if !header.is_code(code.into()) || !code.is_multiple_of(4) {
        return Err(ImageError::Address {
            field: "first word of the entry descriptor",
            address: code.into(),
            expected: "an instruction",
        });
    }
    Ok(())
}
