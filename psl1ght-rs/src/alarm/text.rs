//! Text without the heap.

use core::fmt::{self, Write};

/// Up to a page of text; what is beyond is cut.
pub(super) struct Text {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Text {
    const MOST: usize = 1024;

    /// The text of a message.
    pub fn of(message: fmt::Arguments<'_>) -> Self {
        let mut text = Self {
            bytes: [0; Self::MOST],
            length: 0,
        };
        // Only a page that is full ends it early.
        let _ = text.write_fmt(message);
        text
    }

    pub fn as_str(&self) -> &str {
        // Only whole characters get in.
        core::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = Self::MOST - self.length;
        let fits = &text[..text.floor_char_boundary(room)];
        self.bytes[self.length..self.length + fits.len()].copy_from_slice(fits.as_bytes());
        self.length += fits.len();
        if fits.len() < text.len() {
            return Err(fmt::Error);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_between_characters() {
        let long = "ä".repeat(Text::MOST);
        let text = Text::of(format_args!("x{long}"));
        assert_eq!(text.as_str().len(), Text::MOST - 1);
        assert!(text.as_str().ends_with('ä'));
        assert_eq!(Text::of(format_args!("{}", 5)).as_str(), "5");
    }
}
