//! The table: keys in ascending order, each with a value.

use std::collections::BTreeMap;

use crate::Error;

/// A parameter's value. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// UTF-8 with a terminating NUL in the file (format 0x0204).
    Text {
        /// The text without its NUL.
        text: String,
        /// Room in the data table, the NUL included; a multiple of 4.
        room: u32,
    },
    /// Bytes with no terminating NUL (format 0x0004), as save data has them.
    Bytes {
        /// The bytes in use.
        bytes: Vec<u8>,
        /// Room in the data table; a multiple of 4.
        room: u32,
    },
    /// An integer (format 0x0404).
    Integer(u32),
}

impl Value {
    /// A text with `room` bytes in the file, its NUL included.
    pub fn text(text: impl Into<String>, room: u32) -> Self {
        Self::Text {
            text: text.into(),
            room,
        }
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The integer, if this is one.
    pub fn as_integer(&self) -> Option<u32> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// Bytes in use, the NUL of a text included.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.len() + 1,
            Self::Bytes { bytes, .. } => bytes.len(),
            Self::Integer(_) => 4,
        }
    }

    /// Bytes in the data table.
    pub(crate) fn room(&self) -> usize {
        match self {
            Self::Text { room, .. } | Self::Bytes { room, .. } => *room as usize,
            Self::Integer(_) => 4,
        }
    }

    fn check(&self, key: &str) -> Result<(), Error> {
        if let Self::Text { text, .. } = self
            && text.contains('\0')
        {
            return Err(Error::Text {
                key: key.into(),
                problem: "contains a NUL",
            });
        }
        let (length, room) = (self.length(), self.room());
        if room % 4 != 0 {
            return Err(Error::Length {
                key: key.into(),
                length: room,
                expected: "a multiple of 4 for its room".into(),
            });
        }
        if length > room {
            return Err(Error::Length {
                key: key.into(),
                length,
                expected: format!("at most {room}"),
            });
        }
        Ok(())
    }
}

/// A PARAM.SFO in memory. Keys are unique and ascend, as the format wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sfo {
    values: BTreeMap<String, Value>,
}

impl Sfo {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// Sets `key`, and gives back what it was.
    ///
    /// # Errors
    /// [`Error::Key`] if the key has other characters than `A`–`Z`, `0`–`9` and `_`,
    /// [`Error::Text`] and [`Error::Length`] if the value does not fit its room,
    /// [`Error::Full`] if the key table, whose offsets have 16 bits, has no room left.
    pub fn set(&mut self, key: &str, value: Value) -> Result<Option<Value>, Error> {
        if !is_key(key) {
            return Err(Error::Key {
                entry: self.values.len(),
                key: key.into(),
            });
        }
        value.check(key)?;
        let keys: usize = self.values.keys().map(|key| key.len() + 1).sum();
        if !self.values.contains_key(key) && keys + key.len() >= usize::from(u16::MAX) {
            return Err(Error::Full(key.into()));
        }
        Ok(self.values.insert(key.into(), value))
    }

    /// All parameters, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// How many parameters there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Whether `key` is made of the characters that keys have.
pub(crate) fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_does_not_fit_is_refused() {
        let mut sfo = Sfo::new();
        assert_eq!(
            sfo.set("TITLE", Value::text("four", 4)),
            Err(Error::Length {
                key: "TITLE".into(),
                length: 5,
                expected: "at most 4".into()
            })
        );
        assert_eq!(sfo.set("TITLE", Value::text("thr", 4)), Ok(None));
    }

    #[test]
    fn a_room_that_would_misalign_the_next_value_is_refused() {
        let error = Sfo::new().set("TITLE", Value::text("a", 6)).unwrap_err();
        assert!(error.to_string().contains("multiple of 4"), "{error}");
    }

    #[test]
    fn keys_beyond_sixteen_bits_of_offset_are_refused() {
        let mut sfo = Sfo::new();
        let (a, b) = ("A".repeat(60_000), "B".repeat(6_000));
        assert_eq!(sfo.set(&a, Value::Integer(1)), Ok(None));
        assert_eq!(sfo.set(&b, Value::Integer(1)), Err(Error::Full(b)));
    }

    #[test]
    fn lower_case_and_empty_keys_are_refused() {
        for key in ["", "Title", "A-B"] {
            assert!(Sfo::new().set(key, Value::Integer(0)).is_err(), "{key:?}");
        }
    }
}
