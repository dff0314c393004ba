//! Reads models.

use core::ops::Range;

use super::header::{Sections, conf, u32_at, u64_at};
use super::{ALIGNMENT, BundleError, ENTRY, HEADER, HEADER_CRC, KINDS, LONGEST_NAME, MAGIC, TABLE};
use crate::checkpoint::Checkpoint;
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
        let table = Sections::parse(bytes, bytes.len() as u64)?;
        let at = |range: Range<u64>| &bytes[range.start as usize..range.end as usize];
        let mut sections = [&bytes[..0]; KINDS.len()];
        for (number, section) in sections.iter_mut().enumerate() {
            table.check_gap(number, at(table.gap(number)))?;
            *section = at(table.range(number));
            table.check(number, section)?;
        }
        let [shape, name, tokenizer, tensors] = sections;
        let (config, format, shared) = conf(shape)?;
        Ok(Self {
            name: check_name(name)?,
            tokenizer,
            checkpoint: Checkpoint::from_tensors(config, format, shared, tensors)?,
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

pub(super) fn check_name(bytes: &[u8]) -> Result<&str, BundleError> {
    match core::str::from_utf8(bytes) {
        Ok(name) if bytes.len() <= LONGEST_NAME && !name.chars().any(char::is_control) => Ok(name),
        _ => Err(BundleError::Name),
    }
}
