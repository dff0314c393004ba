mod chats;
mod interrupted;
mod reference;

use std::string::ToString;

use super::*;
use crate::inference::{ChatRequest, Link, SamplingChoice, Stats, StoryRequest, channel};
use crate::testing::{RuleFactory, counting};

const GREEDY: SamplingChoice = SamplingChoice {
    temperature: 0.0,
    top_p: 1.0,
    seed: 1,
};

struct Bench {
    link: Link,
    worker: Worker<'static, RuleFactory, fn() -> Duration>,
    next_id: u32,
}

/// What came of a request.
#[derive(Debug, Default, PartialEq)]
struct Told {
    text: String,
    end: Option<(DoneReason, Stats)>,
    failure: Option<String>,
    trimmed: u32,
    pieces: u32,
}

impl Bench {
    fn new(factory: RuleFactory) -> Bench {
        let (mut link, port) = channel();
        link.send(Command::Load(None));
        let clock: fn() -> Duration = || Duration::ZERO;
        Bench {
            link,
            worker: Worker::new(port, factory, clock),
            next_id: 0,
        }
    }

    fn id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    fn story(&mut self, prompt: &str, length: u32) -> Told {
        let id = self.id();
        let prompt = prompt.to_string();
        self.link.send(Command::Story(StoryRequest {
            id,
            prompt,
            sampling: GREEDY,
            length,
        }));
        self.until_idle(id)
    }

    fn say(&mut self, text: &str) -> Told {
        let id = self.id();
        let text = text.to_string();
        self.link.send(Command::Chat(ChatRequest {
            id,
            text,
            sampling: GREEDY,
            length: 100,
        }));
        self.until_idle(id)
    }

    fn until_idle(&mut self, id: u32) -> Told {
        let mut told = Told::default();
        loop {
            let activity = self.worker.step();
            self.receive(id, &mut told);
            if activity == Activity::Idle {
                assert!(self.link.is_idle());
                return told;
            }
        }
    }

    fn receive(&mut self, wanted: u32, told: &mut Told) {
        while let Some(event) = self.link.receive() {
            match event {
                Event::Piece(piece) if piece.id == wanted => {
                    told.pieces += 1;
                    told.text
                        .push_str(core::str::from_utf8(piece.bytes.as_bytes()).unwrap());
                }
                Event::Done { id, reason, stats } if id == wanted => {
                    told.end = Some((reason, stats));
                }
                Event::Failed { id, failure, .. } if id == wanted => {
                    told.failure = Some(failure.what);
                }
                Event::ChatTrimmed { id, turns } if id == wanted => told.trimmed += turns,
                _ => {}
            }
        }
    }
}

fn reason(told: &Told) -> DoneReason {
    told.end.expect("the text has ended").0
}

#[test]
fn a_story_is_told_to_its_end() {
    let mut bench = Bench::new(RuleFactory::new(counting));
    let told = bench.story("x4", 0);
    assert_eq!(told.text, "56789.");
    let (reason, stats) = told.end.unwrap();
    assert_eq!(reason, DoneReason::EndOfText);
    // BOS, a space, two characters, six more; the last pass says that it ends.
    assert_eq!((stats.passes, stats.generated), (10, 6));
    assert_eq!(stats.elapsed, Duration::from_millis(100));
    assert_eq!(bench.worker.time_spent(), stats.elapsed);
}

#[test]
fn a_story_has_the_length_asked_for_and_goes_on() {
    let mut bench = Bench::new(RuleFactory::new(counting));
    let told = bench.story("x", 5);
    assert_eq!(
        (told.text.as_str(), reason(&told)),
        ("012", DoneReason::Length)
    );
    let id = bench.id();
    bench.link.send(Command::Continue { id, more: 2 });
    let told = bench.until_idle(id);
    assert_eq!(
        (told.text.as_str(), reason(&told)),
        ("34", DoneReason::Length)
    );
    let id = bench.id();
    bench.link.send(Command::Continue { id, more: 100 });
    let told = bench.until_idle(id);
    assert_eq!(
        (told.text.as_str(), reason(&told)),
        ("56789.", DoneReason::EndOfText)
    );
    let id = bench.id();
    bench.link.send(Command::Continue { id, more: 100 });
    assert!(bench.until_idle(id).failure.unwrap().contains("no story"));
}

#[test]
fn a_story_goes_on_after_a_chat_in_between() {
    let mut bench = Bench::new(RuleFactory::new(|text| {
        if text.contains("M:") {
            Some('\n')
        } else {
            counting(text)
        }
    }));
    assert_eq!(bench.story("x", 5).text, "012");
    assert_eq!(bench.say("hi").text, "");
    let id = bench.id();
    bench.link.send(Command::Continue { id, more: 100 });
    let told = bench.until_idle(id);
    assert_eq!(told.text, "3456789.");
}

#[test]
fn the_model_s_length_ends_a_story() {
    let mut bench = Bench::new(RuleFactory {
        seq_len: 8,
        ..RuleFactory::new(|_| Some('a'))
    });
    let told = bench.story("xy", 1000);
    assert_eq!(
        (told.text.as_str(), reason(&told)),
        ("aaaaa", DoneReason::ModelLength)
    );
}

#[test]
fn stop_takes_effect_before_the_next_token() {
    let mut bench = Bench::new(RuleFactory::new(|_| Some('a')));
    bench.link.send(Command::Story(StoryRequest {
        id: 1,
        prompt: "x".into(),
        sampling: GREEDY,
        length: 0,
    }));
    let mut told = Told::default();
    for _ in 0..10 {
        assert_eq!(bench.worker.step(), Activity::Working);
    }
    bench.receive(1, &mut told);
    let before = told.text.clone();
    bench.link.send(Command::Stop);
    assert_eq!(bench.worker.step(), Activity::Idle);
    bench.receive(1, &mut told);
    assert_eq!(
        (told.text.as_str(), reason(&told)),
        (before.as_str(), DoneReason::Stopped)
    );
    // It goes on where it was.
    bench.link.send(Command::Continue { id: 2, more: 3 });
    assert_eq!(bench.until_idle(2).text, "aaa");
}

#[test]
fn a_prompt_that_leaves_no_room_is_refused() {
    let mut bench = Bench::new(RuleFactory::new(counting));
    let told = bench.story("0123456789", 10);
    assert_eq!(
        told.failure.as_deref(),
        Some("The prompt takes 11 tokens, but the story is to have 10 in all")
    );
}

#[test]
fn the_same_beginning_is_not_computed_again() {
    let mut bench = Bench::new(RuleFactory::new(counting));
    let first = bench.story("a long beginning 3", 0);
    let again = bench.story("a long beginning 3", 0);
    assert_eq!(again.text, first.text);
    assert!(again.end.unwrap().1.passes < first.end.unwrap().1.passes / 2);
    let other = bench.story("a long beginning 5", 0);
    assert_eq!(other.text, "6789.");
}

#[test]
fn pieces_wait_for_an_interface_that_is_slow() {
    let mut bench = Bench::new(RuleFactory {
        seq_len: 1000,
        ..RuleFactory::new(|_| Some('a'))
    });
    bench.link.send(Command::Story(StoryRequest {
        id: 1,
        prompt: "x".into(),
        sampling: GREEDY,
        length: 0,
    }));
    // Nobody receives: the worker must not run ahead without end.
    while bench.worker.step() != Activity::Waiting {}
    assert_eq!(bench.worker.step(), Activity::Waiting);
    assert!(!bench.link.is_idle());
    let told = bench.until_idle(1);
    assert_eq!(told.text.len(), 998);
}

#[test]
fn loading_that_fails_says_why_and_can_be_tried_again() {
    let mut bench = Bench::new(RuleFactory {
        failures: 1,
        ..RuleFactory::new(counting)
    });
    let told = bench.story("x", 0);
    assert_eq!(
        told.failure.as_deref(),
        Some("dim is 0, expected 1 to 2147483647")
    );
    bench.link.send(Command::Load(None));
    assert_eq!(bench.story("x", 0).text, "0123456789.");
}

#[test]
fn an_engine_that_fails_ends_the_text_and_is_used_again() {
    let factory = RuleFactory {
        fails_after: Some(6),
        ..RuleFactory::new(counting)
    };
    let mut bench = Bench::new(factory);
    let told = bench.story("x", 0);
    assert_eq!(told.failure.as_deref(), Some("SPU 3 stopped at 0x1234"));
    assert_eq!(bench.story("x", 0).text, "0123456789.");
}

#[test]
fn shutdown_ends_the_thread() {
    let mut bench = Bench::new(RuleFactory::new(counting));
    bench.link.send(Command::Shutdown);
    assert_eq!(bench.worker.step(), Activity::Finished);
    let Bench {
        link, mut worker, ..
    } = Bench::new(RuleFactory::new(counting));
    drop(link);
    assert_eq!(worker.step(), Activity::Finished);
}

#[test]
fn a_thread_tells_a_story_while_the_interface_goes_on() {
    let (mut link, port) = channel();
    let thread = std::thread::spawn(move || {
        let clock: fn() -> Duration = || Duration::ZERO;
        Worker::new(port, RuleFactory::new(counting), clock).run(std::thread::yield_now);
    });
    link.send(Command::Load(None));
    let prompt = "x".to_string();
    link.send(Command::Story(StoryRequest {
        id: 1,
        prompt,
        sampling: GREEDY,
        length: 0,
    }));
    let mut text = String::new();
    while !link.is_idle() {
        while let Some(event) = link.receive() {
            if let Event::Piece(piece) = event {
                text.push_str(core::str::from_utf8(piece.bytes.as_bytes()).unwrap());
            }
        }
    }
    link.send(Command::Shutdown);
    thread.join().unwrap();
    assert_eq!(text, "0123456789.");
    assert!(link.is_abandoned());
}
