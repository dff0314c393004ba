//! Reads models.

use super::{
    ALIGNMENT, BundleError, CONF, ENTRY, HEADER, HEADER_CRC, KINDS, LONGEST_NAME, MAGIC, TABLE,
    VERSION, places,
};
use crate::checkpoint::{Checkpoint, Format};
use crate::config::Config;
use crate::quantise::q4::GROUP;
use crate::tokenizer::Tokenizer;

/// A model whose checksums are right; nothing is copied.
#[derive(Clone, Copy)]
pub struct Bundle<'a> {
    name: &'a str,
    tokenizer: &'a [u8],
    checkpoint: Checkpoint<'a>,
}

impl<'a> Bundle<'a> {
    /// Whether a file with these first bytes is one of this kind.
    pub fn is_bundle(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// How many of a file's first bytes [`Bundle::name_at_start`] needs.
    pub const START: usize = 3 * ALIGNMENT as usize;

    /// The name of the model in a file of which only the first [`START`](Self::START) bytes are at
    /// hand: for a list of files. `None` where they are not as they should be.
    pub fn name_at_start(start: &'a [u8]) -> Option<&'a str> {
        let header = start.get(..HEADER).filter(|start| Self::is_bundle(start))?;
        if crc32fast::hash(&header[..HEADER_CRC]) != u32_at(header, HEADER_CRC) {
            return None;
        }
        let entry = &header[TABLE + ENTRY..][..ENTRY];
        let offset = usize::try_from(u64_at(entry, 8)).ok()?;
        let size = usize::try_from(u64_at(entry, 16)).ok()?;
        let name = start.get(offset..offset.checked_add(size)?)?;
        let right = entry.starts_with(b"NAME") && crc32fast::hash(name) == u32_at(entry, 4);
        check_name(name).ok().filter(|_| right)
    }

    /// Reads a file and compares all of its checksums.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        if !Self::is_bundle(bytes) {
            return Err(BundleError::Magic);
        }
        let found = bytes.len() as u64;
        let header = bytes.get(..HEADER).ok_or(BundleError::Size {
            found,
            expected: HEADER as u64,
        })?;
        if crc32fast::hash(&header[..HEADER_CRC]) != u32_at(header, HEADER_CRC) {
            return Err(BundleError::Checksum { part: "the header" });
        }
        let field = |field, found: u64, right: bool, expected| match right {
            true => Ok(()),
            false => Err(BundleError::Field {
                field,
                found,
                expected,
            }),
        };
        let version = u32_at(header, 8);
        field("the version", version.into(), version == VERSION, "1")?;
        let count = u32_at(header, 12);
        let right = count as usize == KINDS.len();
        field("the number of sections", count.into(), right, "4")?;
        let reserved = u32_at(header, 120);
        field("the reserved number", reserved.into(), reserved == 0, "0")?;

        let entries = header[TABLE..].chunks_exact(ENTRY);
        let mut sizes = [0; KINDS.len()];
        for ((size, entry), kind) in sizes.iter_mut().zip(entries.clone()).zip(KINDS) {
            let right = entry.starts_with(kind.as_bytes());
            let found = u32_at(entry, 0).into();
            field("the kind of a section", found, right, kind)?;
            *size = u64_at(entry, 16);
        }
        let size = u64_at(header, 16);
        let (offsets, end) = places(sizes).ok_or(BundleError::Size {
            found,
            expected: u64::MAX,
        })?;
        field(
            "the size in the header",
            size,
            size == end,
            "the end of TENS",
        )?;
        if found != end {
            return Err(BundleError::Size {
                found,
                expected: end,
            });
        }
        let mut sections = [&bytes[..0]; KINDS.len()];
        let mut behind = HEADER;
        for (number, entry) in entries.take(KINDS.len()).enumerate() {
            let offset = u64_at(entry, 8);
            let right = offset == offsets[number];
            let expected = "the next multiple of 128";
            field("the offset of a section", offset, right, expected)?;
            // All of it lies inside of the file, whose size is a `usize`.
            let (start, size) = (offset as usize, sizes[number] as usize);
            let part = KINDS[number];
            if bytes[behind..start].iter().any(|byte| *byte != 0) {
                return Err(BundleError::Gap { ahead_of: part });
            }
            behind = start + size;
            sections[number] = &bytes[start..behind];
            if crc32fast::hash(sections[number]) != u32_at(entry, 4) {
                return Err(BundleError::Checksum { part });
            }
        }
        let [conf, name, tokenizer, tensors] = sections;
        Ok(Self {
            name: check_name(name)?,
            tokenizer,
            checkpoint: checkpoint(conf, tensors)?,
        })
    }

    /// The model's name for people; may be empty.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The model.
    pub fn checkpoint(&self) -> Checkpoint<'a> {
        self.checkpoint
    }

    /// The tokenizer as a file of llama2.c.
    pub fn tokenizer_bytes(&self) -> &'a [u8] {
        self.tokenizer
    }

    /// The tokenizer, which is the model's.
    pub fn tokenizer(&self) -> Result<Tokenizer, BundleError> {
        let tokenizer = Tokenizer::parse(self.tokenizer)?;
        tokenizer.check_vocabulary(self.checkpoint.config())?;
        Ok(tokenizer)
    }
}

fn checkpoint<'a>(conf: &[u8], tensors: &'a [u8]) -> Result<Checkpoint<'a>, BundleError> {
    if conf.len() != CONF {
        return Err(BundleError::Field {
            field: "the size of CONF",
            found: conf.len() as u64,
            expected: "40",
        });
    }
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
    Ok(Checkpoint::from_tensors(
        Config::from(shape),
        format,
        shared == 1,
        tensors,
    )?)
}

pub(super) fn check_name(bytes: &[u8]) -> Result<&str, BundleError> {
    match core::str::from_utf8(bytes) {
        Ok(name) if bytes.len() <= LONGEST_NAME && !name.chars().any(char::is_control) => Ok(name),
        _ => Err(BundleError::Name),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(core::array::from_fn(|i| bytes[at + i]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(core::array::from_fn(|i| bytes[at + i]))
}
