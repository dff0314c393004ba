//! The parameter block of each SPU.

use alloc::vec::Vec;

use super::{Layout, Regions};
use crate::engine::map::LOGIT_PIECE;
use crate::engine::parameters::{Block, Word, table};
use crate::engine::program::RECORD_BYTES;
use crate::engine::window;
use crate::kernels::exchange::{MAX_SPUS, PARITY_SHIFT};
use crate::kernels::sample::BLOCK;
use crate::kernels::stream::Stream;

impl Layout {
    /// The parameter block of SPU `index`.
    pub fn parameters(&self, regions: &Regions, index: usize) -> Block {
        let mut block = Block::parameters();
        self.set_stream(&mut block, regions, index);
        self.set_vectors(&mut block, regions, index);
        self.set_attention(&mut block, regions, index);
        self.set_classifier(&mut block, regions, index);
        self.set_peers(&mut block, index);
        block
    }

    fn set_stream(&self, block: &mut Block, regions: &Regions, index: usize) {
        let start = regions.streams[index];
        let stream = &self.streams[index];
        let format = self.shape.format;
        block.set(Word::RingAddress, self.map.ring);
        block.set(Word::StreamStart, start);
        if self.map.resident {
            // Nothing to ask for, and a chunk that is never used up.
            block.set(Word::StreamLayersEnd, start);
            block.set(Word::StreamEnd, start);
            let blocks = stream.used / format.bytes();
            block.set(Word::ChunkBlocks, blocks as u32 + 1);
            block.set(Word::ResidentStart, start);
            block.set(Word::ResidentBytes, self.resident_bytes(index) as u32);
        } else {
            let chunk_bytes = format.chunk_bytes() as u32;
            for (word, later, end) in [
                (Word::StreamLayersEnd, Word::LaterLayers, stream.layers_end),
                (Word::StreamEnd, Word::Later, stream.end),
            ] {
                let resident = end.min(stream.resident);
                block.set(word, start + resident as u32);
                block.set(later, (end - resident) as u32);
            }
            block.set(Word::RingBytes, self.map.ring_bytes);
            block.set(Word::ChunkBytes, chunk_bytes);
            block.set(Word::ChunkBlocks, format.chunk_blocks() as u32);
            block.set(Word::RingChunks, self.map.ring_bytes / chunk_bytes);
        }
        self.set_pace(block, index);
        block.set(Word::CommandStart, regions.command);
        let norm_bytes = self.shape.dim as u32 * 4;
        block.set(Word::Norms, self.map.norms);
        block.set(Word::NormBytes, norm_bytes);
        block.set(Word::NormStart, regions.norms);
        block.set(Word::NormEnd, regions.norms + self.norm_bytes() as u32);
        block.set(Word::Turns, self.map.turns);
        block.set(Word::TurnsBytes, self.turn_bytes() as u32);
        block.set(Word::List, self.map.list);
        block.set(Word::ListPairs, self.shape.dim as u32 / 8);
        let embedding_bytes = self.tile_bytes(self.shape.dim) as u32;
        block.set(Word::EmbeddingBytes, embedding_bytes);
    }

    /// How many chunks are to be under way: what a product uses up, and some more for the time
    /// around it.
    fn set_pace(&self, block: &mut Block, index: usize) {
        let Self { shape, .. } = self;
        let share = &self.shares[index];
        let tiles = share.qkv_rows(shape) / shape.tile();
        let products = [
            (Word::QkvChunks, tiles, shape.dim),
            (Word::OutputChunks, share.dim.len(), shape.attention),
            (Word::GateUpChunks, 2 * share.hidden.len(), shape.dim),
            (Word::DownChunks, share.dim.len(), shape.hidden),
        ];
        for (word, tiles, columns) in products {
            let blocks = tiles * shape.blocks(columns);
            let chunks = blocks.div_ceil(shape.format.chunk_blocks()) + shape.format.more_chunks();
            block.set(word, chunks.min(Stream::DEEPEST as usize) as u32);
        }
        block.set(
            Word::AttentionChunks,
            shape.format.attention_chunks() as u32,
        );
    }

    fn set_vectors(&self, block: &mut Block, _: &Regions, index: usize) {
        let Self { shape, map, .. } = self;
        let share = &self.shares[index];
        let blocks = |length: usize| shape.blocks(length) as u32;
        block.set(Word::Layers, shape.config.n_layers as u32);
        block.set(Word::DimSteps, shape.dim as u32 / 16);
        block.set(Word::DimBlocks, blocks(shape.dim));
        block.set(Word::AttentionBlocks, blocks(shape.attention));
        block.set(Word::HiddenBlocks, blocks(shape.hidden));
        block.set(Word::Operand, map.operand);
        block.set(Word::InverseDim, (1.0 / shape.config.dim as f32).to_bits());
        block.set(Word::X, map.x);
        block.set(Word::DimBytes, shape.dim as u32 * 4);
        block.set(Word::Normed, map.normed);
        block.set(Word::DimTiles, share.dim.len() as u32);
        let own_rows = share.dim.len() * shape.tile();
        block.set(Word::OwnDimSteps, own_rows as u32 / 8);
        block.set(Word::OwnX, self.x_slice(index).0);
        block.set(Word::Part, map.part);
        block.set(Word::PartDimBytes, own_rows as u32 * 4);
        let hidden_rows = share.hidden.len() * shape.tile();
        block.set(Word::PartGateUpBytes, hidden_rows as u32 * 8);
        block.set(Word::HiddenTiles, share.hidden.len() as u32);
        block.set(Word::GateUpTiles, share.hidden.len() as u32 * 2);
        block.set(Word::Hidden, map.hidden);
        block.set(Word::HiddenBytes, shape.hidden as u32 * 4);
        block.set(Word::OwnHidden, self.hidden_slice(index).0);
    }

    fn set_attention(&self, block: &mut Block, regions: &Regions, index: usize) {
        let Self { shape, map, .. } = self;
        let share = &self.shares[index];
        let row = shape.head_bytes() as u32;
        let queries = share.query_heads(shape);
        let kv_heads = share.kv_heads.len() as u32;
        let group = shape.config.heads_per_kv_head() as u32;
        let half = shape.cache_half_bytes() as u32;
        let scale = 1.0 / libm::sqrtf(shape.config.head_size() as f32);
        block.set(Word::Qkv, map.qkv);
        let qkv_tiles = share.qkv_rows(shape) / shape.tile();
        block.set(Word::QkvTiles, qkv_tiles as u32);
        block.set(Word::QkvBytes, share.qkv_rows(shape) as u32 * 4);
        block.set(Word::RopeHeads, queries.len() as u32 + kv_heads);
        let keys = map.qkv + queries.len() as u32 * row;
        block.set(Word::OwnKeys, keys);
        block.set(Word::OwnValues, keys + kv_heads * row);
        block.set(Word::KvHeads, kv_heads);
        block.set(Word::KvRuns, kv_heads * 2);
        let row_bytes = shape.row_bytes() as u32;
        block.set(Word::HeadBytes, row);
        block.set(Word::RowBytes, row_bytes);
        block.set(Word::GroupHeads, group);
        block.set(Word::GroupBytes, group * row);
        block.set(Word::Attention, map.attention);
        block.set(Word::AttentionBytes, shape.attention as u32 * 4);
        block.set(
            Word::OwnAttention,
            map.attention + queries.start as u32 * row,
        );
        block.set(Word::Scores, map.scores);
        block.set(Word::ScoreBytes, map.score_bytes);
        block.set(Word::Sums, map.sums);
        block.set(Word::Scale, scale.to_bits());
        block.set(Word::Rows, map.rows);
        block.set(Word::RowsBytes, map.block_rows * row_bytes);
        block.set(Word::BlockRows, map.block_rows);
        block.set(Word::RowScales, map.row_scales);
        block.set(Word::Narrow, map.narrow);
        block.set(Word::NarrowBytes, map.narrow_bytes);
        block.set(Word::NarrowRowsBytes, map.batch as u32 * row_bytes);
        let first_head = share.kv_heads.start as u32;
        block.set(Word::CacheStart, regions.cache + first_head * 2 * half);
        block.set(
            Word::CacheLayerBytes,
            shape.config.n_kv_heads as u32 * 2 * half,
        );
        block.set(Word::CacheHeadBytes, 2 * half);
        block.set(Word::CacheHalfBytes, half);
        block.set(Word::CacheRowsBytes, shape.cache_rows_bytes() as u32);
    }

    fn set_classifier(&self, block: &mut Block, regions: &Regions, index: usize) {
        let share = &self.shares[index];
        let first = (share.vocab.start * self.shape.tile()) as u32;
        block.set(Word::VocabTiles, share.vocab.len() as u32);
        block.set(Word::VocabFirst, first);
        let rows = share.vocab.len() * self.shape.tile();
        let end = (first + rows as u32).min(self.shape.config.vocab_size as u32);
        block.set(Word::VocabEnd, end);
        block.set(Word::Logits, self.map.logits);
        let pieces = if self.map.samples { LOGIT_PIECE * 4 } else { 0 };
        block.set(Word::LogitPieces, pieces);
        block.set(Word::LogitBlocks, rows.div_ceil(BLOCK).max(1) as u32);
        block.set(Word::BlockSums, self.map.block_sums);
        block.set(Word::Indices, self.map.indices);
        block.set(Word::Records, self.map.records);
        block.set(Word::RecordsBytes, (MAX_SPUS * RECORD_BYTES) as u32);
        block.set(Word::LogitsStart, regions.logits + first * 4);
        block.set(Word::Results, self.map.results);
        block.set(Word::OwnResult, self.map.results + index as u32 * 16);
    }

    /// The signals and the tables of slices.
    fn set_peers(&self, block: &mut Block, index: usize) {
        let peers: Vec<usize> = (0..self.spus()).filter(|&peer| peer != index).collect();
        block.set(Word::Leader, u32::from(index == 0));
        block.set(Word::OwnIndex, index as u32);
        block.set(Word::Peers, peers.len() as u32);
        let bits = peers.iter().fold(0, |bits, peer| bits | 1u32 << peer);
        block.set(Word::PeerMask, bits);
        for (parity, shift) in [0, PARITY_SHIFT].into_iter().enumerate() {
            let bit = 1u32 << index << shift;
            block.set_quad(table::OWN_BITS + parity * 16, [0, 0, 0, bit]);
        }
        for (entry, &peer) in peers.iter().enumerate() {
            let signal = window::address(peer, window::SIGNAL_1);
            block.set_quad(table::SIGNALS + entry * 16, [signal; 4]);
        }
        self.set_pulls(block, index, &peers);
    }

    /// By which lists an SPU pulls the others' slices.
    fn set_pulls(&self, block: &mut Block, index: usize, peers: &[usize]) {
        let shape = &self.shape;
        let mut lists = Lists {
            block,
            at: table::LISTS,
        };
        // The slices of so many vectors at a distance of `stride`.
        let slices = |slice: &dyn Fn(usize) -> (u32, usize), vectors: usize, stride: usize| {
            let vectors = 0..vectors;
            vectors
                .flat_map(|vector| peers.iter().map(move |&peer| (vector, peer)))
                .map(|(vector, peer)| {
                    let (local, bytes) = slice(peer);
                    (peer, local + (vector * stride) as u32, bytes)
                })
                .collect::<Vec<_>>()
        };
        let attention = |peer| self.attention_slice(peer);
        let x = |peer| self.x_slice(peer);
        let hidden = |peer| self.hidden_slice(peer);
        let vectors: [(&dyn Fn(usize) -> _, _, _, _); 3] = [
            (
                &attention,
                shape.attention,
                [Word::AttentionPulls, Word::AttentionBatchPulls],
                table::ATTENTION,
            ),
            (&x, shape.dim, [Word::XPulls, Word::XBatchPulls], table::X),
            (
                &hidden,
                shape.hidden,
                [Word::HiddenPulls, Word::HiddenBatchPulls],
                table::HIDDEN,
            ),
        ];
        for (slice, length, words, tables) in vectors {
            for (count, (word, table)) in [1, self.map.batch]
                .into_iter()
                .zip(words.into_iter().zip(tables))
            {
                let runs = lists.set(table, &slices(slice, count, length * 4));
                lists.block.set(word, runs);
            }
        }
        let results = |peer: usize| {
            // Only the leader asks for the others' results.
            let bytes = if index == 0 { 16 } else { 0 };
            (self.map.results + peer as u32 * 16, bytes)
        };
        let runs = lists.set(table::RESULTS, &slices(&results, 1, 0));
        lists.block.set(Word::ResultPulls, runs);
        for (side, table) in [table::EVEN_RECORDS, table::ODD_RECORDS]
            .into_iter()
            .enumerate()
        {
            let records = |peer: usize| {
                let place = (side * MAX_SPUS + peer) * RECORD_BYTES;
                (self.map.records + place as u32, RECORD_BYTES)
            };
            let runs = lists.set(table, &slices(&records, 1, 0));
            lists.block.set(Word::RecordPulls, runs);
        }
    }
}

/// The DMA lists of a parameter block.
struct Lists<'a> {
    block: &'a mut Block,
    /// Offset of the next element.
    at: usize,
}

impl Lists<'_> {
    /// Writes the lists of slices, each an SPU with a local address and bytes, and the runs of a
    /// table: slices that follow on one another in local store are one run. Gives the number of
    /// runs.
    fn set(&mut self, table: usize, slices: &[(usize, u32, usize)]) -> u32 {
        let mut runs: Vec<[u32; 4]> = Vec::new();
        let mut end = None;
        for &(peer, local, bytes) in slices.iter().filter(|(_, _, bytes)| *bytes > 0) {
            if end != Some(local) {
                runs.push([local, self.at as u32, 0, 0]);
            }
            end = Some(local + bytes as u32);
            let element = [bytes as u32, window::address(peer, local)];
            self.block.set_element(self.at, element);
            self.at += 8;
            if let Some(run) = runs.last_mut() {
                run[2] += 8;
            }
        }
        for (index, run) in runs.iter().enumerate() {
            self.block.set_quad(table + index * 16, *run);
        }
        runs.len() as u32
    }
}
