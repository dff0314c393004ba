//! What SPU threads issued, for who wants to make a program faster.

use super::{Spus, thread_number};
use crate::lv2::machine::Machine;
use crate::spu::{LOCAL_STORE_SIZE, Profile, Unit};

/// What an SPU thread issued from its start to its end.
pub struct SpuProfile {
    /// The thread's number and name, and its group's.
    pub name: String,
    /// What it issued.
    pub profile: Profile,
    /// Its local store as it was at the end.
    pub store: Box<[u8; LOCAL_STORE_SIZE]>,
}

impl Spus {
    /// Takes what a thread issued since it was started, where it is watched.
    fn take_profile(unit: &mut Unit) -> Option<(Profile, Box<[u8; LOCAL_STORE_SIZE]>)> {
        let profile = unit.profile()?;
        Some((profile, Box::new(*unit.local_store())))
    }
}

impl Machine {
    /// Watches what SPU threads issue that start from now on, which makes them slower to
    /// simulate.
    pub fn watch_spus(&mut self) {
        self.spus.watched = true;
    }

    /// What SPU threads issued that were watched: of each start of each thread, those that
    /// have ended first.
    pub fn take_spu_profiles(&mut self) -> Vec<SpuProfile> {
        let groups: Vec<u32> = self.spus.groups.iter().map(|(number, _)| number).collect();
        for group in groups {
            self.keep_profiles(group);
        }
        std::mem::take(&mut self.spus.profiles)
    }

    /// Keeps what the threads of a group issued.
    pub(super) fn keep_profiles(&mut self, group: u32) {
        if !self.spus.watched {
            return;
        }
        let count = self.spus.groups.get(group).map_or(0, |g| g.threads.len());
        for index in 0..count {
            let thread = thread_number(group, index);
            let unit = self.spus.unit_mut(thread).ok();
            if let Some((profile, store)) = unit.and_then(Spus::take_profile) {
                let name = self.spu_name(thread);
                self.spus.profiles.push(SpuProfile {
                    name,
                    profile,
                    store,
                });
            }
        }
    }
}
