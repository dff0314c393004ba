//! SPU thread groups and their threads.

use std::collections::BTreeMap;

use super::image::SpuProgram;
use crate::lv2::errno::Errno;
use crate::spu::Unit;

/// The number of the first group, and the distance to the next.
const FIRST_GROUP: u32 = 0x0400_0100;
const GROUP_STEP: u32 = 0x100;
/// What numbers of groups and of their threads have in common.
const GROUP_BITS: u32 = 0x00ff_ffff;
/// Groups that there can be at a time.
const MOST_GROUPS: u32 = 255;
/// Queues that an SPU thread can receive from.
const MOST_QUEUES: usize = 32;

/// What a group does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupState {
    /// Threads are missing.
    Incomplete,
    /// It can be started, or joined if it has run.
    Initialized,
    /// It runs as soon as there are SPUs for it.
    Ready,
    /// It runs.
    Running,
    /// One of its threads waits for an event.
    Waiting,
    /// The program suspended it.
    Suspended,
    /// Both.
    WaitingSuspended,
    /// One of its threads did what it may not.
    Stopped,
}

/// Why all threads of a group have ended (`SYS_SPU_THREAD_GROUP_JOIN_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum Cause {
    GroupExit = 1,
    AllThreadsExit = 2,
    Terminated = 4,
}

/// Events of a group that can be connected to a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lv2) enum GroupEvent {
    /// It began to run.
    Run,
    /// One of its threads did what it may not.
    Exception,
}

impl GroupEvent {
    /// The source of the events.
    pub fn source(self) -> u64 {
        match self {
            Self::Run => 0xffff_ffff_5350_5500,
            Self::Exception => 0xffff_ffff_5350_5503,
        }
    }
}

/// The source of events that SPU threads send.
pub(super) const THREAD_EVENT: u64 = 0xffff_ffff_5350_5501;

/// Where a thread's state is.
pub(super) enum Place {
    /// On this SPU.
    On(usize),
    /// Kept.
    Off(Box<Unit>),
}

/// An SPU thread.
pub(in crate::lv2) struct SpuThread {
    /// Its number in the windows of the group.
    pub window: u8,
    pub name: String,
    /// `SYS_SPU_THREAD_OPTION_…`.
    pub option: u32,
    pub program: SpuProgram,
    pub arguments: [u64; 4],
    /// Bits 0 and 1: signal registers 1 and 2 collect values by or.
    pub signal_bits: u64,
    /// Event queues by the number of the port.
    pub ports: BTreeMap<u8, u32>,
    /// Queues to receive from, by the program's numbers.
    pub queues: BTreeMap<u32, u32>,
    /// The queue whose event it waits for.
    pub receives: Option<u32>,
    /// What it left when it ended by itself.
    pub exit_status: Option<u32>,
    pub(super) place: Place,
}

impl SpuThread {
    pub fn new(window: u8, name: String, option: u32, program: SpuProgram) -> Self {
        Self {
            window,
            name,
            option,
            program,
            arguments: [0; 4],
            signal_bits: 0,
            ports: BTreeMap::new(),
            queues: BTreeMap::new(),
            receives: None,
            exit_status: None,
            place: Place::Off(Box::new(Unit::idle())),
        }
    }

    /// Binds a queue to a number of the program's choice.
    ///
    /// # Errors
    ///
    /// `EBUSY` where queue or number is bound, `EAGAIN` where there are too many.
    pub fn bind(&mut self, number: u32, queue: u32) -> Result<(), Errno> {
        if self.queues.contains_key(&number) || self.queues.values().any(|one| *one == queue) {
            return Err(Errno::EBUSY);
        }
        if self.queues.len() == MOST_QUEUES {
            return Err(Errno::EAGAIN);
        }
        self.queues.insert(number, queue);
        Ok(())
    }
}

/// A group.
pub(in crate::lv2) struct Group {
    pub name: String,
    /// Threads that it has when it is complete.
    pub size: usize,
    /// 16 to 255; the smaller come first.
    pub priority: u32,
    /// Whether it keeps its SPUs from start to end.
    pub exclusive: bool,
    /// Whether it keeps them too, but for one that it lends to the system.
    pub cooperates: bool,
    pub state: GroupState,
    pub threads: Vec<SpuThread>,
    /// Place among the groups of its priority.
    pub order: u64,
    /// Event queues for what happens to it.
    pub events: BTreeMap<GroupEvent, u32>,
    /// Why its threads ended and with which status, until somebody has asked.
    pub ended: Option<(Cause, u32)>,
    /// Main memory that it counts for, and the container that it is taken from.
    pub memory: u64,
    pub container: Option<u32>,
}

/// Groups by number.
#[derive(Default)]
pub(in crate::lv2) struct Groups {
    all: BTreeMap<u32, Group>,
    made: u32,
}

impl Groups {
    /// Adds a group.
    ///
    /// # Errors
    ///
    /// `EAGAIN` where there are too many.
    pub fn add(&mut self, group: Group) -> Result<u32, Errno> {
        // Numbers are used again as late as possible.
        let number = (0..MOST_GROUPS)
            .map(|at| FIRST_GROUP + (self.made + at) % MOST_GROUPS * GROUP_STEP)
            .find(|number| !self.all.contains_key(number))
            .ok_or(Errno::EAGAIN)?;
        self.made = (number - FIRST_GROUP) / GROUP_STEP + 1;
        self.all.insert(number, group);
        Ok(number)
    }

    /// # Errors
    ///
    /// Here and below `ESRCH` where there is none.
    pub fn get(&self, number: u32) -> Result<&Group, Errno> {
        self.all.get(&number).ok_or(Errno::ESRCH)
    }

    pub fn get_mut(&mut self, number: u32) -> Result<&mut Group, Errno> {
        self.all.get_mut(&number).ok_or(Errno::ESRCH)
    }

    pub fn remove(&mut self, number: u32) -> Result<Group, Errno> {
        self.all.remove(&number).ok_or(Errno::ESRCH)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Group)> {
        self.all.iter().map(|(number, group)| (*number, group))
    }

    /// The thread with a number: its group, and its place in there.
    pub fn find(&self, thread: u32) -> Result<(u32, usize), Errno> {
        let number = FIRST_GROUP & !GROUP_BITS | thread & GROUP_BITS;
        let index = (thread >> 24) as usize;
        let group = self.get(number)?;
        (index < group.threads.len())
            .then_some((number, index))
            .ok_or(Errno::ESRCH)
    }

    pub fn thread(&self, thread: u32) -> Result<&SpuThread, Errno> {
        let (group, index) = self.find(thread)?;
        Ok(&self.get(group)?.threads[index])
    }

    pub fn thread_mut(&mut self, thread: u32) -> Result<&mut SpuThread, Errno> {
        let (group, index) = self.find(thread)?;
        Ok(&mut self.get_mut(group)?.threads[index])
    }
}

/// The number of a group's thread: its place, and the group's.
pub(in crate::lv2) fn thread_number(group: u32, index: usize) -> u32 {
    (index as u32) << 24 | group & GROUP_BITS
}
