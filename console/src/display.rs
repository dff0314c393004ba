//! The television: its mode and the shape of its picture.

use std::fmt;

/// A display mode, by its number of lines; all are progressive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 1920×1080.
    P1080,
    /// 1280×720.
    P720,
    /// 720×576.
    P576,
    /// 720×480.
    P480,
}

impl Mode {
    /// All modes, the largest first.
    pub const ALL: [Mode; 4] = [Mode::P1080, Mode::P720, Mode::P576, Mode::P480];

    /// The name, such as `720p`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mode::P1080 => "1080p",
            Mode::P720 => "720p",
            Mode::P576 => "576p",
            Mode::P480 => "480p",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Pixels: width, height.
    #[must_use]
    pub const fn size(self) -> (u32, u32) {
        match self {
            Mode::P1080 => (1920, 1080),
            Mode::P720 => (1280, 720),
            Mode::P576 => (720, 576),
            Mode::P480 => (720, 480),
        }
    }

    /// Whether the picture can be 4:3: that of high definition cannot.
    #[must_use]
    pub const fn may_be_narrow(self) -> bool {
        matches!(self, Mode::P576 | Mode::P480)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

/// A television.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Television {
    /// Its mode.
    pub mode: Mode,
    /// Whether the picture is 16:9, else it is 4:3.
    pub wide: bool,
}

impl Default for Television {
    /// 720p.
    fn default() -> Self {
        Television {
            mode: Mode::P720,
            wide: true,
        }
    }
}
