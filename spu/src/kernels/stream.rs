//! The weights' way into local store: one stream through a ring of chunks.
//!
//! Each SPU reads all weights of its rows as one run of memory in the order in which the
//! kernels want them, so that the next chunks are under way whatever the kernels do: from one
//! matrix to the next, and while the SPU waits for others.
//!
//! An MFC carries out what gets in the order in which it was asked. So what an SPU pulls from
//! others comes behind the chunks that were asked for before, and while it waits for that it asks
//! for nothing. Some room of the ring is therefore kept until a pull has been asked for, and asked
//! for behind it ([`Stream::fill`]): that is what memory is kept busy with meanwhile.
//!
//! Where memory has only the beginning of the stream, the rest comes through a window: when all
//! chunks that memory had are used up, the SPU sends an event, and its mailbox says where more lies.
//! Nothing is under way to the window then, so that it may be filled anew.
//!
//! Where all of an SPU's weights fit into local store they stay there: the ring is then one chunk
//! that is never used up, and nothing is asked for.

use super::dma::{self, Command, Transfer};
use crate::asm::{Address, Alias, Assembler, Function, Label, Reg};
use crate::isa::channel::Channel;

/// The most bytes of a chunk: what one DMA command moves.
pub const CHUNK: u32 = 16 * 1024;
/// Tags of chunks, from 0 on, in turns.
pub const TAGS: u32 = 16;
/// Places in the MFC's queue that chunks leave to signals, pulls and rows of the cache.
const SPARE_PLACES: i32 = 8;
/// Places in the MFC's queue.
const PLACES: i32 = 16;

/// What the stream is told about its ring. Objects in local store, filled from the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    /// Five quadwords, each with the same word four times:
    ///
    /// 1. the ring's address;
    /// 2. its size: whole chunks;
    /// 3. bytes of a chunk;
    /// 4. blocks of a chunk;
    /// 5. how many chunks it has.
    pub words: Address,
    /// The class of loads from them.
    pub alias: Alias,
}

/// Words of a [`Ring`].
pub const RING_WORDS: i32 = 5;

impl Ring {
    fn get(self, a: &mut Assembler, word: i32) -> Reg {
        debug_assert!(word < RING_WORDS);
        a.on(self.alias).lqa(self.words.offset(word * 16))
    }

    fn address(self, a: &mut Assembler) -> Reg {
        self.get(a, 0)
    }

    fn bytes(self, a: &mut Assembler) -> Reg {
        self.get(a, 1)
    }

    fn chunk_bytes(self, a: &mut Assembler) -> Reg {
        self.get(a, 2)
    }

    fn chunk_blocks(self, a: &mut Assembler) -> Reg {
        self.get(a, 3)
    }

    fn chunks(self, a: &mut Assembler) -> Reg {
        self.get(a, 4)
    }
}

/// The registers of the stream and its functions.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Address in local store of the block that comes next.
    pub next: Reg,
    /// Blocks from there to the end of its chunk.
    pub left: Reg,
    place: Place,
    ask: Function,
    window: Function,
}

/// Where the stream is.
#[derive(Clone, Copy, Debug)]
struct Place {
    next: Reg,
    left: Reg,
    ring: Ring,
    /// Offset in the ring of the chunk that `next` is in.
    at: Reg,
    /// Its tag.
    at_tag: Reg,
    /// Effective address of the next chunk to ask for.
    ask: Reg,
    /// Offset in the ring of its place.
    ask_at: Reg,
    /// Its tag.
    ask_tag: Reg,
    /// Effective address behind the last chunk of this token, or of those that memory has now.
    ask_end: Reg,
    /// Bytes of this token's chunks that memory has not yet.
    later: Reg,
    /// Chunks that there is room for: neither under way nor in use.
    room: Reg,
    /// How much of that is to be kept.
    kept: Reg,
    /// How much of it is kept while chunks are used up.
    reserve: Reg,
    /// How many chunks may be under way while chunks are used up.
    ahead: Reg,
    /// How many [`Stream::fill`] has under way.
    depth: Reg,
    /// How many places of the queue are to be left free.
    spare: Reg,
}

impl Stream {
    /// Records the functions. `want` asks for the next window.
    pub fn new(a: &mut Assembler, ring: Ring, want: impl FnOnce(&mut Assembler)) -> Self {
        let place = Place {
            next: a.reg(),
            left: a.reg(),
            ring,
            at: a.reg(),
            at_tag: a.reg(),
            ask: a.reg(),
            ask_at: a.reg(),
            ask_tag: a.reg(),
            ask_end: a.reg(),
            later: a.reg(),
            room: a.reg(),
            kept: a.reg(),
            reserve: a.reg(),
            ahead: a.reg(),
            depth: a.reg(),
            spare: a.reg(),
        };
        let ask = a.function("ask", |a| {
            place.ask_for_all(a);
        });
        let window = a.function("window", |a| {
            want(a);
            let start = a.rdch(Channel::RD_IN_MBOX);
            a.assign(place.ask, start);
            let bytes = a.rdch(Channel::RD_IN_MBOX);
            a.set(place.ask_end).a(start, bytes);
            a.set(place.later).sf(bytes, place.later);
        });
        Self {
            next: place.next,
            left: place.left,
            place,
            ask,
            window,
        }
    }

    /// Begins a token's stream at effective address `start`: asks for the first chunks, up to
    /// `end`, without waiting. No chunk may be under way. Three quarters of the ring are left for
    /// later, so that what a token asks for first does not wait for all of it.
    pub fn prime(&self, a: &mut Assembler, start: Reg, end: Reg) {
        let place = self.place;
        a.assign(place.ask, start);
        a.set(place.ask_at).il(0);
        a.set(place.ask_tag).il(0);
        let chunks = place.ring.chunks(a);
        a.assign(place.room, chunks);
        a.assign(place.ask_end, end);
        a.set(place.later).il(0);
        let quarter = a.rotmi(chunks, -2);
        a.set(place.kept).sf(quarter, chunks);
        a.set(place.spare).il(SPARE_PLACES);
        a.call(self.ask);
    }

    /// Goes on asking for chunks up to `end` from where [`Stream::prime`] left off; the rest follows
    /// as chunks are used up. Behind that come `later` bytes (whole chunks) through the window.
    pub fn extend(&self, a: &mut Assembler, end: Reg, later: Reg) {
        a.assign(self.place.ask_end, end);
        a.assign(self.place.later, later);
        self.fill(a);
    }

    /// While chunks are used up, keeps room for `reserve` chunks, and has no more under way than
    /// `ahead`.
    pub fn pace(&self, a: &mut Assembler, reserve: Reg, ahead: Reg) {
        a.assign(self.place.reserve, reserve);
        a.assign(self.place.ahead, ahead);
    }

    /// How many chunks [`Stream::fill`] has under way: up to [`Stream::DEEPEST`].
    pub fn set_depth(&self, a: &mut Assembler, depth: Reg) {
        a.assign(self.place.depth, depth);
    }

    /// The most chunks for [`Stream::set_depth`].
    pub const DEEPEST: i32 = PLACES - SPARE_PLACES;

    /// How many chunks the ring has.
    pub fn chunks(&self, a: &mut Assembler) -> Reg {
        self.place.ring.chunks(a)
    }

    /// Asks for chunks, as there is room, until as many are under way as was said last.
    pub fn fill(&self, a: &mut Assembler) {
        a.set(self.place.kept).il(0);
        a.set(self.place.spare).sfi(self.place.depth, PLACES);
        a.call(self.ask);
    }

    /// Waits for the first chunk.
    pub fn begin(&self, a: &mut Assembler) {
        a.set(self.place.at).il(0);
        a.set(self.place.at_tag).il(0);
        let unasked = self.place.is_unasked(a);
        a.if_nonzero(unasked, |a| self.place.ask_at_last(a, self.window));
        self.place.enter(a);
    }

    /// Goes on to the next chunk, as this one is used up. Gives what is to be recorded where control
    /// does not come from before.
    pub fn refill(&self, a: &mut Assembler) -> Unasked {
        let place = self.place;
        // The chunk that was used up makes room for another one.
        a.set(place.room).ai(place.room, 1);
        a.assign(place.kept, place.reserve);
        a.set(place.spare).sfi(place.ahead, PLACES);
        place.ask_for_all(a);
        let after = place.after(a, place.at);
        a.assign(place.at, after);
        let after = next_tag(a, place.at_tag);
        a.assign(place.at_tag, after);
        let unasked = Unasked {
            label: a.label("unasked"),
            asked: a.label("asked"),
        };
        let is_unasked = place.is_unasked(a);
        a.brnz(is_unasked, unasked.label);
        a.bind(unasked.asked);
        place.enter(a);
        unasked
    }
}

/// What [`Stream::refill`] seldom does: the next chunk was not even asked for.
pub struct Unasked {
    label: Label,
    asked: Label,
}

impl Unasked {
    /// Records it.
    pub fn record(self, a: &mut Assembler, stream: &Stream) {
        a.bind(self.label);
        stream.place.ask_at_last(a, stream.window);
        a.br(self.asked);
    }
}

/// The tag after another one.
fn next_tag(a: &mut Assembler, tag: Reg) -> Reg {
    let next = a.ai(tag, 1);
    a.andi(next, TAGS as i32 - 1)
}

impl Place {
    /// The offset in the ring after another one.
    fn after(&self, a: &mut Assembler, offset: Reg) -> Reg {
        let distance = self.ring.chunk_bytes(a);
        let next = a.a(offset, distance);
        let bytes = self.ring.bytes(a);
        let wraps = a.ceq(next, bytes);
        a.andc(next, wraps)
    }

    /// Not 0 where there is a chunk to ask for, room for it, and a place in the queue.
    fn may_ask(&self, a: &mut Assembler) -> Reg {
        let more = a.clgt(self.ask_end, self.ask);
        let fits = a.cgt(self.room, self.kept);
        let places = a.rchcnt(Channel::CMD);
        let free = a.cgt(places, self.spare);
        let may = a.and(more, fits);
        a.and(may, free)
    }

    /// Asks for the chunk at `ask`, and moves on.
    fn ask_for_next(&self, a: &mut Assembler) {
        let base = self.ring.address(a);
        let transfer = Transfer {
            local: a.a(base, self.ask_at),
            effective: self.ask,
            size: self.ring.chunk_bytes(a),
            tag: self.ask_tag,
        };
        dma::enqueue(a, Command::Get, transfer);
        a.set(self.ask).a(self.ask, transfer.size);
        let after = self.after(a, self.ask_at);
        a.assign(self.ask_at, after);
        let after = next_tag(a, self.ask_tag);
        a.assign(self.ask_tag, after);
        a.set(self.room).ai(self.room, -1);
    }

    /// Asks for chunks as long as it may.
    fn ask_for_all(&self, a: &mut Assembler) {
        a.while_nonzero(|a| self.may_ask(a), |a| self.ask_for_next(a));
    }

    /// Not 0 where all of the ring is room: no chunk but those that are used up was asked for, as
    /// the queue had no place for it, or memory does not have it yet.
    fn is_unasked(&self, a: &mut Assembler) -> Reg {
        let chunks = self.ring.chunks(a);
        a.ceq(self.room, chunks)
    }

    /// Asks for the next chunk, if there is one.
    fn ask_at_last(&self, a: &mut Assembler, window: Function) {
        let more = a.clgt(self.ask_end, self.ask);
        let wanted = a.clgti(self.later, 0);
        let wanted = a.andc(wanted, more);
        a.if_nonzero(wanted, |a| a.call(window));
        let more = a.clgt(self.ask_end, self.ask);
        a.if_nonzero(more, |a| self.ask_for_next(a));
    }

    /// Waits for the chunk at `at`, which was asked for, and makes it the current one.
    fn enter(&self, a: &mut Assembler) {
        let one = a.il(1);
        let mask = a.shl(one, self.at_tag);
        dma::wait_mask(a, mask);
        let base = self.ring.address(a);
        a.set(self.next).a(base, self.at);
        let blocks = self.ring.chunk_blocks(a);
        a.assign(self.left, blocks);
    }
}
