//! Reads SELFs.

use std::fmt;

use sha1::{Digest, Sha1};

use super::elf::{Elf, Segment};
use super::error::{Error, part};
use super::layout::{Application, Control, Header, Place};
use super::npd;
use crate::big_endian::{u16_at, u32_at, u64_at};

/// A SELF whose headers were read.
#[derive(Clone, Debug)]
pub struct SelfFile<'a> {
    bytes: &'a [u8],
    header: Header,
    application: Application,
    places: Vec<Place>,
    blocks: Vec<Block>,
}

/// A block of control information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// 1 flags, 2 digest, 3 content protection.
    pub kind: u32,
    /// Where its body begins in the file.
    pub offset: usize,
    /// Size of its body in bytes.
    pub size: usize,
}

impl<'a> SelfFile<'a> {
    /// Reads the headers and checks that every part lies inside of the file.
    ///
    /// # Errors
    /// An [`Error`] that names the field that is wrong, or the part that is cut.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let header = Header::parse(bytes)?;
        let head = part(bytes, "the headers of the SELF", 0, header.header_size)?;
        let application = part(
            head,
            "the program identification of the SELF",
            header.application_offset,
            Application::SIZE as u64,
        )?;
        let elf_header = part(
            head,
            "the ELF header of the SELF",
            header.elf_header_offset,
            Elf::HEADER as u64,
        )?;
        if elf_header[..6] != *b"\x7fELF\x02\x02" {
            return Err(Error::field(
                "the ELF header of the SELF",
                elf_header[..6].escape_ascii(),
                "that of a big-endian ELF64",
            ));
        }
        let count = u64::from(u16_at(elf_header, 0x38));
        part(
            head,
            "the segment table of the SELF",
            header.segment_table_offset,
            count * Segment::ENTRY as u64,
        )?;
        let places: Vec<Place> = part(
            head,
            "the segment places of the SELF",
            header.segment_places_offset,
            count * Place::SIZE as u64,
        )?
        .chunks_exact(Place::SIZE)
        .map(Place::parse)
        .collect();
        for (number, place) in places.iter().enumerate() {
            let name = format!("segment {number} of the SELF");
            part(bytes, &name, place.offset, place.size)?;
        }
        Ok(Self {
            bytes,
            header,
            application: Application::parse(application),
            places,
            blocks: blocks(head, &header)?,
        })
    }

    /// Whether the file is fake-signed, so that the ELF in it is not encrypted.
    pub fn is_fake_signed(&self) -> bool {
        self.header.key_revision == Header::FAKE
    }

    /// Whether the program is under content protection, as those in packages are.
    pub fn is_npdrm(&self) -> bool {
        self.application.kind == Application::NPDRM
    }

    /// The blocks of control information.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The ELF of a fake-signed file. What stands behind it is padding of a package.
    ///
    /// # Errors
    /// [`Error::Encrypted`], or one about the ELF.
    pub fn elf(&self) -> Result<Elf<'a>, Error> {
        if !self.is_fake_signed() {
            return Err(Error::Encrypted);
        }
        let (start, size) = (self.header.header_size, self.header.elf_size);
        Elf::parse(part(self.bytes, "the ELF in the SELF", start, size)?)
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Size of all headers, which lie inside of the file.
    pub(super) fn header_size(&self) -> usize {
        self.header.header_size as usize
    }

    /// Where the encrypted key of the metadata begins.
    pub(super) fn metadata_offset(&self) -> usize {
        self.header.metadata_offset as usize + 0x20
    }

    /// An ELF of the right size with nothing in it but header and segment table.
    pub(super) fn elf_headers(&self) -> Result<Vec<u8>, Error> {
        let header = self.part(self.header.elf_header_offset, Elf::HEADER)?;
        let table = self.part(
            self.header.segment_table_offset,
            self.places.len() * Segment::ENTRY,
        )?;
        // Parts that are not deflated make as much as there is in the file, and gaps between
        // them, which an alignment to 64 KiB makes.
        let most = self.bytes.len() as u64 + (self.places.len() as u64 + 1) * 0x1_0000;
        if self.header.elf_size > most {
            return Err(Error::field(
                "the size of the ELF",
                self.header.elf_size,
                format!("at most {most}"),
            ));
        }
        let mut elf = vec![0; self.header.elf_size as usize];
        let start = usize::try_from(u64_at(header, 0x20)).unwrap_or(usize::MAX);
        for (start, bytes) in [(0, header), (start, table)] {
            let end = start.saturating_add(bytes.len());
            let room = elf.get_mut(start..end);
            room.ok_or(Error::Damaged("the segment table"))?
                .copy_from_slice(bytes);
        }
        Ok(elf)
    }

    /// Where a segment begins in the ELF.
    pub(super) fn segment_offset(&self, number: u32) -> Result<usize, Error> {
        let start = u64::from(number) * Segment::ENTRY as u64;
        if u64::from(number) >= self.places.len() as u64 {
            return Err(Error::field(
                "the number of a segment",
                number,
                "a lower one",
            ));
        }
        let entry = self.part(self.header.segment_table_offset + start, Segment::ENTRY)?;
        usize::try_from(u64_at(entry, 0x08)).map_err(|_| Error::Damaged("a segment"))
    }

    fn part(&self, offset: u64, size: usize) -> Result<&'a [u8], Error> {
        part(self.bytes, "a header of the SELF", offset, size as u64)
    }

    /// Compares the headers and the digest with the ELF, and where the program is for a package,
    /// the whole file with the digest in its block of content protection. Answers whether there
    /// is a digest; those of an encrypted file cannot be compared.
    ///
    /// # Errors
    /// [`Error::Damaged`] where they do not fit, or one about the ELF.
    pub fn check(&self) -> Result<bool, Error> {
        if !self.is_fake_signed() {
            return Ok(false);
        }
        let elf = self.elf()?;
        let copy = |offset: u64, size: usize| part(self.bytes, "a header", offset, size as u64);
        if copy(self.header.elf_header_offset, Elf::HEADER)? != &elf.bytes[..Elf::HEADER] {
            return Err(Error::Damaged("the ELF header"));
        }
        let table = elf.segment_table();
        if copy(self.header.segment_table_offset, table.len())? != table {
            return Err(Error::Damaged("the segment table"));
        }
        let is_at = |(place, segment): (&Place, &Segment)| {
            place.compression == 1
                && place.size == segment.file_size
                && place.offset.checked_sub(self.header.header_size) == Some(segment.offset)
        };
        if !self.places.iter().zip(&elf.segments).all(is_at) {
            return Err(Error::Damaged("the place of a segment"));
        }
        let (mut has_digest, mut has_npd) = (false, false);
        for block in &self.blocks {
            let body = &self.bytes[block.offset..][..block.size];
            if let Some(Control::Digest { elf: digest, .. }) = Control::parse(block.kind, body)
                && digest != [0; 20]
            {
                if digest[..] != Sha1::digest(elf.bytes)[..] {
                    return Err(Error::Damaged("the SHA-1"));
                }
                has_digest = true;
            }
            if block.kind == Control::NPD && block.size == npd::SIZE {
                has_npd = true;
                // The ELF was found to lie inside of the file.
                let end = (self.header.header_size + self.header.elf_size) as usize;
                match npd::check(&self.bytes[..end], block.offset) {
                    Some(false) => return Err(Error::Damaged("the digest of the whole file")),
                    Some(true) => has_digest = true,
                    None => {}
                }
            }
        }
        if self.is_npdrm() && !has_npd {
            return Err(Error::Damaged("the lack of a block of content protection"));
        }
        Ok(has_digest)
    }
}

impl fmt::Display for SelfFile<'_> {
    /// What is in the file, a fact on each line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_fake_signed() {
            true => writeln!(f, "fake-signed SELF, {} bytes", self.bytes.len())?,
            false => writeln!(
                f,
                "signed SELF, key revision {:#x}, {} bytes",
                self.header.key_revision,
                self.bytes.len()
            )?,
        }
        let kind = match self.application.kind {
            Application::PLAIN => "program",
            Application::NPDRM => "program under content protection",
            _ => "system program",
        };
        writeln!(f, "kind {} ({kind})", self.application.kind)?;
        writeln!(f, "authority {:#018x}", self.application.authority)?;
        writeln!(f, "ELF of {} bytes", self.header.elf_size)?;
        for (number, place) in self.places.iter().enumerate() {
            let compression = if place.compression == 2 {
                ", deflated"
            } else {
                ""
            };
            let encryption = if place.encryption == 1 {
                ", encrypted"
            } else {
                ""
            };
            writeln!(
                f,
                "segment {number}: {} bytes at {:#x}{compression}{encryption}",
                place.size, place.offset
            )?;
        }
        for block in &self.blocks {
            let kind = match block.kind {
                Control::FLAGS => "flags",
                Control::DIGEST => "digest",
                Control::NPD => "content protection",
                _ => "unknown",
            };
            writeln!(f, "control block {} ({kind})", block.kind)?;
            let body = &self.bytes[block.offset..][..block.size];
            if let Some(Control::Npd(npd)) = Control::parse(block.kind, body) {
                let text = npd[0x10..0x40].split(|byte| *byte == 0).next();
                writeln!(f, "content ID {}", text.unwrap_or(&[]).escape_ascii())?;
            }
        }
        Ok(())
    }
}

/// Follows the chain of control blocks through its room. The last block may reach over the end
/// of that: PSL1GHT's `fself.py` makes the room 16 bytes too small.
fn blocks(head: &[u8], header: &Header) -> Result<Vec<Block>, Error> {
    let name = "the control information of the SELF";
    let start = header.control_offset;
    part(head, name, start, header.control_size)?;
    // It lies inside of the file, so that no number here overflows.
    let room = start as usize + header.control_size as usize;
    let mut offset = start as usize;
    let mut blocks = Vec::new();
    while offset < room {
        let block = part(head, name, offset as u64, Control::HEAD as u64)?;
        let size = u32_at(block, 4) as usize;
        if size < Control::HEAD || size > head.len() - offset {
            return Err(Error::field(
                format!("the size of the control block at {offset:#x}"),
                size,
                format!("16 to {}, the rest of the headers", head.len() - offset),
            ));
        }
        blocks.push(Block {
            kind: u32_at(block, 0),
            offset: offset + Control::HEAD,
            size: size - Control::HEAD,
        });
        offset += size;
        if u64_at(block, 8) != 1 {
            break;
        }
    }
    Ok(blocks)
}

/// Where the body of the block of content protection begins in a fake-signed SELF that has one.
/// Nothing else of the file is looked at.
pub fn npd_offset(bytes: &[u8]) -> Option<usize> {
    let header = Header::parse(bytes).ok()?;
    if header.key_revision != Header::FAKE {
        return None;
    }
    let blocks = blocks(bytes, &header).ok()?;
    let block = blocks.iter().find(|block| block.kind == Control::NPD)?;
    Some(block.offset)
}
