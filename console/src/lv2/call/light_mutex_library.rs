//! Lightweight mutexes: the library's half, which keeps the owner in the program's memory
//! and asks the kernel only when somebody has to sleep.
//!
//! `sys_lwmutex_t` has words for the owner, the number of waiters, the attribute, how often
//! the owner has locked it again, and the number of the kernel's queue.

use super::light_mutex as kernel;
use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::clock;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::Signal;

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        "sysPrxForUser",
        0x2f85_c0ef,
        "sys_lwmutex_create",
        2,
        create,
    ),
    library_function(
        "sysPrxForUser",
        0xc347_6d0c,
        "sys_lwmutex_destroy",
        1,
        destroy,
    ),
    library_function("sysPrxForUser", 0x1573_dc3f, "sys_lwmutex_lock", 2, lock),
    library_function(
        "sysPrxForUser",
        0xaeb7_8725,
        "sys_lwmutex_trylock",
        1,
        |machine, caller| {
            let mutex = LightMutex::at(caller.arguments[0]);
            try_lock(machine, caller.thread, mutex)?;
            Ok(Answer::Return(0))
        },
    ),
    library_function(
        "sysPrxForUser",
        0x1bc2_00f4,
        "sys_lwmutex_unlock",
        1,
        |machine, caller| {
            let mutex = LightMutex::at(caller.arguments[0]);
            unlock(machine, caller.thread, mutex)
        },
    ),
];

/// Owners that are no threads.
const FREE: u32 = 0xffff_ffff;
const DEAD: u32 = 0xffff_fffe;
/// Handed over by the kernel.
pub(super) const RESERVED: u32 = 0xffff_fffd;

/// Values of the attribute.
const RECURSIVE: u32 = 0x10;
const NOT_RECURSIVE: u32 = 0x20;
const FIFO: u32 = 1;
const PRIORITY: u32 = 2;
const RETRY: u32 = 4;

/// A mutex in the program's memory.
#[derive(Clone, Copy)]
pub(super) struct LightMutex {
    address: u64,
}

impl LightMutex {
    pub fn at(address: u64) -> Self {
        Self { address }
    }

    fn field(self, index: u64) -> u64 {
        self.address.wrapping_add(4 * index)
    }

    pub fn owner(self, machine: &Machine) -> Result<u32, Errno> {
        machine.memory.word(self.field(0))
    }

    pub fn set_owner(self, machine: &mut Machine, owner: u32) -> Result<(), Errno> {
        machine.memory.put(self.field(0), &owner.to_be_bytes())
    }

    fn waiters(self, machine: &Machine) -> Result<u32, Errno> {
        machine.memory.word(self.field(1))
    }

    pub fn add_waiters(self, machine: &mut Machine, more: u32) -> Result<(), Errno> {
        let waiters = self.waiters(machine)?.wrapping_add(more);
        machine.memory.put(self.field(1), &waiters.to_be_bytes())
    }

    pub fn drop_waiter(self, machine: &mut Machine) -> Result<(), Errno> {
        self.add_waiters(machine, u32::MAX)
    }

    fn attribute(self, machine: &Machine) -> Result<u32, Errno> {
        machine.memory.word(self.field(2))
    }

    /// Whether those who wait have to try again after an unlock.
    pub fn is_retried(self, machine: &Machine) -> Result<bool, Errno> {
        Ok(self.attribute(machine)? & RETRY != 0)
    }

    pub fn depth(self, machine: &Machine) -> Result<u32, Errno> {
        machine.memory.word(self.field(3))
    }

    pub fn set_depth(self, machine: &mut Machine, depth: u32) -> Result<(), Errno> {
        machine.memory.put(self.field(3), &depth.to_be_bytes())
    }

    /// The number of the kernel's queue.
    pub fn queue(self, machine: &Machine) -> Result<u32, Errno> {
        machine.memory.word(self.field(4))
    }
}

/// `sys_lwmutex_create(*mutex, *attribute)`; the attribute has words for the protocol and
/// the recursion, and a name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, attribute, ..] = caller.arguments;
    let protocol = machine.memory.word(attribute)?;
    let recursion = machine.memory.word(attribute.wrapping_add(4))?;
    if recursion != RECURSIVE && recursion != NOT_RECURSIVE {
        return Err(Errno::EINVAL);
    }
    if ![FIFO, PRIORITY, RETRY].contains(&protocol) {
        return Err(Errno::EINVAL);
    }
    let mutex = LightMutex::at(address);
    // The last word is padding.
    let words = [FREE, 0, recursion | protocol, 0, 0, 0];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    machine.memory.put(address, &bytes)?;
    kernel::create(machine, mutex.field(4), protocol)
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = caller.arguments[0];
    let mutex = LightMutex::at(address);
    if u64::from(mutex.owner(machine)?) == caller.thread {
        return Err(Errno::EBUSY);
    }
    try_lock(machine, caller.thread, mutex)?;
    let queue = mutex.queue(machine)?;
    let answer = kernel::destroy(machine, caller.thread, queue);
    machine.after(caller, answer, destroyed, [address, 0, 0, 0])
}

fn destroyed(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    result: u64,
    [address, ..]: [u64; 4],
) -> Result<Answer, Errno> {
    let mutex = LightMutex::at(address);
    if let Err(error) = Errno::of_register(result) {
        unlock(machine, caller.thread, mutex)?;
        return Err(error);
    }
    mutex.set_owner(machine, DEAD)?;
    Ok(Answer::Return(0))
}

/// `sys_lwmutex_lock(*mutex, timeout)`.
fn lock(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [address, timeout, ..] = caller.arguments;
    let until = clock::deadline(caller.now, timeout);
    lock_then(machine, caller, LightMutex::at(address), until, 0, 0)
}

/// Locks a mutex; when the thread has it, it has locked it `depth` times more, and the
/// function under way returns `result`.
pub(super) fn lock_then(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    mutex: LightMutex,
    until: Option<u64>,
    depth: u32,
    result: u64,
) -> Result<Answer, Errno> {
    match take(machine, caller.thread, mutex) {
        Err(Errno::EBUSY) => {}
        taken => {
            taken?;
            if depth > 0 {
                mutex.set_depth(machine, depth)?;
            }
            return Errno::of_register(result).map(Answer::Return);
        }
    }
    mutex.add_waiters(machine, 1)?;
    let queue = mutex.queue(machine)?;
    let answer = kernel::lock(machine, caller, queue, until);
    let noted = [
        mutex.address,
        until.unwrap_or(u64::MAX),
        depth.into(),
        result,
    ];
    machine.after(caller, answer, locked, noted)
}

fn locked(
    machine: &mut Machine,
    caller: &mut Caller<'_>,
    got: u64,
    [address, until, depth, result]: [u64; 4],
) -> Result<Answer, Errno> {
    let mutex = LightMutex::at(address);
    mutex.drop_waiter(machine)?;
    match Errno::of_register(got) {
        Ok(_) => {
            mutex.set_owner(machine, caller.thread as u32)?;
            mutex.set_depth(machine, depth as u32)?;
            Errno::of_register(result).map(Answer::Return)
        }
        Err(Errno::EBUSY) if mutex.is_retried(machine)? => {
            if until <= caller.now {
                return Err(Errno::ETIMEDOUT);
            }
            let until = (until < u64::MAX).then_some(until);
            lock_then(machine, caller, mutex, until, depth as u32, result)
        }
        Err(error) => Err(error),
    }
}

/// Takes a mutex that is free, or once more.
fn take(machine: &mut Machine, thread: u64, mutex: LightMutex) -> Result<(), Errno> {
    // Numbers of threads fit a word.
    let own = thread as u32;
    match mutex.owner(machine)? {
        FREE => mutex.set_owner(machine, own),
        owner if owner == own => {
            if mutex.attribute(machine)? & RECURSIVE == 0 {
                return Err(Errno::EDEADLK);
            }
            let depth = mutex.depth(machine)?;
            let depth = depth.checked_add(1).ok_or(Errno::EKRESOURCE)?;
            mutex.set_depth(machine, depth)
        }
        DEAD => Err(Errno::EINVAL),
        _ => Err(Errno::EBUSY),
    }
}

/// Locks a mutex if that needs no wait.
pub(super) fn try_lock(machine: &mut Machine, thread: u64, mutex: LightMutex) -> Result<(), Errno> {
    if mutex.owner(machine)? == RESERVED {
        let queue = mutex.queue(machine)?;
        kernel::try_lock(machine, queue)?;
        return mutex.set_owner(machine, thread as u32);
    }
    take(machine, thread, mutex)
}

pub(super) fn unlock(
    machine: &mut Machine,
    thread: u64,
    mutex: LightMutex,
) -> Result<Answer, Errno> {
    if u64::from(mutex.owner(machine)?) != thread {
        return Err(Errno::EPERM);
    }
    let depth = mutex.depth(machine)?;
    if depth > 0 {
        mutex.set_depth(machine, depth - 1)?;
        return Ok(Answer::Return(0));
    }
    if mutex.waiters(machine)? == 0 {
        mutex.set_owner(machine, FREE)?;
        return Ok(Answer::Return(0));
    }
    let (owner, signal) = match mutex.is_retried(machine)? {
        true => (FREE, Signal::Retry),
        false => (RESERVED, Signal::Owned),
    };
    mutex.set_owner(machine, owner)?;
    let queue = mutex.queue(machine)?;
    kernel::unlock(machine, queue, signal)
}
