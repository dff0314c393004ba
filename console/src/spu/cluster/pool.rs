//! Host threads that run SPUs.
//!
//! A quantum lasts a few dozen microseconds, so handing it over must cost less than one:
//! idle threads spin for a while before they sleep, and the caller works too. The order in
//! which SPUs are taken does not matter, since a quantum touches nothing but its SPU.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::spu::unit::Unit;

/// How often an idle thread looks for work before it sleeps: some 50 microseconds.
const SPINS: u32 = 2000;

/// An SPU, its number, and the cycle to which it runs.
struct Job {
    spu: usize,
    unit: Box<Unit>,
    limit: u64,
}

#[derive(Default)]
struct Shared {
    jobs: Mutex<Vec<Job>>,
    done: Mutex<Vec<Job>>,
    /// Jobs that nobody has taken.
    waiting: AtomicUsize,
    /// Jobs that are not done.
    unfinished: AtomicUsize,
    /// Threads that sleep or are about to.
    sleeping: AtomicUsize,
    quit: AtomicBool,
}

/// The threads besides the caller's.
pub(super) struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

/// A panic elsewhere leaves plain data behind, which is checked where it matters.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// Threads that work along with the caller.
    pub(super) fn new(workers: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let workers = (0..workers)
            .map_while(|number| {
                let shared = Arc::clone(&shared);
                thread::Builder::new()
                    .name(format!("SPUs {number}"))
                    .spawn(move || shared.work())
                    .ok()
            })
            .collect();
        Self { shared, workers }
    }

    /// Runs those units to `limit` that `runs` names, and puts all back in their order.
    ///
    /// # Panics
    /// When running an SPU panicked in another thread, which is a fault of this crate.
    pub(super) fn run(&self, units: &mut Vec<Box<Unit>>, runs: impl Fn(&Unit) -> bool, limit: u64) {
        let shared = &*self.shared;
        let count = units.len();
        {
            let (mut jobs, mut done) = (lock(&shared.jobs), lock(&shared.done));
            for (spu, unit) in units.drain(..).enumerate() {
                let runs = runs(&unit);
                let job = Job { spu, unit, limit };
                if runs { jobs.push(job) } else { done.push(job) }
            }
            shared.unfinished.store(jobs.len(), Ordering::SeqCst);
            shared.waiting.store(jobs.len(), Ordering::SeqCst);
        }
        if shared.sleeping.load(Ordering::SeqCst) != 0 {
            for worker in &self.workers {
                worker.thread().unpark();
            }
        }
        while shared.run_one() {}
        let mut spins = 0;
        while shared.unfinished.load(Ordering::SeqCst) != 0 {
            spins += 1;
            if spins < SPINS {
                spin_loop();
            } else {
                thread::yield_now();
            }
        }
        let mut done = lock(&shared.done);
        assert_eq!(done.len(), count, "a thread that ran an SPU panicked");
        done.sort_unstable_by_key(|job| job.spu);
        units.extend(done.drain(..).map(|job| job.unit));
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.quit.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // A panic there was reported when it happened.
            let _ = worker.join();
        }
    }
}

/// Counts a job as finished even when it panics, so that nobody waits for ever.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.unfinished.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    /// Takes a job and does it; false if there is none.
    fn run_one(&self) -> bool {
        let job = {
            let mut jobs = lock(&self.jobs);
            let job = jobs.pop();
            self.waiting.store(jobs.len(), Ordering::SeqCst);
            job
        };
        let Some(mut job) = job else {
            return false;
        };
        let _finish = Finish(self);
        job.unit.run(job.limit);
        lock(&self.done).push(job);
        true
    }

    /// A thread's life.
    fn work(&self) {
        let mut spins = 0;
        while !self.quit.load(Ordering::SeqCst) {
            if self.waiting.load(Ordering::SeqCst) != 0 {
                while self.run_one() {}
                spins = 0;
            } else if spins < SPINS {
                spins += 1;
                spin_loop();
            } else {
                self.sleeping.fetch_add(1, Ordering::SeqCst);
                // Work that came before this thread counted as sleeping is seen here; for
                // later work it is woken.
                if self.waiting.load(Ordering::SeqCst) == 0 && !self.quit.load(Ordering::SeqCst) {
                    thread::park();
                }
                self.sleeping.fetch_sub(1, Ordering::SeqCst);
                spins = 0;
            }
        }
    }
}
