//! Makes a signed and encrypted SELF of an ELF, with the user's own keys.
//!
//! Behind the control blocks stand the key and the start value of the metadata, encrypted with
//! the keys of the key file; then, encrypted with those, the metadata: a header, an entry for
//! each part of the file, a digest, key and start value for each part, the capabilities, and the
//! signature over all ahead of it. The segments that are loaded are encrypted, each with its own
//! key. Nothing is deflated.
//!
//! All keys inside of the file are made from the user's key and the ELF, so that the same ELF
//! makes the same file.
//!
//! Sources: PS3 Developer wiki, "SELF - SPRX" and "Certified File"; scetool, the structures of
//! its `sce.h`; PSL1GHT, `make_self`.

use aes::Aes128;
use cmac::Cmac;
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};

use super::elf::{Elf, Segment};
use super::error::Error;
use super::layout::{Application, Control, Header, Place};
use super::npd;
use super::seal::{self, INFO, METADATA_HEADER, PART, PART_KEYS, SIGNATURE};
use crate::identifiers::ContentId;
use crate::keys::{Curve, ProtectionKeys, SCALAR, SigningKeys};

/// Size of the block of capabilities.
const CAPABILITIES: usize = 0x30;
/// What programs may do, as `make_self` gives it to all of them; the last number for one in a
/// package.
const CAPABLE: [u32; 3] = [0x3b, 1, 0x2000];

/// What a program is signed for: the content ID of its package and its file name there.
type Package<'a> = Option<(&'a ContentId, &'a str)>;

/// The SELF around `elf`, signed with `keys`, whose curve is `curve`. `package` is the content
/// ID of the package that installs it and its file name there, as in `EBOOT.BIN`; `keys` have to
/// be those for this use. Only what is loaded into memory is kept, as in all signed files.
///
/// # Errors
/// Where `elf` is no program for the PPU, or the keys are none of the curve.
pub fn sign(
    elf: &[u8],
    package: Option<(&ContentId, &str)>,
    keys: &SigningKeys,
    curve: &Curve,
) -> Result<Vec<u8>, Error> {
    let elf = Elf::parse(elf)?;
    if package.is_some() != keys.protection.is_some() {
        let found = if package.is_some() { "APP" } else { "NPDRM" };
        return Err(Error::field("the use of the keys", found, "the program's"));
    }
    let secrets = Secrets::new(keys, elf.bytes);
    let loaded = loaded(&elf);
    let control = control(&elf, package, keys, &secrets);

    let align = |size: usize| size.next_multiple_of(0x10);
    let elf_header = Header::SIZE + Application::SIZE;
    let table = elf_header + Elf::HEADER;
    let places = align(table + elf.segments.len() * Segment::ENTRY);
    let version = places + elf.segments.len() * Place::SIZE;
    let controls = version + 0x10;
    let info = controls + control.len();
    let parts = info + INFO + METADATA_HEADER;
    let part_keys = parts + loaded.len() * PART;
    let signature = part_keys + loaded.len() * PART_KEYS + CAPABILITIES;
    let header_size = (signature + SIGNATURE).next_multiple_of(0x80);

    let mut offsets = Vec::new();
    let mut end = header_size;
    for number in &loaded {
        offsets.push(end as u64);
        end = align(end + elf.segments[*number].file_size as usize);
    }

    let header = Header {
        key_revision: keys.revision,
        metadata_offset: info as u32 - 0x20,
        header_size: header_size as u64,
        elf_size: kept(&elf, &loaded),
        application_offset: Header::SIZE as u64,
        elf_header_offset: elf_header as u64,
        segment_table_offset: table as u64,
        section_table_offset: 0,
        segment_places_offset: places as u64,
        version_offset: version as u64,
        control_offset: controls as u64,
        control_size: control.len() as u64,
    };
    let mut out = header.to_bytes();
    out.extend(application(package, keys).to_bytes());
    out.extend(&elf.bytes[..Elf::HEADER]);
    // There are no sections in a signed file.
    out[elf_header + 0x28..elf_header + 0x30].fill(0);
    out[elf_header + 0x3c..elf_header + 0x40].fill(0);
    out.extend(elf.segment_table());
    out.resize(places, 0);
    for segment in &elf.segments {
        out.extend(place(&elf, segment, &loaded, &offsets).to_bytes());
    }
    out.extend([1_u32, 0, 0x10, 0].map(u32::to_be_bytes).concat());
    out.extend(control);

    out.extend(secrets.get::<16>("metadata key", 0));
    out.extend([0; 16]);
    out.extend(secrets.get::<16>("metadata start", 0));
    out.extend([0; 16]);
    out.extend((signature as u64).to_be_bytes());
    let count = loaded.len() as u32;
    let key_count = count * (PART_KEYS / 0x10) as u32;
    out.extend(
        [1, count, key_count, CAPABILITIES as u32, 0, 0]
            .map(u32::to_be_bytes)
            .concat(),
    );
    for (index, number) in loaded.iter().enumerate() {
        let first = (index * PART_KEYS / 0x10) as u32;
        out.extend(offsets[index].to_be_bytes());
        out.extend(elf.segments[*number].file_size.to_be_bytes());
        // A segment of this number; hashed, with digest, key and start value at these places;
        // encrypted; not deflated.
        let numbers = [2, *number as u32, 2, first, 3, first + 6, first + 7, 1];
        out.extend(numbers.map(u32::to_be_bytes).concat());
    }
    let mut contents = Vec::new();
    for (index, number) in loaded.iter().enumerate() {
        let segment = &elf.segments[*number];
        let mut bytes = elf.bytes[segment.offset as usize..][..segment.file_size as usize].to_vec();
        let digest_key: [u8; 64] = secrets.get("digest key", index);
        let key: [u8; 16] = secrets.get("part key", index);
        let start: [u8; 16] = secrets.get("part start", index);
        out.extend(seal::digest(&digest_key, &bytes));
        out.extend([0; 12]);
        out.extend(digest_key);
        out.extend(key);
        out.extend(start);
        seal::stream(&key, &start, &mut bytes);
        bytes.resize(align(bytes.len()), 0);
        contents.extend(bytes);
    }
    out.extend(
        [1_u32, CAPABILITIES as u32, 0, 0]
            .map(u32::to_be_bytes)
            .concat(),
    );
    out.extend([0; 0x14]);
    let [first, second, third] = CAPABLE;
    let third = if package.is_some() { third } else { 0 };
    out.extend([first, second, third].map(u32::to_be_bytes).concat());
    debug_assert_eq!(out.len(), signature);

    let digest = Sha1::digest(&out).into();
    let signed = curve
        .sign(&digest, &keys.private)
        .map_err(|error| Error::field("the signing key", error, "one of the curve"))?;
    out.extend(signed.r);
    out.extend(signed.s);
    out.resize(header_size, 0);
    seal::close(&mut out[info..], keys);
    out.extend(contents);
    debug_assert_eq!(2 * SCALAR + 6, SIGNATURE);
    Ok(out)
}

/// Numbers of the segments that are loaded and have bytes.
fn loaded(elf: &Elf) -> Vec<usize> {
    let has_bytes = |segment: &Segment| segment.kind == Segment::LOAD && segment.file_size > 0;
    (0..elf.segments.len())
        .filter(|number| has_bytes(&elf.segments[*number]))
        .collect()
}

/// Size of the ELF as far as it is kept: to the end of the segment table and all that is loaded.
fn kept(elf: &Elf, loaded: &[usize]) -> u64 {
    let segments = loaded.iter().map(|number| &elf.segments[*number]);
    let ends = segments.map(|segment| segment.offset + segment.file_size);
    let table = elf.segment_table_offset() + elf.segment_table().len() as u64;
    ends.fold(table, u64::max)
}

/// Where a segment goes; one that is not loaded stands inside of one that is, or nowhere.
fn place(elf: &Elf, segment: &Segment, loaded: &[usize], offsets: &[u64]) -> Place {
    let around = loaded.iter().zip(offsets).find_map(|(number, offset)| {
        let outer = &elf.segments[*number];
        let start = segment.offset.checked_sub(outer.offset)?;
        (start.checked_add(segment.file_size)? <= outer.file_size).then_some(offset + start)
    });
    Place {
        offset: around.unwrap_or(0),
        size: if around.is_some() {
            segment.file_size
        } else {
            0
        },
        compression: 1,
        encryption: u32::from(segment.kind == Segment::LOAD),
    }
}

fn application(package: Package, keys: &SigningKeys) -> Application {
    Application {
        kind: match package {
            Some(_) => Application::NPDRM,
            None => Application::PLAIN,
        },
        version: keys.version,
        ..Application::OURS
    }
}

fn control(elf: &Elf, package: Package, keys: &SigningKeys, secrets: &Secrets) -> Vec<u8> {
    let mut flags = [0; 0x20];
    // As `make_self` sets them.
    flags[0] = 0x40;
    flags[0x1f] = 0x02;
    let digest = Control::Digest {
        fixed: Control::FIXED_DIGEST,
        elf: Sha1::digest(elf.bytes).into(),
    };
    let mut out = Control::Flags(flags).to_bytes(false);
    out.extend(digest.to_bytes(package.is_none()));
    if let (Some((content_id, name)), Some(protection)) = (package, &keys.protection) {
        let filler = secrets.get("filler", 0);
        out.extend(Control::Npd(npd(content_id, name, filler, protection)).to_bytes(true));
    }
    out
}

/// The block of content protection: free, a program.
///
/// Source: PS3 Developer wiki, "NPD".
fn npd(
    content_id: &ContentId,
    name: &str,
    filler: [u8; 16],
    keys: &ProtectionKeys,
) -> [u8; npd::SIZE] {
    let mut out = npd::head(content_id);
    out[0x40..0x50].copy_from_slice(&filler);
    let named = [&out[0x10..0x40], name.as_bytes()].concat();
    out[0x50..0x60].copy_from_slice(&cmac(&keys.name, &named));
    let key = std::array::from_fn(|i| keys.block[i] ^ keys.free[i]);
    let block = cmac(&key, &out[..0x60]);
    out[0x60..0x70].copy_from_slice(&block);
    out
}

fn cmac(key: &[u8; 16], bytes: &[u8]) -> [u8; 16] {
    let mut mac = <Cmac<Aes128> as KeyInit>::new(&(*key).into());
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// Keys inside of the file, which follow from the user's key and the ELF.
struct Secrets<'a> {
    key: &'a [u8],
    elf: [u8; 20],
}

impl<'a> Secrets<'a> {
    fn new(keys: &'a SigningKeys, elf: &[u8]) -> Self {
        Self {
            key: &keys.private,
            elf: Sha1::digest(elf).into(),
        }
    }

    fn get<const N: usize>(&self, purpose: &str, index: usize) -> [u8; N] {
        let mut out = Vec::new();
        for part in 0..N.div_ceil(20) as u32 {
            let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(self.key)
                .expect("a key of any length is one");
            mac.update(&self.elf);
            mac.update(purpose.as_bytes());
            mac.update(&(index as u32).to_be_bytes());
            mac.update(&part.to_be_bytes());
            out.extend(mac.finalize().into_bytes());
        }
        std::array::from_fn(|i| out[i])
    }
}
