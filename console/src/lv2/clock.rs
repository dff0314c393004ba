//! The simulated clock's units.

use crate::ppu::CYCLES_PER_TICK;

/// Ticks of the time base in a second: the console's 79.8 MHz.
pub(super) const FREQUENCY: u64 = 79_800_000;
/// Cycles of the clock in a second: it is the PPU's, 3.192 GHz.
pub const CYCLES_PER_SECOND: u64 = FREQUENCY * CYCLES_PER_TICK;
pub(super) const CYCLES_PER_MICROSECOND: u64 = CYCLES_PER_SECOND / 1_000_000;

/// The cycle in which so many microseconds since the start are over.
pub(super) fn cycle(microseconds: u64) -> u64 {
    microseconds.saturating_mul(CYCLES_PER_MICROSECOND)
}

/// Whole microseconds since the start.
pub(super) fn microseconds(cycle: u64) -> u64 {
    cycle / CYCLES_PER_MICROSECOND
}

/// When a timeout of a call ends: 0 is none.
pub(super) fn deadline(now: u64, timeout: u64) -> Option<u64> {
    (timeout > 0).then(|| now.saturating_add(cycle(timeout)))
}
