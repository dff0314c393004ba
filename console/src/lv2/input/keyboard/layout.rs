//! Layouts: which character is on which key.

/// A keyboard's layout; the numbers are the system's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Layout {
    /// American English, 101 keys.
    Us = 0,
    /// German.
    German = 3,
    /// British English.
    Uk = 10,
}

/// A key's characters: alone, with shift, with the right alt key; 0 where there is none.
type Levels = [char; 3];

/// Keys that are the same in all layouts.
const COMMON: &[(u8, &str)] = &[
    (0x28, "\n"),
    (0x2a, "\u{8}"),
    (0x2b, "\t"),
    (0x2c, " "),
    (0x36, ",<"),
    (0x37, ".>"),
    (0x38, "/?"),
    (0x1e, "1!"),
    (0x1f, "2@"),
    (0x20, "3#"),
    (0x21, "4$"),
    (0x22, "5%"),
    (0x23, "6^"),
    (0x24, "7&"),
    (0x25, "8*"),
    (0x26, "9("),
    (0x27, "0)"),
    (0x2d, "-_"),
    (0x2e, "=+"),
    (0x2f, "[{"),
    (0x30, "]}"),
    (0x31, "\\|"),
    (0x33, ";:"),
    (0x34, "'\""),
    (0x35, "`~"),
];

/// The number pad's characters, from the first of its keys.
const PAD: (u8, &str) = (0x54, "/*-+\n1234567890.");
/// The first key of the number pad that needs the light for numbers.
const PAD_NUMBERS: u8 = 0x59;

const UK: &[(u8, &str)] = &[
    (0x1f, "2\""),
    (0x20, "3£"),
    (0x31, "#~"),
    (0x32, "#~"),
    (0x34, "'@"),
    (0x35, "`¬"),
    (0x64, "\\|"),
];

const GERMAN: &[(u8, &str)] = &[
    (0x14, "qQ@"),
    (0x10, "mMµ"),
    (0x1c, "zZ"),
    (0x1d, "yY"),
    (0x1f, "2\"²"),
    (0x20, "3§³"),
    (0x23, "6&"),
    (0x24, "7/{"),
    (0x25, "8(["),
    (0x26, "9)]"),
    (0x27, "0=}"),
    (0x2d, "ß?\\"),
    (0x2e, "´`"),
    (0x2f, "üÜ"),
    (0x30, "+*~"),
    (0x31, "#'"),
    (0x32, "#'"),
    (0x33, "öÖ"),
    (0x34, "äÄ"),
    (0x35, "^°"),
    (0x36, ",;"),
    (0x37, ".:"),
    (0x38, "-_"),
    (0x64, "<>|"),
];

impl Layout {
    /// The layout with the system's number.
    pub(in crate::lv2) fn from_number(number: u32) -> Option<Self> {
        [Self::Us, Self::German, Self::Uk]
            .into_iter()
            .find(|layout| *layout as u32 == number)
    }

    fn own(self) -> &'static [(u8, &'static str)] {
        match self {
            Self::Us => &[],
            Self::German => GERMAN,
            Self::Uk => UK,
        }
    }

    /// The characters of a key; none for keys that have no character.
    pub fn levels(self, usage: u8) -> Option<Levels> {
        let rows = self.own().iter().chain(COMMON);
        if let Some((_, text)) = rows.into_iter().find(|(key, _)| *key == usage) {
            let mut characters = text.chars();
            return Some([(); 3].map(|()| characters.next().unwrap_or('\0')));
        }
        let letter = (0x04..=0x1d).contains(&usage).then(|| b'a' + usage - 4)?;
        let upper = letter.to_ascii_uppercase();
        Some([letter.into(), upper.into(), '\0'])
    }

    /// The key that a character is on, and with which modifier: 0 none, 1 shift, 2 the right
    /// alt key.
    pub fn find(self, character: char) -> Option<(u8, usize)> {
        if character == '\0' {
            return None;
        }
        (0x04..PAD.0).chain([0x64]).find_map(|usage| {
            let level = self.levels(usage)?.iter().position(|c| *c == character)?;
            Some((usage, level))
        })
    }
}

/// The character of a key of the number pad, which are the same in all layouts.
pub fn on_pad(usage: u8, numbers: bool) -> Option<u8> {
    let at = usage.checked_sub(PAD.0)?;
    let character = PAD.1.as_bytes().get(usize::from(at))?;
    (numbers || usage < PAD_NUMBERS).then_some(*character)
}

/// Characters outside of ASCII that layouts have, by their codes in the code page 850, which
/// the system's codes are of.
const CODES: &[(char, u8)] = &[
    ('ü', 0x81),
    ('ä', 0x84),
    ('Ä', 0x8e),
    ('ö', 0x94),
    ('Ö', 0x99),
    ('Ü', 0x9a),
    ('£', 0x9c),
    ('¬', 0xaa),
    ('ß', 0xe1),
    ('µ', 0xe6),
    ('´', 0xef),
    ('§', 0xf5),
    ('°', 0xf8),
    ('³', 0xfc),
    ('²', 0xfd),
];

/// A character's code in the code page 850.
pub fn cp850(character: char) -> Option<u8> {
    if character.is_ascii() {
        return Some(character as u8);
    }
    CODES
        .iter()
        .find(|(known, _)| *known == character)
        .map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_a_layout_has_a_code_and_a_key() {
        for layout in [Layout::Us, Layout::German, Layout::Uk] {
            assert_eq!(Layout::from_number(layout as u32), Some(layout));
            for usage in 0..=u8::MAX {
                for character in layout.levels(usage).into_iter().flatten() {
                    if character != '\0' {
                        let (found, level) = layout.find(character).unwrap();
                        assert_eq!(layout.levels(found).unwrap()[level], character);
                        assert!(cp850(character).is_some(), "{character}");
                    }
                }
            }
            for character in (b' '..=b'~').map(char::from) {
                assert!(layout.find(character).is_some(), "{layout:?} {character}");
            }
        }
        assert_eq!(Layout::from_number(99), None);
    }

    #[test]
    fn keys_are_where_the_layout_has_them() {
        assert_eq!(Layout::Us.find('y'), Some((0x1c, 0)));
        assert_eq!(Layout::German.find('y'), Some((0x1d, 0)));
        assert_eq!(Layout::German.find('Ü'), Some((0x2f, 1)));
        assert_eq!(Layout::German.find('@'), Some((0x14, 2)));
        assert_eq!(Layout::Us.find('é'), None);
        assert_eq!(Layout::Us.find('\n'), Some((0x28, 0)));
        assert_eq!(on_pad(0x62, true), Some(b'0'));
        assert_eq!(on_pad(0x62, false), None);
        assert_eq!(on_pad(0x54, false), Some(b'/'));
        assert_eq!((on_pad(0x53, true), on_pad(0x64, true)), (None, None));
    }
}
