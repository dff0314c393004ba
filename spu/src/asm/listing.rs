//! The listing: a program as text.

use alloc::string::String;
use core::fmt::Write;

use super::Program;
use crate::disasm;

impl Program {
    /// The code as text: labels, addresses, words, instructions.
    #[must_use]
    pub fn listing(&self) -> String {
        let mut text = String::new();
        let mut blocks = self.blocks.iter().peekable();
        for (index, &word) in self.code.iter().enumerate() {
            while let Some(block) = blocks.next_if(|block| block.first == index) {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{}:", block.name);
            }
            let address = self.entry() + index as u32 * 4;
            let _ = writeln!(
                text,
                "  {address:05x}  {word:08x}  {}",
                disasm::at(address, word)
            );
        }
        text
    }
}
