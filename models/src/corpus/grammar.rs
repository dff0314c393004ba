//! The grammar files, read once: rules, story skeletons, characters, places.

use super::template::{self, Template};
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

const FILES: [(&str, &str); 9] = [
    ("rules.txt", include_str!("../../grammar/rules.txt")),
    ("names.txt", include_str!("../../grammar/names.txt")),
    ("chat.txt", include_str!("../../grammar/chat.txt")),
    (
        "finding.txt",
        include_str!("../../grammar/stories/finding.txt"),
    ),
    (
        "feelings.txt",
        include_str!("../../grammar/stories/feelings.txt"),
    ),
    (
        "kindness.txt",
        include_str!("../../grammar/stories/kindness.txt"),
    ),
    (
        "adventure.txt",
        include_str!("../../grammar/stories/adventure.txt"),
    ),
    ("home.txt", include_str!("../../grammar/stories/home.txt")),
    (
        "things.txt",
        include_str!("../../grammar/stories/things.txt"),
    ),
];
const CHARACTERS: &str = include_str!("../../grammar/characters.txt");
const PLACES: &str = include_str!("../../grammar/places.txt");

/// What a character can be.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The noun, with underscores for spaces.
    pub noun: String,
    /// The classes that skeletons ask for.
    pub classes: Vec<String>,
    /// Adjectives that suit it.
    pub adjectives: Vec<String>,
    /// `he`, `she`, `it`, or `any`.
    pub pronoun: String,
}

/// Where a story can happen.
#[derive(Clone, Debug)]
pub struct Place {
    /// With its article.
    pub name: String,
    /// `in`, `on`, `at` or `by`.
    pub preposition: String,
    /// Prepositional phrases for places where something can be.
    pub spots: Vec<String>,
    /// Plural nouns of what is there.
    pub things: Vec<String>,
    /// The classes that skeletons ask for.
    pub classes: Vec<String>,
}

/// The frame of a story: who and what is in it, and its text.
#[derive(Clone, Debug)]
pub struct Skeleton {
    /// For error reports and statistics.
    pub name: String,
    /// `H`, `F`, `V`, `L` and `O`, each with the class or rule that it needs.
    pub needs: BTreeMap<String, String>,
    /// The friend must have a name.
    pub friend_named: bool,
    /// Paragraphs of lines.
    pub paragraphs: Vec<Vec<Template>>,
}

/// Everything that the generator draws from.
pub struct Grammar {
    /// Rules by name, each a list of alternatives.
    pub rules: BTreeMap<String, Vec<Template>>,
    /// The frames of stories.
    pub skeletons: Vec<Skeleton>,
    /// All kinds of characters.
    pub kinds: Vec<Kind>,
    /// All places.
    pub places: Vec<Place>,
}

impl Grammar {
    /// Reads the embedded files. The error names the file and the line.
    pub fn load() -> Result<Self, String> {
        let mut grammar = Self {
            rules: BTreeMap::new(),
            skeletons: Vec::new(),
            kinds: lines(CHARACTERS).map(kind).collect::<Result<_, _>>()?,
            places: lines(PLACES).map(place).collect::<Result<_, _>>()?,
        };
        for (file, text) in FILES {
            grammar
                .read(text)
                .map_err(|error| std::format!("{file}: {error}"))?;
        }
        Ok(grammar)
    }

    fn read(&mut self, text: &str) -> Result<(), String> {
        let mut rule = None;
        for line in lines(text) {
            if let Some(name) = line.strip_prefix('@') {
                rule = Some(name.to_string());
            } else if let Some(header) = line.strip_prefix('#') {
                rule = None;
                self.skeletons.push(skeleton(header)?);
            } else if let Some(rule) = &rule {
                self.rules
                    .entry(rule.clone())
                    .or_default()
                    .push(template::parse(line)?);
            } else {
                let skeleton = self
                    .skeletons
                    .last_mut()
                    .ok_or("text before the first header")?;
                if line == "---" {
                    skeleton.paragraphs.push(Vec::new());
                } else {
                    skeleton.friend_named |= line.contains("{F.name}");
                    let paragraph = skeleton.paragraphs.last_mut().ok_or("no paragraph")?;
                    paragraph.push(template::parse(line)?);
                }
            }
        }
        Ok(())
    }
}

/// The lines that are neither blank nor comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
}

fn skeleton(header: &str) -> Result<Skeleton, String> {
    let mut words = header.split_whitespace();
    let name = words.next().ok_or("a header without a name")?.to_string();
    let mut needs = BTreeMap::new();
    for word in words {
        let (key, value) = word
            .split_once('=')
            .ok_or_else(|| std::format!("{name}: {word} has no value"))?;
        needs.insert(key.to_string(), value.to_string());
    }
    Ok(Skeleton {
        name,
        needs,
        friend_named: false,
        paragraphs: std::vec![Vec::new()],
    })
}

/// The fields of a line of a table.
fn fields<const N: usize>(line: &str) -> Result<[&str; N], String> {
    let fields: Vec<&str> = line.split(';').map(str::trim).collect();
    fields
        .try_into()
        .map_err(|_| std::format!("{line:?} has not {N} fields"))
}

fn list(field: &str, separator: char) -> Vec<String> {
    field.split(separator).map(ToString::to_string).collect()
}

fn kind(line: &str) -> Result<Kind, String> {
    let [noun, classes, adjectives, pronoun] = fields(line)?;
    Ok(Kind {
        noun: noun.to_string(),
        classes: list(classes, ' '),
        adjectives: list(adjectives, '/'),
        pronoun: pronoun.to_string(),
    })
}

fn place(line: &str) -> Result<Place, String> {
    let [name, preposition, spots, things, classes] = fields(line)?;
    Ok(Place {
        name: name.to_string(),
        preposition: preposition.to_string(),
        spots: list(spots, '/'),
        things: list(things, '/'),
        classes: list(classes, ' '),
    })
}
