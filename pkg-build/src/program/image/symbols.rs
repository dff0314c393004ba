//! Symbols: none may be undefined, and those of imports tell whether the table's two lists agree.

use std::collections::BTreeMap;

use object::BigEndian;
use object::elf;
use object::read::elf::{FileHeader, Sym};

use super::{ImageError, Library};

/// What the macro that declares imports puts before a function's name, for its slot and its FNID.
const SLOT: &str = "__lv2_slot_";
const FNID: &str = "__lv2_fnid_";

/// Addresses of imports by the function's name.
#[derive(Debug, Default)]
pub(super) struct Imports {
    slots: BTreeMap<String, u64>,
    fnids: BTreeMap<String, u64>,
}

/// Reads the symbols of imports. Fails at the first undefined symbol; weak ones count as well, for
/// nobody will define them later, and a call would lead to address 0.
pub(super) fn read(bytes: &[u8]) -> Result<Imports, ImageError> {
    let table = ImageError::Elf {
        field: "symbol table",
        expected: "a table within the file",
    };
    let header = elf::FileHeader64::<BigEndian>::parse(bytes).map_err(|_| table.clone())?;
    let sections = header
        .sections(BigEndian, bytes)
        .map_err(|_| table.clone())?;
    let symbols = sections
        .symbols(BigEndian, bytes, elf::SHT_SYMTAB)
        .map_err(|_| table.clone())?;
    let mut imports = Imports::default();
    for symbol in symbols.iter().skip(1) {
        let name = symbols
            .symbol_name(BigEndian, symbol)
            .map_err(|_| table.clone())?;
        let name = String::from_utf8_lossy(name);
        if symbol.is_undefined(BigEndian) {
            return Err(ImageError::Undefined {
                symbol: name.into(),
            });
        }
        let address = symbol.st_value(BigEndian);
        if let Some(function) = name.strip_prefix(SLOT) {
            imports.slots.insert(function.into(), address);
        } else if let Some(function) = name.strip_prefix(FNID) {
            imports.fnids.insert(function.into(), address);
        }
    }
    Ok(imports)
}

impl Imports {
    /// Checks that each function's slot has the place in its library's list that its FNID has: the
    /// loader knows of nothing else that belongs together.
    pub fn check(&self, libraries: &[Library]) -> Result<(), ImageError> {
        for (function, &slot) in &self.slots {
            let agrees = libraries.iter().any(|library| {
                let place = slot.wrapping_sub(library.slots.into());
                place < 4 * library.fnids.len() as u64
                    && self.fnids.get(function) == Some(&(u64::from(library.fnid_list) + place))
            });
            if !agrees {
                return Err(ImageError::ImportPlace {
                    function: function.clone(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_another_order_are_found() {
        let library = Library {
            name: "sys_io".into(),
            fnids: vec![1, 2],
            fnid_list: 0x100,
            slots: 0x200,
        };
        let map = |places: [(&str, u64); 2]| places.map(|(name, at)| (name.to_owned(), at)).into();
        let mut imports = Imports {
            slots: map([("a", 0x200), ("b", 0x204)]),
            fnids: map([("a", 0x100), ("b", 0x104)]),
        };
        assert_eq!(imports.check(std::slice::from_ref(&library)), Ok(()));
        imports.fnids = map([("a", 0x104), ("b", 0x100)]);
        let wrong = ImageError::ImportPlace {
            function: "a".into(),
        };
        assert_eq!(imports.check(&[library]), Err(wrong));
    }
}
