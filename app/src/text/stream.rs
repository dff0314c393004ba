//! Text from bytes that arrive in pieces.

use alloc::string::String;
use alloc::vec::Vec;

/// Makes text of a model's bytes: a character that is spread over several
/// pieces waits for its last byte, and bytes that are no UTF-8 become U+FFFD,
/// as [`String::from_utf8_lossy`] makes of the whole.
#[derive(Clone, Debug, Default)]
pub struct Utf8Stream {
    /// The beginning of a character; at most three bytes.
    waiting: Vec<u8>,
}

impl Utf8Stream {
    /// Appends to `text` what `bytes` complete.
    pub fn push(&mut self, bytes: &[u8], text: &mut String) {
        self.waiting.extend_from_slice(bytes);
        let mut rest = &self.waiting[..];
        loop {
            match core::str::from_utf8(rest) {
                Ok(good) => {
                    text.push_str(good);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    text.push_str(core::str::from_utf8(good).unwrap_or_default());
                    rest = bad;
                    let Some(length) = error.error_len() else {
                        break;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &bad[length..];
                }
            }
        }
        let done = self.waiting.len() - rest.len();
        self.waiting.drain(..done);
    }

    /// The end of the bytes: a character that was not completed becomes U+FFFD.
    pub fn finish(&mut self, text: &mut String) {
        if !self.waiting.is_empty() {
            self.waiting.clear();
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_pieces(bytes: &[u8], sizes: &[usize]) -> String {
        let mut stream = Utf8Stream::default();
        let mut text = String::new();
        let mut rest = bytes;
        for &size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(size.min(rest.len()));
            stream.push(piece, &mut text);
            rest = after;
        }
        stream.finish(&mut text);
        text
    }

    proptest! {
        #[test]
        fn pieces_of_text_make_the_text(
            text in "\\PC{0,40}",
            sizes in prop::collection::vec(1usize..5, 1..8),
        ) {
            prop_assert_eq!(in_pieces(text.as_bytes(), &sizes), text);
        }

        #[test]
        fn any_bytes_are_read_as_if_at_once(
            bytes in prop::collection::vec(
                prop_oneof![any::<u8>(), 0x80u8..0xc0, 0xc2u8..0xf5, 0x20u8..0x7f],
                0..60,
            ),
            sizes in prop::collection::vec(1usize..5, 1..8),
        ) {
            prop_assert_eq!(in_pieces(&bytes, &sizes), String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn a_split_character_waits() {
        let mut stream = Utf8Stream::default();
        let mut text = String::new();
        stream.push(&[b'a', 0xe2, 0x82], &mut text);
        assert_eq!(text, "a");
        stream.push(&[0xac], &mut text);
        assert_eq!(text, "a€");
    }
}
