//! As much of an ELF as a SELF repeats.

use super::error::{Error, part};
use crate::big_endian::{u16_at, u32_at, u64_at};

/// A segment of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What it is; 1 is loaded into memory.
    pub kind: u32,
    /// Where it begins in the file.
    pub offset: u64,
    /// Where it goes in memory.
    pub address: u64,
    /// Its size in the file in bytes.
    pub file_size: u64,
    /// Its size in memory in bytes.
    pub memory_size: u64,
}

/// A program for the PPU: a big-endian ELF64 for PPC64 with fixed addresses.
///
/// Source: "64-bit PowerPC ELF Application Binary Interface Supplement", "ELF-64 Object File
/// Format".
#[derive(Clone, Debug)]
pub struct Elf<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// Address of the descriptor of the first function.
    pub entry: u64,
    /// The segments in the order of the file.
    pub segments: Vec<Segment>,
    /// Where the section table begins; 0 where there is none.
    pub sections_offset: u64,
}

/// A section of an ELF.
struct Section {
    name: u32,
    offset: u64,
    size: u64,
}

/// The section that says for which system a program was made, and its place in the file.
pub(super) struct VersionSection {
    pub index: u16,
    pub offset: u64,
    pub text_size: u64,
}

impl Segment {
    /// The kind of a segment that is loaded.
    pub const LOAD: u32 = 1;
    /// Size of an entry of the segment table in bytes.
    pub(super) const ENTRY: usize = 0x38;

    fn parse(bytes: &[u8]) -> Self {
        Self {
            kind: u32_at(bytes, 0x00),
            offset: u64_at(bytes, 0x08),
            address: u64_at(bytes, 0x10),
            file_size: u64_at(bytes, 0x20),
            memory_size: u64_at(bytes, 0x28),
        }
    }
}

impl<'a> Elf<'a> {
    /// Size of the header in bytes.
    pub(super) const HEADER: usize = 0x40;
    /// Size of an entry of the section table in bytes.
    const SECTION: usize = 0x40;
    /// The system's number in the header, `Cell LV2`.
    const LV2: u8 = 0x66;

    /// Reads header and segment table, and checks that this is a program that LV2 can start.
    ///
    /// # Errors
    /// An [`Error`] that names the field.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let header = part(bytes, "the ELF header", 0, Self::HEADER as u64)?;
        let check = |field: &str, found: u64, expected: u64, meaning: &str| {
            if found == expected {
                return Ok(());
            }
            Err(Error::field(
                format!("{field} of the ELF"),
                format_args!("{found:#x}"),
                format!("{expected:#x} ({meaning})"),
            ))
        };
        let magic = u32_at(header, 0).into();
        check("the magic number", magic, 0x7f45_4c46, "\\x7fELF")?;
        check("the class", header[4].into(), 2, "64 bits")?;
        check("the byte order", header[5].into(), 2, "big-endian")?;
        check("the OS ABI", header[7].into(), Self::LV2.into(), "LV2")?;
        check("the type", u16_at(header, 0x10).into(), 2, "program")?;
        check("the machine", u16_at(header, 0x12).into(), 21, "PPC64")?;
        let count = u16_at(header, 0x38);
        let size = u16_at(header, 0x36).into();
        check("the size of a segment entry", size, 0x38, "ELF64")?;
        let offset = u64_at(header, 0x20);
        let table_size = u64::from(count) * Segment::ENTRY as u64;
        let table = part(bytes, "the segment table of the ELF", offset, table_size)?;
        let segments: Vec<Segment> = table
            .chunks_exact(Segment::ENTRY)
            .map(Segment::parse)
            .collect();
        for (number, segment) in segments.iter().enumerate() {
            let name = format!("segment {number} of the ELF");
            part(bytes, &name, segment.offset, segment.file_size)?;
            if segment.kind == Segment::LOAD && segment.memory_size < segment.file_size {
                return Err(Error::field(
                    format!("the size in memory of {name}"),
                    format_args!("{:#x}", segment.memory_size),
                    format!("at least {:#x}, that in the file", segment.file_size),
                ));
            }
        }
        let elf = Self {
            bytes,
            entry: u64_at(header, 0x18),
            segments,
            sections_offset: u64_at(header, 0x28),
        };
        elf.check_entry()?;
        Ok(elf)
    }

    fn check_entry(&self) -> Result<(), Error> {
        let is_inside = |segment: &&Segment| {
            segment.kind == Segment::LOAD
                && self.entry >= segment.address
                && self.entry - segment.address < segment.memory_size
        };
        match self.segments.iter().find(is_inside) {
            Some(_) => Ok(()),
            None => Err(Error::field(
                "the entry of the ELF",
                format_args!("{:#x}", self.entry),
                "an address in a loaded segment",
            )),
        }
    }

    /// Where the segment table begins.
    pub(super) fn segment_table_offset(&self) -> u64 {
        u64_at(self.bytes, 0x20)
    }

    /// The segment table as it stands in the file.
    pub(super) fn segment_table(&self) -> &'a [u8] {
        &self.bytes[self.segment_table_offset() as usize..][..self.segments.len() * Segment::ENTRY]
    }

    /// The section `.sceversion`, which tools put into programs of the official kind.
    pub(super) fn version_section(&self) -> Option<VersionSection> {
        let names = self.section(u16_at(self.bytes, 0x3e))?;
        let index = (0..u16_at(self.bytes, 0x3c)).find(|index| {
            let name = self.section(*index).and_then(|section| {
                let start = names.offset.checked_add(section.name.into())?;
                part(self.bytes, "name", start, 12).ok()
            });
            name == Some(b".sceversion\0")
        })?;
        let section = self.section(index)?;
        let text = part(self.bytes, "text", section.offset, section.size).ok()?;
        Some(VersionSection {
            index,
            offset: section.offset,
            text_size: text.iter().take_while(|byte| **byte != 0).count() as u64,
        })
    }

    fn section(&self, index: u16) -> Option<Section> {
        if self.sections_offset == 0 || index >= u16_at(self.bytes, 0x3c) {
            return None;
        }
        let start = u64::from(index) * Self::SECTION as u64;
        let start = self.sections_offset.checked_add(start)?;
        let entry = part(self.bytes, "section", start, Self::SECTION as u64).ok()?;
        Some(Section {
            name: u32_at(entry, 0x00),
            offset: u64_at(entry, 0x18),
            size: u64_at(entry, 0x20),
        })
    }
}
