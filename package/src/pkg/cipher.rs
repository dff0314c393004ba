//! The two ways in which the data is enciphered. Either is a stream: the same function enciphers
//! and deciphers.

use std::fmt;

use aes::Aes128;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use sha1::{Digest, Sha1};

/// The AES key of retail packages, which only the user can bring.
#[derive(Clone, PartialEq, Eq)]
pub struct RetailKey(pub [u8; 16]);

impl fmt::Debug for RetailKey {
    /// Keeps the key out of messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetailKey")
    }
}

/// How the data of a package is enciphered.
pub(super) enum Cipher {
    /// The first 16 bytes of SHA-1 over a block of 64: the halves of a digest, each twice, and a
    /// counter in the last eight bytes.
    Debug([u8; 64]),
    /// AES-128 in counter mode, from the header's start value on.
    Retail(Box<Ctr128BE<Aes128>>),
}

impl Cipher {
    /// The keystream of a digest, as debug packages use it.
    ///
    /// Source: PSL1GHT, `pkg.py` and `crypt.c`.
    pub fn debug(digest: &[u8; 16]) -> Self {
        let mut block = [0; 64];
        let (low, high) = digest.split_at(8);
        for (part, half) in block.chunks_mut(8).zip([low, low, high, high]) {
            part.copy_from_slice(half);
        }
        Self::Debug(block)
    }

    /// Source: PSL1GHT, `package_finalize`.
    pub fn retail(key: &RetailKey, start: &[u8; 16]) -> Self {
        Self::Retail(Box::new(Ctr128BE::new(&key.0.into(), &(*start).into())))
    }

    /// Enciphers or deciphers bytes that stand `offset` bytes from the beginning of the data.
    pub fn apply(&mut self, offset: u64, bytes: &mut [u8]) {
        match self {
            Self::Retail(stream) => {
                stream.seek(offset);
                stream.apply_keystream(bytes);
            }
            Self::Debug(block) => {
                let mut number = offset / 16;
                let mut skip = (offset % 16) as usize;
                let mut rest = bytes;
                while !rest.is_empty() {
                    let (part, behind) = rest.split_at_mut(rest.len().min(16 - skip));
                    block[56..].copy_from_slice(&number.to_be_bytes());
                    let stream = Sha1::digest(&block[..]);
                    for (byte, key) in part.iter_mut().zip(&stream[skip..]) {
                        *byte ^= key;
                    }
                    (rest, skip, number) = (behind, 0, number.wrapping_add(1));
                }
            }
        }
    }
}

/// The start value for a retail package: the keystream's block with the highest number.
///
/// Source: PSL1GHT, `pkg.py`; the same field serves `package_finalize` as start value.
pub(super) fn start_value(qa_digest: &[u8; 16]) -> [u8; 16] {
    let Cipher::Debug(mut block) = Cipher::debug(qa_digest) else {
        unreachable!("it was just made")
    };
    block[56..].fill(0xff);
    let stream = Sha1::digest(block);
    std::array::from_fn(|i| stream[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ciphers() -> [Cipher; 2] {
        [
            Cipher::debug(&[7; 16]),
            Cipher::retail(&RetailKey([9; 16]), &[0xff; 16]),
        ]
    }

    #[test]
    fn any_piece_deciphers_alone() {
        for mut cipher in ciphers() {
            let plain: Vec<u8> = (0..200).collect();
            let mut whole = plain.clone();
            cipher.apply(0, &mut whole);
            assert_ne!(whole, plain);
            for (start, end) in [(0, 200), (0, 1), (15, 17), (16, 48), (33, 199)] {
                let mut piece = whole[start..end].to_vec();
                cipher.apply(start as u64, &mut piece);
                assert_eq!(piece, plain[start..end]);
            }
        }
    }

    #[test]
    fn the_counter_of_the_retail_cipher_is_128_bits_wide() {
        // SP 800-38A, F.5.1: AES-128 in counter mode.
        let key = 0x2b7e1516_28aed2a6_abf71588_09cf4f3c_u128.to_be_bytes();
        let start = 0xf0f1f2f3_f4f5f6f7_f8f9fafb_fcfdfeff_u128.to_be_bytes();
        let mut cipher = Cipher::retail(&RetailKey(key), &start);
        let mut second = 0xae2d8a57_1e03ac9c_9eb76fac_45af8e51_u128.to_be_bytes();
        cipher.apply(16, &mut second);
        assert_eq!(
            u128::from_be_bytes(second),
            0x9806f66b_7970fdff_8617187b_b9fffdff
        );
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", RetailKey([0x5a; 16])), "RetailKey");
    }
}
