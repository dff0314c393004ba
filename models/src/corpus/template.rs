//! The template language of the grammar files.
//!
//! - `[a|b|c]` one of the alternatives, each a template; an empty one is allowed
//! - `<rule>` one of the lines of a rule
//! - `{slot}` a word or phrase that depends on the story, see [`super::story`]
//! - `_` a space inside of a noun

use std::string::{String, ToString};
use std::vec::Vec;

/// A piece of a parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Text as it stands.
    Text(String),
    /// One of several sequences.
    Choice(Vec<Template>),
    /// A phrase of the story.
    Slot(String),
    /// A line of a rule.
    Rule(String),
}

/// A parsed template: its pieces in order.
pub type Template = Vec<Node>;

/// Parses one line. The error says what is wrong with it.
pub fn parse(line: &str) -> Result<Template, String> {
    let mut rest = line;
    let template = sequence(&mut rest, 0)?;
    if rest.is_empty() {
        Ok(template)
    } else {
        Err(std::format!("unexpected {rest:?} in {line:?}"))
    }
}

/// Parses up to the end or, inside of a choice, up to `|` or `]`.
fn sequence(rest: &mut &str, depth: usize) -> Result<Template, String> {
    let mut nodes = Vec::new();
    while let Some(first) = rest.chars().next() {
        match first {
            '|' | ']' if depth > 0 => break,
            '|' | ']' | '}' | '>' => return Err(std::format!("{first:?} without a beginning")),
            '[' => {
                let mut choices = Vec::new();
                loop {
                    *rest = &rest[1..];
                    choices.push(sequence(rest, depth + 1)?);
                    match rest.chars().next() {
                        Some('|') => {}
                        Some(_) => break,
                        None => return Err("a choice without an end".to_string()),
                    }
                }
                *rest = &rest[1..];
                nodes.push(Node::Choice(choices));
            }
            '{' => nodes.push(Node::Slot(name(rest, '}')?)),
            '<' => nodes.push(Node::Rule(name(rest, '>')?)),
            _ => {
                let end = rest
                    .find(['[', ']', '|', '{', '}', '<', '>'])
                    .unwrap_or(rest.len());
                nodes.push(Node::Text(rest[..end].to_string()));
                *rest = &rest[end..];
            }
        }
    }
    Ok(nodes)
}

/// Takes the name between a bracket and `close`.
fn name(rest: &mut &str, close: char) -> Result<String, String> {
    let end = rest
        .find(close)
        .ok_or_else(|| std::format!("no {close:?} in {rest:?}"))?;
    let name = rest[1..end].to_string();
    *rest = &rest[end + 1..];
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn choices_nest_and_hold_slots() {
        let text = |s: &str| Node::Text(s.to_string());
        let parsed = parse("a [b|[c|] {H.he}]<end>").unwrap();
        let inner = Node::Choice(vec![vec![text("c")], vec![]]);
        let second = vec![inner, text(" "), Node::Slot("H.he".into())];
        let choice = Node::Choice(vec![vec![text("b")], second]);
        assert_eq!(parsed, [text("a "), choice, Node::Rule("end".into())]);
    }

    #[test]
    fn brackets_that_do_not_match_are_refused() {
        for line in ["[a|b", "a]", "a|b", "{H", "<rule", "a}"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
