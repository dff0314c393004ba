//! Pauses of a run: a program that is driven from outside is looked after at certain cycles,
//! or with each picture that it shows.

use super::machine::Machine;

/// Where runs pause, and the pictures that were shown.
#[derive(Default)]
pub(super) struct Pause {
    /// The cycle of the next pause.
    pub cycle: Option<u64>,
    /// Whether there is one with each picture.
    at_frames: bool,
    /// Whether a picture was shown since the last one.
    frame: bool,
    /// Pictures that were shown.
    frames: u64,
}

impl Pause {
    /// Whether a run pauses at this cycle.
    pub fn take(&mut self, now: u64) -> bool {
        let frame = std::mem::take(&mut self.frame) && self.at_frames;
        let time = self.cycle.take_if(|cycle| *cycle <= now).is_some();
        frame || time
    }
}

impl Machine {
    /// Runs end with [`Outcome::Paused`](super::Outcome::Paused) when the clock has come to a
    /// cycle, once, however much sooner the next event is; not while all threads wait for ever.
    pub fn pause_at(&mut self, cycle: Option<u64>) {
        self.pause.cycle = cycle;
    }

    /// Whether runs end with [`Outcome::Paused`](super::Outcome::Paused) after each picture that
    /// is shown.
    pub fn pause_at_frames(&mut self, pause: bool) {
        self.pause.at_frames = pause;
    }

    /// How many pictures were shown: each flip of the RSX is one.
    #[must_use]
    pub fn frames_shown(&self) -> u64 {
        self.pause.frames
    }

    /// Notes that a picture is shown.
    pub(super) fn note_frame(&mut self) {
        self.pause.frames += 1;
        self.pause.frame = true;
    }
}
