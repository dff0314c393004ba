//! The ELF header and the segments, read with bounds checked once and for all.

use object::BigEndian;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};

use super::ImageError;

/// Where user programs may lie: from the first 64 KB page to the end of the 256 MB of main memory.
const USER: std::ops::Range<u64> = 0x1_0000..0x1000_0000;
/// Process parameters (`SYS_PROCESS_PARAM` segment).
pub(super) const PROC_PARAM: u32 = 0x6000_0001;
/// PRX parameters.
pub(super) const PRX_PARAM: u32 = 0x6000_0002;

/// One segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub kind: u32,
    pub flags: u32,
    pub offset: usize,
    pub address: u64,
    pub file_size: usize,
    pub memory_size: u64,
}

/// The header's entry and all segments; each lies whole in the file and in user memory.
#[derive(Debug)]
pub(super) struct Header {
    pub entry: u64,
    pub segments: Vec<Segment>,
}

const fn elf_error(field: &'static str, expected: &'static str) -> ImageError {
    ImageError::Elf { field, expected }
}

impl Header {
    pub fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        let header = elf::FileHeader64::<BigEndian>::parse(bytes)
            .map_err(|_| elf_error("file header", "an ELF64"))?;
        // The parser takes any byte order for the type parameter; ask the file itself.
        if bytes.get(5) != Some(&elf::ELFDATA2MSB.0) {
            return Err(elf_error("byte order", "big-endian"));
        }
        if header.e_machine(BigEndian) != elf::EM_PPC64 {
            return Err(elf_error("machine", "PPC64 (21)"));
        }
        if header.e_type(BigEndian) != elf::ET_EXEC {
            return Err(elf_error("type", "an executable (2), linked statically"));
        }
        let table = header
            .program_headers(BigEndian, bytes)
            .map_err(|_| elf_error("program headers", "a table within the file"))?;
        let mut segments = Vec::with_capacity(table.len());
        for entry in table {
            let (offset, size) = entry.file_range(BigEndian);
            let segment = Segment {
                kind: entry.p_type(BigEndian).0,
                flags: entry.p_flags(BigEndian).0,
                offset: usize::try_from(offset).unwrap_or(usize::MAX),
                address: entry.p_vaddr(BigEndian),
                file_size: usize::try_from(size).unwrap_or(usize::MAX),
                memory_size: entry.p_memsz(BigEndian),
            };
            segment.check(bytes)?;
            segments.push(segment);
        }
        Ok(Self {
            entry: header.e_entry(BigEndian),
            segments,
        })
    }

    /// Segments of one kind.
    pub fn of_kind(&self, kind: u32) -> impl Iterator<Item = &Segment> {
        self.segments
            .iter()
            .filter(move |segment| segment.kind == kind)
    }

    /// The one segment of a kind.
    pub fn only(&self, kind: u32, name: &'static str) -> Result<Segment, ImageError> {
        let mut of_kind = self.of_kind(kind);
        match (of_kind.next(), of_kind.count()) {
            (Some(segment), 0) => Ok(*segment),
            (first, more) => Err(ImageError::Segments {
                kind: name,
                found: usize::from(first.is_some()) + more,
                expected: 1,
            }),
        }
    }

    /// Offset in the file of `size` bytes at an address, if a load segment has them.
    pub fn offset_of(&self, address: u64, size: u64) -> Option<usize> {
        let segment = self.of_kind(elf::PT_LOAD.0).find(|segment| {
            address >= segment.address
                && address
                    .checked_add(size)
                    .is_some_and(|end| end <= segment.address + segment.file_size as u64)
        })?;
        Some(segment.offset + usize::try_from(address - segment.address).ok()?)
    }

    /// Whether an address lies in code.
    pub fn is_code(&self, address: u64) -> bool {
        self.in_segment_with(address, elf::PF_X.0)
    }

    /// Whether an address lies in memory that can be written.
    pub fn is_writable(&self, address: u64) -> bool {
        self.in_segment_with(address, elf::PF_W.0)
    }

    fn in_segment_with(&self, address: u64, flag: u32) -> bool {
        self.of_kind(elf::PT_LOAD.0).any(|segment| {
            segment.flags & flag != 0
                && (segment.address..segment.address + segment.memory_size).contains(&address)
        })
    }
}

impl Segment {
    fn check(&self, bytes: &[u8]) -> Result<(), ImageError> {
        let end = self.offset.checked_add(self.file_size);
        if end.is_none_or(|end| end > bytes.len()) {
            return Err(elf_error("segment", "bytes within the file"));
        }
        if self.memory_size < self.file_size as u64 {
            return Err(elf_error(
                "segment",
                "no more bytes in the file than in memory",
            ));
        }
        let end = self.address.checked_add(self.memory_size);
        if self.memory_size > 0
            && (self.address < USER.start || end.is_none_or(|end| end > USER.end))
        {
            return Err(elf_error("segment", "addresses from 0x10000 to 0x10000000"));
        }
        Ok(())
    }
}

/// The big-endian word at an offset, if the file has it.
pub(super) fn word(bytes: &[u8], offset: usize) -> Option<u32> {
    let end = offset.checked_add(4)?;
    Some(u32::from_be_bytes(bytes.get(offset..end)?.try_into().ok()?))
}
