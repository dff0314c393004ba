//! The names by which the console and its network know a program.

use std::fmt;
use std::str::FromStr;

/// Which program it is: four capitals and five digits, as in `NPEB00001`. The folder that it is
/// installed into has this name.
///
/// Source: PS3 Developer wiki, "PARAM.SFO", TITLE_ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleId(String);

/// Which package it is: `UP0001-NPUB30162_00-SCOTTPILGRIM0002`, 36 characters: two capitals for
/// region and service and four digits for the publisher, the title ID, two digits, and 16
/// characters of choice.
///
/// Source: PS3 Developer wiki, "PARAM.SFO", CONTENT_ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentId(String);

/// Why a text is no identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentifierError {
    kind: &'static str,
    found: String,
    expected: &'static str,
}

const TITLE: &str = "AAAA00000";
const CONTENT: &str = "AA0000-AAAA00000_00-****************";

impl TitleId {
    /// The nine characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContentId {
    /// Length in characters.
    pub const LENGTH: usize = CONTENT.len();

    /// The 36 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The title that the package belongs to.
    pub fn title_id(&self) -> TitleId {
        TitleId(self.0[7..16].to_owned())
    }
}

impl FromStr for TitleId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if has_pattern(text, TITLE) {
            return Ok(TitleId(text.to_owned()));
        }
        Err(IdentifierError {
            kind: "title ID",
            found: text.to_owned(),
            expected: "four capitals and five digits, as in NPEB00001",
        })
    }
}

impl FromStr for ContentId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if has_pattern(text, CONTENT) {
            return Ok(ContentId(text.to_owned()));
        }
        Err(IdentifierError {
            kind: "content ID",
            found: text.to_owned(),
            expected: "36 characters as in UP0001-NPEB00001_00-0123456789ABCDEF",
        })
    }
}

/// Whether `text` has a digit for each `0` of `pattern`, a capital for each `A`, either for each
/// `*`, and else the same characters.
fn has_pattern(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(found, wanted)| match wanted {
                b'0' => found.is_ascii_digit(),
                b'A' => found.is_ascii_uppercase(),
                b'*' => found.is_ascii_digit() || found.is_ascii_uppercase(),
                other => found == other,
            })
}

impl fmt::Display for TitleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            found,
            expected,
        } = self;
        write!(f, "{found:?} is no {kind}, which has {expected}")
    }
}

impl std::error::Error for IdentifierError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_id_names_its_title() {
        let id: ContentId = "UP0001-NPUB30162_00-SCOTTPILGRIM0002".parse().unwrap();
        assert_eq!(id.title_id(), "NPUB30162".parse().unwrap());
        assert_eq!(id.as_str().len(), ContentId::LENGTH);
    }

    #[test]
    fn other_texts_are_refused_with_an_example() {
        for text in [
            "",
            "UP0001-NPUB30162_00-SCOTTPILGRIM000",
            "UP0001-NPUB30162_00-SCOTTPILGRIM00020",
            "up0001-NPUB30162_00-SCOTTPILGRIM0002",
            "UP0001-NPUB3016X_00-SCOTTPILGRIM0002",
            "UP0001_NPUB30162_00-SCOTTPILGRIM0002",
            "UP0001-NPUB30162_00-SCOTTPILGRI/0002",
            "UP0001-NPUB30162_00-SCOTTPILGRIé002",
        ] {
            let error = text.parse::<ContentId>().unwrap_err().to_string();
            assert!(error.contains("UP0001-NPEB00001_00"), "{error}");
        }
        assert_eq!(
            "../../ETC".parse::<TitleId>().unwrap_err().to_string(),
            "\"../../ETC\" is no title ID, which has four capitals and five digits, as in NPEB00001"
        );
    }
}
