//! The resident program: waits for a token, runs the whole forward pass, tells the PPU.
//!
//! - `blocks`: the parameter and command blocks in local store
//! - `command`: how a token is announced, and how it is answered
//! - `token`: what frames the layers: embedding, stream, the end of a token
//! - `layers`: attention and feed-forward network
//! - `norms`: the norm weights on their way in
//! - `classifier`: logits and the best of them
//! - `sample`: a token drawn at random instead

mod blocks;
mod classifier;
mod command;
mod layers;
mod norms;
mod sample;
mod token;

use self::blocks::Blocks;
use self::norms::Norms;
pub(super) use self::sample::RECORD_BYTES;
use self::sample::Sampling;
use super::parameters::{COMMAND_BYTES, CommandWord, Word, event, table};
use crate::asm::{AssembleError, Assembler, Function, Program, Reg};
use crate::isa::channel::Channel;
use crate::kernels::block::BlockFormat;
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::event::send_event;
use crate::kernels::exchange::{Exchange, Slices};
use crate::kernels::lanes;
use crate::kernels::matvec::{BATCH, MatVec};
use crate::kernels::norm::{RmsNorm, rms_norm};
use crate::kernels::operand::{Quantise, quantise};
use crate::kernels::rows::RowStream;
use crate::kernels::stream::{CHUNK, Ring, Stream};

/// The event port that tokens are answered on.
pub const EVENT_PORT: u8 = 1;
/// The status of `stop` by which a thread ends.
pub const THREAD_EXIT: i32 = 0x102;

/// Tags: the stream's chunks have the first ones.
mod tag {
    use crate::kernels::rows::BUFFERS;

    /// Parameters, command, turns and embedding.
    pub const TOKEN: u32 = crate::kernels::stream::TAGS;
    /// Norm weights: even and odd rows.
    pub const NORM: u32 = TOKEN + 1;
    /// Signals and pulls.
    pub const EXCHANGE: u32 = NORM + 2;
    /// Keys and values written.
    pub const CACHE: u32 = EXCHANGE + 1;
    /// Blocks of keys or values read: four buffers.
    pub const ROWS: u32 = CACHE + 1;
    /// Logits written: two buffers.
    pub const LOGITS: u32 = ROWS + BUFFERS;
    /// All of them.
    pub const ALL: u32 = (1 << (LOGITS + 2)) - 1;
}

/// Assembles the program for weights of `format`. It is the same for every model and every number
/// of SPUs.
///
/// An SPU thread gets the effective address of its parameter block as its first argument.
///
/// # Errors
/// None but for a fault in the program itself, which its test would show.
pub fn assemble(format: BlockFormat) -> Result<Program, AssembleError> {
    let mut a = Assembler::new();
    let blocks = Blocks {
        parameters: a.bss(table::END as u32, 128),
        command: a.bss(COMMAND_BYTES as u32, 128),
        alias: a.alias_class(),
    };
    blocks.fetch_parameters(&mut a);
    clear_vectors(&mut a, &blocks);
    fetch_resident(&mut a, &blocks);
    let peers = blocks.peers(&mut a);
    let ring = Ring {
        words: blocks.parameters.offset(Word::RingAddress as i32 * 16),
        alias: blocks.alias,
    };
    let stream = Stream::new(&mut a, ring, |a| {
        let nothing = a.il(0);
        send_event(a, EVENT_PORT, event::WINDOW, nothing);
    });
    let matvec = MatVec::new(&mut a, format, &stream);
    let quantiser = Quantiser::new(&mut a, format);
    let exchange = Exchange::new(&mut a, peers, tag::EXCHANGE, |a| stream.fill(a));
    exchange.begin(&mut a, peers);
    let pass = Pass {
        format,
        blocks,
        stream,
        matvec,
        quantiser,
        rows: layers::row_stream(&mut a, format, &blocks),
        exchange,
        norm: Norms::new(&mut a),
        cache: a.reg(),
    };
    let sampling = Sampling::new(&mut a, &pass);
    sampling.begin(&mut a);
    pass.rows.clear(&mut a);
    pass.prime(&mut a);
    a.forever(|a, quit| {
        pass.wait_for_command(a, peers, quit);
        pass.token(a, &sampling);
    });
    let all = a.word(tag::ALL);
    dma::wait_mask(&mut a, all);
    // The system takes the exit status out of the mailbox.
    let status = a.il(0);
    a.wrch(Channel::WR_OUT_MBOX, status);
    a.stop(THREAD_EXIT);
    a.finish()
}

/// Makes zeros of all vectors: what lies beyond a model's own sizes is never written.
fn clear_vectors(a: &mut Assembler, blocks: &Blocks) {
    let zero = a.il(0);
    let from = blocks.get(a, Word::X);
    let end = blocks.get(a, Word::RingAddress);
    // Both are multiples of 128.
    a.count_up(from, end, 128, |a, at| {
        for offset in (0..128).step_by(16) {
            a.stqd(zero, at, offset);
        }
    });
}

/// Fetches the weights that stay in local store.
fn fetch_resident(a: &mut Assembler, blocks: &Blocks) {
    let left = blocks.get(a, Word::ResidentBytes);
    let left = a.copy(left);
    let effective = blocks.get(a, Word::ResidentStart);
    let effective = a.copy(effective);
    let local = blocks.get(a, Word::RingAddress);
    let local = a.copy(local);
    a.while_nonzero(
        |a| a.copy(left),
        |a| {
            let most = a.word(CHUNK);
            let size = lanes::min_word(a, left, most);
            get_sized(a, local, effective, size, tag::TOKEN);
            a.set(left).sf(size, left);
            a.set(local).a(local, size);
            a.set(effective).a(effective, size);
        },
    );
    dma::wait_tag(a, tag::TOKEN);
}

/// The forward pass.
#[derive(Clone, Copy)]
struct Pass {
    format: BlockFormat,
    blocks: Blocks,
    stream: Stream,
    matvec: MatVec,
    /// `None` where products take floats.
    quantiser: Option<Quantiser>,
    rows: RowStream,
    exchange: Exchange,
    norm: Norms,
    /// Effective address of the cache of the layer at hand.
    cache: Reg,
}

/// Vectors made ready for products, as functions.
#[derive(Clone, Copy)]
struct Quantiser {
    operands: Quantise,
    one: Function,
    several: Function,
}

impl Quantiser {
    fn new(a: &mut Assembler, format: BlockFormat) -> Option<Self> {
        if format == BlockFormat::Fp32 {
            return None;
        }
        let [x, groups, out] = core::array::from_fn(|_| a.reg());
        let operands = Quantise { x, groups, out };
        let mut record = |name: &str, vectors: usize| {
            a.function(name, |a| quantise(a, format, operands, vectors))
        };
        Some(Self {
            operands,
            one: record("quantise", 1),
            several: record("quantise_all", BATCH),
        })
    }

    /// Quantises as many vectors as `count` says, one or [`BATCH`], of so many groups each.
    fn call(&self, a: &mut Assembler, operands: Quantise, count: Reg) {
        a.assign(self.operands.x, operands.x);
        a.assign(self.operands.groups, operands.groups);
        a.assign(self.operands.out, operands.out);
        let single = a.ceqi(count, 1);
        a.if_else(single, |a| a.call(self.one), |a| a.call(self.several));
    }
}

impl Pass {
    fn get(&self, a: &mut Assembler, word: Word) -> Reg {
        self.blocks.get(a, word)
    }

    /// Asks for the weights that every token begins with.
    fn prime(&self, a: &mut Assembler) {
        let start = self.get(a, Word::StreamStart);
        let end = self.get(a, Word::StreamLayersEnd);
        self.stream.prime(a, start, end);
    }

    /// How many tokens the command has.
    fn count(&self, a: &mut Assembler) -> Reg {
        self.blocks.command(a, CommandWord::Count)
    }

    /// Makes the vectors `x`, of `blocks` blocks of columns, those that the next products are with.
    fn prepare(&self, a: &mut Assembler, x: Word, blocks: Word) {
        let vector = self.get(a, x);
        let blocks = self.get(a, blocks);
        a.assign(self.matvec.blocks, blocks);
        let Some(quantiser) = self.quantiser else {
            a.assign(self.matvec.x, vector);
            return;
        };
        let operand = self.get(a, Word::Operand);
        a.assign(self.matvec.x, operand);
        let operands = Quantise {
            x: vector,
            groups: blocks,
            out: operand,
        };
        let count = self.count(a);
        quantiser.call(a, operands, count);
    }

    /// Computes `tiles` tiles of the next matrix of the stream.
    fn multiply(&self, a: &mut Assembler, tiles: Word, out: Word) {
        let tiles = self.get(a, tiles);
        let out = self.get(a, out);
        a.assign(self.matvec.tiles, tiles);
        a.assign(self.matvec.out, out);
        let count = self.count(a);
        self.matvec.call(a, count);
    }

    /// Runs `body` for each token of the command with the places of its vectors, each of which
    /// begins at a word's address and follows on the one before after so many bytes.
    fn for_each_token<const N: usize>(
        &self,
        a: &mut Assembler,
        vectors: [(Word, Word); N],
        body: impl FnOnce(&mut Assembler, [Reg; N]),
    ) {
        let places = vectors.map(|(start, _)| {
            let start = self.get(a, start);
            a.copy(start)
        });
        let count = self.count(a);
        a.repeat(count, |a| {
            body(a, places);
            for (place, (_, bytes)) in places.into_iter().zip(vectors) {
                let bytes = self.get(a, bytes);
                a.set(place).a(place, bytes);
            }
        });
    }

    fn normalise(&self, a: &mut Assembler) {
        let weights = self.norm.next(a, &self.blocks);
        let weights = a.copy(weights);
        let operands = RmsNorm {
            x: self.get(a, Word::X),
            weights,
            out: self.get(a, Word::Normed),
            steps: self.get(a, Word::DimSteps),
            inverse_length: self.get(a, Word::InverseDim),
        };
        let count = self.count(a);
        let single = a.ceqi(count, 1);
        a.if_else(
            single,
            |a| rms_norm(a, operands, 1),
            |a| rms_norm(a, operands, BATCH),
        );
    }

    /// Waits for the others' slices of the vectors of each token, and pulls them. What a token needs
    /// until the next exchange is `next` chunks.
    fn gather(&self, a: &mut Assembler, pulls: Pulls, next: Word) {
        self.pace_until_exchange(a, next);
        self.exchange.barrier(a);
        let (words, tables) = pulls;
        let [one, several] = tables.map(|table| self.blocks.table(a, table));
        let [few, many] = words.map(|word| self.get(a, word));
        let count = self.count(a);
        let single = a.ceqi(count, 1);
        let slices = Slices {
            table: a.selb(several, one, single),
            entries: a.selb(many, few, single),
        };
        self.exchange.pull(a, slices);
    }
}

impl Pass {
    /// Has the stream ask for what is needed until the next exchange, `next` chunks for one token,
    /// when it is filled. What is asked for beyond that would only keep the next slices waiting.
    fn pace_until_exchange(&self, a: &mut Assembler, next: Word) {
        let next = self.get(a, next);
        let deepest = a.il(Stream::DEEPEST);
        let count = self.count(a);
        let single = a.ceqi(count, 1);
        let depth = a.selb(deepest, next, single);
        self.stream.set_depth(a, depth);
    }
}

/// The words that count the runs of a vector, of one token and of a batch, and the tables that have
/// them.
type Pulls = ([Word; 2], [usize; 2]);

/// What is exchanged in a layer.
mod pulls {
    use super::{Pulls, Word, table};

    pub const ATTENTION: Pulls = (
        [Word::AttentionPulls, Word::AttentionBatchPulls],
        table::ATTENTION,
    );
    pub const X: Pulls = ([Word::XPulls, Word::XBatchPulls], table::X);
    pub const HIDDEN: Pulls = ([Word::HiddenPulls, Word::HiddenBatchPulls], table::HIDDEN);
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
        for format in [BlockFormat::Fp32, BlockFormat::Q8, BlockFormat::Q4] {
            let program = assemble(format).expect("the program assembles");
            let end = program.end();
            assert!(end < 40 * 1024, "{format:?}: the program takes {end} bytes");
        }
    }
}
