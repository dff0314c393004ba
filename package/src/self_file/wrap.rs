//! Makes a fake-signed SELF of an ELF.

use sha1::{Digest, Sha1};

use super::elf::{Elf, Segment};
use super::error::Error;
use super::layout::{Application, Control, Header, Place};
use super::npd;
use crate::identifiers::ContentId;

/// What a program is wrapped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping<'a> {
    /// To be started from the network or a disk.
    Plain,
    /// To be installed by the package with this content ID.
    Package(&'a ContentId),
}

/// Room behind the headers that a signed file has for encrypted metadata; a file for a package
/// has more of it.
///
/// Source: PSL1GHT, `fself`.
const METADATA: [u64; 2] = [0x550, 0x5c0];

/// The SELF around `elf`, fake-signed.
///
/// # Errors
/// Where `elf` is no program for the PPU; see [`Elf::parse`].
pub fn wrap(elf: &[u8], wrapping: Wrapping) -> Result<Vec<u8>, Error> {
    let elf = Elf::parse(elf)?;
    let mut out = headers(&elf, wrapping);
    out.extend(elf.bytes);
    if let Wrapping::Package(content_id) = wrapping {
        let digest = Sha1::digest(&out);
        let start = super::npd_offset(&out).expect("the headers were made with this block");
        out[start..start + npd::SIZE].copy_from_slice(&npd::block(content_id, &digest.into()));
    }
    Ok(out)
}

/// All that stands ahead of the ELF, with an empty block of content protection.
fn headers(elf: &Elf, wrapping: Wrapping) -> Vec<u8> {
    let is_package = matches!(wrapping, Wrapping::Package(_));
    let align = |size: u64| size.next_multiple_of(0x10);
    let application_offset = Header::SIZE as u64;
    let elf_header_offset = application_offset + Application::SIZE as u64;
    let segment_table_offset = elf_header_offset + Elf::HEADER as u64;
    let count = elf.segments.len();
    let segment_places_offset = align(segment_table_offset + (count * Segment::ENTRY) as u64);
    let version_offset = segment_places_offset + (count * Place::SIZE) as u64;
    let version_size = if elf.version_section().is_some() {
        0x30
    } else {
        0x10
    };
    let control_offset = version_offset + version_size;

    let mut control = vec![
        Control::Flags([0; 0x20]),
        Control::Digest {
            fixed: Control::FIXED_DIGEST,
            elf: Sha1::digest(elf.bytes).into(),
        },
    ];
    if is_package {
        control.push(Control::Npd([0; npd::SIZE]));
    }
    let last = control.len() - 1;
    let control: Vec<u8> = control
        .into_iter()
        .enumerate()
        .flat_map(|(number, block)| block.to_bytes(number == last))
        .collect();

    let metadata_offset = control_offset + control.len() as u64;
    let header_size = (metadata_offset + METADATA[usize::from(is_package)]).next_multiple_of(0x80);
    let header = Header {
        key_revision: Header::FAKE,
        metadata_offset: metadata_offset as u32 - 0x20,
        header_size,
        elf_size: elf.bytes.len() as u64,
        application_offset,
        elf_header_offset,
        segment_table_offset,
        section_table_offset: header_size.saturating_add(elf.sections_offset),
        segment_places_offset,
        version_offset,
        control_offset,
        control_size: control.len() as u64,
    };
    let application = Application {
        kind: match is_package {
            true => Application::NPDRM,
            false => Application::PLAIN,
        },
        ..Application::OURS
    };

    let mut out = header.to_bytes();
    out.extend(application.to_bytes());
    out.extend(&elf.bytes[..Elf::HEADER]);
    out.extend(elf.segment_table());
    out.resize(segment_places_offset as usize, 0);
    for segment in &elf.segments {
        let place = Place {
            offset: header_size + segment.offset,
            size: segment.file_size,
            compression: 1,
            encryption: if segment.kind == Segment::LOAD { 2 } else { 0 },
        };
        out.extend(place.to_bytes());
    }
    out.extend(version(elf, header_size));
    out.extend(control);
    out.resize(header_size as usize, 0);
    out
}

/// The header that says where the section `.sceversion` is, or that there is none.
///
/// Source: PSL1GHT, `fself` and `make_self`.
fn version(elf: &Elf, header_size: u64) -> Vec<u8> {
    let Some(section) = elf.version_section() else {
        return [1_u32, 0, 0x10, 0].map(u32::to_be_bytes).concat();
    };
    let mut out = [1_u32, 1, 0x30, 0].map(u32::to_be_bytes).concat();
    out.extend(section.index.to_be_bytes());
    out.extend(1_u16.to_be_bytes());
    out.extend([0_u32, 1, 0].map(u32::to_be_bytes).concat());
    out.extend((header_size + section.offset).to_be_bytes());
    out.extend(section.text_size.to_be_bytes());
    out
}
