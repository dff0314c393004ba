//! Makes valid text of the pieces that tokens decode to.

use alloc::string::String;
use alloc::vec::Vec;

/// Puts pieces together to text as they come.
///
/// A character may be spread over several tokens, one for each of its bytes: its bytes are kept
/// until it is whole. Bytes that are no UTF-8 become U+FFFD. Control characters other than white
/// space are left out (llama2.c leaves out all single bytes that are not printable ASCII, and
/// with them such spread characters).
#[derive(Clone, Debug, Default)]
pub struct TextAssembler {
    /// The beginning of a character, at most three bytes.
    pending: Vec<u8>,
}

impl TextAssembler {
    /// An assembler at the beginning of a text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece; appends to `text` what can be read by now.
    pub fn push(&mut self, piece: &[u8], text: &mut String) {
        self.pending.extend_from_slice(piece);
        let mut start = 0;
        loop {
            let rest = &self.pending[start..];
            let (valid, invalid) = match core::str::from_utf8(rest) {
                Ok(valid) => (valid, None),
                Err(error) => {
                    let valid = &rest[..error.valid_up_to()];
                    (
                        core::str::from_utf8(valid).unwrap_or_default(),
                        Some(error.error_len()),
                    )
                }
            };
            text.extend(valid.chars().filter(|c| is_shown(*c)));
            start += valid.len();
            match invalid {
                // A character's beginning, or nothing.
                None | Some(None) => break,
                Some(Some(len)) => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    start += len;
                }
            }
        }
        self.pending.drain(..start);
    }

    /// Ends the text: the beginning of a character that never came becomes U+FFFD.
    pub fn finish(&mut self, text: &mut String) {
        if !self.pending.is_empty() {
            self.pending.clear();
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

fn is_shown(character: char) -> bool {
    !character.is_control() || matches!(character, '\t'..='\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assemble<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut text = String::new();
        let mut assembler = TextAssembler::new();
        for piece in pieces {
            assembler.push(piece, &mut text);
        }
        assembler.finish(&mut text);
        text
    }

    #[test]
    fn a_character_appears_with_its_last_byte() {
        let mut text = String::new();
        let mut assembler = TextAssembler::new();
        for (byte, expected) in [(0xe2, "a"), (0x82, "a"), (0xac, "a€")] {
            if text.is_empty() {
                assembler.push(b"a", &mut text);
            }
            assembler.push(&[byte], &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_control_characters_left_out() {
        assert_eq!(
            assemble([&b"a\xff"[..], b"\xe2", b"b"]),
            "a\u{fffd}\u{fffd}b"
        );
        assert_eq!(assemble([&b"a\x00\x1b[0m\n\tb\x7f"[..]]), "a[0m\n\tb");
        assert_eq!(assemble([&b"\xf0\x9f"[..]]), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn text_survives_any_split(text in "[^\\p{Cc}]{0,40}", seed: u64) {
            let mut pieces = Vec::new();
            let (mut rest, mut random) = (text.as_bytes(), seed);
            while !rest.is_empty() {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1);
                let (piece, after) = rest.split_at((random >> 60) as usize % rest.len() + 1);
                pieces.push(piece);
                rest = after;
            }
            prop_assert_eq!(assemble(pieces), text);
        }

        #[test]
        fn bytes_in_one_piece_read_as_the_standard_library_reads_them(bytes: Vec<u8>) {
            let expected: String = String::from_utf8_lossy(&bytes)
                .chars()
                .filter(|c| is_shown(*c))
                .collect();
            prop_assert_eq!(assemble([&bytes[..]]), expected);
        }
    }
}
