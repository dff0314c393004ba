//! User memory: which areas of the address space are for what, and how much there is.
//!
//! The areas are chosen; programs learn addresses from calls. Everything that a program
//! has counts against [`USER_MEMORY`]: its image, its stacks, blocks of thread-local
//! storage, and what it allocates.

use std::collections::BTreeMap;
use std::ops::Range;

use super::errno::Errno;
use crate::ppu::{Access, AddressSpace, GRANULE};

/// Main memory for a program, of the 256 MB that the console has.
pub const USER_MEMORY: u64 = 213 << 20;
/// Where images may lie.
pub const IMAGE: Range<u64> = 0x1_0000..0x2000_0000;
/// The system libraries' code: stubs and descriptors.
pub(super) const LIBRARIES: u64 = 0x5000_0000;
/// The blocks of sound that programs share with the system.
pub(super) const SOUND: u64 = 0x5800_0000;

/// A part of the address space for blocks of one kind.
pub(super) struct Area {
    range: Range<u64>,
    alignment: u64,
    /// Bytes below each block that stay without memory.
    guard: u64,
}

impl Area {
    /// Allocations in pages of 64 KB.
    pub const SMALL_PAGES: Self = Self {
        range: 0x2000_0000..0x3000_0000,
        alignment: GRANULE,
        guard: 0,
    };
    /// Allocations in pages of 1 MB.
    pub const LARGE_PAGES: Self = Self {
        range: 0x3000_0000..0x4000_0000,
        alignment: 1 << 20,
        guard: 0,
    };
    /// Programs of SPUs that the system keeps.
    pub const SPU_IMAGES: Self = Self {
        range: 0x7000_0000..0x8000_0000,
        alignment: GRANULE,
        guard: 0,
    };
    /// Heaps of the system's libraries.
    pub const HEAPS: Self = Self {
        range: 0x5c00_0000..0x6000_0000,
        alignment: GRANULE,
        guard: 0,
    };
    /// Blocks of thread-local storage.
    pub const THREAD_LOCAL: Self = Self {
        range: 0x6000_0000..0x7000_0000,
        alignment: GRANULE,
        guard: 0,
    };
    /// Stacks: a program that overruns one meets memory that is not there.
    pub const STACKS: Self = Self {
        range: 0xd000_0000..0xe000_0000,
        alignment: GRANULE,
        guard: GRANULE,
    };
}

impl Area {
    /// Whether an address is one of the area's.
    pub fn contains(&self, address: u64) -> bool {
        self.range.contains(&address)
    }
}

/// The address space, and the blocks in it.
#[derive(Default)]
pub(super) struct UserMemory {
    pub space: AddressSpace,
    /// Each block by its start.
    blocks: BTreeMap<u64, Block>,
    used: u64,
    containers: BTreeMap<u32, Container>,
    containers_made: u32,
}

struct Block {
    size: u64,
    /// The container that it is taken from, if not from what all have.
    container: Option<u32>,
}

/// Memory that is put aside for a part of the program.
struct Container {
    size: u64,
    used: u64,
}

/// The first byte of a container's number, as emulators have it.
const CONTAINERS: u32 = 0x3f00_0000;
/// Bytes of which containers are multiples.
const CONTAINER_PAGE: u64 = 1 << 20;

impl UserMemory {
    /// Bytes that are not used yet.
    pub fn available(&self) -> u64 {
        USER_MEMORY - self.used
    }

    /// Notes memory that the loader has mapped; it is never given back.
    pub fn charge(&mut self, size: u64) {
        self.used = (self.used + size).min(USER_MEMORY);
    }

    /// Puts memory aside: the container's number.
    pub fn make_container(&mut self, size: u64) -> Result<u32, Errno> {
        let size = size / CONTAINER_PAGE * CONTAINER_PAGE;
        if size == 0 || size > self.available() {
            return Err(Errno::ENOMEM);
        }
        self.containers_made += 1;
        let number = CONTAINERS | self.containers_made << 8;
        self.used += size;
        self.containers.insert(number, Container { size, used: 0 });
        Ok(number)
    }

    /// Gives the memory of a container back, of which nothing may be used.
    pub fn drop_container(&mut self, number: u32) -> Result<(), Errno> {
        let (size, free) = self.container(number)?;
        if free < size {
            return Err(Errno::EBUSY);
        }
        self.containers.remove(&number);
        self.used -= size;
        Ok(())
    }

    /// Size of a container, and how much of it is free.
    pub fn container(&self, number: u32) -> Result<(u64, u64), Errno> {
        let container = self.containers.get(&number).ok_or(Errno::ESRCH)?;
        Ok((container.size, container.size - container.used))
    }

    /// Bytes that are in no container.
    pub fn outside_of_containers(&self) -> u64 {
        let sizes = self.containers.values().map(|container| container.size);
        USER_MEMORY - sizes.sum::<u64>()
    }

    /// Takes memory that has no address, from a container if one is named;
    /// [`UserMemory::give`] gives it back.
    pub fn take(&mut self, container: Option<u32>, size: u64) -> Result<(), Errno> {
        if size > self.available_in(container)? {
            return Err(Errno::ENOMEM);
        }
        *self.counter(container) += size;
        Ok(())
    }

    /// Gives back memory that was taken.
    pub fn give(&mut self, container: Option<u32>, size: u64) {
        *self.counter(container) -= size;
    }

    /// How much can be taken.
    fn available_in(&self, container: Option<u32>) -> Result<u64, Errno> {
        match container {
            Some(number) => Ok(self.container(number)?.1),
            None => Ok(self.available()),
        }
    }

    /// Maps zeroed memory for a block, rounded up to 64 KB.
    pub fn allocate(&mut self, area: &Area, size: u64) -> Result<u64, Errno> {
        self.allocate_from(None, area, size)
    }

    /// The same, from a container.
    pub fn allocate_from(
        &mut self,
        container: Option<u32>,
        area: &Area,
        size: u64,
    ) -> Result<u64, Errno> {
        let free = self.available_in(container)?;
        let size = size
            .checked_next_multiple_of(GRANULE)
            .ok_or(Errno::ENOMEM)?;
        if size == 0 || size > free {
            return Err(Errno::ENOMEM);
        }
        let place = |after: u64| (after + area.guard).next_multiple_of(area.alignment);
        let mut at = place(area.range.start);
        for (start, block) in self.blocks.range(area.range.clone()) {
            if at + size <= *start {
                break;
            }
            at = place(start + block.size);
        }
        if at + size > area.range.end {
            return Err(Errno::ENOMEM);
        }
        self.space
            .map(at, size, Access::READ_WRITE)
            .map_err(|_| Errno::ENOMEM)?;
        self.blocks.insert(at, Block { size, container });
        *self.counter(container) += size;
        Ok(at)
    }

    /// Where it is counted how much is used.
    fn counter(&mut self, container: Option<u32>) -> &mut u64 {
        match container.and_then(|number| self.containers.get_mut(&number)) {
            Some(container) => &mut container.used,
            None => &mut self.used,
        }
    }

    /// Gives a block back.
    pub fn free(&mut self, address: u64) -> Result<(), Errno> {
        let block = self.blocks.remove(&address).ok_or(Errno::EINVAL)?;
        self.space
            .unmap(address, block.size)
            .expect("a block is mapped as long as it is in the table");
        *self.counter(block.container) -= block.size;
        Ok(())
    }

    /// Start and size of the block around an address.
    pub fn block(&self, address: u64) -> Option<(u64, u64)> {
        let (start, block) = self.blocks.range(..=address).next_back()?;
        (address - start < block.size).then_some((*start, block.size))
    }

    /// Whether an address is that of a block which the program allocated itself.
    pub fn is_allocation(&self, address: u64) -> bool {
        let own = Area::SMALL_PAGES.range.start..Area::LARGE_PAGES.range.end;
        own.contains(&address) && self.blocks.contains_key(&address)
    }

    /// Writes what a call returns through a pointer.
    pub fn put(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let last = address
            .checked_add(bytes.len().saturating_sub(1) as u64)
            .ok_or(Errno::EFAULT)?;
        let writable = |at| self.space.access(at).is_some_and(|access| access.write);
        // Callers write a few words: at most two granules.
        if !writable(address) || !writable(last) {
            return Err(Errno::EFAULT);
        }
        self.space.write(address, bytes).map_err(|_| Errno::EFAULT)
    }

    /// Whether a program may write all of a range.
    pub fn is_writable(&self, address: u64, size: u64) -> bool {
        if size == 0 {
            return true;
        }
        let Some(last) = address.checked_add(size - 1) else {
            return false;
        };
        let writable = |at| self.space.access(at).is_some_and(|access| access.write);
        // A range of more than there are addresses fails at the first that is not there.
        (address / GRANULE..=last / GRANULE).all(|granule| writable(granule * GRANULE))
    }

    /// A text that ends with a zero, which is left out; `ENAMETOOLONG` where it has more
    /// than so many bytes.
    pub fn text(&self, address: u64, most: usize) -> Result<Vec<u8>, Errno> {
        let mut text = Vec::new();
        loop {
            let at = address.checked_add(text.len() as u64);
            let mut byte = [0];
            self.space
                .read(at.ok_or(Errno::EFAULT)?, &mut byte)
                .map_err(|_| Errno::EFAULT)?;
            match byte {
                [0] => return Ok(text),
                _ if text.len() == most => return Err(Errno::ENAMETOOLONG),
                [byte] => text.push(byte),
            }
        }
    }

    /// A word of a structure.
    pub fn word(&self, address: u64) -> Result<u32, Errno> {
        let mut bytes = [0; 4];
        self.space
            .read(address, &mut bytes)
            .map_err(|_| Errno::EFAULT)?;
        Ok(u32::from_be_bytes(bytes))
    }

    /// A doubleword of a structure.
    pub fn double(&self, address: u64) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        self.space
            .read(address, &mut bytes)
            .map_err(|_| Errno::EFAULT)?;
        Ok(u64::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_placed_first_fit_and_given_back() {
        let mut memory = UserMemory::default();
        let first = memory.allocate(&Area::LARGE_PAGES, 1).unwrap();
        let second = memory.allocate(&Area::LARGE_PAGES, 3 << 20).unwrap();
        assert_eq!((first, second), (0x3000_0000, 0x3010_0000));
        assert_eq!(memory.available(), USER_MEMORY - GRANULE - (3 << 20));
        memory.free(first).unwrap();
        assert_eq!(memory.free(first), Err(Errno::EINVAL));
        assert_eq!(memory.allocate(&Area::LARGE_PAGES, 1 << 20), Ok(first));
        assert_eq!(
            memory.allocate(&Area::LARGE_PAGES, USER_MEMORY),
            Err(Errno::ENOMEM)
        );
        assert_eq!(
            memory.allocate(&Area::LARGE_PAGES, u64::MAX),
            Err(Errno::ENOMEM)
        );
    }

    #[test]
    fn containers_have_their_own_memory() {
        let mut memory = UserMemory::default();
        let number = memory.make_container((3 << 20) + 5).unwrap();
        assert_eq!(memory.available(), USER_MEMORY - (3 << 20));
        assert_eq!(memory.outside_of_containers(), USER_MEMORY - (3 << 20));
        let area = Area::LARGE_PAGES;
        let block = memory.allocate_from(Some(number), &area, 2 << 20).unwrap();
        assert_eq!(memory.container(number), Ok((3 << 20, 1 << 20)));
        assert_eq!(memory.available(), USER_MEMORY - (3 << 20));
        let more = memory.allocate_from(Some(number), &area, 2 << 20);
        assert_eq!(more, Err(Errno::ENOMEM));
        assert_eq!(memory.drop_container(number), Err(Errno::EBUSY));
        memory.free(block).unwrap();
        memory.drop_container(number).unwrap();
        assert_eq!(memory.available(), USER_MEMORY);
        assert_eq!(memory.drop_container(number), Err(Errno::ESRCH));
        let missing = memory.allocate_from(Some(number), &area, 2 << 20);
        assert_eq!(missing, Err(Errno::ESRCH));
        assert_eq!(memory.make_container(0xf_ffff), Err(Errno::ENOMEM));
        assert_eq!(memory.make_container(1 << 40), Err(Errno::ENOMEM));
    }

    #[test]
    fn a_block_is_found_by_any_of_its_addresses() {
        let mut memory = UserMemory::default();
        let start = memory.allocate(&Area::SMALL_PAGES, 2 * GRANULE).unwrap();
        for address in [start, start + 2 * GRANULE - 1] {
            assert_eq!(memory.block(address), Some((start, 2 * GRANULE)));
        }
        assert_eq!(memory.block(start + 2 * GRANULE), None);
        assert_eq!(memory.block(start - 1), None);
    }

    #[test]
    fn stacks_have_nothing_below_them() {
        let mut memory = UserMemory::default();
        for _ in 0..2 {
            let stack = memory.allocate(&Area::STACKS, GRANULE).unwrap();
            assert!(memory.space.access(stack).is_some());
            assert_eq!(memory.space.access(stack - 1), None);
        }
        assert_eq!(memory.put(0, &[1]), Err(Errno::EFAULT));
        assert_eq!(memory.put(u64::MAX, &[1, 2]), Err(Errno::EFAULT));
    }
}
