//! The headers of a SELF.

use super::error::{Error, part};
use crate::big_endian::{array_at, u16_at, u32_at, u64_at};

/// The first 0x70 bytes: the header that all of Sony's certified files begin with, and the one
/// of a SELF.
///
/// Source: PS3 Developer wiki, "SELF - SPRX", SCE Header and Extended Header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// 0x8000 for a fake-signed file, else the number of the key.
    pub key_revision: u16,
    /// Where the encrypted part begins, less 0x20.
    pub metadata_offset: u32,
    pub header_size: u64,
    pub elf_size: u64,
    pub application_offset: u64,
    pub elf_header_offset: u64,
    pub segment_table_offset: u64,
    pub section_table_offset: u64,
    pub segment_places_offset: u64,
    pub version_offset: u64,
    pub control_offset: u64,
    pub control_size: u64,
}

impl Header {
    pub const SIZE: usize = 0x70;
    pub const FAKE: u16 = 0x8000;
    /// Version of the header.
    const VERSION: u32 = 2;
    /// What kind of certified file this is: a SELF.
    const SELF: u16 = 1;
    /// Kind of the second header.
    const EXTENDED: u64 = 3;

    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::SIZE);
        out.extend(super::MAGIC);
        out.extend(Self::VERSION.to_be_bytes());
        out.extend(self.key_revision.to_be_bytes());
        out.extend(Self::SELF.to_be_bytes());
        out.extend(self.metadata_offset.to_be_bytes());
        for number in [
            self.header_size,
            self.elf_size,
            Self::EXTENDED,
            self.application_offset,
            self.elf_header_offset,
            self.segment_table_offset,
            self.section_table_offset,
            self.segment_places_offset,
            self.version_offset,
            self.control_offset,
            self.control_size,
            0,
        ] {
            out.extend(number.to_be_bytes());
        }
        out
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let bytes = part(bytes, "the header of the SELF", 0, Self::SIZE as u64)?;
        let check = |field: &str, found: u64, expected: u64| {
            if found == expected {
                return Ok(());
            }
            Err(Error::field(
                format!("{field} of the SELF"),
                format_args!("{found:#x}"),
                format!("{expected:#x}"),
            ))
        };
        let magic = u32::from_be_bytes(super::MAGIC);
        check("the magic number", u32_at(bytes, 0).into(), magic.into())?;
        check("the version", u32_at(bytes, 4).into(), Self::VERSION.into())?;
        check("the kind", u16_at(bytes, 0xa).into(), Self::SELF.into())?;
        check("the extended kind", u64_at(bytes, 0x20), Self::EXTENDED)?;
        Ok(Self {
            key_revision: u16_at(bytes, 0x08),
            metadata_offset: u32_at(bytes, 0x0c),
            header_size: u64_at(bytes, 0x10),
            elf_size: u64_at(bytes, 0x18),
            application_offset: u64_at(bytes, 0x28),
            elf_header_offset: u64_at(bytes, 0x30),
            segment_table_offset: u64_at(bytes, 0x38),
            section_table_offset: u64_at(bytes, 0x40),
            segment_places_offset: u64_at(bytes, 0x48),
            version_offset: u64_at(bytes, 0x50),
            control_offset: u64_at(bytes, 0x58),
            control_size: u64_at(bytes, 0x60),
        })
    }
}

/// What the program may do.
///
/// Source: PS3 Developer wiki, "SELF - SPRX", Program Identification Header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Application {
    pub authority: u64,
    pub vendor: u32,
    pub kind: u32,
    pub version: u64,
}

impl Application {
    pub const SIZE: usize = 0x20;
    /// Kind of a program of its own.
    pub const PLAIN: u32 = 4;
    /// Kind of a program under content protection.
    pub const NPDRM: u32 = 8;
    /// Authority, vendor and version that PSL1GHT's tools give to all programs.
    pub const OURS: Self = Self {
        authority: 0x1010_0000_0100_0003,
        vendor: 0x0100_0002,
        kind: Self::PLAIN,
        version: 0x0001_0000_0000_0000,
    };

    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::SIZE);
        out.extend(self.authority.to_be_bytes());
        out.extend(self.vendor.to_be_bytes());
        out.extend(self.kind.to_be_bytes());
        out.extend(self.version.to_be_bytes());
        out.extend([0; 8]);
        out
    }

    pub fn parse(bytes: &[u8]) -> Self {
        Self {
            authority: u64_at(bytes, 0x00),
            vendor: u32_at(bytes, 0x08),
            kind: u32_at(bytes, 0x0c),
            version: u64_at(bytes, 0x10),
        }
    }
}

/// Where a segment of the ELF stands in the SELF.
///
/// Source: PS3 Developer wiki, "SELF - SPRX", Segment Extended Header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub offset: u64,
    pub size: u64,
    /// 1 as it is, 2 deflated.
    pub compression: u32,
    /// 1 encrypted, 2 as it is, 0 for a segment that is not loaded.
    pub encryption: u32,
}

impl Place {
    pub const SIZE: usize = 0x20;

    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::SIZE);
        out.extend(self.offset.to_be_bytes());
        out.extend(self.size.to_be_bytes());
        out.extend(self.compression.to_be_bytes());
        out.extend([0; 8]);
        out.extend(self.encryption.to_be_bytes());
        out
    }

    pub fn parse(bytes: &[u8]) -> Self {
        Self {
            offset: u64_at(bytes, 0x00),
            size: u64_at(bytes, 0x08),
            compression: u32_at(bytes, 0x10),
            encryption: u32_at(bytes, 0x1c),
        }
    }
}

/// The three control blocks: flags, digest, content protection.
///
/// Source: PS3 Developer wiki, "SELF - SPRX", Supplemental Header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Flags([u8; 0x20]),
    Digest { fixed: [u8; 20], elf: [u8; 20] },
    Npd([u8; 0x80]),
}

impl Control {
    pub const FLAGS: u32 = 1;
    pub const DIGEST: u32 = 2;
    pub const NPD: u32 = 3;
    /// Size of the head of each block in bytes.
    pub const HEAD: usize = 0x10;
    /// The first digest is the same in all files.
    ///
    /// Source: PSL1GHT, `fself`.
    pub const FIXED_DIGEST: [u8; 20] = [
        0x62, 0x7c, 0xb1, 0x80, 0x8a, 0xb9, 0x38, 0xe3, 0x2c, 0x8c, 0x09, 0x17, 0x08, 0x72, 0x6a,
        0x57, 0x9e, 0x25, 0x86, 0xe4,
    ];

    /// The block with its head, which says whether another one follows.
    pub fn to_bytes(self, is_last: bool) -> Vec<u8> {
        let (kind, body) = match self {
            Self::Flags(flags) => (Self::FLAGS, flags.to_vec()),
            Self::Digest { fixed, elf } => (Self::DIGEST, [&fixed[..], &elf, &[0; 8]].concat()),
            Self::Npd(npd) => (Self::NPD, npd.to_vec()),
        };
        let mut out = Vec::new();
        out.extend(kind.to_be_bytes());
        out.extend(((Self::HEAD + body.len()) as u32).to_be_bytes());
        out.extend(u64::from(!is_last).to_be_bytes());
        out.extend(body);
        out
    }

    /// The block of this kind and body. A digest of 0x30 bytes has two SHA-1, as those of
    /// fake-signed files; others are left alone.
    pub fn parse(kind: u32, body: &[u8]) -> Option<Self> {
        match (kind, body.len()) {
            (Self::FLAGS, 0x20) => Some(Self::Flags(array_at(body, 0))),
            (Self::DIGEST, 0x30) => Some(Self::Digest {
                fixed: array_at(body, 0),
                elf: array_at(body, 20),
            }),
            (Self::NPD, 0x80) => Some(Self::Npd(array_at(body, 0))),
            _ => None,
        }
    }
}
