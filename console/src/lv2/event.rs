//! What ends waits without a call of the thread: events that are sent, timers, and the end
//! of a wait's time.

use super::clock;
use super::device::Device;
use super::errno::Errno;
use super::machine::Machine;
use super::object::{Event, EventQueue, QueueKind, Timer};
use super::thread::{State, Wait};

/// Waits that end by themselves, and timers.
pub(super) const WAITS: Device = Device {
    next_event: Machine::next_deadline,
    advance: |machine, _| {
        machine.wake_due(machine.cycles());
        None
    },
};

impl Machine {
    /// Sends an event to a queue: to a thread that waits there, or into the queue.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no such queue (any more), `EBUSY` where it is full.
    pub(super) fn send_event(&mut self, queue: u32, event: Event) -> Result<(), Errno> {
        let found = self.objects.get_mut::<EventQueue>(queue)?;
        if let Some(thread) = found.send(event, &self.threads)? {
            self.threads.wake(thread, 0);
            self.put_event(thread, event);
        }
        Ok(())
    }

    /// Takes the oldest event from a queue, for a receiver that is not a PPU thread; none
    /// where the queue is empty.
    ///
    /// # Errors
    ///
    /// `ESRCH` where there is no such queue (any more): who waited for it is cancelled.
    pub(super) fn take_event(&mut self, queue: u32) -> Result<Option<Event>, Errno> {
        Ok(self.objects.get_mut::<EventQueue>(queue)?.take())
    }

    /// Gives a PPU thread an event, in r4 to r7.
    pub(super) fn put_event(&mut self, thread: u64, event: Event) {
        if let Some(thread) = self.threads.all.get_mut(&thread) {
            let registers = &mut thread.ppu.registers.gpr;
            registers[4] = event.source;
            registers[5..8].copy_from_slice(&event.data);
        }
    }

    /// Ends the waits whose time has come and fires the timers, in the order of their times.
    pub(super) fn wake_due(&mut self, now: u64) {
        loop {
            let thread = self.threads.next_deadline();
            let timer = self.next_timer(|_| true);
            let due = thread.into_iter().chain(timer).map(|(cycle, _)| cycle);
            match due.min() {
                Some(cycle) if cycle <= now => {}
                _ => return,
            }
            match (thread, timer) {
                (Some(thread), timer) if timer.is_none_or(|timer| thread.0 <= timer.0) => {
                    self.end_wait(thread.1);
                }
                // The number came from the table of objects.
                (_, Some((_, timer))) => self.fire(timer as u32, now),
                _ => return,
            }
        }
    }

    /// When something happens that can make a thread ready, if nobody runs until then.
    fn next_deadline(&self) -> Option<u64> {
        let thread = self.threads.next_deadline();
        // A timer whose events nobody waits for changes nothing.
        let timer = self.next_timer(|queue| {
            let queue = self.objects.get::<EventQueue>(queue);
            queue.is_ok_and(|queue| queue.kind == QueueKind::Spu || !queue.waiters.is_empty())
        });
        let both = thread.into_iter().chain(timer);
        both.map(|(cycle, _)| cycle).min()
    }

    fn next_timer(&self, wanted: impl Fn(u32) -> bool) -> Option<(u64, u64)> {
        self.objects
            .all::<Timer>()
            .filter_map(|(number, timer)| {
                let target = timer.target?;
                let time = clock::cycle(timer.run?.next);
                (time < u64::MAX && wanted(target.queue)).then_some((time, number.into()))
            })
            .min()
    }

    /// Sends a timer's event and sets its next time.
    fn fire(&mut self, number: u32, now: u64) {
        let Ok(timer) = self.objects.get_mut::<Timer>(number) else {
            return;
        };
        let (Some(run), Some(target)) = (timer.run, timer.target) else {
            return;
        };
        timer.run = run.after();
        let [first, second] = target.data;
        let event = Event {
            source: target.source,
            data: [first, second, run.next],
        };
        // An event for which there is no queue or no room is lost, as on the console, and so
        // are those that follow until somebody can take one.
        if self.send_event(target.queue, event).is_err()
            && let Ok(timer) = self.objects.get_mut::<Timer>(number)
        {
            timer.run = timer.run.map(|run| run.beyond(clock::microseconds(now)));
        }
    }

    fn end_wait(&mut self, thread: u64) {
        let state = self.threads.all.get(&thread).map(|thread| thread.state);
        match state {
            Some(State::Waits(Wait::Object { object, .. })) => self.time_out(thread, object),
            _ => self.threads.wake(thread, 0),
        }
    }
}
