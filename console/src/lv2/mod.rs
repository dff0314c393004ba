//! LV2, the system of the console: programs, threads, memory, system calls, libraries.
//!
//! ```text
//! monitor       what a person reads after a crash
//! machine       one process: the loop over its threads, calls, how it ends
//!   start         the image, the import stubs and the main thread
//!   pause         where runs stop to be looked after
//!   device        what has times of its own, and the clock's next event
//!   call          system calls and library functions
//!     guest         functions of the program that library functions call
//!     event         what ends waits: sent events, timers, the end of a time
//!     thread        threads and which of them run
//!     object        kernel objects: mutexes, semaphores, event queues and so on
//!     memory        areas of user memory
//!     page_fault    faults that programs look after themselves
//!     files         devices, files and folders
//!   input         pads and keyboards
//!   graphics      the RSX and the display
//!   sound         ports and the mixer
//!   system        the user's settings, events, the menu
//!   spu           SPU thread groups, their programs, events and ends
//! program       reads and checks a program file
//! errno         error codes
//! ```
//!
//! # Time and order
//!
//! One clock, in cycles of the PPU; an instruction takes one, calls take none. The two
//! ready threads of highest priority run at the same time, as on the two hardware threads
//! of the PPU: one after the other over the same short span of the clock. Threads of one
//! priority run in the order in which they became ready, until they wait or yield.
//!
//! After each such span the SPUs follow to the same cycle. While no thread can run, they run
//! alone, for short spans too, until one of them sends what somebody waits for or the next
//! event of a device comes; when they all wait as well, the clock jumps to that event. So
//! everything that happens follows from the program alone, whatever the number of host
//! threads that the SPUs run on.
//!
//! # Imports
//!
//! Each imported function has a stub, `sc` and `blr`, and a descriptor of it, in pages of
//! their own; a system call from there is a call of the function. A function or system call
//! that there is not answers `CELL_ENOSYS`, and the [`Observer`] is told.

mod call;
mod clock;
mod device;
mod errno;
mod event;
mod files;
mod graphics;
mod guest;
mod input;
mod machine;
mod mapper;
mod memory;
mod monitor;
mod object;
mod page_fault;
mod pause;
mod program;
mod sound;
mod spu;
mod start;
mod system;
mod thread;

pub use call::{Answer, Callee, Record};
pub use clock::CYCLES_PER_SECOND;
pub use errno::Errno;
pub use files::{Mount, MountError};
pub use guest::GuestCall;
pub use input::{Layout, Motors, NoKey, PORTS, PadState};
pub use machine::{Machine, Observer, Outcome};
pub use memory::{IMAGE, USER_MEMORY};
pub use monitor::{Symbols, SymbolsError};
pub use object::Event;
pub use program::{Library, ProcessParameters, Program, ProgramError, Segment, Tls};
pub use sound::{SAMPLE_RATE, SAMPLES, SoundBlock};
pub use spu::SpuProfile;
pub use start::StartError;
pub use system::{
    Bar, Choice, DateFormat, Dialog, EnterButton, Language, Settings, SystemEvent, TextDialog,
};
pub use thread::{State, Wait};
