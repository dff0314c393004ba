//! Writes models.

use alloc::vec::Vec;
use core::convert::Infallible;

use super::read::check_name;
use super::{BundleError, HEADER, HEADER_CRC, KINDS, MAGIC, VERSION, places};
use crate::checkpoint::{Checkpoint, Format, each_part};
use crate::quantise::q4::GROUP;
use crate::tokenizer::Tokenizer;

/// What goes into a file.
#[derive(Clone, Copy)]
pub struct Contents<'a> {
    /// The model's name for people; up to 128 bytes, may be empty.
    pub name: &'a str,
    /// The model.
    pub checkpoint: Checkpoint<'a>,
    /// How its matrices are stored in the file. Weights that are in this format already stay as
    /// they are; others are quantised or made to fp32.
    pub format: Format,
    /// Its tokenizer as a file of llama2.c.
    pub tokenizer: &'a [u8],
}

/// Checks the contents and hands the file to `sink`, piece by piece; a piece is as large as a
/// matrix at most. The model is gone through twice, as the checksums stand ahead of it.
pub fn write<E: From<BundleError>>(
    contents: &Contents,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let head = head(contents)?;
    sink(&head)?;
    each_part(&contents.checkpoint, contents.format, sink)
}

/// All ahead of the tensors.
fn head(contents: &Contents) -> Result<Vec<u8>, BundleError> {
    let config = *contents.checkpoint.config();
    check_name(contents.name.as_bytes())?;
    contents.format.check(&config)?;
    Tokenizer::parse(contents.tokenizer)?.check_vocabulary(&config)?;

    let (format, group_size) = match contents.format {
        Format::Fp32 => (0, 0),
        Format::Q8 { group_size } => (1, group_size),
        Format::Q4 => (2, GROUP),
    };
    let shared = contents.checkpoint.shares_classifier();
    let numbers = config.fields().map(|(_, number)| number);
    let conf: Vec<u8> = numbers
        .into_iter()
        .chain([format, group_size, shared.into()])
        .flat_map(|number| (number as u32).to_le_bytes())
        .collect();

    let (mut size, mut crc) = (0, crc32fast::Hasher::new());
    let Ok(()) = each_part(&contents.checkpoint, contents.format, &mut |part| {
        size += part.len() as u64;
        crc.update(part);
        Ok::<(), Infallible>(())
    });
    let small = [&conf, contents.name.as_bytes(), contents.tokenizer];
    let sizes = [small[0], small[1], small[2]].map(|section| section.len() as u64);
    let sizes = [sizes[0], sizes[1], sizes[2], size];
    let crcs = small.map(crc32fast::hash);
    let crcs = [crcs[0], crcs[1], crcs[2], crc.finalize()];
    let (offsets, end) = places(sizes).ok_or(BundleError::Size {
        found: u64::MAX,
        expected: u64::MAX,
    })?;

    let mut out = Vec::from(MAGIC);
    out.extend(VERSION.to_le_bytes());
    out.extend((KINDS.len() as u32).to_le_bytes());
    out.extend(end.to_le_bytes());
    for number in 0..KINDS.len() {
        out.extend(KINDS[number].as_bytes());
        out.extend(crcs[number].to_le_bytes());
        out.extend(offsets[number].to_le_bytes());
        out.extend(sizes[number].to_le_bytes());
    }
    out.resize(HEADER_CRC, 0);
    out.extend(crc32fast::hash(&out).to_le_bytes());
    debug_assert_eq!(out.len(), HEADER);
    for (section, offset) in small.into_iter().zip(offsets) {
        out.resize(offset as usize, 0);
        out.extend(section);
    }
    out.resize(offsets[3] as usize, 0);
    Ok(out)
}
