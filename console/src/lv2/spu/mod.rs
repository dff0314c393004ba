//! SPUs as LV2 gives them to programs: thread groups that share six of them.
//!
//! ```text
//! run         SPUs on the machine's clock
//!   serve       what SPUs ask of the kernel: events, exits, waits
//!     end         how groups end, and SPUs that do what they may not
//!   schedule    which groups have SPUs
//! raw         SPUs that programs reach by their registers
//! interrupt   what raw SPUs interrupt the PPU for
//! report      what a person reads of them
//! profile     what they issued, and what it waited for
//! group       groups, threads and their numbers
//! image       programs
//!   elf         files of programs
//! storage     the process's memory as SPUs reach it
//! ```
//!
//! A group gets all of its SPUs at once. Of the groups that could run, those of the higher
//! priority do, among equals those that could first; a group that has no SPUs, or waits for
//! an event, or is suspended, keeps the state of its SPUs until it goes on.

mod elf;
mod end;
mod group;
mod image;
mod interrupt;
mod profile;
mod raw;
mod report;
mod run;
mod schedule;
mod serve;
mod storage;

use std::collections::BTreeMap;

use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::spu::{Cluster, MAX_SPUS, Status, Unit};

pub(super) use elf::SpuElf;
pub use group::GroupState;
pub(super) use group::{Cause, Group, GroupEvent, Groups, SpuThread, thread_number};
pub(super) use image::{MOST_SEGMENTS, SEGMENT_SIZE, Segment, SpuProgram};
pub use profile::SpuProfile;
pub(super) use raw::RawSpu;

use group::Place;

/// The number of the first image that the kernel keeps.
const FIRST_IMAGE: u32 = 0x2200_0000;

/// A program that the kernel keeps in memory of its own.
pub(super) struct KernelImage {
    pub program: SpuProgram,
    /// The block with its bytes.
    pub block: u64,
}

/// All SPUs, and who uses them.
pub(super) struct Spus {
    pub cluster: Cluster,
    pub groups: Groups,
    pub images: BTreeMap<u32, KernelImage>,
    images_made: u32,
    /// Which thread is on each SPU: its group and its place in there.
    owners: [Option<(u32, usize)>; MAX_SPUS],
    /// Idle units of SPUs that have a thread's instead.
    spare: Vec<Box<Unit>>,
    /// SPUs of the program's own, by number.
    pub raw: [Option<RawSpu>; raw::MOST],
    /// Descriptors of functions for what SPUs print: for groups and threads, that come and
    /// that go; 0 where there is none.
    pub printers: [u32; 4],
    /// SPUs that thread groups may use.
    pub usable: usize,
    orders: u64,
    /// Whether other groups may have to run.
    changed: bool,
    /// Whether threads are watched from their start on.
    watched: bool,
    /// What threads issued that have ended.
    profiles: Vec<SpuProfile>,
}

impl Default for Spus {
    fn default() -> Self {
        Self {
            cluster: Cluster::new(MAX_SPUS),
            groups: Groups::default(),
            images: BTreeMap::new(),
            images_made: 0,
            owners: [None; MAX_SPUS],
            spare: Vec::new(),
            raw: [const { None }; raw::MOST],
            printers: [0; 4],
            usable: MAX_SPUS,
            orders: 0,
            changed: false,
            watched: false,
            profiles: Vec::new(),
        }
    }
}

impl Spus {
    /// Keeps an image: its number.
    pub fn add_image(&mut self, image: KernelImage) -> u32 {
        let number = FIRST_IMAGE + self.images_made;
        // As many as would wrap around cannot be made in a lifetime.
        self.images_made = self.images_made.wrapping_add(1);
        self.images.insert(number, image);
        number
    }

    /// The state of a thread, wherever it is.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no thread with this number.
    pub fn unit_mut(&mut self, thread: u32) -> Result<&mut Unit, Errno> {
        Ok(match &mut self.groups.thread_mut(thread)?.place {
            Place::On(spu) => self.cluster.unit_mut(*spu),
            Place::Off(unit) => unit,
        })
    }

    /// What a group does.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no group with this number.
    pub fn state(&self, group: u32) -> Result<GroupState, Errno> {
        Ok(self.groups.get(group)?.state)
    }

    /// All SPU threads: number, name, what their group does, state.
    pub fn threads(&self) -> impl Iterator<Item = (u32, &SpuThread, GroupState, &Unit)> {
        let threads = self.groups.iter().flat_map(|(number, group)| {
            let threads = (0..).zip(&group.threads);
            threads.map(move |(index, thread)| (thread_number(number, index), thread, group.state))
        });
        threads.map(|(number, thread, state)| {
            let unit = match &thread.place {
                Place::On(spu) => self.cluster.unit(*spu),
                Place::Off(unit) => unit,
            };
            (number, thread, state, unit)
        })
    }
}

impl Machine {
    /// Whether any SPU executes something: none does while all threads wait for their channels.
    #[must_use]
    pub fn spus_run(&self) -> bool {
        let mut threads = self.spus.threads();
        let of_groups = threads.any(|(_, _, state, unit)| {
            state == GroupState::Running && unit.status() == Status::Running
        });
        of_groups || self.raw_spus_run()
    }
}
