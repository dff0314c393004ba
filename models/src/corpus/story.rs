//! Tells a story: chooses who is in it and expands a skeleton's templates.
//!
//! Slots: `{H}` the hero, `{F}` a friend, `{V}` a villain, each with the
//! properties of [`Character::phrase`]; `{HF}` hero and friend, `{they}` and
//! `{their}` both of them; `{L}` the place with `{L.in}`, `{L.to}`,
//! `{L.spot}`, `{L.thing}`; `{X:rule}` expands a rule or slot and remembers
//! it as `{X}`, of which `{X.n}` is the last word.

use super::cast::{Character, Pronouns};
use super::finish::finish;
use super::grammar::{Grammar, Kind, Place};
use super::template::{Node, Template};
use crate::random::Random;
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

/// How often the hero tells the story, in percent.
const FIRST_PERSON: usize = 6;
/// How often a magic being is one that nobody has heard of, in percent.
const UNHEARD_OF: usize = 20;

/// A story in the making.
pub struct Teller<'a> {
    grammar: &'a Grammar,
    pub(super) random: Random,
    cast: BTreeMap<char, Character>,
    place: Place,
    memory: BTreeMap<String, String>,
    spots: Vec<String>,
    things: Vec<String>,
}

/// The story of a seed: paragraphs, one on each line.
pub fn story(grammar: &Grammar, seed: u64) -> String {
    let mut random = Random::new(seed);
    let skeleton = random.pick(&grammar.skeletons);
    let need = |key: &str| skeleton.needs.get(key).map_or("any", String::as_str);
    let mut teller = Teller::new(grammar, random.clone());
    teller.random.bits();
    let first_person = need("H") == "any" && teller.random.chance(FIRST_PERSON);
    teller.choose_place(need("L"));
    if need("H") != "none" {
        teller.choose('H', need("H"), false);
    }
    teller.choose('F', need("F"), skeleton.friend_named);
    if skeleton.needs.contains_key("V") {
        teller.choose('V', "villain", false);
    }
    if first_person {
        teller.narrate();
    }
    if let Some(rule) = skeleton.needs.get("O") {
        let object = teller.rule(rule);
        teller.memory.insert("O".into(), object);
    }
    let paragraphs: Vec<String> = skeleton
        .paragraphs
        .iter()
        .map(|lines| {
            lines
                .iter()
                .map(|line| teller.expand(line))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    finish(&paragraphs.join("\n"))
}

impl<'a> Teller<'a> {
    /// A teller with a place and no characters.
    pub(super) fn new(grammar: &'a Grammar, mut random: Random) -> Self {
        let place = random.pick(&grammar.places).clone();
        Self {
            grammar,
            random,
            cast: BTreeMap::new(),
            place,
            memory: BTreeMap::new(),
            spots: Vec::new(),
            things: Vec::new(),
        }
    }

    /// Chooses a place of a class.
    pub(super) fn choose_place(&mut self, class: &str) {
        let grammar = self.grammar;
        let fitting: Vec<&Place> = grammar
            .places
            .iter()
            .filter(|place| class == "any" || place.classes.iter().any(|c| c == class))
            .collect();
        assert!(!fitting.is_empty(), "no place is {class}");
        self.place = (*self.random.pick(&fitting)).clone();
    }

    /// Chooses a character of a class, different from those chosen already.
    pub(super) fn choose(&mut self, key: char, class: &str, named: bool) {
        let class = if class == "any" {
            self.any_class()
        } else {
            class
        };
        let grammar = self.grammar;
        let unheard = self.unheard_of();
        let is = |kind: &Kind, class: &str| kind.classes.iter().any(|c| c == class);
        let fitting: Vec<&Kind> = grammar
            .kinds
            .iter()
            .filter(|kind| is(kind, class) && (class == "villain" || !is(kind, "villain")))
            .filter(|kind| class == "child" || self.cast.values().all(|c| c.noun != kind.noun))
            .collect();
        assert!(!fitting.is_empty(), "no character is {class}");
        let kind = if class == "magic" && self.random.chance(UNHEARD_OF) {
            &unheard
        } else {
            *self.random.pick(&fitting)
        };
        let likely = match class {
            "child" => 88,
            "villain" => 0,
            "grown" => 20,
            "odd" => 35,
            _ => 55,
        };
        let named = named || self.random.chance(likely);
        let pronouns = match kind.pronoun.as_str() {
            "he" => Pronouns::He,
            "she" => Pronouns::She,
            "it" if !named => Pronouns::It,
            _ => {
                let other = self.cast.values().any(|c| c.pronouns == Pronouns::He);
                let she = if self.cast.is_empty() {
                    50
                } else if other {
                    80
                } else {
                    20
                };
                if self.random.chance(she) {
                    Pronouns::She
                } else {
                    Pronouns::He
                }
            }
        };
        let name = named.then(|| self.name(class, pronouns));
        self.cast
            .insert(key, Character::new(kind, name, pronouns, &mut self.random));
    }

    /// Makes the hero the one who tells the story.
    fn narrate(&mut self) {
        if let Some(hero) = self.cast.get_mut(&'H') {
            hero.pronouns = Pronouns::I;
        }
        let rule = if self.random.chance(50) {
            "boy-name"
        } else {
            "girl-name"
        };
        let name = self.rule(rule);
        self.memory.insert("N".into(), name);
    }

    fn any_class(&mut self) -> &'static str {
        match self.random.below(100) {
            0..38 => "child",
            38..64 => "animal",
            64..71 => "bird",
            71..86 => "magic",
            86..90 => "grown",
            90..92 => "toy",
            _ => "odd",
        }
    }

    /// A name that nobody in the story has; now and then one that no list
    /// holds, so that the model learns to copy names instead of knowing them.
    fn name(&mut self, class: &str, pronouns: Pronouns) -> String {
        loop {
            let name = if self.random.chance(14) {
                self.invented()
            } else if class == "child" || class == "grown" || self.random.chance(40) {
                self.rule(if pronouns == Pronouns::She {
                    "girl-name"
                } else {
                    "boy-name"
                })
            } else {
                self.rule("pet-name")
            };
            if self.cast.values().all(|c| c.name.as_ref() != Some(&name)) {
                return name;
            }
        }
    }

    /// A being with an invented name for its kind.
    fn unheard_of(&mut self) -> Kind {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Kind {
            noun: self.invented().to_lowercase(),
            classes: list(&["magic"]),
            adjectives: list(&[
                "little", "big", "green", "funny", "strange", "friendly", "old",
            ]),
            pronoun: "any".into(),
        }
    }

    fn invented(&mut self) -> String {
        const STARTS: [&str; 28] = [
            "B", "D", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Z",
            "Br", "Ch", "Dr", "Fl", "Gr", "Kl", "Pr", "Sh", "Sn", "Tr", "",
        ];
        const VOWELS: [&str; 9] = ["a", "e", "i", "o", "u", "a", "o", "ee", "ai"];
        const MIDDLES: [&str; 17] = [
            "b", "d", "g", "k", "l", "ll", "m", "n", "nd", "p", "r", "rt", "s", "t", "v", "x", "z",
        ];
        const ENDS: [&str; 12] = ["", "", "", "", "n", "r", "x", "l", "s", "m", "ck", "ra"];
        let random = &mut self.random;
        let mut name = random.pick(&STARTS[..]).to_string() + *random.pick(&VOWELS[..]);
        for _ in 0..=random.below(2) {
            name += *random.pick(&MIDDLES[..]);
            name += *random.pick(&VOWELS[..]);
        }
        name += *random.pick(&ENDS[..]);
        let first = name.remove(0);
        first.to_ascii_uppercase().to_string() + &name
    }

    /// One line of a rule, expanded.
    pub(super) fn rule(&mut self, name: &str) -> String {
        let own = std::format!("{name}-i");
        let first_person = self
            .cast
            .get(&'H')
            .is_some_and(|h| h.pronouns == Pronouns::I);
        let rules = &self.grammar.rules;
        let lines = first_person
            .then(|| rules.get(&own))
            .flatten()
            .or_else(|| rules.get(name));
        let lines = lines.unwrap_or_else(|| panic!("the grammar has no rule {name}"));
        let line = self.random.pick(lines);
        self.expand(line)
    }

    /// Expands a template.
    pub(super) fn expand(&mut self, template: &Template) -> String {
        let mut text = String::new();
        for node in template {
            match node {
                Node::Text(part) => text += part,
                Node::Choice(choices) => {
                    let choice = self.random.below(choices.len());
                    text += &self.expand(&choices[choice]);
                }
                Node::Rule(name) => text += &self.rule(name),
                Node::Slot(slot) => text += &self.slot(slot),
            }
        }
        text
    }

    fn slot(&mut self, slot: &str) -> String {
        if let Some((key, source)) = slot.split_once(':') {
            if let Some(known) = self.memory.get(key) {
                return known.clone();
            }
            let value = if self.grammar.rules.contains_key(source) {
                self.rule(source)
            } else {
                self.slot(source)
            };
            self.memory.insert(key.to_string(), value.clone());
            return value;
        }
        self.known(slot)
            .unwrap_or_else(|| panic!("nothing fills the slot {slot}"))
    }

    fn known(&mut self, slot: &str) -> Option<String> {
        let (key, property) = slot.split_once('.').unwrap_or((slot, ""));
        if let Some(value) = self.memory.get(key) {
            return match property {
                "" => Some(value.clone()),
                "n" => value.rsplit(' ').next().map(ToString::to_string),
                _ => None,
            };
        }
        let first_person = self
            .cast
            .get(&'H')
            .is_some_and(|h| h.pronouns == Pronouns::I);
        match key {
            "HF" => {
                let (hero, friend) = (self.known("H")?, self.known("F")?);
                let friend_first = first_person || self.random.chance(15);
                let (a, b) = if friend_first {
                    (friend, hero)
                } else {
                    (hero, friend)
                };
                Some(std::format!("{a} and {b}"))
            }
            "they" => Some(if first_person { "we" } else { "they" }.into()),
            "their" => Some(if first_person { "our" } else { "their" }.into()),
            "L" => self.place_phrase(property),
            _ => {
                let mut letters = key.chars();
                let (letter, None) = (letters.next()?, letters.next()) else {
                    return None;
                };
                let pronouns = self.cast.get(&letter)?.pronouns;
                let same = self
                    .cast
                    .values()
                    .filter(|c| c.pronouns == pronouns)
                    .count();
                self.cast
                    .get_mut(&letter)?
                    .phrase(property, same == 1, &mut self.random)
            }
        }
    }

    fn place_phrase(&mut self, property: &str) -> Option<String> {
        let Place {
            name, preposition, ..
        } = &self.place;
        Some(match property {
            "" => name.clone(),
            "in" => std::format!("{preposition} {name}"),
            "to" => std::format!("to {name}"),
            "thing" => {
                if self.things.is_empty() {
                    self.things = self.place.things.clone();
                }
                let index = self.random.below(self.things.len());
                self.things.swap_remove(index)
            }
            "spot" => {
                // Each once before any comes again.
                if self.spots.is_empty() {
                    self.spots = self.place.spots.clone();
                }
                let index = self.random.below(self.spots.len());
                self.spots.swap_remove(index)
            }
            _ => return None,
        })
    }
}

/// What a conversation needs: several stories by one teller.
impl Teller<'_> {
    /// New characters at a new place; of what is remembered, only `keep`.
    pub(super) fn begin_again(&mut self, keep: &[&str]) {
        self.cast.clear();
        self.choose_place("any");
        self.choose('H', "any", false);
        self.choose('F', "any", false);
        self.forget_things(keep);
    }

    /// Forgets what templates remembered, but `keep`.
    pub(super) fn forget_things(&mut self, keep: &[&str]) {
        self.memory.retain(|key, _| keep.contains(&key.as_str()));
        self.spots.clear();
        self.things.clear();
    }

    /// Whether a template remembered something under this key.
    pub(super) fn remembers(&self, key: &str) -> bool {
        self.memory.contains_key(key)
    }
}
