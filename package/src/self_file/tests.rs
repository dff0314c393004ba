//! Signed SELFs, with keys that were made up here.

use proptest::prelude::*;

use super::*;
use crate::identifiers::ContentId;
use crate::keys::{Curve, KeyFile, SigningKeys, Use, curve_tests};

fn curve() -> Curve {
    Curve::from_file(&curve_tests::file(), 0).unwrap()
}

fn keys(purpose: Use) -> SigningKeys {
    let mut private = [0x3c; 21];
    private[0] = 0;
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let public = hex(&curve().public(&private).unwrap());
    let mut file = String::new();
    for (name, purpose, revision) in [("a", "APP", 4), ("b", "APP", 1), ("c", "NPDRM", 3)] {
        file += &format!(
            "[{name}]\ntype=SELF\nself_type={purpose}\nrevision={revision:04x}\n\
             version=0003005500000000\nerk={}\nriv={}\npub={public}\npriv={}\nctype=00\n",
            hex(&[revision; 32]),
            hex(&[0x22; 16]),
            hex(&private)
        );
    }
    for (number, name) in ["NP_tid", "NP_ci", "NP_klic_free", "NP_klic_key"]
        .iter()
        .enumerate()
    {
        file += &format!(
            "[{name}]\ntype=OTHER\nkey={}\n",
            hex(&[number as u8 + 1; 16])
        );
    }
    KeyFile::parse(file.as_bytes())
        .unwrap()
        .signing_keys(purpose)
        .unwrap()
}

/// An ELF with two loaded segments, one of them empty in the file, and one inside of the first.
fn elf() -> Vec<u8> {
    let mut out = b"\x7fELF\x02\x02\x01\x66".to_vec();
    out.resize(0x10, 0);
    out.extend([0, 2, 0, 21, 0, 0, 0, 1]);
    out.extend([0x1_0000_u64, 0x40, 0].map(u64::to_be_bytes).concat());
    out.extend([0, 0, 0, 0]);
    out.extend(
        [0x40_u16, 0x38, 4, 0x40, 0, 0]
            .map(u16::to_be_bytes)
            .concat(),
    );
    for (kind, offset, address, size, memory) in [
        (1_u32, 0_u64, 0x1_0000_u64, 0x333_u64, 0x333_u64),
        (1, 0x400, 0x2_0000, 0x55, 0x1000),
        (1, 0x455, 0x3_0000, 0, 0x10),
        (0x6000_0001, 0x200, 0x1_0200, 0x28, 0x28),
    ] {
        out.extend(kind.to_be_bytes());
        out.extend([0, 0, 0, 7]);
        let numbers = [offset, address, address, size, memory, 0x100];
        out.extend(numbers.map(u64::to_be_bytes).concat());
    }
    let filling = (out.len()..0x333).map(|i| i as u8).collect::<Vec<_>>();
    out.extend(filling);
    out.resize(0x400, 0);
    out.extend([0x77; 0x55]);
    out
}

fn content_id() -> ContentId {
    "UP0001-TEST00001_00-0000111122223333".parse().unwrap()
}

fn signed(purpose: Use) -> Vec<u8> {
    let id = content_id();
    let package = (purpose == Use::PackageProgram).then_some((&id, "EBOOT.BIN"));
    sign(&elf(), package, &keys(purpose), &curve()).unwrap()
}

#[test]
fn a_signed_elf_comes_out_as_it_went_in() {
    for (purpose, revision) in [(Use::Program, 4), (Use::PackageProgram, 3)] {
        let made = signed(purpose);
        assert_eq!(made, signed(purpose));
        let read = SelfFile::parse(&made).unwrap();
        assert!(!read.is_fake_signed());
        assert_eq!(read.is_npdrm(), purpose == Use::PackageProgram);
        assert_eq!(made[9], revision);
        assert_eq!(read.elf().unwrap_err(), Error::Encrypted);
        assert_eq!(read.unseal(&keys(purpose), &curve()).unwrap(), elf());
        // Nothing of it can be read without a key.
        let secret = [0x77; 16];
        assert!(!made.windows(16).any(|bytes| bytes == secret));
    }
}

#[test]
fn other_keys_do_not_open_it() {
    let made = signed(Use::Program);
    let read = SelfFile::parse(&made).unwrap();
    assert!(read.unseal(&keys(Use::PackageProgram), &curve()).is_err());
    let wrong_use = sign(&elf(), None, &keys(Use::PackageProgram), &curve());
    assert_eq!(
        wrong_use.unwrap_err().to_string(),
        "the use of the keys is NPDRM, expected the program's"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_changed_byte_is_found_or_is_padding(
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let mut made = signed(Use::PackageProgram);
        let at = at.index(made.len());
        made[at] ^= flip;
        let opened = SelfFile::parse(&made)
            .and_then(|read| read.unseal(&keys(Use::PackageProgram), &curve()));
        if let Ok(opened) = opened {
            prop_assert_eq!(opened, elf(), "byte {:#x}", at);
        }
    }

    #[test]
    fn a_cut_file_is_refused(length in any::<prop::sample::Index>()) {
        let made = signed(Use::Program);
        // The last byte that is not padding.
        let end = made.len() - 11;
        let cut = &made[..length.index(end)];
        let opened = SelfFile::parse(cut)
            .and_then(|read| read.unseal(&keys(Use::Program), &curve()));
        prop_assert!(opened.is_err());
    }
}
