//! The SPUs among themselves: the barrier, and the exchange of slices.
//!
//! Every SPU holds whole vectors and computes a slice of each. When its slice is ready it says
//! so to all others by a signal, and when all have said so it pulls their slices out of their
//! local stores. Pulling costs a round trip more than pushing would, but needs no agreement on
//! when the receiver's buffer is free: the next time that a slice is written is at least one
//! barrier after everybody has pulled it.
//!
//! Signal register 1 is in OR mode, one bit for each sender. An SPU may be one barrier ahead of
//! another, never two, so two sets of bits that take turns keep neighbouring barriers apart.

use super::dma::{self, Command, Transfer};
use crate::asm::{Address, Alias, Assembler, Function, Reg};
use crate::isa::channel::Channel;

/// The most SPUs of a group.
pub const MAX_SPUS: usize = 6;
/// Distance in bits between the two sets of bits in the signal register.
pub const PARITY_SHIFT: u32 = 8;

/// What an SPU is told about its peers. Objects in local store, filled from the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Peers {
    /// The number of other SPUs, in every word.
    pub count: Reg,
    /// The bits of all others, in every word.
    pub mask: Reg,
    /// Effective addresses of the others' signal register 1, a quadword each, in every word.
    pub signals: Address,
    /// Two quadwords that have this SPU's bit in word 3: for even and for odd barriers. A
    /// signal's source must be congruent to its target, 12 modulo 16.
    pub own_bits: Address,
    /// What the lists of [`Slices`] are in.
    pub lists: Address,
    /// The class of loads from these objects.
    pub alias: Alias,
}

/// Barrier and pull, as functions.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// Bits received and not used yet.
    pending: Reg,
    /// The bits that the next barrier waits for.
    expected: Reg,
    /// Local address of the bit that the next barrier sends.
    source: Reg,
    /// The pull's operand: local address of a table of quadwords, see [`Slices`].
    table: Reg,
    /// The pull's operand: entries of the table.
    entries: Reg,
    barrier: Function,
    pull: Function,
}

impl Exchange {
    /// Records the functions; `tag` is the tag of signals and pulls. `meanwhile` is recorded to be
    /// done while a pull is under way.
    pub fn new(
        a: &mut Assembler,
        peers: Peers,
        tag: u32,
        meanwhile: impl FnOnce(&mut Assembler),
    ) -> Self {
        let [pending, expected, source, table, entries] = core::array::from_fn(|_| a.reg());
        let barrier = a.function("barrier", |a| {
            // What the others are about to pull must have left the store pipeline.
            a.dsync();
            a.if_nonzero(peers.count, |a| {
                let size = a.il(4);
                let tag = a.il(tag as i32);
                let at = a.address(peers.signals);
                a.repeat(peers.count, |a| {
                    let effective = a.on(peers.alias).lqd(at, 0);
                    let transfer = Transfer {
                        local: source,
                        effective,
                        size,
                        tag,
                    };
                    dma::enqueue(a, Command::SendSignal, transfer);
                    a.set(at).ai(at, 16);
                });
                a.while_nonzero(
                    |a| a.andc(expected, pending),
                    |a| {
                        let bits = a.rdch(Channel::RD_SIG_NOTIFY_1);
                        a.set(pending).or(pending, bits);
                    },
                );
                a.set(pending).andc(pending, expected);
                // The other parity is next.
                let shifted = a.shli(peers.mask, PARITY_SHIFT as i32);
                let both = a.or(peers.mask, shifted);
                a.set(expected).xor(expected, both);
                let other = a.il(16);
                a.set(source).xor(source, other);
            });
        });
        let pull = a.function("pull", |a| {
            a.if_nonzero(entries, |a| {
                let tag_reg = a.il(tag as i32);
                let base = a.address(peers.lists);
                let at = a.copy(table);
                a.repeat(entries, |a| {
                    let local = a.on(peers.alias).lqd(at, 0);
                    let list = a.rotqbyi(local, 4);
                    let size = a.rotqbyi(local, 8);
                    let transfer = Transfer {
                        local,
                        effective: a.a(list, base),
                        size,
                        tag: tag_reg,
                    };
                    dma::enqueue(a, Command::GetList, transfer);
                    a.set(at).ai(at, 16);
                });
                meanwhile(a);
                dma::wait_tag(a, tag);
            });
        });
        Self {
            pending,
            expected,
            source,
            table,
            entries,
            barrier,
            pull,
        }
    }

    /// Sets the state before the first barrier. `own_bits` has to lie at a multiple of 32, so
    /// that its two quadwords take turns by one bit of the address.
    pub fn begin(&self, a: &mut Assembler, peers: Peers) {
        a.set(self.pending).il(0);
        a.assign(self.expected, peers.mask);
        a.set(self.source).address(peers.own_bits.offset(12));
    }

    /// Waits until every SPU has come to the same barrier.
    pub fn barrier(&self, a: &mut Assembler) {
        a.call(self.barrier);
    }

    /// Pulls what the table says.
    pub fn pull(&self, a: &mut Assembler, slices: Slices) {
        a.assign(self.table, slices.table);
        a.assign(self.entries, slices.entries);
        a.call(self.pull);
    }
}

/// What [`Exchange::pull`] pulls: runs of local store, each from several SPUs by a DMA list. A list
/// is one command, and its elements follow on one another faster than commands do.
#[derive(Clone, Copy, Debug)]
pub struct Slices {
    /// Local address of a table of quadwords: local address, offset of a list in
    /// [`Peers::lists`], bytes of the list, 0.
    pub table: Reg,
    /// Entries of the table.
    pub entries: Reg,
}
