//! Which groups have SPUs.

use super::group::{GroupState, Place};
use super::{Spus, thread_number};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::Event;
use crate::lv2::spu::GroupEvent;
use crate::spu::{Unit, Window};

impl Spus {
    /// Changes what a group does. One that becomes ready comes behind the others of its
    /// priority.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no group with this number.
    pub fn set_state(&mut self, group: u32, state: GroupState) -> Result<(), Errno> {
        self.orders += 1;
        let order = self.orders;
        let group = self.groups.get_mut(group)?;
        group.state = state;
        if state == GroupState::Ready {
            group.order = order;
        }
        self.changed = true;
        Ok(())
    }

    /// Puts a group behind the others of its priority.
    pub fn step_back(&mut self, group: u32) {
        self.orders += 1;
        if let Ok(group) = self.groups.get_mut(group) {
            group.order = self.orders;
        }
        self.changed = true;
    }

    /// Notes that other groups may have to run.
    pub fn reconsider(&mut self) {
        self.changed = true;
    }

    /// The groups that should run: the highest priorities that fit, and among equals those
    /// that are ready for longest.
    fn choose(&self) -> Vec<u32> {
        let could = |state| matches!(state, GroupState::Ready | GroupState::Running);
        let mut all: Vec<_> = self
            .groups
            .iter()
            .filter(|(_, group)| could(group.state))
            .map(|(number, group)| {
                let keeps = group.exclusive || group.cooperates;
                (!keeps, group.priority, group.order, number)
            })
            .collect();
        all.sort_unstable();
        let mut free = self.usable;
        let fits = |&(.., number): &(bool, u32, u64, u32)| {
            let size = self
                .groups
                .get(number)
                .map_or(usize::MAX, |group| group.size);
            let fits = size <= free;
            free -= if fits { size } else { 0 };
            fits
        };
        all.into_iter()
            .filter(fits)
            .map(|(.., number)| number)
            .collect()
    }

    /// Gives SPUs to the groups that should have them; those that began to run.
    fn assign(&mut self, now: u64) -> Vec<u32> {
        if !std::mem::take(&mut self.changed) {
            return Vec::new();
        }
        let chosen = self.choose();
        let state = |spus: &Self, number| spus.groups.get(number).map(|group| group.state);
        let on_spus: Vec<u32> = self.owners.iter().flatten().map(|owner| owner.0).collect();
        for number in on_spus {
            if !chosen.contains(&number) {
                self.take_off(number, now);
                if let Ok(group) = self.groups.get_mut(number)
                    && group.state == GroupState::Running
                {
                    group.state = GroupState::Ready;
                }
            }
        }
        let started: Vec<u32> = chosen
            .into_iter()
            .filter(|number| state(self, *number) == Ok(GroupState::Ready))
            .collect();
        for number in &started {
            self.put_on(*number, now);
        }
        started
    }

    /// Keeps the state of a group's threads.
    fn take_off(&mut self, number: u32, now: u64) {
        for spu in 0..self.owners.len() {
            let Some((_, index)) = self.owners[spu].filter(|owner| owner.0 == number) else {
                continue;
            };
            self.owners[spu] = None;
            let idle = self.spare.pop();
            let idle = idle.unwrap_or_else(|| Box::new(Unit::idle()));
            let mut unit = self.cluster.exchange(spu, idle);
            unit.lose_reservation(now);
            if let Ok(group) = self.groups.get_mut(number) {
                group.threads[index].place = Place::Off(unit);
            }
        }
    }

    /// Puts a group's threads on free SPUs.
    fn put_on(&mut self, number: u32, now: u64) {
        let Ok(group) = self.groups.get_mut(number) else {
            return;
        };
        let mut window = Vec::new();
        for (index, thread) in group.threads.iter_mut().enumerate() {
            let free = self.owners.iter().position(Option::is_none);
            // There are as many as were counted.
            let Some(spu) = free else { return };
            if let Place::Off(mut unit) = std::mem::replace(&mut thread.place, Place::On(spu)) {
                unit.catch_up(now);
                self.spare.push(self.cluster.exchange(spu, unit));
            }
            self.owners[spu] = Some((number, index));
            window.push((thread.window, spu));
        }
        group.state = GroupState::Running;
        for (_, spu) in &window {
            self.cluster.set_window(*spu, Window::new(window.clone()));
        }
    }
}

impl Machine {
    /// Lets the groups have SPUs that should, and tells who wants to know.
    pub(in crate::lv2) fn schedule_spus(&mut self, now: u64) {
        for group in self.spus.assign(now) {
            let queue = self.spus.groups.get(group);
            let queue = queue.map(|group| group.events.get(&GroupEvent::Run).copied());
            if let Ok(Some(queue)) = queue {
                let event = Event {
                    source: GroupEvent::Run.source(),
                    data: [group.into(), 0, 0],
                };
                // An event for which there is no queue or no room is lost.
                let _ = self.send_event(queue, event);
            }
        }
    }

    /// Loads the programs of a group's threads anew and lets it run.
    ///
    /// # Errors
    ///
    /// `ESTAT` where it runs or is not complete, `EFAULT` where a program is not there.
    pub(in crate::lv2) fn start_spu_group(&mut self, number: u32, now: u64) -> Result<(), Errno> {
        let group = self.spus.groups.get_mut(number)?;
        if group.state != GroupState::Initialized {
            return Err(Errno::ESTAT);
        }
        group.ended = None;
        let count = group.threads.len();
        for index in 0..count {
            self.prepare_spu_thread(thread_number(number, index), now)?;
        }
        self.spus.set_state(number, GroupState::Ready)?;
        self.spus.cluster.share_host();
        self.schedule_spus(now);
        Ok(())
    }

    fn prepare_spu_thread(&mut self, number: u32, now: u64) -> Result<(), Errno> {
        /// The stack pointer that a thread starts with.
        const INITIAL_STACK: u32 = 0x3_fff0;
        /// `SYS_SPU_THREAD_OPTION_DEC_SYNC_TB_ENABLE`.
        const DECREMENTER_WITH_TIME_BASE: u32 = 2;
        let thread = self.spus.groups.thread_mut(number)?;
        thread.exit_status = None;
        thread.receives = None;
        let Place::Off(unit) = &mut thread.place else {
            return Err(Errno::ESTAT);
        };
        unit.clear();
        thread.program.load(&self.memory, unit.local_store_mut())?;
        unit.set_register(1, crate::spu::Quad::preferred(INITIAL_STACK));
        for (register, argument) in (3..).zip(thread.arguments) {
            let value = crate::spu::Quad::from_doublewords([argument, 0]);
            unit.set_register(register, value);
        }
        if thread.option & DECREMENTER_WITH_TIME_BASE != 0 {
            unit.set_decrementer(!((now / crate::ppu::CYCLES_PER_TICK) as u32), now);
        }
        if self.spus.watched {
            unit.watch(0);
        }
        unit.start(thread.program.entry, now);
        Ok(())
    }
}
