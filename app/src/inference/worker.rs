//! The inference thread's work.

mod requests;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use llama::EngineError;

use super::text_run::{RunEnd, TextRun};
use super::{
    Clock, Command, DoneReason, EngineFactory, Event, Failure, LoadedModel, Piece, PieceBytes, Port,
};
use crate::chat::Conversation;

/// Whether the worker wants to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// There is more to compute: step again.
    Working,
    /// The interface has to take events first: step again soon.
    Waiting,
    /// There is nothing to do until the next command.
    Idle,
    /// The interface wants the thread to end, or is gone.
    Finished,
}

/// Owns the engine, the tokenizer, the sampler and the conversation, and
/// computes what the interface asks for, one token a [step](Worker::step).
///
/// It is made on its thread, so that nothing of the engine has to change
/// threads. The engine's keys and values are kept from one text to the next: of
/// a text that begins as the one before, only the rest is computed.
pub struct Worker<'a, F, C> {
    port: Port,
    factory: F,
    clock: C,
    model: Option<LoadedModel<'a>>,
    /// Why there is no model.
    failure: Option<Failure>,
    /// Events that found no room.
    outbox: VecDeque<Event>,
    /// The tokens whose keys and values the engine holds.
    computed: Vec<u32>,
    run: Option<TextRun>,
    /// The story that was stopped or has the wanted length.
    paused: Option<TextRun>,
    conversation: Conversation,
    spent: Duration,
}

impl<'a, F: EngineFactory<'a>, C: Clock> Worker<'a, F, C> {
    /// A worker without a model; the first command loads it.
    pub fn new(port: Port, factory: F, clock: C) -> Worker<'a, F, C> {
        Worker {
            port,
            factory,
            clock,
            model: None,
            failure: None,
            outbox: VecDeque::new(),
            computed: Vec::new(),
            run: None,
            paused: None,
            conversation: Conversation::default(),
            spent: Duration::ZERO,
        }
    }

    /// Works until the interface wants the thread to end. Calls `idle` when there
    /// is nothing to do; it lets other threads run and comes back after some
    /// milliseconds or when [woken](crate::Platform::wake_inference).
    pub fn run(mut self, mut idle: impl FnMut()) {
        loop {
            match self.step() {
                Activity::Working => {}
                Activity::Waiting | Activity::Idle => idle(),
                Activity::Finished => return,
            }
        }
    }

    /// Takes the commands that have come and computes at most one token. Loading
    /// the model is one step.
    pub fn step(&mut self) -> Activity {
        self.port.set_busy(true);
        self.port.reading().resume();
        while let Some(command) = self.port.receive() {
            if command == Command::Shutdown {
                return Activity::Finished;
            }
            self.obey(command);
        }
        if self.port.is_abandoned() {
            return Activity::Finished;
        }
        if self.send_all() && self.run.is_some() {
            self.compute();
        }
        if !self.send_all() {
            Activity::Waiting
        } else if self.run.is_some() {
            Activity::Working
        } else {
            self.port.set_busy(false);
            Activity::Idle
        }
    }

    /// The time that all texts so far have taken, measured as
    /// [`super::Stats::elapsed`]. A platform that steps the worker itself can
    /// keep its frames in step with an engine on simulated hardware.
    pub fn time_spent(&self) -> Duration {
        self.spent
            + self
                .run
                .as_ref()
                .map_or(Duration::ZERO, |run| run.stats.elapsed)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Load(chosen) => self.load(chosen.as_deref()),
            Command::FindModels => {
                let models = self.factory.models();
                self.outbox.push_back(Event::Models(models));
            }
            Command::Story(request) => {
                self.stop();
                self.paused = None;
                let id = request.id;
                let run = self.story(request);
                self.start(id, run);
            }
            Command::Continue { id, more } => {
                self.stop();
                let run = self.story_goes_on(id, more);
                self.start(id, run);
            }
            Command::Chat(request) => {
                self.stop();
                let id = request.id;
                let run = self.answer(request);
                self.start(id, run);
            }
            Command::ForgetChat => {
                if self.run.as_ref().is_some_and(|run| run.answer.is_some()) {
                    self.stop();
                }
                self.conversation = Conversation::default();
            }
            Command::Stop => self.stop(),
            // Never comes here.
            Command::Shutdown => {}
        }
    }

    fn load(&mut self, chosen: Option<&str>) {
        self.stop();
        self.paused = None;
        self.computed.clear();
        // The memory is needed for the next one.
        self.model = None;
        let port = &mut self.port;
        // Progress that finds no room is not worth waiting for.
        let mut report = |loading| drop(port.send(Event::Loading(loading)));
        match self.factory.load(chosen, &mut report) {
            Ok(model) => {
                self.failure = None;
                self.outbox
                    .push_back(Event::Loaded(Box::new(model.facts.clone())));
                self.model = Some(model);
            }
            Err(failure) => {
                self.failure = Some(failure.clone());
                self.outbox.push_back(Event::LoadFailed(failure));
            }
        }
    }

    /// Begins a text, or says why there is none.
    fn start(&mut self, id: u32, run: Result<TextRun, Failure>) {
        match run {
            Ok(mut run) => {
                run.resume(&self.computed);
                let prompt_tokens = run.tokens() as u32;
                self.outbox.push_back(Event::Started { id, prompt_tokens });
                self.run = Some(run);
            }
            Err(failure) => {
                let engine = self.model.is_none();
                self.outbox.push_back(Event::Failed {
                    id,
                    failure,
                    engine,
                })
            }
        }
    }

    /// Computes one token of the text at hand.
    fn compute(&mut self) {
        let (Some(run), Some(model)) = (&mut self.run, &mut self.model) else {
            return;
        };
        let id = run.id;
        let progress = match run.step(model, &self.clock, &mut self.computed) {
            Ok(progress) => progress,
            // A command has come, which says how to go on.
            Err(EngineError::Interrupted) => return,
            Err(error) => return self.fail(id, error.to_string()),
        };
        send_text(&mut self.outbox, run, &progress.shown);
        match progress.end {
            None => {}
            Some(RunEnd::Model) => self.end(DoneReason::EndOfText),
            Some(RunEnd::Length) => self.end(DoneReason::Length),
            Some(RunEnd::Full) if self.make_room() => {}
            Some(RunEnd::Full) => self.end(DoneReason::ModelLength),
        }
    }

    fn stop(&mut self) {
        if self.run.is_some() {
            self.end(DoneReason::Stopped);
        }
    }

    /// Ends the text at hand.
    fn end(&mut self, reason: DoneReason) {
        let Some(mut run) = self.run.take() else {
            return;
        };
        let rest = run.finish();
        send_text(&mut self.outbox, &run, &rest);
        self.outbox.push_back(Event::Done {
            id: run.id,
            reason,
            stats: run.stats,
        });
        self.spent += run.stats.elapsed;
        if let Some(answer) = &run.answer {
            self.conversation
                .model_says(&String::from_utf8_lossy(&answer.shown));
        } else if matches!(reason, DoneReason::Stopped | DoneReason::Length) {
            self.paused = Some(run);
        }
    }

    fn fail(&mut self, id: u32, what: String) {
        if let Some(run) = self.run.take() {
            self.spent += run.stats.elapsed;
            if run.answer.is_some() {
                self.conversation.take_back();
            }
        }
        let failure = Failure { what, file: None };
        self.outbox.push_back(Event::Failed {
            id,
            failure,
            engine: true,
        });
    }

    /// Sends what there is room for; gives whether that was all.
    fn send_all(&mut self) -> bool {
        while let Some(event) = self.outbox.pop_front() {
            if let Err(event) = self.port.send(event) {
                self.outbox.push_front(event);
                return false;
            }
        }
        true
    }
}

fn send_text(outbox: &mut VecDeque<Event>, run: &TextRun, mut text: &[u8]) {
    while !text.is_empty() {
        let (bytes, rest) = PieceBytes::split(text);
        outbox.push_back(Event::Piece(Piece {
            id: run.id,
            bytes,
            stats: run.stats,
        }));
        text = rest;
    }
}

#[cfg(test)]
mod tests;
