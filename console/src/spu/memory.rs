//! Main storage of a machine without a PPU: what has been allocated of the 32-bit effective
//! address space.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::storage::{Storage, StorageFault};

/// Where main storage begins.
pub const MAIN_STORAGE_BASE: u32 = 0x3000_0000;
/// Where it ends at the latest.
pub const MAIN_STORAGE_END: u32 = 0xd000_0000;
/// Allocations take whole lines.
const LINE: usize = 128;

/// One allocation.
struct Region {
    base: u64,
    bytes: Vec<u8>,
}

/// Main storage. Allocations lie one behind the other; what lies between them or beyond
/// is no storage.
pub struct MainStorage {
    regions: Vec<Region>,
    next: u64,
    end: u64,
}

impl Default for MainStorage {
    fn default() -> Self {
        Self::new((MAIN_STORAGE_END - MAIN_STORAGE_BASE) as usize)
    }
}

impl MainStorage {
    /// Main storage from [`MAIN_STORAGE_BASE`] of at most `limit` bytes, and never beyond
    /// [`MAIN_STORAGE_END`].
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let limit = (limit as u64).min(u64::from(MAIN_STORAGE_END - MAIN_STORAGE_BASE));
        Self {
            regions: Vec::new(),
            next: MAIN_STORAGE_BASE.into(),
            end: u64::from(MAIN_STORAGE_BASE) + limit,
        }
    }

    /// Allocates zeroed bytes at a multiple of `align`, a power of two; `None` where they
    /// do not fit. The size is rounded up to whole lines of 128 bytes.
    pub fn allocate(&mut self, size: usize, align: usize) -> Option<u32> {
        if !align.is_power_of_two() {
            return None;
        }
        let align = align.max(LINE) as u64;
        let base = self.next.checked_next_multiple_of(align)?;
        let size = size.max(1).checked_next_multiple_of(LINE)?;
        let end = base.checked_add(size as u64)?;
        if end > self.end {
            return None;
        }
        self.regions.push(Region {
            base,
            bytes: vec![0; size],
        });
        // A line between two allocations, so that running out of one is noticed.
        self.next = end + LINE as u64;
        Some(base as u32)
    }

    fn find(&self, address: u64, size: usize) -> Option<(usize, usize)> {
        let index = self
            .regions
            .partition_point(|region| region.base <= address)
            .checked_sub(1)?;
        let region = &self.regions[index];
        let start = usize::try_from(address - region.base).ok()?;
        (start.checked_add(size)? <= region.bytes.len()).then_some((index, start))
    }

    /// The bytes at an effective address, if all of them are storage.
    #[must_use]
    pub fn bytes(&self, address: u64, size: usize) -> Option<&[u8]> {
        let (region, start) = self.find(address, size)?;
        Some(&self.regions[region].bytes[start..start + size])
    }

    /// The same, to be written. SPUs that hold reservations do not learn of it: see
    /// [`Cluster::lose_reservations`](super::Cluster::lose_reservations).
    pub fn bytes_mut(&mut self, address: u64, size: usize) -> Option<&mut [u8]> {
        let (region, start) = self.find(address, size)?;
        Some(&mut self.regions[region].bytes[start..start + size])
    }

    /// A number that stands for all allocations with their content.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for region in &self.regions {
            region.base.hash(&mut hasher);
            region.bytes.hash(&mut hasher);
        }
        hasher.finish()
    }
}

impl Storage for MainStorage {
    fn read(&self, address: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let bytes = self.bytes(address, into.len());
        into.copy_from_slice(bytes.ok_or(StorageFault::Nothing)?);
        Ok(())
    }

    fn write(&mut self, address: u64, from: &[u8]) -> Result<(), StorageFault> {
        let bytes = self.bytes_mut(address, from.len());
        bytes.ok_or(StorageFault::Nothing)?.copy_from_slice(from);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocations_are_aligned_apart_and_limited() {
        let mut storage = MainStorage::new(0x10_0000);
        let first = storage.allocate(100, 16).unwrap();
        assert_eq!(first, MAIN_STORAGE_BASE);
        let second = storage.allocate(1, 0x1_0000).unwrap();
        assert_eq!(second, 0x3001_0000);
        assert!(storage.bytes(first.into(), 128).is_some());
        assert!(storage.bytes(first.into(), 129).is_none());
        assert!(storage.bytes(u64::from(first) + 128, 1).is_none());
        assert!(storage.bytes(0, 1).is_none());
        assert!(storage.bytes(u64::MAX, usize::MAX).is_none());
        assert_eq!(storage.allocate(0x10_0000, 16), None);
        assert_eq!(storage.allocate(usize::MAX, 16), None);
        assert_eq!(storage.allocate(16, 24), None);
        storage.bytes_mut(second.into(), 4).unwrap()[3] = 7;
        assert_eq!(storage.bytes(second.into(), 4), Some(&[0, 0, 0, 7][..]));
    }
}
