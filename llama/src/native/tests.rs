use super::*;
use crate::checkpoint::{Format, write};
use crate::reference::Reference;
use crate::synthetic;

/// Nothing in this shape is a multiple of a register or of the rows that go side by side.
const CONFIG: Config = Config {
    dim: 18,
    hidden_dim: 21,
    n_layers: 2,
    n_heads: 3,
    n_kv_heads: 1,
    vocab_size: 97,
    seq_len: 12,
};

#[test]
fn logits_are_those_of_the_reference() {
    for shared in [true, false] {
        let bytes = synthetic::checkpoint(&CONFIG, shared, 3).unwrap();
        let checkpoint = Checkpoint::parse(&bytes).unwrap();
        let mut reference = Reference::new(&checkpoint);
        let mut scalar = Native::new(&checkpoint, Product::Scalar).unwrap();
        let mut vector = Native::new(&checkpoint, Product::Vector).unwrap();
        for position in 0..CONFIG.seq_len {
            let token = (position * 31 + 17) as u32 % 97;
            let expected = reference.forward(token, position).unwrap();
            // To the bit: the order of the additions is the same.
            assert_eq!(scalar.forward(token, position).unwrap(), expected);
            let found = vector.forward(token, position).unwrap();
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
        // Back to an earlier position, with another token.
        let expected = reference.forward(5, 3).unwrap();
        assert_eq!(scalar.forward(5, 3).unwrap(), expected);
    }
}

#[test]
fn quantised_weights_are_their_numbers() {
    let bytes = synthetic::checkpoint(&CONFIG, true, 3).unwrap();
    let exact = Checkpoint::parse(&bytes).unwrap();
    let narrow = write::tensors(&exact, Format::Q4).unwrap();
    let narrow = Checkpoint::from_tensors(CONFIG, Format::Q4, true, &narrow).unwrap();
    let wide = write::tensors(&narrow, Format::Fp32).unwrap();
    let wide = Checkpoint::from_tensors(CONFIG, Format::Fp32, true, &wide).unwrap();
    let mut narrow = Native::new(&narrow, Product::Vector).unwrap();
    let mut wide = Native::new(&wide, Product::Vector).unwrap();
    assert_eq!(narrow.forward(9, 0).unwrap(), wide.forward(9, 0).unwrap());
}

#[test]
fn positions_are_skipped_only_where_that_is_asked_for() {
    let bytes = synthetic::checkpoint(&CONFIG, true, 3).unwrap();
    let checkpoint = Checkpoint::parse(&bytes).unwrap();
    let mut engine = Native::new(&checkpoint, Product::Vector).unwrap();
    assert!(engine.forward(1, 4).is_err());
    engine.skip_to(4);
    assert!(engine.forward(1, 4).is_ok());
    assert!(engine.forward(97, 5).is_err() && engine.forward(1, 12).is_err());
}
