//! A device with memory of its own and time that does not count: what the preview draws with.

use super::device::{Device, Pause};
use super::display::{Buffer, Frame};
use super::memory::StandaloneMemory;
use super::report::{Problem, Report};
use super::shade::Counts;

/// The device and its memory.
pub struct Rsx {
    memory: StandaloneMemory,
    device: Device,
}

impl Rsx {
    /// A device with zeroed memories of these sizes in bytes, `get` and `put` at 0.
    #[must_use]
    pub fn new(local_bytes: usize, main_bytes: usize) -> Self {
        Self {
            memory: StandaloneMemory::new(local_bytes, main_bytes),
            device: Device::default(),
        }
    }

    /// Its memory.
    #[must_use]
    pub fn memory(&self) -> &StandaloneMemory {
        &self.memory
    }

    /// Its memory, to be changed.
    pub fn memory_mut(&mut self) -> &mut StandaloneMemory {
        &mut self.memory
    }

    /// Allows fetching up to this offset of main memory; nothing is executed yet.
    pub fn set_put(&mut self, offset: u32) {
        self.device.set_put(offset);
    }

    /// The offset that is fetched next.
    #[must_use]
    pub fn get(&self) -> u32 {
        self.device.get()
    }

    /// The reference word.
    #[must_use]
    pub fn reference(&self) -> u32 {
        self.device.reference()
    }

    /// Says what display buffer `id` (0 to 7) is; `false` where there is no such number.
    #[must_use]
    pub fn set_display_buffer(&mut self, id: u8, buffer: Buffer) -> bool {
        self.device.set_display_buffer(id, buffer)
    }

    /// Whether a flip is still to come since the status was reset.
    #[must_use]
    pub fn flip_pending(&self) -> bool {
        self.device.display().is_waiting()
    }

    /// From now on [`Self::flip_pending`] until the next flip has happened.
    pub fn reset_flip_status(&mut self) {
        self.device.display_mut().reset_status();
    }

    /// Flips that have happened.
    #[must_use]
    pub fn flips(&self) -> u64 {
        self.device.display().flips()
    }

    /// Vertical blanks that have happened.
    #[must_use]
    pub fn vertical_blanks(&self) -> u64 {
        self.device.display().blanks()
    }

    /// A vertical blank: 60 times a second, or as often as the one who runs the device likes.
    pub fn vertical_blank(&mut self) {
        self.device.vertical_blanks(&mut self.memory.view(), 1);
        // Nobody asks for them here.
        self.device.take_events();
    }

    /// What is on the screen; `None` before the first flip, and where the buffer lies outside of memory.
    #[must_use]
    pub fn frame(&mut self) -> Option<Frame> {
        let mut frame = Frame::default();
        self.copy_frame(&mut frame).then_some(frame)
    }

    /// Copies what is on the screen to `frame`, whose memory is used again; `false` where [`Self::frame`] gives `None`.
    #[must_use]
    pub fn copy_frame(&mut self, frame: &mut Frame) -> bool {
        self.device.copy_frame(&self.memory.view(), frame)
    }

    /// Reports from now on where memory has changed that a console's caches may hold.
    pub fn watch_caches(&mut self) {
        self.device.watch_caches();
    }

    /// What was drawn so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.device.counts()
    }

    /// What went wrong so far, since it was last taken.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        self.device.reports()
    }

    /// Takes the reports.
    pub fn take_reports(&mut self) -> Vec<Report> {
        self.device.take_reports()
    }

    /// Reports that were not kept because there were too many different ones.
    #[must_use]
    pub fn dropped_reports(&self) -> u64 {
        self.device.dropped_reports()
    }

    /// Executes up to `put`, or until something holds the FIFO.
    pub fn run(&mut self) -> Pause {
        self.run_words(u64::MAX)
    }

    /// Executes at most `words` words.
    pub fn run_words(&mut self, words: u64) -> Pause {
        let pause = self.device.run_words(&mut self.memory.view(), words);
        if pause == Pause::Loop {
            // Nobody is there to change a word while the device runs.
            self.device.stop(Problem::EndlessLoop);
            return Pause::Faulted;
        }
        pause
    }
}
