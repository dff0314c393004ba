//! Memory that is at more than one address.
//!
//! Bytes lie at the first address of memory, its home. What is mapped again elsewhere has a
//! granule there without access of its own, so that the quick ways of loads and stores cost
//! nothing for this: the slow ones come here.

use std::collections::BTreeMap;

use super::Access;

/// A granule that shows another.
#[derive(Clone, Copy)]
pub(super) struct Alias {
    /// The granule that has the bytes.
    pub home: usize,
    pub access: Access,
}

/// All such granules, by number.
#[derive(Default)]
pub(super) struct Aliases(BTreeMap<usize, Alias>);

impl Aliases {
    pub fn insert(&mut self, granule: usize, alias: Alias) {
        self.0.insert(granule, alias);
    }

    pub fn get_mut(&mut self, granule: usize) -> Option<&mut Alias> {
        self.0.get_mut(&granule)
    }

    /// Takes a granule away; it shows nothing any more.
    pub fn remove(&mut self, granule: usize) -> Option<Alias> {
        self.0.remove(&granule)
    }

    /// What a granule may be accessed for, if it shows another.
    pub fn access(&self, granule: usize) -> Option<Access> {
        Some(self.0.get(&granule)?.access)
    }

    /// The granule that has the bytes of a granule.
    pub fn home(&self, granule: usize) -> usize {
        if self.0.is_empty() {
            return granule;
        }
        self.0.get(&granule).map_or(granule, |alias| alias.home)
    }

    /// Makes the first granule that shows this one the home of its bytes, for the others too;
    /// which that is, and what it may be accessed for.
    pub fn inherit(&mut self, granule: usize) -> Option<(usize, Access)> {
        let mut shows = self.0.iter();
        let heir = shows.find_map(|(at, alias)| (alias.home == granule).then_some(*at))?;
        let alias = self.0.remove(&heir)?;
        for other in self.0.values_mut().filter(|other| other.home == granule) {
            other.home = heir;
        }
        Some((heir, alias.access))
    }
}
