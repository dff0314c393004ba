//! A machine that is driven frame by frame.

use std::path::Path;
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::program::Program;
use super::watch::Watch;
use crate::lv2::{CYCLES_PER_SECOND, Machine, Outcome, State};

/// A machine that is later than this does not hurry afterwards; less it makes up for.
const LATE: Duration = Duration::from_millis(100);
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

impl Limits {
    /// For ever.
    pub const NONE: Self = Self {
        seconds: u64::MAX,
        hang: u64::MAX,
    };
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
    awaited: Option<Awaited>,
}

/// The frame that is being waited for.
#[derive(Clone, Copy)]
struct Awaited {
    /// Pictures that were shown before it.
    shown: u64,
    /// The next sixtieth of a second.
    blank: u64,
    /// The cycle at which it is looked whether the program hangs.
    deadline: u64,
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
            awaited: None,
        }
    }

    /// Lets the program run until its next frame is shown.
    ///
    /// # Errors
    ///
    /// It went wrong, hangs, or takes longer than it may; the report says what it was doing.
    pub fn next(&mut self, watch: &mut Watch<'_>) -> Result<Next, Failure> {
        loop {
            if let Some(next) = self.advance(watch, u64::MAX)? {
                return Ok(next);
            }
        }
    }

    /// Lets the program run towards its next frame, for so many cycles at most; none if it is
    /// not shown by then.
    ///
    /// # Errors
    ///
    /// As [`Self::next`].
    pub fn advance(&mut self, watch: &mut Watch<'_>, most: u64) -> Result<Option<Next>, Failure> {
        let limit = self.limits.seconds.saturating_mul(CYCLES_PER_SECOND);
        let patience = self.limits.hang.saturating_mul(CYCLES_PER_SECOND);
        let begun = self.machine.cycles();
        let awaited = self.awaited.take().unwrap_or(Awaited {
            shown: self.machine.frames_shown(),
            blank: self.next_blank(),
            deadline: begun.saturating_add(patience),
        });
        let frame = match self.draws {
            true => awaited.deadline,
            false => awaited.blank,
        };
        let end = frame.min(limit).min(begun.saturating_add(most));
        self.machine.pause_at(Some(end));
        match self.machine.run(u64::MAX, watch) {
            Outcome::Paused => {}
            Outcome::Exited(status) => return Ok(Some(Next::Ended(status))),
            outcome => return Err(self.failure(&outcome)),
        }
        if let Some(error) = watch.take_failure() {
            return Err(Failure::new(format!("the program's text: {error}")));
        }
        self.wait();
        let now = self.machine.cycles();
        if self.machine.frames_shown() > awaited.shown || !self.draws && now >= awaited.blank {
            return Ok(Some(Next::Frame));
        }
        if now >= limit {
            let seconds = self.limits.seconds;
            let line = format!("not over after {seconds} s of its own time");
            return Err(self.stopped(line));
        }
        let late = now >= awaited.deadline;
        if late && !self.runs() {
            let seconds = self.limits.hang;
            let line = format!("hangs: no picture in {seconds} s, and nothing runs");
            return Err(self.stopped(line));
        }
        self.awaited = Some(match late {
            true => Awaited {
                deadline: now.saturating_add(patience),
                ..awaited
            },
            false => awaited,
        });
        Ok(None)
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
        let passed = pace.begun.elapsed();
        if let Some(early) = due.checked_sub(passed) {
            std::thread::sleep(early);
        } else if passed - due > LATE {
            *pace = Pace {
                begun: Instant::now(),
                at: self.machine.cycles(),
            };
        }
    }
}
