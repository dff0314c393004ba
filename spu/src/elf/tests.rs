use alloc::{vec, vec::Vec};
use proptest::prelude::*;
use std::string::ToString;

use super::*;

const CODE: [u8; 32] = [0x35; 32];

fn example() -> Image<'static> {
    Image {
        entry: 0x84,
        segments: vec![
            Segment {
                address: 0x80,
                executable: true,
                contents: Contents::Copy(&CODE),
            },
            Segment {
                address: 0x1230,
                executable: false,
                contents: Contents::Copy(&CODE[..16]),
            },
            Segment {
                address: 0x2000,
                executable: false,
                contents: Contents::Fill(0x1000),
            },
        ],
    }
}

proptest! {
    #[test]
    fn reading_undoes_writing(
        entry in 0u32..0x1_0000,
        parts in prop::collection::vec((1usize..40, 0u32..3, any::<bool>(), any::<u8>()), 1..20),
    ) {
        let contents: Vec<Vec<u8>> =
            parts.iter().map(|&(size, _, _, byte)| vec![byte; size * 16]).collect();
        let mut address = 0;
        let mut segments = vec![];
        for (index, (&(_, gap, executable, _), bytes)) in parts.iter().zip(&contents).enumerate() {
            address += gap * 16;
            let contents = if index % 3 == 2 {
                Contents::Fill(bytes.len() as u32)
            } else {
                Contents::Copy(bytes)
            };
            segments.push(Segment { address, executable, contents });
            address += bytes.len() as u32;
        }
        let image = Image { entry: entry * 4, segments };
        let file = image.to_bytes().unwrap();
        prop_assert_eq!(Image::parse(&file), Ok(image));
    }

    #[test]
    fn any_bytes_parse_or_are_refused(bytes: Vec<u8>) {
        let _ = Image::parse(&bytes);
    }

    #[test]
    fn mutated_files_parse_or_are_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut: prop::sample::Index,
    ) {
        let mut file = example().to_bytes().unwrap();
        for (index, byte) in changes {
            let at = index.index(file.len());
            file[at] = byte;
        }
        if let Ok(image) = Image::parse(&file) {
            prop_assert_eq!(image.check(), Ok(()));
        }
        file.truncate(cut.index(file.len()));
        if let Ok(image) = Image::parse(&file) {
            prop_assert_eq!(image.check(), Ok(()));
        }
    }
}

#[test]
fn truncated_files_say_what_is_missing() {
    let file = example().to_bytes().unwrap();
    assert!(matches!(
        Image::parse(&file[..20]),
        Err(ElfError::Truncated {
            what: "the ELF header",
            needed: 52,
            size: 20
        })
    ));
    assert!(matches!(
        Image::parse(&file[..100]),
        Err(ElfError::Truncated {
            what: "the program header table",
            ..
        })
    ));
    assert!(matches!(
        Image::parse(&file[..200]),
        Err(ElfError::Truncated {
            what: "a segment's contents",
            ..
        })
    ));
}

#[test]
fn wrong_header_fields_are_named() {
    for (at, field) in [
        (0, "e_ident[EI_MAG]"),
        (4, "e_ident[EI_CLASS]"),
        (5, "e_ident[EI_DATA]"),
        (17, "e_type"),
        (19, "e_machine"),
        (43, "e_phentsize"),
    ] {
        let mut file = example().to_bytes().unwrap();
        file[at] ^= 0x40;
        let error = Image::parse(&file).unwrap_err();
        assert!(error.to_string().contains(field), "{error}");
    }
}

#[test]
fn images_that_lv2_would_not_take_are_refused() {
    let broken = |change: fn(&mut Image<'static>)| {
        let mut image = example();
        change(&mut image);
        let error = image.check().unwrap_err();
        assert_eq!(image.to_bytes().unwrap_err(), error);
        error
    };
    assert_eq!(broken(|i| i.entry = 0x82), ElfError::Entry { entry: 0x82 });
    assert_eq!(
        broken(|i| i.entry = 0x4_0000),
        ElfError::Entry { entry: 0x4_0000 }
    );
    assert!(matches!(
        broken(|i| i.segments[1].address = 0x90),
        ElfError::Overlap { index: 1, other: 0 }
    ));
    assert!(matches!(
        broken(|i| i.segments[2].address = 0x3_f010),
        ElfError::OutsideLocalStore { index: 2, .. }
    ));
    assert!(matches!(
        broken(|i| i.segments[2].contents = Contents::Fill(u32::MAX - 15)),
        ElfError::OutsideLocalStore { index: 2, .. }
    ));
    assert!(matches!(
        broken(|i| i.segments[0].address = 8),
        ElfError::Misaligned { index: 0, .. }
    ));
    assert!(matches!(
        broken(|i| i.segments[2].contents = Contents::Fill(8)),
        ElfError::Misaligned { index: 2, .. }
    ));
    assert_eq!(
        broken(|i| i.segments.clear()),
        ElfError::SegmentCount { count: 0 }
    );
    assert_eq!(
        broken(|i| i.segments.drain(..2).for_each(drop)),
        ElfError::SegmentCount { count: 1 }
    );
}

#[test]
fn loading_copies_and_fills() {
    let mut memory = std::boxed::Box::new([0xff; crate::asm::LOCAL_STORE as usize]);
    example().load(&mut memory).unwrap();
    assert_eq!(memory[0x80..0xa0], CODE);
    assert_eq!(memory[0x1230..0x1240], CODE[..16]);
    assert!(memory[0x2000..0x3000].iter().all(|&byte| byte == 0));
    assert_eq!(
        (memory[0x7f], memory[0xa0], memory[0x3000]),
        (0xff, 0xff, 0xff)
    );
}
