//! What lies where in the blocks of memory that the RSX reaches.

/// Bytes of a block of main memory that I/O pages are counted in, and of an I/O page.
const BLOCK_SHIFT: u32 = 28;
/// Mapped main memory comes in pages of 1 MB.
pub const IO_PAGE: u32 = 1 << IO_PAGE_SHIFT;
const IO_PAGE_SHIFT: u32 = 20;
/// Pages of the largest I/O space, 512 MB.
pub const IO_PAGES: usize = 512;
/// The entry of a page that is not mapped.
const UNMAPPED: u16 = u16::MAX;

/// A part of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Number of the block.
    pub block: usize,
    /// Its first byte in the block.
    pub start: usize,
    /// Its bytes.
    pub size: usize,
}

/// Main memory as the RSX counts it: for each megabyte of its offsets the megabyte of main
/// memory that is mapped there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IoMap(Box<[u16; IO_PAGES]>);

impl Default for IoMap {
    fn default() -> Self {
        Self(Box::new([UNMAPPED; IO_PAGES]))
    }
}

impl IoMap {
    /// Offset and address are the same, for all of the first block.
    #[must_use]
    pub fn identity() -> Self {
        let mut map = Self::default();
        for page in 0..1 << (BLOCK_SHIFT - IO_PAGE_SHIFT) {
            map.0[usize::from(page)] = page;
        }
        map
    }

    /// Maps a page of offsets to a page of addresses, both by their numbers; takes a mapping
    /// away where there is no address. A page that does not exist is left out.
    pub fn set(&mut self, page: u32, address_page: Option<u16>) {
        if let Some(entry) = self.0.get_mut(page as usize) {
            *entry = address_page.unwrap_or(UNMAPPED);
        }
    }

    /// The page of addresses that a page of offsets is mapped to.
    #[inline]
    #[must_use]
    pub fn page(&self, page: u32) -> Option<u16> {
        let entry = *self.0.get(page as usize)?;
        (entry != UNMAPPED).then_some(entry)
    }

    /// The block and the place in it of `bytes` bytes from `offset` on, where they lie in a row.
    #[inline]
    pub(super) fn find(&self, offset: u32, bytes: u64) -> Option<(usize, u64)> {
        let page = offset >> IO_PAGE_SHIFT;
        let first = self.page(page)?;
        let within = u64::from(offset % IO_PAGE);
        let start = u64::from(first) << IO_PAGE_SHIFT | within;
        let more = (within + bytes).saturating_sub(1) >> IO_PAGE_SHIFT;
        for n in 1..=more {
            let next = self.page(page + u32::try_from(n).ok()?)?;
            if u64::from(next) != u64::from(first) + n {
                return None;
            }
        }
        Some(((start >> BLOCK_SHIFT) as usize, start % (1 << BLOCK_SHIFT)))
    }
}

/// Where local memory, labels and reports, and main memory lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Local memory.
    pub local: Extent,
    /// Labels, notifications and reports.
    pub reports: Extent,
    /// Main memory.
    pub io: IoMap,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_follow_each_other_are_one_piece() {
        let mut map = IoMap::default();
        map.set(0, Some(0x301));
        map.set(1, Some(0x302));
        map.set(2, Some(0x304));
        map.set(IO_PAGES as u32, Some(1));
        assert_eq!(map.find(4, 8), Some((3, 0x10_0004)));
        assert_eq!(map.find(0xf_fffc, 8), Some((3, 0x1f_fffc)));
        assert_eq!(map.find(0x1f_fffc, 4), Some((3, 0x2f_fffc)));
        assert_eq!(map.find(0x1f_fffc, 5), None, "the next page is elsewhere");
        assert_eq!(map.find(0x2f_fffc, 5), None, "there is no next page");
        assert_eq!(map.find(0x30_0000, 0), None);
        assert_eq!(map.find(u32::MAX, u64::MAX / 2), None);
        map.set(0, None);
        assert_eq!(map.find(4, 8), None);
        assert_eq!(IoMap::identity().find(0xfff_fffc, 4), Some((0, 0xfff_fffc)));
    }
}
