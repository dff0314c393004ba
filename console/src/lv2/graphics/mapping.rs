//! Main memory that the RSX reaches: megabytes of addresses at megabytes of offsets.
//!
//! Programs read the two tables of this map in memory (`cellGcmGetOffsetTable`), so they are
//! kept there as well. Rules and errors: RPCS3 `cellGcmSys.cpp`, `sys_rsx.cpp`.

use super::super::errno::Errno;
use super::super::memory::UserMemory;
use super::area::{EA_TABLE, IO_TABLE, LOCAL};
use crate::ppu::GRANULE;
use crate::rsx::memory::{IO_PAGE, IoMap};

/// `CELL_GCM_ERROR_FAILURE`.
pub const FAILURE: Errno = Errno(0x8021_00ff);
/// `CELL_GCM_ERROR_NO_IO_PAGE_TABLE`.
const NO_ROOM: Errno = Errno(0x8021_0001);

/// Bytes of the offsets that there are, as the program asked for.
const NORMAL: u32 = 256 << 20;
const LARGE: u32 = 512 << 20;
const SHIFT: u32 = IO_PAGE.trailing_zeros();
const NOTHING: u16 = u16::MAX;

/// The map, and how much of it may be used.
pub struct Mapping {
    /// Bytes of all offsets.
    pub size: u32,
    /// Bytes at their end that `cellGcmMapMainMemory` leaves alone.
    pub reserved: u32,
    /// Page of addresses, page of offsets, and pages, of each piece that was mapped.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    address: u32,
    offset: u32,
    pages: u32,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            size: NORMAL,
            reserved: 0,
            pieces: Vec::new(),
        }
    }
}

impl Mapping {
    /// Has 512 MB of offsets, or 256 MB.
    pub fn set_large(&mut self, large: bool) {
        self.size = if large { LARGE } else { NORMAL };
    }

    /// Bytes that can be mapped.
    pub fn available(&self) -> u32 {
        self.size - self.reserved
    }

    /// Maps `size` bytes at `address` to `offset`; all are whole megabytes.
    pub fn map(
        &mut self,
        io: &mut IoMap,
        memory: &mut UserMemory,
        address: u32,
        offset: u32,
        size: u32,
    ) -> Result<(), Errno> {
        let whole = |value: u32| value.is_multiple_of(IO_PAGE);
        if size == 0 || !whole(address) || !whole(offset) || !whole(size) {
            return Err(FAILURE);
        }
        let (start, end) = (u64::from(address), u64::from(address) + u64::from(size));
        if u64::from(offset) + u64::from(size) > self.size.into() || end > LOCAL {
            return Err(Errno::EINVAL);
        }
        let mut granules = (start..end).step_by(GRANULE as usize);
        if !granules.all(|at| memory.space.access(at).is_some_and(|access| access.read)) {
            return Err(Errno::EINVAL);
        }
        // The RSX reaches memory at the first of its addresses.
        let mut granules = (start..end).step_by(GRANULE as usize);
        if granules.any(|at| memory.space.is_alias(at)) {
            return Err(Errno::ENOSYS);
        }
        let piece = Piece {
            address: address >> SHIFT,
            offset: offset >> SHIFT,
            pages: size >> SHIFT,
        };
        for page in 0..piece.pages {
            let (address, offset) = (piece.address + page, piece.offset + page);
            // What was mapped there before is reached no longer.
            if let Some(old) = io.page(offset) {
                set(memory, IO_TABLE, old.into(), NOTHING)?;
            }
            io.set(offset, Some(address as u16));
            set(memory, IO_TABLE, address, offset as u16)?;
            set(memory, EA_TABLE, offset, address as u16)?;
        }
        self.pieces.retain(|old| old.address != piece.address);
        self.pieces.push(piece);
        Ok(())
    }

    /// Maps `size` bytes at `address` to the first offset where there is room.
    pub fn map_anywhere(
        &mut self,
        io: &mut IoMap,
        memory: &mut UserMemory,
        address: u32,
        size: u32,
    ) -> Result<u32, Errno> {
        if size == 0 {
            return Err(FAILURE);
        }
        let pages = size.div_ceil(IO_PAGE);
        let end = self.available() >> SHIFT;
        let mut free = 0;
        for page in 0..end {
            free = if io.page(page).is_some() { 0 } else { free + 1 };
            if free == pages {
                let offset = (page + 1 - pages) << SHIFT;
                self.map(io, memory, address, offset, size)?;
                return Ok(offset);
            }
        }
        Err(NO_ROOM)
    }

    /// Takes the piece away that begins at this offset.
    pub fn unmap(
        &mut self,
        io: &mut IoMap,
        memory: &mut UserMemory,
        offset: u32,
    ) -> Result<(), Errno> {
        let page = offset >> SHIFT;
        let address = io.page(page).ok_or(FAILURE)?;
        let found = self
            .pieces
            .iter()
            .position(|piece| piece.address == u32::from(address));
        let piece = self.pieces.swap_remove(found.ok_or(FAILURE)?);
        for page in 0..piece.pages {
            let (address, offset) = (piece.address + page, piece.offset + page);
            // Another piece may lie there by now.
            if io.page(offset) == Some(address as u16) {
                io.set(offset, None);
                set(memory, IO_TABLE, address, NOTHING)?;
                set(memory, EA_TABLE, offset, NOTHING)?;
            }
        }
        Ok(())
    }
}

impl Mapping {
    /// Takes away what is mapped at these offsets, whole megabytes.
    pub fn unmap_range(
        &mut self,
        io: &mut IoMap,
        memory: &mut UserMemory,
        offset: u32,
        size: u32,
    ) -> Result<(), Errno> {
        let whole = offset.is_multiple_of(IO_PAGE) && size.is_multiple_of(IO_PAGE);
        if size == 0 || !whole || u64::from(offset) + u64::from(size) > self.size.into() {
            return Err(Errno::EINVAL);
        }
        for page in offset >> SHIFT..(offset + size) >> SHIFT {
            if let Some(address) = io.page(page) {
                io.set(page, None);
                set(memory, IO_TABLE, address.into(), NOTHING)?;
                set(memory, EA_TABLE, page, NOTHING)?;
            }
        }
        let pages = |piece: &Piece| piece.offset..piece.offset + piece.pages;
        self.pieces
            .retain(|piece| pages(piece).any(|page| io.page(page).is_some()));
        Ok(())
    }
}

/// Sets an entry of a table in memory.
fn set(memory: &mut UserMemory, table: u64, index: u32, value: u16) -> Result<(), Errno> {
    memory.put(table + 2 * u64::from(index), &value.to_be_bytes())
}

/// The offset of an address that is mapped.
pub fn offset_of(memory: &UserMemory, address: u32) -> Option<u32> {
    let mut entry = [0; 2];
    let at = IO_TABLE + 2 * u64::from(address >> SHIFT);
    if u64::from(address) >= LOCAL || memory.space.read(at, &mut entry).is_err() {
        return None;
    }
    let page = u16::from_be_bytes(entry);
    (page != NOTHING).then_some((u32::from(page) << SHIFT) + address % IO_PAGE)
}

/// The address of an offset that is mapped.
pub fn address_of(io: &IoMap, offset: u32) -> Option<u32> {
    let page = io.page(offset >> SHIFT)?;
    Some((u32::from(page) << SHIFT) + offset % IO_PAGE)
}
