//! From a prompt to a story.

use std::string::String;

use super::machine::Stage;
use crate::input::{Button, Key};
use crate::testing::{RuleFactory, counting};

fn on_keyboard() -> Stage {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.until_idle();
    stage.press(Button::Cross);
    stage.sees("How does the story begin?");
    stage
}

/// Walks from a key of the first page to another as a player does, and presses
/// cross.
fn walk(stage: &mut Stage, from: (i32, i32), to: (i32, i32)) {
    let (down, right) = (to.0 - from.0, to.1 - from.1);
    for _ in 0..down.abs() {
        stage.press(if down > 0 { Button::Down } else { Button::Up });
    }
    for _ in 0..right.abs() {
        stage.press(if right > 0 {
            Button::Right
        } else {
            Button::Left
        });
    }
    stage.press(Button::Cross);
}

#[test]
fn a_prompt_is_typed_with_the_pad_and_told() {
    let mut stage = on_keyboard();
    let rows = ["1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.?"];
    let mut at = (1, 0);
    for letter in "we saw 3".chars() {
        if letter == ' ' {
            stage.press(Button::Triangle);
            continue;
        }
        let row = rows.iter().position(|row| row.contains(letter)).unwrap();
        let to = (row as i32, rows[row].find(letter).unwrap() as i32);
        walk(&mut stage, at, to);
        at = to;
    }
    stage.sees("We saw 3");
    stage.press(Button::Start);
    stage.until_idle();
    stage.sees("We saw 3456789.");
    // Each pass takes 10 ms on the engine's own clock.
    stage.sees("The end · 7 tokens · 100.0 tokens/s");
    assert_eq!(
        stage.transcript(),
        "--- story ---\nWe saw 3456789.\n--- end: 7 tokens, 100.0/s ---\n"
    );
}

#[test]
fn a_model_that_is_read_for_each_token_says_so() {
    let mut stage = Stage::new(RuleFactory {
        streamed: 318_000_000,
        ..RuleFactory::new(counting)
    });
    stage.until_idle();
    stage.press(Button::Cross);
    stage.type_text("0");
    stage.keys(&[Key::Enter]);
    stage.frames(4);
    stage.sees("318 MB read for each token");
    stage.until_idle();
    stage.sees("0123456789.");
    stage.sees_not("read for each token");
}

#[test]
fn a_usb_keyboard_does_it_too() {
    let mut stage = on_keyboard();
    stage.type_text("I am 52");
    stage.keys(&[Key::Backspace, Key::Enter]);
    stage.until_idle();
    stage.sees("I am 56789.");
}

#[test]
fn an_empty_prompt_is_not_taken() {
    let mut stage = on_keyboard();
    stage.press_all(&[Button::Triangle, Button::Start]);
    stage.sees("How does the story begin?");
}

#[test]
fn a_draft_is_kept_when_the_player_goes_back() {
    let mut stage = on_keyboard();
    stage.type_text("a draft");
    stage.press(Button::Circle);
    stage.frames(30);
    stage.sees("Draft: a draft");
    stage.press(Button::Cross);
    stage.frames(30);
    stage.sees("a draft");
    stage.press(Button::Start);
    stage.until_idle();
    stage.press(Button::Circle);
    stage.frames(30);
    stage.sees_not("Draft");
}

#[test]
fn a_ready_prompt_is_told_and_told_again() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.until_idle();
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.until_idle();
    stage.sees("Once upon a time0123456789.");
    stage.press(Button::Circle);
    stage.frames(30);
    stage.said();
    // "Once more" has come in above the ready prompt, which is still chosen.
    stage.sees("Once more");
    stage.sees("Rules on a rule");
    stage.press(Button::Up);
    stage.frames(30);
    stage.sees("Once more\nOnce upon a time");
    stage.press(Button::Cross);
    stage.until_idle();
    assert!(stage.transcript().contains("Once upon a time0123456789."));
}

#[test]
fn cross_stops_and_starts_again_and_square_goes_on() {
    let mut stage = Stage::new(RuleFactory::new(|_| Some('a')));
    stage.until_idle();
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.frames(60);
    stage.press(Button::Cross);
    stage.until_idle();
    stage.sees("Stopped");
    stage.sees("Go on");
    let count = |stage: &Stage| stage.text().matches('a').count();
    let stopped = count(&stage);
    stage.frames(20);
    assert_eq!(count(&stage), stopped);
    stage.press(Button::Square);
    stage.frames(20);
    stage.press(Button::Cross);
    stage.until_idle();
    assert!(count(&stage) > stopped + 10);
    stage.press(Button::Cross);
    stage.frames(5);
    assert!(count(&stage) < stopped);
    stage.sees("Stop");
}

#[test]
fn circle_goes_back_and_ends_the_story() {
    let mut stage = Stage::new(RuleFactory::new(|_| Some('a')));
    stage.until_idle();
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.frames(40);
    assert!(!stage.app.is_idle());
    stage.press(Button::Circle);
    stage.frames(5);
    stage.sees("Write a prompt…");
    assert!(stage.app.is_idle());
}

#[test]
fn a_story_waits_for_the_model() {
    let mut stage = Stage::with(RuleFactory::new(counting), |machine| machine.pace = 0);
    stage.frames(2);
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.sees("Starting…");
    stage.machine.pace = 1;
    stage.until_idle();
    stage.sees("Once upon a time0123456789.");
}

#[test]
fn the_text_follows_its_end_until_the_player_looks_back() {
    // After the prompt, lines that are numbered.
    fn lines(text: &str) -> Option<char> {
        let line = text.matches('\n').count() as u32;
        let last: String = text.rsplit('\n').next()?.into();
        match last.chars().last() {
            Some('.') => Some('\n'),
            Some(_) if line > 0 => Some('.'),
            Some(_) => Some('\n'),
            None => char::from_digit(line % 36, 36),
        }
    }
    let mut stage = Stage::new(RuleFactory {
        seq_len: 110,
        ..RuleFactory::new(lines)
    });
    stage.until_idle();
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.frames(70);
    stage.sees_not("\n1.");
    // Up to the beginning, while the story goes on.
    stage.press_all(&[Button::L1; 2]);
    stage.frames(15);
    stage.sees("\n1.");
    assert!(!stage.app.is_idle());
    stage.until_idle();
    stage.sees("\n1.");
    stage.press_all(&[Button::R1; 8]);
    stage.frames(20);
    stage.sees_not("\n1.");
}

#[test]
fn a_prompt_that_is_too_long_is_told_about() {
    let mut stage = Stage::new(RuleFactory {
        seq_len: 32,
        ..RuleFactory::new(counting)
    });
    stage.until_idle();
    stage.press(Button::Cross);
    stage.type_text("a prompt that is longer than the model");
    stage.press(Button::Start);
    stage.until_idle();
    stage.sees("The prompt takes 39 tokens, but the story is to have 32 in all");
    stage.sees_not("Try again");
    stage.press(Button::Circle);
    stage.sees("Not told");
}

#[test]
fn an_engine_that_fails_is_told_about_and_made_anew() {
    let factory = RuleFactory {
        fails_after: Some(30),
        ..RuleFactory::new(|_| Some('a'))
    };
    let mut stage = Stage::new(factory);
    stage.until_idle();
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.until_idle();
    stage.sees("SPU 3 stopped at 0x1234");
    stage.sees("Try again");
    stage.press(Button::Cross);
    stage.until_idle();
    stage.sees("Start again");
}
