//! From what the interface asks for to a text that is computed.

use alloc::format;
use alloc::string::String;

use super::super::text_run::TextRun;
use super::Worker;
use crate::inference::{
    ChatRequest, Clock, EngineFactory, Event, Failure, LoadedModel, StoryRequest,
};

impl<'a, F: EngineFactory<'a>, C: Clock> Worker<'a, F, C> {
    /// The story that is asked for.
    pub(super) fn story(&mut self, request: StoryRequest) -> Result<TextRun, Failure> {
        let model = loaded(&self.model, &self.failure)?;
        let config = model.engine.config();
        let tokens = model.tokenizer.encode(&request.prompt, true, false);
        let room = match request.length as usize {
            0 => config.seq_len,
            length => length.min(config.seq_len),
        };
        // The first token is the mark of the beginning, and one has to be left.
        if tokens.len() > room {
            return Err(Failure {
                what: format!(
                    "The prompt takes {} tokens, but the story is to have {room} in all",
                    tokens.len() - 1
                ),
                file: None,
            });
        }
        Ok(TextRun::story(
            request.id,
            config,
            tokens,
            request.sampling,
            request.length,
        ))
    }

    /// The story that was stopped or has the wanted length, with room for more.
    pub(super) fn story_goes_on(&mut self, id: u32, more: u32) -> Result<TextRun, Failure> {
        let model = loaded(&self.model, &self.failure)?;
        let mut run = self.paused.take().ok_or_else(|| Failure {
            what: "There is no story to go on with".into(),
            file: None,
        })?;
        run.go_on(id, model.engine.config(), more);
        // What was spent so far is accounted for.
        self.spent = self.spent.saturating_sub(run.stats.elapsed);
        Ok(run)
    }

    /// The answer to what the user says, which is noted.
    pub(super) fn answer(&mut self, request: ChatRequest) -> Result<TextRun, Failure> {
        let model = loaded(&self.model, &self.failure)?;
        self.conversation.user_says(&request.text);
        let format = &model.chat;
        let config = model.engine.config();
        let encode = |text: &str| model.tokenizer.encode(text, true, false);
        match self
            .conversation
            .fit(format, "", chat_room(config.seq_len), encode)
        {
            Ok((tokens, dropped)) => {
                if dropped > 0 {
                    let turns = dropped as u32;
                    self.outbox.push_back(Event::ChatTrimmed {
                        id: request.id,
                        turns,
                    });
                }
                let (id, sampling, length) = (request.id, request.sampling, request.length);
                Ok(TextRun::answer(
                    id,
                    config,
                    tokens,
                    sampling,
                    length,
                    &format.stops,
                ))
            }
            Err(too_long) => {
                self.conversation.take_back();
                let (tokens, room) = (too_long.tokens, too_long.room);
                Err(Failure {
                    what: format!("This takes {tokens} tokens, the model has room for {room}"),
                    file: None,
                })
            }
        }
    }

    /// Gives up the oldest turns of the conversation in the middle of an answer.
    pub(super) fn make_room(&mut self) -> bool {
        let (Some(run), Some(model)) = (&mut self.run, &self.model) else {
            return false;
        };
        let Some(answer) = run
            .answer
            .as_ref()
            .filter(|answer| !answer.is_long(&run.stats))
        else {
            return false;
        };
        let config = model.engine.config();
        // A character of which only the first bytes are written is given up.
        let whole = match core::str::from_utf8(&answer.written) {
            Ok(_) => answer.written.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => answer.written.len(),
        };
        let written = String::from_utf8_lossy(&answer.written[..whole]).into_owned();
        let encode = |text: &str| model.tokenizer.encode(text, true, false);
        let room = chat_room(config.seq_len);
        match self.conversation.fit(&model.chat, &written, room, encode) {
            Ok((tokens, turns)) => {
                if turns > 0 {
                    let turns = turns as u32;
                    self.outbox
                        .push_back(Event::ChatTrimmed { id: run.id, turns });
                }
                run.replace_tokens(config, tokens);
                run.resume(&self.computed);
                true
            }
            Err(_) => false,
        }
    }
}

fn loaded<'m, 'a>(
    model: &'m Option<LoadedModel<'a>>,
    failure: &Option<Failure>,
) -> Result<&'m LoadedModel<'a>, Failure> {
    model.as_ref().ok_or_else(|| {
        let none = || Failure {
            what: "The model is not loaded".into(),
            file: None,
        };
        failure.clone().unwrap_or_else(none)
    })
}

/// The tokens of a conversation that leave a quarter of the model's length for
/// the answer.
fn chat_room(seq_len: usize) -> usize {
    seq_len - (seq_len / 4).max(1).min(seq_len)
}
