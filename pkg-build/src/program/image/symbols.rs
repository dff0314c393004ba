//! Symbols that nothing defines: calls that would lead to address 0.

use object::BigEndian;
use object::elf;
use object::read::elf::{FileHeader, Sym};

use super::ImageError;

/// Fails at the first undefined symbol; weak ones count as well, for nobody will define them later.
pub(super) fn check(bytes: &[u8]) -> Result<(), ImageError> {
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
    for symbol in symbols.iter().skip(1) {
        if symbol.is_undefined(BigEndian) {
            let name = symbols
                .symbol_name(BigEndian, symbol)
                .map_err(|_| table.clone())?;
            return Err(ImageError::Undefined {
                symbol: String::from_utf8_lossy(name).into(),
            });
        }
    }
    Ok(())
}
