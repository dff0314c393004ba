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
    ENOENT = 0x8001_0006, "no such file";
    ENOEXEC = 0x8001_0007, "not a program";
    EDEADLK = 0x8001_0008, "this would wait for itself";
    EPERM = 0x8001_0009, "not permitted";
    EBUSY = 0x8001_000a, "in use";
    ETIMEDOUT = 0x8001_000b, "the time is over";
    EABORT = 0x8001_000c, "given up";
    EFAULT = 0x8001_000d, "bad address";
    ESTAT = 0x8001_000f, "not in this state";
    EALIGN = 0x8001_0010, "bad alignment";
    EKRESOURCE = 0x8001_0011, "the kernel has no more of this";
    EISDIR = 0x8001_0012, "a folder";
    ECANCELED = 0x8001_0013, "cancelled";
    EEXIST = 0x8001_0014, "there is one already";
    EISCONN = 0x8001_0015, "connected";
    ENOTCONN = 0x8001_0016, "not connected";
    EFPOS = 0x8001_001e, "bad position in a file";
    EFBIG = 0x8001_0020, "the file is too large";
    ENFILE = 0x8001_0022, "too many files in the system";
    ENOSPC = 0x8001_0023, "no space left on the device";
    EPIPE = 0x8001_0025, "broken pipe";
    EROFS = 0x8001_0026, "the device is read-only";
    EACCES = 0x8001_0029, "no access";
    EBADF = 0x8001_002a, "no open file with this number";
    EIO = 0x8001_002b, "input or output failed";
    EMFILE = 0x8001_002c, "too many open files";
    ENODEV = 0x8001_002d, "no such device";
    ENOTDIR = 0x8001_002e, "not a folder";
    EXDEV = 0x8001_0030, "on another device";
    ENAMETOOLONG = 0x8001_0034, "the name is too long";
    ENOTEMPTY = 0x8001_0036, "the folder is not empty";
    ENOTSUP = 0x8001_0037, "not supported";
    EOVERFLOW = 0x8001_0039, "the value is too large";
    ENOTMOUNTED = 0x8001_003a, "nothing is mounted there";
}

impl Errno {
    /// The value of r3: results are signed words, extended to the register.
    #[must_use]
    pub fn register(self) -> u64 {
        i64::from(self.0 as i32) as u64
    }

    /// The error that r3 holds after a call; none where the call succeeded.
    pub(super) fn of_register(register: u64) -> Result<u64, Self> {
        match register as i32 {
            error if error < 0 => Err(Self(error as u32)),
            _ => Ok(register),
        }
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
