//! The first 0x80 bytes.

use super::{ALIGNMENT, DIGESTS, Error, FOOTER, MAGIC};
use crate::big_endian::{array_at, u16_at, u32_at, u64_at};

/// Whether a package installs on consoles for developers (and on those that accept its
/// packages), or is enciphered as the ones from the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// 0x0000: enciphered with a keystream of the QA digest.
    Debug,
    /// 0x8000: enciphered with AES.
    Retail,
}

/// The header of a package.
///
/// Source: PS3 Developer wiki, "PKG files", File Header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// How it is enciphered.
    pub release: Release,
    /// Where the metadata begins, in bytes.
    pub metadata_offset: u32,
    /// Number of metadata packets.
    pub metadata_count: u32,
    /// Size of the metadata with the digests behind it, in bytes.
    pub metadata_size: u32,
    /// Number of items in the table.
    pub item_count: u32,
    /// Size of the whole package in bytes.
    pub package_size: u64,
    /// Where the enciphered data begins, in bytes.
    pub data_offset: u64,
    /// Size of the enciphered data in bytes.
    pub data_size: u64,
    /// The content ID, filled with zeros.
    pub content_id: [u8; 48],
    /// The first 16 bytes of a SHA-1 of contents and table; the keystream of a debug package.
    pub qa_digest: [u8; 16],
    /// Start value of the counter with which a retail package is enciphered.
    pub klicensee: [u8; 16],
}

impl Header {
    /// Size of the header in bytes.
    pub const SIZE: usize = 0x80;
    /// The platform number of the PS3; 2 is PSP and Vita.
    const PLATFORM: u16 = 1;

    /// The content ID as text: all that stands ahead of the first zero byte.
    pub fn content_id_text(&self) -> String {
        let length = self.content_id.iter().position(|byte| *byte == 0);
        let text = &self.content_id[..length.unwrap_or(self.content_id.len())];
        text.escape_ascii().to_string()
    }

    /// Size of the metadata without the digests behind it.
    pub(super) fn packets_size(&self) -> usize {
        self.metadata_size as usize - DIGESTS
    }

    pub(super) fn to_bytes(&self) -> [u8; Self::SIZE] {
        let release: u16 = match self.release {
            Release::Debug => 0,
            Release::Retail => 0x8000,
        };
        let mut out = Vec::with_capacity(Self::SIZE);
        out.extend(MAGIC);
        out.extend(release.to_be_bytes());
        out.extend(Self::PLATFORM.to_be_bytes());
        out.extend(self.metadata_offset.to_be_bytes());
        out.extend(self.metadata_count.to_be_bytes());
        out.extend(self.metadata_size.to_be_bytes());
        out.extend(self.item_count.to_be_bytes());
        out.extend(self.package_size.to_be_bytes());
        out.extend(self.data_offset.to_be_bytes());
        out.extend(self.data_size.to_be_bytes());
        out.extend(self.content_id);
        out.extend(self.qa_digest);
        out.extend(self.klicensee);
        array_at(&out, 0)
    }

    /// Reads the header of a package of `length` bytes and checks that every part lies inside.
    pub(super) fn parse(bytes: &[u8; Self::SIZE], length: u64) -> Result<Self, Error> {
        if !bytes.starts_with(&MAGIC) {
            return Err(Error::field(
                "the magic number",
                format_args!("\"{}\"", bytes[..4].escape_ascii()),
                "\"\\x7fPKG\"",
            ));
        }
        let release = match u16_at(bytes, 4) {
            0 => Release::Debug,
            0x8000 => Release::Retail,
            other => {
                return Err(Error::field(
                    "the release type",
                    format_args!("{other:#06x}"),
                    "0x0000 (debug) or 0x8000 (retail)",
                ));
            }
        };
        match u16_at(bytes, 6) {
            Self::PLATFORM => {}
            other => return Err(Error::field("the platform", other, "1 (PS3)")),
        }
        let header = Self {
            release,
            metadata_offset: u32_at(bytes, 0x08),
            metadata_count: u32_at(bytes, 0x0c),
            metadata_size: u32_at(bytes, 0x10),
            item_count: u32_at(bytes, 0x14),
            package_size: u64_at(bytes, 0x18),
            data_offset: u64_at(bytes, 0x20),
            data_size: u64_at(bytes, 0x28),
            content_id: array_at(bytes, 0x30),
            qa_digest: array_at(bytes, 0x60),
            klicensee: array_at(bytes, 0x70),
        };
        header.check(length)?;
        Ok(header)
    }

    fn check(&self, length: u64) -> Result<(), Error> {
        let truncated = |part: &str, expected: u64| Error::Truncated {
            part: part.to_owned(),
            expected,
            found: length,
        };
        if self.package_size > length {
            return Err(truncated("the package", self.package_size));
        }
        if self.package_size < length {
            return Err(Error::field(
                "the package size",
                self.package_size,
                format!("{length}, the size of the file"),
            ));
        }
        if (self.metadata_offset as usize) < Self::SIZE + DIGESTS {
            return Err(Error::field(
                "the metadata offset",
                format_args!("{:#x}", self.metadata_offset),
                "0xc0 or more",
            ));
        }
        if (self.metadata_size as usize) < DIGESTS {
            return Err(Error::field(
                "the metadata size",
                format_args!("{:#x}", self.metadata_size),
                "0x40 or more",
            ));
        }
        // Two 32-bit numbers do not overflow 64 bits.
        let metadata_end = u64::from(self.metadata_offset) + u64::from(self.metadata_size);
        if self.data_offset < metadata_end {
            return Err(Error::field(
                "the data offset",
                format_args!("{:#x}", self.data_offset),
                format!("{metadata_end:#x} or more, behind the metadata"),
            ));
        }
        let data_end = self.data_offset.saturating_add(self.data_size);
        if data_end.saturating_add(FOOTER) > length {
            return Err(truncated(
                "the data with the footer",
                data_end.saturating_add(FOOTER),
            ));
        }
        if !self.data_size.is_multiple_of(ALIGNMENT) {
            return Err(Error::field(
                "the data size",
                format_args!("{:#x}", self.data_size),
                "a multiple of 16",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            release: Release::Debug,
            metadata_offset: 0xc0,
            metadata_count: 5,
            metadata_size: 0x80,
            item_count: 2,
            package_size: 0x240,
            data_offset: 0x140,
            data_size: 0xa0,
            content_id: [b'x'; 48],
            qa_digest: [1; 16],
            klicensee: [2; 16],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let header = header();
        assert_eq!(Header::parse(&header.to_bytes(), 0x240).unwrap(), header);
    }

    #[test]
    fn errors_name_the_field() {
        let case = |change: fn(&mut Header)| {
            let mut header = header();
            change(&mut header);
            Header::parse(&header.to_bytes(), 0x240)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            case(|h| h.package_size = 0x250),
            "the package should end at byte 592, the package has 576 bytes"
        );
        assert_eq!(
            case(|h| h.package_size = 1),
            "the package size is 1, expected 576, the size of the file"
        );
        assert_eq!(
            case(|h| h.metadata_offset = 4),
            "the metadata offset is 0x4, expected 0xc0 or more"
        );
        assert_eq!(
            case(|h| h.metadata_size = 0x30),
            "the metadata size is 0x30, expected 0x40 or more"
        );
        assert_eq!(
            case(|h| h.data_offset = 0x100),
            "the data offset is 0x100, expected 0x140 or more, behind the metadata"
        );
        assert_eq!(
            case(|h| h.data_size = u64::MAX),
            "the data with the footer should end at byte 18446744073709551615, the package has \
             576 bytes"
        );
        let mut bytes = header().to_bytes();
        bytes[7] = 2;
        assert_eq!(
            Header::parse(&bytes, 0x240).unwrap_err().to_string(),
            "the platform is 2, expected 1 (PS3)"
        );
        bytes[4] = 1;
        assert!(Header::parse(&bytes, 0x240).is_err());
        bytes[0] = 0;
        assert_eq!(
            Header::parse(&bytes, 0x240).unwrap_err().to_string(),
            "the magic number is \"\\x00PKG\", expected \"\\x7fPKG\""
        );
    }
}
