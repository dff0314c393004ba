//! The digests behind header and metadata.

use aes::Aes128;
use cmac::{Cmac, KeyInit, Mac};
use sha1::{Digest, Sha1};

use super::cipher::{Cipher, RetailKey};
use super::header::Header;
use super::{DIGESTS, Error};

/// The digests of a debug package: those of the header and those of the metadata. Each begins
/// with the bytes 3 to 18 of a SHA-1; the rest is keystream, that of the header laid over that
/// of the metadata.
///
/// Source: PSL1GHT, `pkg.py`.
pub(super) fn debug(header: &[u8; Header::SIZE], metadata: &[u8]) -> [[u8; DIGESTS]; 2] {
    let mut keystream = [0; DIGESTS - 16];
    let mut digests = |part: &[u8]| {
        let whole = Sha1::digest(part);
        let digest: [u8; 16] = std::array::from_fn(|i| whole[3 + i]);
        Cipher::debug(&digest).apply(0, &mut keystream);
        let mut out = [0; DIGESTS];
        out[..16].copy_from_slice(&digest);
        out[16..].copy_from_slice(&keystream);
        out
    };
    let of_metadata = digests(metadata);
    let of_header = digests(header);
    [of_header, of_metadata]
}

/// Where the last eight bytes of the SHA-1 stand in the digests of a retail package.
const SHA1_TAIL: usize = 0x38;

/// The digests of a part of a retail package: AES-CMAC, room for a signature (zeros here, as
/// `package_finalize` leaves it to consoles that do not ask for one), and the last eight bytes
/// of the SHA-1.
///
/// Source: PS3 Developer wiki, "PKG files", PKG Digest.
pub(super) fn retail(part: &[u8], key: &RetailKey) -> [u8; DIGESTS] {
    let mut out = [0; DIGESTS];
    out[..16].copy_from_slice(&cmac(part, key));
    out[SHA1_TAIL..].copy_from_slice(&sha1_tail(part));
    out
}

/// What the digests of a retail package say about the part ahead of them.
///
/// # Errors
/// [`Error::Damaged`] where they do not fit. Without the key only the SHA-1 is looked at.
pub(super) fn check_retail(
    name: &str,
    part: &[u8],
    digests: &[u8; DIGESTS],
    key: Option<&RetailKey>,
) -> Result<(), Error> {
    if digests[SHA1_TAIL..] != sha1_tail(part) {
        return Err(Error::damaged(name, "its SHA-1 is another one"));
    }
    if let Some(key) = key
        && digests[..16] != cmac(part, key)
    {
        return Err(Error::damaged(
            name,
            "its CMAC is another one, or the key is not the right one",
        ));
    }
    Ok(())
}

fn sha1_tail(part: &[u8]) -> [u8; 8] {
    let whole = Sha1::digest(part);
    std::array::from_fn(|i| whole[12 + i])
}

fn cmac(part: &[u8], key: &RetailKey) -> [u8; 16] {
    let mut mac = Cmac::<Aes128>::new(&key.0.into());
    mac.update(part);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first 0x80 bytes of a package from the shop, and the last eight of its digests, as the
    /// PS3 Developer wiki shows them ("PKG files", Example from a retail PS3 .pkg).
    #[test]
    fn the_sha1_of_a_real_header_is_found() {
        let mut header = Vec::new();
        for word in [
            0x7f50_4b47_8000_0001_0000_00c0_0000_0008_u128,
            0x0000_00c0_0000_0002_0000_0000_0000_17c0,
            0x0000_0000_0000_0180_0000_0000_0000_15e0,
        ] {
            header.extend(word.to_be_bytes());
        }
        header.extend(b"UP0001-NPUB30162_00-SCOTTPILGRIM0002\0\0\0\0\0\0\0\0\0\0\0\0");
        for word in [
            0x098b_a2ca_2d30_301f_8b5b_8279_c670_35f3_u128,
            0xd5fa_159e_7fac_8270_bb3e_0ceb_973d_3011,
        ] {
            header.extend(word.to_be_bytes());
        }
        assert_eq!(sha1_tail(&header), 0xec61_4039_a65b_dcbd_u64.to_be_bytes());
    }

    #[test]
    fn cmac_is_that_of_rfc_4493() {
        let key = RetailKey(0x2b7e1516_28aed2a6_abf71588_09cf4f3c_u128.to_be_bytes());
        let message = 0x6bc1bee2_2e409f96_e93d7e11_7393172a_u128.to_be_bytes();
        assert_eq!(
            u128::from_be_bytes(cmac(&message, &key)),
            0x070a16b4_6b4d4144_f79bdd9d_d04a287c
        );
    }

    #[test]
    fn what_is_made_checks_and_what_is_changed_does_not() {
        let key = RetailKey([3; 16]);
        let digests = retail(b"part", &key);
        assert!(check_retail("it", b"part", &digests, Some(&key)).is_ok());
        assert!(check_retail("it", b"part", &digests, None).is_ok());
        assert!(check_retail("it", b"part", &digests, Some(&RetailKey([4; 16]))).is_err());
        assert!(check_retail("it", b"pArt", &digests, None).is_err());
    }
}
