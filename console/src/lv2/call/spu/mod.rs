//! Calls on SPUs: programs, thread groups, threads, and their events.

mod event;
mod group;
mod image;
mod print;
mod raw;
mod thread;

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::memory::UserMemory;

pub(super) use event::SYSTEM_CALLS as EVENTS;
pub(super) use group::SYSTEM_CALLS as GROUPS;
pub(super) use image::{LIBRARY_FUNCTIONS, SYSTEM_CALLS as IMAGES};
pub(super) use print::LIBRARY_FUNCTIONS as PRINT_LIBRARY;
pub(super) use raw::{LIBRARY_FUNCTIONS as RAW_LIBRARY, SYSTEM_CALLS as RAW};
pub(super) use thread::SYSTEM_CALLS as THREADS;

/// Bytes of a name with its final zero.
const MOST_NAME: u32 = 0x80;

/// A name of so many bytes, the final zero included.
///
/// # Errors
///
/// `EINVAL` where it is too long, `EFAULT` where it is not there.
fn name(memory: &UserMemory, address: u32, size: u32) -> Result<String, Errno> {
    if size > MOST_NAME {
        return Err(Errno::EINVAL);
    }
    let mut bytes = vec![0; size.saturating_sub(1) as usize];
    let read = memory.space.read(address.into(), &mut bytes);
    read.map_err(|_| Errno::EFAULT)?;
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.truncate(end.unwrap_or(bytes.len()));
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The result of a call that returns nothing else.
const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));
