//! What stands ahead of the sections, and the section that describes the model.

use core::ops::Range;

use super::{BundleError, CONF, ENTRY, HEADER, HEADER_CRC, KINDS, TABLE, VERSION, places};
use crate::bundle::Bundle;
use crate::checkpoint::Format;
use crate::config::Config;
use crate::quantise::q4::GROUP;

/// The table of sections of a file whose header is right.
pub(super) struct Sections {
    /// Offsets in the file, and checksums.
    entries: [(Range<u64>, u32); KINDS.len()],
}

impl Sections {
    /// Reads the header at the `start` of a file of `size` bytes.
    pub fn parse(start: &[u8], size: u64) -> Result<Self, BundleError> {
        if !Bundle::is_bundle(start) {
            return Err(BundleError::Magic);
        }
        let header = start.get(..HEADER).ok_or(BundleError::Size {
            found: size,
            expected: HEADER as u64,
        })?;
        if crc32fast::hash(&header[..HEADER_CRC]) != u32_at(header, HEADER_CRC) {
            return Err(BundleError::Checksum { part: "the header" });
        }
        let version = u32_at(header, 8);
        field("the version", version.into(), version == VERSION, "1")?;
        let count = u32_at(header, 12);
        let right = count as usize == KINDS.len();
        field("the number of sections", count.into(), right, "4")?;
        let reserved = u32_at(header, 120);
        field("the reserved number", reserved.into(), reserved == 0, "0")?;

        let table = header[TABLE..].chunks_exact(ENTRY);
        let mut sizes = [0; KINDS.len()];
        for ((size, entry), kind) in sizes.iter_mut().zip(table.clone()).zip(KINDS) {
            let right = entry.starts_with(kind.as_bytes());
            let found = u32_at(entry, 0).into();
            field("the kind of a section", found, right, kind)?;
            *size = u64_at(entry, 16);
        }
        let (offsets, end) = places(sizes).ok_or(BundleError::Size {
            found: size,
            expected: u64::MAX,
        })?;
        let said = u64_at(header, 16);
        let expected = "the end of TENS";
        field("the size in the header", said, said == end, expected)?;
        if size != end {
            return Err(BundleError::Size {
                found: size,
                expected: end,
            });
        }
        let mut entries = <[(Range<u64>, u32); KINDS.len()]>::default();
        for (number, (place, entry)) in entries.iter_mut().zip(table).enumerate() {
            let offset = u64_at(entry, 8);
            let right = offset == offsets[number];
            let expected = "the next multiple of 128";
            field("the offset of a section", offset, right, expected)?;
            *place = (offset..offset + sizes[number], u32_at(entry, 4));
        }
        Ok(Self { entries })
    }

    /// Where a section stands; all of it lies inside of the file.
    pub fn range(&self, number: usize) -> Range<u64> {
        self.entries[number].0.clone()
    }

    /// Where the zeros ahead of a section stand: fewer than 128.
    pub fn gap(&self, number: usize) -> Range<u64> {
        let behind = match number.checked_sub(1) {
            Some(ahead) => self.range(ahead).end,
            None => HEADER as u64,
        };
        behind..self.range(number).start
    }

    /// The checksum that a section should have.
    pub fn checksum(&self, number: usize) -> u32 {
        self.entries[number].1
    }

    /// Checks the bytes ahead of a section.
    pub fn check_gap(&self, number: usize, bytes: &[u8]) -> Result<(), BundleError> {
        match bytes.iter().all(|byte| *byte == 0) {
            true => Ok(()),
            false => Err(BundleError::Gap {
                ahead_of: KINDS[number],
            }),
        }
    }

    /// Compares a section with its checksum.
    pub fn check(&self, number: usize, bytes: &[u8]) -> Result<(), BundleError> {
        match crc32fast::hash(bytes) == self.checksum(number) {
            true => Ok(()),
            false => Err(BundleError::Checksum {
                part: KINDS[number],
            }),
        }
    }
}

fn field(
    field: &'static str,
    found: u64,
    right: bool,
    expected: &'static str,
) -> Result<(), BundleError> {
    match right {
        true => Ok(()),
        false => Err(BundleError::Field {
            field,
            found,
            expected,
        }),
    }
}

/// What the section `CONF` says: the shape, the format, and whether the token embedding is the
/// classifier.
pub(super) fn conf(conf: &[u8]) -> Result<(Config, Format, bool), BundleError> {
    field(
        "the size of CONF",
        conf.len() as u64,
        conf.len() == CONF,
        "40",
    )?;
    let numbers: [u32; CONF / 4] = core::array::from_fn(|i| u32_at(conf, 4 * i));
    let [shape @ .., format, group_size, shared] = numbers.map(|number| number as usize);
    let refuse = |field, found: usize, expected| {
        Err(BundleError::Field {
            field,
            found: found as u64,
            expected,
        })
    };
    let format = match (format, group_size) {
        (0, 0) => Format::Fp32,
        (0, other) => return refuse("the group size", other, "0, as the format is fp32"),
        (1, group_size) => Format::Q8 { group_size },
        (2, GROUP) => Format::Q4,
        (2, other) => return refuse("the group size", other, "32, as the format is Q4"),
        (other, _) => return refuse("the format", other, "0 (fp32), 1 (Q8_0) or 2 (Q4)"),
    };
    if shared > 1 {
        return refuse("the mark of a shared classifier", shared, "0 or 1");
    }
    Ok((Config::from(shape), format, shared == 1))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(core::array::from_fn(|i| bytes[at + i]))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(core::array::from_fn(|i| bytes[at + i]))
}
