//! SELFs are read as they were made, and damage is found.

mod common;

use package::self_file::{Error, SelfFile, Wrapping, npd_offset, wrap};
use proptest::prelude::*;

#[test]
fn the_elf_comes_out_as_it_went_in() {
    let id = common::content_id();
    for version in [None, Some("sys_version:4.75")] {
        let elf = common::elf(version);
        for wrapping in [Wrapping::Plain, Wrapping::Package(&id)] {
            let made = wrap(&elf, wrapping).unwrap();
            assert_eq!(made, wrap(&elf, wrapping).unwrap());
            let read = SelfFile::parse(&made).unwrap();
            assert!(read.is_fake_signed());
            assert_eq!(read.is_npdrm(), wrapping != Wrapping::Plain);
            assert_eq!(read.elf().unwrap().bytes, elf);
            assert_eq!(read.check(), Ok(true));
            assert_eq!(npd_offset(&made).is_some(), read.is_npdrm());
        }
    }
}

/// Offsets and values by the PS3 Developer wiki, "SELF - SPRX".
#[test]
fn the_headers_are_where_loaders_look() {
    let elf = common::elf(Some("x"));
    let made = wrap(&elf, Wrapping::Plain).unwrap();
    let u64_at = |at: usize| u64::from_be_bytes(made[at..at + 8].try_into().unwrap());
    assert_eq!(made[..0xc], *b"SCE\0\0\0\0\x02\x80\0\0\x01");
    assert_eq!(u64_at(0x10) % 0x80, 0);
    assert_eq!(made[u64_at(0x10) as usize..], elf);
    assert_eq!(u64_at(0x18), elf.len() as u64);
    assert_eq!(u64_at(0x20), 3);
    assert_eq!(u64_at(0x28), 0x70);
    assert_eq!(u64_at(0x70), 0x1010_0000_0100_0003);
    assert_eq!(made[0x7f], 4);
    assert_eq!(u64_at(0x30), 0x90);
    assert_eq!(made[0x90..0xd0], elf[..0x40]);
    assert_eq!(u64_at(0x38), 0xd0);
    // The first segment's place: moved by the headers, not deflated, not encrypted.
    let place = u64_at(0x48) as usize;
    assert_eq!(u64_at(place), u64_at(0x10) + 0x100);
    assert_eq!(u64_at(place + 8), 0x150);
    assert_eq!(u64_at(place + 0x10), 1 << 32);
    assert_eq!(u64_at(place + 0x18), 2);
    assert_eq!(u64_at(0x60), 0x70);
    // Metadata would begin behind the control blocks.
    let metadata = u32::from_be_bytes(made[0xc..0x10].try_into().unwrap());
    assert_eq!(u64::from(metadata) + 0x20, u64_at(0x58) + u64_at(0x60));
}

#[test]
fn the_content_id_is_in_a_package_s_program() {
    let id = common::content_id();
    let made = wrap(&common::elf(None), Wrapping::Package(&id)).unwrap();
    let start = npd_offset(&made).unwrap();
    assert_eq!(made[start..start + 4], *b"NPD\0");
    assert_eq!(made[start + 0x10..][..36], *id.as_str().as_bytes());
    let shown = SelfFile::parse(&made).unwrap().to_string();
    assert!(shown.contains("content ID UP0001-TEST00001_00-0000111122223333"));
    assert!(shown.contains("segment 0: 336 bytes at 0x"), "{shown}");
}

#[test]
fn padding_of_a_package_is_no_part_of_the_elf() {
    let elf = common::elf(None);
    let mut made = wrap(&elf, Wrapping::Plain).unwrap();
    made.extend([0; 63]);
    let read = SelfFile::parse(&made).unwrap();
    assert_eq!(read.elf().unwrap().bytes, elf);
    assert_eq!(read.check(), Ok(true));
}

#[test]
fn an_encrypted_file_stays_closed() {
    let mut made = wrap(&common::elf(None), Wrapping::Plain).unwrap();
    made[8..10].copy_from_slice(&[0, 4]);
    let read = SelfFile::parse(&made).unwrap();
    assert!(!read.is_fake_signed());
    assert_eq!(read.elf().unwrap_err(), Error::Encrypted);
    assert_eq!(read.check(), Ok(false));
    assert!(
        read.to_string()
            .starts_with("signed SELF, key revision 0x4")
    );
}

#[test]
fn other_elfs_are_refused_by_field() {
    let refused = |at: usize, value: u8| {
        let mut elf = common::elf(None);
        elf[at] = value;
        wrap(&elf, Wrapping::Plain).unwrap_err().to_string()
    };
    assert_eq!(
        refused(4, 1),
        "the class of the ELF is 0x1, expected 0x2 (64 bits)"
    );
    assert_eq!(
        refused(5, 1),
        "the byte order of the ELF is 0x1, expected 0x2 (big-endian)"
    );
    assert_eq!(
        refused(7, 0),
        "the OS ABI of the ELF is 0x0, expected 0x66 (LV2)"
    );
    assert_eq!(
        refused(0x13, 62),
        "the machine of the ELF is 0x3e, expected 0x15 (PPC64)"
    );
    assert_eq!(
        refused(0x1d, 9),
        "the entry of the ELF is 0x90008, expected an address in a loaded segment"
    );
    assert!(refused(0x39, 200).starts_with("the segment table of the ELF should end at byte"));
    assert!(refused(0x66, 200).starts_with("segment 0 of the ELF should end at byte"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_changed_byte_is_found_or_does_not_matter(
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
        in_headers in any::<bool>(),
    ) {
        let elf = common::elf(Some("version"));
        let mut made = wrap(&elf, Wrapping::Package(&common::content_id())).unwrap();
        let at = at.index(if in_headers { 0x400 } else { made.len() });
        made[at] ^= flip;
        if let Ok(read) = SelfFile::parse(&made)
            && let Ok(true) = read.check()
        {
            prop_assert_eq!(read.elf().unwrap().bytes, elf);
        }
        let _ = npd_offset(&made);
    }

    #[test]
    fn any_changed_byte_of_a_package_s_program_is_found(
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
        in_headers in any::<bool>(),
    ) {
        let elf = common::elf(Some("version"));
        let mut made = wrap(&elf, Wrapping::Package(&common::content_id())).unwrap();
        let at = at.index(if in_headers { 0x400 } else { made.len() });
        let npd = npd_offset(&made).unwrap();
        // The content ID is filled in behind the digest, and so are the fields around it.
        prop_assume!(!(npd..npd + 0x40).contains(&at) && !(npd + 0x70..npd + 0x80).contains(&at));
        made[at] ^= flip;
        let found = SelfFile::parse(&made).and_then(|read| read.check());
        // A file that is not fake-signed any more, or not for a package, tells nothing.
        prop_assert_ne!(found, Ok(true), "byte {:#x}", at);
    }

    #[test]
    fn a_cut_file_is_refused(length in any::<prop::sample::Index>()) {
        let made = wrap(&common::elf(None), Wrapping::Plain).unwrap();
        let cut = &made[..length.index(made.len())];
        if let Ok(read) = SelfFile::parse(cut) {
            prop_assert!(read.check().is_err());
        }
    }

    #[test]
    fn a_changed_elf_makes_a_good_self_or_an_error(
        at in 0_usize..0x100,
        value in any::<u8>(),
    ) {
        let mut elf = common::elf(Some("version"));
        elf[at] = value;
        if let Ok(made) = wrap(&elf, Wrapping::Plain) {
            let read = SelfFile::parse(&made).unwrap();
            prop_assert_eq!(read.check(), Ok(true));
            prop_assert_eq!(read.elf().unwrap().bytes, elf);
        }
    }
}
