//! The turns of a conversation, and the part of it that fits the model.

use alloc::string::String;
use alloc::vec::Vec;

use super::ChatFormat;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The player.
    User,
    /// The model.
    Model,
}

/// What one of the two said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who said it.
    pub speaker: Speaker,
    /// What, without any marks of the format.
    pub text: String,
}

/// What the user said last does not fit the model, even alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The tokens that it takes.
    pub tokens: usize,
    /// The tokens that there is room for.
    pub room: usize,
}

/// The turns that the model is to remember, oldest first. The first one is
/// always the user's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    turns: Vec<Turn>,
}

impl Conversation {
    /// The turns, oldest first.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// Adds what the user says.
    pub fn user_says(&mut self, text: &str) {
        self.turns.push(Turn {
            speaker: Speaker::User,
            text: text.into(),
        });
    }

    /// Adds the model's answer.
    pub fn model_says(&mut self, text: &str) {
        self.turns.push(Turn {
            speaker: Speaker::Model,
            text: text.into(),
        });
    }

    /// Takes back what the user said last, if that was not answered.
    pub fn take_back(&mut self) {
        self.turns.pop_if(|turn| turn.speaker == Speaker::User);
    }

    /// The conversation as the model was taught to read it, up to the beginning
    /// `answer` of its next turn.
    pub fn written(&self, format: &ChatFormat, answer: &str) -> String {
        let mut text = String::new();
        for turn in &self.turns {
            let (before, after) = match turn.speaker {
                Speaker::User => (&format.user_prefix, &format.user_suffix),
                Speaker::Model => (&format.model_prefix, &format.model_suffix),
            };
            text.push_str(before);
            text.push_str(&turn.text);
            text.push_str(after);
        }
        text.push_str(&format.model_prefix);
        text.push_str(answer);
        text
    }

    /// Drops the oldest turns, an answer together with what it answers, until
    /// the conversation with the beginning `answer` of the model's turn takes at
    /// most `room` of the tokens that `encode` makes. Gives the tokens and how
    /// many turns were dropped. What the user said last is never dropped.
    ///
    /// # Errors
    ///
    /// If what the user said last does not fit even alone; nothing is dropped.
    pub fn fit<T>(
        &mut self,
        format: &ChatFormat,
        answer: &str,
        room: usize,
        mut encode: impl FnMut(&str) -> Vec<T>,
    ) -> Result<(Vec<T>, usize), TooLong> {
        let mut dropped = 0;
        loop {
            let kept = Conversation {
                turns: self.turns[dropped..].into(),
            };
            let tokens = encode(&kept.written(format, answer));
            if tokens.len() <= room {
                *self = kept;
                return Ok((tokens, dropped));
            }
            // The next turn of the user is where the kept part may begin.
            let next = (dropped + 1..self.turns.len())
                .find(|&turn| self.turns[turn].speaker == Speaker::User);
            match next {
                Some(next) => dropped = next,
                None => {
                    return Err(TooLong {
                        tokens: tokens.len(),
                        room,
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn format() -> ChatFormat {
        ChatFormat {
            user_prefix: "U:".into(),
            user_suffix: "\n".into(),
            model_prefix: "M:".into(),
            model_suffix: "\n".into(),
            stops: vec!["\n".into()],
        }
    }

    #[test]
    fn a_conversation_is_written_down() {
        let mut conversation = Conversation::default();
        conversation.user_says("hi");
        conversation.model_says("hello");
        conversation.user_says("who?");
        assert_eq!(
            conversation.written(&format(), "I"),
            "U:hi\nM:hello\nU:who?\nM:I"
        );
    }

    #[test]
    fn only_an_unanswered_turn_is_taken_back() {
        let mut conversation = Conversation::default();
        conversation.user_says("hi");
        conversation.model_says("hello");
        conversation.take_back();
        assert_eq!(conversation.turns().len(), 2);
        conversation.user_says("who?");
        conversation.take_back();
        assert_eq!(conversation.turns().len(), 2);
    }

    proptest! {
        /// With bytes for tokens: what is kept are the newest turns, begun by
        /// the user, they fit, and one exchange more would not have fitted.
        #[test]
        fn the_oldest_turns_go_first(
            texts in prop::collection::vec(("[a-z]{0,9}", "[a-z]{0,9}"), 0..7),
            last in "[a-z]{0,9}",
            answer in "[a-z]{0,5}",
            room in 0usize..120,
        ) {
            let mut all = Conversation::default();
            for (user, model) in &texts {
                all.user_says(user);
                all.model_says(model);
            }
            all.user_says(&last);
            let mut kept = all.clone();
            let bytes = |text: &str| text.as_bytes().to_vec();
            match kept.fit(&format(), &answer, room, bytes) {
                Ok((tokens, dropped)) => {
                    prop_assert!(tokens.len() <= room);
                    prop_assert_eq!(dropped % 2, 0);
                    prop_assert_eq!(kept.turns(), &all.turns()[dropped..]);
                    prop_assert_eq!(tokens, kept.written(&format(), &answer).into_bytes());
                    if dropped > 0 {
                        let more = Conversation { turns: all.turns()[dropped - 2..].into() };
                        prop_assert!(more.written(&format(), &answer).len() > room);
                    }
                }
                Err(error) => {
                    prop_assert_eq!(&kept, &all);
                    prop_assert_eq!(error.room, room);
                    prop_assert_eq!(error.tokens, last.len() + answer.len() + 5);
                    prop_assert!(error.tokens > room);
                }
            }
        }
    }
}
