//! The table of files and folders.

use super::{ALIGNMENT, Error};
use crate::big_endian::{u32_at, u64_at};

/// What an item is, in the lowest byte of its flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1: a SELF under content protection, as `USRDIR/EBOOT.BIN` is.
    NpdrmSelf,
    /// 3: any file.
    File,
    /// 4, and 0x12 in some packages: a folder.
    Folder,
    /// Another number, which is a file of a certain use.
    Other(u8),
}

/// A file or folder in a package.
///
/// Source: PS3 Developer wiki, "PKG files", File Entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Path below the folder that the package is installed into, with `/` between its parts.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// All flags with the kind; bit 31: the file may replace one that is there.
    pub flags: u32,
    /// Where its bytes begin, counted from the beginning of the data.
    pub offset: u64,
    /// Its size in bytes.
    pub size: u64,
}

impl Item {
    /// Size of an entry of the table in bytes.
    pub(super) const ENTRY: usize = 0x20;
    /// The longest name in bytes that RPCS3's installer takes.
    pub(super) const LONGEST_NAME: usize = 256;
    /// Flag: the file may replace one that is there.
    pub(super) const OVERWRITE: u32 = 0x8000_0000;
    /// Flag: the file is enciphered with the key of another console.
    const PSP: u32 = 0x1000_0000;

    /// Whether this is a folder.
    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }
}

impl Kind {
    pub(super) fn number(self) -> u8 {
        match self {
            Self::NpdrmSelf => 1,
            Self::File => 3,
            Self::Folder => 4,
            Self::Other(number) => number,
        }
    }

    fn of(flags: u32) -> Self {
        match flags as u8 {
            1 => Self::NpdrmSelf,
            3 => Self::File,
            4 | 0x12 => Self::Folder,
            other => Self::Other(other),
        }
    }
}

/// An entry of the table, with its name still elsewhere.
pub(super) struct Entry {
    pub name_offset: u32,
    pub name_size: u32,
    pub offset: u64,
    pub size: u64,
    pub flags: u32,
}

impl Entry {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Item::ENTRY);
        out.extend(self.name_offset.to_be_bytes());
        out.extend(self.name_size.to_be_bytes());
        out.extend(self.offset.to_be_bytes());
        out.extend(self.size.to_be_bytes());
        out.extend(self.flags.to_be_bytes());
        out.extend([0; 4]);
        out
    }

    /// Reads entry `number` of a table whose package has `data_size` bytes of data.
    pub fn parse(bytes: &[u8], number: usize, data_size: u64) -> Result<Self, Error> {
        let entry = Self {
            name_offset: u32_at(bytes, 0x00),
            name_size: u32_at(bytes, 0x04),
            offset: u64_at(bytes, 0x08),
            size: u64_at(bytes, 0x10),
            flags: u32_at(bytes, 0x18),
        };
        let field = |name: &str| format!("{name} of item {number}");
        if !(1..=Item::LONGEST_NAME).contains(&(entry.name_size as usize)) {
            return Err(Error::field(
                field("the length of the name"),
                entry.name_size,
                "1 to 256",
            ));
        }
        if u64::from(entry.name_offset) + u64::from(entry.name_size) > data_size {
            return Err(Error::field(
                field("the offset of the name"),
                format_args!("{:#x}", entry.name_offset),
                format!("a name inside of the {data_size} bytes of data"),
            ));
        }
        if entry.flags & Item::PSP != 0 {
            return Err(Error::field(
                field("the flags"),
                format_args!("{:#010x}", entry.flags),
                "no bit 28, which stands for another console's key",
            ));
        }
        if Kind::of(entry.flags) != Kind::Folder
            && entry.offset.saturating_add(entry.size) > data_size
        {
            return Err(Error::field(
                field("the end of the file"),
                format_args!("{:#x}", entry.offset.saturating_add(entry.size)),
                format!("at most {data_size:#x}, the size of the data"),
            ));
        }
        Ok(entry)
    }

    /// The item, now that its name is known. Other tools put zeros behind a name, and a slash
    /// behind that of a folder.
    pub fn named(&self, bytes: &[u8]) -> Result<Item, Error> {
        let length = bytes.iter().position(|byte| *byte == 0);
        let bytes = &bytes[..length.unwrap_or(bytes.len())];
        let name = std::str::from_utf8(bytes)
            .map_err(|_| Error::name(&bytes.escape_ascii().to_string(), "is not UTF-8"))?;
        let kind = Kind::of(self.flags);
        let (name, offset, size) = match kind {
            Kind::Folder => (name.strip_suffix('/').unwrap_or(name), 0, 0),
            _ => (name, self.offset, self.size),
        };
        check_name(name)?;
        Ok(Item {
            name: name.to_owned(),
            kind,
            flags: self.flags,
            offset,
            size,
        })
    }
}

/// Checks that a name stays below the folder that it is joined to, on every system.
pub(super) fn check_name(name: &str) -> Result<(), Error> {
    let refuse = |problem| Err(Error::name(name, problem));
    if name.len() > Item::LONGEST_NAME {
        return refuse("is longer than 256 bytes");
    }
    if name.starts_with('/') {
        return refuse("begins with a slash");
    }
    if name.contains(|c: char| c == '\\' || c == ':' || c.is_control()) {
        return refuse("has a backslash, a colon or a control character");
    }
    for part in name.split('/') {
        match part {
            "" => return refuse("has an empty part"),
            "." | ".." => return refuse("leads out of the package's folder"),
            _ => {}
        }
    }
    Ok(())
}

/// Checks that no two items have one name or share bytes, and that no file is another one's
/// folder.
pub(super) fn check_items(items: &[Item]) -> Result<(), Error> {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
    let mut last_file: Option<&Item> = None;
    for pair in sorted.windows(2) {
        if pair[0].name == pair[1].name {
            return Err(Error::name(&pair[0].name, "stands in the table twice"));
        }
    }
    for item in &sorted {
        if let Some(file) = last_file
            && let Some(rest) = item.name.strip_prefix(&file.name)
            && rest.starts_with('/')
        {
            return Err(Error::name(&item.name, "has a file as its folder"));
        }
        if !item.is_folder() {
            last_file = Some(item);
        }
    }
    let mut files: Vec<&Item> = items.iter().filter(|item| item.size > 0).collect();
    files.sort_by_key(|item| item.offset);
    for pair in files.windows(2) {
        if pair[0].offset + pair[0].size > pair[1].offset {
            return Err(Error::field(
                format!("the offset of {}", pair[1].name),
                format_args!("{:#x}", pair[1].offset),
                format!("a place behind {}", pair[0].name),
            ));
        }
    }
    Ok(())
}

/// The next place where something may begin.
pub(super) fn align(offset: u64) -> u64 {
    offset.next_multiple_of(ALIGNMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, kind: Kind, offset: u64, size: u64) -> Item {
        Item {
            name: name.into(),
            kind,
            flags: kind.number().into(),
            offset,
            size,
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/",
            "./a",
            "a\\..\\b",
            "C:x",
            "a\n",
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        for name in ["PARAM.SFO", "USRDIR/EBOOT.BIN", "a/..b/c...", "TROPDIR/Ä"] {
            assert!(check_name(name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn other_tools_names_are_trimmed() {
        let entry = |flags| Entry {
            name_offset: 0,
            name_size: 8,
            offset: 5,
            size: 6,
            flags,
        };
        let folder = entry(0x8000_0004).named(b"USRDIR/\0").unwrap();
        assert_eq!((&folder.name[..], folder.size), ("USRDIR", 0));
        assert!(entry(0x8000_0003).named(b"USRDIR/\0").is_err());
        assert!(entry(3).named(b"\xff\xfe").is_err());
        assert_eq!(entry(9).named(b"x").unwrap().kind, Kind::Other(9));
    }

    #[test]
    fn items_that_meet_are_refused() {
        let good = [
            item("a", Kind::Folder, 0, 0),
            item("a-b", Kind::File, 0x40, 16),
            item("a/b", Kind::File, 0x50, 3),
            item("a/empty", Kind::File, 0x50, 0),
        ];
        assert!(check_items(&good).is_ok());
        for bad in [
            item("a/b", Kind::File, 0x90, 1),
            item("a/b/c", Kind::File, 0x90, 1),
            item("c", Kind::File, 0x4f, 1),
            item("c", Kind::File, 0x30, 0x11),
        ] {
            let mut items = good.to_vec();
            items.push(bad);
            assert!(check_items(&items).is_err(), "{:?}", items[4]);
        }
    }
}
