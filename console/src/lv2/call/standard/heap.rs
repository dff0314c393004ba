//! Heaps: blocks of any size. What a block is for is remembered here, not in front of it.

use std::collections::BTreeMap;

use super::{Answer, Caller, Errno, LIBRARY, LibraryFunction, Machine, library_function, pointer};
use crate::lv2::memory::{Area, UserMemory};
use crate::ppu::GRANULE;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0xbdb1_8f83, "_sys_malloc", 1, |machine, caller| {
        allocate(machine, OF_ALL, LEAST, caller.arguments[0])
    }),
    library_function(
        LIBRARY,
        0x318f_17e1,
        "_sys_memalign",
        2,
        |machine, caller| {
            let [alignment, size, ..] = caller.arguments;
            allocate(machine, OF_ALL, alignment, size)
        },
    ),
    library_function(LIBRARY, 0xf7f7_fb20, "_sys_free", 1, |machine, caller| {
        free(machine, OF_ALL, pointer(caller, 0))
    }),
    library_function(LIBRARY, 0xb2fc_f2c8, "_sys_heap_create_heap", 4, create),
    library_function(LIBRARY, 0xaede_4b03, "_sys_heap_delete_heap", 1, delete),
    library_function(
        LIBRARY,
        0x3516_8520,
        "_sys_heap_malloc",
        2,
        |machine, caller| {
            let [heap, size, ..] = caller.arguments;
            allocate(machine, heap as u32, LEAST, size)
        },
    ),
    library_function(
        LIBRARY,
        0x4426_5c08,
        "_sys_heap_memalign",
        3,
        |machine, caller| {
            let [heap, alignment, size, ..] = caller.arguments;
            allocate(machine, heap as u32, alignment, size)
        },
    ),
    library_function(
        LIBRARY,
        0x8a56_1d92,
        "_sys_heap_free",
        2,
        |machine, caller| free(machine, caller.arguments[0] as u32, pointer(caller, 1)),
    ),
];

/// The heap of `_sys_malloc`.
const OF_ALL: u32 = 0;
/// Where blocks are at least: their multiples.
const LEAST: u64 = 16;
/// Memory is taken in pieces of this at least.
const PIECE: u64 = 4 * GRANULE;

/// A heap: pieces of memory by their start, with their sizes, and the blocks in them.
#[derive(Default)]
struct Heap {
    pieces: BTreeMap<u64, u64>,
    blocks: BTreeMap<u64, u64>,
}

/// All heaps by number.
#[derive(Default)]
pub(in crate::lv2) struct Heaps {
    all: BTreeMap<u32, Heap>,
    made: u32,
}

impl Heap {
    /// The first place in a piece where there is room.
    fn place(&self, alignment: u64, size: u64) -> Option<u64> {
        self.pieces.iter().find_map(|(start, length)| {
            let end = start + length;
            let mut at = start.next_multiple_of(alignment);
            for (block, size_there) in self.blocks.range(*start..end) {
                if at + size <= *block {
                    break;
                }
                at = (block + size_there).next_multiple_of(alignment);
            }
            (at + size <= end).then_some(at)
        })
    }

    fn allocate(&mut self, memory: &mut UserMemory, alignment: u64, size: u64) -> Option<u64> {
        let size = size.max(1).checked_next_multiple_of(LEAST)?;
        let place = self.place(alignment, size);
        let at = place.or_else(|| {
            let piece = size.checked_add(alignment)?.max(PIECE);
            let piece = piece.checked_next_multiple_of(GRANULE)?;
            let start = memory.allocate(&Area::HEAPS, piece).ok()?;
            self.pieces.insert(start, piece);
            self.place(alignment, size)
        })?;
        self.blocks.insert(at, size);
        Some(at)
    }
}

/// A block of a heap; 0 where there is no memory, as the C library says.
fn allocate(machine: &mut Machine, heap: u32, alignment: u64, size: u64) -> Result<Answer, Errno> {
    let alignment = alignment.max(LEAST);
    if !alignment.is_power_of_two() || alignment > 1 << 28 || size > 1 << 28 {
        return Ok(Answer::Return(0));
    }
    let heaps = &mut machine.heaps.all;
    let heap = match heap {
        OF_ALL => heaps.entry(OF_ALL).or_default(),
        heap => match heaps.get_mut(&heap) {
            Some(heap) => heap,
            None => return Ok(Answer::Return(0)),
        },
    };
    let block = heap.allocate(&mut machine.memory, alignment, size);
    Ok(Answer::Return(block.unwrap_or(0)))
}

/// Gives a block back; that of no address is none.
fn free(machine: &mut Machine, heap: u32, block: u64) -> Result<Answer, Errno> {
    if block == 0 {
        return Ok(Answer::Return(0));
    }
    let heap = machine.heaps.all.get_mut(&heap).ok_or(Errno::EINVAL)?;
    heap.blocks.remove(&block).ok_or(Errno::EINVAL)?;
    // A piece in which nothing is left goes back.
    let piece = heap.pieces.range(..=block).next_back();
    if let Some((start, size)) = piece.map(|(start, size)| (*start, *size))
        && heap.blocks.range(start..start + size).next().is_none()
    {
        heap.pieces.remove(&start);
        machine.memory.free(start)?;
    }
    Ok(Answer::Return(0))
}

/// `_sys_heap_create_heap(*name, …)`: its number.
fn create(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.heaps.made += 1;
    let number = machine.heaps.made;
    machine.heaps.all.insert(number, Heap::default());
    Ok(Answer::Return(number.into()))
}

/// `_sys_heap_delete_heap(heap)`, with all that is in it.
fn delete(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    if number == OF_ALL {
        return Err(Errno::EINVAL);
    }
    let heap = machine.heaps.all.remove(&number).ok_or(Errno::ESRCH)?;
    for start in heap.pieces.keys() {
        machine.memory.free(*start)?;
    }
    Ok(Answer::Return(0))
}
