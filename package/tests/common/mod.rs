//! Files that the tests need.
#![allow(dead_code)] // Not every test needs all of them.

/// A program for the PPU that does nothing: two loaded segments, process parameters, and a
/// section that names a system where `version` is given.
pub fn elf(version: Option<&str>) -> Vec<u8> {
    let text = vec![0x60; 0x150];
    let data: Vec<u8> = (0..0x90).collect();
    let headers = 0x40 + 3 * 0x38;
    let text_at = 0x100_usize;
    let data_at = text_at + text.len();
    let names = b"\0.sceversion\0.shstrtab\0";
    let version_text = version.map(|text| [text.as_bytes(), b"\0"].concat());
    let version_at = data_at + data.len();
    let version_size = version_text.as_ref().map_or(0, Vec::len);
    let names_at = version_at + version_size;
    let sections_at = (names_at + names.len()).next_multiple_of(8);

    let mut out = b"\x7fELF\x02\x02\x01\x66".to_vec();
    out.resize(0x10, 0);
    out.extend(2_u16.to_be_bytes());
    out.extend(21_u16.to_be_bytes());
    out.extend(1_u32.to_be_bytes());
    out.extend(0x1_0008_u64.to_be_bytes());
    out.extend(0x40_u64.to_be_bytes());
    let sections = u64::from(version.is_some()) * sections_at as u64;
    out.extend(sections.to_be_bytes());
    out.extend(0_u32.to_be_bytes());
    let (count, last) = if version.is_some() { (3, 2) } else { (0, 0) };
    for half in [0x40, 0x38, 3, 0x40, count, last] {
        out.extend(u16::to_be_bytes(half));
    }
    for (kind, offset, address, size, room) in [
        (1_u32, text_at, 0x1_0000_u64, text.len(), text.len()),
        (1, data_at, 0x2_0000, data.len(), 0x1000),
        (0x6000_0001, data_at, 0x2_0000, 0x20, 0x20),
    ] {
        out.extend(kind.to_be_bytes());
        out.extend(7_u32.to_be_bytes());
        for number in [
            offset as u64,
            address,
            address,
            size as u64,
            room as u64,
            16,
        ] {
            out.extend(number.to_be_bytes());
        }
    }
    assert_eq!(out.len(), headers);
    out.resize(text_at, 0);
    out.extend(&text);
    out.extend(&data);
    let Some(version_text) = version_text else {
        return out;
    };
    out.extend(&version_text);
    out.extend(names);
    out.resize(sections_at, 0);
    for (name, offset, size) in [
        (0_u32, 0, 0),
        (1, version_at, version_size),
        (13, names_at, names.len()),
    ] {
        out.extend(name.to_be_bytes());
        out.extend([0; 20]);
        out.extend((offset as u64).to_be_bytes());
        out.extend((size as u64).to_be_bytes());
        out.resize(out.len() + 0x18, 0);
    }
    out
}

/// The smallest PARAM.SFO of a program.
pub fn param_sfo() -> Vec<u8> {
    let mut sfo = sfo::Sfo::new();
    for (key, room, text) in [
        ("APP_VER", 8, "01.00"),
        ("CATEGORY", 4, "HG"),
        ("TITLE", 128, "A test"),
        ("TITLE_ID", 16, "TEST00001"),
    ] {
        sfo.set(key, sfo::Value::text(text, room)).unwrap();
    }
    sfo.to_bytes()
}

/// The content ID of the packages made here.
pub fn content_id() -> package::identifiers::ContentId {
    "UP0001-TEST00001_00-0000111122223333".parse().unwrap()
}
