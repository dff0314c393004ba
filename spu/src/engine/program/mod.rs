//! The resident program: waits for a token, runs the whole forward pass, tells the PPU.
//!
//! - `blocks`: the parameter and command blocks in local store
//! - `command`: how a token is announced, and how it is answered
//! - `token`: what frames the layers: embedding, stream, the end of a token
//! - `layers`: attention and feed-forward network
//! - `norms`: the norm weights on their way in
//! - `classifier`: logits and the best of them

mod blocks;
mod classifier;
mod command;
mod layers;
mod norms;
mod token;

use self::blocks::Blocks;
use self::norms::Norms;
use super::map::RING_ADDRESS;
use super::parameters::{COMMAND_BYTES, Word, table};
use crate::asm::{AssembleError, Assembler, Program, Reg};
use crate::isa::channel::Channel;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::exchange::Exchange;
use crate::kernels::matvec::MatVec;
use crate::kernels::norm::{RmsNorm, rms_norm};
use crate::kernels::stream::Stream;

/// The event port that tokens are answered on.
pub const EVENT_PORT: u8 = 1;
/// The status of `stop` by which a thread ends.
pub const THREAD_EXIT: i32 = 0x102;

/// Tags: the stream's chunks have 0 to 3.
mod tag {
    /// Parameters, command, turns and embedding.
    pub const TOKEN: u32 = 4;
    /// Norm weights: even and odd rows.
    pub const NORM: u32 = 5;
    /// Signals and pulls.
    pub const EXCHANGE: u32 = 7;
    /// Keys and values written.
    pub const CACHE: u32 = 8;
    /// Blocks of keys or values read: two buffers.
    pub const ROWS: u32 = 9;
    /// Logits written: two buffers.
    pub const LOGITS: u32 = 11;
    /// All of them.
    pub const ALL: u32 = (1 << 13) - 1;
}

/// Assembles the program. It is the same for every model and every number of SPUs.
///
/// An SPU thread gets the effective address of its parameter block as its first argument.
///
/// # Errors
/// None but for a fault in the program itself, which its test would show.
pub fn assemble() -> Result<Program, AssembleError> {
    let mut a = Assembler::new();
    let blocks = Blocks {
        parameters: a.bss(table::END as u32, 128),
        command: a.bss(COMMAND_BYTES as u32, 128),
        alias: a.alias_class(),
    };
    blocks.fetch_parameters(&mut a);
    let peers = blocks.peers(&mut a);
    let stream = Stream::new(&mut a, RING_ADDRESS);
    let matvec = MatVec::new(&mut a, &stream);
    let exchange = Exchange::new(&mut a, peers, tag::EXCHANGE);
    exchange.begin(&mut a, peers);
    let pass = Pass {
        blocks,
        stream,
        matvec,
        exchange,
        norm: Norms::new(&mut a),
        cache: a.reg(),
    };
    pass.prime(&mut a);
    a.forever(|a, quit| {
        pass.wait_for_command(a, peers, quit);
        pass.token(a);
    });
    let all = a.word(tag::ALL);
    dma::wait_mask(&mut a, all);
    // The system takes the exit status out of the mailbox.
    let status = a.il(0);
    a.wrch(Channel::WR_OUT_MBOX, status);
    a.stop(THREAD_EXIT);
    a.finish()
}

/// The forward pass.
#[derive(Clone, Copy)]
struct Pass {
    blocks: Blocks,
    stream: Stream,
    matvec: MatVec,
    exchange: Exchange,
    norm: Norms,
    /// Effective address of the cache of the layer at hand.
    cache: Reg,
}

impl Pass {
    fn get(&self, a: &mut Assembler, word: Word) -> Reg {
        self.blocks.get(a, word)
    }

    /// Asks for the weights that every token begins with.
    fn prime(&self, a: &mut Assembler) {
        let start = self.get(a, Word::StreamStart);
        let end = self.get(a, Word::StreamLayersEnd);
        self.stream.prime(a, RING_ADDRESS, start, end);
    }

    /// Computes `tiles` tiles of the next matrix of the stream.
    fn multiply(&self, a: &mut Assembler, x: Word, steps: Word, tiles: Word, out: Word) {
        for (register, word) in [
            (self.matvec.x, x),
            (self.matvec.steps, steps),
            (self.matvec.tiles, tiles),
            (self.matvec.out, out),
        ] {
            let value = self.get(a, word);
            a.assign(register, value);
        }
        self.matvec.call(a);
    }

    fn normalise(&self, a: &mut Assembler) {
        let weights = self.norm.next(a, &self.blocks);
        let operands = RmsNorm {
            x: self.get(a, Word::X),
            weights,
            out: self.get(a, Word::Normed),
            steps: self.get(a, Word::DimSteps),
            inverse_length: self.get(a, Word::InverseDim),
        };
        rms_norm(a, operands);
    }

    /// Waits for the others' slices of a vector and pulls them.
    fn gather(&self, a: &mut Assembler, entries: Word, table: usize) {
        self.exchange.barrier(a);
        let entries = self.get(a, entries);
        let table = self.blocks.table(a, table);
        self.exchange.pull(a, table, entries);
    }
}

/// Enqueues a transfer from memory of a size known now.
fn get(a: &mut Assembler, local: Reg, effective: Reg, size: i32, tag: u32) {
    let size = a.word(size as u32);
    get_sized(a, local, effective, size, tag);
}

fn get_sized(a: &mut Assembler, local: Reg, effective: Reg, size: Reg, tag: u32) {
    let tag = a.word(tag);
    let transfer = Transfer {
        local,
        effective,
        size,
        tag,
    };
    dma::enqueue(a, Command::Get, transfer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assembles_and_leaves_local_store_to_the_vectors() {
        let program = assemble().expect("the program assembles");
        assert!(
            program.end() < 32 * 1024,
            "the program takes {} bytes",
            program.end()
        );
    }
}
