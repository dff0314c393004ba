//! The text is what it should be: the same each time, and English.

use super::grammar::Grammar;
use super::template::{Node, Template};
use super::{HELD_OUT, TRAINING, document};
use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec::Vec;

fn documents(count: u64) -> Vec<String> {
    let grammar = Grammar::load().unwrap();
    (0..count)
        .map(|i| document(&grammar, TRAINING, i))
        .collect()
}

#[test]
fn a_document_depends_on_its_number_alone() {
    let grammar = Grammar::load().unwrap();
    let twice: Vec<_> = (0..200)
        .rev()
        .map(|i| document(&grammar, TRAINING, i))
        .collect();
    let documents = documents(200);
    assert!(documents.iter().eq(twice.iter().rev()));
    let different: BTreeSet<_> = documents.iter().collect();
    assert_eq!(different.len(), 200);
    let held_out = document(&grammar, HELD_OUT, 0);
    assert!(!documents.contains(&held_out));
}

/// Words without quotation marks and punctuation.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[test]
fn articles_suit_the_words_that_follow() {
    for text in documents(3000) {
        let words: Vec<&str> = text.split_whitespace().map(bare).collect();
        for pair in words.windows(2) {
            let vowel = pair[1].starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O'])
                || (pair[1].starts_with(['u', 'U']) && !pair[1].starts_with("uni"));
            match pair[0] {
                "a" | "A" => assert!(!vowel, "{pair:?} in {text}"),
                "an" | "An" => assert!(vowel, "{pair:?} in {text}"),
                _ => {}
            }
        }
    }
}

#[test]
fn quotations_are_closed_and_sentences_are_whole() {
    for text in documents(3000) {
        for line in text.lines() {
            let quotes = line.matches('"').count();
            assert_eq!(quotes % 2, 0, "{line}");
            let user = line.starts_with("User: ");
            if !user {
                let end = line.trim_end_matches('"');
                assert!(end.ends_with(['.', '!', '?']), "{line:?}");
            }
            for (i, word) in line.split(' ').enumerate() {
                assert!(!word.is_empty(), "two spaces in {line:?}");
                assert!(
                    word.chars().any(char::is_alphanumeric),
                    "{word:?} stands alone in {line:?}"
                );
                if i == 0 {
                    let first = bare(word).chars().next().unwrap();
                    assert!(first.is_uppercase() || first.is_numeric(), "{line}");
                }
            }
        }
    }
}

#[test]
fn nothing_of_the_template_language_remains() {
    for text in documents(3000) {
        assert!(!text.contains(['{', '}', '[', ']', '<', '>', '|', '~', '_', '@', '#']));
        for wrong in [
            "I is", "I has", "said I ", "they was", "He were", "She were",
        ] {
            assert!(!text.contains(wrong), "{wrong:?} in {text}");
        }
    }
}

/// The rules that a template names.
fn named(template: &Template, rules: &mut BTreeSet<String>) {
    for node in template {
        match node {
            Node::Rule(name) => {
                rules.insert(name.clone());
            }
            Node::Slot(slot) => {
                if let Some((_, source)) = slot.split_once(':')
                    && !source.contains('.')
                {
                    rules.insert(source.to_string());
                }
            }
            Node::Choice(choices) => choices.iter().for_each(|choice| named(choice, rules)),
            Node::Text(_) => {}
        }
    }
}

#[test]
fn every_rule_exists_and_is_used() {
    let grammar = Grammar::load().unwrap();
    // Named by the program, not by a template.
    let names = ["boy-name", "girl-name", "pet-name"].map(String::from);
    let exchanges = ["hello", "named", "talk", "bye", "story", "after"];
    let exchanges = exchanges.map(|name| std::format!("chat-{name}"));
    let mut used: BTreeSet<String> = names.into_iter().chain(exchanges).collect();
    for skeleton in &grammar.skeletons {
        used.extend(skeleton.needs.get("O").cloned());
        for line in skeleton.paragraphs.iter().flatten() {
            named(line, &mut used);
        }
    }
    for template in grammar.rules.values().flatten() {
        named(template, &mut used);
    }
    for rule in &used {
        assert!(grammar.rules.contains_key(rule), "no rule {rule}");
    }
    for rule in grammar.rules.keys() {
        // Variants for heroes that tell the story themselves.
        let base = rule.strip_suffix("-i").unwrap_or(rule);
        assert!(used.contains(base), "rule {rule} is never used");
    }
}

#[test]
fn names_of_skeletons_are_unique_and_there_are_dozens() {
    let grammar = Grammar::load().unwrap();
    let names: BTreeSet<_> = grammar.skeletons.iter().map(|s| &s.name).collect();
    assert_eq!(names.len(), grammar.skeletons.len());
    assert!(names.len() >= 60);
}
