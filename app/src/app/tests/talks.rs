//! The chat.

use super::machine::Stage;
use crate::input::Button;
use crate::testing::RuleFactory;

/// Answers "Yes 2." with the number of the user's turns that the model sees.
fn turns_seen(text: &str) -> Option<char> {
    let answer = text.rsplit("M:").next().unwrap_or_default();
    match answer.len() {
        0..4 => "Yes ".chars().nth(answer.len()),
        4 => char::from_digit(text.matches("U:").count() as u32, 36),
        5 => Some('.'),
        _ => Some('\n'),
    }
}

fn talking(seq_len: usize) -> Stage {
    let mut stage = Stage::new(RuleFactory {
        seq_len,
        ..RuleFactory::new(turns_seen)
    });
    stage.until_idle();
    stage.press_all(&[Button::Right, Button::Cross]);
    stage.sees("What do you say?");
    stage
}

fn say(stage: &mut Stage, text: &str) {
    stage.type_text(text);
    stage.press(Button::Start);
    stage.until_idle();
}

#[test]
fn user_and_model_take_turns() {
    let mut stage = talking(256);
    say(&mut stage, "hello");
    stage.sees("hello");
    stage.sees("Yes 1.");
    stage.press(Button::Cross);
    say(&mut stage, "really?");
    stage.sees("Yes 2.");
    let transcript = stage.transcript();
    assert!(transcript.starts_with("--- user ---\nhello\n--- model ---\nYes 1.\n--- end: "));
    assert!(transcript.contains("--- user ---\nreally?\n--- model ---\nYes 2.\n"));
}

#[test]
fn the_conversation_stays_when_the_player_leaves() {
    let mut stage = talking(256);
    say(&mut stage, "hello");
    stage.press(Button::Circle);
    stage.frames(30);
    stage.sees("Go on talking");
    stage.press(Button::Cross);
    stage.frames(30);
    stage.sees("Yes 1.");
    stage.press(Button::Cross);
    say(&mut stage, "still there?");
    stage.sees("Yes 2.");
    // A new one begins anew.
    stage.press_all(&[Button::Circle, Button::Down, Button::Cross]);
    say(&mut stage, "hello");
    stage.sees("Yes 1.");
    stage.sees_not("still there?");
}

#[test]
fn what_the_model_forgets_is_marked() {
    let mut stage = talking(80);
    say(&mut stage, "hello");
    for _ in 0..5 {
        stage.press(Button::Cross);
        say(&mut stage, "hello");
    }
    // An exchange takes 17 tokens, what is said last 10 and the beginning 2, and
    // there is room for 60: three of the user's turns are seen.
    stage.sees("Yes 3.");
    stage.sees_not("Yes 4.");
    stage.press(Button::Up);
    stage.frames(30);
    stage.sees("The model no longer remembers what is above");
}

#[test]
fn an_answer_is_stopped() {
    let mut stage = Stage::new(RuleFactory::new(|_| Some('a')));
    stage.until_idle();
    stage.press_all(&[Button::Right, Button::Cross]);
    stage.type_text("hello");
    stage.press(Button::Start);
    stage.frames(30);
    assert!(!stage.app.is_idle());
    stage.press(Button::Cross);
    stage.until_idle();
    stage.sees("Stopped");
    stage.sees("Say something");
}

#[test]
fn what_is_too_long_comes_back_as_a_draft() {
    let mut stage = talking(64);
    say(
        &mut stage,
        "a question that goes on for longer than this model",
    );
    stage.sees("the model has room for 48");
    stage.press_all(&[Button::Circle, Button::Cross]);
    stage.sees("What do you say?");
    stage.sees("a question that goes on");
}
