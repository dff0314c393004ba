//! What happens at its own times, besides what threads do: sleepers that wake, and the
//! parts of the machine around the processor.
//!
//! The machine asks each device for the cycle of its next event. No span of the threads
//! goes beyond the earliest of them, and when nobody can run the clock jumps there. What
//! devices do at one cycle they do in the order of [`DEVICES`].

use super::event;
use super::graphics;
use super::machine::{Machine, Observer, Outcome};
use super::{sound, system};

/// A part of the machine with times of its own. Its state is a field of the [`Machine`].
pub(super) struct Device {
    /// The cycle of its next event; none while nothing would come of it: a device that
    /// always has a next event hides that all threads wait for ever.
    pub next_event: fn(&Machine) -> Option<u64>,
    /// Does everything that is due at the machine's clock. After it the next event lies
    /// behind the clock. An outcome ends the run.
    pub advance: fn(&mut Machine, &mut dyn Observer) -> Option<Outcome>,
}

/// All devices.
static DEVICES: &[Device] = &[event::WAITS, system::DIALOG, sound::MIXER, graphics::RSX];

impl Machine {
    /// The cycle of the next event of any device.
    pub(super) fn next_event(&self) -> Option<u64> {
        let devices = DEVICES.iter();
        devices.filter_map(|device| (device.next_event)(self)).min()
    }

    /// Lets every device do what is due.
    pub(super) fn advance_devices(&mut self, observer: &mut dyn Observer) -> Option<Outcome> {
        let now = self.cycles();
        DEVICES.iter().find_map(|device| {
            let due = (device.next_event)(self).is_some_and(|cycle| cycle <= now);
            if due {
                (device.advance)(self, observer)
            } else {
                None
            }
        })
    }
}
