//! A machine that is driven frame by frame.

use std::path::Path;
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::program::Program;
use super::watch::Watch;
use crate::lv2::{CYCLES_PER_SECOND, Machine, Outcome, State};

/// Frames a second of a program that shows no pictures.
const RATE: u64 = 60;

/// How long a program may go on, in seconds of its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub seconds: u64,
    /// Without a picture while nothing runs.
    pub hang: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            seconds: 3600,
            hang: 10,
        }
    }
}

/// How fast the machine's time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// As fast as the host can.
    Free,
    /// No faster than a console's.
    Real,
}

/// How a frame ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The frame is shown.
    Frame,
    /// The program has ended with a status.
    Ended(i32),
}

/// A machine with its program.
pub struct Session {
    /// The machine.
    pub machine: Machine,
    /// What to call the program in errors.
    name: String,
    draws: bool,
    limits: Limits,
    pace: Option<Pace>,
}

/// Keeps the machine's time from running ahead of the host's.
struct Pace {
    begun: Instant,
    at: u64,
}

impl Session {
    /// A session with a machine on which a program was started. `file` is what to call it in
    /// errors.
    #[must_use]
    pub fn new(
        mut machine: Machine,
        program: &Program,
        file: &Path,
        limits: Limits,
        speed: Speed,
    ) -> Self {
        machine.pause_at_frames(program.draws);
        let pace = (speed == Speed::Real).then(|| Pace {
            begun: Instant::now(),
            at: machine.cycles(),
        });
        Self {
            machine,
            name: file.display().to_string(),
            draws: program.draws,
            limits,
            pace,
        }
    }

    /// Lets the program run until its next frame is shown.
    ///
    /// # Errors
    ///
    /// It went wrong, hangs, or takes longer than it may; the report says what it was doing.
    pub fn next(&mut self, watch: &mut Watch<'_>) -> Result<Next, Failure> {
        let limit = self.limits.seconds.saturating_mul(CYCLES_PER_SECOND);
        let patience = self.limits.hang.saturating_mul(CYCLES_PER_SECOND);
        let shown = self.machine.frames_shown();
        let mut deadline = self.machine.cycles().saturating_add(patience);
        let blank = self.next_blank();
        loop {
            let frame = if self.draws { deadline } else { blank };
            self.machine.pause_at(Some(frame.min(limit)));
            match self.machine.run(u64::MAX, watch) {
                Outcome::Paused => {}
                Outcome::Exited(status) => return Ok(Next::Ended(status)),
                outcome => return Err(self.failure(&outcome)),
            }
            if let Some(error) = watch.take_failure() {
                return Err(Failure::new(format!("the program's text: {error}")));
            }
            let now = self.machine.cycles();
            if self.machine.frames_shown() > shown || !self.draws && now >= blank {
                self.wait();
                return Ok(Next::Frame);
            }
            if now >= limit {
                let seconds = self.limits.seconds;
                let line = format!("not over after {seconds} s of its own time");
                return Err(self.stopped(line));
            }
            if now >= deadline {
                if !self.runs() {
                    let seconds = self.limits.hang;
                    let line = format!("hangs: no picture in {seconds} s, and nothing runs");
                    return Err(self.stopped(line));
                }
                deadline = now.saturating_add(patience);
            }
        }
    }

    /// The next sixtieth of a second.
    fn next_blank(&self) -> u64 {
        let number = |cycles: u64| u128::from(cycles) * u128::from(RATE);
        let count = number(self.machine.cycles()) / u128::from(CYCLES_PER_SECOND) + 1;
        let cycle = (count * u128::from(CYCLES_PER_SECOND)).div_ceil(u128::from(RATE));
        u64::try_from(cycle).unwrap_or(u64::MAX)
    }

    /// Whether any thread could run, or an SPU does.
    fn runs(&self) -> bool {
        let mut threads = self.machine.threads();
        self.machine.spus_run() || threads.any(|(_, _, state, _)| state == State::Ready)
    }

    fn failure(&self, outcome: &Outcome) -> Failure {
        let report = self.machine.report(outcome);
        let (line, rest) = report.split_once('\n').unwrap_or((&report, ""));
        Failure::new(format!("{}: {line}", self.name)).with_report(rest)
    }

    pub(super) fn stopped(&self, line: String) -> Failure {
        let report = self.machine.report(&Outcome::Paused);
        let rest = report.split_once('\n').map_or("", |(_, rest)| rest);
        Failure::new(format!("{}: {line}", self.name)).with_report(rest)
    }

    /// Waits until the host's time has come to the machine's.
    fn wait(&mut self) {
        let Some(pace) = &mut self.pace else {
            return;
        };
        let cycles = self.machine.cycles() - pace.at;
        let due = Duration::from_secs_f64(cycles as f64 / CYCLES_PER_SECOND as f64);
        match due.checked_sub(pace.begun.elapsed()) {
            Some(early) => std::thread::sleep(early),
            // A machine that is late does not hurry afterwards.
            None => {
                *pace = Pace {
                    begun: Instant::now(),
                    at: self.machine.cycles(),
                }
            }
        }
    }
}
