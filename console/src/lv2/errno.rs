//! What calls answer when they cannot do something.

use std::fmt;

/// A kernel error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub u32);

macro_rules! codes {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        impl Errno {
            $(#[doc = concat!("`CELL_", stringify!($name), "`: ", $text, ".")]
            pub const $name: Self = Self($code);)*

            /// The kernel's name of the code.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some(concat!("CELL_", stringify!($name))),)*
                    _ => None,
                }
            }
        }
    };
}

// PS3 developer wiki, "Error Codes": kernel errors, facility 1.
codes! {
    EAGAIN = 0x8001_0001, "the resource is not available now";
    EINVAL = 0x8001_0002, "invalid argument";
    ENOSYS = 0x8001_0003, "not implemented";
    ENOMEM = 0x8001_0004, "no memory left";
    ESRCH = 0x8001_0005, "no object with this number";
    EDEADLK = 0x8001_0008, "this would wait for itself";
    EPERM = 0x8001_0009, "not permitted";
    EFAULT = 0x8001_000d, "bad address";
    EALIGN = 0x8001_0010, "bad alignment";
}

impl Errno {
    /// The value of r3: results are signed words, extended to the register.
    #[must_use]
    pub fn register(self) -> u64 {
        i64::from(self.0 as i32) as u64
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(to, "{name} ({:#010x})", self.0),
            None => write!(to, "error {:#010x}", self.0),
        }
    }
}
