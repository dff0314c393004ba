//! Pads and keyboards: library `sys_io`. Only what is marked was tried.

use crate::Result;

/// Ports of pads and of keyboards.
pub const PORTS: usize = 7;
/// Port setting: report how hard buttons are pressed.
pub const SETTING_PRESSURE: u32 = 2;
/// Bit of a key code that is no character but a key by its USB number.
pub const KEY_RAW: u16 = 0x8000;
/// Bit of a key on the number pad.
pub const KEY_PAD: u16 = 0x4000;

/// `CellPadInfo2`, 124 bytes; tried.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct PadInfo {
    /// Most pads, as asked for.
    pub most: u32,
    /// Pads connected.
    pub connected: u32,
    /// Bit 0: the system has the pads for itself now.
    pub system: u32,
    /// A port: bit 0 connected, bit 1 changed.
    pub status: [u32; PORTS],
    /// Settings.
    pub setting: [u32; PORTS],
    /// Bit 1 pressure, bit 2 motion, bit 4 rumble.
    pub capability: [u32; PORTS],
    /// 0 a pad, 4 a remote control.
    pub kind: [u32; PORTS],
}

/// `CellPadData`, 132 bytes; tried: length, buttons, sticks.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PadData {
    /// Words that follow; 0: nothing has changed.
    pub length: i32,
    /// 2 and 3 buttons, 4 to 7 sticks, 8 to 19 pressure, 20 to 23 motion.
    pub button: [u16; 64],
}

/// `CellPadActParam`, 8 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Motors {
    /// The small motor: 0 off, 1 on.
    pub small: u8,
    /// The large motor: 0 off to 255.
    pub large: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// `CellKbInfo`, 140 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct KeyboardInfo {
    /// Most keyboards, as asked for.
    pub most: u32,
    /// Keyboards connected.
    pub connected: u32,
    /// Bit 0: the system has the keyboards for itself now.
    pub system: u32,
    /// A keyboard: 1 connected.
    pub status: [u8; 127],
}

/// `CellKbData`, 136 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct KeyboardData {
    /// Lights: bit 0 numbers, bit 1 capitals, bit 2 scrolling.
    pub lights: u32,
    /// Keys held: bits 0 to 3 left control, shift, alt, windows; bits 4 to 7 the right ones.
    pub modifiers: u32,
    /// Codes that follow; 0: nothing has changed.
    pub length: i32,
    /// Codes.
    pub code: [u16; 62],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<PadInfo>() == 124 && offset_of!(PadInfo, setting) == 40);
    assert!(offset_of!(PadInfo, capability) == 68 && offset_of!(PadInfo, kind) == 96);
    assert!(size_of::<PadData>() == 132 && size_of::<Motors>() == 8);
    assert!(size_of::<KeyboardInfo>() == 140 && size_of::<KeyboardData>() == 136);
};

crate::import! { "sys_io" {
    /// Prepares up to so many pads. Tried.
    pub fn cellPadInit(most: u32) -> Result<()>;
    /// Ends the use of pads.
    pub fn cellPadEnd() -> Result<()>;
    /// Which pads there are. Tried.
    pub fn cellPadGetInfo2(info: *mut PadInfo) -> Result<()>;
    /// A pad's state. Tried.
    pub fn cellPadGetData(port: u32, data: *mut PadData) -> Result<()>;
    /// Sets what a pad reports.
    pub fn cellPadSetPortSetting(port: u32, setting: u32) -> Result<()>;
    /// Sets a pad's motors.
    pub fn cellPadSetActDirect(port: u32, motors: *const Motors) -> Result<()>;
    /// Prepares up to so many keyboards.
    pub fn cellKbInit(most: u32) -> Result<()>;
    /// Ends the use of keyboards.
    pub fn cellKbEnd() -> Result<()>;
    /// Which keyboards there are.
    pub fn cellKbGetInfo(info: *mut KeyboardInfo) -> Result<()>;
    /// Keys typed since the last call.
    pub fn cellKbRead(port: u32, data: *mut KeyboardData) -> Result<()>;
    /// 0: each key once, as typed; 1: all keys that are held.
    pub fn cellKbSetReadMode(port: u32, mode: u32) -> Result<()>;
    /// 0: USB numbers; 1: characters.
    pub fn cellKbSetCodeType(port: u32, kind: u32) -> Result<()>;
}}
