//! The ELF header and the program headers.

use std::ops::Range;

use object::BigEndian;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use super::ProgramError;
use crate::lv2::memory::{IMAGE, USER_MEMORY};
use crate::ppu::{Access, GRANULE};

/// Type of the segment with the process parameters.
const PROCESS: u32 = 0x6000_0001;
/// Type of the segment with the PRX parameters.
const PRX: u32 = 0x6000_0002;

/// Memory with content.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Where it starts.
    pub address: u32,
    /// Bytes in memory: those of the file, then zeros.
    pub size: u32,
    /// Bytes in the file.
    pub bytes: &'a [u8],
    /// What the program may do there.
    pub access: Access,
}

impl Segment<'_> {
    fn range(&self) -> Range<u64> {
        let start = u64::from(self.address);
        start..start + u64::from(self.size)
    }
}

/// The template of thread-local storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Where the template is.
    pub address: u32,
    /// Bytes of the template.
    pub file_size: u32,
    /// Bytes of a thread's block: the template, then zeros.
    pub memory_size: u32,
}

/// What the headers say.
pub(super) struct Headers<'a> {
    entry: u64,
    pub loads: Vec<Segment<'a>>,
    pub tls: Option<Tls>,
    process: Vec<&'a [u8]>,
    prx: Vec<&'a [u8]>,
}

impl<'a> Headers<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, ProgramError> {
        let wrong = |field, expected| ProgramError::Elf { field, expected };
        let header = FileHeader64::<BigEndian>::parse(bytes)
            .map_err(|_| wrong("file header", "an ELF64"))?;
        if bytes.get(5) != Some(&elf::ELFDATA2MSB.0) {
            return Err(wrong("byte order", "big-endian"));
        }
        if header.e_machine(BigEndian) != elf::EM_PPC64 {
            return Err(wrong("machine", "PPC64 (21)"));
        }
        if header.e_type(BigEndian) != elf::ET_EXEC {
            return Err(wrong("type", "an executable (2)"));
        }
        let table = header
            .program_headers(BigEndian, bytes)
            .map_err(|_| wrong("program headers", "a table within the file"))?;
        let mut headers = Self {
            entry: header.e_entry(BigEndian),
            loads: Vec::new(),
            tls: None,
            process: Vec::new(),
            prx: Vec::new(),
        };
        let mut templates = 0;
        for (index, entry) in table.iter().enumerate() {
            let raw = Raw::read(index, entry, bytes);
            match entry.p_type(BigEndian).0 {
                kind if kind == elf::PT_LOAD.0 && raw.size > 0 => {
                    headers.loads.push(raw.segment()?);
                }
                kind if kind == elf::PT_TLS.0 => {
                    templates += 1;
                    headers.tls = raw.tls()?;
                }
                PROCESS => headers.process.push(raw.bytes()?),
                PRX => headers.prx.push(raw.bytes()?),
                _ => {}
            }
        }
        if templates > 1 {
            return Err(ProgramError::Count {
                kind: "PT_TLS",
                found: templates,
            });
        }
        headers.check()?;
        Ok(headers)
    }

    fn check(&mut self) -> Result<(), ProgramError> {
        self.loads.sort_by_key(|segment| segment.address);
        for pair in self.loads.windows(2) {
            if pair[0].range().end > pair[1].range().start {
                return Err(ProgramError::Overlap {
                    address: pair[1].address.into(),
                });
            }
        }
        let mut size = 0;
        let mut mapped = 0;
        for segment in &self.loads {
            let range = segment.range();
            let start = (range.start / GRANULE * GRANULE).max(mapped);
            mapped = range.end.next_multiple_of(GRANULE);
            size += mapped - start;
        }
        if size > USER_MEMORY {
            return Err(ProgramError::TooLarge {
                size,
                available: USER_MEMORY,
            });
        }
        if let Some(tls) = self.tls {
            let template = self.bytes_at(tls.address.into(), tls.file_size as usize);
            if tls.file_size > 0 && template.is_none() {
                return Err(ProgramError::Value {
                    field: "address of the TLS template",
                    found: tls.address.into(),
                    expected: "bytes of a load segment",
                });
            }
        }
        Ok(())
    }

    /// The process parameters' segment.
    pub fn process(&self) -> Result<&'a [u8], ProgramError> {
        match self.process[..] {
            [only] => Ok(only),
            _ => Err(ProgramError::Count {
                kind: "0x60000001 (process parameters)",
                found: self.process.len(),
            }),
        }
    }

    /// The PRX parameters' segment; a program that imports nothing has none.
    pub fn prx(&self) -> Result<Option<&'a [u8]>, ProgramError> {
        match self.prx[..] {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(ProgramError::Count {
                kind: "0x60000002 (PRX parameters)",
                found: self.prx.len(),
            }),
        }
    }

    /// Bytes of the file at an address, if one segment has them all.
    pub fn bytes_at(&self, address: u64, size: usize) -> Option<&'a [u8]> {
        let end = address.checked_add(size as u64)?;
        let segment = self.loads.iter().find(|segment| {
            let start = u64::from(segment.address);
            (start..=start + segment.bytes.len() as u64).contains(&address)
                && end <= start + segment.bytes.len() as u64
        })?;
        let from = (address - u64::from(segment.address)) as usize;
        segment.bytes.get(from..from + size)
    }

    /// A big-endian word of the file at an address.
    pub fn word_at(&self, address: u64) -> Option<u32> {
        Some(u32::from_be_bytes(
            self.bytes_at(address, 4)?.try_into().ok()?,
        ))
    }

    /// Whether the program may write all of a range.
    pub fn is_writable(&self, address: u64, size: u64) -> bool {
        self.loads.iter().any(|segment| {
            let range = segment.range();
            segment.access.write
                && range.contains(&address)
                && address
                    .checked_add(size)
                    .is_some_and(|end| end <= range.end)
        })
    }

    /// The entry, which has to be the address of a descriptor: code address, then r2.
    pub fn entry_descriptor(&self) -> Result<u32, ProgramError> {
        let wrong = |field, found, expected| ProgramError::Value {
            field,
            found,
            expected,
        };
        let entry = self.entry;
        let code = entry
            .is_multiple_of(4)
            .then(|| self.bytes_at(entry, 8).and(self.word_at(entry)))
            .flatten()
            .ok_or(wrong("entry", entry, "the address of a descriptor"))?;
        let executable = self
            .loads
            .iter()
            .any(|segment| segment.access.execute && segment.range().contains(&u64::from(code)));
        if !executable || code % 4 != 0 {
            return Err(wrong(
                "code address of the entry's descriptor",
                code.into(),
                "an instruction",
            ));
        }
        // A load segment has it, and those end far below 4 GB.
        Ok(entry as u32)
    }
}

/// A program header as it stands in the file.
struct Raw<'a> {
    index: usize,
    address: u64,
    offset: u64,
    file_size: u64,
    size: u64,
    bytes: Option<&'a [u8]>,
    access: Access,
}

impl<'a> Raw<'a> {
    fn read(index: usize, entry: &elf::ProgramHeader64<BigEndian>, file: &'a [u8]) -> Self {
        let (offset, file_size) = entry.file_range(BigEndian);
        let flags = entry.p_flags(BigEndian).0;
        Self {
            index,
            address: entry.p_vaddr(BigEndian),
            offset,
            file_size,
            size: entry.p_memsz(BigEndian),
            bytes: entry.data(BigEndian, file).ok(),
            access: Access {
                read: true,
                write: flags & 2 != 0,
                execute: flags & 1 != 0,
            },
        }
    }

    fn wrong(&self, field: &'static str, found: u64, expected: &'static str) -> ProgramError {
        ProgramError::Segment {
            index: self.index,
            field,
            found,
            expected,
        }
    }

    fn bytes(&self) -> Result<&'a [u8], ProgramError> {
        self.bytes
            .ok_or_else(|| self.wrong("offset", self.offset, "a range within the file"))
    }

    fn check(&self) -> Result<(), ProgramError> {
        if self.size < self.file_size {
            return Err(self.wrong("memory size", self.size, "at least the size in the file"));
        }
        let end = self.address.checked_add(self.size);
        if self.address < IMAGE.start || end.is_none_or(|end| end > IMAGE.end) {
            return Err(self.wrong(
                "address",
                self.address,
                "a range from 0x10000 to below 0x20000000",
            ));
        }
        Ok(())
    }

    fn segment(&self) -> Result<Segment<'a>, ProgramError> {
        self.check()?;
        Ok(Segment {
            address: self.address as u32,
            size: self.size as u32,
            bytes: self.bytes()?,
            access: self.access,
        })
    }

    fn tls(&self) -> Result<Option<Tls>, ProgramError> {
        if self.size == 0 {
            return Ok(None);
        }
        self.check()?;
        Ok(Some(Tls {
            address: self.address as u32,
            file_size: self.file_size as u32,
            memory_size: self.size as u32,
        }))
    }
}
