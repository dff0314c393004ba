//! The resident program: waits for a token, runs the whole forward pass, tells the PPU.

use super::map::{LOGIT_TILES, RING_ADDRESS};
use super::parameters::{COMMAND_BYTES, CommandWord, Word, mailbox, table};
use crate::asm::{Address, Alias, AssembleError, Assembler, Program, Reg};
use crate::isa::channel::Channel;
use crate::kernels::argmax::Argmax;
use crate::kernels::attention::{Attention, attention};
use crate::kernels::dma::{self, Command, Transfer};
use crate::kernels::exchange::{Exchange, Peers};
use crate::kernels::lanes;
use crate::kernels::matvec::MatVec;
use crate::kernels::norm::{RmsNorm, rms_norm};
use crate::kernels::residual::residual;
use crate::kernels::rope::{Rope, rope};
use crate::kernels::rows::RowBuffers;
use crate::kernels::stream::Stream;
use crate::kernels::swiglu::swiglu;

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

/// The parameter and command blocks in local store.
#[derive(Clone, Copy)]
struct Blocks {
    parameters: Address,
    command: Address,
    alias: Alias,
}

impl Blocks {
    fn get(&self, a: &mut Assembler, word: Word) -> Reg {
        let at = self.parameters.offset(word as i32 * 16);
        a.on(self.alias).lqa(at)
    }

    fn command(&self, a: &mut Assembler, word: CommandWord) -> Reg {
        let at = self.command.offset(word as i32 * 16);
        a.on(self.alias).lqa(at)
    }

    fn table(&self, a: &mut Assembler, offset: usize) -> Reg {
        a.address(self.parameters.offset(offset as i32))
    }

    fn fetch_parameters(&self, a: &mut Assembler) {
        let [argument, ..] = a.arguments();
        let effective = a.rotqbyi(argument, 4);
        let local = a.address(self.parameters);
        get(a, local, effective, table::END as i32, tag::TOKEN);
        dma::wait_tag(a, tag::TOKEN);
    }

    fn peers(&self, a: &mut Assembler) -> Peers {
        Peers {
            count: self.get(a, Word::Peers),
            mask: self.get(a, Word::PeerMask),
            signals: self.parameters.offset(table::SIGNALS as i32),
            own_bits: self.parameters.offset(table::OWN_BITS as i32),
            alias: self.alias,
        }
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

/// The norm weights: row after row, the next one on its way while one is in use.
#[derive(Clone, Copy)]
struct Norms {
    /// Effective address of the row to ask for.
    ask: Reg,
    /// 0 or 1 in every word: the buffer of the row that is used next.
    side: Reg,
}

impl Norms {
    fn new(a: &mut Assembler) -> Self {
        Self {
            ask: a.reg(),
            side: a.reg(),
        }
    }

    fn address(&self, a: &mut Assembler, blocks: &Blocks, side: Reg) -> Reg {
        let bytes = blocks.get(a, Word::NormBytes);
        let distance = a.mpyu(bytes, side);
        let base = blocks.get(a, Word::Norms);
        a.a(base, distance)
    }

    /// Asks for the next row into the buffer of `side`, if there is one.
    fn request(&self, a: &mut Assembler, blocks: &Blocks, side: Reg) {
        let end = blocks.get(a, Word::NormEnd);
        let more = a.clgt(end, self.ask);
        a.if_nonzero(more, |a| {
            let local = self.address(a, blocks, side);
            let size = blocks.get(a, Word::NormBytes);
            let tag = a.ai(side, tag::NORM as i32);
            let effective = self.ask;
            let transfer = Transfer {
                local,
                effective,
                size,
                tag,
            };
            dma::enqueue(a, Command::Get, transfer);
            a.set(self.ask).a(self.ask, size);
        });
    }

    /// Begins a token: asks for the first row.
    fn begin(&self, a: &mut Assembler, blocks: &Blocks) {
        let start = blocks.get(a, Word::NormStart);
        a.assign(self.ask, start);
        a.set(self.side).il(0);
        self.request(a, blocks, self.side);
    }

    /// Waits for a row, and asks for the one after it.
    fn next(&self, a: &mut Assembler, blocks: &Blocks) -> Reg {
        let other = a.xori(self.side, 1);
        self.request(a, blocks, other);
        let one = a.il(1);
        let tag = a.ai(self.side, tag::NORM as i32);
        let mask = a.shl(one, tag);
        dma::wait_mask(a, mask);
        let weights = self.address(a, blocks, self.side);
        a.assign(self.side, other);
        weights
    }
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

    /// The leader waits for its mailbox and passes the word on by signal 2; the others wait for
    /// that. Branches to `quit` where the word says so.
    fn wait_for_command(&self, a: &mut Assembler, peers: Peers, quit: crate::asm::Label) {
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

    fn token(&self, a: &mut Assembler) {
        self.begin_token(a);
        let layers = self.get(a, Word::Layers);
        a.repeat(layers, |a| {
            self.attention_block(a);
            self.feed_forward_block(a);
            let layer_bytes = self.get(a, Word::CacheLayerBytes);
            a.set(self.cache).a(self.cache, layer_bytes);
        });
        let classify = self.blocks.command(a, CommandWord::Classify);
        a.if_else(
            classify,
            |a| self.classify(a),
            |a| {
                let nothing = a.il(0);
                let result = self.get(a, Word::OwnResult);
                a.stqd(nothing, result, 0);
            },
        );
        // What was written to memory is there before anybody says so; the rest is done, too.
        let all = a.word(tag::ALL);
        dma::wait_mask(a, all);
        self.prime(a);
        self.exchange.barrier(a);
        let leader = self.get(a, Word::Leader);
        a.if_nonzero(leader, |a| self.answer(a));
    }

    /// Fetches what belongs to the token and its position, and lets the stream run.
    fn begin_token(&self, a: &mut Assembler) {
        self.norm.begin(a, &self.blocks);
        self.gather_embedding(a);
        let local = self.get(a, Word::Turns);
        let size = self.get(a, Word::TurnsBytes);
        let effective = self.blocks.command(a, CommandWord::Turns);
        get_sized(a, local, effective, size, tag::TOKEN);

        let start = self.get(a, Word::StreamStart);
        let layers_end = self.get(a, Word::StreamLayersEnd);
        let full_end = self.get(a, Word::StreamEnd);
        let classify = self.blocks.command(a, CommandWord::Classify);
        let prompt_only = a.ceqi(classify, 0);
        let end = a.selb(full_end, layers_end, prompt_only);
        self.stream.top_up(a, RING_ADDRESS, start, end);
        self.stream.begin(a, RING_ADDRESS);

        let cache = self.get(a, Word::CacheStart);
        a.assign(self.cache, cache);
        dma::wait_tag(a, tag::TOKEN);
    }

    /// Gathers the embedding, a row of a tile, by a list of quadwords 128 bytes apart.
    fn gather_embedding(&self, a: &mut Assembler) {
        let row = self.blocks.command(a, CommandWord::Embedding);
        let steps = a.words([0, 0, 0, 128]);
        let addresses = a.a(row, steps);
        let sizes = a.words([16, 0, 16, 0]);
        let is_size = a.words([!0, 0, !0, 0]);
        let element = a.selb(addresses, sizes, is_size);
        let advance = a.words([0, 256, 0, 256]);
        let list = self.get(a, Word::List);
        let at = a.copy(list);
        let pairs = self.get(a, Word::ListPairs);
        a.repeat(pairs, |a| {
            a.stqd(element, at, 0);
            a.set(element).a(element, advance);
            a.set(at).ai(at, 16);
        });
        let local = self.get(a, Word::X);
        let size = a.shli(pairs, 4);
        let tag = a.word(tag::TOKEN);
        let transfer = Transfer {
            local,
            effective: list,
            size,
            tag,
        };
        dma::enqueue(a, Command::GetList, transfer);
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

    /// Adds this SPU's part of a product to its slice of the activation, and gathers it.
    fn add_part(&self, a: &mut Assembler) {
        let tiles = self.get(a, Word::DimTiles);
        a.if_nonzero(tiles, |a| {
            let x = self.get(a, Word::OwnX);
            let part = self.get(a, Word::Part);
            residual(a, x, part, tiles);
        });
        self.gather(a, Word::XPulls, table::X);
    }

    fn attention_block(&self, a: &mut Assembler) {
        self.normalise(a);
        let kv_heads = self.get(a, Word::KvHeads);
        a.if_nonzero(kv_heads, |a| {
            self.multiply(a, Word::Normed, Word::DimSteps, Word::QkvTiles, Word::Qkv);
            let operands = Rope {
                heads: self.get(a, Word::Qkv),
                count: self.get(a, Word::RopeHeads),
                turns: self.get(a, Word::Turns),
                head_bytes: self.get(a, Word::RowBytes),
            };
            rope(a, operands);
            self.attend(a, kv_heads);
        });
        self.gather(a, Word::AttentionPulls, table::ATTENTION);
        self.multiply(
            a,
            Word::Attention,
            Word::AttentionSteps,
            Word::DimTiles,
            Word::Part,
        );
        self.add_part(a);
    }

    /// Attention of this SPU's heads, and the position's keys and values into the cache.
    fn attend(&self, a: &mut Assembler, kv_heads: Reg) {
        let row_bytes = self.get(a, Word::RowBytes);
        let group_bytes = self.get(a, Word::GroupBytes);
        let position = self.blocks.command(a, CommandWord::Position);
        let position_bytes = a.mpyu(position, row_bytes);
        let half_bytes = self.get(a, Word::CacheHalfBytes);
        let head_bytes = self.get(a, Word::CacheHeadBytes);
        let buffers = RowBuffers {
            address: self.get(a, Word::Rows),
            bytes: self.get(a, Word::RowsBytes),
            block_rows: self.get(a, Word::BlockRows),
            row_bytes,
            tag: tag::ROWS,
        };
        let keys = a.copy(self.cache);
        let read = |a: &mut Assembler, word| {
            let value = self.get(a, word);
            a.copy(value)
        };
        let last_key = read(a, Word::OwnKeys);
        let last_value = read(a, Word::OwnValues);
        let queries = read(a, Word::Qkv);
        let out = read(a, Word::OwnAttention);
        a.repeat(kv_heads, |a| {
            let values = a.a(keys, half_bytes);
            for (start, local) in [(keys, last_key), (values, last_value)] {
                let effective = a.a(start, position_bytes);
                let tag = a.word(tag::CACHE);
                let transfer = Transfer {
                    local,
                    effective,
                    size: row_bytes,
                    tag,
                };
                dma::enqueue(a, Command::Put, transfer);
            }
            let operands = Attention {
                queries,
                heads: self.get(a, Word::GroupHeads),
                out,
                scores: self.get(a, Word::Scores),
                score_bytes: self.get(a, Word::ScoreBytes),
                sums: self.get(a, Word::Sums),
                scale: self.get(a, Word::Scale),
                keys,
                last_key,
                values,
                last_value,
                position,
            };
            attention(a, &buffers, operands);
            a.set(keys).a(keys, head_bytes);
            a.set(last_key).a(last_key, row_bytes);
            a.set(last_value).a(last_value, row_bytes);
            a.set(queries).a(queries, group_bytes);
            a.set(out).a(out, group_bytes);
        });
        // The next layer computes its keys and values where these still lie.
        dma::wait_tag(a, tag::CACHE);
    }

    fn feed_forward_block(&self, a: &mut Assembler) {
        self.normalise(a);
        self.multiply(
            a,
            Word::Normed,
            Word::DimSteps,
            Word::GateUpTiles,
            Word::Part,
        );
        let tiles = self.get(a, Word::HiddenTiles);
        a.if_nonzero(tiles, |a| {
            let part = self.get(a, Word::Part);
            let out = self.get(a, Word::OwnHidden);
            swiglu(a, part, out, tiles);
        });
        self.gather(a, Word::HiddenPulls, table::HIDDEN);
        self.multiply(
            a,
            Word::Hidden,
            Word::HiddenSteps,
            Word::DimTiles,
            Word::Part,
        );
        self.add_part(a);
    }

    /// Computes this SPU's logits piece by piece, sends them to memory where they are wanted,
    /// and leaves the best one in this SPU's entry of the results.
    fn classify(&self, a: &mut Assembler) {
        self.normalise(a);
        let first = self.get(a, Word::VocabFirst);
        let end = self.get(a, Word::VocabEnd);
        let best = Argmax::begin(a, first);
        let left = self.get(a, Word::VocabTiles);
        let left = a.copy(left);
        let effective = self.get(a, Word::LogitsStart);
        let effective = a.copy(effective);
        let keep = self.blocks.command(a, CommandWord::KeepLogits);
        let side = a.il(0);
        a.while_nonzero(
            |a| a.copy(left),
            |a| {
                let most = a.word(LOGIT_TILES);
                let tiles = lanes::min_word(a, left, most);
                a.set(left).sf(tiles, left);
                let piece = a.word(LOGIT_TILES * 32);
                let distance = a.mpyu(piece, side);
                let base = self.get(a, Word::Logits);
                let logits = a.a(base, distance);
                // The buffer's last transfer.
                let tag = a.ai(side, tag::LOGITS as i32);
                let one = a.il(1);
                let mask = a.shl(one, tag);
                dma::wait_mask(a, mask);

                let x = self.get(a, Word::Normed);
                let steps = self.get(a, Word::DimSteps);
                a.assign(self.matvec.x, x);
                a.assign(self.matvec.steps, steps);
                a.assign(self.matvec.tiles, tiles);
                a.assign(self.matvec.out, logits);
                self.matvec.call(a);
                best.see(a, logits, tiles, end);
                a.if_nonzero(keep, |a| {
                    let size = a.shli(tiles, 5);
                    let transfer = Transfer {
                        local: logits,
                        effective,
                        size,
                        tag,
                    };
                    dma::enqueue(a, Command::Put, transfer);
                    a.set(effective).a(effective, size);
                });
                a.set(side).xori(side, 1);
            },
        );
        let (value, index) = best.end(a);
        let second = a.words([0, !0, !0, !0]);
        let result = a.selb(value, index, second);
        let at = self.get(a, Word::OwnResult);
        a.stqd(result, at, 0);
    }

    /// The leader's end of a token: finds the best of all SPUs and sends the event.
    fn answer(&self, a: &mut Assembler) {
        let entries = self.get(a, Word::ResultPulls);
        let table = self.blocks.table(a, table::RESULTS);
        self.exchange.pull(a, table, entries);
        let at = self.get(a, Word::Results);
        let at = a.copy(at);
        let value = a.word(0xffff_ffff);
        let index = a.il(0);
        let count = a.ai(entries, 1);
        a.repeat(count, |a| {
            let result = a.lqd(at, 0);
            let other = a.rotqbyi(result, 4);
            // The SPUs' logits follow one another: the first of equals is the one to keep.
            let better = a.fcgt(result, value);
            a.set(value).selb(value, result, better);
            a.set(index).selb(index, other, better);
            a.set(at).ai(at, 16);
        });
        a.wrch(Channel::WR_OUT_MBOX, index);
        let event = a.word(0x4000_0000 | u32::from(EVENT_PORT) << 24);
        a.wrch(Channel::WR_OUT_INTR_MBOX, event);
    }
}

/// From signal register 1 to 2 in an SPU's window of effective addresses.
const SIGNAL_2_FROM_1: u32 = super::window::SIGNAL_2 - super::window::SIGNAL_1;

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
