//! The parameter block of each SPU.

use alloc::vec::Vec;

use super::{Layout, Regions};
use crate::engine::parameters::{Block, Word, table};
use crate::engine::window;
use crate::kernels::exchange::PARITY_SHIFT;
use crate::kernels::matvec::{STEP_COLUMNS, TILE};

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
        block.set(Word::StreamStart, start);
        block.set(Word::StreamLayersEnd, start + stream.layers_end as u32);
        block.set(Word::StreamEnd, start + stream.end as u32);
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
    }

    fn set_vectors(&self, block: &mut Block, _: &Regions, index: usize) {
        let Self { shape, map, .. } = self;
        let share = &self.shares[index];
        let steps = |length: usize| (length / STEP_COLUMNS) as u32;
        let slice = |base: u32, tiles: usize| base + tiles as u32 * 32;
        block.set(Word::Layers, shape.config.n_layers as u32);
        block.set(Word::DimSteps, steps(shape.dim));
        block.set(Word::AttentionSteps, steps(shape.attention));
        block.set(Word::HiddenSteps, steps(shape.hidden));
        block.set(Word::InverseDim, (1.0 / shape.config.dim as f32).to_bits());
        block.set(Word::X, map.x);
        block.set(Word::Normed, map.normed);
        block.set(Word::DimTiles, share.dim.len() as u32);
        block.set(Word::OwnX, slice(map.x, share.dim.start));
        block.set(Word::Part, map.part);
        block.set(Word::HiddenTiles, share.hidden.len() as u32);
        block.set(Word::GateUpTiles, share.hidden.len() as u32 * 2);
        block.set(Word::Hidden, map.hidden);
        block.set(Word::OwnHidden, slice(map.hidden, share.hidden.start));
    }

    fn set_attention(&self, block: &mut Block, regions: &Regions, index: usize) {
        let Self { shape, map, .. } = self;
        let share = &self.shares[index];
        let row = shape.row_bytes() as u32;
        let queries = share.query_heads(shape);
        let kv_heads = share.kv_heads.len() as u32;
        let group = shape.config.heads_per_kv_head() as u32;
        let half = shape.cache_half_bytes() as u32;
        let scale = 1.0 / libm::sqrtf(shape.config.head_size() as f32);
        block.set(Word::Qkv, map.qkv);
        block.set(Word::QkvTiles, (share.qkv_bytes(shape) / 32) as u32);
        block.set(Word::RopeHeads, queries.len() as u32 + kv_heads);
        let keys = map.qkv + queries.len() as u32 * row;
        block.set(Word::OwnKeys, keys);
        block.set(Word::OwnValues, keys + kv_heads * row);
        block.set(Word::KvHeads, kv_heads);
        block.set(Word::RowBytes, row);
        block.set(Word::GroupHeads, group);
        block.set(Word::GroupBytes, group * row);
        block.set(Word::Attention, map.attention);
        block.set(
            Word::OwnAttention,
            map.attention + queries.start as u32 * row,
        );
        block.set(Word::Scores, map.scores);
        block.set(Word::ScoreBytes, map.score_bytes);
        block.set(Word::Sums, map.sums);
        block.set(Word::Scale, scale.to_bits());
        block.set(Word::Rows, map.rows);
        block.set(Word::RowsBytes, map.block_rows * row);
        block.set(Word::BlockRows, map.block_rows);
        let first_head = share.kv_heads.start as u32;
        block.set(Word::CacheStart, regions.cache + first_head * 2 * half);
        block.set(
            Word::CacheLayerBytes,
            shape.config.n_kv_heads as u32 * 2 * half,
        );
        block.set(Word::CacheHeadBytes, 2 * half);
        block.set(Word::CacheHalfBytes, half);
    }

    fn set_classifier(&self, block: &mut Block, regions: &Regions, index: usize) {
        let share = &self.shares[index];
        let first = (share.vocab.start * TILE) as u32;
        block.set(Word::VocabTiles, share.vocab.len() as u32);
        block.set(Word::VocabFirst, first);
        block.set(Word::VocabEnd, self.shape.config.vocab_size as u32);
        block.set(Word::Logits, self.map.logits);
        block.set(Word::LogitsStart, regions.logits + first * 4);
        block.set(Word::Results, self.map.results);
        block.set(Word::OwnResult, self.map.results + index as u32 * 16);
    }

    /// The signals and the tables of slices.
    fn set_peers(&self, block: &mut Block, index: usize) {
        let peers: Vec<usize> = (0..self.spus()).filter(|&peer| peer != index).collect();
        block.set(Word::Leader, u32::from(index == 0));
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
        let mut pulls = |word, table, slice: &dyn Fn(usize) -> (u32, usize)| {
            let filled = peers.iter().map(|&peer| (peer, slice(peer)));
            let filled = filled.filter(|(_, (_, bytes))| *bytes > 0);
            let mut entries = 0;
            for (peer, (local, bytes)) in filled {
                let effective = window::address(peer, local);
                let quad = [local, effective, bytes as u32, 0];
                block.set_quad(table + entries * 16, quad);
                entries += 1;
            }
            block.set(word, entries as u32);
        };
        pulls(Word::AttentionPulls, table::ATTENTION, &|peer| {
            self.attention_slice(peer)
        });
        pulls(Word::XPulls, table::X, &|peer| self.x_slice(peer));
        pulls(Word::HiddenPulls, table::HIDDEN, &|peer| {
            self.hidden_slice(peer)
        });
        pulls(Word::ResultPulls, table::RESULTS, &|peer| {
            // Only the leader asks for the others' results.
            let bytes = if index == 0 { 16 } else { 0 };
            (self.map.results + peer as u32 * 16, bytes)
        });
    }
}
