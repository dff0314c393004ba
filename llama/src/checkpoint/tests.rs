use super::write::{self, WriteError};
use super::*;
use crate::engine::Engine;
use crate::reference::Reference;
use crate::synthetic;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;
use std::string::{String, ToString};

const CONFIG: Config = Config {
    dim: 24,
    hidden_dim: 20,
    n_layers: 3,
    n_heads: 6,
    n_kv_heads: 2,
    vocab_size: 33,
    seq_len: 9,
};

fn legacy(shared_classifier: bool) -> Vec<u8> {
    synthetic::checkpoint(&CONFIG, shared_classifier, 11).unwrap()
}

/// The same model as a file of version 1, by the order that `export.py` writes.
fn version1(legacy: &[u8]) -> Vec<u8> {
    let checkpoint = Checkpoint::parse(legacy).unwrap();
    let config = checkpoint.config();
    let mut out = Vec::new();
    let numbers = [0x616b_3432, 1].into_iter();
    for number in numbers.chain(config.fields().map(|(_, n)| n as u32)) {
        out.extend(number.to_le_bytes());
    }
    out.push(checkpoint.shares_classifier().into());
    out.resize(256, 0);
    let mut put = |values: Values| match values {
        Values::F32(floats) => out.extend(floats.as_le_bytes().as_flattened()),
        Values::Q8(_) | Values::Q4(_) => unreachable!(),
    };
    let layers: Vec<Layer> = (0..config.n_layers).map(|l| checkpoint.layer(l)).collect();
    layers.iter().for_each(|l| put(Values::F32(l.rms_att)));
    layers.iter().for_each(|l| put(Values::F32(l.rms_ffn)));
    put(Values::F32(checkpoint.rms_final()));
    put(checkpoint.token_embedding().values());
    layers.iter().for_each(|l| put(l.wq.values()));
    layers.iter().for_each(|l| put(l.wk.values()));
    layers.iter().for_each(|l| put(l.wv.values()));
    layers.iter().for_each(|l| put(l.wo.values()));
    layers.iter().for_each(|l| put(l.w1.values()));
    layers.iter().for_each(|l| put(l.w2.values()));
    layers.iter().for_each(|l| put(l.w3.values()));
    if !checkpoint.shares_classifier() {
        put(checkpoint.classifier().values());
    }
    out
}

fn version2(group_size: usize) -> Vec<u8> {
    let legacy = legacy(false);
    write::q8(&Checkpoint::parse(&legacy).unwrap(), group_size).unwrap()
}

/// Every tensor as f32, with its name.
fn tensors(checkpoint: &Checkpoint) -> Vec<(String, Vec<f32>)> {
    let mut out = Vec::new();
    let mut put = |name: &str, layer: usize, values: Values| {
        let mut copy = vec![0.0; values.len()];
        values.copy_to(&mut copy);
        out.push((std::format!("{name} {layer}"), copy));
    };
    put("embedding", 0, checkpoint.token_embedding().values());
    for i in 0..checkpoint.config().n_layers {
        let layer = checkpoint.layer(i);
        put("rms_att", i, Values::F32(layer.rms_att));
        put("wq", i, layer.wq.values());
        put("wk", i, layer.wk.values());
        put("wv", i, layer.wv.values());
        put("wo", i, layer.wo.values());
        put("rms_ffn", i, Values::F32(layer.rms_ffn));
        put("w1", i, layer.w1.values());
        put("w2", i, layer.w2.values());
        put("w3", i, layer.w3.values());
    }
    put("rms_final", 0, Values::F32(checkpoint.rms_final()));
    put("classifier", 0, checkpoint.classifier().values());
    out
}

fn error(bytes: &[u8]) -> String {
    match Checkpoint::parse(bytes) {
        Ok(_) => panic!("parsed"),
        Err(error) => error.to_string(),
    }
}

fn with_number(mut bytes: Vec<u8>, offset: usize, number: i32) -> Vec<u8> {
    bytes[offset..offset + 4].copy_from_slice(&number.to_le_bytes());
    bytes
}

/// Tensors that hold their own place as value, so that none can be taken for another.
#[test]
fn legacy_tensors_stand_in_the_exporters_order() {
    let config = Config {
        dim: 4,
        hidden_dim: 3,
        n_layers: 2,
        n_heads: 2,
        n_kv_heads: 1,
        vocab_size: 5,
        seq_len: 6,
    };
    // Floats of: embedding, attention norms, wq, wk, wv, wo, norms, w1, w2, w3, final norm,
    // tables, classifier.
    let sizes = [20, 8, 32, 16, 16, 32, 8, 24, 24, 24, 4, 12, 20];
    let total: u16 = sizes.iter().sum();
    let mut bytes = Vec::new();
    for number in [4, 3, 2, 2, 1, -5, 6] {
        bytes.extend(i32::to_le_bytes(number));
    }
    for i in 0..total {
        bytes.extend(f32::from(i).to_le_bytes());
    }
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    assert_eq!(checkpoint.config(), &config);
    assert_eq!(checkpoint.version(), Version::Legacy);
    assert_eq!(checkpoint.format(), Format::Fp32);
    // All but the tables.
    assert_eq!(checkpoint.parameters(), u64::from(total) - 12);
    let starts: Vec<f32> = tensors(&checkpoint).iter().map(|(_, t)| t[0]).collect();
    let expected = [
        0, // embedding
        20, 28, 60, 76, 92, 124, 132, 156, 180, // layer 0
        24, 44, 68, 84, 108, 128, 144, 168, 192, // layer 1
        204, 220, // final norm, classifier
    ];
    assert_eq!(starts, expected.map(|i| i as f32));
    let w2 = checkpoint.layer(1).w2;
    assert_eq!((w2.rows(), w2.columns()), (4, 3));
    let mut row = [0.0; 3];
    w2.copy_row_to(2, &mut row);
    assert_eq!(row, [174.0, 175.0, 176.0]);
}

#[test]
fn version1_holds_the_same_as_version0() {
    for shared_classifier in [true, false] {
        let legacy = legacy(shared_classifier);
        let version1 = version1(&legacy);
        let (a, b) = (
            Checkpoint::parse(&legacy).unwrap(),
            Checkpoint::parse(&version1).unwrap(),
        );
        assert_eq!(b.version(), Version::Fp32);
        assert_eq!(a.config(), b.config());
        assert_eq!(b.shares_classifier(), shared_classifier);
        assert_eq!(tensors(&a), tensors(&b));
    }
}

#[test]
fn version2_holds_the_same_within_half_a_step() {
    let (legacy, quantised) = (legacy(false), version2(4));
    let (a, b) = (
        Checkpoint::parse(&legacy).unwrap(),
        Checkpoint::parse(&quantised).unwrap(),
    );
    assert_eq!(b.version(), Version::Q8);
    assert_eq!(b.format(), Format::Q8 { group_size: 4 });
    for ((name, exact), (_, quantised)) in tensors(&a).into_iter().zip(tensors(&b)) {
        assert_eq!(exact.len(), quantised.len());
        for (exact, quantised) in exact.chunks(4).zip(quantised.chunks(4)) {
            let largest = exact.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            let step = if name.starts_with("rms") {
                0.0
            } else {
                largest / 127.0
            };
            for (x, y) in exact.iter().zip(quantised) {
                assert!((x - y).abs() <= step * 0.501, "{name}: {x} became {y}");
            }
        }
    }
}

/// In groups that do not divide the rows, and in Q4, the values are near all the same, and a
/// second conversion changes nothing.
#[test]
fn tensors_of_all_formats_hold_the_same_weights() {
    let legacy = legacy(false);
    let exact = Checkpoint::parse(&legacy).unwrap();
    for (format, step) in [
        (Format::Fp32, 0.0),
        (Format::Q8 { group_size: 4 }, 1.0 / 254.0),
        (Format::Q8, 1.0 / 254.0),
        (Format::Q4, 1.0 / 10.0),
    ] {
        let bytes = write::tensors(&exact, format).unwrap();
        let found = Checkpoint::from_tensors(CONFIG, format, false, &bytes).unwrap();
        assert_eq!(found.format(), format);
        for ((name, exact), (_, found)) in tensors(&exact).into_iter().zip(tensors(&found)) {
            let largest = exact.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            let step = if name.starts_with("rms") { 0.0 } else { step };
            for (x, y) in exact.iter().zip(found) {
                assert!(
                    (x - y).abs() <= step * largest,
                    "{format} {name}: {x} became {y}"
                );
            }
        }
        assert_eq!(write::tensors(&found, format).unwrap(), bytes);
        let cut = Checkpoint::from_tensors(CONFIG, format, false, &bytes[1..]).err();
        assert!(
            matches!(cut, Some(CheckpointError::Truncated { .. })),
            "{format}"
        );
    }
}

/// Groups of 32 in rows of 24 and 20: each row has one short group.
#[test]
fn short_groups_have_scales_of_their_own() {
    let legacy = legacy(true);
    let exact = Checkpoint::parse(&legacy).unwrap();
    let bytes = write::tensors(&exact, Format::Q8).unwrap();
    let found = Checkpoint::from_tensors(CONFIG, Format::Q8, true, &bytes).unwrap();
    let Values::Q8(row) = found.layer(2).w2.row(3) else {
        panic!("not quantised");
    };
    assert_eq!(
        (row.values().len(), row.groups(), row.scales().len()),
        (20, 1, 1)
    );
    let largest = row.values().iter().map(|v| (*v as i8).unsigned_abs()).max();
    assert_eq!(largest, Some(127));
    let bytes = write::tensors(&exact, Format::Q4).unwrap();
    let found = Checkpoint::from_tensors(CONFIG, Format::Q4, true, &bytes).unwrap();
    let Values::Q4(row) = found.layer(2).w2.row(3) else {
        panic!("not quantised");
    };
    assert_eq!((row.groups().len(), row.scales().len()), (1, 1));
    assert_eq!(row.groups()[0][10..], [0; 6]);
}

#[test]
fn quantised_rows_are_given_as_they_stand_in_the_file() {
    let bytes = version2(2);
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    let matrix = checkpoint.layer(1).w2;
    let Values::Q8(row) = matrix.row(5) else {
        panic!("not quantised");
    };
    assert_eq!(row.group_size(), 2);
    assert_eq!((row.values().len(), row.scales().len()), (20, 10));
    let mut floats = [0.0; 20];
    matrix.copy_row_to(5, &mut floats);
    for (i, float) in floats.iter().enumerate() {
        let value = f32::from(row.values()[i] as i8);
        assert_eq!(value * row.scales().get(i / 2), *float);
    }
    // Each tensor is all its values, then all its scales.
    let Values::Q8(all) = checkpoint.token_embedding().values() else {
        panic!("not quantised");
    };
    let start = 256 + 4 * (2 * 3 * 24 + 24);
    assert_eq!(all.values(), &bytes[start..start + 33 * 24]);
    let scale = &bytes[start + 33 * 24..][..4];
    assert_eq!(all.scales().as_le_bytes()[0], scale);
}

#[test]
fn every_truncation_names_a_tensor_and_both_sizes() {
    for bytes in [legacy(false), version1(&legacy(false)), version2(4)] {
        for len in 0..bytes.len() {
            let Err(CheckpointError::Truncated {
                found, expected, ..
            }) = Checkpoint::parse(&bytes[..len])
            else {
                panic!("{len} of {} bytes", bytes.len());
            };
            assert_eq!(found, len as u64);
            assert!(expected > found && expected <= bytes.len() as u64);
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(
            Checkpoint::parse(&longer).err(),
            Some(CheckpointError::TooLong {
                found: longer.len() as u64,
                expected: bytes.len() as u64
            })
        );
    }
    let bytes = legacy(true);
    assert_eq!(
        error(&bytes[..28 + 33 * 24 * 4 + 10]),
        std::format!(
            "checkpoint: the file ends inside rms_att: 3206 bytes, expected {}",
            bytes.len()
        )
    );
}

#[test]
fn errors_name_field_found_and_expected() {
    let cases = [
        (0, "dim is -1, expected 1 to 2147483647"),
        (4, "hidden_dim is -1, expected 1 to 2147483647"),
        (8, "n_layers is -1, expected 1 to 2147483647"),
        (12, "n_heads is -1, expected 1 to 2147483647"),
        (16, "n_kv_heads is -1, expected 1 to 2147483647"),
        (24, "seq_len is -1, expected 1 to 2147483647"),
    ];
    for (offset, expected) in cases {
        let bytes = with_number(legacy(true), offset, -1);
        assert_eq!(error(&bytes), std::format!("checkpoint: {expected}"));
    }
    assert_eq!(
        error(&with_number(legacy(true), 20, i32::MIN)),
        "checkpoint: vocab_size is 2147483648, expected 1 to 2147483647"
    );
    assert_eq!(
        error(&with_number(version2(4), 28, -5)),
        "checkpoint: vocab_size is -5, expected 1 to 2147483647"
    );
    assert_eq!(
        error(&with_number(version2(4), 4, 3)),
        "checkpoint: version is 3, expected 1 or 2"
    );
    let mut flag = version2(4);
    flag[36] = 2;
    assert_eq!(
        error(&flag),
        "checkpoint: shared classifier flag is 2, expected 0 or 1"
    );
    for group_size in [0, -4, 65537] {
        assert_eq!(
            error(&with_number(version2(4), 37, group_size)),
            std::format!("checkpoint: group size is {group_size}, expected 1 to 65536")
        );
    }
    assert_eq!(
        error(&with_number(version2(4), 37, 8)),
        "checkpoint: group size is 8, expected a divisor of hidden_dim, which is 20"
    );
}

/// Sizes of which a product would overflow 64 bits are sizes that the file does not have.
#[test]
fn absurd_shapes_are_truncated_files() {
    let mut bytes = legacy(true);
    for offset in [0, 4, 8, 20, 24] {
        bytes = with_number(bytes, offset, i32::MAX - 1);
    }
    for offset in [12, 16] {
        bytes = with_number(bytes, offset, 1);
    }
    assert_eq!(
        Checkpoint::parse(&bytes).err(),
        Some(CheckpointError::Truncated {
            inside: "token_embedding",
            found: bytes.len() as u64,
            expected: u64::MAX
        })
    );
}

#[test]
fn writers_refuse_what_does_not_fit() {
    let bytes = legacy(true);
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    let refused = write::q8(&checkpoint, 5).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "checkpoint: group size is 5, expected a divisor of dim, which is 24"
    );
    assert!(matches!(
        write::q8(&checkpoint, 0),
        Err(WriteError::GroupSize(_))
    ));
    let weights = write::Weights {
        token_embedding: &[0.0; 7],
        rms_att: &[],
        wq: &[],
        wk: &[],
        wv: &[],
        wo: &[],
        rms_ffn: &[],
        w1: &[],
        w2: &[],
        w3: &[],
        rms_final: &[],
        classifier: None,
    };
    assert_eq!(
        write::fp32(&CONFIG, &weights).unwrap_err().to_string(),
        "token_embedding has 7 values, expected 792"
    );
}

proptest! {
    /// Any change of a file is refused, or is a model that can be computed.
    #[test]
    fn changed_files_never_panic(
        version in 0..3,
        changes in prop::collection::vec((0usize..300, any::<u8>()), 0..6),
        cut in prop::option::of(0usize..20_000),
    ) {
        let mut bytes = match version {
            0 => legacy(false),
            1 => version1(&legacy(true)),
            _ => version2(4),
        };
        for (offset, byte) in changes {
            bytes[offset] = byte;
        }
        bytes.truncate(cut.unwrap_or(usize::MAX));
        if let Ok(checkpoint) = Checkpoint::parse(&bytes) {
            let mut engine = Reference::new(&checkpoint);
            let logits = engine.forward(0, 0).unwrap();
            prop_assert_eq!(logits.len(), checkpoint.config().vocab_size);
        }
    }

    /// Small numbers in the header, so that many of them describe a model that fits.
    #[test]
    fn any_shape_is_refused_or_computed(
        numbers in prop::array::uniform7(-2i32..9),
        versioned: bool,
        group_size in -1i32..5,
        size in 0usize..4000,
    ) {
        let mut bytes = Vec::new();
        if versioned {
            bytes.extend(0x616b_3432u32.to_le_bytes());
            bytes.extend(2i32.to_le_bytes());
        }
        for number in numbers {
            bytes.extend(number.to_le_bytes());
        }
        if versioned {
            bytes.push(1);
            bytes.extend(group_size.to_le_bytes());
        }
        bytes.resize(size.max(bytes.len()), 1);
        let parsed = match Checkpoint::parse(&bytes) {
            // Give the file the size that it says it has.
            Err(CheckpointError::Truncated { expected, .. } | CheckpointError::TooLong { expected, .. })
                if expected < 1 << 20 =>
            {
                bytes.resize(expected as usize, 1);
                Checkpoint::parse(&bytes)
            }
            other => other,
        };
        if let Ok(checkpoint) = parsed {
            let mut engine = Reference::new(&checkpoint);
            let logits = engine.forward(0, 0).unwrap();
            prop_assert_eq!(logits.len(), checkpoint.config().vocab_size);
        }
    }
}
