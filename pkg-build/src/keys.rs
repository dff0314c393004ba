//! Key files: what a user brings who wants files that only keys can make. There is no key in
//! this crate.
//!
//! The format is that of scetool: lines `[name]`, each followed by lines `property=value`; empty
//! lines and those that begin with `#` say nothing. The properties that are read here are `key`
//! and `erk` (two names of one thing), in hexadecimal digits; the others that scetool knows are
//! let through.
//!
//! Source: scetool, README and the comment ahead of its key list.

use std::collections::BTreeMap;
use std::fmt;

use crate::pkg::RetailKey;

/// The section with the AES key of packages. scetool makes no packages and has no name for it;
/// this is the PS3 Developer wiki's ("Keys").
pub const PACKAGE_KEY: &str = "npdrm_pkg_ps3_aes_key";

/// The properties that scetool knows.
const PROPERTIES: [&str; 10] = [
    "type",
    "revision",
    "version",
    "self_type",
    "key",
    "erk",
    "riv",
    "pub",
    "priv",
    "ctype",
];

/// A key file that was read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyFile {
    keys: BTreeMap<String, Vec<u8>>,
}

/// Why a key file cannot be used. Nothing of a key is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file is not UTF-8.
    Text,
    /// A line is neither a section nor a property, or stands ahead of the first section.
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A section is not there, or has no key.
    Missing(&'static str),
    /// A key has another length.
    Length {
        /// The section.
        section: &'static str,
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    /// An [`Error`] with the number of the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|_| Error::Text)?;
        let mut keys = BTreeMap::new();
        let mut section: Option<&str> = None;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            let refuse = |problem| {
                Err(Error::Line {
                    line: number + 1,
                    problem,
                })
            };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                match name.strip_suffix(']') {
                    Some(name) => section = Some(name),
                    None => return refuse("has no closing bracket"),
                }
                continue;
            }
            let (Some(section), Some((property, value))) = (section, line.split_once('=')) else {
                return refuse("is neither a section nor a property of one");
            };
            if !PROPERTIES.contains(&property) {
                return refuse("has a property that is not known");
            }
            if matches!(property, "key" | "erk") {
                match parse_hex(value) {
                    Some(key) => keys.insert(section.to_owned(), key),
                    None => {
                        return refuse("has a key that is not made of pairs of hexadecimal digits");
                    }
                };
            }
        }
        Ok(Self { keys })
    }

    /// The key of retail packages.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Length`].
    pub fn package_key(&self) -> Result<RetailKey, Error> {
        let key = self
            .keys
            .get(PACKAGE_KEY)
            .ok_or(Error::Missing(PACKAGE_KEY))?;
        match key.as_slice().try_into() {
            Ok(key) => Ok(RetailKey(key)),
            Err(_) => Err(Error::Length {
                section: PACKAGE_KEY,
                found: key.len(),
                expected: 16,
            }),
        }
    }
}

fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8));
    bytes
        .collect::<Option<Vec<u8>>>()
        .filter(|bytes| rest.is_empty() && !bytes.is_empty())
}

impl fmt::Debug for KeyFile {
    /// Keeps the keys out of messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.keys()).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("is not UTF-8"),
            Self::Line { line, problem } => write!(f, "line {line} {problem}"),
            Self::Missing(section) => write!(
                f,
                "there is no section [{section}] with a line key=, which a retail package needs"
            ),
            Self::Length {
                section,
                found,
                expected,
            } => write!(
                f,
                "the key of [{section}] has {found} bytes, expected {expected}"
            ),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "# mine\n\n[appold]\ntype=SELF\nrevision=00\nself_type=APP\n\
        erk=0011\nriv=22\nctype=33\n[npdrm_pkg_ps3_aes_key]\r\ntype=OTHER\r\n\
        key=000102030405060708090A0b0c0d0e0f\r\n";

    #[test]
    fn the_package_key_is_found() {
        let file = KeyFile::parse(FILE.as_bytes()).unwrap();
        let key = std::array::from_fn(|i| i as u8);
        assert_eq!(file.package_key(), Ok(RetailKey(key)));
        assert_eq!(
            format!("{file:?}"),
            "{\"appold\", \"npdrm_pkg_ps3_aes_key\"}"
        );
    }

    #[test]
    fn errors_name_the_line() {
        let error = |text: &str| KeyFile::parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("[a\n"), "line 1 has no closing bracket");
        assert_eq!(
            error("\nkey=00\n"),
            "line 2 is neither a section nor a property of one"
        );
        assert_eq!(
            error("[a]\nnonsense=00"),
            "line 2 has a property that is not known"
        );
        for key in ["0", "0g", "", "é0"] {
            let error = error(&format!("[a]\nkey={key}"));
            assert!(error.starts_with("line 2 has a key"), "{error}");
        }
        let short = KeyFile::parse(b"[npdrm_pkg_ps3_aes_key]\nkey=00").unwrap();
        assert_eq!(
            short.package_key().unwrap_err().to_string(),
            "the key of [npdrm_pkg_ps3_aes_key] has 1 bytes, expected 16"
        );
        assert!(KeyFile::default().package_key().is_err());
    }

    proptest! {
        #[test]
        fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = KeyFile::parse(&bytes);
        }
    }
}
