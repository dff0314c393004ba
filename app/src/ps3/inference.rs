//! The thread that owns the model.

use alloc::sync::Arc;
use core::time::Duration;

use app::inference::{Activity, Port, Worker};
use psl1ght_rs::sync::EventFlag;
use psl1ght_rs::thread::{Builder, JoinHandle};
use psl1ght_rs::time::Instant;

use crate::failure::Failure;
use crate::models::Factory;
use crate::places::Places;
use crate::report::note;

/// Below the thread that draws, so that no picture comes late because of a token.
const PRIORITY: i32 = 1500;
/// Loading a model assembles the SPUs' program.
const STACK: usize = 256 << 10;
/// The flag's bit that is set for a command.
const COMMAND: u64 = 1;
/// How long the thread sleeps when the app has to take events first: about a frame.
const FRAME: Duration = Duration::from_millis(16);

/// The running thread.
#[derive(Debug)]
pub struct Inference {
    thread: JoinHandle<()>,
    flag: Arc<EventFlag>,
}

impl Inference {
    /// Starts the thread.
    pub fn start(port: Port, places: Places) -> Result<Inference, Failure> {
        let failed = |error| Failure::of("There is no thread for the model", error);
        let flag = Arc::new(EventFlag::new(0).map_err(failed)?);
        let own = flag.clone();
        let work = move || work(port, places, &own);
        let thread = Builder {
            name: "inference",
            priority: PRIORITY,
            stack: STACK,
        }
        .spawn(work)
        .map_err(failed)?;
        Ok(Inference { thread, flag })
    }

    /// Wakes it where it sleeps.
    pub fn wake(&self) {
        if let Err(error) = self.flag.set(COMMAND) {
            note(format_args!(
                "the inference thread cannot be woken: {error}"
            ));
        }
    }

    /// Waits for its end, which it has been told to come to. The SPUs are free then.
    pub fn join(self) {
        self.wake();
        if let Err(error) = self.thread.join() {
            note(format_args!("the end of the inference thread: {error}"));
        }
    }
}

fn work(port: Port, places: Places, flag: &EventFlag) {
    let begun = Instant::now();
    let factory = Factory::new(places, port.reading());
    let mut worker = Worker::new(port, factory, move || begun.elapsed());
    loop {
        let limit = match worker.step() {
            Activity::Working => continue,
            Activity::Waiting => Some(FRAME),
            Activity::Idle => None,
            Activity::Finished => return,
        };
        if let Err(error) = flag.wait_any(COMMAND, limit) {
            note(format_args!("the inference thread cannot sleep: {error}"));
            psl1ght_rs::time::sleep(FRAME);
        }
    }
}
