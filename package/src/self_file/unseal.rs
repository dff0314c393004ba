//! Opens signed SELFs with the user's own keys.

use sha1::{Digest, Sha1};

use super::elf::Elf;
use super::error::{Error, part};
use super::read::SelfFile;
use super::seal::{self, INFO, METADATA_HEADER, PART, SIGNATURE};
use crate::big_endian::{array_at, u32_at, u64_at};
use crate::keys::{Curve, SCALAR, Signature, SigningKeys};

/// What a part is: a segment.
const SEGMENT: u32 = 2;

impl SelfFile<'_> {
    /// The ELF in a signed file, as far as it is loaded into memory: the signature and the digest
    /// of every part are checked.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a signature or a digest does not fit, which is also so where the
    /// file was signed with other keys; or one about a field.
    pub fn unseal(&self, keys: &SigningKeys, curve: &Curve) -> Result<Vec<u8>, Error> {
        let header_size = self.header_size();
        let mut head = self.bytes()[..header_size].to_vec();
        let info = self.metadata_offset();
        let too_short = header_size
            .checked_sub(info)
            .is_none_or(|room| room < INFO + METADATA_HEADER);
        if too_short {
            return Err(Error::Truncated {
                part: "the metadata of the SELF".into(),
                expected: (info + INFO + METADATA_HEADER) as u64,
                found: header_size as u64,
            });
        }
        seal::open(&mut head[info..], keys);
        let metadata = info + INFO;
        let signed = u64_at(&head, metadata);
        let signature = part(&head, "the signature", signed, SIGNATURE as u64)
            .map_err(|_| Error::Damaged("the key, or the metadata, which it should decrypt,"))?;
        let signature = Signature {
            r: array_at(signature, 0),
            s: array_at(signature, SCALAR),
        };
        let digest = Sha1::digest(&head[..signed as usize]).into();
        if !curve.verifies(&digest, &signature, &keys.public) {
            return Err(Error::Damaged("the signature"));
        }
        self.rebuild(&head, metadata)
    }

    /// Puts header, segment table and segments where the ELF has them.
    fn rebuild(&self, head: &[u8], metadata: usize) -> Result<Vec<u8>, Error> {
        let count = u64::from(u32_at(head, metadata + 0x0c));
        let key_count = u64::from(u32_at(head, metadata + 0x10));
        let parts_at = (metadata + METADATA_HEADER) as u64;
        let parts = part(head, "the parts", parts_at, count * PART as u64)?;
        let keys_at = parts_at + count * PART as u64;
        let keys = part(head, "the keys", keys_at, key_count * 0x10)?;
        let mut elf = self.elf_headers()?;
        for entry in parts.chunks_exact(PART) {
            if u32_at(entry, 0x10) != SEGMENT {
                continue;
            }
            let (offset, size) = (u64_at(entry, 0), u64_at(entry, 8));
            let mut bytes = part(self.bytes(), "a part", offset, size)?.to_vec();
            let key = |field: usize, size: u64| {
                let index = u64::from(u32_at(entry, field));
                part(keys, "a key", index * 0x10, size)
            };
            if u32_at(entry, 0x20) == 3 {
                let (key, start) = (key(0x24, 16)?, key(0x28, 16)?);
                seal::stream(&array_at(key, 0), &array_at(start, 0), &mut bytes);
            }
            let digest = key(0x1c, 0x60)?;
            if digest[..20] != seal::digest(&array_at(digest, 0x20), &bytes) {
                return Err(Error::Damaged("the digest of a part"));
            }
            if u32_at(entry, 0x2c) == 2 {
                return Err(Error::field("the compression", 2, "1 (none)"));
            }
            let start = self.segment_offset(u32_at(entry, 0x14))?;
            let end = start.checked_add(bytes.len());
            let room = end.and_then(|end| elf.get_mut(start..end));
            room.ok_or(Error::Damaged("a segment"))?
                .copy_from_slice(&bytes);
        }
        Elf::parse(&elf)?;
        Ok(elf)
    }
}
