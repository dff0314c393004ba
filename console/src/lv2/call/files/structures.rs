//! Structures of calls on files.

use crate::lv2::files::{BLOCK, Entry, Kind, Status};

/// Bytes of `CellFsStat`, `CellFsDirent` and `CellFsDirectoryEntry`.
pub(super) const STATUS: usize = 0x34;
pub(super) const ENTRY: usize = 0x102;
pub(super) const ENTRY_WITH_STATUS: usize = 0x138;

/// `CellFsStat`: mode, user and group, then doublewords that are not aligned: the times of
/// access, change and status, the size and the size of a block.
pub(super) fn status(status: &Status) -> [u8; STATUS] {
    let (kind, size) = match status.kind {
        Kind::Folder => (0o40_777, BLOCK),
        Kind::File => (0o100_666, status.size),
    };
    let mode: u32 = match status.writable {
        true => kind,
        false => kind & !0o222,
    };
    let mut bytes = [0; STATUS];
    bytes[..4].copy_from_slice(&mode.to_be_bytes());
    let times = status.times.map(|time| time as u64);
    let doubles = [times[0], times[1], times[2], size, BLOCK];
    for (place, value) in bytes[12..].chunks_exact_mut(8).zip(doubles) {
        place.copy_from_slice(&value.to_be_bytes());
    }
    bytes
}

/// `CellFsDirent`: the type (1 a folder, 2 a file), the length of the name, and the name;
/// zeros where there is no entry.
pub(super) fn entry(entry: Option<&Entry>) -> [u8; ENTRY] {
    let mut bytes = [0; ENTRY];
    if let Some(entry) = entry {
        let name = entry.name.as_bytes();
        let length = name.len().min(255);
        bytes[0] = match entry.kind {
            Kind::Folder => 1,
            Kind::File => 2,
        };
        bytes[1] = length as u8;
        bytes[2..2 + length].copy_from_slice(&name[..length]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_are_laid_out_as_the_console_has_them() {
        let file = Status {
            kind: Kind::File,
            size: 0x1_0000_0002,
            times: [3, 4, 5],
            writable: true,
        };
        let bytes = status(&file);
        assert_eq!(bytes[..4], [0, 0, 0x81, 0xb6]);
        let double = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
        let doubles = [12, 20, 28, 36, 44].map(double);
        assert_eq!(doubles, [3, 4, 5, 0x1_0000_0002, 4096]);
        let folder = status(&Status::root());
        assert_eq!(folder[..4], [0, 0, 0x41, 0x6d]);

        let named = Entry {
            name: "abc".into(),
            kind: Kind::Folder,
        };
        assert_eq!(entry(Some(&named))[..6], *b"\x01\x03abc\0");
        assert_eq!(entry(None), [0; ENTRY]);
    }
}
