//! The characters of one story: how they are introduced, named again later,
//! and replaced by pronouns.

use super::grammar::Kind;
use crate::random::Random;
use std::string::String;

/// Pronouns of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pronouns {
    /// he, him, his
    He,
    /// she, her, her
    She,
    /// it, it, its
    It,
    /// The one who tells the story: I, me, my.
    I,
}

/// A character.
#[derive(Clone, Debug)]
pub struct Character {
    /// What it is.
    pub noun: String,
    /// An adjective that suits it.
    pub adjective: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// How the text refers to it.
    pub pronouns: Pronouns,
    /// A child is called by its name alone; anything else can be "the cat".
    pub is_child: bool,
    /// The text has said what it is; until then a name is all that is known.
    known: bool,
}

impl Character {
    /// A character of a kind. `pronouns` and `name` have been chosen.
    pub fn new(kind: &Kind, name: Option<String>, pronouns: Pronouns, random: &mut Random) -> Self {
        Self {
            noun: kind.noun.clone(),
            adjective: random.pick(&kind.adjectives).clone(),
            name,
            pronouns,
            is_child: kind.classes.iter().any(|class| class == "child"),
            known: false,
        }
    }

    /// The phrase for a property that a template names, such as `he`, `his`
    /// or `intro`; `None` if there is no such property. `alone` says that
    /// nobody else in the story has the same pronouns.
    pub fn phrase(&mut self, property: &str, alone: bool, random: &mut Random) -> Option<String> {
        let by_pronoun = |he: &str, she: &str, it: &str, i: &str| {
            String::from(match self.pronouns {
                Pronouns::He => he,
                Pronouns::She => she,
                Pronouns::It => it,
                Pronouns::I => i,
            })
        };
        Some(match property {
            "" => self.reference(random),
            "o" if self.pronouns == Pronouns::I => "me".into(),
            "o" => self.reference(random),
            // Reference or pronoun, where both are clear.
            "r" if random.chance(50) => self.reference(random),
            "he" | "r" => by_pronoun("he", "she", "it", "I"),
            "him" => by_pronoun("him", "her", "it", "me"),
            "his" => by_pronoun("his", "her", "its", "my"),
            "noun" => self.mention(self.noun.clone()),
            "noun-a" => self.mention(std::format!("a {} {}", self.adjective, self.noun)),
            "name" => self.name.clone()?,
            "intro" => self.introduction(random),
            "what" => self.wish(random),
            "first" => self.first(random),
            "call" if self.pronouns == Pronouns::I => "my friend".into(),
            "call" => match &self.name {
                Some(name) => name.clone(),
                None => std::format!("{} {}", self.adjective, self.noun),
            },
            "said" | "asked" | "cried" | "thought" => self.speaks(property, alone, random),
            _ => return None,
        })
    }

    /// Notes that the text says what the character is.
    fn mention(&mut self, text: String) -> String {
        self.known = true;
        text
    }

    /// A mention after the first.
    fn reference(&self, random: &mut Random) -> String {
        if self.pronouns == Pronouns::I {
            return "I".into();
        }
        let by_name = if self.is_child { 95 } else { 85 };
        match &self.name {
            Some(name) if !self.known || random.chance(by_name) => name.clone(),
            _ if random.chance(25) => std::format!("the {} {}", self.adjective, self.noun),
            _ => std::format!("the {}", self.noun),
        }
    }

    /// The first mention, with the indefinite article.
    fn introduction(&mut self, random: &mut Random) -> String {
        if self.pronouns == Pronouns::I {
            return "I".into();
        }
        self.known = true;
        let mut text = if random.chance(85) {
            std::format!("a {} {}", self.adjective, self.noun)
        } else {
            std::format!("a {}", self.noun)
        };
        if let Some(name) = &self.name {
            text += *random.pick(&[" named ", " named ", " called "][..]);
            text += name;
        }
        text
    }

    /// The first mention in a story that begins in the middle of things.
    fn first(&mut self, random: &mut Random) -> String {
        if self.pronouns == Pronouns::I {
            return "I".into();
        }
        match &self.name {
            Some(name) if self.is_child || random.chance(60) => name.clone(),
            Some(name) => {
                self.known = true;
                std::format!("{name} the {}", self.noun)
            }
            None if random.chance(50) => std::format!("the {}", self.noun),
            None => std::format!("the {} {}", self.adjective, self.noun),
        }
    }

    /// What somebody who asks for a story about this character says.
    fn wish(&mut self, random: &mut Random) -> String {
        match &self.name {
            Some(name) if random.chance(50) => name.clone(),
            Some(name) => {
                self.known = true;
                std::format!("a {} named {name}", self.noun)
            }
            None if random.chance(70) => std::format!("a {}", self.noun),
            None => std::format!("a {} {}", self.adjective, self.noun),
        }
    }

    /// "said Tom", "Tom said" or "she said", after a quotation.
    fn speaks(&mut self, verb: &str, alone: bool, random: &mut Random) -> String {
        if self.pronouns == Pronouns::I {
            return std::format!("I {verb}");
        }
        if alone && random.chance(20) {
            let pronoun = self.phrase("he", alone, random).unwrap_or_default();
            return std::format!("{pronoun} {verb}");
        }
        let who = self.reference(random);
        if random.chance(65) {
            std::format!("{verb} {who}")
        } else {
            std::format!("{who} {verb}")
        }
    }
}
