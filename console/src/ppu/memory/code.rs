//! Code decoded once for each page of 4 KB.

use super::super::instructions::{Decoded, decode};
use super::super::word::Word;
use super::{ADDRESS_END, AccessFault, AccessKind, AddressSpace};

/// The logarithm of a code page's bytes.
const PAGE_SHIFT: u32 = 12;
const WORDS: usize = 1 << (PAGE_SHIFT - 2);
const PAGES: usize = (ADDRESS_END >> PAGE_SHIFT) as usize;
/// Pages that share a table.
const REGION: usize = 256;

/// The decoded words of one page.
pub(in super::super) struct CodePage([Decoded; WORDS]);

impl CodePage {
    fn new(bytes: &[u8; 1 << PAGE_SHIFT]) -> Self {
        let (words, _) = bytes.as_chunks::<4>();
        let mut page = [decode(Word(0), None); WORDS];
        let mut after = None;
        for (to, &word) in page.iter_mut().zip(words).rev() {
            *to = decode(Word(u32::from_be_bytes(word)), after);
            after = Some(&*to);
        }
        Self(page)
    }

    /// The instructions from an address in this page to the end of their block, or of the page;
    /// at most so many.
    #[inline]
    pub(in super::super) fn block(&self, address: u64, most: u64) -> &[Decoded] {
        let start = (address >> 2) as usize % WORDS;
        let length = u64::from(self.0[start].length).min(most) as usize;
        self.0.get(start..start + length).unwrap_or_default()
    }
}

/// The code pages that were decoded; found by page number in two steps.
#[derive(Default)]
pub(in super::super) struct CodeCache {
    /// Tables of [`REGION`] pages, empty where nothing was decoded; none at all at first.
    regions: Vec<Vec<Option<Box<CodePage>>>>,
}

impl CodeCache {
    /// The number of the page that an address is in.
    #[inline]
    pub(in super::super) fn page_number(address: u64) -> u64 {
        address >> PAGE_SHIFT
    }

    /// The page around an address, decoded now where it was not before.
    #[inline]
    pub(in super::super) fn page(
        &mut self,
        memory: &AddressSpace,
        address: u64,
    ) -> Result<&CodePage, AccessFault> {
        if self.find(address).is_none() {
            self.decode(memory, address)?;
        }
        self.find(address)
            .ok_or(AccessFault::unmapped(address, AccessKind::Fetch))
    }

    #[inline]
    fn find(&self, address: u64) -> Option<&CodePage> {
        let number = Self::page_number(address) as usize;
        let region = self.regions.get(number / REGION)?;
        region.get(number % REGION)?.as_deref()
    }

    #[cold]
    fn decode(&mut self, memory: &AddressSpace, address: u64) -> Result<(), AccessFault> {
        memory.check(address, 1, AccessKind::Fetch)?;
        let number = Self::page_number(address);
        let mut bytes = [0; 1 << PAGE_SHIFT];
        memory.read(number << PAGE_SHIFT, &mut bytes)?;
        if self.regions.is_empty() {
            self.regions.resize_with(PAGES / REGION, Vec::new);
        }
        let region = &mut self.regions[number as usize / REGION];
        region.resize_with(REGION, || None);
        region[number as usize % REGION] = Some(Box::new(CodePage::new(&bytes)));
        Ok(())
    }

    /// Drops what was decoded from a range.
    pub(in super::super) fn invalidate(&mut self, address: u64, size: u64) {
        if self.regions.is_empty() || size == 0 {
            return;
        }
        let last = (Self::page_number(address.saturating_add(size - 1)) as usize).min(PAGES - 1);
        let mut number = Self::page_number(address).min(PAGES as u64) as usize;
        while number <= last {
            let region = &mut self.regions[number / REGION];
            if region.is_empty() {
                number = (number / REGION + 1) * REGION;
            } else {
                region[number % REGION] = None;
                number += 1;
            }
        }
    }
}
