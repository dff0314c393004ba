//! Leaving out what LV2 does not load: sections, symbols, line tables.

use super::ImageError;
use super::header::Header;

/// Fields of the ELF64 header that describe sections: the table's offset (8 bytes at 0x28), and the
/// number of entries and the index of the name table (2 bytes each at 0x3c and 0x3e).
const SECTION_FIELDS: [(usize, usize); 2] = [(0x28, 8), (0x3c, 4)];

/// Cuts the file behind the last segment's bytes and forgets the section table.
///
/// # Errors
/// When the file is not an image that [`super::finish`] would read.
pub fn strip(bytes: &mut Vec<u8>) -> Result<(), ImageError> {
    let header = Header::read(bytes)?;
    let table = u64::from_be_bytes(bytes[0x20..0x28].try_into().unwrap_or_default());
    // `Header::read` has found the table within the file.
    let table_end = table as usize + 56 * header.segments.len();
    let end = header
        .segments
        .iter()
        .map(|segment| segment.offset + segment.file_size)
        .fold(table_end, usize::max);
    bytes.truncate(end);
    for (start, size) in SECTION_FIELDS {
        bytes[start..start + size].fill(0);
    }
    Ok(())
}
