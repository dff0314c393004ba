//! What the PPU tells an SPU program: its parameters once, a command for each token.
//!
//! Both are blocks in memory that the SPU fetches by DMA. Each value is a quadword with the
//! same word four times, big-endian: one load gives it in every slot.

use alloc::vec::Vec;

use crate::kernels::embed::RowPlace;
use crate::kernels::exchange::MAX_SPUS;
use crate::kernels::matvec::BATCH;

/// Numbers the words of a block.
macro_rules! words {
    ($(#[$doc:meta])* $block:ident { $($(#[$word_doc:meta])* $word:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $block { $($(#[$word_doc])* $word,)* }

        impl $block {
            /// How many there are.
            pub const COUNT: usize = [$($block::$word),*].len();
        }
    };
}

words! {
    /// The words of the parameter block, in their order. Addresses are of local store unless
    /// they are said to be effective.
    Word {
        /// Effective address of this SPU's weights.
        StreamStart,
        /// Effective address behind the last chunk in memory that a token without logits needs.
        StreamLayersEnd,
        /// Effective address behind the last chunk in memory.
        StreamEnd,
        /// Bytes that a token without logits needs beyond those in memory, through the window.
        LaterLayers,
        /// Bytes that another token needs beyond those in memory.
        Later,
        /// The ring: with the four after it what [`Ring`](crate::kernels::stream::Ring) says.
        RingAddress,
        /// Its size.
        RingBytes,
        /// Bytes of a chunk.
        ChunkBytes,
        /// Blocks of a chunk.
        ChunkBlocks,
        /// How many chunks the ring has.
        RingChunks,
        /// Chunks to have under way when a layer begins: of queries, keys and values.
        QkvChunks,
        /// The same when attention begins.
        AttentionChunks,
        /// The same when the attention's result is there.
        OutputChunks,
        /// The same when the feed-forward network begins.
        GateUpChunks,
        /// The same when its vector is there.
        DownChunks,
        /// Effective address of the weights that stay in local store.
        ResidentStart,
        /// Bytes of them, 0 where weights come through the ring.
        ResidentBytes,
        /// 1 for the SPU that talks to the PPU.
        Leader,
        /// This SPU's number in its group.
        OwnIndex,
        /// Number of other SPUs.
        Peers,
        /// Signal bits of the others.
        PeerMask,
        /// Number of layers.
        Layers,
        /// Steps of 16 in the activation.
        DimSteps,
        /// 1 / dim, as a float.
        InverseDim,
        /// Blocks of a tile whose columns are the activation.
        DimBlocks,
        /// The same for the attention's result.
        AttentionBlocks,
        /// The same for the feed-forward network's vector.
        HiddenBlocks,
        /// A vector quantised for a product.
        Operand,
        /// The activation. Of several tokens, each vector follows on the one before.
        X,
        /// Bytes of it.
        DimBytes,
        /// The normed activation.
        Normed,
        /// Two rows of norm weights.
        Norms,
        /// Bytes of a row of norm weights.
        NormBytes,
        /// Effective address of the norm weights, in the order of their use.
        NormStart,
        /// Effective address behind them.
        NormEnd,
        /// This SPU's queries, then keys, then values.
        Qkv,
        /// Tiles of them.
        QkvTiles,
        /// Bytes of them.
        QkvBytes,
        /// Query and key heads of this SPU together.
        RopeHeads,
        /// This SPU's keys.
        OwnKeys,
        /// This SPU's values.
        OwnValues,
        /// Key and value heads of this SPU.
        KvHeads,
        /// Twice that: runs of rows.
        KvRuns,
        /// Bytes of a head's vector.
        HeadBytes,
        /// Bytes of a head's row in the cache.
        RowBytes,
        /// Query heads of a key and value head.
        GroupHeads,
        /// Bytes of their rows.
        GroupBytes,
        /// The attention's result.
        Attention,
        /// Bytes of it.
        AttentionBytes,
        /// This SPU's slice of it.
        OwnAttention,
        /// Room for scores.
        Scores,
        /// Bytes of a head's scores.
        ScoreBytes,
        /// Room for the sums of scores.
        Sums,
        /// 1 / sqrt(head size), as a float.
        Scale,
        /// Buffers for rows of the cache.
        Rows,
        /// Bytes of one of them.
        RowsBytes,
        /// Rows in one of them.
        BlockRows,
        /// Buffers for the rows' scales.
        RowScales,
        /// Room for narrow rows and their scales: keys, then values.
        Narrow,
        /// Bytes of the keys' part of it.
        NarrowBytes,
        /// Bytes of the rows in that, behind which the scales are.
        NarrowRowsBytes,
        /// Effective address of the cache of this SPU's first head in the first layer.
        CacheStart,
        /// Bytes of the cache of a layer.
        CacheLayerBytes,
        /// Bytes of the cache of a head: keys, then values.
        CacheHeadBytes,
        /// Bytes of the keys.
        CacheHalfBytes,
        /// Distance from a row's keys to their scales.
        CacheRowsBytes,
        /// Tiles of the activation of this SPU.
        DimTiles,
        /// Steps of eight in them.
        OwnDimSteps,
        /// This SPU's slice of the activation.
        OwnX,
        /// This SPU's part of a product.
        Part,
        /// Bytes of its part of the activation.
        PartDimBytes,
        /// Bytes of its gates and ups.
        PartGateUpBytes,
        /// Tiles of the feed-forward network of this SPU.
        HiddenTiles,
        /// Twice that: gate and up.
        GateUpTiles,
        /// The feed-forward network's vector.
        Hidden,
        /// Bytes of it.
        HiddenBytes,
        /// This SPU's slice of it.
        OwnHidden,
        /// Tiles of logits of this SPU.
        VocabTiles,
        /// Index of this SPU's first logit.
        VocabFirst,
        /// Index behind its last one, or the model's.
        VocabEnd,
        /// Two buffers for logits, or room for all of them.
        Logits,
        /// Bytes from a piece of logits to the next one's place, or 0 where two buffers take turns.
        LogitPieces,
        /// Blocks of logits, rounded up.
        LogitBlocks,
        /// Room for the sums of blocks.
        BlockSums,
        /// Room for indices of logits.
        Indices,
        /// Room for the records of all SPUs, once for even and once for odd ones.
        Records,
        /// Bytes of the records of all SPUs.
        RecordsBytes,
        /// Effective address of this SPU's logits.
        LogitsStart,
        /// Cosines and sines.
        Turns,
        /// Bytes of them.
        TurnsBytes,
        /// Room for the embedding's DMA list.
        List,
        /// Pairs of elements in the list.
        ListPairs,
        /// Bytes of the tile that holds a token's embedding.
        EmbeddingBytes,
        /// Room for each SPU's best logit.
        Results,
        /// This SPU's entry of it.
        OwnResult,
        /// Effective address of the command block.
        CommandStart,
        /// Runs by which the attention's result of one token is pulled.
        AttentionPulls,
        /// And of a batch of tokens.
        AttentionBatchPulls,
        /// The same for the activation.
        XPulls,
        /// And of a batch of tokens.
        XBatchPulls,
        /// The same for the feed-forward network's vector.
        HiddenPulls,
        /// And of a batch of tokens.
        HiddenBatchPulls,
        /// The same for the best logits: 0 but for the leader.
        ResultPulls,
        /// The same for the records of sampling, of either place.
        RecordPulls,
    }
}

words! {
    /// The words of a command block.
    CommandWord {
        /// How many tokens: 1, or [`BATCH`].
        Count,
        /// The position of the first, from 0.
        Position,
        /// Effective address of that position's cosines and sines; the next ones follow.
        Turns,
        /// 1 where the next token is wanted, 0 for tokens of the prompt. Several tokens have none.
        Classify,
        /// 1 where all logits are wanted in memory.
        KeepLogits,
        /// 1 where a token is to be drawn instead of taking the most likely one.
        Sample,
        /// 1 / temperature, as a float.
        InverseTemperature,
        /// The mass of the likeliest tokens to draw from, as a float; 0 draws from all.
        TopP,
        /// The least probability of one of those, as a float.
        Cutoff,
        /// The random number from 0 to 1, as a float.
        Coin,
    }
}

words! {
    /// The words for each token, behind those of the command.
    TokenWord {
        /// Effective address of the token's embedding: in fp32 the first of quadwords 128 bytes
        /// apart, otherwise its tile.
        Embedding,
        /// Where the embedding stands in its tile: with the six after it the quadwords of a
        /// [`RowPlace`].
        ScaleOffset,
        /// The second.
        ScalePattern,
        /// The third.
        ValuePattern,
        /// The fourth.
        Shift,
        /// The fifth.
        Mask,
        /// The sixth.
        Flip,
        /// The seventh.
        Factor,
    }
}

/// Offset in bytes of the first token's words in a command block.
pub const TOKENS: usize = CommandWord::COUNT * 16;
/// Bytes of a token's words.
pub const TOKEN_BYTES: usize = TokenWord::COUNT * 16;

/// The command words that the leader takes from its mailbox.
pub mod mailbox {
    /// Compute the token that the command block describes.
    pub const TOKEN: u32 = 1;
    /// End the program.
    pub const QUIT: u32 = 2;
}

/// What the lower 24 bits of an SPU's event say.
pub mod event {
    /// The leader: the token is computed; the data is the best next one.
    pub const DONE: u32 = 0;
    /// Any SPU: it has used up its window, or what of the stream lies in memory. The answer is two
    /// words in its mailbox: the effective address of what follows, and how many bytes there are.
    pub const WINDOW: u32 = 1;
}

/// Offsets in bytes of the tables behind the words, in the parameter block.
pub mod table {
    use super::{BATCH, MAX_SPUS, Word};

    const ENTRIES: usize = MAX_SPUS - 1;
    /// Runs of one vector: what is before an SPU's own slice, and what is behind it.
    const RUNS: usize = 2;
    /// Bytes of the runs of one vector, and of those of a batch.
    const RUN_BYTES: [usize; 2] = [RUNS * 16, BATCH * RUNS * 16];
    /// Bytes of a list of one vector.
    const LIST: usize = ENTRIES * 8;

    /// Two quadwords with this SPU's signal bit in word 3; at a multiple of 32.
    pub const OWN_BITS: usize = (Word::COUNT * 16).next_multiple_of(32);
    /// Effective addresses of the others' signal registers.
    pub const SIGNALS: usize = OWN_BITS + 32;
    /// Runs of the attention's result: (local address, offset in this block of a DMA list, its
    /// bytes, 0). Those of one token, then those of a batch.
    pub const ATTENTION: [usize; 2] = runs(SIGNALS + ENTRIES * 16);
    /// Runs of the activation.
    pub const X: [usize; 2] = runs(end(ATTENTION));
    /// Runs of the feed-forward network's vector.
    pub const HIDDEN: [usize; 2] = runs(end(X));
    /// Runs of the best logits.
    pub const RESULTS: usize = end(HIDDEN);
    /// Runs of the others' records in the first of the two places.
    pub const EVEN_RECORDS: usize = RESULTS + RUN_BYTES[0];
    /// Runs of the others' records in the second one.
    pub const ODD_RECORDS: usize = EVEN_RECORDS + RUN_BYTES[0];
    /// The DMA lists of the runs, in the order of the tables, one behind the other.
    pub const LISTS: usize = ODD_RECORDS + RUN_BYTES[0];
    /// Bytes of the whole block.
    pub const END: usize = (LISTS + 3 * (BATCH + 1) * LIST + 3 * LIST).next_multiple_of(128);

    const fn runs(start: usize) -> [usize; 2] {
        [start, start + RUN_BYTES[0]]
    }

    const fn end(runs: [usize; 2]) -> usize {
        runs[1] + RUN_BYTES[1]
    }
}

/// Bytes of a command block.
pub const COMMAND_BYTES: usize = (TOKENS + BATCH * TOKEN_BYTES).next_multiple_of(128);

/// A block being filled by the PPU.
#[derive(Clone, Debug)]
pub struct Block(Vec<u8>);

impl Block {
    /// An empty block of parameters.
    pub fn parameters() -> Self {
        Self(alloc::vec![0; table::END])
    }

    /// An empty command block.
    pub fn command() -> Self {
        Self(alloc::vec![0; COMMAND_BYTES])
    }

    /// Sets a word of a parameter block.
    pub fn set(&mut self, word: Word, value: u32) {
        self.set_quad(word as usize * 16, [value; 4]);
    }

    /// Sets a word of a command block.
    pub fn set_command(&mut self, word: CommandWord, value: u32) {
        self.set_quad(word as usize * 16, [value; 4]);
    }

    /// Sets the effective address of a token's embedding in a command block.
    pub fn set_embedding(&mut self, token: usize, address: u32) {
        self.set_quad(TOKENS + token * TOKEN_BYTES, [address; 4]);
    }

    /// Sets where a token's embedding stands in its tile.
    pub fn set_embedding_place(&mut self, token: usize, place: &RowPlace) {
        let quads = [
            place.scale_offset,
            place.scale_pattern,
            place.value_pattern,
            place.shift,
            place.mask,
            place.flip,
            place.factor,
        ];
        let bytes = quads.as_flattened();
        let first = TOKENS + token * TOKEN_BYTES + TokenWord::ScaleOffset as usize * 16;
        self.0[first..first + bytes.len()].copy_from_slice(bytes);
    }

    /// Sets a quadword at an offset in bytes.
    pub fn set_quad(&mut self, offset: usize, words: [u32; 4]) {
        let (bytes, _) = self.0[offset..offset + 16].as_chunks_mut::<4>();
        for (bytes, word) in bytes.iter_mut().zip(words) {
            *bytes = word.to_be_bytes();
        }
    }

    /// Sets an element of a DMA list, its bytes and its effective address, at an offset in bytes.
    pub fn set_element(&mut self, offset: usize, words: [u32; 2]) {
        let (bytes, _) = self.0[offset..offset + 8].as_chunks_mut::<4>();
        for (bytes, word) in bytes.iter_mut().zip(words) {
            *bytes = word.to_be_bytes();
        }
    }

    /// The block as it lies in memory, at a multiple of 128.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}
