//! Lines that somebody besides the PPU's threads has reserved: an SPU must learn that one
//! of them was written.
//!
//! Stores to a granule with such a line leave the quick way of
//! [`AddressSpace::store`](super::AddressSpace), all others cost nothing. What is written is
//! given by the addresses where the bytes are: memory can be at several.

use super::LINE;

/// A watched line: its address as it was reserved, and where its bytes are.
type Line = (u64, u64);

/// The lines, and which of them were written.
#[derive(Default)]
pub(super) struct Watch {
    lines: Vec<Line>,
    touched: Vec<u64>,
}

impl Watch {
    /// Watches these lines instead of those before; returns where the bytes of those are.
    pub(super) fn replace(&mut self, lines: Vec<Line>) -> Vec<u64> {
        let before = std::mem::replace(&mut self.lines, lines);
        before.into_iter().map(|(_, home)| home).collect()
    }

    /// Where the bytes of all lines are.
    pub(super) fn homes(&self) -> Vec<u64> {
        self.lines.iter().map(|(_, home)| *home).collect()
    }

    /// Whether this is what is watched already.
    pub(super) fn is(&self, lines: &[u64]) -> bool {
        self.lines.iter().map(|(line, _)| line).eq(lines)
    }

    /// Bytes were written.
    pub(super) fn note(&mut self, home: u64, size: u64) {
        self.note_where(home, size, |_| true);
    }

    /// Bytes were written by who knows that it writes to these addresses, and not that it
    /// writes to lines that were reserved by others.
    pub(super) fn note_other(&mut self, home: u64, address: u64, size: u64) {
        self.note_where(home, size, |(line, of)| {
            line.wrapping_sub(of) != address.wrapping_sub(home)
        });
    }

    fn note_where(&mut self, home: u64, size: u64, wanted: impl Fn(Line) -> bool) {
        for &(line, of) in &self.lines {
            let hit = of < home.saturating_add(size) && home < of + LINE && wanted((line, of));
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
