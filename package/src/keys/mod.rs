//! Key files: what a user brings who wants files that only keys can make. There is no key in
//! this crate.
//!
//! The format is that of scetool: lines `[name]`, each followed by lines `property=value`; empty
//! lines and those that begin with `#` say nothing. All values but those of `type` and
//! `self_type` are hexadecimal digits. The curves that signatures need are in a file of their
//! own ([`Curve::from_file`]).
//!
//! Source: scetool, README and the comment ahead of its key list.

mod curve;

pub(crate) use curve::SCALAR;
#[cfg(test)]
pub(crate) use curve::tests as curve_tests;
pub use curve::{Curve, CurveError, Signature};

use std::collections::BTreeMap;
use std::fmt;

use crate::pkg::RetailKey;

/// The section with the AES key of packages. scetool makes no packages and has no name for it;
/// this is the PS3 Developer wiki's ("Keys").
pub const PACKAGE_KEY: &str = "npdrm_pkg_ps3_aes_key";

/// What a program is signed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// `APP`: a program of its own.
    Program,
    /// `NPDRM`: a program that a package installs.
    PackageProgram,
}

/// A key file that was read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyFile {
    sections: BTreeMap<String, Section>,
}

/// What stands in a section.
#[derive(Clone, Default, PartialEq, Eq)]
struct Section {
    is_self: bool,
    purpose: Option<Use>,
    revision: u64,
    version: u64,
    curve: u64,
    key: Vec<u8>,
    start: Vec<u8>,
    public: Vec<u8>,
    private: Vec<u8>,
}

/// The keys that a program is signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeys {
    /// Number of the keys, which the console knows them by.
    pub revision: u16,
    /// Version of the system that has them, which goes into the program.
    pub version: u64,
    /// Number of the curve in the curve file.
    pub curve: u8,
    pub(crate) key: [u8; 32],
    pub(crate) start: [u8; 16],
    pub(crate) public: [u8; 40],
    pub(crate) private: [u8; SCALAR],
    /// The keys of content protection, for a program of a package.
    pub(crate) protection: Option<ProtectionKeys>,
}

/// The keys of content protection that scetool calls `NP_tid`, `NP_ci`, `NP_klic_free` and
/// `NP_klic_key`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ProtectionKeys {
    pub name: [u8; 16],
    pub block: [u8; 16],
    pub free: [u8; 16],
    pub licence: [u8; 16],
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
    /// There are no keys to sign with.
    NoSigningKeys(Use),
    /// A key has another length.
    Length {
        /// The section.
        section: String,
        /// The property.
        property: &'static str,
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
        let mut sections: BTreeMap<String, Section> = BTreeMap::new();
        let mut current: Option<&mut Section> = None;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            let refuse = |problem| Error::Line {
                line: number + 1,
                problem,
            };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                let name = name
                    .strip_suffix(']')
                    .ok_or_else(|| refuse("has no closing bracket"))?;
                current = Some(sections.entry(name.to_owned()).or_default());
                continue;
            }
            let (Some(section), Some((property, value))) = (&mut current, line.split_once('='))
            else {
                return Err(refuse("is neither a section nor a property of one"));
            };
            section.set(property, value).map_err(refuse)?;
        }
        Ok(Self { sections })
    }

    /// The key of retail packages.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Length`].
    pub fn package_key(&self) -> Result<RetailKey, Error> {
        self.other(PACKAGE_KEY).map(RetailKey)
    }

    /// The keys to sign a program with: of those for this use that have a private half, the ones
    /// with the highest revision.
    ///
    /// # Errors
    /// Where there are none, or one of them has another length.
    pub fn signing_keys(&self, purpose: Use) -> Result<SigningKeys, Error> {
        let (name, section) = self
            .sections
            .iter()
            .filter(|(_, section)| {
                section.is_self && section.purpose == Some(purpose) && !section.private.is_empty()
            })
            .max_by_key(|(_, section)| section.revision)
            .ok_or(Error::NoSigningKeys(purpose))?;
        let protection = match purpose {
            Use::Program => None,
            Use::PackageProgram => Some(ProtectionKeys {
                name: self.other("NP_tid")?,
                block: self.other("NP_ci")?,
                free: self.other("NP_klic_free")?,
                licence: self.other("NP_klic_key")?,
            }),
        };
        Ok(SigningKeys {
            // Both were read with as many digits as fit.
            revision: section.revision as u16,
            version: section.version,
            curve: section.curve as u8,
            key: sized(name, "erk", &section.key)?,
            start: sized(name, "riv", &section.start)?,
            public: sized(name, "pub", &section.public)?,
            private: sized(name, "priv", &section.private)?,
            protection,
        })
    }

    fn other(&self, name: &'static str) -> Result<[u8; 16], Error> {
        match self.sections.get(name) {
            Some(section) if !section.key.is_empty() => sized(name, "key", &section.key),
            _ => Err(Error::Missing(name)),
        }
    }
}

impl Section {
    fn set(&mut self, property: &str, value: &str) -> Result<(), &'static str> {
        const DIGITS: &str = "has a value that is not made of pairs of hexadecimal digits";
        let bytes = || parse_hex(value).ok_or(DIGITS);
        let number = |longest: usize| match u64::from_str_radix(value, 16) {
            Ok(number) if value.len() <= longest => Ok(number),
            _ => Err("has a value that is no hexadecimal number of a length that fits"),
        };
        match property {
            "type" => self.is_self = value == "SELF",
            "self_type" => {
                self.purpose = match value {
                    "APP" => Some(Use::Program),
                    "NPDRM" => Some(Use::PackageProgram),
                    _ => None,
                }
            }
            "revision" => self.revision = number(4)?,
            "version" => self.version = number(16)?,
            "ctype" => self.curve = number(2)?,
            "key" | "erk" => self.key = bytes()?,
            "riv" => self.start = bytes()?,
            "pub" => self.public = bytes()?,
            "priv" => self.private = bytes()?,
            _ => return Err("has a property that is not known"),
        }
        Ok(())
    }
}

fn sized<const N: usize>(
    section: &str,
    property: &'static str,
    bytes: &[u8],
) -> Result<[u8; N], Error> {
    bytes.try_into().map_err(|_| Error::Length {
        section: section.to_owned(),
        property,
        found: bytes.len(),
        expected: N,
    })
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
        f.debug_set().entries(self.sections.keys()).finish()
    }
}

impl fmt::Debug for SigningKeys {
    /// Keeps the keys out of messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("is not UTF-8"),
            Self::Line { line, problem } => write!(f, "line {line} {problem}"),
            Self::Missing(section) => write!(
                f,
                "there is no section [{section}] with a line key=, which is needed here"
            ),
            Self::NoSigningKeys(purpose) => {
                let name = match purpose {
                    Use::Program => "APP",
                    Use::PackageProgram => "NPDRM",
                };
                write!(
                    f,
                    "no section has type=SELF, self_type={name} and a line priv="
                )
            }
            Self::Length {
                section,
                property,
                found,
                expected,
            } => write!(
                f,
                "{property} of [{section}] has {found} bytes, expected {expected}"
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
            assert!(error.starts_with("line 2 has a value"), "{error}");
        }
        let short = KeyFile::parse(b"[npdrm_pkg_ps3_aes_key]\nkey=00").unwrap();
        assert_eq!(
            short.package_key().unwrap_err().to_string(),
            "key of [npdrm_pkg_ps3_aes_key] has 1 bytes, expected 16"
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
