//! Caches: which lines are there.

use super::table::LINE;

/// The tags of a cache whose least recently used lines make room.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    ways: usize,
    /// For each set its lines, the latest used first; `EMPTY` where there is none.
    lines: Vec<u64>,
}

const EMPTY: u64 = u64::MAX;

impl Cache {
    /// A cache of this many bytes in this many ways.
    pub(super) fn new((bytes, ways): (u64, usize)) -> Self {
        Self {
            ways,
            lines: vec![EMPTY; (bytes / LINE) as usize],
        }
    }

    fn set(&mut self, line: u64) -> &mut [u64] {
        let sets = self.lines.len() / self.ways;
        let start = line as usize % sets * self.ways;
        &mut self.lines[start..start + self.ways]
    }

    /// Whether a line is there; it is then the latest used.
    pub(super) fn touch(&mut self, line: u64) -> bool {
        let set = self.set(line);
        let Some(at) = set.iter().position(|&held| held == line) else {
            return false;
        };
        set[..=at].rotate_right(1);
        true
    }

    /// Puts a line in that is not there.
    pub(super) fn fill(&mut self, line: u64) {
        let set = self.set(line);
        set.rotate_right(1);
        set[0] = line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_line_makes_room() {
        // Two sets of two ways.
        let mut cache = Cache::new((4 * LINE, 2));
        for line in [0, 2] {
            assert!(!cache.touch(line));
            cache.fill(line);
        }
        assert!(cache.touch(0));
        cache.fill(4);
        assert!(cache.touch(0) && cache.touch(4) && !cache.touch(2));
        // The other set is not concerned.
        cache.fill(1);
        assert!(cache.touch(0) && cache.touch(1));
    }
}
