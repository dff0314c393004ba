//! Methods of the driver's software object on subchannel 7: the hypervisor traps them.
//!
//! Source: RPCS3 `gcm_enums.h` (`GCM_FLIP_HEAD`, `GCM_DRIVER_QUEUE`, `GCM_SET_USER_COMMAND`) and
//! `sys_rsx_context_attribute` packages 0x102 and 0x103. On a console the
//! firmware's `cellGcmSetFlip` writes them.

use super::method::methods;

methods! {
    Driver;
    /// Object handle of the driver on this subchannel.
    SET_OBJECT = 0x000;
    /// Flips head 0 or 1, see [`super::fields::FlipHead`].
    FLIP_HEAD = 0x920, 2 every 4;
    /// Names the display buffer that the next flip of a head shows, see [`super::fields::QueueFlip`];
    /// ps3autotests found eight heads in a console's driver.
    QUEUE_FLIP = 0x940, 8 every 4;
    /// A word that the program's handler for user commands gets.
    SET_USER_COMMAND = 0xb00, 2 every 4;
}
