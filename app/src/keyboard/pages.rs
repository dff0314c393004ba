//! The keys of each page.

use alloc::vec::Vec;

/// The width of every row, in columns; a letter is one column wide.
pub const COLUMNS: u8 = 10;

/// A page of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Digits and the letters of English.
    #[default]
    Letters,
    /// Punctuation and signs.
    Symbols,
    /// Letters with accents, and quotation marks.
    Accents,
}

impl Page {
    /// The page after this one; after the last comes the first.
    pub const fn next(self) -> Page {
        match self {
            Page::Letters => Page::Symbols,
            Page::Symbols => Page::Accents,
            Page::Accents => Page::Letters,
        }
    }

    /// What is written on the key that leads to this page.
    pub const fn label(self) -> &'static str {
        match self {
            Page::Letters => "abc",
            Page::Symbols => "#+=",
            Page::Accents => "äéñ",
        }
    }

    /// The rows of characters, in lower case.
    const fn characters(self) -> [&'static str; 4] {
        match self {
            Page::Letters => ["1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.?"],
            Page::Symbols => ["!\"#$%&'()*", "+-/:;<=>?@", "[]\\^_`{|}~", "€£¥§°…–,.!"],
            Page::Accents => ["àáâäåæçèéê", "ëìíîïñòóôö", "øùúûüýÿœßš", "“”‘’«»„¿¡."],
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyJob {
    /// Types this character, or its capital when shifted.
    Character(char),
    /// Capitals for one letter, for all, for none.
    Shift,
    /// Goes to this page.
    Page(Page),
    /// The caret one character to the left.
    CaretLeft,
    /// Types a space.
    Space,
    /// The caret one character to the right.
    CaretRight,
    /// Deletes the character before the caret.
    Delete,
    /// Takes the text.
    Done,
}

/// A key in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCap {
    /// What it does.
    pub job: KeyJob,
    /// The first column that it covers.
    pub column: u8,
    /// How many columns it covers.
    pub columns: u8,
}

/// The rows of a page from the top, their keys from left to right. Each row
/// covers all [`COLUMNS`].
pub fn rows(page: Page) -> Vec<Vec<KeyCap>> {
    let mut rows: Vec<Vec<KeyCap>> = page
        .characters()
        .iter()
        .map(|row| {
            (0..)
                .zip(row.chars())
                .map(|(column, c)| KeyCap {
                    job: KeyJob::Character(c),
                    column,
                    columns: 1,
                })
                .collect()
        })
        .collect();
    let mut column = 0;
    let commands = [
        (KeyJob::Shift, 1),
        (KeyJob::Page(page.next()), 1),
        (KeyJob::CaretLeft, 1),
        (KeyJob::Space, 3),
        (KeyJob::CaretRight, 1),
        (KeyJob::Delete, 1),
        (KeyJob::Done, 2),
    ];
    rows.push(
        commands
            .into_iter()
            .map(|(job, columns)| {
                let key = KeyCap {
                    job,
                    column,
                    columns,
                };
                column += columns;
                key
            })
            .collect(),
    );
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [Page; 3] = [Page::Letters, Page::Symbols, Page::Accents];

    #[test]
    fn rows_cover_all_columns() {
        for page in PAGES {
            for row in rows(page) {
                let mut column = 0;
                for key in row {
                    assert_eq!(key.column, column);
                    column += key.columns;
                }
                assert_eq!(column, COLUMNS);
            }
        }
    }

    #[test]
    fn all_of_printable_ascii_can_be_typed() {
        let mut typed = Vec::new();
        for key in PAGES.into_iter().flat_map(rows).flatten() {
            match key.job {
                KeyJob::Character(c) => typed.extend([c, c.to_ascii_uppercase()]),
                KeyJob::Space => typed.push(' '),
                _ => {}
            }
        }
        for c in ' '..='~' {
            assert!(typed.contains(&c), "no key for {c}");
        }
    }

    #[test]
    fn pages_lead_around() {
        for page in PAGES {
            assert_eq!(page.next().next().next(), page);
        }
    }
}
