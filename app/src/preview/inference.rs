//! The inference thread where time is the host's: it computes as fast as it can.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use app::PlatformError;
use app::inference::{Port, Worker};

use crate::engine::{Factory, Setup, Share};

/// How long the thread sleeps when it has nothing to do and nobody wakes it.
const NAP: Duration = Duration::from_millis(20);

/// The running thread.
#[derive(Debug)]
pub struct Inference(JoinHandle<()>);

impl Inference {
    /// Starts the thread.
    pub fn start(port: Port, setup: Setup, share: Share) -> Result<Inference, PlatformError> {
        let work = move || {
            let reading = port.reading();
            let factory = Factory::new(setup, share, |mut engine| {
                let reading = reading.clone();
                engine.set_watch(Box::new(move |part| reading.report(part)));
                Box::new(engine)
            });
            let begun = Instant::now();
            Worker::new(port, factory, move || begun.elapsed()).run(|| thread::park_timeout(NAP));
        };
        spawn(work).map(Inference)
    }

    /// Wakes it where it sleeps.
    pub fn wake(&self) {
        self.0.thread().unpark();
    }

    /// Waits for its end, which it has been told to come to.
    pub fn join(self) {
        self.wake();
        // A panic has been told on standard error.
        let _ = self.0.join();
    }
}

/// A thread for the model.
pub fn spawn(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, PlatformError> {
    let thread = thread::Builder::new().name("inference".into()).spawn(work);
    thread.map_err(|error: io::Error| PlatformError {
        what: format!("There is no thread for the model: {error}"),
    })
}
