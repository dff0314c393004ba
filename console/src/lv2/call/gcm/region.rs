//! Tiled regions, and regions for depth culling.
//!
//! On the console both make memory faster and change nothing that a program sees as long as
//! it keeps to the rules, and here they are noted alone: memory is laid out row by row.

use super::{INVALID_ALIGNMENT, INVALID_ENUM, INVALID_VALUE, LIBRARY, nothing, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::area;
use crate::lv2::machine::Machine;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x055b_d74d, "cellGcmGetTiledPitchSize", 1, pitch),
    library_function(LIBRARY, 0xd0b1_d189, "cellGcmSetTile", 8, set_tile),
    library_function(LIBRARY, 0xbd10_0dbc, "cellGcmSetTileInfo", 8, set_tile),
    library_function(LIBRARY, 0x4524_cccd, "cellGcmBindTile", 1, bind_tile),
    library_function(LIBRARY, 0xd9b7_653e, "cellGcmUnbindTile", 1, bind_tile),
    library_function(LIBRARY, 0x6575_71f7, "cellGcmGetTileInfo", 0, tiles),
    // Compressed tiles: there are none.
    library_function(LIBRARY, 0xbd6d_60d9, "cellGcmSetInvalidateTile", 1, nothing),
    library_function(LIBRARY, 0xd34a_420d, "cellGcmSetZcull", 8, set_depth),
    library_function(LIBRARY, 0x9dc0_4436, "cellGcmBindZcull", 8, set_depth),
    library_function(LIBRARY, 0xa756_40e8, "cellGcmUnbindZcull", 1, unbind_depth),
    library_function(
        LIBRARY,
        0xd9a0_a879,
        "cellGcmGetZcullInfo",
        0,
        depth_regions,
    ),
];

const TILES: u32 = 15;
const DEPTH_REGIONS: u32 = 8;
/// Bytes that tiled regions are counted in.
const TILE: u32 = 0x1_0000;
/// Pitches that a tiled region can have (RPCS3 `cellGcmSys.cpp`, `tiled_pitches`), in 256 bytes.
const PITCHES: [u32; 32] = [
    0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0xa, 0xc, 0xd, 0xe, 0x10, 0x14, 0x18, 0x1a, 0x1c, 0x20,
    0x28, 0x30, 0x34, 0x38, 0x40, 0x50, 0x60, 0x68, 0x70, 0x80, 0xa0, 0xc0, 0xd0, 0xe0, 0x100,
];

/// `cellGcmGetTiledPitchSize(bytes of a row)`: the least pitch that holds them, or 0.
fn pitch(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let bytes = word(caller, 0);
    let mut pitches = PITCHES.map(|pitch| pitch << 8).into_iter();
    let found = pitches.find(|pitch| bytes > 0 && bytes <= *pitch);
    Ok(Answer::Return(found.unwrap_or(0).into()))
}

/// `cellGcmSetTileInfo(index, location, offset, size, pitch, compression, base, bank)`.
fn set_tile(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let arguments: [u32; 8] = std::array::from_fn(|at| word(caller, at));
    let [
        index,
        location,
        offset,
        size,
        pitch,
        compression,
        base,
        bank,
    ] = arguments;
    if index >= TILES || base >= 2048 || bank >= 4 || size == 0 {
        return Err(INVALID_VALUE);
    }
    if offset % TILE != 0 || size % TILE != 0 || pitch % 0x100 != 0 {
        return Err(INVALID_ALIGNMENT);
    }
    if location >= 2 || compression != 0 && !(7..=12).contains(&compression) {
        return Err(INVALID_ENUM);
    }
    rsx(machine)?;
    let last = offset.wrapping_add(size - 1) / TILE;
    let words = [
        (location + 1) | bank << 4 | (offset / TILE) << 16 | location << 31,
        last << 16 | location << 31,
        pitch & !0xff,
        base | ((base + (size - 1) / TILE) << 13) | compression << 26 | 1 << 30,
    ];
    put(machine, area::TILES, index, &words)
}

fn put(machine: &mut Machine, table: u64, index: u32, words: &[u32]) -> Result<Answer, Errno> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    let entry = table + bytes.len() as u64 * u64::from(index);
    machine.memory.put(entry, &bytes)?;
    Ok(Answer::Return(0))
}

/// `cellGcmBindTile(index)`, `cellGcmUnbindTile(index)`.
fn bind_tile(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    match word(caller, 0) {
        0..TILES => Ok(Answer::Return(0)),
        _ => Err(INVALID_VALUE),
    }
}

/// `cellGcmGetTileInfo()`: the address of 15 entries of four words.
fn tiles(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    Ok(Answer::Return(area::TILES))
}

/// `cellGcmBindZcull(index, offset, width, height, start, depth format, antialiasing, direction,
/// format, function, reference, mask)`: the last four are on the stack.
fn set_depth(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    /// Where the ninth argument is from the caller's stack pointer on (ELFv1 ABI).
    const NINTH: u64 = 48 + 8 * 8;
    rsx(machine)?;
    let arguments: [u32; 8] = std::array::from_fn(|at| word(caller, at));
    let [
        index,
        offset,
        width,
        height,
        start,
        depth,
        antialias,
        direction,
    ] = arguments;
    let thread = machine.threads.all.get(&caller.thread);
    let stack = thread.map_or(0, |thread| thread.ppu.registers.gpr[1]);
    let mut more = [0; 4];
    for (at, value) in (stack.wrapping_add(NINTH)..).step_by(8).zip(&mut more) {
        // Each takes a doubleword; a word lies in its second half.
        *value = machine.memory.word(at.wrapping_add(4))?;
    }
    let [format, function, reference, mask] = more;
    if index >= DEPTH_REGIONS {
        return Err(INVALID_VALUE);
    }
    let words = [
        1 | depth << 4 | antialias << 8,
        (width >> 6) << 22 | (height >> 6) << 6,
        start & !0xfff,
        offset,
        direction << 1 | format << 2 | (function & 0xf) << 12 | reference << 16 | mask << 24,
        0x2000 | 0x20 << 16,
    ];
    put(machine, area::DEPTH_REGIONS, index, &words)
}

/// `cellGcmUnbindZcull(index)`.
fn unbind_depth(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    match word(caller, 0) {
        0..DEPTH_REGIONS => Ok(Answer::Return(0)),
        _ => Err(INVALID_VALUE),
    }
}

/// `cellGcmGetZcullInfo()`: the address of eight entries of six words.
fn depth_regions(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    Ok(Answer::Return(area::DEPTH_REGIONS))
}
