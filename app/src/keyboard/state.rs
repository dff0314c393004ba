//! The keyboard's state and what actions and keys do to it.

use alloc::vec::Vec;

use super::{KeyCap, KeyJob, Page, rows};
use crate::input::{Action, Key};
use crate::text::TextField;

/// Whether letters become capitals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shift {
    /// Small letters.
    #[default]
    Off,
    /// The next letter is a capital.
    Once,
    /// Capitals until switched off.
    Locked,
}

/// What came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The keyboard stays.
    Stays,
    /// The text is to be taken.
    Done,
    /// The player wants to go back.
    Cancelled,
}

/// An on-screen keyboard and the text that is typed with it.
#[derive(Clone, Debug)]
pub struct Keyboard {
    field: TextField,
    page: Page,
    shift: Shift,
    rows: Vec<Vec<KeyCap>>,
    row: usize,
    key: usize,
    /// The column, in halves, that up and down keep to; wide keys do not
    /// change it.
    half_column: u8,
}

impl Keyboard {
    /// A keyboard that begins with `text`, the caret at its end, and holds up to
    /// `limit` characters. An empty text begins with a capital.
    pub fn new(text: &str, limit: usize) -> Keyboard {
        let field = TextField::new(text, limit);
        let shift = if field.is_empty() {
            Shift::Once
        } else {
            Shift::Off
        };
        let mut keyboard = Keyboard {
            field,
            page: Page::Letters,
            shift,
            rows: rows(Page::Letters),
            row: 1,
            key: 0,
            half_column: 0,
        };
        keyboard.remember_column();
        keyboard
    }

    /// The text and the caret.
    pub fn field(&self) -> &TextField {
        &self.field
    }

    /// The text, given away.
    pub fn into_field(self) -> TextField {
        self.field
    }

    /// Whether letters become capitals.
    pub fn shift(&self) -> Shift {
        self.shift
    }

    /// The page that is shown.
    pub fn page(&self) -> Page {
        self.page
    }

    /// The rows of keys that are shown, from the top.
    pub fn rows(&self) -> &[Vec<KeyCap>] {
        &self.rows
    }

    /// The row and the place in that row of the selected key.
    pub fn selected(&self) -> (usize, usize) {
        (self.row, self.key)
    }

    /// What a key types now: its character, a capital if shifted. The capital of
    /// a letter like ß, which is none or several characters, is the letter.
    pub fn typed(&self, character: char) -> char {
        let mut upper = character.to_uppercase();
        match (self.shift, upper.next(), upper.next()) {
            (Shift::Once | Shift::Locked, Some(upper), None) => upper,
            _ => character,
        }
    }

    /// Does what a pad action means here.
    pub fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Up => self.move_row(self.rows.len() - 1),
            Action::Down => self.move_row(1),
            Action::Left => self.move_key(self.rows[self.row].len() - 1),
            Action::Right => self.move_key(1),
            Action::Confirm => return self.press(self.rows[self.row][self.key].job),
            Action::Back => return Outcome::Cancelled,
            Action::Start => return Outcome::Done,
            Action::Square => return self.press(KeyJob::Delete),
            Action::Triangle => return self.press(KeyJob::Space),
            Action::L1 => return self.press(KeyJob::CaretLeft),
            Action::R1 => return self.press(KeyJob::CaretRight),
            Action::L2 => return self.press(KeyJob::Shift),
            Action::R2 | Action::Select => return self.press(KeyJob::Page(self.page.next())),
        }
        Outcome::Stays
    }

    /// Does what a key of a USB keyboard means here.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key {
            Key::Char(character) => {
                self.field.insert(character);
                self.letter_typed();
            }
            Key::Enter => return Outcome::Done,
            Key::Escape => return Outcome::Cancelled,
            Key::Backspace => {
                self.field.backspace();
            }
            Key::Delete => {
                self.field.delete();
            }
            Key::Left => {
                self.field.left();
            }
            Key::Right => {
                self.field.right();
            }
            // The text is one paragraph: up and down lead to its ends.
            Key::Home | Key::Up => self.field.home(),
            Key::End | Key::Down => self.field.end(),
        }
        Outcome::Stays
    }

    fn press(&mut self, job: KeyJob) -> Outcome {
        match job {
            KeyJob::Character(character) => {
                if self.field.insert(self.typed(character)) {
                    self.letter_typed();
                }
            }
            KeyJob::Shift => {
                self.shift = match self.shift {
                    Shift::Off => Shift::Once,
                    Shift::Once => Shift::Locked,
                    Shift::Locked => Shift::Off,
                };
            }
            KeyJob::Page(page) => {
                self.page = page;
                // Every page has the same rows, so the selection stays.
                self.rows = rows(page);
            }
            KeyJob::CaretLeft => {
                self.field.left();
            }
            KeyJob::Space => {
                self.field.insert(' ');
            }
            KeyJob::CaretRight => {
                self.field.right();
            }
            KeyJob::Delete => {
                self.field.backspace();
                if self.field.is_empty() && self.shift == Shift::Off {
                    self.shift = Shift::Once;
                }
            }
            KeyJob::Done => return Outcome::Done,
        }
        Outcome::Stays
    }

    fn letter_typed(&mut self) {
        if self.shift == Shift::Once {
            self.shift = Shift::Off;
        }
    }

    /// Moves the selection `by` rows down, around the end, keeping to the column.
    fn move_row(&mut self, by: usize) {
        self.row = (self.row + by) % self.rows.len();
        let row = &self.rows[self.row];
        self.key = row
            .iter()
            .position(|key| self.half_column < 2 * (key.column + key.columns))
            .unwrap_or(row.len() - 1);
    }

    /// Moves the selection `by` keys to the right, around the end.
    fn move_key(&mut self, by: usize) {
        self.key = (self.key + by) % self.rows[self.row].len();
        self.remember_column();
    }

    fn remember_column(&mut self) {
        let key = self.rows[self.row][self.key];
        self.half_column = 2 * key.column + key.columns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use proptest::prelude::*;

    /// Walks to the key with this job by the shortest way down and right, as a
    /// player who does not know about wrapping around.
    fn walk(keyboard: &mut Keyboard, job: KeyJob) {
        let (row, key) = keyboard
            .rows()
            .iter()
            .enumerate()
            .find_map(|(row, keys)| Some((row, keys.iter().position(|key| key.job == job)?)))
            .expect("the key is on this page");
        while keyboard.selected().0 != row {
            keyboard.act(Action::Down);
        }
        while keyboard.selected().1 != key {
            keyboard.act(Action::Right);
        }
    }

    fn type_text(keyboard: &mut Keyboard, text: &str) {
        for c in text.chars() {
            walk(
                keyboard,
                if c == ' ' {
                    KeyJob::Space
                } else {
                    KeyJob::Character(c)
                },
            );
            assert_eq!(keyboard.act(Action::Confirm), Outcome::Stays);
        }
    }

    #[test]
    fn a_prompt_is_typed_with_the_pad() {
        let mut keyboard = Keyboard::new("", 80);
        type_text(&mut keyboard, "once upon a time, ");
        assert_eq!(keyboard.field().text(), "Once upon a time, ");
        walk(&mut keyboard, KeyJob::Done);
        assert_eq!(keyboard.act(Action::Confirm), Outcome::Done);
    }

    #[test]
    fn shift_is_for_one_letter_or_for_all() {
        let mut keyboard = Keyboard::new("x", 80);
        keyboard.act(Action::L2);
        type_text(&mut keyboard, "ab");
        keyboard.act(Action::L2);
        keyboard.act(Action::L2);
        type_text(&mut keyboard, "cd1");
        keyboard.act(Action::L2);
        type_text(&mut keyboard, "e");
        assert_eq!(keyboard.field().text(), "xAbCD1e");
    }

    #[test]
    fn letters_without_a_capital_stay() {
        let mut keyboard = Keyboard::new("", 80);
        keyboard.act(Action::L2);
        assert_eq!(keyboard.shift(), Shift::Locked);
        assert_eq!(keyboard.typed('ß'), 'ß');
        assert_eq!(keyboard.typed('ä'), 'Ä');
        assert_eq!(keyboard.typed('ÿ'), 'Ÿ');
        assert_eq!(keyboard.typed('?'), '?');
    }

    #[test]
    fn buttons_are_shortcuts() {
        let mut keyboard = Keyboard::new("ab", 80);
        for action in [Action::L1, Action::Triangle, Action::R1, Action::Square] {
            assert_eq!(keyboard.act(action), Outcome::Stays);
        }
        assert_eq!(keyboard.field().text(), "a ");
        assert_eq!(keyboard.act(Action::Start), Outcome::Done);
        assert_eq!(keyboard.act(Action::Back), Outcome::Cancelled);
    }

    #[test]
    fn up_and_down_keep_their_column() {
        let mut keyboard = Keyboard::new("", 80);
        for _ in 0..4 {
            keyboard.act(Action::Right);
        }
        assert_eq!(keyboard.selected(), (1, 4));
        let job = |keyboard: &Keyboard| {
            let (row, key) = keyboard.selected();
            keyboard.rows()[row][key].job
        };
        for _ in 0..3 {
            keyboard.act(Action::Down);
        }
        assert_eq!(job(&keyboard), KeyJob::Space);
        keyboard.act(Action::Down);
        assert_eq!(job(&keyboard), KeyJob::Character('5'));
        keyboard.act(Action::Up);
        assert_eq!(job(&keyboard), KeyJob::Space);
        // Moving along the row counts from where the wide key is.
        keyboard.act(Action::Right);
        assert_eq!(job(&keyboard), KeyJob::CaretRight);
        keyboard.act(Action::Up);
        assert_eq!(job(&keyboard), KeyJob::Character('m'));
    }

    #[test]
    fn a_usb_keyboard_types_too() {
        let mut keyboard = Keyboard::new("", 80);
        for key in "hello".chars().map(Key::Char) {
            keyboard.key(key);
        }
        for key in [
            Key::Left,
            Key::Backspace,
            Key::Home,
            Key::Delete,
            Key::Char('J'),
            Key::End,
        ] {
            assert_eq!(keyboard.key(key), Outcome::Stays);
        }
        assert_eq!(keyboard.field().text(), "Jelo");
        assert_eq!(keyboard.key(Key::Enter), Outcome::Done);
        assert_eq!(keyboard.key(Key::Escape), Outcome::Cancelled);
    }

    #[test]
    fn a_full_field_takes_no_more() {
        let mut keyboard = Keyboard::new("", 3);
        type_text(&mut keyboard, "abcd");
        assert_eq!(keyboard.field().text(), "Abc");
    }

    proptest! {
        /// Whatever is pressed: the selection is a key, the text within its limit.
        #[test]
        fn no_press_breaks_the_keyboard(
            start in "\\PC{0,12}",
            presses in prop::collection::vec(0usize..14, 0..120),
        ) {
            const ACTIONS: [Action; 14] = [
                Action::Up, Action::Down, Action::Left, Action::Right, Action::Confirm,
                Action::Back, Action::Square, Action::Triangle, Action::Start, Action::Select,
                Action::L1, Action::R1, Action::L2, Action::R2,
            ];
            let mut keyboard = Keyboard::new(&start, 12);
            for press in presses {
                keyboard.act(ACTIONS[press]);
                let (row, key) = keyboard.selected();
                prop_assert!(keyboard.rows().get(row).is_some_and(|row| key < row.len()));
                let text: String = keyboard.field().text().into();
                prop_assert!(text.chars().count() <= 12);
            }
        }
    }
}
