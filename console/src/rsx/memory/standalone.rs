//! Memory of an RSX that stands alone, without a PPU: what the preview draws with.

use super::layout::{Extent, IoMap, Layout};
use super::{Location, Memory, REPORT_BYTES, label_at, word};

/// Local memory, main memory from offset 0 on, and labels.
pub struct StandaloneMemory {
    blocks: [Box<[u8]>; 3],
    layout: Layout,
}

/// Main memory comes first: its I/O map leads to the first block.
const MAIN: usize = 0;
const LOCAL: usize = 1;
const REPORTS: usize = 2;

impl StandaloneMemory {
    /// Zeroed memories of the given sizes in bytes; of main memory, the first 256 MB count.
    #[must_use]
    pub fn new(local_bytes: usize, main_bytes: usize) -> Self {
        let whole = |block, size| Extent {
            block,
            start: 0,
            size,
        };
        Self {
            blocks: [main_bytes, local_bytes, REPORT_BYTES]
                .map(|bytes| vec![0; bytes].into_boxed_slice()),
            layout: Layout {
                local: whole(LOCAL, local_bytes),
                reports: whole(REPORTS, REPORT_BYTES),
                io: IoMap::identity(),
            },
        }
    }

    /// As the RSX sees it.
    pub fn view(&mut self) -> Memory<'_> {
        Memory::new(&mut self.blocks, &self.layout)
    }

    /// All bytes of one memory.
    #[must_use]
    pub fn bytes(&self, location: Location) -> &[u8] {
        &self.blocks[block(location)]
    }

    /// All bytes of one memory, to be changed.
    pub fn bytes_mut(&mut self, location: Location) -> &mut [u8] {
        &mut self.blocks[block(location)]
    }

    /// The word of label `index` (0 to 255).
    #[must_use]
    pub fn label(&self, index: u8) -> u32 {
        word(&self.blocks[REPORTS][label_at(index)..])
    }

    /// Writes the word of label `index` (0 to 255).
    pub fn set_label(&mut self, index: u8, value: u32) {
        self.view().set_label(index, value);
    }
}

fn block(location: Location) -> usize {
    match location {
        Location::Local => LOCAL,
        Location::Main => MAIN,
    }
}
