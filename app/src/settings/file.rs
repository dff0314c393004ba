//! Settings as text: one `name = value` a line.
//!
//! Lines that begin with `#`, empty lines and unknown names are passed over, so
//! that another version's file still gives what both know. A name that is
//! missing has its default value.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use super::values::{LENGTHS, TEMPERATURES, TOP_PS};
use super::{Hundredths, Seed, Settings};

/// Why stored settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// The bytes are no UTF-8 text.
    NotText,
    /// A line has no `=`.
    NoValue {
        /// The line's number, from 1.
        line: usize,
    },
    /// A value that is not what its name expects.
    BadValue {
        /// The line's number, from 1.
        line: usize,
        /// The setting's name.
        name: &'static str,
        /// What stands there.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingsError::NotText => f.write_str("expected UTF-8 text"),
            SettingsError::NoValue { line } => {
                write!(f, "line {line}: expected \"name = value\"")
            }
            SettingsError::BadValue {
                line,
                name,
                found,
                expected,
            } => {
                write!(f, "line {line}: {name} is \"{found}\", expected {expected}")
            }
        }
    }
}

impl core::error::Error for SettingsError {}

const TEMPERATURE: &str = "temperature";
const TOP_P: &str = "top-p";
const SEED: &str = "seed";
const LENGTH: &str = "length";

/// The settings as a text for [`parse`].
pub fn write(settings: &Settings) -> String {
    format!(
        "{TEMPERATURE} = {}\n{TOP_P} = {}\n{SEED} = {}\n{LENGTH} = {}\n",
        settings.temperature, settings.top_p, settings.seed, settings.length,
    )
}

/// The settings that a text from [`write()`] holds.
///
/// # Errors
///
/// If the bytes are no text, a line is no `name = value`, or a value is out of
/// its range.
pub fn parse(bytes: &[u8]) -> Result<Settings, SettingsError> {
    let text = core::str::from_utf8(bytes).map_err(|_| SettingsError::NotText)?;
    let mut settings = Settings::default();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let (name, value) = content
            .split_once('=')
            .ok_or(SettingsError::NoValue { line })?;
        let value = value.trim();
        let bad = |name, expected| SettingsError::BadValue {
            line,
            name,
            found: value.chars().take(20).collect::<String>().to_owned(),
            expected,
        };
        match name.trim() {
            TEMPERATURE => {
                settings.temperature = hundredths(value)
                    .filter(|value| TEMPERATURES.contains(&value.0))
                    .ok_or_else(|| bad(TEMPERATURE, "0.00 to 2.00"))?;
            }
            TOP_P => {
                settings.top_p = hundredths(value)
                    .filter(|value| TOP_PS.contains(&value.0))
                    .ok_or_else(|| bad(TOP_P, "0.05 to 1.00"))?;
            }
            SEED if value == "random" => settings.seed = Seed::Random,
            SEED => {
                let seed = value.parse();
                settings.seed = seed
                    .map(Seed::Fixed)
                    .map_err(|_| bad(SEED, "\"random\" or 0 to 4294967295"))?;
            }
            LENGTH => {
                settings.length = value
                    .parse()
                    .ok()
                    .filter(|length| LENGTHS.contains(length))
                    .ok_or_else(|| bad(LENGTH, "16 to 2048"))?;
            }
            _ => {}
        }
    }
    Ok(settings)
}

/// Reads `1`, `0.5` or `0.05`; more decimals are an error.
fn hundredths(text: &str) -> Option<Hundredths> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || !(1..=2).contains(&part.len()) {
        return None;
    }
    let scale = if part.len() == 1 { 10 } else { 1 };
    let whole: u16 = whole.parse().ok()?;
    let part: u16 = part.parse().ok()?;
    Some(Hundredths(
        whole.checked_mul(100)?.checked_add(part * scale)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn settings() -> impl Strategy<Value = Settings> {
        let seed = prop_oneof![Just(Seed::Random), any::<u32>().prop_map(Seed::Fixed)];
        (TEMPERATURES, TOP_PS, seed, LENGTHS).prop_map(|(temperature, top_p, seed, length)| {
            Settings {
                temperature: Hundredths(temperature),
                top_p: Hundredths(top_p),
                seed,
                length,
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(settings in settings()) {
            prop_assert_eq!(parse(write(&settings).as_bytes()), Ok(settings));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_value_is_in_range_or_refused(
            name in prop::sample::select(Vec::from([TEMPERATURE, TOP_P, SEED, LENGTH])),
            value in "[0-9.a-z -]{0,12}",
        ) {
            if let Ok(settings) = parse(format!("{name} = {value}").as_bytes()) {
                prop_assert!(TEMPERATURES.contains(&settings.temperature.0));
                prop_assert!(TOP_PS.contains(&settings.top_p.0));
                prop_assert!(LENGTHS.contains(&settings.length));
            }
        }
    }

    #[test]
    fn what_others_wrote_is_passed_over() {
        let text = "# mine\n\ncolour = red\n temperature=1.5\r\nseed = 7\n";
        let settings = parse(text.as_bytes()).unwrap();
        assert_eq!(settings.temperature, Hundredths(150));
        assert_eq!(settings.seed, Seed::Fixed(7));
        assert_eq!(settings.top_p, Settings::default().top_p);
    }

    #[test]
    fn errors_say_line_name_and_what_was_expected() {
        let error = |text: &str| parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error("seed = 1\ntop-p = 1.5"),
            "line 2: top-p is \"1.5\", expected 0.05 to 1.00"
        );
        assert_eq!(
            error("length = 15"),
            "line 1: length is \"15\", expected 16 to 2048"
        );
        assert_eq!(error("temperature"), "line 1: expected \"name = value\"");
        assert_eq!(
            error("temperature = 0.005"),
            "line 1: temperature is \"0.005\", expected 0.00 to 2.00"
        );
        assert_eq!(parse(&[0xff]), Err(SettingsError::NotText));
    }
}
