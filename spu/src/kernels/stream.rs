//! The weights' way into local store: one stream through a ring of four chunks.
//!
//! Each SPU reads all weights of its rows as one run of memory in the order in which the
//! kernels want them, so that the next chunk is under way whatever the kernels do: from one
//! matrix to the next, and while the SPU waits for others.

use super::dma::{self, Command, Transfer};
use crate::asm::{Assembler, Function, Reg};

/// Bytes of a chunk: the most that one DMA command moves.
pub const CHUNK: u32 = 16 * 1024;
/// Bytes of the ring; its address is a multiple of this. Chunk i of the ring has tag i.
pub const RING: u32 = 4 * CHUNK;
/// Bytes of a step: four columns times four of eight rows. Chunks are whole steps.
pub const STEP: u32 = 512;

/// The registers of the stream and its functions.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Address in local store of what comes next.
    pub next: Reg,
    /// Address behind the chunk that `next` is in.
    pub chunk_end: Reg,
    /// Effective address of the next chunk to ask for.
    ask: Reg,
    /// Effective address behind the last chunk of this token.
    ask_end: Reg,
    refill: Function,
}

impl Stream {
    /// Records the functions; `ring` is the ring's address in local store.
    pub fn new(a: &mut Assembler, ring: u32) -> Self {
        debug_assert_eq!(ring % RING, 0);
        let [next, chunk_end, ask, ask_end] = core::array::from_fn(|_| a.reg());
        let refill = a.function("refill", |a| {
            // The chunk that was used up makes room for the next one.
            let used = chunk_offset(a, chunk_end, -1);
            let more = a.clgt(ask_end, ask);
            a.if_nonzero(more, |a| ask_for(a, ring, ask, used));
            let coming = chunk_offset(a, chunk_end, 0);
            enter(a, ring, coming, next, chunk_end);
        });
        Self {
            next,
            chunk_end,
            ask,
            ask_end,
            refill,
        }
    }

    /// Begins a token's stream at effective address `start`: asks for the first chunks, up to
    /// `end`, without waiting.
    pub fn prime(&self, a: &mut Assembler, ring: u32, start: Reg, end: Reg) {
        a.assign(self.ask, start);
        self.top_up(a, ring, start, end);
    }

    /// Asks for as many of the first chunks as the ring holds, up to `end`, from where
    /// [`Stream::prime`] left off; the rest up to `end` follows as chunks are used up.
    pub fn top_up(&self, a: &mut Assembler, ring: u32, start: Reg, end: Reg) {
        a.assign(self.ask_end, end);
        let ring_bytes = a.word(RING);
        let ring_end = a.a(start, ring_bytes);
        let beyond = a.clgt(end, ring_end);
        let limit = a.selb(end, ring_end, beyond);
        a.while_nonzero(
            |a| a.clgt(limit, self.ask),
            |a| {
                let offset = a.sf(start, self.ask);
                ask_for(a, ring, self.ask, offset);
            },
        );
    }

    /// Waits for the first chunk.
    pub fn begin(&self, a: &mut Assembler, ring: u32) {
        let first = a.il(0);
        enter(a, ring, first, self.next, self.chunk_end);
    }

    /// Goes on to the next chunk where this one is used up.
    pub fn advance(&self, a: &mut Assembler) {
        let left = a.sf(self.next, self.chunk_end);
        a.if_zero(left, |a| a.call(self.refill));
    }
}

/// The ring offset of the chunk that ends at `chunk_end` plus `chunks` chunks, modulo the ring.
/// The ring lies at a multiple of its size, and so do offsets that wrap.
fn chunk_offset(a: &mut Assembler, chunk_end: Reg, chunks: i32) -> Reg {
    let distance = a.word((chunks * CHUNK as i32) as u32);
    let address = a.a(chunk_end, distance);
    let mask = a.word(RING - 1);
    a.and(address, mask)
}

/// Asks for the chunk at `ask` into the ring at `offset`, and moves `ask` on.
fn ask_for(a: &mut Assembler, ring: u32, ask: Reg, offset: Reg) {
    let base = a.word(ring);
    let local = a.a(base, offset);
    let size = a.word(CHUNK);
    let tag = a.rotmi(offset, -(CHUNK.trailing_zeros() as i32));
    enqueue_chunk(a, local, ask, size, tag);
    a.set(ask).a(ask, size);
}

fn enqueue_chunk(a: &mut Assembler, local: Reg, effective: Reg, size: Reg, tag: Reg) {
    dma::enqueue(
        a,
        Command::Get,
        Transfer {
            local,
            effective,
            size,
            tag,
        },
    );
}

/// Waits for the chunk at `offset` of the ring and makes it the current one.
fn enter(a: &mut Assembler, ring: u32, offset: Reg, next: Reg, chunk_end: Reg) {
    let tag = a.rotmi(offset, -(CHUNK.trailing_zeros() as i32));
    let one = a.il(1);
    let mask = a.shl(one, tag);
    dma::wait_mask(a, mask);
    let base = a.word(ring);
    a.set(next).a(base, offset);
    let size = a.word(CHUNK);
    a.set(chunk_end).a(next, size);
}
