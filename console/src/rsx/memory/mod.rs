//! The memory that the RSX reaches: local (video) memory, mapped main memory and the labels.
//!
//! The RSX owns none of it. [`Memory`] is a view of blocks of bytes that belong to the
//! PPU's address space, or to [`StandaloneMemory`]; a [`Layout`] says what lies where.

mod layout;
mod standalone;

use std::fmt;
use std::ops::Range;

use rsx_gcm::methods::fields::{ProgramLocation, dma};

pub use layout::{Extent, IO_PAGE, IO_PAGES, IoMap, Layout};
pub use rsx_gcm::memory::Location;
pub use standalone::StandaloneMemory;

/// The memory that a memory object handle (`SET_CONTEXT_DMA_…`) names.
#[must_use]
pub(crate) fn location_of_handle(handle: u32) -> Option<Location> {
    match handle {
        dma::LOCAL => Some(Location::Local),
        dma::MAIN => Some(Location::Main),
        _ => None,
    }
}

/// Main memory where `main` is set, else local memory.
#[must_use]
pub(crate) fn main_if(main: bool) -> Location {
    if main {
        Location::Main
    } else {
        Location::Local
    }
}

/// The memory that a program's or texture's own argument names.
#[must_use]
pub(crate) fn location_of(location: ProgramLocation) -> Location {
    main_if(location == ProgramLocation::Main)
}

/// Bytes that do not exist were named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutsideMemory {
    /// Which memory.
    pub location: Location,
    /// First byte.
    pub offset: u32,
    /// Number of bytes.
    pub bytes: u64,
}

impl fmt::Display for OutsideMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes at {:#x} are not all in {:?} memory",
            self.bytes, self.offset, self.location
        )
    }
}

impl std::error::Error for OutsideMemory {}

/// Bytes of labels (256 of 16 bytes, of the 4 KB that there are), notifications (64 of 16
/// bytes, from 0x1000 on) and reports (2048 of 16 bytes, from 0x1400 on).
///
/// Source: RPCS3 `sys_rsx.h`, `RsxReports`.
pub const REPORT_BYTES: usize = 0x9400;
/// Where the reports begin in that.
pub const REPORTS_AT: usize = 0x1400;
/// Reports that there are.
pub const REPORTS: u32 = 2048;

/// Bytes in a row that were looked up and exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    block: usize,
    bytes: Range<usize>,
}

impl Place {
    /// The number of its block, and its bytes there.
    #[must_use]
    pub fn in_block(&self) -> (usize, Range<usize>) {
        (self.block, self.bytes.clone())
    }

    /// Whether both have bytes in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.block == other.block
            && self.bytes.start < other.bytes.end
            && other.bytes.start < self.bytes.end
    }
}

/// Local memory, main memory and labels. All words are big-endian.
pub struct Memory<'a> {
    blocks: &'a mut [Box<[u8]>],
    layout: &'a Layout,
    /// What was written outside of local memory.
    written: Vec<Place>,
}

impl<'a> Memory<'a> {
    /// These blocks, seen as `layout` says.
    pub fn new(blocks: &'a mut [Box<[u8]>], layout: &'a Layout) -> Self {
        Self {
            blocks,
            layout,
            written: Vec::new(),
        }
    }

    /// What was written outside of local memory, or may have been.
    #[must_use]
    pub fn into_written(self) -> Vec<Place> {
        self.written
    }

    fn note(&mut self, place: Place) {
        if place.block != self.layout.local.block && self.written.last() != Some(&place) {
            self.written.push(place);
        }
    }

    /// Looks up `bytes` bytes from `offset` on.
    ///
    /// # Errors
    /// Not all of them exist, or they do not lie in a row.
    #[inline]
    pub fn place(
        &self,
        location: Location,
        offset: u32,
        bytes: u64,
    ) -> Result<Place, OutsideMemory> {
        let found = match location {
            Location::Local => {
                let Extent { block, start, size } = self.layout.local;
                let inside = u64::from(offset) + bytes <= size as u64;
                inside.then(|| (block, start as u64 + u64::from(offset)))
            }
            Location::Main => self.layout.io.find(offset, bytes),
        };
        if let Some((block, start)) = found
            && let Some(all) = self.blocks.get(block)
            && start + bytes <= all.len() as u64
        {
            return Ok(Place {
                block,
                bytes: start as usize..(start + bytes) as usize,
            });
        }
        Err(OutsideMemory {
            location,
            offset,
            bytes,
        })
    }

    /// The bytes of a place.
    ///
    /// # Panics
    /// Where the place was looked up in another memory.
    #[inline]
    #[must_use]
    pub fn at(&self, place: &Place) -> &[u8] {
        &self.blocks[place.block][place.bytes.clone()]
    }

    /// The bytes of a place, to be changed.
    ///
    /// # Panics
    /// As [`Self::at`].
    #[inline]
    pub fn at_mut(&mut self, place: &Place) -> &mut [u8] {
        self.note(place.clone());
        &mut self.blocks[place.block][place.bytes.clone()]
    }

    /// `bytes` bytes from `offset` on.
    ///
    /// # Errors
    /// As [`Self::place`].
    #[inline]
    pub fn slice(
        &self,
        location: Location,
        offset: u32,
        bytes: u64,
    ) -> Result<&[u8], OutsideMemory> {
        let place = self.place(location, offset, bytes)?;
        Ok(self.at(&place))
    }

    /// `bytes` bytes from `offset` on, to be changed.
    ///
    /// # Errors
    /// As [`Self::place`].
    #[inline]
    pub fn slice_mut(
        &mut self,
        location: Location,
        offset: u32,
        bytes: u64,
    ) -> Result<&mut [u8], OutsideMemory> {
        let place = self.place(location, offset, bytes)?;
        Ok(self.at_mut(&place))
    }

    /// The word at `offset`.
    ///
    /// # Errors
    /// It does not exist.
    pub fn read_u32(&self, location: Location, offset: u32) -> Result<u32, OutsideMemory> {
        Ok(word(self.slice(location, offset, 4)?))
    }

    /// Writes the word at `offset`.
    ///
    /// # Errors
    /// It does not exist.
    pub fn write_u32(
        &mut self,
        location: Location,
        offset: u32,
        value: u32,
    ) -> Result<(), OutsideMemory> {
        self.slice_mut(location, offset, 4)?
            .copy_from_slice(&value.to_be_bytes());
        Ok(())
    }

    /// The word of label `index` (0 to 255).
    #[must_use]
    pub fn label(&self, index: u8) -> u32 {
        self.report_word(label_at(index))
    }

    /// Writes the word of label `index` (0 to 255).
    pub fn set_label(&mut self, index: u8, value: u32) {
        self.write_report(label_at(index), &value.to_be_bytes());
    }

    /// Writes into labels, notifications and reports; what lies outside of them is left out.
    pub fn write_report(&mut self, at: usize, bytes: &[u8]) {
        let Extent { block, start, size } = self.layout.reports;
        if let Some(block) = self.blocks.get_mut(block)
            && let Some(all) = block.get_mut(start..start + size)
            && let Some(to) = all.get_mut(at..at + bytes.len())
        {
            to.copy_from_slice(bytes);
            let start = start + at;
            self.note(Place {
                block: self.layout.reports.block,
                bytes: start..start + bytes.len(),
            });
        }
    }

    /// The word at `at` of labels, notifications and reports; 0 outside of them.
    #[must_use]
    pub fn report_word(&self, at: usize) -> u32 {
        self.reports().get(at..at + 4).map_or(0, word)
    }

    fn reports(&self) -> &[u8] {
        let Extent { block, start, size } = self.layout.reports;
        let block = self.blocks.get(block);
        block
            .and_then(|block| block.get(start..start + size))
            .unwrap_or_default()
    }
}

/// Where a label lies among the reports.
pub(crate) const fn label_at(index: u8) -> usize {
    16 * index as usize
}

/// The big-endian word in the first four bytes.
///
/// # Panics
/// With fewer than four bytes.
#[inline]
#[must_use]
pub(crate) fn word(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_big_endian_and_checked() {
        let mut own = StandaloneMemory::new(16, 8);
        let mut memory = own.view();
        memory
            .write_u32(Location::Local, 12, 0x1234_5678)
            .expect("inside");
        assert_eq!(
            memory.slice(Location::Local, 12, 4).expect("inside"),
            [0x12, 0x34, 0x56, 0x78]
        );
        assert_eq!(memory.read_u32(Location::Local, 12), Ok(0x1234_5678));
        assert!(memory.read_u32(Location::Local, 13).is_err());
        assert!(memory.read_u32(Location::Main, 8).is_err());
        assert!(memory.slice(Location::Main, u32::MAX, 4).is_err());
        assert_eq!(memory.slice(Location::Main, 8, 0).expect("empty").len(), 0);
    }

    #[test]
    fn what_is_written_outside_of_local_memory_is_noted() {
        let mut own = StandaloneMemory::new(16, 16);
        let mut memory = own.view();
        memory.write_u32(Location::Local, 0, 1).expect("inside");
        let place = memory.place(Location::Main, 4, 8).expect("inside");
        memory.at_mut(&place)[0] = 1;
        memory.at_mut(&place)[1] = 1;
        memory.set_label(2, 5);
        let written: Vec<_> = memory.into_written().iter().map(Place::in_block).collect();
        assert_eq!(written, [(0, 4..12), (2, 32..36)]);
    }

    #[test]
    fn labels_are_apart() {
        let mut own = StandaloneMemory::new(0, 0);
        let mut memory = own.view();
        memory.set_label(255, 7);
        memory.set_label(254, 8);
        assert_eq!((memory.label(255), memory.label(254)), (7, 8));
        assert_eq!((own.label(255), own.label(0)), (7, 0));
    }
}
