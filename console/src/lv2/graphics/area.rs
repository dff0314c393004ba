//! Where the RSX's memory, its registers and the library's tables lie in the address space.
//!
//! The addresses are what programs were seen to get on consoles, where the system places
//! these areas at the first free 256 MB from 0x40000000 on (RPCS3 `sys_rsx.cpp`).

use super::super::errno::Errno;
use super::super::memory::UserMemory;
use crate::ppu::{Access, BLOCK, GRANULE};
use crate::rsx::memory::{Extent, REPORT_BYTES, REPORTS, REPORTS_AT};

/// Local memory: its address and bytes, 249 MB.
pub const LOCAL: u64 = 0xc000_0000;
pub const LOCAL_BYTES: u64 = 0x0f90_0000;
/// The library's structures.
const LIBRARY: u64 = 0x4000_0000;
/// The command buffer's context: begin, end, current, callback.
pub const CONTEXT: u64 = LIBRARY;
/// Display buffers: 8 of offset, pitch, width, height.
pub const BUFFERS: u64 = LIBRARY + 0x100;
/// Depth regions: 8 of 6 words.
pub const DEPTH_REGIONS: u64 = LIBRARY + 0x200;
/// Tiled regions: 15 of 4 words.
pub const TILES: u64 = LIBRARY + 0x300;
/// For each megabyte of addresses its megabyte of offsets, a halfword each.
pub const IO_TABLE: u64 = LIBRARY + 0x1000;
pub const IO_TABLE_ENTRIES: u64 = 3072;
/// For each megabyte of offsets its megabyte of addresses.
pub const EA_TABLE: u64 = IO_TABLE + 2 * IO_TABLE_ENTRIES;
pub const EA_TABLE_ENTRIES: u64 = 512;
/// The registers: put, get, reference.
pub const CONTROL: u64 = 0x4010_0040;
/// What the driver tells programs.
pub const DRIVER: u64 = 0x4020_0000;
/// Labels, notifications and reports.
pub const LABELS: u64 = 0x4030_0000;
/// Reports.
pub const REPORTS_START: u64 = LABELS + REPORTS_AT as u64;

/// Where local memory lies in the blocks of the address space.
pub const LOCAL_EXTENT: Extent = Extent {
    block: (LOCAL / BLOCK) as usize,
    start: (LOCAL % BLOCK) as usize,
    size: LOCAL_BYTES as usize,
};

/// Where labels and reports lie in the blocks of the address space.
pub const REPORT_EXTENT: Extent = Extent {
    block: (LABELS / BLOCK) as usize,
    start: (LABELS % BLOCK) as usize,
    size: REPORT_BYTES,
};

/// What labels hold before anybody writes them, and what is in the rest of their 16 bytes.
///
/// Source: RPCS3 `sys_rsx.cpp`, `sys_rsx_context_allocate`.
const LABEL: [u32; 4] = [0x1337_c0d3, 0x1337_babe, 0x1337_beef, 0x1337_f001];

/// All areas but local memory: start and bytes.
const ALL: [(u64, u64); 4] = [
    (LIBRARY, GRANULE),
    (CONTROL / GRANULE * GRANULE, GRANULE),
    (DRIVER, GRANULE),
    (LABELS, GRANULE),
];

/// Takes all of it away again, but not local memory.
pub fn unmap(memory: &mut UserMemory) {
    for (start, size) in ALL {
        // What is not mapped does not have to be taken away.
        let _ = memory.space.unmap(start, size);
    }
}

/// Takes local memory away.
pub fn unmap_local(memory: &mut UserMemory) -> Result<(), Errno> {
    let unmapped = memory.space.unmap(LOCAL, LOCAL_BYTES);
    unmapped.map_err(|_| Errno::EINVAL)
}

/// Maps local memory.
pub fn map_local(memory: &mut UserMemory) -> Result<(), Errno> {
    let mapped = memory.space.map(LOCAL, LOCAL_BYTES, Access::READ_WRITE);
    mapped.map_err(|_| Errno::ENOMEM)
}

/// Maps all of it but local memory, and gives it the content that it has when the RSX is started.
pub fn map(memory: &mut UserMemory) -> Result<(), Errno> {
    let space = &mut memory.space;
    for (start, size) in ALL {
        space
            .map(start, size, Access::READ_WRITE)
            .map_err(|_| Errno::ENOMEM)?;
    }
    let tables = vec![0xff; 2 * (IO_TABLE_ENTRIES + EA_TABLE_ENTRIES) as usize];
    let label: Vec<u8> = LABEL.iter().flat_map(|word| word.to_be_bytes()).collect();
    // Time -1, nothing in the rest.
    let notification = [[0xff; 8], [0; 8]].concat();
    // Time -1, value 0, the rest -1.
    let report = [[0xff; 4], [0xff; 4], [0; 4], [0xff; 4]].concat();
    let reports = [
        label.repeat(256),
        notification.repeat(64),
        report.repeat(REPORTS as usize),
    ];
    space
        .write(IO_TABLE, &tables)
        .and_then(|()| space.write(LABELS, &reports.concat()))
        .map_err(|_| Errno::EFAULT)?;
    super::driver::describe(memory)
}
