//! Images made by hand, good ones and spoiled ones.

use proptest::prelude::*;

use super::{BUDGET, ImageError, finish, strip};

/// Where things lie in the image below; file offset and address differ by `SHIFT`.
const SHIFT: u32 = 0xf000;
const PROCESS: u32 = 0x1_0200;
const PRX: u32 = 0x1_0240;
const IMPORTS: u32 = 0x1_0280;
const NAMES: u32 = 0x1_02e0;
const FNIDS: u32 = 0x1_0300;
const CODE: u32 = 0x1_0320;
const DATA: u32 = 0x1_0400;
const SLOTS: u32 = DATA + 8;
const END: u32 = DATA + 0x20;

fn put(bytes: &mut [u8], address: u32, words: &[u32]) {
    for (index, word) in words.iter().enumerate() {
        let at = (address - SHIFT) as usize + 4 * index;
        bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }
}

/// What a linker would leave: two libraries with two functions and one, counts not filled in.
fn linked() -> Vec<u8> {
    let mut bytes = vec![0u8; (END - SHIFT) as usize];
    bytes[..7].copy_from_slice(b"\x7fELF\x02\x02\x01");
    let header = 0xf000;
    put(
        &mut bytes,
        header + 16,
        &[2 << 16 | 21, 1, 0, DATA, 0, 64, 0, 0, 2, 64 << 16 | 56],
    );
    put(&mut bytes, header + 56, &[4 << 16 | 64, 0]);
    let segments: [(u32, u32, u32, u32); 4] = [
        (1, 5, 0x1_0000, DATA - 0x1_0000),
        (1, 6, DATA, END - DATA),
        (0x6000_0001, 4, PROCESS, 0x24),
        (0x6000_0002, 4, PRX, 0x28),
    ];
    for (index, (kind, flags, address, size)) in segments.into_iter().enumerate() {
        let memory = if flags == 6 { size + 0x40 } else { size };
        let at = header + 64 + 56 * index as u32;
        let offset = address - SHIFT;
        put(
            &mut bytes,
            at,
            &[kind, flags, 0, offset, 0, address, 0, address],
        );
        put(&mut bytes, at + 32, &[0, size, 0, memory, 0, 16]);
    }
    let process = [
        0x24,
        0x13bc_c5f6,
        0x9000,
        0x19_2001,
        1000,
        0x10_0000,
        0x10_0000,
        0,
        0,
    ];
    put(&mut bytes, PROCESS, &process);
    let table_end = IMPORTS + 2 * 0x2c;
    put(
        &mut bytes,
        PRX,
        &[
            0x28,
            0x1b43_4cec,
            2,
            0,
            IMPORTS,
            IMPORTS,
            IMPORTS,
            table_end,
        ],
    );
    put(&mut bytes, PRX + 0x20, &[0x101_0000, 0]);
    let entry = |name, fnids, slots, end| {
        [
            0x2c00_0001,
            0x9_0000,
            0,
            0,
            name,
            fnids,
            slots,
            end,
            0,
            0,
            0,
        ]
    };
    put(&mut bytes, IMPORTS, &entry(NAMES, FNIDS, SLOTS, FNIDS + 8));
    put(
        &mut bytes,
        IMPORTS + 0x2c,
        &entry(NAMES + 8, FNIDS + 8, SLOTS + 8, FNIDS + 12),
    );
    let names = (NAMES - SHIFT) as usize;
    bytes[names..names + 14].copy_from_slice(b"sys_io\0\0cellS\0");
    put(&mut bytes, FNIDS, &[0x1cf9_8800, 0xa703_a51d, 0x189a_74da]);
    put(&mut bytes, CODE, &[0x4e80_0020]);
    put(&mut bytes, DATA, &[CODE, 0]);
    bytes
}

/// The error that comes of changing one word.
fn spoiled(address: u32, word: u32) -> Option<ImageError> {
    let mut bytes = linked();
    put(&mut bytes, address, &[word]);
    finish(&mut bytes, BUDGET).err()
}

#[test]
fn a_good_image_is_finished_and_described() {
    let mut bytes = linked();
    let summary = finish(&mut bytes, BUDGET).expect("a good image");
    assert_eq!(bytes[7], 0x66);
    assert_eq!(summary.entry, DATA);
    assert_eq!(
        (summary.text, summary.data, summary.zero),
        (0x400, 0x20, 0x40)
    );
    assert_eq!(
        (summary.process.priority, summary.process.stack_size),
        (1000, 0x10_0000)
    );
    let [io, other] = &summary.imports[..] else {
        panic!("{:?}", summary.imports)
    };
    assert_eq!(
        (io.name.as_str(), &io.fnids[..]),
        ("sys_io", &[0x1cf9_8800, 0xa703_a51d][..])
    );
    assert_eq!((other.name.as_str(), other.slots), ("cellS", SLOTS + 8));
    assert!(summary.to_string().contains("sys_io: 1cf98800 a703a51d"));
}

#[test]
fn finishing_twice_changes_nothing() {
    let mut once = linked();
    let first = finish(&mut once, BUDGET).expect("a good image");
    let mut twice = once.clone();
    assert_eq!(finish(&mut twice, BUDGET).as_ref(), Ok(&first));
    assert_eq!(once, twice);
}

#[test]
fn stripping_keeps_all_that_is_loaded() {
    let mut bytes = linked();
    finish(&mut bytes, BUDGET).expect("a good image");
    let loaded = bytes.clone();
    bytes.extend_from_slice(b"symbols");
    bytes[0x28..0x30].copy_from_slice(&(loaded.len() as u64).to_be_bytes());
    strip(&mut bytes).expect("a good image");
    assert_eq!(bytes, loaded);
}

#[test]
fn what_the_system_would_refuse_is_named() {
    let entry = ImageError::Address {
        field: "first word of the entry descriptor",
        address: u64::from(DATA),
        expected: "an instruction",
    };
    assert_eq!(spoiled(DATA, DATA), Some(entry));
    let magic = "magic of the process parameters";
    assert!(
        matches!(spoiled(PROCESS + 4, 0), Some(ImageError::Value { field, .. }) if field == magic)
    );
    assert!(matches!(
        spoiled(FNIDS + 4, 0x1cf9_8800),
        Some(ImageError::DoubleImport {
            fnid: 0x1cf9_8800,
            ..
        })
    ));
    let name = Some(ImageError::LibraryName { address: NAMES });
    assert_eq!(spoiled(NAMES, 0x7379_002f), None);
    assert_eq!(spoiled(NAMES, 0x2f72_6f6f), name);
    assert!(matches!(
        spoiled(IMPORTS + 0x18, CODE),
        Some(ImageError::Address { .. })
    ));
    assert!(matches!(
        spoiled(IMPORTS + 0x1c, FNIDS - 4),
        Some(ImageError::Address { .. })
    ));
    assert!(matches!(
        spoiled(IMPORTS + 0x1c, FNIDS),
        Some(ImageError::Address { .. })
    ));
    assert!(matches!(
        spoiled(PRX + 0x1c, 0xffff_ffff),
        Some(ImageError::Address { .. })
    ));
    let large = finish(&mut linked(), 0x100);
    assert_eq!(
        large,
        Err(ImageError::TooLarge {
            size: 0x460,
            budget: 0x100
        })
    );
    let mut little = linked();
    little[5] = 1;
    assert!(matches!(
        finish(&mut little, BUDGET),
        Err(ImageError::Elf { .. })
    ));
    assert!(matches!(
        finish(&mut [], BUDGET),
        Err(ImageError::Elf { .. })
    ));
}

proptest! {
    #[test]
    fn damaged_images_never_panic(
        changes in prop::collection::vec((0usize..(END - SHIFT) as usize, any::<u8>()), 1..6),
        length in 0usize..=(END - SHIFT) as usize,
        cut: bool,
    ) {
        let mut bytes = linked();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(length);
        }
        if finish(&mut bytes, BUDGET).is_ok() {
            strip(&mut bytes).expect("a finished image can be stripped");
        }
    }
}
