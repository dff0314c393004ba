//! Time: the processor's timebase, the clock, sleeping.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use crate::syscall::address;
use crate::{Result, sys, syscall, syscall_all};

/// Ticks a second of the timebase: asked of the system (it is 79.8 MHz on a console, something else
/// elsewhere). Tried.
pub fn timebase_frequency() -> u64 {
    static FREQUENCY: AtomicU64 = AtomicU64::new(0);
    let known = FREQUENCY.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    // SAFETY: the call takes and changes nothing.
    let [frequency, ..] = unsafe { syscall_all(sys::number::TIME_GET_TIMEBASE_FREQUENCY, []) };
    FREQUENCY.store(frequency, Ordering::Relaxed);
    frequency
}

/// The timebase register. Tried.
#[cfg(target_vendor = "sony")]
fn timebase() -> u64 {
    let ticks;
    // SAFETY: reads a register.
    unsafe { core::arch::asm!("mftb {}", out(reg) ticks, options(nomem, nostack)) };
    ticks
}

#[cfg(not(target_vendor = "sony"))]
fn timebase() -> u64 {
    0
}

/// A point in time on the processor's own clock; never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// Now.
    pub fn now() -> Self {
        Self(timebase())
    }

    /// Ticks of the timebase since the processor started: a number that nobody foresees.
    pub fn ticks(self) -> u64 {
        self.0
    }

    /// Time from an earlier point to this one, zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        ticks_to_duration(self.0.saturating_sub(earlier.0), timebase_frequency())
    }

    /// Time from this point to now.
    pub fn elapsed(self) -> Duration {
        Self::now().since(self)
    }
}

fn ticks_to_duration(ticks: u64, frequency: u64) -> Duration {
    let frequency = frequency.max(1);
    let rest = u128::from(ticks % frequency) * 1_000_000_000 / u128::from(frequency);
    // The rest is below one second.
    Duration::new(ticks / frequency, rest as u32)
}

/// Time since the system started. Tried.
pub fn since_start() -> Duration {
    // SAFETY: the function takes and changes nothing.
    Duration::from_micros(unsafe { sys::process::sys_time_get_system_time() })
}

/// Time since 1970-01-01 00:00 UTC by the system's clock. Tried.
///
/// # Errors
/// What the system returned.
pub fn since_epoch() -> Result<Duration> {
    let (mut seconds, mut nanoseconds) = (0u64, 0u64);
    // SAFETY: the call writes two words of 64 bits.
    unsafe {
        syscall(
            sys::number::TIME_GET_CURRENT_TIME,
            [address(&raw mut seconds), address(&raw mut nanoseconds)],
        )?;
    }
    Ok(Duration::new(seconds, (nanoseconds % 1_000_000_000) as u32))
}

/// Minutes by which local time is ahead of UTC, summer time included.
///
/// # Errors
/// What the system returned.
pub fn local_offset() -> Result<i32> {
    let (mut zone, mut summer) = (0i32, 0i32);
    // SAFETY: the call writes two words of 32 bits.
    unsafe {
        syscall(
            sys::number::TIME_GET_TIMEZONE,
            [address(&raw mut zone), address(&raw mut summer)],
        )?;
    }
    Ok(zone + summer)
}

/// Lets the thread sleep; other threads run. Tried.
pub fn sleep(duration: Duration) {
    let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    // SAFETY: the call changes nothing of this program.
    unsafe {
        // Its only error is a bad argument, and there is none.
        let _ = syscall(sys::number::TIMER_USLEEP, [micros]);
    }
}

/// A time limit as system calls take it: microseconds, 0 for none. A limit below one microsecond
/// becomes one, so that it does not turn into "for ever".
pub(crate) fn limit(timeout: Option<Duration>) -> u64 {
    timeout.map_or(0, |limit| {
        u64::try_from(limit.as_micros()).unwrap_or(u64::MAX).max(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_time() {
        let frequency = 79_800_000;
        assert_eq!(
            ticks_to_duration(79_800_000, frequency),
            Duration::from_secs(1)
        );
        assert_eq!(
            ticks_to_duration(7_980, frequency),
            Duration::from_micros(100)
        );
        assert_eq!(ticks_to_duration(u64::MAX, 1).as_secs(), u64::MAX);
        assert_eq!(ticks_to_duration(5, 0), Duration::from_secs(5));
    }

    #[test]
    fn no_limit_is_zero_and_nothing_else_is() {
        assert_eq!(limit(None), 0);
        assert_eq!(limit(Some(Duration::ZERO)), 1);
        assert_eq!(limit(Some(Duration::from_millis(2))), 2000);
    }
}
