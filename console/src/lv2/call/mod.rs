//! System calls and library functions: tables of what there is, and what each does.

mod condition;
mod console;
mod event_flag;
mod event_queue;
mod files;
mod game;
mod gcm;
mod interrupt;
mod keyboard;
mod light_condition;
mod light_condition_library;
mod light_mutex;
mod light_mutex_library;
mod mapper;
mod memory;
mod module;
mod mouse;
mod mutex;
mod names;
mod network;
mod object;
mod once;
mod pad;
mod page_fault;
mod pictures;
mod process;
mod prx;
mod random;
mod rsx;
mod rwlock;
mod save;
mod semaphore;
mod sound;
mod spinlock;
mod spu;
mod standard;
mod sysutil;
mod thread;
mod time;
mod timer;
mod tty;

use std::fmt;

use super::errno::Errno;
use super::guest::GuestCall;
use super::machine::{Machine, Observer};
use super::thread::Wait;

pub(super) use game::Check;
pub(super) use module::Modules;
pub(super) use network::Network;
pub(super) use pictures::Pictures;
pub(super) use random::Random;
pub(super) use save::Operation;
pub(super) use standard::Heaps;

/// A call under way: who calls, with what, when.
pub(super) struct Caller<'a> {
    /// The thread.
    pub thread: u64,
    /// r3 to r10.
    pub arguments: [u64; 8],
    /// What a function of the program returned, which this handler had called: then it is
    /// asked for the second time, or more.
    pub returned: Option<u64>,
    /// The time in cycles.
    pub now: u64,
    /// Where output goes.
    pub observer: &'a mut dyn Observer,
}

/// How a call goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It returns r3.
    Return(u64),
    /// It returns 0, and others of the same priority come first.
    Yield,
    /// It returns when something has happened.
    Wait(Wait),
    /// A function of the program comes first; then the handler is asked again.
    Enter(GuestCall),
    /// The calling thread is gone.
    ThreadEnds,
    /// The process ends with a status.
    ProcessEnds(i32),
}

type Handler = fn(&mut Machine, &mut Caller<'_>) -> Result<Answer, Errno>;

/// A call that there is.
pub(super) struct Function {
    pub name: &'static str,
    pub arguments: usize,
    pub handler: Handler,
}

/// A system call: its number and what it does.
struct SystemCall(u64, Function);

/// A function of a library: the library, its FNID and what it does.
struct LibraryFunction(&'static str, u32, Function);

const fn system_call(
    number: u64,
    name: &'static str,
    arguments: usize,
    handler: Handler,
) -> SystemCall {
    SystemCall(
        number,
        Function {
            name,
            arguments,
            handler,
        },
    )
}

const fn library_function(
    library: &'static str,
    fnid: u32,
    name: &'static str,
    arguments: usize,
    handler: Handler,
) -> LibraryFunction {
    LibraryFunction(
        library,
        fnid,
        Function {
            name,
            arguments,
            handler,
        },
    )
}

/// All system calls, by subject (PS3 developer wiki, "LV2 Functions and Syscalls").
static SYSTEM_CALLS: &[&[SystemCall]] = &[
    condition::SYSTEM_CALLS,
    event_flag::SYSTEM_CALLS,
    event_queue::SYSTEM_CALLS,
    files::SYSTEM_CALLS,
    interrupt::SYSTEM_CALLS,
    light_condition::SYSTEM_CALLS,
    light_mutex::SYSTEM_CALLS,
    mapper::SYSTEM_CALLS,
    memory::SYSTEM_CALLS,
    mutex::SYSTEM_CALLS,
    network::SOCKETS,
    page_fault::SYSTEM_CALLS,
    process::SYSTEM_CALLS,
    random::SYSTEM_CALLS,
    rsx::SYSTEM_CALLS,
    rwlock::SYSTEM_CALLS,
    semaphore::SYSTEM_CALLS,
    spu::EVENTS,
    spu::GROUPS,
    spu::IMAGES,
    spu::RAW,
    spu::THREADS,
    thread::SYSTEM_CALLS,
    time::SYSTEM_CALLS,
    timer::SYSTEM_CALLS,
    tty::SYSTEM_CALLS,
];

/// All library functions, by subject.
static LIBRARY_FUNCTIONS: &[&[LibraryFunction]] = &[
    console::LIBRARY_FUNCTIONS,
    files::LIBRARY_FUNCTIONS,
    game::LIBRARY_FUNCTIONS,
    interrupt::LIBRARY_FUNCTIONS,
    light_condition_library::LIBRARY_FUNCTIONS,
    light_mutex_library::LIBRARY_FUNCTIONS,
    mapper::LIBRARY_FUNCTIONS,
    network::CONTROL,
    network::LIBRARY,
    once::LIBRARY_FUNCTIONS,
    process::LIBRARY_FUNCTIONS,
    spu::LIBRARY_FUNCTIONS,
    spu::PRINT_LIBRARY,
    spu::RAW_LIBRARY,
    prx::LIBRARY_FUNCTIONS,
    random::LIBRARY_FUNCTIONS,
    spinlock::LIBRARY_FUNCTIONS,
    standard::BYTES,
    standard::FORMAT,
    standard::HEAP,
    standard::STRINGS,
    thread::LIBRARY_FUNCTIONS,
    time::LIBRARY_FUNCTIONS,
    gcm::display::LIBRARY_FUNCTIONS,
    gcm::fifo::LIBRARY_FUNCTIONS,
    gcm::flip::LIBRARY_FUNCTIONS,
    gcm::handler::LIBRARY_FUNCTIONS,
    gcm::memory::LIBRARY_FUNCTIONS,
    gcm::region::LIBRARY_FUNCTIONS,
    gcm::report::LIBRARY_FUNCTIONS,
    gcm::start::LIBRARY_FUNCTIONS,
    keyboard::LIBRARY_FUNCTIONS,
    module::LIBRARY_FUNCTIONS,
    mouse::LIBRARY_FUNCTIONS,
    pad::LIBRARY_FUNCTIONS,
    pictures::jpeg::LIBRARY_FUNCTIONS,
    pictures::png::LIBRARY_FUNCTIONS,
    save::LIBRARY_FUNCTIONS,
    sound::LIBRARY_FUNCTIONS,
    sysutil::dialog::LIBRARY_FUNCTIONS,
    sysutil::events::LIBRARY_FUNCTIONS,
    sysutil::keyboard::LIBRARY_FUNCTIONS,
    sysutil::parameters::LIBRARY_FUNCTIONS,
    sysutil::video::LIBRARY_FUNCTIONS,
];

/// Functions that programs get the address of without an import: library and FNID.
pub(super) const HIDDEN: &[(&str, u32)] = gcm::HIDDEN;

/// What a program calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A system call.
    SystemCall(u64),
    /// A function of a library.
    Import {
        /// The library.
        library: String,
        /// The function.
        fnid: u32,
    },
}

impl Callee {
    pub(super) fn find(&self) -> Option<&'static Function> {
        match self {
            Self::SystemCall(number) => SYSTEM_CALLS
                .iter()
                .flat_map(|subject| subject.iter())
                .find(|entry| entry.0 == *number)
                .map(|entry| &entry.1),
            Self::Import { library, fnid } => LIBRARY_FUNCTIONS
                .iter()
                .flat_map(|subject| subject.iter())
                .find(|entry| entry.0 == library && entry.1 == *fnid)
                .map(|entry| &entry.2),
        }
    }
}

impl fmt::Display for Callee {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.find().map(|function| function.name);
        match self {
            Self::SystemCall(number) => match name.or_else(|| names::system_call(*number)) {
                Some(name) => write!(to, "{name} (system call {number})"),
                None => write!(to, "system call {number}"),
            },
            Self::Import { library, fnid } => {
                match name.or_else(|| names::library_function(library, *fnid)) {
                    Some(name) => write!(to, "{library}.{name} ({fnid:08x})"),
                    None => write!(to, "{library}.{fnid:08x}"),
                }
            }
        }
    }
}

/// A call that was made, for traces and reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The thread.
    pub thread: u64,
    /// What was called.
    pub callee: Callee,
    /// Its arguments; all eight registers where the function is not known.
    pub arguments: Vec<u64>,
    /// What came out.
    pub result: Result<Answer, Errno>,
}

impl fmt::Display for Record {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "thread {:#x}: {}(", self.thread, self.callee)?;
        for (at, argument) in self.arguments.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(to, "{comma}{argument:#x}")?;
        }
        match &self.result {
            Ok(Answer::Return(value)) => write!(to, ") = {value:#x}"),
            Ok(Answer::Yield) => write!(to, ") = 0, others first"),
            Ok(Answer::Wait(wait)) => write!(to, ") waits: {wait}"),
            Ok(Answer::Enter(call)) => {
                write!(
                    to,
                    ") calls the function of descriptor {:#x}",
                    call.descriptor
                )
            }
            Ok(Answer::ThreadEnds) => write!(to, "), the thread ends"),
            Ok(Answer::ProcessEnds(status)) => write!(to, "), the process ends: {status}"),
            Err(error) => write!(to, ") = {error}"),
        }
    }
}

impl fmt::Display for crate::lv2::thread::State {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => to.write_str("can run"),
            Self::Waits(wait) => write!(to, "waits {wait}"),
            Self::Ended(value) => write!(to, "has ended with {value:#x}"),
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Until(cycle) => write!(to, "until cycle {cycle}"),
            Self::Other(what) => write!(to, "for {what}"),
            Self::Object { object, until } => {
                write!(to, "for object {object:#010x}")?;
                match until {
                    Some(cycle) => write!(to, " until cycle {cycle}"),
                    None => Ok(()),
                }
            }
            Self::SpuGroup { group, .. } => write!(to, "for the end of SPU group {group:#x}"),
            Self::Fifo { begin, end } => {
                write!(to, "for the RSX to leave {begin:#010x} to {end:#010x}")
            }
            Self::Interrupt => write!(to, "for an interrupt"),
            Self::PageFault { address } => {
                write!(
                    to,
                    "for somebody to look after its fault at {address:#010x}"
                )
            }
            Self::Join { thread, .. } => write!(to, "for the end of thread {thread:#x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnids_are_those_of_the_names() {
        for LibraryFunction(library, fnid, function) in LIBRARY_FUNCTIONS.iter().copied().flatten()
        {
            let hashed = names::fnid(function.name);
            assert_eq!(*fnid, hashed, "{library}.{}", function.name);
        }
    }

    #[test]
    fn calls_are_named() {
        let import = |fnid| Callee::Import {
            library: "sysPrxForUser".into(),
            fnid,
        };
        assert_eq!(
            Callee::SystemCall(22).to_string(),
            "sys_process_exit (system call 22)"
        );
        assert_eq!(
            Callee::SystemCall(150).to_string(),
            "sys_raw_spu_create_interrupt_tag (system call 150)"
        );
        assert_eq!(Callee::SystemCall(9999).to_string(), "system call 9999");
        assert_eq!(import(1).to_string(), "sysPrxForUser.00000001");
        assert_eq!(
            import(0x350d_454e).to_string(),
            "sysPrxForUser.sys_ppu_thread_get_id (350d454e)"
        );
    }
}
