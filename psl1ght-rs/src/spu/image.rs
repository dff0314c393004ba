//! SPU programs as the kernel wants them.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::sys::spu::{self, SEGMENT_COPY, SEGMENT_FILL, Segment};
use crate::syscall::address32;

/// Bytes of a local store.
const LOCAL_STORE: u32 = 0x4_0000;
/// Most segments of an image.
const MOST_SEGMENTS: usize = 32;
/// Machine number of the SPU in an ELF.
const EM_SPU: u16 = 23;
const PT_LOAD: u32 = 1;

/// Why an SPU ELF cannot be an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// Not a big-endian ELF32 for the SPU.
    NotSpuElf,
    /// A table or segment lies outside of the file.
    Truncated,
    /// A segment's address, size or place breaks the kernel's rules: multiples of 16 within local
    /// store, source at a multiple of 4, no two at one place.
    Segment {
        /// The segment's local-store address.
        address: u32,
        /// Its bytes in local store.
        size: u32,
    },
    /// No bytes to copy, or more than 32 segments.
    Count {
        /// Number of segments.
        found: usize,
    },
    /// The entry is no instruction in local store.
    Entry {
        /// Its address.
        address: u32,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSpuElf => f.write_str("not a big-endian ELF32 for the SPU"),
            Self::Truncated => f.write_str("the SPU ELF is cut off"),
            Self::Segment { address, size } => {
                write!(
                    f,
                    "{size} bytes at {address:#x} are no segment that LV2 loads"
                )
            }
            Self::Count { found } => write!(f, "{found} segments, expected 1 to 32"),
            Self::Entry { address } => write!(f, "the entry {address:#x} is no instruction"),
        }
    }
}

impl core::error::Error for ImageError {}

/// An SPU program: its segments, checked, and the bytes they copy from.
///
/// The kernel reads the bytes anew each time a group starts, so they belong to the image.
#[derive(Debug)]
pub struct Image {
    entry: u32,
    segments: Box<[Segment]>,
    /// Where the segments' sources lie; at a multiple of 16, as `chunks` has that alignment.
    _bytes: Box<[Chunk]>,
}

#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
struct Chunk([u8; 16]);

impl Image {
    /// Reads an SPU ELF. Each load segment becomes one to copy, and one to fill with zeros where it
    /// takes more memory than it has bytes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_elf(elf: &[u8]) -> Result<Self, ImageError> {
        if elf.get(..6) != Some(b"\x7fELF\x01\x02") || half(elf, 18)? != EM_SPU {
            return Err(ImageError::NotSpuElf);
        }
        let bytes: Box<[Chunk]> = elf
            .chunks(16)
            .map(|part| {
                let mut chunk = Chunk([0; 16]);
                chunk.0[..part.len()].copy_from_slice(part);
                chunk
            })
            .collect();
        let (entry, table) = (word(elf, 24)?, word(elf, 28)? as usize);
        let (entry_size, count) = (half(elf, 42)? as usize, half(elf, 44)?);
        let mut segments = Vec::new();
        for index in 0..usize::from(count) {
            let at = index
                .checked_mul(entry_size)
                .and_then(|offset| offset.checked_add(table))
                .ok_or(ImageError::Truncated)?;
            if word(elf, at)? != PT_LOAD {
                continue;
            }
            let field =
                |offset: usize| word(elf, at.checked_add(offset).ok_or(ImageError::Truncated)?);
            let (offset, local) = (field(4)?, field(8)?);
            let (file, memory) = (field(16)?, field(20)?);
            let end = (offset as usize).checked_add(file as usize);
            if end.is_none_or(|end| end > elf.len()) {
                return Err(ImageError::Truncated);
            }
            if memory < file
                || local
                    .checked_add(memory)
                    .is_none_or(|end| end > LOCAL_STORE)
            {
                return Err(ImageError::Segment {
                    address: local,
                    size: memory,
                });
            }
            let source = address32(bytes.as_ptr()).wrapping_add(offset);
            let parts = [
                (SEGMENT_COPY, local, file, source),
                (SEGMENT_FILL, local + file, memory - file, 0),
            ];
            for (kind, local, size, source) in parts.into_iter().filter(|part| part.2 > 0) {
                segments.push(Segment {
                    kind,
                    local,
                    size,
                    source,
                    ..Segment::default()
                });
            }
        }
        check(entry, &segments)?;
        Ok(Self {
            entry,
            segments: segments.into(),
            _bytes: bytes,
        })
    }

    /// The structure for the kernel; valid as long as the image lives.
    pub(super) fn describe(&self) -> spu::Image {
        spu::Image {
            kind: 0,
            entry: self.entry,
            segments: address32(self.segments.as_ptr()),
            count: self.segments.len() as u32,
        }
    }
}

/// The kernel's rules, so that an error names the segment instead of being `EINVAL`.
fn check(entry: u32, segments: &[Segment]) -> Result<(), ImageError> {
    let copies = segments
        .iter()
        .filter(|segment| segment.kind == SEGMENT_COPY)
        .count();
    if copies == 0 || segments.len() > MOST_SEGMENTS {
        return Err(ImageError::Count {
            found: segments.len(),
        });
    }
    for (index, one) in segments.iter().enumerate() {
        let aligned = one.local.is_multiple_of(16)
            && one.size.is_multiple_of(16)
            && one.source.is_multiple_of(4);
        let overlaps = segments[..index].iter().any(|other| {
            one.local < other.local + other.size && other.local < one.local + one.size
        });
        if !aligned || overlaps {
            return Err(ImageError::Segment {
                address: one.local,
                size: one.size,
            });
        }
    }
    if entry > LOCAL_STORE - 4 || !entry.is_multiple_of(4) {
        return Err(ImageError::Entry { address: entry });
    }
    Ok(())
}

fn half(bytes: &[u8], at: usize) -> Result<u16, ImageError> {
    let end = at.checked_add(2).ok_or(ImageError::Truncated)?;
    let field = bytes.get(at..end).and_then(|field| field.try_into().ok());
    field.map(u16::from_be_bytes).ok_or(ImageError::Truncated)
}

fn word(bytes: &[u8], at: usize) -> Result<u32, ImageError> {
    let end = at.checked_add(4).ok_or(ImageError::Truncated)?;
    let field = bytes.get(at..end).and_then(|field| field.try_into().ok());
    field.map(u32::from_be_bytes).ok_or(ImageError::Truncated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An SPU ELF with one segment: 32 bytes in the file, 64 in local store, at 0x80.
    fn elf() -> Vec<u8> {
        let mut elf = std::vec![0u8; 0x80 + 32];
        elf[..6].copy_from_slice(b"\x7fELF\x01\x02");
        let mut put = |at: usize, value: u32, size: usize| {
            elf[at..at + size].copy_from_slice(&value.to_be_bytes()[4 - size..]);
        };
        put(18, EM_SPU.into(), 2);
        put(24, 0x80, 4);
        put(28, 52, 4);
        put(42, 32, 2);
        put(44, 1, 2);
        for (index, value) in [PT_LOAD, 0x80, 0x80, 0x80, 32, 64].into_iter().enumerate() {
            put(52 + 4 * index, value, 4);
        }
        elf
    }

    #[test]
    fn a_segment_is_copied_and_its_rest_filled() {
        let image = Image::from_elf(&elf()).expect("a good ELF");
        let [copy, fill] = &*image.segments else {
            panic!("{:?}", image.segments)
        };
        assert_eq!((copy.kind, copy.local, copy.size), (SEGMENT_COPY, 0x80, 32));
        assert_eq!(
            copy.source,
            address32(image._bytes.as_ptr()).wrapping_add(0x80)
        );
        assert_eq!(
            (fill.kind, fill.local, fill.size, fill.source),
            (SEGMENT_FILL, 0xa0, 32, 0)
        );
        let described = image.describe();
        assert_eq!((described.entry, described.count), (0x80, 2));
    }

    #[test]
    fn what_the_kernel_refuses_is_named() {
        let changed = |at: usize, value: u32| {
            let mut elf = elf();
            elf[at..at + 4].copy_from_slice(&value.to_be_bytes());
            Image::from_elf(&elf).map(|_| ())
        };
        assert_eq!(changed(24, 0x81), Err(ImageError::Entry { address: 0x81 }));
        assert_eq!(
            changed(60, 0x88),
            Err(ImageError::Segment {
                address: 0x88,
                size: 32
            })
        );
        assert_eq!(
            changed(72, 0x4_0000),
            Err(ImageError::Segment {
                address: 0x80,
                size: 0x4_0000
            })
        );
        assert_eq!(changed(56, 0x81), Err(ImageError::Truncated));
        assert_eq!(changed(52, 0), Err(ImageError::Count { found: 0 }));
        assert_eq!(Image::from_elf(b"").map(|_| ()), Err(ImageError::NotSpuElf));
    }

    proptest! {
        #[test]
        fn damaged_images_never_panic(at in 0usize..0xa0, byte: u8, length in 0usize..=0xa0) {
            let mut elf = elf();
            elf[at] = byte;
            elf.truncate(length);
            let _ = Image::from_elf(&elf);
        }
    }
}
