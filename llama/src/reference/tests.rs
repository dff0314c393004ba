use super::*;
use crate::checkpoint::{Format, write};
use crate::sampler::argmax;
use crate::synthetic;

/// Nothing in this shape is a multiple of anything: not of the rows that go side by side, nor of
/// each other.
const CONFIG: Config = Config {
    dim: 24,
    hidden_dim: 20,
    n_layers: 3,
    n_heads: 6,
    n_kv_heads: 2,
    vocab_size: 97,
    seq_len: 40,
};

/// FNV-1a over the little-endian bytes of all logits of 40 tokens.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut engine = Reference::new(&Checkpoint::parse(bytes).unwrap());
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut token = 1;
    for position in 0..CONFIG.seq_len {
        for logit in engine.forward(token, position).unwrap() {
            for byte in logit.to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
        token = ((position * 31 + 17) % CONFIG.vocab_size) as u32;
    }
    hash
}

/// The fingerprints are of what llama2.c's `run.c` and `runq.c` (revision 350e04f, gcc 12, -O2
/// -ffp-contract=off, GNU C library 2.36) put out for the same files.
#[test]
fn logits_are_those_of_llama2c_to_the_bit() {
    for (shared_classifier, fp32, q8) in [
        (true, 0x60d1_ea26_be04_60c8, 0xd220_54bf_d8eb_2b08),
        (false, 0x1353_bceb_d2db_a298, 0x154a_7557_29cd_bc2a),
    ] {
        let bytes = synthetic::checkpoint(&CONFIG, shared_classifier, 7).unwrap();
        assert_eq!(fingerprint(&bytes), fp32, "shared: {shared_classifier}");
        let quantised = write::q8(&Checkpoint::parse(&bytes).unwrap(), 4).unwrap();
        assert_eq!(fingerprint(&quantised), q8, "shared: {shared_classifier}");
    }
}

/// The same model once as it is stored and once with its weights made to fp32 again: what is left
/// between them is the rounding of the activations.
#[test]
fn quantised_products_are_near_those_of_their_weights() {
    let bytes = synthetic::checkpoint(&CONFIG, false, 7).unwrap();
    let exact = Checkpoint::parse(&bytes).unwrap();
    for (format, most) in [(Format::Q8, 3e-2), (Format::Q4, 3e-3)] {
        let narrow = write::tensors(&exact, format).unwrap();
        let narrow = Checkpoint::from_tensors(CONFIG, format, false, &narrow).unwrap();
        let wide = write::tensors(&narrow, Format::Fp32).unwrap();
        let wide = Checkpoint::from_tensors(CONFIG, Format::Fp32, false, &wide).unwrap();
        let (mut narrow, mut wide) = (Reference::new(&narrow), Reference::new(&wide));
        for (position, token) in [1, 50, 96, 3].into_iter().enumerate() {
            let expected = wide.forward(token, position).unwrap();
            let found = narrow.forward(token, position).unwrap();
            let scale = expected.iter().fold(0f32, |m, x| m.max(x.abs()));
            let off = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
            let off = off.fold(0f32, f32::max) / scale;
            assert!(off > 0.0 && off < most, "{format}: off by {off:e}");
        }
    }
}

#[test]
fn going_back_forgets_what_came_after() {
    let bytes = synthetic::checkpoint(&CONFIG, true, 3).unwrap();
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    let mut engine = Reference::new(&checkpoint);
    let mut fresh = Reference::new(&checkpoint);
    for (position, token) in [1, 5, 9, 13].into_iter().enumerate() {
        engine.forward(token, position).unwrap();
    }
    fresh.forward(1, 0).unwrap();
    let expected = fresh.forward(77, 1).unwrap().to_vec();
    assert_eq!(engine.forward(77, 1).unwrap(), expected);
    assert_eq!(
        engine.forward(5, 3),
        Err(EngineError::Skipped {
            position: 3,
            computed: 2
        })
    );
}

#[test]
fn prefill_and_greedy_give_what_forward_gives() {
    let bytes = synthetic::checkpoint(&CONFIG, false, 4).unwrap();
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    let (mut a, mut b) = (Reference::new(&checkpoint), Reference::new(&checkpoint));
    for position in 0..5 {
        a.forward(position as u32, position).unwrap();
        b.prefill(position as u32, position).unwrap();
        assert_eq!(a.activation(), b.activation());
        assert_eq!(a.cached(2, position), b.cached(2, position));
    }
    let expected = argmax(a.forward(9, 5).unwrap());
    assert_eq!(b.forward_greedy(9, 5), Ok(expected));
}

#[test]
fn tokens_and_positions_out_of_range_are_errors() {
    let bytes = synthetic::checkpoint(&CONFIG, true, 4).unwrap();
    let mut engine = Reference::new(&Checkpoint::parse(&bytes).unwrap());
    let token = EngineError::Token {
        token: 97,
        vocab_size: 97,
    };
    assert_eq!(engine.forward(97, 0), Err(token));
    let position = EngineError::Position {
        position: 40,
        seq_len: 40,
    };
    assert_eq!(engine.forward(0, 40), Err(position));
    assert!(matches!(
        engine.forward(0, 1),
        Err(EngineError::Skipped { .. })
    ));
    assert!(engine.forward(0, 0).is_ok());
}

/// The context's length is only a number in the header; no memory may depend on it.
#[test]
fn a_huge_context_takes_no_memory_before_it_is_used() {
    let bytes = synthetic::checkpoint(&CONFIG, true, 4).unwrap();
    let mut bytes = write::q8(&Checkpoint::parse(&bytes).unwrap(), 4).unwrap();
    bytes[32..36].copy_from_slice(&i32::MAX.to_le_bytes());
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    assert_eq!(checkpoint.config().seq_len, i32::MAX as usize);
    let mut engine = Reference::new(&checkpoint);
    engine.forward(1, 0).unwrap();
    assert!(engine.caches[0].keys.capacity() < 1000);
}
