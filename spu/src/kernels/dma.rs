//! DMA commands, tags and signals.
//!
//! Source: "Cell Broadband Engine Architecture", version 1.02, sections 7 (MFC commands) and
//! 9 (SPE channels).

use crate::asm::{Assembler, Reg};
use crate::isa::channel::Channel;

/// MFC command opcodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Local store to memory.
    Put = 0x20,
    /// Memory to local store.
    Get = 0x40,
    /// Memory to local store, by a list of element sizes and addresses in local store.
    GetList = 0x44,
    /// Four bytes to a signal notification register.
    SendSignal = 0xa0,
}

/// One DMA command; every register is read in its preferred word.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    /// Address in local store.
    pub local: Reg,
    /// Effective address, or the list's address in local store.
    pub effective: Reg,
    /// Bytes, or bytes of the list.
    pub size: Reg,
    /// Tag, 0 to 31.
    pub tag: Reg,
}

/// Enqueues `command`. Waits while the queue is full.
pub fn enqueue(a: &mut Assembler, command: Command, transfer: Transfer) {
    a.wrch(Channel::LSA, transfer.local);
    let high = a.il(0);
    a.wrch(Channel::EAH, high);
    a.wrch(Channel::EAL, transfer.effective);
    a.wrch(Channel::SIZE, transfer.size);
    a.wrch(Channel::TAG_ID, transfer.tag);
    let opcode = a.il(command as i32);
    a.wrch(Channel::CMD, opcode);
}

/// Waits until every command under the tags of `mask` (bit n for tag n) is done.
pub fn wait_mask(a: &mut Assembler, mask: Reg) {
    const ALL: i32 = 2;
    a.wrch(Channel::WR_TAG_MASK, mask);
    let all = a.il(ALL);
    a.wrch(Channel::WR_TAG_UPDATE, all);
    a.rdch(Channel::RD_TAG_STAT);
}

/// Waits until every command under `tag` is done.
pub fn wait_tag(a: &mut Assembler, tag: u32) {
    let mask = a.word(1 << tag);
    wait_mask(a, mask);
}
