//! A line of text with a caret.

use alloc::string::String;

/// Text that is being edited: one paragraph with a caret in it and a greatest
/// length.
///
/// The caret always stands between two characters, and control characters
/// never get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextField {
    text: String,
    /// A byte offset, always at the border of a character.
    caret: usize,
    /// The greatest number of characters.
    limit: usize,
}

impl TextField {
    /// A field that holds up to `limit` characters and begins with as much of
    /// `text` as fits, the caret at its end.
    pub fn new(text: &str, limit: usize) -> TextField {
        let mut field = TextField {
            text: String::new(),
            caret: 0,
            limit,
        };
        for character in text.chars() {
            field.insert(character);
        }
        field
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, given away.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The caret's place, in bytes from the beginning of the text.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// The number of characters before the caret.
    pub fn chars_before_caret(&self) -> usize {
        self.text[..self.caret].chars().count()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The number of characters that still fit.
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.text.chars().count())
    }

    /// Puts a character before the caret. Gives false, and changes nothing, if
    /// the field is full or the character is a control character.
    pub fn insert(&mut self, character: char) -> bool {
        if character.is_control() || self.room() == 0 {
            return false;
        }
        self.text.insert(self.caret, character);
        self.caret += character.len_utf8();
        true
    }

    /// Deletes the character before the caret; gives false if there is none.
    pub fn backspace(&mut self) -> bool {
        self.left() && self.delete()
    }

    /// Deletes the character after the caret; gives false if there is none.
    pub fn delete(&mut self) -> bool {
        if self.caret == self.text.len() {
            return false;
        }
        self.text.remove(self.caret);
        true
    }

    /// Moves the caret one character to the left; gives false at the beginning.
    pub fn left(&mut self) -> bool {
        match self.text[..self.caret].chars().next_back() {
            Some(character) => {
                self.caret -= character.len_utf8();
                true
            }
            None => false,
        }
    }

    /// Moves the caret one character to the right; gives false at the end.
    pub fn right(&mut self) -> bool {
        match self.text[self.caret..].chars().next() {
            Some(character) => {
                self.caret += character.len_utf8();
                true
            }
            None => false,
        }
    }

    /// Moves the caret to the beginning.
    pub fn home(&mut self) {
        self.caret = 0;
    }

    /// Moves the caret to the end.
    pub fn end(&mut self) {
        self.caret = self.text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Edit {
        Insert(char),
        Backspace,
        Delete,
        Left,
        Right,
        Home,
        End,
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let edit = prop_oneof![
            4 => any::<char>().prop_map(Edit::Insert),
            1 => Just(Edit::Backspace),
            1 => Just(Edit::Delete),
            2 => Just(Edit::Left),
            2 => Just(Edit::Right),
            1 => Just(Edit::Home),
            1 => Just(Edit::End),
        ];
        prop::collection::vec(edit, 0..80)
    }

    proptest! {
        /// The field does what a vector of characters with an index does.
        #[test]
        fn editing_is_that_of_a_vector(start in "\\PC{0,12}", edits in edits()) {
            const LIMIT: usize = 20;
            let mut field = TextField::new(&start, LIMIT);
            let mut model: Vec<char> = start.chars().collect();
            let mut at = model.len();
            for edit in edits {
                match edit {
                    Edit::Insert(c) => {
                        let fits = model.len() < LIMIT && !c.is_control();
                        prop_assert_eq!(field.insert(c), fits);
                        if fits {
                            model.insert(at, c);
                            at += 1;
                        }
                    }
                    Edit::Backspace => {
                        prop_assert_eq!(field.backspace(), at > 0);
                        if at > 0 {
                            at -= 1;
                            model.remove(at);
                        }
                    }
                    Edit::Delete => {
                        prop_assert_eq!(field.delete(), at < model.len());
                        if at < model.len() {
                            model.remove(at);
                        }
                    }
                    Edit::Left => {
                        prop_assert_eq!(field.left(), at > 0);
                        at = at.saturating_sub(1);
                    }
                    Edit::Right => {
                        prop_assert_eq!(field.right(), at < model.len());
                        at = (at + 1).min(model.len());
                    }
                    Edit::Home => {
                        field.home();
                        at = 0;
                    }
                    Edit::End => {
                        field.end();
                        at = model.len();
                    }
                }
                prop_assert_eq!(field.text().to_string(), model.iter().collect::<String>());
                prop_assert_eq!(field.chars_before_caret(), at);
                prop_assert_eq!(field.room(), LIMIT - model.len());
            }
        }
    }

    #[test]
    fn text_that_is_too_long_is_cut() {
        let field = TextField::new("äöü\nabc", 4);
        assert_eq!(field.text(), "äöüa");
        assert_eq!(field.room(), 0);
    }
}
