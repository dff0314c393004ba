//! What the system answers when it cannot do something.

use core::fmt;

/// A code that LV2 or a system library returned instead of 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Error(u32);

/// The result of a call to the system.
pub type Result<T> = core::result::Result<T, Error>;

macro_rules! codes {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        impl Error {
            $(#[doc = concat!("`CELL_", stringify!($name), "`: ", $text, ".")]
            pub const $name: Self = Self($code);)*
        }
        /// Codes of the kernel with name and meaning, sorted by code.
        const CODES: &[(u32, &str, &str)] = &[$(($code, stringify!($name), $text),)*];
    };
}

// PS3 developer wiki, "Error Codes": kernel errors, facility 1.
codes! {
    EAGAIN = 0x8001_0001, "the resource is not available now";
    EINVAL = 0x8001_0002, "invalid argument";
    ENOSYS = 0x8001_0003, "not implemented";
    ENOMEM = 0x8001_0004, "no memory left";
    ESRCH = 0x8001_0005, "no object with this number";
    ENOENT = 0x8001_0006, "no such file or folder";
    ENOEXEC = 0x8001_0007, "not an executable file";
    EDEADLK = 0x8001_0008, "this would wait for itself";
    EPERM = 0x8001_0009, "not permitted";
    EBUSY = 0x8001_000a, "busy";
    ETIMEDOUT = 0x8001_000b, "the time is over";
    EABORT = 0x8001_000c, "aborted";
    EFAULT = 0x8001_000d, "bad address";
    ESTAT = 0x8001_000f, "the object is in the wrong state";
    EALIGN = 0x8001_0010, "bad alignment";
    EKRESOURCE = 0x8001_0011, "the kernel has no resources left";
    EISDIR = 0x8001_0012, "a folder, not a file";
    ECANCELED = 0x8001_0013, "cancelled";
    EEXIST = 0x8001_0014, "there already";
    EISCONN = 0x8001_0015, "connected already";
    ENOTCONN = 0x8001_0016, "not connected";
    EAUTHFAIL = 0x8001_0017, "the program is not authentic";
    ENOTMSELF = 0x8001_0018, "not an MSELF";
    ESYSVER = 0x8001_0019, "the system software has the wrong version";
    EAUTHFATAL = 0x8001_001a, "fatal error of authentication";
    EDOM = 0x8001_001b, "outside of the domain";
    ERANGE = 0x8001_001c, "outside of the range";
    EILSEQ = 0x8001_001d, "invalid character sequence";
    EFPOS = 0x8001_001e, "bad file position";
    EINTR = 0x8001_001f, "interrupted";
    EFBIG = 0x8001_0020, "the file is too large";
    EMLINK = 0x8001_0021, "too many links";
    ENFILE = 0x8001_0022, "too many open files in the system";
    ENOSPC = 0x8001_0023, "no space left";
    ENOTTY = 0x8001_0024, "not a terminal";
    EPIPE = 0x8001_0025, "broken pipe";
    EROFS = 0x8001_0026, "the file system cannot be written";
    ESPIPE = 0x8001_0027, "cannot seek";
    E2BIG = 0x8001_0028, "arguments too long";
    EACCES = 0x8001_0029, "access denied";
    EBADF = 0x8001_002a, "bad file number";
    EIO = 0x8001_002b, "input or output failed";
    EMFILE = 0x8001_002c, "too many open files";
    ENODEV = 0x8001_002d, "no such device";
    ENOTDIR = 0x8001_002e, "not a folder";
    ENXIO = 0x8001_002f, "no such device or address";
    EXDEV = 0x8001_0030, "on another device";
    EBADMSG = 0x8001_0031, "bad message";
    EINPROGRESS = 0x8001_0032, "in progress";
    EMSGSIZE = 0x8001_0033, "message too long";
    ENAMETOOLONG = 0x8001_0034, "name too long";
    ENOLCK = 0x8001_0035, "no locks left";
    ENOTEMPTY = 0x8001_0036, "the folder is not empty";
    ENOTSUP = 0x8001_0037, "not supported";
    EFSSPECIFIC = 0x8001_0038, "error of the file system";
    EOVERFLOW = 0x8001_0039, "overflow";
    ENOTMOUNTED = 0x8001_003a, "the file system is not mounted";
    ENOTSDATA = 0x8001_003b, "not an SDATA file";
}

impl Error {
    /// The error with a code that the system returned.
    pub const fn from_code(code: u32) -> Self {
        Self(code)
    }

    /// The system's code.
    pub const fn code(self) -> u32 {
        self.0
    }

    /// The kernel's name for the code, for instance `EINVAL`; libraries' own codes have none here.
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|entry| entry.1)
    }

    /// `Ok` for 0, as most calls return it.
    pub(crate) fn check(code: u32) -> Result<()> {
        if code == 0 { Ok(()) } else { Err(Self(code)) }
    }

    fn entry(self) -> Option<&'static (u32, &'static str, &'static str)> {
        let index = CODES.binary_search_by_key(&self.0, |entry| entry.0).ok()?;
        CODES.get(index)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            Some((code, name, text)) => write!(f, "{text} ({name}, {code:#010x})"),
            None => write!(f, "system error {:#010x}", self.0),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Error({:#010x})", self.0),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn codes_are_sorted_for_the_search() {
        assert!(CODES.is_sorted_by_key(|entry| entry.0));
        for (code, name, _) in CODES {
            assert_eq!(Error(*code).name(), Some(*name));
        }
    }

    #[test]
    fn errors_say_what_they_are() {
        assert_eq!(
            Error::EINVAL.to_string(),
            "invalid argument (EINVAL, 0x80010002)"
        );
        assert_eq!(Error(0x8012_1104).to_string(), "system error 0x80121104");
        assert_eq!(Error::check(0), Ok(()));
        assert_eq!(Error::check(0x8001_000f), Err(Error::ESTAT));
    }
}
