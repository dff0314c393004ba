//! The parameters of a program on the hard disk, and what the XMB accepts of them.

use crate::{Error, Sfo, Value};

/// Bits of the parameter `RESOLUTION`: the modes that a title can be started in.
///
/// Source: PS3 Developer wiki, "PARAM.SFO", RESOLUTION.
pub mod resolution {
    /// 480 lines, 4:3.
    pub const P480: u32 = 1;
    /// 576 lines, 4:3.
    pub const P576: u32 = 2;
    /// 720 lines.
    pub const P720: u32 = 4;
    /// 1080 lines.
    pub const P1080: u32 = 8;
    /// 480 lines, 16:9.
    pub const P480_WIDE: u32 = 16;
    /// 576 lines, 16:9.
    pub const P576_WIDE: u32 = 32;
    /// All of them.
    pub const ALL: u32 = 63;
}

/// Bits of the parameter `SOUND_FORMAT`.
///
/// Source: PS3 Developer wiki, "PARAM.SFO", SOUND_FORMAT.
pub mod sound {
    /// Two channels of linear PCM, which every console can play.
    pub const LPCM_2: u32 = 1;
    /// A bit that PSL1GHT sets in its programs; what it means is not known.
    pub const OF_PSL1GHT: u32 = 2;
    /// Six channels of linear PCM.
    pub const LPCM_5_1: u32 = 4;
    /// Eight channels of linear PCM.
    pub const LPCM_7_1: u32 = 16;
    /// Dolby Digital, six channels.
    pub const DOLBY_5_1: u32 = 256;
    /// DTS, six channels.
    pub const DTS_5_1: u32 = 512;
    /// All bits that are known.
    pub const ALL: u32 = LPCM_2 | OF_PSL1GHT | LPCM_5_1 | LPCM_7_1 | DOLBY_5_1 | DTS_5_1;
}

/// How the XMB wants a parameter to look.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Text {
        room: u32,
        accepts: fn(&str) -> bool,
    },
    Integer {
        accepts: fn(u32) -> bool,
    },
}

/// A parameter that the XMB reads of a program on the hard disk.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    key: &'static str,
    required: bool,
    expected: &'static str,
    shape: Shape,
}

impl Parameter {
    /// The key.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// Whether a program does not start without it.
    pub fn required(&self) -> bool {
        self.required
    }

    /// What values are accepted, in words.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// All that are known, in the order of the file.
    ///
    /// Source: PS3 Developer wiki, "PARAM.SFO", list of parameters, category HG.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    fn check(&self, value: &Value) -> Result<(), Error> {
        let accepted = match (&self.shape, value) {
            (Shape::Text { room, accepts }, Value::Text { text, room: found }) => {
                room == found && accepts(text)
            }
            (Shape::Integer { accepts }, Value::Integer(value)) => accepts(*value),
            _ => false,
        };
        if accepted {
            return Ok(());
        }
        let found = match value {
            Value::Text { text, room } => format!("the text {text:?} in {room} bytes"),
            Value::Bytes { bytes, .. } => format!("{} bytes without NUL", bytes.len()),
            Value::Integer(value) => format!("the number {value:#x}"),
        };
        Err(Error::Value {
            key: self.key,
            found,
            expected: self.expected,
        })
    }
}

const fn text(
    key: &'static str,
    required: bool,
    room: u32,
    accepts: fn(&str) -> bool,
    expected: &'static str,
) -> Parameter {
    Parameter {
        key,
        required,
        expected,
        shape: Shape::Text { room, accepts },
    }
}

const fn integer(
    key: &'static str,
    required: bool,
    accepts: fn(u32) -> bool,
    expected: &'static str,
) -> Parameter {
    Parameter {
        key,
        required,
        expected,
        shape: Shape::Integer { accepts },
    }
}

static ALL: [Parameter; 12] = [
    text("APP_VER", true, 8, is_version, "NN.NN in 8 bytes"),
    integer("ATTRIBUTE", false, |_| true, "an integer"),
    integer("BOOTABLE", true, |value| value == 1, "1"),
    text("CATEGORY", true, 4, |text| text == "HG", "HG in 4 bytes"),
    text("LICENSE", false, 512, |_| true, "a text in 512 bytes"),
    integer("PARENTAL_LEVEL", false, |level| level <= 11, "0 to 11"),
    text(
        "PS3_SYSTEM_VER",
        true,
        8,
        is_system_version,
        "NN.NNNN in 8 bytes",
    ),
    integer(
        "RESOLUTION",
        true,
        |bits| bits != 0 && bits & !resolution::ALL == 0,
        "at least one of the bits 0x3f",
    ),
    integer(
        "SOUND_FORMAT",
        true,
        |bits| bits & sound::LPCM_2 != 0 && bits & !sound::ALL == 0,
        "bit 0 (stereo) and no other bits than 0x317",
    ),
    text(
        "TITLE",
        true,
        128,
        |title| !title.trim().is_empty(),
        "a text in 128 bytes",
    ),
    text(
        "TITLE_ID",
        true,
        16,
        is_title_id,
        "four capitals and five digits in 16 bytes",
    ),
    text("VERSION", true, 8, is_version, "NN.NN in 8 bytes"),
];

fn is_version(text: &str) -> bool {
    has_pattern(text, "00.00")
}

fn is_system_version(text: &str) -> bool {
    has_pattern(text, "00.0000")
}

fn is_title_id(text: &str) -> bool {
    has_pattern(text, "AAAA00000")
}

/// Whether `text` has a digit for each `0` of `pattern`, a capital for each `A`, and
/// else the same characters.
fn has_pattern(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(found, wanted)| match wanted {
                b'0' => found.is_ascii_digit(),
                b'A' => found.is_ascii_uppercase(),
                other => found == other,
            })
}

impl Sfo {
    /// Checks that this table describes a program on the hard disk that the XMB can show
    /// and start. Parameters that are not known are left alone.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Value`] for the first parameter that is wrong.
    pub fn validate(&self) -> Result<(), Error> {
        for parameter in Parameter::all() {
            match self.get(parameter.key) {
                Some(value) => parameter.check(value)?,
                None if parameter.required => return Err(Error::Missing(parameter.key)),
                None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Sfo {
        let mut sfo = Sfo::new();
        for (key, value) in [
            ("APP_VER", Value::text("01.00", 8)),
            ("BOOTABLE", Value::Integer(1)),
            ("CATEGORY", Value::text("HG", 4)),
            ("PS3_SYSTEM_VER", Value::text("03.5500", 8)),
            ("RESOLUTION", Value::Integer(resolution::ALL)),
            ("SOUND_FORMAT", Value::Integer(sound::LPCM_2)),
            ("TITLE", Value::text("StoryCell", 128)),
            ("TITLE_ID", Value::text("STRY00001", 16)),
            ("VERSION", Value::text("01.00", 8)),
        ] {
            sfo.set(key, value).unwrap();
        }
        sfo
    }

    #[test]
    fn a_complete_program_is_valid() {
        assert_eq!(program().validate(), Ok(()));
    }

    #[test]
    fn each_wrong_value_is_named() {
        for (key, value) in [
            ("APP_VER", Value::text("1.0", 8)),
            ("BOOTABLE", Value::Integer(0)),
            ("CATEGORY", Value::text("ZZ", 4)),
            ("PARENTAL_LEVEL", Value::Integer(12)),
            ("PS3_SYSTEM_VER", Value::text("03.55", 8)),
            ("RESOLUTION", Value::Integer(0x80)),
            ("SOUND_FORMAT", Value::Integer(0)),
            ("TITLE", Value::text("  ", 128)),
            ("TITLE", Value::text("StoryCell", 64)),
            ("TITLE_ID", Value::text("story0001", 16)),
            ("VERSION", Value::Integer(1)),
        ] {
            let mut sfo = program();
            sfo.set(key, value.clone()).unwrap();
            match sfo.validate() {
                Err(Error::Value { key: named, .. }) => assert_eq!(named, key),
                other => panic!("{key} = {value:?} gave {other:?}"),
            }
        }
    }

    #[test]
    fn a_missing_title_is_named() {
        let mut sfo = Sfo::new();
        for (key, value) in program().iter().filter(|(key, _)| *key != "TITLE_ID") {
            sfo.set(key, value.clone()).unwrap();
        }
        assert_eq!(sfo.validate(), Err(Error::Missing("TITLE_ID")));
    }

    #[test]
    fn the_list_is_in_the_order_of_the_file() {
        assert!(Parameter::all().is_sorted_by_key(|parameter| parameter.key));
    }
}
