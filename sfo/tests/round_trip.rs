//! Whatever is written is read back, and whatever is damaged is refused without a panic.

use proptest::prelude::*;
use sfo::{Sfo, Value};

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u32>().prop_map(Value::Integer),
        ("[^\0]{0,20}", 0u32..4).prop_map(|(text, spare)| {
            let room = (text.len() as u32 + 1).next_multiple_of(4) + 4 * spare;
            Value::text(text, room)
        }),
        (proptest::collection::vec(any::<u8>(), 0..40), 0u32..4).prop_map(|(bytes, spare)| {
            let room = (bytes.len() as u32).next_multiple_of(4) + 4 * spare;
            Value::Bytes { bytes, room }
        }),
    ]
}

fn table() -> impl Strategy<Value = Sfo> {
    proptest::collection::vec(("[A-Z][A-Z0-9_]{0,15}", value()), 0..12).prop_map(|entries| {
        let mut sfo = Sfo::new();
        for (key, value) in entries {
            sfo.set(&key, value).expect("made to be valid");
        }
        sfo
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(sfo in table()) {
        prop_assert_eq!(Sfo::parse(&sfo.to_bytes()), Ok(sfo));
    }

    #[test]
    fn a_shortened_file_is_refused(sfo in table(), cut in 1usize..64) {
        let bytes = sfo.to_bytes();
        let short = &bytes[..bytes.len().saturating_sub(cut)];
        prop_assert!(Sfo::parse(short).is_err());
    }

    #[test]
    fn a_changed_byte_gives_a_table_or_an_error(
        sfo in table(),
        at in any::<proptest::sample::Index>(),
        flip in 1u8..,
    ) {
        let mut bytes = sfo.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(read) = Sfo::parse(&bytes) {
            prop_assert_eq!(Sfo::parse(&read.to_bytes()), Ok(read));
        }
    }

    #[test]
    fn noise_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Sfo::parse(&bytes).is_err());
    }
}
