//! The user's settings, as programs can ask for them.

/// A language that the system can be set to; the numbers are the system's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[allow(missing_docs)]
pub enum Language {
    Japanese = 0,
    EnglishUs = 1,
    French = 2,
    Spanish = 3,
    German = 4,
    Italian = 5,
    Dutch = 6,
    PortuguesePortugal = 7,
    Russian = 8,
    Korean = 9,
    ChineseTraditional = 10,
    ChineseSimplified = 11,
    Finnish = 12,
    Swedish = 13,
    Danish = 14,
    Norwegian = 15,
    Polish = 16,
    PortugueseBrazil = 17,
    EnglishUk = 18,
    Turkish = 19,
}

impl Language {
    /// Every language with its BCP 47 tag, in the order of the system's numbers.
    pub const TAGS: [(Self, &'static str); 20] = [
        (Self::Japanese, "ja"),
        (Self::EnglishUs, "en-US"),
        (Self::French, "fr"),
        (Self::Spanish, "es"),
        (Self::German, "de"),
        (Self::Italian, "it"),
        (Self::Dutch, "nl"),
        (Self::PortuguesePortugal, "pt-PT"),
        (Self::Russian, "ru"),
        (Self::Korean, "ko"),
        (Self::ChineseTraditional, "zh-Hant"),
        (Self::ChineseSimplified, "zh-Hans"),
        (Self::Finnish, "fi"),
        (Self::Swedish, "sv"),
        (Self::Danish, "da"),
        (Self::Norwegian, "no"),
        (Self::Polish, "pl"),
        (Self::PortugueseBrazil, "pt-BR"),
        (Self::EnglishUk, "en-GB"),
        (Self::Turkish, "tr"),
    ];

    /// The language with a tag, in any case.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::TAGS
            .into_iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(tag))
            .map(|(language, _)| language)
    }
}

/// The button that means "enter", by the system's numbers; the other of the two means "back".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum EnterButton {
    /// As in Japan.
    Circle = 0,
    /// As elsewhere.
    Cross = 1,
}

/// The order of a date's parts, by the system's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum DateFormat {
    /// Year, month, day.
    YearFirst = 0,
    /// Day, month, year.
    DayFirst = 1,
    /// Month, day, year.
    MonthFirst = 2,
}

/// The settings of a console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language.
    pub language: Language,
    /// The button that means "enter".
    pub enter_button: EnterButton,
    /// The order of a date's parts.
    pub date_format: DateFormat,
    /// Whether the day has twenty-four hours on the clock, else twice twelve.
    pub clock_24_hours: bool,
    /// Minutes that local time is ahead of UTC, without summer time.
    pub time_zone: i32,
    /// Whether it is summer time: one hour more.
    pub summer_time: bool,
    /// The console's name, shorter than 128 bytes.
    pub nickname: String,
    /// The user's name, shorter than 64 bytes.
    pub user_name: String,
}

impl Default for Settings {
    /// A console for North America, standing where its clock is set to.
    fn default() -> Self {
        Self {
            language: Language::EnglishUs,
            enter_button: EnterButton::Cross,
            date_format: DateFormat::YearFirst,
            clock_24_hours: true,
            time_zone: 0,
            summer_time: false,
            nickname: "PS3".into(),
            user_name: "User1".into(),
        }
    }
}
