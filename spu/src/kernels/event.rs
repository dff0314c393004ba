//! Events for the PPU.

use crate::asm::{Assembler, Reg};
use crate::isa::channel::Channel;

/// Sends an event that asks for no acknowledgement: the word `data1`, then port and 24 bits of data
/// by which LV2 knows it (`0x4000_0000 | port << 24 | data0` in the outbound interrupt mailbox).
pub fn send_event(a: &mut Assembler, port: u8, data0: u32, data1: Reg) {
    a.wrch(Channel::WR_OUT_MBOX, data1);
    let event = a.word(0x4000_0000 | u32::from(port) << 24 | data0);
    a.wrch(Channel::WR_OUT_INTR_MBOX, event);
}
