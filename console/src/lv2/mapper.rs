//! Memory without a place and places without memory, which `sys_mmapper` puts together, and
//! the places of `sys_vm`, which have memory from the start.
//!
//! Rules and errors: RPCS3 `sys_mmapper.cpp`, `sys_vm.cpp`; PSL1GHT's `sbrk.c` says what
//! programs rely on: the first free place is taken, and no alignment is the least.

use std::collections::BTreeMap;
use std::ops::Range;

use super::errno::Errno;
use super::memory::UserMemory;
use crate::ppu::Access;

/// Where places are, and what they are multiples of.
const PLACES: Range<u64> = 0x8000_0000..0xc000_0000;
const PLACE: u64 = 0x1000_0000;
/// The place that programs can ask for by its address (`sys_mmapper_allocate_fixed_address`).
const FIXED: u64 = 0xb000_0000;
/// Pages.
const SMALL: u64 = 64 << 10;
const LARGE: u64 = 1 << 20;
/// Numbers of memory: the type's byte (`SYS_MEM_OBJECT`), and a count.
const MEMORY: u32 = 0x0800_0000;
/// Virtual memory that a process may have.
const MOST_VIRTUAL: u64 = 0x1000_0000;
/// Virtual memory is of multiples of this.
const VIRTUAL_PAGE: u64 = 0x200_0000;

/// A part of the address space.
struct Region {
    size: u64,
    page: u64,
    /// Memory that is taken for it, and the container, where it has memory from the start.
    physical: Option<(u64, Option<u32>)>,
}

/// Memory that can be mapped.
struct Memory {
    size: u64,
    page: u64,
    container: Option<u32>,
    key: Option<u64>,
    /// How often it was asked for by its key.
    opened: u32,
    /// Where it is mapped.
    mapped: Vec<u64>,
    /// Its content while it is mapped nowhere; none where it is zeros.
    bytes: Option<Vec<u8>>,
}

/// What part of a place's virtual memory is asked about.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub address: u64,
    pub size: u64,
}

/// All places, and all memory for them.
#[derive(Default)]
pub(super) struct Mapper {
    regions: BTreeMap<u64, Region>,
    memories: BTreeMap<u32, Memory>,
    made: u32,
}

impl Mapper {
    /// Takes a part of the address space; its start.
    pub fn take_region(&mut self, size: u64, page: u64, alignment: u64) -> Result<u64, Errno> {
        if size == 0 || !size.is_multiple_of(PLACE) {
            return Err(Errno::EALIGN);
        }
        let alignment = match alignment {
            0 => PLACE,
            PLACE | 0x2000_0000 | 0x4000_0000 | 0x8000_0000 => alignment,
            _ => return Err(Errno::EALIGN),
        };
        let start = PLACES
            .step_by(alignment as usize)
            .filter(|start| start.is_multiple_of(alignment))
            .find(|start| size <= PLACES.end - start && self.is_untaken(*start, size))
            .ok_or(Errno::ENOMEM)?;
        let physical = None;
        self.regions.insert(
            start,
            Region {
                size,
                page,
                physical,
            },
        );
        Ok(start)
    }

    /// Gives a part of the address space back, in which nothing may be mapped.
    pub fn drop_region(&mut self, start: u64) -> Result<(), Errno> {
        let region = self.regions.get(&start).ok_or(Errno::EINVAL)?;
        if region.physical.is_some() {
            return Err(Errno::EINVAL);
        }
        let end = start + region.size;
        let mut mapped = self.memories.values().flat_map(|memory| &memory.mapped);
        if mapped.any(|at| (start..end).contains(at)) {
            return Err(Errno::EBUSY);
        }
        self.regions.remove(&start);
        Ok(())
    }

    /// The start of the region around an address, and the region.
    fn region(&self, address: u64) -> Option<(u64, &Region)> {
        let (start, region) = self.regions.range(..=address).next_back()?;
        (address - start < region.size).then_some((*start, region))
    }

    /// Takes the part of the address space that [`FIXED`] names.
    ///
    /// # Errors
    ///
    /// `EEXIST` where it is taken.
    pub fn take_fixed(&mut self) -> Result<(), Errno> {
        if !self.is_untaken(FIXED, PLACE) {
            return Err(Errno::EEXIST);
        }
        let region = Region {
            size: PLACE,
            page: LARGE,
            physical: None,
        };
        self.regions.insert(FIXED, region);
        Ok(())
    }

    fn is_untaken(&self, start: u64, size: u64) -> bool {
        let mut regions = self.regions.iter();
        regions.all(|(other, region)| start + size <= *other || other + region.size <= start)
    }

    /// The part of the address space that starts there, where there is one.
    pub fn range(&self, start: u64) -> Option<Range<u64>> {
        Some(start..start + self.regions.get(&start)?.size)
    }

    /// The start of the region around an address.
    pub fn region_start(&self, address: u64) -> Option<u64> {
        Some(self.region(address)?.0)
    }

    /// Bytes of the pages around an address, where that is in a region.
    pub fn page(&self, address: u64) -> Option<u64> {
        Some(self.region(address)?.1.page)
    }

    /// Numbers of all memory.
    pub fn numbers(&self) -> Vec<u32> {
        self.memories.keys().copied().collect()
    }

    /// Takes memory that can be mapped, from a container if one is named; its number. One
    /// that has this key already is found by it.
    pub fn take_memory(
        &mut self,
        user: &mut UserMemory,
        size: u64,
        page: u64,
        container: Option<u32>,
        key: Option<u64>,
    ) -> Result<u32, Errno> {
        if size == 0 || !size.is_multiple_of(page) {
            return Err(Errno::EALIGN);
        }
        if key.is_some() {
            let mut memories = self.memories.iter_mut();
            if let Some((number, memory)) = memories.find(|(_, memory)| memory.key == key) {
                memory.opened += 1;
                return Ok(*number);
            }
        }
        user.take(container, size)?;
        self.made += 1;
        let number = MEMORY | self.made << 8;
        self.memories.insert(
            number,
            Memory {
                size,
                page,
                container,
                key,
                opened: 1,
                mapped: Vec::new(),
                bytes: None,
            },
        );
        Ok(number)
    }

    /// Gives memory back, which may be mapped nowhere.
    pub fn drop_memory(&mut self, user: &mut UserMemory, number: u32) -> Result<(), Errno> {
        let memory = self.memories.get_mut(&number).ok_or(Errno::ESRCH)?;
        if !memory.mapped.is_empty() {
            return Err(Errno::EBUSY);
        }
        memory.opened -= 1;
        if memory.opened == 0 {
            user.give(memory.container, memory.size);
            self.memories.remove(&number);
        }
        Ok(())
    }

    /// Whether nothing is mapped in a range.
    fn is_free(&self, start: u64, size: u64) -> bool {
        self.memories.values().all(|memory| {
            let mut places = memory.mapped.iter();
            places.all(|at| start + size <= *at || at + memory.size <= start)
        })
    }

    /// Maps memory at an address of a region; it can be at several.
    pub fn map(
        &mut self,
        user: &mut UserMemory,
        address: u64,
        number: u32,
        access: Access,
    ) -> Result<(), Errno> {
        let (start, region) = self.region(address).ok_or(Errno::EINVAL)?;
        let (page, end, has_memory) = (region.page, start + region.size, region.physical.is_some());
        let memory = self.memories.get(&number).ok_or(Errno::ESRCH)?;
        if memory.page < page || has_memory {
            return Err(Errno::EINVAL);
        }
        if !address.is_multiple_of(page) {
            return Err(Errno::EALIGN);
        }
        if memory.size > end - address || !self.is_free(address, memory.size) {
            return Err(Errno::EBUSY);
        }
        self.place(user, address, number, access)
    }

    /// Maps memory at the first address of the region from `start` on where there is room.
    pub fn map_anywhere(
        &mut self,
        user: &mut UserMemory,
        start: u64,
        number: u32,
        access: Access,
    ) -> Result<u64, Errno> {
        let region = self.regions.get(&start).ok_or(Errno::EINVAL)?;
        let memory = self.memories.get(&number).ok_or(Errno::ESRCH)?;
        if memory.page < region.page {
            return Err(Errno::EALIGN);
        }
        if region.physical.is_some() {
            return Err(Errno::EINVAL);
        }
        let address = (start..start + region.size)
            .step_by(memory.page as usize)
            .take_while(|at| memory.size <= start + region.size - at)
            .find(|at| self.is_free(*at, memory.size))
            .ok_or(Errno::ENOMEM)?;
        self.place(user, address, number, access)?;
        Ok(address)
    }

    fn place(
        &mut self,
        user: &mut UserMemory,
        address: u64,
        number: u32,
        access: Access,
    ) -> Result<(), Errno> {
        let memory = self.memories.get_mut(&number).ok_or(Errno::ESRCH)?;
        let space = &mut user.space;
        let mapped = match memory.mapped.first() {
            None => space.map(address, memory.size, access),
            Some(first) => space.map_again(address, memory.size, *first, access),
        };
        mapped.map_err(|_| Errno::EBUSY)?;
        if let Some(bytes) = memory.bytes.take() {
            space.write(address, &bytes).map_err(|_| Errno::EFAULT)?;
        }
        memory.mapped.push(address);
        Ok(())
    }

    /// Takes memory away from an address, where it starts; its number. It keeps its content.
    pub fn unmap(&mut self, user: &mut UserMemory, address: u64) -> Result<u32, Errno> {
        let mut memories = self.memories.iter_mut();
        let (number, memory) = memories
            .find(|(_, memory)| memory.mapped.contains(&address))
            .ok_or(Errno::EINVAL)?;
        let space = &mut user.space;
        if memory.mapped.len() == 1 {
            let mut bytes = vec![0; memory.size as usize];
            space.read(address, &mut bytes).map_err(|_| Errno::EFAULT)?;
            memory.bytes = bytes.iter().any(|byte| *byte != 0).then_some(bytes);
        }
        space
            .unmap(address, memory.size)
            .map_err(|_| Errno::EINVAL)?;
        memory.mapped.retain(|at| *at != address);
        Ok(*number)
    }

    /// Takes a part of the address space with `size` bytes of virtual memory, for which
    /// `physical` bytes of memory are taken; its start.
    pub fn take_virtual(
        &mut self,
        user: &mut UserMemory,
        size: u64,
        physical: u64,
        container: Option<u32>,
    ) -> Result<u64, Errno> {
        if size == 0 || physical == 0 || !size.is_multiple_of(VIRTUAL_PAGE) {
            return Err(Errno::EINVAL);
        }
        if size > MOST_VIRTUAL || !physical.is_multiple_of(SMALL) {
            return Err(Errno::EINVAL);
        }
        let regions = self.regions.values();
        let there = regions.filter(|region| region.physical.is_some());
        if there.map(|region| region.size).sum::<u64>() + size > MOST_VIRTUAL {
            return Err(Errno::EBUSY);
        }
        user.take(container, physical)?;
        let placed = self.take_region(PLACE, SMALL, PLACE).and_then(|start| {
            let mapped = user.space.map(start, size, Access::READ_WRITE);
            mapped.map(|()| start).map_err(|_| Errno::ENOMEM)
        });
        let start = placed.inspect_err(|_| user.give(container, physical))?;
        if let Some(region) = self.regions.get_mut(&start) {
            region.size = size;
            region.physical = Some((physical, container));
        }
        Ok(start)
    }

    /// Gives virtual memory back.
    pub fn drop_virtual(&mut self, user: &mut UserMemory, start: u64) -> Result<(), Errno> {
        let region = self.regions.get(&start).ok_or(Errno::EINVAL)?;
        let (physical, container) = region.physical.ok_or(Errno::EINVAL)?;
        let unmapped = user.space.unmap(start, region.size);
        unmapped.map_err(|_| Errno::EINVAL)?;
        user.give(container, physical);
        self.regions.remove(&start);
        Ok(())
    }

    /// Takes more memory for virtual memory.
    pub fn grow(&mut self, user: &mut UserMemory, start: u64, more: u64) -> Result<(), Errno> {
        if more == 0 || !more.is_multiple_of(LARGE) {
            return Err(Errno::EINVAL);
        }
        let region = self.regions.get_mut(&start).ok_or(Errno::EINVAL)?;
        let (physical, container) = region.physical.as_mut().ok_or(Errno::EINVAL)?;
        user.take(*container, more)?;
        *physical += more;
        Ok(())
    }

    /// Gives some of the memory of virtual memory back; a megabyte has to stay.
    pub fn shrink(&mut self, user: &mut UserMemory, start: u64, less: u64) -> Result<(), Errno> {
        if less == 0 || !less.is_multiple_of(LARGE) {
            return Err(Errno::EINVAL);
        }
        let region = self.regions.get_mut(&start).ok_or(Errno::EINVAL)?;
        let (physical, container) = region.physical.as_mut().ok_or(Errno::EINVAL)?;
        if physical.checked_sub(less).is_none_or(|rest| rest < LARGE) {
            return Err(Errno::EBUSY);
        }
        *physical -= less;
        user.give(*container, less);
        Ok(())
    }

    /// Whether a range is virtual memory.
    pub fn is_virtual(&self, part: Part) -> bool {
        self.region(part.address).is_some_and(|(start, region)| {
            region.physical.is_some() && part.address + part.size <= start + region.size
        })
    }

    /// Bytes that are taken for the virtual memory that starts there.
    pub fn physical(&self, start: u64) -> Option<u64> {
        Some(self.regions.get(&start)?.physical?.0)
    }
}
