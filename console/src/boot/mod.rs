//! Boots programs on the virtual PS3 and drives them as a user would.
//!
//! ```text
//! headless      plays a script, keeps screens
//! window        or shows it in a window
//!   session       a machine, frame by frame, until the program ends
//!   watch         where goes what the program says
//!     sound         a WAV file
//! setup         the console around the program: devices, settings
//! program       what is in a file: an ELF, a SELF, a package
//!   disk          the hard disk that packages are installed on
//! failure       why something failed, in one line and perhaps a report
//! ```
//!
//! # Frames
//!
//! A frame is a picture that the program shows: a flip of the RSX. A program that does not
//! import the RSX's library never shows any; for it each sixtieth of a second is a frame.

mod disk;
mod failure;
mod headless;
mod program;
mod session;
mod setup;
mod sound;
mod watch;
#[cfg(feature = "window")]
mod window;

pub use disk::Disk;
pub use failure::Failure;
pub use headless::Play;
pub use program::Program;
pub use session::{Limits, Next, Session, Speed};
pub use setup::Setup;
pub use sound::Recorder;
pub use watch::{Traces, Watch};
#[cfg(feature = "window")]
pub use window::Windowed;
