//! Sound: library `cellAudio`.

use crate::Result;

/// Samples of a block, of each channel; the mixer takes one every 256/48000 s.
pub const BLOCK: usize = 256;
/// Ports that there are.
pub const PORTS: usize = 8;

/// `CellAudioPortParam`, 32 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct PortParameters {
    /// 2 or 8.
    pub channels: u64,
    /// 8, 16 or 32.
    pub blocks: u64,
    /// Attributes; 0x1000: `level` counts.
    pub attributes: u64,
    /// Volume, 0 to 1.
    pub level: f32,
    /// Zero.
    pub reserved: u32,
}

/// `CellAudioPortConfig`, 32 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct PortConfiguration {
    /// Address of the number, 64 bits, of the block that is played now.
    pub index: u32,
    /// 1 ready, 2 playing, 0x1010 closed.
    pub status: u32,
    /// As in [`PortParameters`].
    pub channels: u64,
    /// As in [`PortParameters`].
    pub blocks: u64,
    /// Bytes of all blocks.
    pub size: u32,
    /// Address of the first one: samples of 32 bits, -1 to 1, one of each channel in turn.
    pub start: u32,
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<PortParameters>() == 32 && offset_of!(PortParameters, level) == 24);
    assert!(size_of::<PortConfiguration>() == 32 && offset_of!(PortConfiguration, start) == 28);
};

crate::import! { "cellAudio" {
    /// Prepares the library.
    pub fn cellAudioInit() -> Result<()>;
    /// Ends its use.
    pub fn cellAudioQuit() -> Result<()>;
    /// Opens a port and writes its number.
    pub fn cellAudioPortOpen(parameters: *const PortParameters, port: *mut u32) -> Result<()>;
    /// Closes a port.
    pub fn cellAudioPortClose(port: u32) -> Result<()>;
    /// Begins to play.
    pub fn cellAudioPortStart(port: u32) -> Result<()>;
    /// Stops.
    pub fn cellAudioPortStop(port: u32) -> Result<()>;
    /// Where a port's blocks are.
    pub fn cellAudioGetPortConfig(port: u32, configuration: *mut PortConfiguration) -> Result<()>;
    /// Makes an event queue for the mixer's events, and the key that names it.
    pub fn cellAudioCreateNotifyEventQueue(queue: *mut u32, key: *mut u64) -> Result<()>;
    /// Has the mixer send an event for each block to the queue with this key.
    pub fn cellAudioSetNotifyEventQueue(key: u64) -> Result<()>;
    /// Takes it back.
    pub fn cellAudioRemoveNotifyEventQueue(key: u64) -> Result<()>;
}}
