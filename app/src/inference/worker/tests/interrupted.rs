//! Tokens that take long, because their weights are read from a disk.

use alloc::rc::Rc;
use core::cell::RefCell;

use llama::{Config, Engine};

use super::*;
use crate::inference::{Loading, ModelChoice, Reading};

/// What happens while a token is being computed: the token's number, and the
/// interface's end of the queues.
type Meanwhile = fn(u32, &mut Link);

/// Makes engines that read their weights while they compute.
struct Slow {
    inner: RuleFactory,
    link: Rc<RefCell<Link>>,
    reading: Reading,
    meanwhile: Meanwhile,
}

struct SlowEngine {
    inner: Box<dyn Engine>,
    link: Rc<RefCell<Link>>,
    reading: Reading,
    meanwhile: Meanwhile,
    tokens: u32,
}

impl Engine for SlowEngine {
    fn config(&self) -> &Config {
        self.inner.config()
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        self.tokens += 1;
        assert!(self.reading.report(0.25), "nothing has come yet");
        (self.meanwhile)(self.tokens, &mut self.link.borrow_mut());
        if !self.reading.report(0.5) {
            return Err(EngineError::Interrupted);
        }
        self.reading.report(1.0);
        self.inner.forward(token, position)
    }
}

impl EngineFactory<'static> for Slow {
    fn models(&mut self) -> Vec<ModelChoice> {
        self.inner.models()
    }

    fn load(
        &mut self,
        chosen: Option<&str>,
        report: &mut dyn FnMut(Loading),
    ) -> Result<LoadedModel<'static>, Failure> {
        let mut model = self.inner.load(chosen, report)?;
        model.engine = Box::new(SlowEngine {
            inner: model.engine,
            link: self.link.clone(),
            reading: self.reading.clone(),
            meanwhile: self.meanwhile,
            tokens: 0,
        });
        Ok(model)
    }
}

/// All events of the story of "1", up to six tokens, and of what else is wanted
/// meanwhile.
fn events(meanwhile: Meanwhile) -> Vec<Event> {
    let (link, port) = channel();
    let link = Rc::new(RefCell::new(link));
    let factory = Slow {
        inner: RuleFactory::new(counting),
        link: link.clone(),
        reading: port.reading(),
        meanwhile,
    };
    let mut worker = Worker::new(port, factory, || Duration::ZERO);
    link.borrow_mut().send(Command::Load(None));
    assert_eq!(worker.step(), Activity::Idle);
    link.borrow_mut().send(story(1));
    let mut events = Vec::new();
    while worker.step() != Activity::Idle {
        events.extend(core::iter::from_fn(|| link.borrow_mut().receive()));
    }
    events.extend(core::iter::from_fn(|| link.borrow_mut().receive()));
    events
}

fn story(id: u32) -> Command {
    Command::Story(StoryRequest {
        id,
        prompt: "1".into(),
        sampling: GREEDY,
        length: 6,
    })
}

fn text(events: &[Event], id: u32) -> String {
    let pieces = events.iter().filter_map(|event| match event {
        Event::Piece(piece) if piece.id == id => Some(piece.bytes.as_bytes().to_vec()),
        _ => None,
    });
    String::from_utf8(pieces.flatten().collect()).unwrap()
}

fn end(events: &[Event], id: u32) -> DoneReason {
    let mut ends = events.iter().filter_map(|event| match event {
        Event::Done { id: of, reason, .. } if *of == id => Some(*reason),
        _ => None,
    });
    let end = ends.next().expect("it ends");
    assert_eq!(ends.next(), None);
    end
}

#[test]
fn a_token_is_told_of_while_it_is_computed() {
    let events = events(|_, link| assert_eq!(link.reading(), 0.25));
    assert_eq!(end(&events, 1), DoneReason::Length);
    assert_eq!(text(&events, 1), "2345");
}

#[test]
fn a_stop_does_not_wait_for_the_token() {
    let events = events(|token, link| {
        if token == 4 {
            link.send(Command::Stop);
        }
    });
    assert_eq!(end(&events, 1), DoneReason::Stopped);
    let whole = text(&events, 1);
    assert!(!whole.is_empty() && whole.len() < 4, "{whole}");
}

#[test]
fn another_story_does_not_wait_for_the_token() {
    let events = events(|token, link| {
        if token == 4 {
            link.send(story(2));
        }
    });
    assert_eq!(end(&events, 1), DoneReason::Stopped);
    assert_eq!(end(&events, 2), DoneReason::Length);
    // What was computed of the first one is the beginning of the second.
    assert_eq!(text(&events, 2), "2345");
}

#[test]
fn a_command_that_ends_nothing_lets_the_token_be() {
    let events = events(|_, link| link.send(Command::FindModels));
    assert_eq!(end(&events, 1), DoneReason::Length);
    assert_eq!(text(&events, 1), "2345");
    let interrupted = self::events(|token, link| {
        if token == 3 {
            // Heard of too late or for nothing: the token is computed once more.
            link.send(Command::ForgetChat);
        }
    });
    assert_eq!(text(&interrupted, 1), "2345");
}
