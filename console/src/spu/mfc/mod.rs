//! The memory flow controller's side that the program sees: parameters, command queue,
//! tags, stalled lists and the status of atomic commands.
//!
//! Source: "Cell Broadband Engine Architecture", version 1.02, section 7 and 9. Commands
//! wait here until the cluster carries them out between two quanta.

mod command;
mod tags;

pub(crate) use command::{Command, Effect, Kind, LINE, Order, check_transfer};
pub(crate) use tags::Tags;

use super::channels::Ready;
use super::fault::Refusal;
use super::timing::{COMMAND_LATENCY, Ticket};

/// Commands that the queue holds.
pub(crate) const QUEUE_DEPTH: usize = 16;

/// The channels that hold the parameters of the next command.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) lsa: u32,
    pub(crate) eah: u32,
    pub(crate) eal: u32,
    pub(crate) size: u32,
    pub(crate) tag: u32,
}

/// One memory flow controller.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mfc {
    pub(crate) parameters: Parameters,
    /// Commands whose end is not known yet, in the order in which they were written.
    pub(crate) pending: Vec<Command>,
    /// Until when commands of a tag that come later wait for a barrier.
    held: [u64; 32],
    /// Until when all commands that come later wait for one.
    held_all: u64,
    /// Cycles at which commands that were carried out give their places back.
    finishing: Vec<u64>,
    pub(crate) tags: Tags,
    /// Tags of stalled lists that the program has not read, and since when.
    stalls: u32,
    stalled_at: u64,
    atomic_status: Option<(u32, u64)>,
    /// The line of main storage whose reservation the SPU holds.
    pub(crate) reservation: Option<u64>,
}

impl Mfc {
    /// When a command can be written.
    pub(crate) fn ready(&self, now: u64) -> Ready {
        if self.pending.len() + self.finishing.len() < QUEUE_DEPTH || self.free_slots(now) != 0 {
            return Ready::Now;
        }
        // What has finished gave its place back already: the others are in the way, and when
        // those end is known only once they have been carried out.
        self.finishing
            .iter()
            .filter(|&&cycle| cycle > now)
            .min()
            .map_or(Ready::Unknown, |&cycle| Ready::At(cycle))
    }

    /// Free places in the queue.
    pub(crate) fn free_slots(&self, now: u64) -> u32 {
        let finishing = self.finishing.iter().filter(|&&cycle| cycle > now).count();
        QUEUE_DEPTH.saturating_sub(self.pending.len() + finishing) as u32
    }

    /// Writes the command channel.
    pub(crate) fn enqueue(&mut self, value: u32, now: u64, pc: u32) -> Result<(), Refusal> {
        let command = Command::new(value, &self.parameters, now, pc)?;
        if command.kind.is_atomic() {
            self.atomic_status = None;
        } else {
            self.tags.begin(command.tag);
        }
        self.pending.push(command);
        Ok(())
    }

    /// The first command that can be begun: it is not begun yet, and the end of everything
    /// ahead of it that it waits for is known.
    pub(crate) fn next(&self) -> Option<usize> {
        (0..self.pending.len()).find(|&index| self.eligible(index))
    }

    /// Whether the command at an index can be begun.
    fn eligible(&self, index: usize) -> bool {
        let command = &self.pending[index];
        !command.stalled
            && command.ticket.is_none()
            && self.pending[..index]
                .iter()
                .all(|earlier| !command.waits_for(earlier))
    }

    /// The first cycle in which a command that can be begun can make a request.
    pub(crate) fn start(&self, command: &Command) -> u64 {
        let start = command.issued + COMMAND_LATENCY;
        if command.kind.is_atomic() {
            return start;
        }
        let tag = command.tag as usize & 31;
        let ahead = match (command.kind, command.order) {
            (Kind::Barrier, _) => self.tags.last_done(),
            (_, Order::Free) => 0,
            (_, Order::Fence | Order::Barrier) => self.tags.done_at(command.tag),
        };
        start.max(self.held[tag]).max(self.held_all).max(ahead)
    }

    /// A command that was handed to the bus.
    pub(crate) fn under_way(&self) -> Option<usize> {
        let mut commands = self.pending.iter();
        commands.position(|command| command.ticket.is_some())
    }

    /// The command that was handed to the bus for a ticket.
    pub(crate) fn find(&self, ticket: Ticket) -> Option<usize> {
        let mut commands = self.pending.iter();
        commands.position(|command| command.ticket == Some(ticket))
    }

    /// Takes out a command; its effects are complete at `done`. The cycle from which on a
    /// tag status is there that the program waits for, and whether the queue had been
    /// full.
    pub(crate) fn complete(&mut self, index: usize, done: u64) -> (Option<u64>, bool) {
        let command = self.pending.remove(index);
        if command.kind.is_atomic() {
            return (None, false);
        }
        if command.kind == Kind::Barrier {
            self.held_all = self.held_all.max(done);
        } else if command.order == Order::Barrier {
            let held = &mut self.held[command.tag as usize & 31];
            *held = (*held).max(done);
        }
        self.finishing.retain(|&cycle| cycle > command.issued);
        let was_full = self.pending.len() + 1 + self.finishing.len() >= QUEUE_DEPTH;
        self.finishing.push(done);
        (self.tags.complete(command.tag, done), was_full)
    }

    /// Sets the status of an atomic command.
    pub(crate) fn set_atomic_status(&mut self, status: u32, cycle: u64) {
        self.atomic_status = Some((status, cycle));
    }

    pub(crate) fn atomic_ready(&self, now: u64) -> Ready {
        self.atomic_status
            .map_or(Ready::Unknown, |(_, cycle)| Ready::from(cycle, now))
    }

    pub(crate) fn take_atomic_status(&mut self) -> u32 {
        self.atomic_status.take().map_or(0, |(status, _)| status)
    }

    /// A list stalled.
    pub(crate) fn stall(&mut self, tag: u32, cycle: u64) {
        if self.stalls == 0 {
            self.stalled_at = cycle;
        }
        self.stalls |= 1 << tag;
    }

    pub(crate) fn stall_ready(&self, now: u64) -> Ready {
        if self.stalls == 0 {
            Ready::Unknown
        } else {
            Ready::from(self.stalled_at, now)
        }
    }

    pub(crate) fn take_stalls(&mut self) -> u32 {
        std::mem::take(&mut self.stalls)
    }

    /// Lets the stalled list of a tag go on.
    pub(crate) fn acknowledge_stall(&mut self, tag: u32, now: u64) -> Result<(), String> {
        if tag > 31 {
            return Err(format!("{tag:#x} is no tag: 0 to 31"));
        }
        for command in &mut self.pending {
            if command.tag == tag && command.stalled {
                command.stalled = false;
                command.issued = now;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// EAL is good as an effective address and as that of a list in local store.
    fn mfc() -> Mfc {
        Mfc {
            parameters: Parameters {
                lsa: 0x1000,
                eah: 0,
                eal: 0x2000,
                size: 128,
                tag: 3,
            },
            ..Mfc::default()
        }
    }

    #[test]
    fn sixteen_commands_fit() {
        let mut mfc = mfc();
        for at in 0..16 {
            assert_eq!(mfc.free_slots(0), 16 - at);
            mfc.enqueue(0x40, 0, 0).unwrap();
        }
        assert_eq!(mfc.ready(0), Ready::Unknown);
        let (_, was_full) = mfc.complete(0, 700);
        assert!(was_full);
        assert_eq!(mfc.ready(0), Ready::At(700));
        assert_eq!(mfc.free_slots(700), 1);
        // Places that were given back long ago do not count.
        mfc.complete(0, 900);
        mfc.enqueue(0x40, 700, 0).unwrap();
        assert_eq!(mfc.ready(700), Ready::At(900));
        mfc.complete(14, 950);
        mfc.enqueue(0x40, 900, 0).unwrap();
        while !mfc.pending.is_empty() {
            mfc.complete(0, 1000);
        }
        assert_eq!(mfc.free_slots(1000), 16);
    }

    #[test]
    fn a_full_queue_waits_for_nothing_that_is_over() {
        let mut mfc = mfc();
        mfc.enqueue(0x40, 0, 0).unwrap();
        mfc.complete(0, 10);
        for _ in 0..16 {
            mfc.enqueue(0x40, 20, 0).unwrap();
        }
        assert_eq!(mfc.ready(20), Ready::Unknown);
    }

    #[test]
    fn fences_and_barriers_wait_for_what_is_ahead() {
        // Every command against a stalled list of the same and of another tag ahead.
        let opcodes = [
            (0x40, false, false), // get
            (0x42, true, false),  // getf
            (0x21, true, false),  // putb
            (0xc0, true, true),   // barrier
            (0xc8, true, false),  // mfceieio
            (0xcc, true, false),  // mfcsync
            (0xd0, false, false), // getllar
        ];
        for (opcode, same, other) in opcodes {
            for (tag, waits) in [(3, same), (4, other)] {
                let mut mfc = mfc();
                mfc.parameters.size = 8;
                mfc.enqueue(0x44, 0, 0).unwrap();
                mfc.pending[0].stalled = true;
                mfc.parameters.tag = tag;
                mfc.parameters.size = 128;
                mfc.enqueue(opcode, 0, 0).unwrap();
                assert!(!mfc.eligible(0));
                assert_eq!(mfc.eligible(1), !waits, "{opcode:#x} with tag {tag}");
            }
        }
        // A barrier ahead holds back what comes after it.
        let mut mfc = mfc();
        mfc.parameters.size = 8;
        mfc.enqueue(0x45, 0, 0).unwrap(); // getlb
        mfc.parameters.size = 128;
        mfc.enqueue(0x40, 0, 0).unwrap();
        assert!(!mfc.eligible(1));
    }

    #[test]
    fn stalls_are_acknowledged_by_tag() {
        let mut mfc = mfc();
        mfc.parameters.size = 8;
        mfc.enqueue(0x44, 0, 0).unwrap();
        mfc.pending[0].stalled = true;
        mfc.stall(3, 10);
        assert_eq!(mfc.stall_ready(0), Ready::At(10));
        assert_eq!(mfc.take_stalls(), 8);
        mfc.acknowledge_stall(4, 20).unwrap();
        assert!(!mfc.eligible(0));
        mfc.acknowledge_stall(3, 20).unwrap();
        assert!(mfc.eligible(0));
        assert!(mfc.acknowledge_stall(32, 20).is_err());
    }
}
