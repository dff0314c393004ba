//! How a token is announced, and how it is answered.

use super::{EVENT_PORT, Pass, get, tag};
use crate::asm::{Assembler, Label};
use crate::engine::parameters::{COMMAND_BYTES, Word, event, mailbox, table};
use crate::engine::window;
use crate::isa::channel::Channel;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::event::send_event;
use crate::kernels::exchange::{Peers, Slices};

/// From signal register 1 to 2 in an SPU's window of effective addresses.
const SIGNAL_2_FROM_1: u32 = window::SIGNAL_2 - window::SIGNAL_1;

impl Pass {
    /// The leader waits for its mailbox and passes the word on by signal 2; the others wait for
    /// that. Branches to `quit` where the word says so.
    pub(super) fn wait_for_command(&self, a: &mut Assembler, peers: Peers, quit: Label) {
        let word = a.reg();
        let leader = self.get(a, Word::Leader);
        // A signal's source is congruent to its target modulo 16: here the last word.
        let source = a.bss(16, 16);
        a.if_else(
            leader,
            |a| {
                let received = a.rdch(Channel::RD_IN_MBOX);
                a.assign(word, received);
                let splat = a.splat(word);
                a.stqa(splat, source);
                a.if_nonzero(peers.count, |a| {
                    let signals = a.address(peers.signals);
                    let local = a.address(source.offset(12));
                    let size = a.il(4);
                    let tag = a.word(tag::TOKEN);
                    a.repeat(peers.count, |a| {
                        let first = a.on(peers.alias).lqd(signals, 0);
                        let distance = a.word(SIGNAL_2_FROM_1);
                        let effective = a.a(first, distance);
                        let transfer = Transfer {
                            local,
                            effective,
                            size,
                            tag,
                        };
                        dma::enqueue(a, Command::SendSignal, transfer);
                        a.set(signals).ai(signals, 16);
                    });
                    dma::wait_tag(a, tag::TOKEN);
                });
            },
            |a| {
                let received = a.rdch(Channel::RD_SIG_NOTIFY_2);
                a.assign(word, received);
            },
        );
        let ends = a.ceqi(word, mailbox::QUIT as i32);
        a.brnz(ends, quit);
        let effective = self.get(a, Word::CommandStart);
        let local = a.address(self.blocks.command);
        get(a, local, effective, COMMAND_BYTES as i32, tag::TOKEN);
        dma::wait_tag(a, tag::TOKEN);
    }

    /// The leader's end of a token: finds the best of all SPUs and sends the event.
    pub(super) fn answer(&self, a: &mut Assembler) {
        let slices = Slices {
            table: self.blocks.table(a, table::RESULTS),
            entries: self.get(a, Word::ResultPulls),
        };
        self.exchange.pull(a, slices);
        let at = self.get(a, Word::Results);
        let at = a.copy(at);
        let value = a.word(0xffff_ffff);
        let index = a.il(0);
        let peers = self.get(a, Word::Peers);
        let count = a.ai(peers, 1);
        a.repeat(count, |a| {
            let result = a.lqd(at, 0);
            let other = a.rotqbyi(result, 4);
            // The SPUs' logits follow one another: the first of equals is the one to keep.
            let better = a.fcgt(result, value);
            a.set(value).selb(value, result, better);
            a.set(index).selb(index, other, better);
            a.set(at).ai(at, 16);
        });
        send_event(a, EVENT_PORT, event::DONE, index);
    }
}
