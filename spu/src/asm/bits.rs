//! Sets of small numbers.

use alloc::vec::Vec;

/// A set of numbers below a bound fixed at creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BitSet(Vec<u64>);

impl BitSet {
    pub(super) fn new(bound: usize) -> Self {
        Self(alloc::vec![0; bound.div_ceil(64)])
    }

    /// The bound, rounded up.
    pub(super) fn bound(&self) -> usize {
        self.0.len() * 64
    }

    /// Adds `member`; whether it was not there.
    pub(super) fn insert(&mut self, member: usize) -> bool {
        let bit = 1 << (member % 64);
        let word = &mut self.0[member / 64];
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    pub(super) fn remove(&mut self, member: usize) {
        self.0[member / 64] &= !(1 << (member % 64));
    }

    pub(super) fn contains(&self, member: usize) -> bool {
        self.0[member / 64] >> (member % 64) & 1 == 1
    }

    /// Adds all of `other`; whether any was not there.
    pub(super) fn union_with(&mut self, other: &Self) -> bool {
        let mut grown = false;
        for (word, &more) in self.0.iter_mut().zip(&other.0) {
            grown |= more & !*word != 0;
            *word |= more;
        }
        grown
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        for (word, &less) in self.0.iter_mut().zip(&other.0) {
            *word &= !less;
        }
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        for (word, &kept) in self.0.iter_mut().zip(&other.0) {
            *word &= kept;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, &word)| {
            let mut left = word;
            core::iter::from_fn(move || {
                if left == 0 {
                    return None;
                }
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }
}
