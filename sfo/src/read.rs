//! From a file to a table.

use crate::table::is_key;
use crate::{
    ENTRY, Error, FORMAT_BYTES, FORMAT_INTEGER, FORMAT_TEXT, HEADER, MAGIC, Sfo, VERSION, Value,
};

impl Sfo {
    /// Reads a file.
    ///
    /// Everything that the header and the index table claim is checked against the file's
    /// size before it is used; what is behind the last value is ignored.
    ///
    /// # Errors
    /// An [`Error`] that names the part or the key that is wrong.
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        let header = part(file, 0, HEADER, || "the header".into())?;
        let magic = [header[0], header[1], header[2], header[3]];
        if magic != MAGIC {
            return Err(Error::Magic(magic));
        }
        let version = word(header, 4);
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let keys_at = word(header, 8) as usize;
        let data_at = word(header, 12) as usize;
        let count = word(header, 16) as usize;
        let index = part(file, HEADER, count.saturating_mul(ENTRY), || {
            format!("the index table of {count} entries")
        })?;
        if keys_at < HEADER + index.len() {
            return Err(Error::Overlap {
                part: "the key table".into(),
            });
        }
        if data_at < keys_at {
            return Err(Error::Overlap {
                part: "the data table".into(),
            });
        }
        let keys = part(file, keys_at, data_at - keys_at, || "the key table".into())?;

        let mut sfo = Self::new();
        let mut before: Option<String> = None;
        for (number, entry) in index.chunks_exact(ENTRY).enumerate() {
            let key = key(keys, half(entry, 0) as usize, number)?;
            if let Some(before) = before.filter(|before| *before >= key) {
                return Err(Error::Order { before, key });
            }
            let value = value(file, data_at, &key, entry)?;
            sfo.set(&key, value)?;
            before = Some(key);
        }
        Ok(sfo)
    }
}

fn key(keys: &[u8], at: usize, entry: usize) -> Result<String, Error> {
    let rest = keys.get(at..).unwrap_or_default();
    let end = rest.iter().position(|&byte| byte == 0);
    let text = String::from_utf8_lossy(&rest[..end.unwrap_or(rest.len())]).into_owned();
    if end.is_some() && is_key(&text) {
        Ok(text)
    } else {
        Err(Error::Key { entry, key: text })
    }
}

fn value(file: &[u8], data_at: usize, key: &str, entry: &[u8]) -> Result<Value, Error> {
    let format = half(entry, 2);
    let length = word(entry, 4) as usize;
    let room = word(entry, 8);
    let offset = word(entry, 12) as usize;
    let wrong_length = |length, expected: &str| Error::Length {
        key: key.into(),
        length,
        expected: expected.into(),
    };
    if length > room as usize {
        return Err(wrong_length(length, &format!("at most {room}")));
    }
    let bytes = part(file, data_at.saturating_add(offset), room as usize, || {
        format!("the value of {key}")
    })?;
    let used = &bytes[..length];
    match format {
        FORMAT_INTEGER => {
            if length != 4 || room != 4 {
                return Err(wrong_length(length, "4 of 4"));
            }
            Ok(Value::Integer(word(used, 0)))
        }
        FORMAT_TEXT => {
            let problem = |problem| Error::Text {
                key: key.into(),
                problem,
            };
            let (&last, text) = used
                .split_last()
                .ok_or_else(|| problem("has no terminating NUL"))?;
            if last != 0 {
                return Err(problem("has no terminating NUL"));
            }
            let text = std::str::from_utf8(text).map_err(|_| problem("is not UTF-8"))?;
            Ok(Value::text(text, room))
        }
        FORMAT_BYTES => Ok(Value::Bytes {
            bytes: used.to_vec(),
            room,
        }),
        code => Err(Error::Format {
            key: key.into(),
            code,
        }),
    }
}

fn part(
    file: &[u8],
    at: usize,
    size: usize,
    name: impl FnOnce() -> String,
) -> Result<&[u8], Error> {
    let end = at.saturating_add(size);
    file.get(at..end).ok_or_else(|| Error::Truncated {
        part: name(),
        expected: end,
        found: file.len(),
    })
}

/// The little-endian half-word at `at`, which the caller has checked to be inside.
fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// The little-endian word at `at`, which the caller has checked to be inside.
fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
