//! Handles of the memory objects ("DMA contexts") that the firmware sets up.
//!
//! Source: RPCS3 `gcm_enums.h`, "GPU Class Handles"; PSL1GHT `rsx/gcm_sys.h`.

/// Local memory.
pub const LOCAL: u32 = 0xfeed_0000;
/// Main memory mapped for the RSX.
pub const MAIN: u32 = 0xfeed_0001;
/// The labels.
pub const SEMAPHORE: u32 = 0x6660_6660;
/// The device's own labels, which the flip uses.
pub const DEVICE: u32 = 0x5661_6660;
/// Reports beside the labels.
pub const REPORT_LOCAL: u32 = 0x6662_6660;
/// Reports in main memory.
pub const REPORT_MAIN: u32 = 0xbad6_8000;
