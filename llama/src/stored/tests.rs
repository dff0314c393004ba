use alloc::vec;
use alloc::vec::Vec;
use std::string::ToString;

use proptest::prelude::*;

use super::*;
use crate::bundle::{self, Bundle, BundleError, Contents, OpenError, Opened};
use crate::checkpoint::{Checkpoint, Format, Tensor, Values, Weights, write};
use crate::config::Config;
use crate::synthetic;

const CONFIG: Config = Config {
    dim: 48,
    hidden_dim: 40,
    n_layers: 2,
    n_heads: 6,
    n_kv_heads: 3,
    vocab_size: 300,
    seq_len: 8,
};

const MATRICES: [Tensor; 9] = [
    Tensor::TokenEmbedding,
    Tensor::Wq,
    Tensor::Wk,
    Tensor::Wv,
    Tensor::Wo,
    Tensor::W1,
    Tensor::W2,
    Tensor::W3,
    Tensor::RmsAtt,
];

fn bundle(format: Format) -> Vec<u8> {
    let model = synthetic::checkpoint(&CONFIG, true, 5).unwrap();
    let mut out = Vec::new();
    let contents = Contents {
        name: "A model",
        checkpoint: Checkpoint::parse(&model).unwrap(),
        format,
        tokenizer: &synthetic::tokenizer(CONFIG.vocab_size),
    };
    bundle::write(&contents, &mut |part| {
        out.extend(part);
        Ok::<(), BundleError>(())
    })
    .unwrap();
    out
}

/// What is wrong with a file, where something is: opened, and then read as a whole.
fn fault(file: Vec<u8>) -> Option<std::string::String> {
    let opened = match Opened::open(InMemory(file)) {
        Ok(opened) => opened,
        Err(error) => return Some(error.to_string()),
    };
    let (_, mut weights) = opened.into_parts();
    let verified = weights.verify(&mut |_, _| {});
    verified.err().map(|error| error.to_string())
}

fn floats(values: Values) -> Vec<u32> {
    let mut out = vec![0.0; values.len()];
    values.copy_to(&mut out);
    out.into_iter().map(f32::to_bits).collect()
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![
        Just(Format::Fp32),
        Just(Format::Q8 { group_size: 8 }),
        Just(Format::Q8),
        Just(Format::Q4),
    ]
}

/// A matrix, a layer and some rows of it.
fn rows() -> impl Strategy<Value = (Tensor, usize, std::ops::Range<usize>)> {
    (
        0..MATRICES.len(),
        0..2usize,
        any::<[prop::sample::Index; 2]>(),
    )
        .prop_map(|(tensor, layer, ends)| {
            let tensor = MATRICES[tensor];
            let (all, _) = tensor.shape(&CONFIG);
            let [mut a, mut b] = ends.map(|end| end.index(all + 1));
            if a > b {
                (a, b) = (b, a);
            }
            let layer = if tensor == Tensor::TokenEmbedding {
                0
            } else {
                layer
            };
            (tensor, layer, a..b)
        })
}

proptest! {
    #[test]
    fn rows_are_those_of_the_checkpoint_in_memory(
        format in format(), pieces in prop::collection::vec(rows(), 1..20),
    ) {
        let file = bundle(format);
        let mut whole = Bundle::parse(&file).unwrap().checkpoint();
        let (_, mut stored) = Opened::open(InMemory(file.clone())).unwrap().into_parts();
        for (tensor, layer, range) in pieces {
            let expected = floats(whole.rows(tensor, layer, range.clone()).unwrap().values());
            let found = stored.rows(tensor, layer, range).unwrap();
            prop_assert_eq!(floats(found.values()), expected);
        }
        // Whatever was read so far, and how often, the rest completes the checksum.
        prop_assert_eq!(stored.verify(&mut |_, _| {}), Ok(()));
    }

    #[test]
    fn a_changed_byte_is_found_wherever_it_is_read(
        pieces in prop::collection::vec(rows(), 0..20), at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let mut file = bundle(Format::Q8);
        let at = at.index(file.len());
        file[at] ^= flip;
        let Ok(opened) = Opened::open(InMemory(file)) else {
            return Ok(());
        };
        let (_, mut stored) = opened.into_parts();
        for (tensor, layer, range) in pieces {
            stored.rows(tensor, layer, range).unwrap();
        }
        prop_assert_eq!(stored.verify(&mut |_, _| {}), Err(WeightsError::Checksum));
    }

    #[test]
    fn what_is_refused_in_memory_is_refused_in_a_file(
        at in any::<prop::sample::Index>(), flip in 1_u8.., length in any::<prop::sample::Index>(),
    ) {
        let file = bundle(Format::Q4);
        let mut changed = file.clone();
        let at = at.index(file.len());
        changed[at] ^= flip;
        prop_assert_eq!(
            fault(changed.clone()),
            Bundle::parse(&changed).err().map(|error| error.to_string())
        );
        let cut = &file[..length.index(file.len())];
        prop_assert_eq!(
            fault(cut.into()),
            Bundle::parse(cut).err().map(|error| error.to_string())
        );
    }
}

#[test]
fn files_of_llama2_c_are_read_too() {
    let legacy = synthetic::checkpoint(&CONFIG, false, 9).unwrap();
    let quantised = write::q8(&Checkpoint::parse(&legacy).unwrap(), 8).unwrap();
    for file in [legacy, quantised] {
        let mut whole = Checkpoint::parse(&file).unwrap();
        let mut stored = Stored::open(InMemory(file.clone())).unwrap();
        let tensor = stored.index().classifier();
        assert_eq!(tensor, Tensor::Classifier);
        for (tensor, layer) in [(tensor, 0), (Tensor::W2, 1), (Tensor::RmsFinal, 0)] {
            let (rows, _) = tensor.shape(&CONFIG);
            let expected = floats(whole.rows(tensor, layer, 0..rows).unwrap().values());
            let found = stored.rows(tensor, layer, 0..rows).unwrap();
            assert_eq!(floats(found.values()), expected);
        }
    }
    let short = Stored::open(InMemory(vec![1, 2, 3])).err().unwrap();
    assert_eq!(
        short.to_string(),
        "checkpoint: the file ends inside the header: 3 bytes, expected 28"
    );
}

#[test]
fn a_file_that_becomes_shorter_is_an_error() {
    /// A file of which the end was cut after it was opened.
    struct Cut(Vec<u8>);
    impl Storage for Cut {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }
        fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StorageError> {
            let mut whole = InMemory(&self.0[..self.0.len() - 1]);
            whole.read_at(offset, out)
        }
    }
    let opened = Opened::open(Cut(bundle(Format::Fp32)));
    let (_, mut weights) = opened
        .map_err(|error: OpenError| error)
        .unwrap()
        .into_parts();
    let (rows, _) = Tensor::W3.shape(&CONFIG);
    assert!(weights.rows(Tensor::W3, 1, 0..rows - 1).is_ok());
    assert!(matches!(
        weights.rows(Tensor::W3, 1, 0..rows),
        Err(WeightsError::Storage(_))
    ));
    assert!(matches!(
        weights.verify(&mut |_, _| {}),
        Err(WeightsError::Storage(_))
    ));
}
