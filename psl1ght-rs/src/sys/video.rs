//! Video output: library `cellSysutil`.

use crate::Result;

/// `CellVideoOutConfiguration`, 16 bytes; tried.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Configuration {
    /// 1 1080 lines, 2 720, 4 480, 5 576.
    pub resolution: u8,
    /// 0 X8R8G8B8.
    pub format: u8,
    /// 0 as the display has it, 1 4:3, 2 16:9.
    pub aspect: u8,
    /// Zero.
    pub reserved: [u8; 9],
    /// Bytes from one line to the next.
    pub pitch: u32,
}

/// `CellVideoOutState`, 16 bytes; tried.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct State {
    /// The library's own word for on, off or busy; public headers do not agree on the numbers.
    pub state: u8,
    /// Colour space.
    pub colours: u8,
    /// Zero.
    pub reserved: [u8; 6],
    /// As in [`Configuration`].
    pub resolution: u8,
    /// 0 interlaced, 1 progressive.
    pub scan: u8,
    /// Conversion.
    pub conversion: u8,
    /// 1 4:3, 2 16:9.
    pub aspect: u8,
    /// Zero.
    pub reserved2: [u8; 2],
    /// Bits: 1 59.94 Hz, 2 50 Hz, 4 60 Hz, 8 30 Hz.
    pub refresh: u16,
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Configuration>() == 16 && offset_of!(Configuration, pitch) == 12);
    assert!(size_of::<State>() == 16 && offset_of!(State, resolution) == 8);
    assert!(offset_of!(State, aspect) == 11 && offset_of!(State, refresh) == 14);
};

crate::import! { "cellSysutil" {
    /// Sets the display mode of output 0; `option` 0, `wait` 0. Tried.
    pub fn cellVideoOutConfigure(
        output: u32, configuration: *const Configuration, option: u64, wait: u32
    ) -> Result<()>;
    /// What an output shows. Tried.
    pub fn cellVideoOutGetState(output: u32, device: u32, state: *mut State) -> Result<()>;
    /// Has the function with this descriptor called, by `cellSysutilCheckCallback`, when another
    /// display is plugged in, in slot 0 or 1: `fn(slot: u32, output: u32, device: u32, event: u32,
    /// information: u32, user: u32) -> i32`.
    pub fn cellVideoOutRegisterCallback(slot: u32, descriptor: u32, user: u32) -> Result<()>;
    /// Takes it back.
    pub fn cellVideoOutUnregisterCallback(slot: u32) -> Result<()>;
    /// 1 if the display has this mode. Tried.
    pub fn cellVideoOutGetResolutionAvailability(
        output: u32, resolution: u32, aspect: u32, option: u32
    ) -> u32;
}}
