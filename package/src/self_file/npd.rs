//! The block of content protection in a SELF that a debug package installs.
//!
//! Source: PSL1GHT, `pkg.py`; names of the fields: PS3 Developer wiki, "NPD".

use sha1::{Digest, Sha1};

use crate::identifiers::ContentId;

/// Size of the block in bytes, without the head that all control blocks have.
pub(crate) const SIZE: usize = 0x80;

/// What stands in the block until a content ID is filled in: nothing, and what PSL1GHT's
/// `fself.py` leaves there.
pub(crate) const EMPTY_BLOCKS: [[u8; SIZE]; 2] = [[0; SIZE], fself_py_block()];

/// The block for this content ID, in a file whose SHA-1 was this one with an empty block.
pub(super) fn block(content_id: &ContentId, digest: &[u8; 20]) -> [u8; SIZE] {
    let mut out = head(content_id);
    out[0x40..0x70].copy_from_slice(&digests(digest));
    out
}

/// A block for this content ID, with no digest in it.
pub(super) fn head(content_id: &ContentId) -> [u8; SIZE] {
    let mut out = [0; SIZE];
    out[..4].copy_from_slice(b"NPD\0");
    // Version, licence (free) and kind (program).
    for (field, number) in [(4, 1_u32), (8, 3), (12, 1)] {
        out[field..field + 4].copy_from_slice(&number.to_be_bytes());
    }
    out[0x10..][..ContentId::LENGTH].copy_from_slice(content_id.as_str().as_bytes());
    out
}

/// The first 16 bytes of a SHA-1, and the same in two other forms.
fn digests(digest: &[u8; 20]) -> [u8; 0x30] {
    let mut out = [0; 0x30];
    for i in 0..16 {
        out[i] = digest[i];
        out[0x10 + i] = !digest[i];
        out[0x20 + i] = u8::from(i == 15) ^ !digest[i] ^ 0xaa;
    }
    out
}

/// Whether the digests in the block at `start` are those of the file; `None` where they were not
/// made by this rule. One of the three forms may be damaged, and the rule still shows.
pub(super) fn check(file: &[u8], start: usize) -> Option<bool> {
    let found = file.get(start..start + SIZE)?.get(0x40..0x70)?;
    let forms: Vec<[u8; 16]> = (0..3)
        .map(|form| {
            std::array::from_fn(|i| {
                let byte = found[0x10 * form + i];
                match form {
                    0 => byte,
                    1 => !byte,
                    _ => !(byte ^ u8::from(i == 15) ^ 0xaa),
                }
            })
        })
        .collect();
    if forms[0] != forms[1] && forms[0] != forms[2] && forms[1] != forms[2] {
        return None;
    }
    let is_of = |empty: &[u8; SIZE]| {
        let mut before = file.to_vec();
        before[start..start + SIZE].copy_from_slice(empty);
        digests(&Sha1::digest(&before).into()) == found
    };
    Some(EMPTY_BLOCKS.iter().any(is_of))
}

const fn fself_py_block() -> [u8; SIZE] {
    let mut block = [0; SIZE];
    let head = *b"NPD\0\0\0\0\x01\0\0\0\x02\0\0\0\x01";
    let text = *b"Bite Me, Sony\0\xde\x07";
    let mut i = 0;
    while i < 16 {
        block[i] = head[i];
        block[0x10 + i] = 0x30;
        block[0x20 + i] = 0x30;
        block[0x30 + i] = if i == 15 { 0 } else { 0x30 };
        block[0x40 + i] = text[i];
        block[0x50 + i] = 0xab;
        block[0x60 + i] = if i == 15 { 2 } else { 1 };
        i += 1;
    }
    block
}
