//! Message dialogs of the system: library `cellSysutil`.

use crate::Result;

/// A message that is no error.
pub const KIND_NORMAL: u32 = 1;
/// Buttons for yes and no.
pub const BUTTONS_YES_NO: u32 = 0x10;
/// A button to agree.
pub const BUTTONS_OK: u32 = 0x20;
/// The dialog cannot be left by its "back" button.
pub const NO_BACK: u32 = 0x80;
/// Answer: agreed, or yes.
pub const ANSWER_YES: i32 = 1;
/// Answer: no.
pub const ANSWER_NO: i32 = 2;
/// Most bytes of a message with its final zero.
pub const MESSAGE_SIZE: usize = 512;

crate::import! { "cellSysutil" {
    /// Opens a dialog: kind, message with a final zero, descriptor of a function for the answer
    /// (`fn(answer: i32, user: u64)`, called by `cellSysutilCheckCallback`), its argument, zero.
    pub fn cellMsgDialogOpen2(
        kind: u32, message: *const u8, callback: u32, user: u64, reserved: u64
    ) -> Result<()>;
    /// Closes the dialog without an answer.
    pub fn cellMsgDialogAbort() -> Result<()>;
}}
