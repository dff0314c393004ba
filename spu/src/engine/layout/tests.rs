use alloc::vec::Vec;
use std::string::ToString;

use proptest::prelude::*;

use super::*;
use crate::asm::LOCAL_STORE;

/// Where a program of its usual size ends.
const PROGRAM_END: u32 = 16 * 1024;

fn config() -> impl Strategy<Value = Config> {
    let heads = (1usize..5, 1usize..4, 1usize..20);
    (heads, 1usize..700, 1usize..4, 1usize..900, 1usize..80).prop_map(
        |((n_kv_heads, group, half_head), hidden_dim, n_layers, vocab_size, seq_len)| {
            let n_heads = n_kv_heads * group;
            Config {
                dim: n_heads * half_head * 2,
                hidden_dim,
                n_layers,
                n_heads,
                n_kv_heads,
                vocab_size,
                seq_len,
            }
        },
    )
}

fn format() -> impl Strategy<Value = BlockFormat> {
    prop_oneof![
        Just(BlockFormat::Fp32),
        Just(BlockFormat::Q8),
        Just(BlockFormat::Q4)
    ]
}

/// Regions one behind the other, as an allocator would give them.
fn regions(layout: &Layout) -> Regions {
    let mut at = 0x3000_0000u32;
    let mut place = |bytes: usize| {
        let address = at;
        at = (at + bytes as u32).next_multiple_of(128);
        address
    };
    Regions {
        streams: layout.streams.iter().map(|s| place(s.resident)).collect(),
        parameters: layout.shares.iter().map(|_| place(table::END)).collect(),
        command: place(COMMAND_BYTES),
        norms: place(layout.norm_bytes()),
        turns: place(layout.shape.config.seq_len * layout.turn_bytes()),
        cache: place(layout.shape.cache_bytes()),
        logits: place(layout.shape.vocab * 4),
        embedding: place(layout.embedding_bytes()),
        windows: layout
            .streams
            .iter()
            .map(|_| place(layout.window))
            .collect(),
    }
}

proptest! {
    #[test]
    fn shares_cover_everything_once(config in config(), format in format(), spus in 1usize..=6) {
        let layout = Layout::new(config, format, true, spus, PROGRAM_END).expect("a small model");
        let shape = &layout.shape;
        let all = |range: &dyn Fn(&Share) -> core::ops::Range<usize>, total: usize| {
            let covered: Vec<usize> = layout.shares.iter().flat_map(range).collect();
            covered == (0..total).collect::<Vec<_>>()
        };
        prop_assert!(all(&|share| share.kv_heads.clone(), config.n_kv_heads));
        prop_assert!(all(&|share| share.query_heads(shape), config.n_heads));
        prop_assert!(all(&|share| share.dim.clone(), shape.dim / shape.tile()));
        prop_assert!(all(&|share| share.hidden.clone(), shape.hidden / shape.tile()));
        prop_assert!(all(&|share| share.vocab.clone(), shape.vocab / shape.tile()));
    }

    #[test]
    fn everything_is_aligned_and_inside(config in config(), format in format(), spus in 1usize..=6) {
        let layout = Layout::new(config, format, true, spus, PROGRAM_END).expect("a small model");
        let map = &layout.map;
        let places = [
            map.x, map.normed, map.operand, map.qkv, map.part, map.turns, map.norms, map.scores,
            map.sums, map.rows, map.row_scales, map.narrow, map.list, map.results, map.records,
            map.block_sums, map.logits,
        ];
        prop_assert!(places.is_sorted());
        prop_assert!(places.iter().all(|place| place % 128 == 0 && *place >= PROGRAM_END));
        prop_assert!(map.end <= map.ring && map.ring + map.ring_bytes == LOCAL_STORE);
        if map.resident {
            let most = layout.streams.iter().map(|stream| stream.used).max();
            prop_assert!(most <= Some(map.ring_bytes as usize));
        } else {
            prop_assert_eq!(map.ring_bytes as usize % format.chunk_bytes(), 0);
            prop_assert!(map.ring_bytes >= 48 * 1024);
        }
        for stream in &layout.streams {
            prop_assert_eq!(stream.layer % format.bytes(), 0);
            prop_assert_eq!(stream.end % format.chunk_bytes(), 0);
            prop_assert!(stream.classifier <= stream.layers_end);
            prop_assert!(stream.layers_end <= stream.end);
        }
    }

    /// Every token's embedding is in the classifier's tiles, and no two in the same place.
    #[test]
    fn embeddings_are_apart(config in config(), format in format(), spus in 1usize..=6, shared: bool) {
        let layout = Layout::new(config, format, shared, spus, PROGRAM_END).expect("a small model");
        let regions = regions(&layout);
        let mut addresses: Vec<u32> = (0..config.vocab_size)
            .map(|token| layout.embedding_address(&regions, 0, token))
            .collect();
        prop_assert!(addresses.iter().all(|address| address % 16 == 0));
        let (last, size) = match format {
            BlockFormat::Fp32 => ((layout.shape.dim / 4 - 1) * ROW_STRIDE, 16),
            _ => (0, layout.tile_bytes(layout.shape.dim)),
        };
        for &address in &addresses {
            let inside = |start: u32, from: usize, end: usize| {
                let last = address as usize + last + size;
                address as usize >= start as usize + from && last <= start as usize + end
            };
            let home = if shared {
                let streams = layout.streams.iter().zip(&regions.streams);
                streams.into_iter().any(|(s, &start)| inside(start, s.classifier, s.end))
            } else {
                inside(regions.embedding, 0, layout.embedding_bytes())
            };
            prop_assert!(home);
        }
        addresses.sort_unstable();
        addresses.dedup();
        // Quantised rows share their tile.
        let apart = match format {
            BlockFormat::Fp32 => config.vocab_size,
            _ => layout.shape.vocab / layout.shape.tile(),
        };
        prop_assert_eq!(addresses.len(), apart);
    }

    /// With less memory than all takes, it is within what there is, or says that there is too little.
    #[test]
    fn a_budget_is_kept(
        config in config(), format in format(), spus in 1usize..=6, shared: bool, part in 0.0..1.2f64,
    ) {
        let whole = Layout::new(config, format, shared, spus, PROGRAM_END).expect("a small model");
        let budget = (whole.memory_bytes() as f64 * part) as usize;
        match whole.clone().within(budget) {
            Ok(layout) => {
                prop_assert!(layout.memory_bytes() <= budget);
                prop_assert_eq!(layout.is_streamed(), budget < whole.memory_bytes());
                let chunk = format.chunk_bytes();
                for stream in &layout.streams {
                    prop_assert!(stream.resident % chunk == 0 && stream.resident <= stream.end);
                    let left = budget - layout.memory_bytes();
                    let full = stream.resident == stream.end;
                    prop_assert!(full || left < spus * chunk, "{left} bytes are left over");
                }
            }
            Err(LayoutError::Budget { needed, .. }) => {
                prop_assert!(whole.map.resident || needed > budget);
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    /// No numbers whatever bring it down.
    #[test]
    fn absurd_sizes_are_refused(
        numbers in proptest::array::uniform7(prop_oneof![1usize..70, 1usize..0x7fff_ffff]),
        spus in 0usize..9,
        format in format(),
    ) {
        let [dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len] = numbers;
        let config = Config { dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len };
        if config.validate().is_ok()
            && let Ok(layout) = Layout::new(config, format, true, spus, PROGRAM_END)
        {
            prop_assert!(layout.memory_bytes() > 0);
            prop_assert!(!layout.is_streamed());
        }
    }
}

#[test]
fn what_is_too_large_is_named() {
    let small = Config {
        dim: 64,
        hidden_dim: 172,
        n_layers: 5,
        n_heads: 8,
        n_kv_heads: 4,
        vocab_size: 512,
        seq_len: 512,
    };
    let refuse = |config, spus| {
        let error =
            Layout::new(config, BlockFormat::Fp32, true, spus, PROGRAM_END).expect_err("too large");
        error.to_string()
    };
    assert_eq!(refuse(small, 7), "7 SPUs were asked for, expected 1 to 6");
    assert_eq!(
        refuse(
            Config {
                seq_len: 70_000,
                ..small
            },
            6
        ),
        "seq_len is 70000, expected at most 65535"
    );
    let wide = Config {
        hidden_dim: 40_000,
        ..small
    };
    assert!(
        refuse(wide, 6).contains("local store"),
        "{}",
        refuse(wide, 6)
    );
    let long = Config {
        vocab_size: 40_000_000,
        ..small
    };
    assert!(refuse(long, 6).contains("32 bits"), "{}", refuse(long, 6));
}

/// The memory of stories15M, as the design counts it: 60.8, 17.1 and 8.5 MB of weights, 3.5 MB of
/// cache, half of that and a scale for each row where it is narrow. Whole tiles and chunks add less than a hundredth.
#[test]
fn the_15m_model_takes_what_the_design_says() {
    let config = Config {
        dim: 288,
        hidden_dim: 768,
        n_layers: 6,
        n_heads: 6,
        n_kv_heads: 6,
        vocab_size: 32000,
        seq_len: 256,
    };
    let weights = 6 * (4 * 288 * 288 + 3 * 288 * 768) + 32000 * 288;
    let narrow = 3_538_944 / 2 + 6 * 6 * 2 * 256 * 4;
    for (format, bits, cache) in [
        (BlockFormat::Fp32, 32.0, 3_538_944),
        (BlockFormat::Q8, 9.0, narrow),
        (BlockFormat::Q4, 4.5, narrow),
    ] {
        let layout = Layout::new(config, format, true, 6, PROGRAM_END).expect("it fits");
        let found: usize = layout.streams.iter().map(|stream| stream.end).sum();
        let expected = weights as f64 * bits / 8.0;
        let ratio = found as f64 / expected;
        assert!(
            (1.0..1.01).contains(&ratio),
            "{format:?}: {found}, expected {expected}"
        );
        assert_eq!(layout.shape.cache_bytes(), cache);
        assert!(layout.map.end < LOCAL_STORE / 2);
    }
}

/// Six SPUs take the prompts of llama2.c's largest model in batches, where few bits have them read
/// weights no faster than they compute.
#[test]
fn large_models_have_room_for_batches() {
    let config = Config::from([768, 2048, 12, 12, 12, 32_000, 1024]);
    for format in [BlockFormat::Q8, BlockFormat::Q4] {
        let end = crate::engine::program::assemble(format)
            .expect("the program")
            .end();
        let map = Layout::new(config, format, true, 6, end)
            .expect("a layout")
            .map;
        assert!(map.batch > 1, "{format:?}");
    }
}
