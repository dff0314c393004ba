//! System events and settings: library `cellSysutil`.

use crate::Result;

/// The user wants the program to end. Tried.
pub const EVENT_EXIT: u64 = 0x101;
/// The system begins to draw over the program.
pub const EVENT_DRAW_BEGIN: u64 = 0x121;
/// It has ended.
pub const EVENT_DRAW_END: u64 = 0x122;
/// The system's menu is open.
pub const EVENT_MENU_OPEN: u64 = 0x131;
/// It is closed.
pub const EVENT_MENU_CLOSE: u64 = 0x132;
/// Setting: language.
pub const PARAMETER_LANGUAGE: i32 = 0x111;
/// Setting: which button means "enter": 0 circle, 1 cross.
pub const PARAMETER_ENTER_BUTTON: i32 = 0x112;
/// Setting: the console's name.
pub const PARAMETER_NICKNAME: i32 = 0x113;
/// Setting: 0 year first, 1 day first, 2 month first.
pub const PARAMETER_DATE_FORMAT: i32 = 0x114;
/// Setting: 0 twelve hours, 1 twenty-four.
pub const PARAMETER_TIME_FORMAT: i32 = 0x115;
/// Bytes of a nickname with its final zero.
pub const NICKNAME_SIZE: usize = 128;

crate::import! { "cellSysutil" {
    /// Has the function with this descriptor called for events, in slot 0 to 3. Tried.
    pub fn cellSysutilRegisterCallback(slot: i32, descriptor: u32, user: u64) -> Result<()>;
    /// Takes it back.
    pub fn cellSysutilUnregisterCallback(slot: i32) -> Result<()>;
    /// Calls the functions for all events that have come. Tried.
    pub fn cellSysutilCheckCallback() -> Result<()>;
    /// Reads a setting that is a number.
    pub fn cellSysutilGetSystemParamInt(id: i32, value: *mut i32) -> Result<()>;
    /// Reads a setting that is a text.
    pub fn cellSysutilGetSystemParamString(id: i32, text: *mut u8, size: u32) -> Result<()>;
}}
