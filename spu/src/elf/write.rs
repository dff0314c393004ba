//! Writing.

use alloc::vec::Vec;

use super::read::{EXECUTABLE, FILE_HEADER, FLAG_EXECUTE, LOAD, PROGRAM_HEADER};
use super::{Contents, ElfError, Image, MACHINE, Segment};

/// `p_align`: contents lie in the file as they do in local store, modulo this.
const ALIGN: usize = 128;
/// Size of a section header.
const SECTION_HEADER: usize = 40;
/// The names of the sections, and where each begins.
const NAMES: &[u8; 32] = b"\0.text\0.data\0.bss\0.shstrtab\0\0\0\0\0";
const NAME_TEXT: u32 = 1;
const NAME_DATA: u32 = 7;
const NAME_BSS: u32 = 13;
const NAME_NAMES: u32 = 18;

/// Values of `sh_type` and bits of `sh_flags`.
const PROGBITS: u32 = 1;
const STRTAB: u32 = 3;
const NOBITS: u32 = 8;
const WRITE: u32 = 1;
const ALLOC: u32 = 2;
const EXECINSTR: u32 = 4;

impl Image<'_> {
    /// The image as an ELF file, with a section for each segment so that binary tools can
    /// show it.
    ///
    /// # Errors
    /// What [`Image::check`] finds.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ElfError> {
        self.check()?;
        let count = self.segments.len();
        let mut offsets = Vec::with_capacity(count);
        let mut end = FILE_HEADER + count * PROGRAM_HEADER;
        for segment in &self.segments {
            let lead = (segment.address as usize).wrapping_sub(end) % ALIGN;
            offsets.push((end + lead) as u32);
            if let Contents::Copy(bytes) = segment.contents {
                end += lead + bytes.len();
            }
        }
        let names = end;
        let sections = (names + NAMES.len()).next_multiple_of(4);

        let mut out = Vec::with_capacity(sections + (count + 2) * SECTION_HEADER);
        self.file_header(&mut out, sections);
        for (segment, &offset) in self.segments.iter().zip(&offsets) {
            program_header(&mut out, segment, offset);
        }
        for (segment, &offset) in self.segments.iter().zip(&offsets) {
            if let Contents::Copy(bytes) = segment.contents {
                out.resize(offset as usize, 0);
                out.extend_from_slice(bytes);
            }
        }
        out.extend_from_slice(NAMES);
        out.resize(sections, 0);
        words(&mut out, [0; 10]);
        for (segment, &offset) in self.segments.iter().zip(&offsets) {
            section_header(&mut out, segment, offset);
        }
        let size = NAMES.len() as u32;
        words(
            &mut out,
            [NAME_NAMES, STRTAB, 0, 0, names as u32, size, 0, 0, 1, 0],
        );
        Ok(out)
    }

    fn file_header(&self, out: &mut Vec<u8>, sections: usize) {
        // Magic, 32 bits, big-endian, version 1, no operating system.
        out.extend_from_slice(b"\x7fELF\x01\x02\x01\0\0\0\0\0\0\0\0\0");
        let count = self.segments.len() as u32;
        let header = FILE_HEADER as u32;
        words(
            out,
            [
                EXECUTABLE << 16 | u32::from(MACHINE),
                1,
                self.entry,
                header,
                sections as u32,
                0,
                header << 16 | PROGRAM_HEADER as u32,
                count << 16 | SECTION_HEADER as u32,
                (count + 2) << 16 | (count + 1),
            ],
        );
    }
}

fn words<const N: usize>(out: &mut Vec<u8>, words: [u32; N]) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

/// Bytes in the file.
fn in_file(segment: &Segment<'_>) -> u32 {
    match segment.contents {
        Contents::Copy(bytes) => bytes.len() as u32,
        Contents::Fill(_) => 0,
    }
}

fn program_header(out: &mut Vec<u8>, segment: &Segment<'_>, offset: u32) {
    // Readable; writable unless code.
    let flags = if segment.executable {
        4 | FLAG_EXECUTE
    } else {
        6
    };
    let (address, size) = (segment.address, segment.size() as u32);
    let align = ALIGN as u32;
    words(
        out,
        [
            LOAD,
            offset,
            address,
            address,
            in_file(segment),
            size,
            flags,
            align,
        ],
    );
}

fn section_header(out: &mut Vec<u8>, segment: &Segment<'_>, offset: u32) {
    let (name, kind, flags) = match segment.contents {
        Contents::Copy(_) if segment.executable => (NAME_TEXT, PROGBITS, ALLOC | EXECINSTR),
        Contents::Copy(_) => (NAME_DATA, PROGBITS, ALLOC | WRITE),
        Contents::Fill(_) => (NAME_BSS, NOBITS, ALLOC | WRITE),
    };
    let size = segment.size() as u32;
    words(
        out,
        [
            name,
            kind,
            flags,
            segment.address,
            offset,
            size,
            0,
            0,
            16,
            0,
        ],
    );
}
