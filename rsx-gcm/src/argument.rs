//! Arguments that the hardware cannot take.

use core::fmt;

/// An argument out of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    /// Which argument.
    pub name: &'static str,
    /// What it was.
    pub value: u32,
}

impl ArgumentError {
    /// The argument `name` cannot be `value`.
    pub const fn new(name: &'static str, value: u32) -> Self {
        Self { name, value }
    }

    /// An error unless `value` is a multiple of `alignment`.
    pub(crate) const fn check_alignment(
        name: &'static str,
        value: u32,
        alignment: u32,
    ) -> Result<(), Self> {
        if value.is_multiple_of(alignment) {
            Ok(())
        } else {
            Err(Self::new(name, value))
        }
    }

    /// An error unless `value` is at most `most`.
    pub(crate) const fn check_most(name: &'static str, value: u32, most: u32) -> Result<(), Self> {
        if value <= most {
            Ok(())
        } else {
            Err(Self::new(name, value))
        }
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be {:#x}", self.name, self.value)
    }
}

impl core::error::Error for ArgumentError {}
