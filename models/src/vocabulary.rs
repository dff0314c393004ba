//! Makes a tokenizer by byte-pair encoding: starting from single characters,
//! the pair of neighbours that is most frequent in the text becomes a piece,
//! again and again.
//!
//! The pieces are written in the order in which they were made, with scores
//! that fall, so that llama2.c's encoder, which merges the pair with the
//! highest score first, makes the same merges. No piece spans words, or a
//! word and punctuation, or lines.

use llama::tokenizer::{Piece, write};
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

/// Tokens for unknown text, begin and end, and the 256 bytes.
const GIVEN: usize = 259;

/// A tokenizer file of `size` tokens for the texts.
pub fn train<'a>(texts: impl Iterator<Item = &'a str>, size: usize) -> Vec<u8> {
    let characters: Vec<String> = (' '..='~').map(|c| c.to_string()).collect();
    assert!(
        size >= GIVEN + characters.len(),
        "a vocabulary of {size} tokens holds no pieces"
    );
    let mut words = count(texts);
    let mut merged: Vec<String> = Vec::new();
    while merged.len() < size - GIVEN - characters.len() {
        let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (word, times) in &words {
            for pair in word.windows(2) {
                *pairs.entry((&pair[0], &pair[1])).or_default() += times;
            }
        }
        // Of pairs of one frequency the first in the alphabet.
        let best = pairs.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        let Some((pair, _)) = best else { break };
        let (first, second) = (pair.0.to_string(), pair.1.to_string());
        for (word, _) in &mut words {
            merge(word, &first, &second);
        }
        merged.push(first + &second);
    }
    // The same text can come about by different merges.
    let mut known = std::collections::BTreeSet::new();
    merged.retain(|piece| known.insert(piece.clone()));
    write(&pieces(&merged, &characters))
}

/// All tokens in order: given ones, merged pieces, characters.
fn pieces(merged: &[String], characters: &[String]) -> Vec<Piece> {
    let given = ["<unk>", "\n<s>\n", "\n</s>\n"]
        .into_iter()
        .map(String::from);
    let bytes = (0..=255u8).map(|byte| std::format!("<0x{byte:02X}>"));
    let given = given.chain(bytes).map(|text| (text, 0.0));
    let rest = merged.iter().chain(characters).enumerate();
    let rest = rest.map(|(rank, text)| (text.clone(), -(rank as f32)));
    given
        .chain(rest)
        .map(|(text, score)| Piece {
            bytes: text.into_bytes(),
            score,
        })
        .collect()
}

/// The words of the texts, each as its characters, and how often they occur.
fn count<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<(Vec<String>, usize)> {
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts {
        let text = std::format!(" {text}");
        for word in split(&text) {
            *words.entry(word.to_string()).or_default() += 1;
        }
    }
    let spell = |word: String| word.chars().map(|c| c.to_string()).collect();
    words
        .into_iter()
        .map(|(word, times)| (spell(word), times))
        .collect()
}

/// Splits into runs of letters and runs of other characters, each with the
/// space before it. Line ends are left out: they are byte tokens.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (i, c) in text.char_indices() {
        let begins = match before {
            None | Some('\n') => true,
            Some(' ') => false,
            Some(b) => c == ' ' || c == '\n' || b.is_alphabetic() != c.is_alphabetic(),
        };
        if begins {
            words.push(&text[start..i]);
            start = i;
        }
        before = Some(c);
    }
    words.push(&text[start..]);
    words.retain(|word| !word.is_empty() && *word != "\n");
    words
}

/// Replaces each occurrence of the pair by the pieces joined.
fn merge(word: &mut Vec<String>, first: &str, second: &str) {
    let mut i = 0;
    while i + 1 < word.len() {
        if word[i] == first && word[i + 1] == second {
            let second = word.remove(i + 1);
            word[i] += &second;
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llama::Tokenizer;
    use std::vec;

    #[test]
    fn words_and_punctuation_are_split() {
        let words = split(" \"Hi,\" he said.\nWe are.\n");
        assert_eq!(
            words,
            [" \"", "Hi", ",\"", " he", " said", ".", "We", " are", "."]
        );
    }

    #[test]
    fn frequent_words_become_tokens_and_any_text_comes_back() {
        let text = "the cat and the dog, the cat and the bird";
        let file = train([text].into_iter().cycle().take(9), 259 + 95 + 12);
        let tokenizer = Tokenizer::parse(&file).unwrap();
        assert_eq!(tokenizer.vocab_size(), 366);
        let the = tokenizer.encode("the", false, false);
        assert_eq!(the.len(), 1);
        for text in ["the cat", "Zoë's 3 éclairs\n\ttasted \"fine\"", ""] {
            let tokens = tokenizer.encode(text, true, false);
            let mut bytes = vec![];
            for pair in tokens.windows(2) {
                bytes.extend_from_slice(tokenizer.decode(pair[0], pair[1]));
            }
            assert_eq!(String::from_utf8(bytes).unwrap(), text);
        }
    }
}
