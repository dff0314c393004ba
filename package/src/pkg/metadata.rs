//! Packets that say what kind of package it is.

use std::fmt;

use super::Error;
use crate::big_endian::{u16_at, u32_at, u64_at};

/// One fact about the package.
///
/// Source: PS3 Developer wiki, "PKG files", PKG Metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Which fact.
    pub identifier: u32,
    /// The value, big-endian where it is a number.
    pub data: Vec<u8>,
}

/// The packets in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The packets.
    pub packets: Vec<Packet>,
}

impl Packet {
    /// 1: how the content is protected; 1 network, 2 local, 3 free.
    pub const DRM_TYPE: u32 = 1;
    /// 2: what it is; 4 game data, 5 a program.
    pub const CONTENT_TYPE: u32 = 2;
    /// 3: bits; see [`Settings::flags`](super::Settings::flags).
    pub const FLAGS: u32 = 3;
    /// 4: the size in bytes of the data, as 64 bits.
    pub const SIZE: u32 = 4;
    /// 5: version of the tool that made it and of the package, two 16-bit numbers.
    pub const REVISION: u32 = 5;
    /// 6: the title ID, in 12 bytes.
    pub const TITLE_ID: u32 = 6;
    /// 10: eight bytes of other use, then the folder that it is installed into.
    pub const INSTALL_FOLDER: u32 = 10;

    /// Size in bytes that the value has to have, where it is known.
    fn size(identifier: u32) -> Option<usize> {
        match identifier {
            Self::DRM_TYPE | Self::CONTENT_TYPE | Self::FLAGS | Self::REVISION => Some(4),
            Self::SIZE => Some(8),
            Self::TITLE_ID => Some(12),
            _ => None,
        }
    }

    fn number(identifier: u32, value: u32) -> Self {
        Self {
            identifier,
            data: value.to_be_bytes().to_vec(),
        }
    }
}

impl Metadata {
    /// The five packets of a package that installs a program.
    pub(super) fn program(
        drm_type: u32,
        content_type: u32,
        flags: u32,
        data_size: u64,
        revision: u32,
    ) -> Self {
        Self {
            packets: vec![
                Packet::number(Packet::DRM_TYPE, drm_type),
                Packet::number(Packet::CONTENT_TYPE, content_type),
                Packet::number(Packet::FLAGS, flags),
                Packet {
                    identifier: Packet::SIZE,
                    data: data_size.to_be_bytes().to_vec(),
                },
                Packet::number(Packet::REVISION, revision),
            ],
        }
    }

    /// The value of a packet.
    pub fn get(&self, identifier: u32) -> Option<&[u8]> {
        let found = self.packets.iter().find(|p| p.identifier == identifier)?;
        Some(&found.data)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for packet in &self.packets {
            out.extend(packet.identifier.to_be_bytes());
            out.extend((packet.data.len() as u32).to_be_bytes());
            out.extend(&packet.data);
        }
        out
    }

    /// Reads `count` packets, which may be followed by zeros.
    pub(super) fn parse(bytes: &[u8], count: u32) -> Result<Self, Error> {
        let mut packets = Vec::new();
        let mut rest = bytes;
        for number in 0..count {
            let cut = |part: &str, size: usize| {
                Error::field(
                    format!("the size of the metadata's packet {number}"),
                    format_args!("{size} bytes of {part}"),
                    format!("at most {} bytes, the rest of the metadata", rest.len()),
                )
            };
            let (head, behind) = rest.split_at_checked(8).ok_or_else(|| cut("head", 8))?;
            let (identifier, size) = (u32_at(head, 0), u32_at(head, 4) as usize);
            let (data, behind) = behind
                .split_at_checked(size)
                .ok_or_else(|| cut("value", size))?;
            if let Some(expected) = Packet::size(identifier)
                && size != expected
            {
                return Err(Error::field(
                    format!("the size of the metadata's packet {identifier}"),
                    size,
                    format!("{expected} bytes"),
                ));
            }
            packets.push(Packet {
                identifier,
                data: data.to_vec(),
            });
            rest = behind;
        }
        Ok(Self { packets })
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = &self.data[..];
        let is_whole = Self::size(self.identifier).is_none_or(|size| size == data.len());
        match self.identifier {
            Self::DRM_TYPE if is_whole => {
                let meaning = match u32_at(data, 0) {
                    1 => "network",
                    2 => "local",
                    3 => "free",
                    _ => "unknown",
                };
                write!(f, "DRM type {} ({meaning})", u32_at(data, 0))
            }
            Self::CONTENT_TYPE if is_whole => {
                let meaning = match u32_at(data, 0) {
                    4 => "game data",
                    5 => "program",
                    9 => "theme",
                    _ => "other",
                };
                write!(f, "content type {} ({meaning})", u32_at(data, 0))
            }
            Self::FLAGS if is_whole => write!(f, "flags {:#x}", u32_at(data, 0)),
            Self::SIZE if is_whole => write!(f, "data size {}", u64_at(data, 0)),
            Self::REVISION if is_whole => write!(
                f,
                "tool version {:x}, package version {:02x}.{:02x}",
                u16_at(data, 0),
                data[2],
                data[3]
            ),
            Self::TITLE_ID if is_whole => {
                write!(f, "title ID {}", data.trim_ascii_end().escape_ascii())
            }
            Self::INSTALL_FOLDER if data.len() > 8 => {
                let name = data[8..].split(|byte| *byte == 0).next().unwrap_or(&[]);
                write!(f, "folder {}", name.escape_ascii())
            }
            other => {
                write!(f, "packet {other}:")?;
                data.iter().try_for_each(|byte| write!(f, " {byte:02x}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packets_of_a_program_are_those_that_pkg_py_writes() {
        let bytes = Metadata::program(3, 5, 0xe, 0x1234, 0x1061_0000).to_bytes();
        let words: Vec<u32> = bytes.chunks(4).map(|word| u32_at(word, 0)).collect();
        assert_eq!(
            words,
            [
                1,
                4,
                3,
                2,
                4,
                5,
                3,
                4,
                0xe,
                4,
                8,
                0,
                0x1234,
                5,
                4,
                0x1061_0000
            ]
        );
    }

    #[test]
    fn what_is_written_is_read_and_shown() {
        let mut metadata = Metadata::program(3, 5, 0xe, 4096, 0x1061_0105);
        metadata.packets.push(Packet {
            identifier: Packet::INSTALL_FOLDER,
            data: b"\0\0\0\0\0\0\0\0NPEB00001\0".to_vec(),
        });
        metadata.packets.push(Packet {
            identifier: 9,
            data: vec![1, 0xff],
        });
        let read = Metadata::parse(&metadata.to_bytes(), 7).unwrap();
        assert_eq!(read, metadata);
        let lines: Vec<String> = read.packets.iter().map(Packet::to_string).collect();
        assert_eq!(
            lines,
            [
                "DRM type 3 (free)",
                "content type 5 (program)",
                "flags 0xe",
                "data size 4096",
                "tool version 1061, package version 01.05",
                "folder NPEB00001",
                "packet 9: 01 ff"
            ]
        );
    }

    #[test]
    fn a_packet_that_is_cut_or_of_another_size_is_refused() {
        let bytes = Metadata::program(3, 5, 0xe, 4096, 0).to_bytes();
        assert!(Metadata::parse(&bytes, 6).is_err());
        assert!(Metadata::parse(&bytes[..bytes.len() - 1], 5).is_err());
        let mut wrong = bytes.clone();
        wrong[7] = 3;
        assert_eq!(
            Metadata::parse(&wrong, 5).unwrap_err().to_string(),
            "the size of the metadata's packet 1 is 3, expected 4 bytes"
        );
    }
}
