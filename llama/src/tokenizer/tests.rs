use super::*;
use crate::synthetic;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;
use std::string::{String, ToString};

fn build(pieces: &[(&str, f32)]) -> Tokenizer {
    let pieces: Vec<Piece> = pieces
        .iter()
        .map(|(text, score)| Piece {
            bytes: text.as_bytes().to_vec(),
            score: *score,
        })
        .collect();
    Tokenizer::parse(&write(&pieces)).unwrap()
}

/// Merges as llama2.c does, looking at all pairs again for each merge.
fn merge_slowly(tokenizer: &Tokenizer, mut tokens: Vec<u32>) -> Vec<u32> {
    loop {
        let mut best = (-1e10, None);
        for (i, pair) in tokens.windows(2).enumerate() {
            let joined = [tokenizer.piece(pair[0]), tokenizer.piece(pair[1])].concat();
            if let Some(merged) = tokenizer.lookup(&joined)
                && tokenizer.score(merged) > best.0
            {
                best = (tokenizer.score(merged), Some((i, merged)));
            }
        }
        let Some((i, merged)) = best.1 else {
            return tokens;
        };
        tokens[i] = merged;
        tokens.remove(i + 1);
    }
}

fn decode(tokenizer: &Tokenizer, tokens: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    for pair in tokens.windows(2) {
        out.extend_from_slice(tokenizer.decode(pair[0], pair[1]));
    }
    out
}

#[test]
fn merges_the_highest_score_first_and_the_first_of_equals() {
    let tokenizer = build(&[
        ("?", 0.0),
        ("B", 0.0),
        ("E", 0.0),
        (" ", 0.0),
        ("a", 0.0),
        ("b", 0.0),
        ("ab", -2.0),
        ("ba", -1.0),
        ("aa", -3.0),
        ("aaa", -3.0),
    ]);
    assert_eq!(tokenizer.encode("ab", false, false), [3, 6]);
    assert_eq!(tokenizer.encode("aba", false, false), [3, 4, 7]);
    assert_eq!(tokenizer.encode("aaaa", false, false), [3, 9, 4]);
    assert_eq!(tokenizer.encode("ab", true, true), [BOS, 3, 6, EOS]);
    assert_eq!(tokenizer.encode("", true, false), [BOS]);
    assert_eq!(tokenizer.encode("", false, false), [0; 0]);
}

#[test]
fn scores_that_llama2c_never_takes_merge_nothing() {
    let tokenizer = build(&[("a", 0.0), (" ", 0.0), ("b", 0.0), ("ab", -1e10)]);
    assert_eq!(tokenizer.encode("ab", false, false), [1, 0, 2]);
}

#[test]
fn characters_without_a_token_become_their_bytes() {
    let tokenizer = Tokenizer::parse(&synthetic::tokenizer(400)).unwrap();
    let tokens = tokenizer.encode("é\0", false, false);
    assert_eq!(tokens, [259, 3 + 0xc3, 3 + 0xa9, 3]);
    assert_eq!(
        decode(&tokenizer, &[&[BOS], &tokens[..]].concat()),
        "é\0".as_bytes()
    );
    // Too small for the bytes, and for the space in front.
    let tokenizer = Tokenizer::parse(&synthetic::tokenizer(20)).unwrap();
    assert_eq!(tokenizer.encode("é\u{1}", false, false), [0, 0, 0, 4]);
}

#[test]
fn decoding_strips_one_space_after_bos_and_gives_bytes_by_name() {
    let tokenizer = build(&[
        ("?", 0.0),
        ("B", 0.0),
        ("  x", 0.0),
        ("<0x0A>", 0.0),
        ("<0xe9>", 0.0),
        (" <0x41", 0.0),
        ("<0xG>", 0.0),
        ("<0x7>", 0.0),
    ]);
    assert_eq!(tokenizer.decode(0, 2), b"  x");
    assert_eq!(tokenizer.decode(BOS, 2), b" x");
    assert_eq!(tokenizer.decode(0, 3), b"\n");
    assert_eq!(tokenizer.decode(0, 4), b"\xe9");
    assert_eq!(tokenizer.decode(0, 5), b" <0x41");
    assert_eq!(tokenizer.decode(BOS, 5), b"A");
    assert_eq!(tokenizer.decode(0, 6), b"<0xG>");
    assert_eq!(tokenizer.decode(0, 7), b"\x07");
    assert_eq!(tokenizer.decode(0, 8), b"");
}

#[test]
fn of_equal_pieces_the_search_finds_the_one_llama2c_finds() {
    // Ordered: " ", "a" of 1, 2 and 3, "b"; the middle of five is the third.
    let tokenizer = build(&[(" ", 0.0), ("a", 0.0), ("a", 0.0), ("a", 0.0), ("b", 0.0)]);
    assert_eq!(tokenizer.encode("a", false, false), [0, 2]);
}

#[test]
fn errors_name_field_found_and_expected() {
    let error = |bytes: &[u8]| Tokenizer::parse(bytes).unwrap_err().to_string();
    let good = write(&[
        Piece {
            bytes: b"ab".to_vec(),
            score: 1.0,
        },
        Piece {
            bytes: b"c".to_vec(),
            score: 2.0,
        },
    ]);
    assert_eq!(good.len(), 4 + 10 + 9);
    assert_eq!(
        error(&good[..3]),
        "tokenizer: the file ends inside the longest piece of token 0: 3 bytes are left, expected 4"
    );
    assert_eq!(
        error(&good[..4]),
        "tokenizer: the file has no tokens, expected one or more"
    );
    assert_eq!(
        error(&good[..16]),
        "tokenizer: the file ends inside the score of token 1: 2 bytes are left, expected 4"
    );
    assert_eq!(
        error(&good[..13]),
        "tokenizer: the file ends inside the piece of token 0: 1 bytes are left, expected 2"
    );
    for length in [0, -1, 3, i32::MAX] {
        let mut bytes = good.clone();
        bytes[18..22].copy_from_slice(&length.to_le_bytes());
        assert_eq!(
            error(&bytes),
            std::format!(
                "tokenizer: the length of token 1 is {length}, expected 1 to 2, which the file's \
                 first field gives as the longest"
            )
        );
    }
    let mut bytes = good.clone();
    bytes[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(
        error(&bytes),
        "tokenizer: the score of token 0 is NaN, expected a finite number"
    );
    let config = Config {
        dim: 2,
        hidden_dim: 1,
        n_layers: 1,
        n_heads: 1,
        n_kv_heads: 1,
        vocab_size: 3,
        seq_len: 1,
    };
    let tokenizer = Tokenizer::parse(&good).unwrap();
    assert_eq!(
        tokenizer.check_vocabulary(&config).unwrap_err().to_string(),
        "tokenizer: the vocabulary has 2 tokens, expected 3 as in the model"
    );
    let fits = Config {
        vocab_size: 2,
        ..config
    };
    assert_eq!(tokenizer.check_vocabulary(&fits), Ok(()));
}

/// With a heap of pairs this takes no time; pair by pair it would be hours.
#[test]
fn a_long_text_comes_back_whole() {
    let tokenizer = Tokenizer::parse(&synthetic::tokenizer(5000)).unwrap();
    let text = "once upon a time there was a dog, ".repeat(10_000);
    let mut tokens = vec![BOS];
    tokens.extend(tokenizer.encode(&text, false, false));
    assert!(tokens.len() < text.len());
    assert!(decode(&tokenizer, &tokens) == text.as_bytes());
}

/// A vocabulary of short strings of a few letters, with few different scores and some doubles.
fn vocabulary() -> impl Strategy<Value = Vec<(String, i8)>> {
    prop::collection::vec(("[ abé]{1,4}", -3i8..3), 1..60)
}

proptest! {
    #[test]
    fn encodes_as_llama2c_does(extra in vocabulary(), text in "[ abéz]{0,40}") {
        let mut pieces: Vec<(&str, f32)> = vec![("?", 0.0), ("B", 0.0), ("E", 0.0)];
        let bytes: Vec<String> = (0..256).map(|b| std::format!("<0x{b:02X}>")).collect();
        pieces.extend(bytes.iter().map(|b| (&b[..], 0.0)));
        pieces.extend(extra.iter().map(|(text, score)| (&text[..], f32::from(*score))));
        let tokenizer = build(&pieces);

        let mut single = Vec::new();
        let prefix = if text.is_empty() { "" } else { " " };
        for c in prefix.chars().chain(text.chars()) {
            let character = c.to_string();
            match tokenizer.lookup(character.as_bytes()) {
                Some(token) => single.push(token),
                None => single.extend(character.bytes().map(|b| u32::from(b) + 3)),
            }
        }
        let tokens = tokenizer.encode(&text, false, false);
        prop_assert_eq!(&tokens, &merge_slowly(&tokenizer, single));
        let whole = [&[0], &tokens[..]].concat();
        prop_assert_eq!(decode(&tokenizer, &whole), [prefix, &text].concat().into_bytes());
    }

    #[test]
    fn any_text_comes_back(text: String) {
        let tokenizer = Tokenizer::parse(&synthetic::tokenizer(1000)).unwrap();
        let tokens = tokenizer.encode(&text, true, false);
        prop_assert_eq!(decode(&tokenizer, &tokens), text.into_bytes());
    }

    #[test]
    fn changed_files_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        text: String,
        token: u32,
    ) {
        let mut bytes = synthetic::tokenizer(300);
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(tokenizer) = Tokenizer::parse(&bytes) {
            let tokens = tokenizer.encode(&text, true, true);
            prop_assert!(tokens.iter().all(|t| *t < tokenizer.vocab_size().max(3) as u32));
            tokenizer.decode(token, token);
        }
    }
}
