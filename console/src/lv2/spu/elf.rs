//! ELF files of the SPU in the program's memory, as the system's library and the kernel
//! read them.
//!
//! They are read where they lie: nobody says how long they are.

use super::image::{Segment, SegmentKind};
use crate::lv2::errno::Errno;
use crate::lv2::memory::UserMemory;

/// `\x7fELF`, 32 bits, big-endian.
const MAGIC: u32 = 0x7f45_4c46;
const CLASS_AND_DATA: u32 = 0x0102;
/// `e_machine` of the SPU.
const MACHINE: u32 = 23;
const PT_LOAD: u32 = 1;
const PT_NOTE: u32 = 4;
/// Where a note's content begins: behind its sizes, its kind and the name "SPUNAME".
const NOTE_HEADER: u32 = 0x14;
/// Bytes of a name in a note.
const NOTE_SIZE: u32 = 0x20;

/// A program header.
struct Header {
    kind: u32,
    offset: u32,
    address: u32,
    in_file: u32,
    in_memory: u32,
}

/// An ELF file at an address.
pub(in crate::lv2) struct SpuElf {
    start: u32,
    pub entry: u32,
    headers: Vec<Header>,
}

impl SpuElf {
    /// # Errors
    ///
    /// `EINVAL` for a null pointer, `ENOEXEC` for what is no ELF file of the SPU, `EFAULT`
    /// for memory that is not there.
    pub fn read(memory: &UserMemory, start: u32) -> Result<Self, Errno> {
        if start == 0 {
            return Err(Errno::EINVAL);
        }
        let word = |offset: u32| memory.word(u64::from(start) + u64::from(offset));
        if word(0)? != MAGIC || word(4)? >> 16 != CLASS_AND_DATA || word(16)? & 0xffff != MACHINE {
            return Err(Errno::ENOEXEC);
        }
        let table = word(28)?;
        let (size, count) = (word(40)? & 0xffff, word(44)? >> 16);
        if count == 0 {
            return Err(Errno::ENOEXEC);
        }
        let headers: Result<Vec<_>, _> = (0..count)
            .map(|at| {
                let place = table
                    .checked_add(at * size)
                    .filter(|place| *place < u32::MAX - 0x20)
                    .ok_or(Errno::ENOEXEC)?;
                Ok(Header {
                    kind: word(place)?,
                    offset: word(place + 4)?,
                    address: word(place + 8)?,
                    in_file: word(place + 16)?,
                    in_memory: word(place + 20)?,
                })
            })
            .collect();
        let elf = Self {
            start,
            entry: word(24)?,
            headers: headers?,
        };
        let known = |header: &Header| [PT_LOAD, PT_NOTE].contains(&header.kind);
        if !elf.headers.iter().all(known) {
            return Err(Errno::ENOEXEC);
        }
        Ok(elf)
    }

    /// Bytes of the file as far as it is loaded.
    pub fn size(&self) -> u32 {
        let ends = self.headers.iter();
        let ends = ends.map(|header| header.offset.saturating_add(header.in_file));
        ends.max().unwrap_or(0)
    }

    /// What the kernel loads of it, if the file lay at `start`. Notes become information.
    pub fn segments(&self, start: u32, information: bool) -> Vec<Segment> {
        let mut segments = Vec::new();
        for header in &self.headers {
            let source = start.wrapping_add(header.offset);
            if header.kind == PT_NOTE {
                if information {
                    segments.push(Segment {
                        kind: SegmentKind::Information,
                        local: 0,
                        size: NOTE_SIZE,
                        source: source.wrapping_add(NOTE_HEADER),
                    });
                }
                continue;
            }
            if header.in_file > 0 {
                segments.push(Segment {
                    kind: SegmentKind::Copy,
                    local: header.address,
                    size: header.in_file,
                    source,
                });
            }
            if header.in_memory > header.in_file {
                segments.push(Segment {
                    kind: SegmentKind::Fill,
                    local: header.address.wrapping_add(header.in_file),
                    size: header.in_memory - header.in_file,
                    source: 0,
                });
            }
        }
        segments
    }

    /// The same where it lies, without notes.
    pub fn own_segments(&self) -> Vec<Segment> {
        self.segments(self.start, false)
    }
}
