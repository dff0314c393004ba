//! What the XMB knows of a program: its name, its identifiers, its PARAM.SFO.

use package::identifiers::{ContentId, TitleId};
use sfo::{Sfo, Value, resolution, sound};

/// The name of a program, and the identifiers that go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    name: String,
    content_id: ContentId,
}

/// The publisher of programs that nobody has published: region and service as in other
/// programs of the hard disk, and a number that no publisher has taken.
const PUBLISHER: &str = "UP0001";
/// Bytes for the name in PARAM.SFO, with the NUL at its end.
const NAME_ROOM: u32 = 128;
/// Version of the program.
pub const VERSION: &str = "01.00";
/// The oldest system that is asked for: that of PSL1GHT's programs, which all consoles have that
/// start programs of one's own.
const SYSTEM_VERSION: &str = "01.8000";
const LICENCE: &str = "MIT or Apache-2.0, at your option.";

impl Title {
    /// The title of StoryCell.
    ///
    /// # Panics
    /// Never: the identifiers are of the form that they have to have.
    pub fn storycell() -> Self {
        let title_id = "STRY00001".parse().expect("four capitals, five digits");
        Self::new("StoryCell", &title_id)
    }

    /// The title of an example. Its title ID follows from its name, so that examples can be
    /// installed side by side.
    ///
    /// # Panics
    /// Never: the identifiers are of the form that they have to have.
    pub fn example(name: &str) -> Self {
        // FNV-1a, 32 bits; two examples of the same number would only replace each other.
        let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let title_id = format!("RUST{:05}", hash % 100_000);
        let title_id = title_id.parse().expect("four capitals, five digits");
        Self::new(name, &title_id)
    }

    fn new(name: &str, title_id: &TitleId) -> Self {
        Self {
            name: name.to_owned(),
            content_id: content_id(title_id, name),
        }
    }

    /// The same program under other identifiers. Where only one is given, the other follows.
    ///
    /// # Errors
    /// One line, where the two name different titles.
    pub fn with(
        self,
        title_id: Option<TitleId>,
        content_id: Option<ContentId>,
    ) -> Result<Self, String> {
        match (title_id, content_id) {
            (None, None) => Ok(self),
            (Some(title_id), None) => Ok(Self::new(&self.name, &title_id)),
            (title_id, Some(content_id)) => {
                let of_package = content_id.title_id();
                match title_id.filter(|it| *it != of_package) {
                    Some(other) => Err(format!(
                        "the content ID {content_id} is of the title {of_package}, not of {other}"
                    )),
                    None => Ok(Self { content_id, ..self }),
                }
            }
        }
    }

    /// The name that the XMB shows.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which package it is.
    pub fn content_id(&self) -> &ContentId {
        &self.content_id
    }

    /// The contents of PARAM.SFO, as the XMB accepts them.
    ///
    /// # Errors
    /// Where the name is empty, or longer than the XMB has room for.
    pub fn parameters(&self) -> Result<Sfo, sfo::Error> {
        let mut table = Sfo::new();
        for (key, value) in [
            ("APP_VER", Value::text(VERSION, 8)),
            ("ATTRIBUTE", Value::Integer(0)),
            ("BOOTABLE", Value::Integer(1)),
            // A game on the hard disk: the category in which the XMB starts what a package has
            // installed.
            ("CATEGORY", Value::text("HG", 4)),
            ("LICENSE", Value::text(LICENCE, 512)),
            ("PARENTAL_LEVEL", Value::Integer(0)),
            ("PS3_SYSTEM_VER", Value::text(SYSTEM_VERSION, 8)),
            ("RESOLUTION", Value::Integer(resolution::ALL)),
            ("SOUND_FORMAT", Value::Integer(sound::LPCM_2)),
            ("TITLE", Value::text(&self.name, NAME_ROOM)),
            (
                "TITLE_ID",
                Value::text(self.content_id.title_id().as_str(), 16),
            ),
            ("VERSION", Value::text(VERSION, 8)),
        ] {
            table.set(key, value)?;
        }
        table.validate()?;
        Ok(table)
    }
}

/// The content ID of a title: its label has the letters and digits of the name.
fn content_id(title_id: &TitleId, name: &str) -> ContentId {
    const LABEL: usize = 16;
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    let mut label: String = letters
        .take(LABEL)
        .map(|letter| char::from(letter.to_ascii_uppercase()))
        .collect();
    if label.len() < LABEL {
        label += &format!("{:0>width$}", 1, width = LABEL - label.len());
    }
    let id = format!("{PUBLISHER}-{title_id}_00-{label}");
    id.parse()
        .expect("16 capitals and digits behind the title ID")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn storycell_has_its_identifiers() {
        let title = Title::storycell();
        let id = "UP0001-STRY00001_00-STORYCELL0000001";
        assert_eq!(title.content_id().as_str(), id);
        let table = title.parameters().unwrap();
        let text = |key| table.get(key).and_then(Value::as_text).unwrap();
        assert_eq!(text("TITLE"), "StoryCell");
        assert_eq!(text("TITLE_ID"), "STRY00001");
        assert_eq!(text("CATEGORY"), "HG");
        assert_eq!(Sfo::parse(&table.to_bytes()), Ok(table));
    }

    #[test]
    fn one_identifier_follows_from_the_other() {
        let title = || Title::storycell();
        let (mine, theirs) = (
            "MINE00001".parse().unwrap(),
            "UP0001-NPUB30162_00-SCOTTPILGRIM0002",
        );
        let named = title().with(Some(mine), None).unwrap();
        let id = "UP0001-MINE00001_00-STORYCELL0000001";
        assert_eq!(named.content_id().as_str(), id);
        let named = title().with(None, Some(theirs.parse().unwrap())).unwrap();
        assert_eq!(named.content_id().as_str(), theirs);
        let table = named.parameters().unwrap();
        assert_eq!(
            table.get("TITLE_ID").and_then(Value::as_text),
            Some("NPUB30162")
        );
        let both = title().with(
            Some("MINE00001".parse().unwrap()),
            Some(theirs.parse().unwrap()),
        );
        assert_eq!(
            both.unwrap_err(),
            "the content ID UP0001-NPUB30162_00-SCOTTPILGRIM0002 is of the title NPUB30162, not of \
             MINE00001"
        );
    }

    proptest! {
        #[test]
        fn every_name_has_identifiers_and_fits_or_is_refused(name in "\\PC{0,140}") {
            let title = Title::example(&name);
            let fits = name.len() < NAME_ROOM as usize && !name.trim().is_empty();
            prop_assert_eq!(title.parameters().is_ok(), fits);
        }
    }
}
