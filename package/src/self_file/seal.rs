//! How the encrypted parts of a signed SELF are encrypted.
//!
//! Source: scetool, `sce.cpp` and `np.cpp`; PSL1GHT, `make_self`.

use aes::cipher::{
    Block, BlockCipherDecrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher,
};
use aes::{Aes128, Aes256};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::keys::{ProtectionKeys, SigningKeys};

/// Size of the encrypted key of the metadata.
pub(super) const INFO: usize = 0x40;
/// Size of the metadata's header.
pub(super) const METADATA_HEADER: usize = 0x20;
/// Size of the entry of a part.
pub(super) const PART: usize = 0x30;
/// Size of digest with its padding, digest key, key and start value of a part.
pub(super) const PART_KEYS: usize = 0x80;
/// Size of the signature with its padding.
pub(super) const SIGNATURE: usize = 0x30;

/// Encrypts the key of the metadata, and the metadata behind it with that key.
pub(super) fn close(bytes: &mut [u8], keys: &SigningKeys) {
    let (info, metadata) = bytes.split_at_mut(INFO);
    let (key, start) = metadata_key(info);
    stream(&key, &start, metadata);
    cbc::Encryptor::<Aes256>::new(&keys.key.into(), &keys.start.into())
        .encrypt_blocks(Block::<Aes256>::slice_as_chunks_mut(info).0);
    if let Some(protection) = &keys.protection {
        cbc::Encryptor::<Aes128>::new(&licence_key(protection).into(), &[0; 16].into())
            .encrypt_blocks(Block::<Aes128>::slice_as_chunks_mut(info).0);
    }
}

/// Decrypts what [`close`] encrypts. Other keys make noise of it.
pub(super) fn open(bytes: &mut [u8], keys: &SigningKeys) {
    let (info, metadata) = bytes.split_at_mut(INFO);
    if let Some(protection) = &keys.protection {
        cbc::Decryptor::<Aes128>::new(&licence_key(protection).into(), &[0; 16].into())
            .decrypt_blocks(Block::<Aes128>::slice_as_chunks_mut(info).0);
    }
    cbc::Decryptor::<Aes256>::new(&keys.key.into(), &keys.start.into())
        .decrypt_blocks(Block::<Aes256>::slice_as_chunks_mut(info).0);
    let (key, start) = metadata_key(info);
    stream(&key, &start, metadata);
}

/// Key and start value; each is followed by zeros.
fn metadata_key(info: &[u8]) -> ([u8; 16], [u8; 16]) {
    let half = |start: usize| std::array::from_fn(|i| info[start + i]);
    (half(0), half(0x20))
}

/// The key for free content.
fn licence_key(keys: &ProtectionKeys) -> [u8; 16] {
    let mut block = Block::<Aes128>::from(keys.free);
    Aes128::new(&keys.licence.into()).decrypt_block(&mut block);
    block.into()
}

/// Encrypts or decrypts a part with AES-128 in counter mode.
pub(super) fn stream(key: &[u8; 16], start: &[u8; 16], bytes: &mut [u8]) {
    ctr::Ctr128BE::<Aes128>::new(&(*key).into(), &(*start).into()).apply_keystream(bytes);
}

/// The digest of a part: HMAC-SHA1.
pub(super) fn digest(key: &[u8; 64], bytes: &[u8]) -> [u8; 20] {
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(key).expect("a key of any length is one");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}
