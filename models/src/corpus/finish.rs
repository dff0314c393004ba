//! Turns expanded text into sentences: articles, capital letters, spaces.

use std::string::String;
use std::vec::Vec;

/// Verbs that follow a quotation in the same sentence.
const SPEECH: [&str; 4] = ["said", "asked", "cried", "thought"];

/// Finishes a text of one or more lines.
pub fn finish(text: &str) -> String {
    // A choice that asks or cries may stand before the comma of a quotation.
    let text = text.replace("?,\"", "?\"").replace("!,\"", "!\"");
    // The last word before a full stop may be an empty alternative.
    let text = text.replace(" .", ".");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn line(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.replace('_', " "))
        .collect();
    let mut out = String::new();
    // Whether the sentence began with a quotation that may go on after "he said,".
    let mut interrupted = false;
    for (i, word) in words.iter().enumerate() {
        let before = i.checked_sub(1).map(|j| words[j].as_str());
        let next = words.get(i + 1).map_or("", String::as_str);
        let mut word = word.clone();
        if word.trim_start_matches('"') == "a" && starts_with_vowel_sound(next) {
            word.push('n');
        }
        if !out.is_empty() {
            out.push(' ');
        }
        let opens = word.starts_with('"');
        let ended = before.is_none_or(|before| ends_sentence(before, &words[i..]));
        let begins = ended || (opens && !interrupted);
        interrupted = (interrupted && !ended) || word.ends_with(",\"");
        out += &if begins { capital(&word) } else { word };
    }
    out
}

/// "an" is for sounds, not for letters.
fn starts_with_vowel_sound(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let consonant = ["uni", "use", "one", "eu"]
        .iter()
        .any(|start| word.starts_with(start));
    let silent = ["hour", "honest"]
        .iter()
        .any(|start| word.starts_with(start));
    silent || (word.starts_with(['a', 'e', 'i', 'o', 'u']) && !consonant)
}

/// Whether the word before `rest` ends a sentence.
fn ends_sentence(before: &str, rest: &[String]) -> bool {
    if before.ends_with("!\"") || before.ends_with("?\"") {
        // The sentence goes on where it says who spoke.
        let tag = rest
            .iter()
            .take(5)
            .position(|word| SPEECH.contains(&word.trim_matches(|c: char| !c.is_alphanumeric())));
        let end = rest
            .iter()
            .position(|word| word.ends_with(['.', '!', '?', ',']));
        return match (tag, end) {
            (Some(tag), Some(end)) => end < tag,
            (Some(_), None) => false,
            (None, _) => true,
        };
    }
    let before = before.trim_end_matches('"');
    before.ends_with(['.', '!', '?'])
}

/// The word with its first letter as a capital.
fn capital(word: &str) -> String {
    let mut done = false;
    word.chars()
        .map(|c| {
            let letter = c.is_alphabetic() && !done;
            done |= c.is_alphanumeric();
            if letter { c.to_ascii_uppercase() } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_suit_the_sound() {
        let text = "a apple, a old unicorn, a unicorn, a honest man, a hat and a one_eyed owl. \"a orange,\" she said";
        let done = "An apple, an old unicorn, a unicorn, an honest man, a hat and a one eyed owl. \"An orange,\" she said";
        assert_eq!(finish(text), done);
    }

    #[test]
    fn sentences_and_quotations_begin_with_capitals() {
        let text = "\"who is there?\" asked Tom. \"it is me,\" he said,  \"but I am small.\" they \
                    laughed. he said, \"let us go!\" the cat came. \"oh!\" the cat said.\nthen it \
                    was \"late\".";
        let done = "\"Who is there?\" asked Tom. \"It is me,\" he said, \"but I am small.\" They \
                    laughed. He said, \"Let us go!\" The cat came. \"Oh!\" the cat said.\nThen it \
                    was \"Late\".";
        assert_eq!(finish(text), done);
    }
}
