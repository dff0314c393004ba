//! Code decoded once for each page of 4 KB.

use std::sync::Arc;

use super::super::instructions::{Decoded, decode};
use super::super::word::Word;
use super::ADDRESS_END;

/// The logarithm of a code page's bytes.
pub(in super::super) const CODE_PAGE_SHIFT: u32 = 12;
const WORDS: usize = 1 << (CODE_PAGE_SHIFT - 2);
const PAGES: usize = (ADDRESS_END >> CODE_PAGE_SHIFT) as usize;

/// The decoded words of one page.
pub(in super::super) struct CodePage([Decoded; WORDS]);

impl CodePage {
    /// The instruction at an address in this page.
    #[inline]
    pub(in super::super) fn at(&self, address: u64) -> Decoded {
        self.0[(address >> 2) as usize % WORDS]
    }
}

/// The code pages that were decoded; found by page number in one step.
pub(super) struct CodeCache {
    /// For each page of the address space its place in `pages` plus one, or 0.
    places: Vec<u32>,
    pages: Vec<Option<Arc<CodePage>>>,
    free: Vec<u32>,
}

impl CodeCache {
    pub(super) fn new() -> Self {
        Self {
            places: vec![0; PAGES],
            pages: Vec::new(),
            free: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn find(&self, address: u64) -> Option<Arc<CodePage>> {
        let place = *self.places.get((address >> CODE_PAGE_SHIFT) as usize)?;
        let place = (place as usize).checked_sub(1)?;
        self.pages[place].clone()
    }

    /// Decodes the page around an address below 4 GB.
    pub(super) fn insert(
        &mut self,
        address: u64,
        bytes: &[u8; 1 << CODE_PAGE_SHIFT],
    ) -> Arc<CodePage> {
        let page = Arc::new(CodePage(std::array::from_fn(|at| {
            let word = std::array::from_fn(|byte| bytes[4 * at + byte]);
            decode(Word(u32::from_be_bytes(word)))
        })));
        let place = self.free.pop().unwrap_or_else(|| {
            self.pages.push(None);
            self.pages.len() as u32 - 1
        });
        self.pages[place as usize] = Some(Arc::clone(&page));
        self.places[(address >> CODE_PAGE_SHIFT) as usize] = place + 1;
        page
    }

    pub(super) fn invalidate(&mut self, address: u64, size: u64) {
        if self.pages.len() == self.free.len() || size == 0 {
            return;
        }
        let first = (address >> CODE_PAGE_SHIFT).min(PAGES as u64) as usize;
        let last = (address.saturating_add(size - 1) >> CODE_PAGE_SHIFT).min(PAGES as u64 - 1);
        for place in self.places.iter_mut().take(last as usize + 1).skip(first) {
            if *place != 0 {
                self.pages[*place as usize - 1] = None;
                self.free.push(*place - 1);
                *place = 0;
            }
        }
    }
}
