//! Checksums that files in a package bring themselves: the manifest, PARAM.SFO, pictures, SELFs
//! and models.

use std::collections::BTreeMap;

use super::State;
use crate::self_file::SelfFile;

/// A file that may have checksums of its own, as far as it has been read.
pub(super) struct Contents {
    kind: Format,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// Not known yet: it shows in the first bytes.
    Begun,
    Sfo,
    Png,
    SelfFile,
    Bundle,
    /// One without a checksum.
    Plain,
}

/// What a PNG begins with.
const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

impl Contents {
    pub fn of(name: &str) -> Self {
        let kind = if name.ends_with(".SFO") {
            Format::Sfo
        } else if name.ends_with(".PNG") {
            Format::Png
        } else {
            Format::Begun
        };
        Self {
            kind,
            bytes: Vec::new(),
        }
    }

    /// Takes the next bytes of the file.
    pub fn take(&mut self, bytes: &[u8]) {
        if self.kind != Format::Plain {
            self.bytes.extend_from_slice(bytes);
        }
        if self.kind == Format::Begun && self.bytes.len() >= 8 {
            self.kind = if self.bytes.starts_with(&llama::bundle::MAGIC) {
                Format::Bundle
            } else if self.bytes.starts_with(&crate::self_file::MAGIC) {
                Format::SelfFile
            } else {
                self.bytes = Vec::new();
                Format::Plain
            };
        }
    }

    pub fn state(self) -> State {
        let bad = |problem: String| State::Bad(problem);
        match self.kind {
            Format::Begun | Format::Plain => State::Silent("has no digest"),
            Format::Sfo => match sfo::Sfo::parse(&self.bytes) {
                // A PARAM.SFO has no checksum: it was only found to be well formed.
                Ok(_) => State::Silent("well formed"),
                Err(error) => bad(error.to_string()),
            },
            Format::Png => check_png(&self.bytes).map_or_else(bad, |()| State::Good),
            Format::SelfFile => match SelfFile::parse(&self.bytes) {
                Ok(file) => match file.check() {
                    Ok(true) => State::Good,
                    Ok(false) => State::Silent("well formed"),
                    Err(error) => bad(error.to_string()),
                },
                Err(error) => bad(error.to_string()),
            },
            Format::Bundle => match llama::bundle::Bundle::parse(&self.bytes) {
                Ok(_) => State::Good,
                Err(error) => bad(error.to_string()),
            },
        }
    }
}

/// Checks the CRC of every chunk.
///
/// Source: PNG Specification (Third Edition), 5.3 "Chunk layout".
fn check_png(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes
        .strip_prefix(&PNG)
        .ok_or("it does not begin as a PNG does")?;
    loop {
        let at = bytes.len() - rest.len();
        let cut = || format!("the chunk at byte {at} is cut");
        let (head, behind) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = u32::from_be_bytes(*head) as usize;
        let (chunk, behind) = length
            .checked_add(4)
            .and_then(|size| behind.split_at_checked(size))
            .ok_or_else(cut)?;
        let (crc, behind) = behind.split_first_chunk::<4>().ok_or_else(cut)?;
        if crc32fast::hash(chunk) != u32::from_be_bytes(*crc) {
            return Err(format!("the CRC of the chunk at byte {at} is another one"));
        }
        rest = behind;
        if chunk.starts_with(b"IEND") {
            return match rest.is_empty() {
                true => Ok(()),
                false => Err("it goes on behind its last chunk".into()),
            };
        }
    }
}

/// A line of the manifest: 40 hexadecimal digits, two spaces and the path below the package's
/// folder, as `sha1sum` writes it.
pub(super) fn manifest_line(name: &str, digest: &[u8; 20]) -> String {
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}  {name}\n")
}

/// The digests in a manifest.
pub(super) fn parse_manifest(bytes: &[u8]) -> Result<BTreeMap<String, [u8; 20]>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let mut digests = BTreeMap::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let parsed = line
            .strip_suffix('\n')
            .and_then(|line| line.split_once("  "))
            .and_then(|(digits, name)| Some((name, parse_digest(digits)?)));
        let Some((name, digest)) = parsed else {
            return Err(format!("line {} is no SHA-1 and name", number + 1));
        };
        if digests.insert(name.to_owned(), digest).is_some() {
            return Err(format!("line {} repeats {name}", number + 1));
        }
    }
    Ok(digests)
}

fn parse_digest(digits: &str) -> Option<[u8; 20]> {
    let mut digest = [0; 20];
    let is_digits = digits.len() == 40
        && digits
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    for (i, byte) in digest.iter_mut().enumerate().filter(|_| is_digits) {
        *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).ok()?;
    }
    is_digits.then_some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let lines = manifest_line("PARAM.SFO", &[0xab; 20]) + &manifest_line("a  b", &[1; 20]);
        let read = parse_manifest(lines.as_bytes()).unwrap();
        assert_eq!(read["PARAM.SFO"], [0xab; 20]);
        assert_eq!(read["a  b"], [1; 20]);
        assert!(parse_manifest(&lines.as_bytes()[1..]).is_err());
        assert!(parse_manifest(&lines.as_bytes()[..lines.len() - 1]).is_err());
        assert!(parse_manifest((lines.clone() + &lines).as_bytes()).is_err());
    }

    #[test]
    fn every_bit_of_a_picture_counts() {
        // One black pixel.
        let png = [
            &PNG[..],
            b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55",
            b"\0\0\0\nIDAT\x08\xd7\x63\x60\0\0\0\x02\0\x01\xe2\x21\xbc\x33",
            b"\0\0\0\0IEND\xae\x42\x60\x82",
        ]
        .concat();
        assert_eq!(check_png(&png), Ok(()));
        for bit in 0..png.len() * 8 {
            let mut wrong = png.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(check_png(&wrong).is_err(), "bit {bit}");
        }
        for length in 0..png.len() {
            assert!(check_png(&png[..length]).is_err());
        }
    }
}
