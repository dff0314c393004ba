//! A checksum of bytes that come in any order.

use alloc::collections::BTreeMap;
use core::ops::Range;

use crc32fast::Hasher;

/// The CRC-32 of a range of a file, put together from the pieces that were read of it.
pub(super) struct Checksum {
    expected: u32,
    range: Range<u64>,
    /// The ends and the checksums of pieces, by their beginnings. No two overlap.
    pieces: BTreeMap<u64, (u64, u32)>,
}

impl Checksum {
    /// Nothing is read yet of `range`, whose checksum is to be `expected`.
    pub fn new(range: Range<u64>, expected: u32) -> Self {
        Self {
            expected,
            range,
            pieces: BTreeMap::new(),
        }
    }

    /// Takes note of bytes that were read at `offset`; of what overlaps others no note is taken.
    pub fn note(&mut self, offset: u64, bytes: &[u8]) {
        let end = offset + bytes.len() as u64;
        let inside = self.range.start <= offset && end <= self.range.end && offset < end;
        let below = self.pieces.range(..end).next_back();
        if inside && below.is_none_or(|(_, (below, _))| *below <= offset) {
            self.pieces.insert(offset, (end, crc32fast::hash(bytes)));
        }
    }

    /// The first bytes that are missing, at most `most`.
    pub fn missing(&self, most: u64) -> Option<Range<u64>> {
        let mut start = self.range.start;
        for (&begin, &(end, _)) in &self.pieces {
            if begin > start {
                return Some(start..begin.min(start + most));
            }
            start = end;
        }
        let end = self.range.end.min(start + most);
        (start < end).then_some(start..end)
    }

    /// How many bytes are missing, and how many there are.
    pub fn left(&self) -> (u64, u64) {
        let all = self.range.end - self.range.start;
        let read: u64 = self
            .pieces
            .iter()
            .map(|(start, (end, _))| end - start)
            .sum();
        (all - read, all)
    }

    /// Whether the checksum is the expected one. Nothing may be missing.
    pub fn is_right(&self) -> bool {
        debug_assert_eq!(self.left().0, 0);
        let mut sum = Hasher::new();
        for (start, (end, crc)) in &self.pieces {
            sum.combine(&Hasher::new_with_initial_len(*crc, end - start));
        }
        sum.finalize() == self.expected
    }
}
