//! Lines that somebody besides the PPU's threads has reserved: an SPU must learn that one
//! of them was written.
//!
//! Stores to a granule with such a line leave the quick way of
//! [`AddressSpace::store`](super::AddressSpace), all others cost nothing.

use super::LINE;

/// The lines, and which of them were written.
#[derive(Default)]
pub(super) struct Watch {
    lines: Vec<u64>,
    touched: Vec<u64>,
}

impl Watch {
    /// Watches these lines instead of those before; returns those.
    pub(super) fn replace(&mut self, lines: &[u64]) -> Vec<u64> {
        std::mem::replace(&mut self.lines, lines.to_vec())
    }

    /// Whether this is what is watched already.
    pub(super) fn is(&self, lines: &[u64]) -> bool {
        self.lines == lines
    }

    /// Bytes were written.
    pub(super) fn note(&mut self, address: u64, size: u64) {
        for &line in &self.lines {
            let hit = line < address.saturating_add(size) && address < line + LINE;
            if hit && !self.touched.contains(&line) {
                self.touched.push(line);
            }
        }
    }

    /// The lines that were written since the last time.
    pub(super) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.touched)
    }
}
