//! Typed fields of 32-bit arguments.

use core::fmt;

/// A bit pattern that has no meaning here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    /// The type that was expected.
    pub field: &'static str,
    /// The bits that were found.
    pub bits: u32,
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x} is no {}", self.bits, self.field)
    }
}

impl core::error::Error for UnknownValue {}

/// A value that is a field of an argument.
pub trait Field: Copy {
    /// What reading gives: the value, or for a set of named values a `Result`.
    type Read;
    /// The bits, at bit 0.
    fn to_field(self) -> u32;
    /// From bits at bit 0.
    fn from_field(bits: u32) -> Self::Read;
}

impl Field for u32 {
    type Read = u32;
    fn to_field(self) -> u32 {
        self
    }
    fn from_field(bits: u32) -> u32 {
        bits
    }
}

impl Field for bool {
    type Read = bool;
    fn to_field(self) -> u32 {
        u32::from(self)
    }
    fn from_field(bits: u32) -> bool {
        bits != 0
    }
}

/// Defines arguments: a 32-bit newtype with a getter and a `with_` setter for each `name: type = shift, width`.
macro_rules! arguments {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* $field:ident / $with:ident: $type:ty = $shift:literal, $width:literal;)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
            pub struct $name(pub u32);

            impl $name {
                $(
                    $(#[$fdoc])*
                    #[must_use]
                    pub fn $field(self) -> <$type as $crate::methods::Field>::Read {
                        let mask = u32::MAX >> (32 - $width);
                        <$type as $crate::methods::Field>::from_field(self.0 >> $shift & mask)
                    }

                    #[doc = concat!("The same with [`Self::", stringify!($field), "`] replaced (bits past the field's width are dropped).")]
                    #[must_use]
                    pub fn $with(self, value: $type) -> Self {
                        let mask = u32::MAX >> (32 - $width) << $shift;
                        let bits = $crate::methods::Field::to_field(value) << $shift & mask;
                        Self(self.0 & !mask | bits)
                    }
                )*
            }

            impl From<$name> for u32 {
                fn from(argument: $name) -> u32 {
                    argument.0
                }
            }
        )*
    };
}
pub(crate) use arguments;

/// Defines an enum whose values are bit patterns of a field.
macro_rules! values {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $value:ident = $bits:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[repr(u32)]
            pub enum $name {
                $($(#[$vdoc])* $value = $bits,)*
            }

            impl $name {
                /// All values.
                pub const ALL: &'static [Self] = &[$(Self::$value,)*];

                /// The bit pattern.
                #[must_use]
                pub const fn bits(self) -> u32 {
                    self as u32
                }

                /// The value with this bit pattern.
                ///
                /// # Errors
                /// [`UnknownValue`](crate::methods::UnknownValue) where there is none.
                pub const fn from_bits(bits: u32) -> Result<Self, $crate::methods::UnknownValue> {
                    match bits {
                        $($bits => Ok(Self::$value),)*
                        _ => Err($crate::methods::UnknownValue { field: stringify!($name), bits }),
                    }
                }
            }

            impl $crate::methods::Field for $name {
                type Read = Result<Self, $crate::methods::UnknownValue>;
                fn to_field(self) -> u32 {
                    self as u32
                }
                fn from_field(bits: u32) -> Self::Read {
                    Self::from_bits(bits)
                }
            }
        )*
    };
}
pub(crate) use values;
