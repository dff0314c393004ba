//! The group's window: effective addresses by which its SPUs reach one another.
//!
//! They were tried with DMA from SPU threads of one LV2 thread group; the PPU cannot use them.

/// Effective address of the first SPU's local store.
const BASE: u32 = 0xf000_0000;
/// Distance from one SPU to the next.
const STRIDE: u32 = 0x0010_0000;
/// Offset of signal notification register 1.
pub const SIGNAL_1: u32 = 0x0005_400c;
/// Offset of signal notification register 2.
pub const SIGNAL_2: u32 = 0x0005_c00c;

/// Effective address of `offset` in the window of SPU `index`: below 256 KB an address in its
/// local store.
pub const fn address(index: usize, offset: u32) -> u32 {
    BASE + index as u32 * STRIDE + offset
}
