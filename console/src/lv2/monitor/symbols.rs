//! The names that a program's file has for its functions.

use std::fmt;

use object::read::elf::ElfFile64;
use object::{BigEndian, Object, ObjectSymbol, SymbolKind};

/// Functions by address.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// Address, size and name, in order of address.
    functions: Vec<(u64, u64, String)>,
}

/// A file that should have had names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SymbolsError {
    /// It is no big-endian ELF64.
    NoElf(String),
    /// It names no functions.
    None,
}

impl fmt::Display for SymbolsError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoElf(why) => write!(to, "no ELF with symbols: {why}"),
            Self::None => to.write_str("the ELF has no symbols of functions"),
        }
    }
}

impl std::error::Error for SymbolsError {}

impl Symbols {
    /// Reads the symbols of an ELF.
    ///
    /// # Errors
    ///
    /// It is none, or has none.
    pub fn read(bytes: &[u8]) -> Result<Self, SymbolsError> {
        let file = ElfFile64::<BigEndian>::parse(bytes)
            .map_err(|error| SymbolsError::NoElf(error.to_string()))?;
        let mut functions: Vec<_> = file
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition())
            .filter_map(|symbol| {
                let name = symbol.name().ok().filter(|name| !name.is_empty())?;
                let name = format!("{:#}", rustc_demangle::demangle(name));
                Some((symbol.address(), symbol.size(), name))
            })
            .collect();
        functions.sort();
        if functions.is_empty() {
            return Err(SymbolsError::None);
        }
        Ok(Self { functions })
    }

    /// The function that an address is in, and how far: `main+0x18`.
    #[must_use]
    pub fn name(&self, address: u64) -> Option<String> {
        let after = self
            .functions
            .partition_point(|(start, _, _)| *start <= address);
        let (start, size, name) = self.functions.get(after.checked_sub(1)?)?;
        let offset = address - start;
        // Functions of assemblers often have no size: they reach to the next one.
        (*size == 0 || offset < *size).then(|| match offset {
            0 => name.clone(),
            offset => format!("{name}+{offset:#x}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_functions() {
        let functions = [(0x100, 0x20, "a"), (0x140, 0, "start"), (0x200, 8, "b")];
        let symbols = Symbols {
            functions: functions
                .map(|(at, size, name)| (at, size, name.to_owned()))
                .to_vec(),
        };
        for (address, name) in [
            (0xff, None),
            (0x100, Some("a")),
            (0x11c, Some("a+0x1c")),
            (0x120, None),
            (0x150, Some("start+0x10")),
            (0x204, Some("b+0x4")),
            (0x208, None),
        ] {
            assert_eq!(symbols.name(address).as_deref(), name, "{address:#x}");
        }
        assert_eq!(Symbols::default().name(0), None);
    }

    #[test]
    fn what_is_no_elf_has_no_names() {
        assert!(matches!(
            Symbols::read(b"text"),
            Err(SymbolsError::NoElf(_))
        ));
    }
}
