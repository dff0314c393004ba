//! Reading and checking.

use alloc::vec::Vec;

use super::{Contents, ElfError, Image, MACHINE, MAX_SEGMENTS, Segment};

/// `e_type` of an executable.
pub(super) const EXECUTABLE: u32 = 2;
/// `p_type` of what is loaded.
pub(super) const LOAD: u32 = 1;
/// Bit of `p_flags`.
pub(super) const FLAG_EXECUTE: u32 = 1;
/// Sizes of the headers.
pub(super) const FILE_HEADER: usize = 52;
pub(super) const PROGRAM_HEADER: usize = 32;

/// A file, read with bounds.
struct File<'a>(&'a [u8]);

impl<'a> File<'a> {
    fn part(&self, start: u64, size: u64, what: &'static str) -> Result<&'a [u8], ElfError> {
        let truncated = ElfError::Truncated {
            what,
            needed: start.saturating_add(size),
            size: self.0.len(),
        };
        let start = usize::try_from(start).map_err(|_| truncated.clone())?;
        let size = usize::try_from(size).map_err(|_| truncated.clone())?;
        self.0
            .get(start..)
            .and_then(|rest| rest.get(..size))
            .ok_or(truncated)
    }
}

fn word(header: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}

fn half(header: &[u8], at: usize) -> u32 {
    u32::from(header[at]) << 8 | u32::from(header[at + 1])
}

fn expect(field: &'static str, found: u32, expected: u32) -> Result<(), ElfError> {
    if found == expected {
        Ok(())
    } else {
        Err(ElfError::Field {
            field,
            expected,
            found,
        })
    }
}

impl<'a> Image<'a> {
    /// Reads an SPU ELF. A loadable segment with more memory than file gives a copy and
    /// then a fill segment. Other program headers and sections do not matter.
    ///
    /// # Errors
    /// When the file is no SPU executable or LV2 would not take it; see [`ElfError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ElfError> {
        let file = File(bytes);
        let header = file.part(0, FILE_HEADER as u64, "the ELF header")?;
        expect("e_ident[EI_MAG]", word(header, 0), 0x7f45_4c46)?;
        expect("e_ident[EI_CLASS]", header[4].into(), 1)?;
        expect("e_ident[EI_DATA]", header[5].into(), 2)?;
        expect("e_ident[EI_VERSION]", header[6].into(), 1)?;
        expect("e_type", half(header, 16), EXECUTABLE)?;
        expect("e_machine", half(header, 18), MACHINE.into())?;
        expect("e_version", word(header, 20), 1)?;
        expect("e_phentsize", half(header, 42), PROGRAM_HEADER as u32)?;
        let table = file.part(
            word(header, 28).into(),
            u64::from(half(header, 44)) * PROGRAM_HEADER as u64,
            "the program header table",
        )?;
        let mut segments = Vec::new();
        let (headers, _) = table.as_chunks::<PROGRAM_HEADER>();
        for (index, header) in headers.iter().enumerate() {
            if word(header, 0) == LOAD {
                load(&file, index, header, &mut segments)?;
            }
            if segments.len() > MAX_SEGMENTS {
                let count = segments.len();
                return Err(ElfError::SegmentCount { count });
            }
        }
        let image = Self {
            entry: word(header, 24),
            segments,
        };
        image.check()?;
        Ok(image)
    }
}

/// Adds what one program header says.
fn load<'a>(
    file: &File<'a>,
    index: usize,
    header: &[u8; PROGRAM_HEADER],
    segments: &mut Vec<Segment<'a>>,
) -> Result<(), ElfError> {
    let offset = word(header, 4);
    let address = word(header, 8);
    let in_file = word(header, 16);
    let memory = word(header, 20);
    let executable = word(header, 24) & FLAG_EXECUTE != 0;
    if in_file > memory {
        return Err(ElfError::FileSize {
            index,
            file: in_file,
            memory,
        });
    }
    if in_file > 0 {
        if !offset.is_multiple_of(4) {
            return Err(ElfError::Offset { index, offset });
        }
        let bytes = file.part(offset.into(), in_file.into(), "a segment's contents")?;
        segments.push(Segment {
            address,
            executable,
            contents: Contents::Copy(bytes),
        });
    }
    if memory > in_file {
        let size = memory - in_file;
        let address = address
            .checked_add(in_file)
            .ok_or(ElfError::OutsideLocalStore {
                index: segments.len(),
                address,
                size: memory as usize,
            })?;
        segments.push(Segment {
            address,
            executable: executable && in_file == 0,
            contents: Contents::Fill(size),
        });
    }
    Ok(())
}
