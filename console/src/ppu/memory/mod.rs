//! The effective address space of a process: 4 GB in granules of 64 KB.
//!
//! 64 KB is the smallest page of an LV2 memory container. Data is held as bytes in the
//! order of the target; [`AddressSpace::load`] and [`AddressSpace::store`] are what
//! instructions use, [`AddressSpace::read`] and [`AddressSpace::write`] what the loader,
//! system calls and other devices use. A device that works on much memory at once, as the
//! RSX does, takes [`AddressSpace::blocks_mut`]: within a block all bytes lie in a row.

mod alias;
mod code;
mod fault;
mod watch;

use self::alias::{Alias, Aliases};
pub(super) use self::code::{CodeCache, CodePage};
pub use self::fault::{AccessCause, AccessFault, AccessKind, MapError};
use self::watch::Watch;

/// Bytes of a granule: mappings start at, and are as long as, multiples of it.
pub const GRANULE: u64 = 1 << GRANULE_SHIFT;
const GRANULE_SHIFT: u32 = 16;
/// Granules of the address space.
const GRANULES: usize = 1 << (32 - GRANULE_SHIFT);
/// Bytes of a block, which is one allocation of the host's.
pub const BLOCK: u64 = 1 << BLOCK_SHIFT;
const BLOCK_SHIFT: u32 = 28;
/// Blocks of the address space.
const BLOCKS: usize = 1 << (32 - BLOCK_SHIFT);
/// One past the last address: effective addresses above have no translation.
pub const ADDRESS_END: u64 = 1 << 32;
/// Bytes of a cache line, of `dcbz`, and of a reservation (Cell Broadband Engine
/// Programming Handbook, "PPE cache characteristics").
pub const LINE: u64 = 128;

/// What programs may do with a mapped granule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Loads.
    pub read: bool,
    /// Stores.
    pub write: bool,
    /// Instruction fetches.
    pub execute: bool,
}

impl Access {
    /// Constants.
    pub const READ: Self = Self {
        read: true,
        write: false,
        execute: false,
    };
    /// Data.
    pub const READ_WRITE: Self = Self {
        read: true,
        write: true,
        execute: false,
    };
    /// Code, as the system maps it: readable and not writable.
    pub const READ_EXECUTE: Self = Self {
        read: true,
        write: false,
        execute: true,
    };
    /// Everything.
    pub const ALL: Self = Self {
        read: true,
        write: true,
        execute: true,
    };
}

impl Access {
    const NONE: Self = Self {
        read: false,
        write: false,
        execute: false,
    };
}

#[derive(Clone, Copy)]
struct Granule {
    mapped: bool,
    /// Its bytes may not be zero, from a mapping that there was before.
    used: bool,
    /// None where nothing is mapped, or where another granule has the bytes.
    access: Access,
    /// Whether a line in it is watched: stores have to look closer.
    watched: bool,
}

impl Granule {
    const UNUSED: Self = Self {
        mapped: false,
        used: false,
        access: Access::NONE,
        watched: false,
    };
}

/// The memory that all PPU threads of a process share, with their decoded code and what
/// they need to know of one another's reservations.
pub struct AddressSpace {
    /// The bytes of each 256 MB; empty as long as nothing was mapped there.
    blocks: [Box<[u8]>; BLOCKS],
    granules: Box<[Granule; GRANULES]>,
    aliases: Aliases,
    code: CodeCache,
    /// Changes whenever somebody may have written a line that a thread has reserved.
    reservation_epoch: u64,
    /// The thread that ran last.
    runner: Option<u32>,
    watch: Watch,
}

impl Default for AddressSpace {
    fn default() -> Self {
        Self::new()
    }
}

impl AddressSpace {
    /// An address space in which nothing is mapped.
    #[must_use]
    pub fn new() -> Self {
        Self {
            blocks: std::array::from_fn(|_| Box::default()),
            granules: Box::new([Granule::UNUSED; GRANULES]),
            aliases: Aliases::default(),
            code: CodeCache::default(),
            reservation_epoch: 0,
            runner: None,
            watch: Watch::default(),
        }
    }

    /// Maps zeroed memory.
    ///
    /// # Errors
    ///
    /// Where the range is not of whole granules, leaves the 4 GB, or overlaps a mapping;
    /// nothing is mapped then.
    pub fn map(&mut self, address: u64, size: u64, access: Access) -> Result<(), MapError> {
        let range = granules(address, size)?;
        if let Some(taken) = range.clone().find(|&at| self.granules[at].mapped) {
            return Err(MapError::Overlap((taken as u64) << GRANULE_SHIFT));
        }
        for at in range {
            let address = (at as u64) << GRANULE_SHIFT;
            let (block, start) = place(address);
            let bytes = &mut self.blocks[block];
            if bytes.is_empty() {
                // Zeroed by the host, which gives memory to what is touched alone.
                *bytes = vec![0; BLOCK as usize].into_boxed_slice();
            }
            let granule = &mut self.granules[at];
            if granule.used {
                bytes[start..start + GRANULE as usize].fill(0);
            }
            *granule = Granule {
                mapped: true,
                used: true,
                access,
                watched: false,
            };
        }
        Ok(())
    }

    /// Maps memory that is mapped already at another address, too: what is written at one is
    /// read at the other.
    ///
    /// # Errors
    ///
    /// As [`AddressSpace::map`], and where the other range is not mapped.
    pub fn map_again(
        &mut self,
        address: u64,
        size: u64,
        of: u64,
        access: Access,
    ) -> Result<(), MapError> {
        let range = granules(address, size)?;
        let shown = self.mapped(of, size)?;
        if let Some(taken) = range.clone().find(|&at| self.granules[at].mapped) {
            return Err(MapError::Overlap((taken as u64) << GRANULE_SHIFT));
        }
        for (at, home) in range.zip(shown) {
            let home = self.aliases.home(home);
            self.granules[at] = Granule {
                mapped: true,
                access: Access::NONE,
                watched: false,
                ..self.granules[at]
            };
            self.aliases.insert(at, Alias { home, access });
        }
        Ok(())
    }

    /// Whether memory is mapped at an address that is not its first one: no device reaches its
    /// bytes in [`AddressSpace::blocks_mut`] there.
    #[must_use]
    pub fn is_alias(&self, address: u64) -> bool {
        self.home(address) != address
    }

    /// The address where the bytes of an address are.
    fn home(&self, address: u64) -> u64 {
        let granule = self.aliases.home((address >> GRANULE_SHIFT) as usize);
        ((granule as u64) << GRANULE_SHIFT) + address % GRANULE
    }

    /// Takes memory away again, with its content where it is nowhere else.
    ///
    /// # Errors
    ///
    /// Where the range is not of whole granules, leaves the 4 GB, or has a part that is
    /// not mapped; nothing is changed then.
    pub fn unmap(&mut self, address: u64, size: u64) -> Result<(), MapError> {
        let range = self.mapped(address, size)?;
        for at in range {
            let before = (at as u64) << GRANULE_SHIFT;
            self.watch.note(self.home(before), GRANULE);
            if self.aliases.remove(at).is_none()
                && let Some((heir, access)) = self.aliases.inherit(at)
            {
                self.move_bytes(at, heir);
                self.granules[heir].access = access;
            }
            let granule = &mut self.granules[at];
            granule.mapped = false;
            granule.access = Access::NONE;
        }
        self.invalidate_code(address, size);
        self.reservation_epoch += 1;
        Ok(())
    }

    /// Copies the bytes of a granule to another, which is their home from now on.
    fn move_bytes(&mut self, from: usize, to: usize) {
        let size = GRANULE as usize;
        let (block, start) = place((from as u64) << GRANULE_SHIFT);
        let bytes = self.blocks[block][start..start + size].to_vec();
        let (block, start) = place((to as u64) << GRANULE_SHIFT);
        let block = &mut self.blocks[block];
        if block.is_empty() {
            *block = vec![0; BLOCK as usize].into_boxed_slice();
        }
        block[start..start + size].copy_from_slice(&bytes);
        self.granules[to].used = true;
    }

    /// Changes what programs may do with mapped memory.
    ///
    /// # Errors
    ///
    /// As [`AddressSpace::unmap`].
    pub fn protect(&mut self, address: u64, size: u64, access: Access) -> Result<(), MapError> {
        let range = self.mapped(address, size)?;
        for at in range {
            match self.aliases.get_mut(at) {
                Some(alias) => alias.access = access,
                None => self.granules[at].access = access,
            }
        }
        self.invalidate_code(address, size);
        Ok(())
    }

    /// What programs may do with the byte at an address; none where nothing is mapped.
    #[must_use]
    pub fn access(&self, address: u64) -> Option<Access> {
        let at = (address >> GRANULE_SHIFT) as usize;
        let granule = self.granules.get(at)?;
        let own = granule.mapped.then_some(granule.access);
        // A granule without rights of its own may show another.
        match own {
            Some(Access::NONE) => self.aliases.access(at).or(own),
            _ => own,
        }
    }

    fn mapped(&self, address: u64, size: u64) -> Result<std::ops::Range<usize>, MapError> {
        let range = granules(address, size)?;
        match range.clone().find(|&at| !self.granules[at].mapped) {
            Some(hole) => Err(MapError::Unmapped((hole as u64) << GRANULE_SHIFT)),
            None => Ok(range),
        }
    }

    /// Copies bytes out, whatever their protection.
    ///
    /// # Errors
    ///
    /// Where a byte is not mapped.
    pub fn read(&self, address: u64, into: &mut [u8]) -> Result<(), AccessFault> {
        self.check_mapped(address, into.len(), AccessKind::Load)?;
        for (at, byte) in pieces(address, into.len()) {
            let (block, start) = place(self.home(at));
            into[byte.clone()].copy_from_slice(&self.blocks[block][start..start + byte.len()]);
        }
        Ok(())
    }

    /// Copies bytes in, whatever their protection, as a loader, a system call or another
    /// device: decoded code there is dropped, every reservation is lost, and watched lines
    /// are touched.
    ///
    /// # Errors
    ///
    /// Where a byte is not mapped; nothing is written then.
    pub fn write(&mut self, address: u64, from: &[u8]) -> Result<(), AccessFault> {
        self.write_by_watcher(address, from)?;
        self.note(address, from.len());
        Ok(())
    }

    /// The same, for who watches the lines and knows what it writes: they are not touched.
    ///
    /// # Errors
    ///
    /// As [`AddressSpace::write`].
    pub fn write_by_watcher(&mut self, address: u64, from: &[u8]) -> Result<(), AccessFault> {
        self.check_mapped(address, from.len(), AccessKind::Store)?;
        for (at, byte) in pieces(address, from.len()) {
            let home = self.home(at);
            let (block, start) = place(home);
            self.blocks[block][start..start + byte.len()].copy_from_slice(&from[byte.clone()]);
            self.watch.note_other(home, at, byte.len() as u64);
        }
        self.invalidate_code(address, from.len() as u64);
        self.reservation_epoch += 1;
        Ok(())
    }

    /// The bytes of each block of 256 MB, for a device that keeps to what is mapped by
    /// itself; a block in which nothing was ever mapped is empty. The device has to tell
    /// [`AddressSpace::note_written`] of what it wrote.
    pub fn blocks_mut(&mut self) -> &mut [Box<[u8]>] {
        &mut self.blocks
    }

    /// Notes what a device has written to [`AddressSpace::blocks_mut`]: every reservation is
    /// lost, and watched lines are touched. Decoded code stays: devices do not write code.
    pub fn note_written(&mut self, address: u64, size: u64) {
        self.reservation_epoch += 1;
        self.watch.note(address, size);
    }

    /// Notes that watched lines were written.
    fn note(&mut self, address: u64, size: usize) {
        for (at, byte) in pieces(address, size) {
            self.watch.note(self.home(at), byte.len() as u64);
        }
    }

    fn check_mapped(&self, address: u64, size: usize, kind: AccessKind) -> Result<(), AccessFault> {
        let end = address.saturating_add(size as u64);
        if end > ADDRESS_END {
            return Err(AccessFault::unmapped(address, kind));
        }
        let mut at = address;
        while at < end {
            if self.access(at).is_none() {
                return Err(AccessFault::unmapped(at, kind));
            }
            at = (at / GRANULE + 1) * GRANULE;
        }
        Ok(())
    }

    /// Bytes for a load instruction, at any alignment.
    #[inline(always)]
    pub(super) fn load<const N: usize>(&self, address: u64) -> Result<[u8; N], AccessFault> {
        match self.load_quickly(address) {
            Some(piece) => Ok(*piece),
            None => self.load_slowly(address),
        }
    }

    /// The same where they lie in one granule that may be read.
    #[inline(always)]
    pub(super) fn load_quickly<const N: usize>(&self, address: u64) -> Option<&[u8; N]> {
        let granule = self.granules.get((address >> GRANULE_SHIFT) as usize)?;
        if !granule.access.read || address % GRANULE > GRANULE - N as u64 {
            return None;
        }
        let (block, start) = place(address);
        self.blocks[block].get(start..start + N)?.as_array()
    }

    #[cold]
    fn load_slowly<const N: usize>(&self, address: u64) -> Result<[u8; N], AccessFault> {
        self.check(address, N as u64, AccessKind::Load)?;
        let mut bytes = [0; N];
        self.read(address, &mut bytes)?;
        Ok(bytes)
    }

    /// Bytes of a store instruction, at any alignment.
    #[inline(always)]
    pub(crate) fn store<const N: usize>(
        &mut self,
        address: u64,
        value: [u8; N],
    ) -> Result<(), AccessFault> {
        match self.store_quickly(address, value) {
            Some(()) => Ok(()),
            None => self.store_slowly(address, &value),
        }
    }

    /// The same where they lie in one granule that may be written, and no line in it is watched;
    /// elsewhere nothing is stored.
    #[inline(always)]
    pub(super) fn store_quickly<const N: usize>(
        &mut self,
        address: u64,
        value: [u8; N],
    ) -> Option<()> {
        let granule = self.granules.get((address >> GRANULE_SHIFT) as usize)?;
        if !granule.access.write || granule.watched || address % GRANULE > GRANULE - N as u64 {
            return None;
        }
        let (block, start) = place(address);
        let piece = self.blocks[block].get_mut(start..start + N)?;
        *piece.as_mut_array()? = value;
        Some(())
    }

    #[cold]
    fn store_slowly(&mut self, address: u64, value: &[u8]) -> Result<(), AccessFault> {
        self.check(address, value.len() as u64, AccessKind::Store)?;
        for (at, byte) in pieces(address, value.len()) {
            let (block, start) = place(self.home(at));
            self.blocks[block][start..start + byte.len()].copy_from_slice(&value[byte]);
        }
        self.note(address, value.len());
        Ok(())
    }

    /// Watches these lines (addresses of 128 bytes each) from now on, instead of those
    /// before: what writes them can be asked for with [`AddressSpace::take_touched`].
    pub fn watch(&mut self, lines: &[u64]) {
        if self.watch.is(lines) {
            return;
        }
        let homes = lines.iter().map(|line| (*line, self.home(*line))).collect();
        let before = self.watch.replace(homes);
        for line in before {
            self.set_watched(line, false);
        }
        for line in self.watch.homes() {
            self.set_watched(line, true);
        }
    }

    fn set_watched(&mut self, line: u64, watched: bool) {
        if let Some(granule) = self.granules.get_mut((line >> GRANULE_SHIFT) as usize) {
            granule.watched = watched;
        }
    }

    /// The watched lines that were written or unmapped since the last time, each once.
    pub fn take_touched(&mut self) -> Vec<u64> {
        self.watch.take()
    }

    /// Whether a program may access all of a range; the fault names the first byte that
    /// it may not.
    pub(crate) fn check(
        &self,
        address: u64,
        size: u64,
        kind: AccessKind,
    ) -> Result<(), AccessFault> {
        let mut at = address;
        let end = address.saturating_add(size);
        while at < end {
            let access = self.access(at).ok_or(AccessFault::unmapped(at, kind))?;
            let allowed = match kind {
                AccessKind::Load => access.read,
                AccessKind::Store => access.write,
                AccessKind::Fetch => access.execute,
            };
            if !allowed {
                return Err(AccessFault::protected(at, kind));
            }
            at = (at / GRANULE + 1) * GRANULE;
        }
        Ok(())
    }

    /// Hands out what was decoded, for as long as a thread runs.
    pub(super) fn take_code(&mut self) -> CodeCache {
        std::mem::take(&mut self.code)
    }

    /// Takes it back.
    pub(super) fn put_code(&mut self, code: CodeCache) {
        self.code = code;
    }

    /// Drops what was decoded from a range: stores of a program do not do this by
    /// themselves, `icbi` does, as on the hardware.
    pub fn invalidate_code(&mut self, address: u64, size: u64) {
        self.code.invalidate(address, size);
    }

    /// Says that a thread runs from now on: reservations of the others are lost.
    pub(super) fn enter(&mut self, thread: u32) {
        if self.runner != Some(thread) {
            self.runner = Some(thread);
            self.reservation_epoch += 1;
        }
    }

    /// A value that stays the same as long as reservations hold.
    pub(super) fn reservation_epoch(&self) -> u64 {
        self.reservation_epoch
    }
}

/// Which block an address below 4 GB is in, and where in it.
#[inline]
fn place(address: u64) -> (usize, usize) {
    let block = (address >> BLOCK_SHIFT) as usize % BLOCKS;
    (block, (address % BLOCK) as usize)
}

fn granules(address: u64, size: u64) -> Result<std::ops::Range<usize>, MapError> {
    if !address.is_multiple_of(GRANULE) || !size.is_multiple_of(GRANULE) {
        return Err(MapError::Misaligned { address, size });
    }
    match address.checked_add(size) {
        Some(end) if end <= ADDRESS_END => {
            Ok((address >> GRANULE_SHIFT) as usize..(end >> GRANULE_SHIFT) as usize)
        }
        _ => Err(MapError::OutOfRange { address, size }),
    }
}

/// The parts of a range that lie in one granule each: address, and place in the range.
fn pieces(address: u64, size: usize) -> impl Iterator<Item = (u64, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if done == size {
            return None;
        }
        let at = address + done as u64;
        let length = ((GRANULE - at % GRANULE) as usize).min(size - done);
        let piece = done..done + length;
        done += length;
        Some((at, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_cross_granules() {
        let mut memory = AddressSpace::new();
        memory
            .map(0x1_0000, 2 * GRANULE, Access::READ_WRITE)
            .unwrap();
        memory.store(0x1_fffe, [1, 2, 3, 4]).unwrap();
        assert_eq!(memory.load::<4>(0x1_fffe).unwrap(), [1, 2, 3, 4]);
        let mut all = vec![0; 2 * GRANULE as usize];
        memory.read(0x1_0000, &mut all).unwrap();
        assert_eq!(all[0xfffe..0x1_0002], [1, 2, 3, 4]);
    }

    #[test]
    fn what_is_mapped_again_is_zero_again() {
        let mut memory = AddressSpace::new();
        for _ in 0..2 {
            memory.map(0xf_0000, 2 * GRANULE, Access::READ).unwrap();
            let mut bytes = [1; 8];
            memory.read(0xf_fffc, &mut bytes).unwrap();
            assert_eq!(bytes, [0; 8]);
            memory.write(0xf_fffc, &[7; 8]).unwrap();
            memory.unmap(0xf_0000, 2 * GRANULE).unwrap();
            assert!(memory.read(0xf_fffc, &mut bytes).is_err());
            assert!(memory.load::<4>(0xf_fffc).is_err());
        }
    }

    #[test]
    fn blocks_are_contiguous_and_there_when_used() {
        let mut memory = AddressSpace::new();
        let start = BLOCK - GRANULE;
        memory.map(start, 2 * GRANULE, Access::READ_WRITE).unwrap();
        memory.store(BLOCK - 2, [1, 2, 3, 4]).unwrap();
        assert_eq!(memory.load::<4>(BLOCK - 2).unwrap(), [1, 2, 3, 4]);
        let blocks = memory.blocks_mut();
        assert_eq!(blocks[0][BLOCK as usize - 2..], [1, 2]);
        assert_eq!(blocks[1][..2], [3, 4]);
        assert!(blocks[2].is_empty());
        let epoch = memory.reservation_epoch();
        memory.note_written(BLOCK - 2, 4);
        assert_ne!(memory.reservation_epoch(), epoch);
    }

    #[test]
    fn faults_name_the_first_bad_byte_and_change_nothing() {
        let mut memory = AddressSpace::new();
        memory.map(0x1_0000, GRANULE, Access::READ_WRITE).unwrap();
        let fault = memory.store(0x1_fffe, [1, 2, 3, 4]).unwrap_err();
        assert_eq!(fault, AccessFault::unmapped(0x2_0000, AccessKind::Store));
        assert_eq!(memory.load::<2>(0x1_fffe).unwrap(), [0, 0]);
        let fault = memory.load::<8>(u64::MAX).unwrap_err();
        assert_eq!(fault, AccessFault::unmapped(u64::MAX, AccessKind::Load));
        memory.map(0xffff_0000, GRANULE, Access::READ).unwrap();
        let fault = memory.load::<8>(0xffff_fffc).unwrap_err();
        assert_eq!(fault, AccessFault::unmapped(ADDRESS_END, AccessKind::Load));
        let fault = memory.store(0xffff_0000, [0]).unwrap_err();
        assert_eq!(
            fault,
            AccessFault::protected(0xffff_0000, AccessKind::Store)
        );
        assert!(memory.write(0xffff_fffc, &[0; 8]).is_err());
    }

    #[test]
    fn writes_of_watched_lines_are_noted() {
        let mut memory = AddressSpace::new();
        let start = 0x1_0000;
        memory.map(start, 2 * GRANULE, Access::READ_WRITE).unwrap();
        memory.watch(&[start + 0x80, start + GRANULE]);
        memory.store(start + 0x7f, [1]).unwrap();
        memory.store(start + 0x100, [1]).unwrap();
        assert!(memory.take_touched().is_empty());
        memory.store(start + 0x7f, [1, 2]).unwrap();
        memory.store(start + 0xff, [1]).unwrap();
        assert_eq!(memory.take_touched(), [start + 0x80]);
        memory.write(start, &[0; 2 * GRANULE as usize]).unwrap();
        assert_eq!(memory.take_touched(), [start + 0x80, start + GRANULE]);
        memory.write_by_watcher(start + 0x80, &[1]).unwrap();
        memory.watch(&[start + GRANULE]);
        memory.store(start + 0x80, [1]).unwrap();
        assert!(memory.take_touched().is_empty());
        memory.unmap(start + GRANULE, GRANULE).unwrap();
        assert_eq!(memory.take_touched(), [start + GRANULE]);
    }

    #[test]
    fn memory_can_be_at_two_addresses() {
        let mut memory = AddressSpace::new();
        let (first, second, third) = (0x1_0000, 0x1000_0000, 0x2000_0000);
        memory.map(first, 2 * GRANULE, Access::READ_WRITE).unwrap();
        let size = 2 * GRANULE;
        memory
            .map_again(second, size, first, Access::READ_WRITE)
            .unwrap();
        memory.map_again(third, size, second, Access::READ).unwrap();
        assert!(memory.map_again(third, size, first, Access::READ).is_err());
        assert!(
            memory
                .map_again(0x40_0000, size, 0x50_0000, Access::READ)
                .is_err()
        );
        memory.store(second + GRANULE - 2, [1, 2, 3, 4]).unwrap();
        assert_eq!(memory.load::<4>(first + GRANULE - 2).unwrap(), [1, 2, 3, 4]);
        memory.store(first + GRANULE, [7, 8]).unwrap();
        assert_eq!(memory.load::<4>(third + GRANULE - 2).unwrap(), [1, 2, 7, 8]);
        let fault = memory.store(third, [0]).unwrap_err();
        assert_eq!(fault, AccessFault::protected(third, AccessKind::Store));
        assert_eq!(memory.access(second), Some(Access::READ_WRITE));
        memory.protect(second, size, Access::READ).unwrap();
        assert_eq!(memory.access(second), Some(Access::READ));
        assert!(memory.is_alias(second + 5) && !memory.is_alias(first + 5));
        // A line is watched by whatever address.
        memory.watch(&[third + 0x80, first + 0x100]);
        memory.store(first + 0x80, [1]).unwrap();
        assert_eq!(memory.take_touched(), [third + 0x80]);
        memory.write(second + 0x100, &[1]).unwrap();
        assert_eq!(memory.take_touched(), [first + 0x100]);
        memory.write_by_watcher(first + 0x100, &[1]).unwrap();
        memory.write_by_watcher(third + 0x80, &[1]).unwrap();
        assert!(memory.take_touched().is_empty());
        memory.write_by_watcher(first + 0x80, &[1]).unwrap();
        assert_eq!(memory.take_touched(), [third + 0x80]);
        memory.watch(&[]);
        // It stays as long as it is anywhere.
        memory.unmap(first, size).unwrap();
        assert!(memory.load::<1>(first).is_err());
        assert_eq!(memory.load::<4>(third + GRANULE - 2).unwrap(), [1, 2, 7, 8]);
        memory.write(third + GRANULE, &[9]).unwrap();
        assert_eq!(memory.load::<2>(second + GRANULE).unwrap(), [9, 8]);
        memory.unmap(third, size).unwrap();
        assert_eq!(memory.load::<2>(second + GRANULE).unwrap(), [9, 8]);
        memory.unmap(second, size).unwrap();
        memory.map(second, size, Access::READ).unwrap();
        assert_eq!(memory.load::<2>(second + GRANULE).unwrap(), [0, 0]);
    }

    #[test]
    fn mappings_are_checked() {
        let mut memory = AddressSpace::new();
        memory.map(0x10_0000, 4 * GRANULE, Access::READ).unwrap();
        let overlap = memory.map(0xf_0000, 2 * GRANULE, Access::READ);
        assert_eq!(overlap, Err(MapError::Overlap(0x10_0000)));
        assert_eq!(memory.access(0xf_0000), None);
        assert!(memory.map(1, GRANULE, Access::READ).is_err());
        assert!(memory.map(0xffff_0000, 2 * GRANULE, Access::READ).is_err());
        assert!(memory.protect(0x10_0000, 5 * GRANULE, Access::ALL).is_err());
        assert_eq!(memory.access(0x10_0000), Some(Access::READ));
        memory.unmap(0x10_0000, GRANULE).unwrap();
        assert_eq!(memory.access(0x10_0000), None);
        assert_eq!(memory.access(0x11_0000), Some(Access::READ));
    }
}
