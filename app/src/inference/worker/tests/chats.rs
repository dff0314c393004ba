//! Answers in a conversation.

use alloc::format;

use super::*;

/// Answers with the number of turns that it sees, then ends its turn.
fn turns_seen(text: &str) -> Option<char> {
    let answer = text.rsplit("M:").next().unwrap_or_default();
    match answer {
        "" => Some(' '),
        " " => char::from_digit(text.matches("U:").count() as u32, 36),
        _ => Some('\n'),
    }
}

#[test]
fn answers_end_at_the_mark_and_see_the_turns_before() {
    let mut bench = Bench::new(RuleFactory::new(turns_seen));
    for turns in 1..5 {
        let told = bench.say("hello");
        assert_eq!(told.text, format!(" {turns}"));
        assert_eq!((reason(&told), told.trimmed), (DoneReason::EndOfText, 0));
    }
    bench.link.send(Command::ForgetChat);
    assert_eq!(bench.say("hello").text, " 1");
}

#[test]
fn a_turn_adds_to_what_the_engine_holds() {
    let mut bench = Bench::new(RuleFactory::new(turns_seen));
    bench.say("hello");
    let told = bench.say("hello");
    // The line break that the model wrote, "U:hello\nM:", the answer of two and
    // its line break; one of these is still to come when the turn ends.
    assert_eq!(told.end.unwrap().1.passes, 1 + 10 + 2);
}

#[test]
fn the_oldest_turns_are_dropped_when_the_model_is_full() {
    let mut bench = Bench::new(RuleFactory {
        seq_len: 80,
        ..RuleFactory::new(turns_seen)
    });
    let mut trimmed = 0;
    for turn in 0..12 {
        let told = bench.say("hello");
        trimmed += told.trimmed;
        assert_eq!(told.text, format!(" {}", turn + 1 - trimmed / 2));
    }
    // An exchange takes 15 tokens, the last one 10, and there is room for 60.
    assert_eq!(trimmed, 2 * (12 - 4));
}

#[test]
fn an_answer_that_fills_the_model_pushes_older_turns_out() {
    fn rule(text: &str) -> Option<char> {
        let answer = text.rsplit("M:").next().unwrap_or_default();
        match (text.ends_with("long\nM:"), answer.len()) {
            (false, 0..=1) if !answer.starts_with('x') => Some('y'),
            (true, _) => Some('x'),
            (_, ..50) if answer.starts_with('x') => Some('x'),
            _ => Some('\n'),
        }
    }
    let mut bench = Bench::new(RuleFactory {
        seq_len: 80,
        ..RuleFactory::new(rule)
    });
    for _ in 0..4 {
        assert_eq!(bench.say("hi").text, "yy");
    }
    // Four exchanges of 10 tokens, 11 of the last one, then the model is full
    // with 30 of the answer. One exchange and these 41 fit in 60.
    let told = bench.say("long");
    assert_eq!(told.text, "x".repeat(50));
    assert_eq!((reason(&told), told.trimmed), (DoneReason::EndOfText, 6));
}

#[test]
fn an_answer_that_alone_fills_the_model_ends_there() {
    let mut bench = Bench::new(RuleFactory {
        seq_len: 40,
        ..RuleFactory::new(|_| Some('x'))
    });
    let told = bench.say("hi");
    assert_eq!(reason(&told), DoneReason::ModelLength);
    assert_eq!(told.text.len(), 40 - 8);
    let told = bench.say(&"long ".repeat(20));
    assert!(told.failure.unwrap().contains("room for 30"));
}

#[test]
fn an_answer_has_a_greatest_length() {
    let mut bench = Bench::new(RuleFactory {
        seq_len: 1000,
        ..RuleFactory::new(|_| Some('x'))
    });
    let told = bench.say("hi");
    assert_eq!((told.text.len(), reason(&told)), (100, DoneReason::Length));
}
