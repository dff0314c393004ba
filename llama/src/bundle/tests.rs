use std::string::ToString;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::checkpoint::{self, Checkpoint, Format};
use crate::config::Config;
use crate::engine::Engine;
use crate::reference::Reference;
use crate::synthetic;

const CONFIG: Config = Config {
    dim: 16,
    hidden_dim: 24,
    n_layers: 2,
    n_heads: 4,
    n_kv_heads: 2,
    vocab_size: 300,
    seq_len: 8,
};

const Q8: Format = Format::Q8 { group_size: 8 };

fn bundle(model: &[u8], format: Format) -> Vec<u8> {
    let tokenizer = synthetic::tokenizer(CONFIG.vocab_size);
    let contents = Contents {
        name: "A model",
        checkpoint: Checkpoint::parse(model).unwrap(),
        format,
        tokenizer: &tokenizer,
    };
    let mut out = Vec::new();
    write(&contents, &mut |part| {
        out.extend_from_slice(part);
        Ok::<(), BundleError>(())
    })
    .unwrap();
    out
}

fn logits(checkpoint: &Checkpoint) -> Vec<f32> {
    let mut engine = Reference::new(checkpoint);
    let mut all = Vec::new();
    for (position, token) in [1, 77, 5].into_iter().enumerate() {
        all.extend_from_slice(engine.forward(token, position).unwrap());
    }
    all
}

#[test]
fn fp32_weights_stay_as_they_are() {
    for shared in [true, false] {
        let model = synthetic::checkpoint(&CONFIG, shared, 1).unwrap();
        let file = bundle(&model, Format::Fp32);
        let read = Bundle::parse(&file).unwrap();
        assert_eq!(read.name(), "A model");
        assert_eq!(read.checkpoint().config(), &CONFIG);
        assert_eq!(read.checkpoint().shares_classifier(), shared);
        assert_eq!(
            logits(&read.checkpoint()),
            logits(&Checkpoint::parse(&model).unwrap())
        );
        let tokenizer = read.tokenizer().unwrap();
        assert_eq!(tokenizer.vocab_size(), 300);
        assert_eq!(read.tokenizer_bytes(), synthetic::tokenizer(300));
    }
}

#[test]
fn the_name_is_told_by_the_start_of_a_file() {
    let model = synthetic::checkpoint(&CONFIG, true, 1).unwrap();
    let file = bundle(&model, Format::Fp32);
    let start = &file[..Bundle::START];
    assert_eq!(Bundle::name_at_start(start), Some("A model"));
    assert_eq!(Bundle::name_at_start(&start[..258]), None);
    assert_eq!(Bundle::name_at_start(&model), None);
    for at in (0..128).chain([256, 262]) {
        let mut damaged = start.to_vec();
        damaged[at] ^= 1;
        assert_eq!(Bundle::name_at_start(&damaged), None, "byte {at}");
    }
}

#[test]
fn q8_is_that_of_the_exporter_from_either_format() {
    let model = synthetic::checkpoint(&CONFIG, false, 2).unwrap();
    let exported = checkpoint::write::q8(&Checkpoint::parse(&model).unwrap(), 8).unwrap();
    let file = bundle(&model, Q8);
    assert_eq!(file, bundle(&exported, Q8));
    let read = Bundle::parse(&file).unwrap();
    assert_eq!(read.checkpoint().format(), Q8);
    assert_eq!(
        logits(&read.checkpoint()),
        logits(&Checkpoint::parse(&exported).unwrap())
    );
    // Made to fp32 again, they are the values that the quantised ones stand for.
    let wide = bundle(&exported, Format::Fp32);
    let wide = Bundle::parse(&wide).unwrap().checkpoint();
    let (mut a, mut b) = ([0.0; 16], [0.0; 16]);
    for row in 0..CONFIG.vocab_size {
        wide.token_embedding().copy_row_to(row, &mut a);
        read.checkpoint().token_embedding().copy_row_to(row, &mut b);
        assert_eq!(a, b);
    }
}

#[test]
fn every_format_comes_back() {
    let model = synthetic::checkpoint(&CONFIG, false, 8).unwrap();
    for format in [Format::Fp32, Q8, Format::Q8, Format::Q4] {
        let file = bundle(&model, format);
        let read = Bundle::parse(&file).unwrap().checkpoint();
        assert_eq!(read.format(), format);
        let tensors = checkpoint::write::tensors(&Checkpoint::parse(&model).unwrap(), format);
        assert!(file.ends_with(&tensors.unwrap()), "{format}");
    }
}

#[test]
fn tensors_begin_at_a_line_of_the_cache() {
    let file = bundle(&synthetic::checkpoint(&CONFIG, true, 3).unwrap(), Q8);
    let read = Bundle::parse(&file).unwrap();
    let offset = read.tokenizer_bytes().as_ptr() as usize - file.as_ptr() as usize;
    assert_eq!(offset % 128, 0);
    assert_eq!(&file[file.len() - 4..], {
        let rest = read.checkpoint().layer(1).w3;
        match rest.values() {
            checkpoint::Values::Q8(q8) => q8.scales().as_le_bytes().last().unwrap(),
            _ => unreachable!(),
        }
    });
}

#[test]
fn what_does_not_go_together_is_refused() {
    let model = synthetic::checkpoint(&CONFIG, true, 4).unwrap();
    let refused = |name, format, vocabulary| {
        let contents = Contents {
            name,
            checkpoint: Checkpoint::parse(&model).unwrap(),
            format,
            tokenizer: &synthetic::tokenizer(vocabulary),
        };
        write(&contents, &mut |_| panic!("nothing may be written"))
            .map_err(|error: BundleError| error.to_string())
            .unwrap_err()
    };
    assert_eq!(
        refused("", Format::Q8 { group_size: 7 }, 300),
        "model: checkpoint: group size is 7, expected a divisor of dim, which is 16"
    );
    assert_eq!(
        refused("", Q8, 299),
        "model: tokenizer: the vocabulary has 299 tokens, expected 300 as in the model"
    );
    assert_eq!(
        refused("a\nb", Q8, 300),
        "model: the name is no text of up to 128 bytes without control characters"
    );
}

#[test]
fn headers_with_a_right_checksum_are_checked_all_the_same() {
    let file = bundle(&synthetic::checkpoint(&CONFIG, true, 5).unwrap(), Q8);
    let case = |at: usize, value: u8| {
        let mut file = file.clone();
        file[at] = value;
        let crc = crc32fast::hash(&file[..HEADER_CRC]);
        file[HEADER_CRC..HEADER].copy_from_slice(&crc.to_le_bytes());
        Bundle::parse(&file).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(case(8, 2), "model: the version is 2, expected 1");
    assert_eq!(
        case(12, 5),
        "model: the number of sections is 5, expected 4"
    );
    assert_eq!(case(120, 1), "model: the reserved number is 1, expected 0");
    assert!(case(TABLE, b'X').contains("the kind of a section"));
    assert!(case(TABLE + 4, 0).contains("CONF"));
    assert!(case(TABLE + 8, 1).contains("the offset of a section"));
    assert!(case(TABLE + 16, 0xff).contains("the size in the header"));
    for section in 0..4 {
        let huge = case(TABLE + ENTRY * section + 23, 0xff);
        assert!(huge.contains("the size in the header"), "{huge}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_changed_byte_is_found(at in any::<prop::sample::Index>(), flip in 1_u8..) {
        static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let file = FILE.get_or_init(|| {
            bundle(&synthetic::checkpoint(&CONFIG, true, 6).unwrap(), Q8)
        });
        let mut file = file.clone();
        let at = at.index(file.len());
        file[at] ^= flip;
        prop_assert!(Bundle::parse(&file).is_err());
    }

    #[test]
    fn a_cut_or_longer_file_is_refused(length in any::<prop::sample::Index>()) {
        let file = bundle(&synthetic::checkpoint(&CONFIG, true, 7).unwrap(), Q8);
        prop_assert!(Bundle::parse(&file[..length.index(file.len())]).is_err());
        let longer = [&file[..], &[0]].concat();
        prop_assert!(Bundle::parse(&longer).is_err());
    }

    #[test]
    fn noise_behind_the_magic_is_refused(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Bundle::parse(&[&MAGIC[..], &noise].concat()).is_err());
    }
}
