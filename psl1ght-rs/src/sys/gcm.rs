//! The RSX's firmware library, `cellGcmSys`: what `rsx-gcm` needs of it on a console. All tried, but for
//! the number of vertical blanks.

use crate::Result;

/// `CellGcmConfig`, 24 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Configuration {
    /// Address of the RSX's own memory.
    pub local: u32,
    /// Address of the main memory that it can reach.
    pub io: u32,
    /// Bytes of its own memory.
    pub local_size: u32,
    /// Bytes of main memory that it can reach.
    pub io_size: u32,
    /// Memory clock in Hz.
    pub memory_hz: u32,
    /// Core clock in Hz.
    pub core_hz: u32,
}

/// A command buffer; addresses, not offsets.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Context {
    /// First word.
    pub begin: u32,
    /// End of the words that may be written.
    pub end: u32,
    /// Next word to write.
    pub current: u32,
    /// Descriptor of the function that makes room: `fn(*mut Context, words: u32) -> i32`.
    pub callback: u32,
}

/// The RSX's registers that drive the command buffer; offsets, not addresses.
#[derive(Debug)]
#[repr(C)]
pub struct Control {
    /// Where the PPU has written up to.
    pub put: u32,
    /// Where the RSX reads.
    pub get: u32,
    /// Last word written by the reference method.
    pub reference: u32,
}

const _: () = {
    use core::mem::size_of;
    assert!(size_of::<Configuration>() == 24 && size_of::<Context>() == 16);
    assert!(size_of::<Control>() == 12);
};

crate::import! { "cellGcmSys" {
    /// Prepares the RSX: where to put the context's address (kept by the library, so it has to stay),
    /// bytes of the library's command buffer, bytes and address of mapped memory, whole megabytes.
    pub fn _cellGcmInitBody(context: *mut u32, command_size: u32, io_size: u32, io: u32) -> Result<()>;
    /// Reads the configuration.
    pub fn cellGcmGetConfiguration(configuration: *mut Configuration);
    /// Address of the [`Control`] registers.
    pub fn cellGcmGetControlRegister() -> u32;
    /// Offset of an address as the RSX counts.
    pub fn cellGcmAddressToOffset(address: u32, offset: *mut u32) -> Result<()>;
    /// Names a display buffer, 0 to 7, in local memory.
    pub fn cellGcmSetDisplayBuffer(id: u8, offset: u32, pitch: u32, width: u32, height: u32) -> Result<()>;
    /// 1 flips at once, 2 at the vertical blank.
    pub fn cellGcmSetFlipMode(mode: u32);
    /// 0 when the last flip is done.
    pub fn cellGcmGetFlipStatus() -> u32;
    /// Sets the flip status to "not done"; a flip has to follow.
    pub fn cellGcmResetFlipStatus();
    /// Writes a flip to a display buffer into the context.
    pub fn cellGcmSetFlip(context: *mut Context, id: u8) -> Result<()>;
    /// Writes the wait for a flip into the context.
    pub fn cellGcmSetWaitFlip(context: *mut Context);
    /// Address of a label, 0 to 255.
    pub fn cellGcmGetLabelAddress(index: u8) -> u32;
    /// Vertical blanks since the library was started.
    pub fn cellGcmGetVBlankCount() -> u64;
}}
