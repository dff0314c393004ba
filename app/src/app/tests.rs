//! The app driven by a pad, with a machine that is none.

mod layout;
mod machine;
mod monkey;
mod stories;
mod talks;

use alloc::string::ToString;

use machine::Stage;

use crate::input::{Button, ConfirmButton, Key};
use crate::settings;
use crate::testing::{RuleFactory, counting};
use crate::transcript::Entry;

#[test]
fn the_bar_moves_from_category_to_category() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.frames(2);
    stage.sees("New Story");
    stage.sees("Write a prompt…");
    stage.press_all(&[Button::Right, Button::Right]);
    stage.frames(30);
    stage.sees("Temperature: 0.80");
    stage.sees_not("Write a prompt…");
    stage.press(Button::Right);
    stage.frames(30);
    stage.sees("Licences");
    // The end of the bar.
    stage.press(Button::Right);
    stage.frames(30);
    stage.sees("Licences");
}

#[test]
fn the_stick_moves_like_the_d_pad() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.frames(2);
    stage.machine.pad.left = crate::input::Stick { x: 100, y: 0 };
    // Held, it repeats: to the end of the bar.
    stage.frames(90);
    stage.machine.pad.left = Default::default();
    stage.frames(30);
    stage.sees("Licences");
}

#[test]
fn a_request_of_the_machine_is_shown_while_it_lasts() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.machine.request = Some("Switch on a pad");
    stage.frames(1);
    stage.sees("Switch on a pad");
    // Nothing else waits for it.
    stage.until_idle();
    stage.frames(600);
    stage.sees("Switch on a pad");
    stage.machine.request = None;
    stage.frames(1);
    stage.sees_not("Switch on a pad");
}

#[test]
fn another_model_is_chosen_and_kept() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.until_idle();
    stage.press_all(&[Button::Right, Button::Right]);
    stage.press_all(&[Button::Down; 4]);
    stage.frames(30);
    stage.sees("Model: Rules");
    stage.machine.pace = 0;
    stage.press(Button::Cross);
    stage.sees("Looking for models");
    stage.machine.pace = 1;
    stage.until_idle();
    stage.sees("10 letters");
    stage.sees("In use");
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.until_idle();
    stage.frames(30);
    stage.sees("Model: More rules");
    let stored = stage.machine.stored.clone().expect("the choice was stored");
    assert_eq!(stored.0, settings::MODEL_KEY);
    assert_eq!(stored.1, b"/models/More rules");

    let again = |stored| {
        Stage::with(RuleFactory::new(counting), |machine| {
            machine.stored = Some(stored);
        })
    };
    let mut stage = again(stored);
    stage.until_idle();
    stage.sees("More rules on a rule");
    // One that is gone is named, and another can be chosen at once.
    let mut stage = again((settings::MODEL_KEY.into(), b"/models/gone".to_vec()));
    stage.until_idle();
    stage.sees("there is no such file");
    stage.sees("/models/gone");
    stage.press(Button::Square);
    stage.until_idle();
    stage.press(Button::Cross);
    stage.until_idle();
    stage.frames(30);
    stage.sees("Rules on a rule");
}

#[test]
fn settings_are_changed_and_kept() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.frames(2);
    stage.press_all(&[Button::Right, Button::Right, Button::Cross, Button::Right]);
    stage.sees("0.85");
    stage.press_all(&[Button::Down, Button::Down, Button::Right, Button::Circle]);
    stage.frames(30);
    stage.sees("Temperature: 0.85");
    stage.sees("Seed: 0");
    let (key, bytes) = stage
        .machine
        .stored
        .clone()
        .expect("the settings were stored");
    assert_eq!(key, settings::STORAGE_KEY);
    assert_eq!(
        settings::parse(&bytes).unwrap().temperature().to_string(),
        "0.85"
    );

    let mut again = Stage::with(RuleFactory::new(counting), |machine| {
        machine.stored = Some((key, bytes));
    });
    again.frames(2);
    again.press_all(&[Button::Right, Button::Right]);
    again.frames(30);
    again.sees("Temperature: 0.85");
    // And back to the defaults, by the last row.
    again.press(Button::Cross);
    again.press_all(&[Button::Down; 6]);
    again.press_all(&[Button::Cross, Button::Circle]);
    again.frames(30);
    again.sees("Temperature: 0.80");
    again.sees("Seed: Random");
}

#[test]
fn unchanged_settings_are_not_stored() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.frames(2);
    stage.press_all(&[Button::Right, Button::Right, Button::Cross]);
    stage.press_all(&[Button::Right, Button::Left, Button::Circle]);
    assert_eq!(stage.machine.stored, None);
}

#[test]
fn settings_that_cannot_be_kept_or_read_are_told_about() {
    let mut stage = Stage::with(RuleFactory::new(counting), |machine| {
        machine.storage_fails = true;
    });
    stage.frames(2);
    stage.sees("Settings are at their defaults: /dev_hdd0/settings: the disk is full");
    stage.press_all(&[
        Button::Right,
        Button::Right,
        Button::Cross,
        Button::Right,
        Button::Circle,
    ]);
    stage.sees("The settings were not kept. /dev_hdd0/settings: the disk is full");
    stage.frames(600);
    stage.sees_not("The settings were not kept.");

    let mut stage = Stage::with(RuleFactory::new(counting), |machine| {
        machine.stored = Some((settings::STORAGE_KEY.into(), b"length = 3".to_vec()));
    });
    stage.frames(2);
    stage.sees("line 1: length is \"3\", expected 16 to 2048");
}

#[test]
fn cross_and_circle_swap_with_the_system() {
    let mut stage = Stage::with(RuleFactory::new(counting), |machine| {
        machine.confirm = ConfirmButton::Circle;
    });
    stage.frames(2);
    stage.press(Button::Cross);
    stage.sees("New Story");
    stage.press(Button::Circle);
    stage.sees("How does the story begin?");
    stage.press(Button::Cross);
    stage.sees("New Story");
}

#[test]
fn about_tells_about_model_and_licences() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.until_idle();
    stage.press_all(&[Button::Right, Button::Right, Button::Right]);
    stage.press_all(&[Button::Down, Button::Cross]);
    stage.sees("Name: Rules");
    stage.sees("Greatest length: 256 tokens");
    stage.press_all(&[Button::Circle, Button::Down, Button::Down, Button::Cross]);
    stage.sees("Open Sans");
    let before = stage.text();
    stage.press_all(&[Button::R1, Button::Down]);
    stage.frames(30);
    assert_ne!(stage.text(), before);
}

#[test]
fn a_model_that_cannot_be_read_is_told_about_and_tried_again() {
    let mut stage = Stage::new(RuleFactory {
        failures: 2,
        ..RuleFactory::new(counting)
    });
    stage.until_idle();
    stage.sees("That did not work");
    stage.sees("dim is 0, expected 1 to 2147483647");
    stage.sees("/models/stories.bin");
    assert!(matches!(&stage.said()[..], [Entry::Error(failure)] if failure.file.is_some()));
    stage.press(Button::Circle);
    stage.sees("There is no model");
    // What needs a model leads back to the message.
    stage.press(Button::Cross);
    stage.sees("That did not work");
    stage.press(Button::Cross);
    stage.until_idle();
    stage.sees("That did not work");
    stage.press(Button::Cross);
    stage.until_idle();
    stage.sees("Rules on a rule");
}

#[test]
fn a_thread_that_does_not_start_is_told_about() {
    let mut stage = Stage::with(RuleFactory::new(counting), |machine| {
        machine.no_thread = true;
    });
    stage.frames(2);
    stage.sees("no more threads");
    stage.sees_not("Try again");
    assert!(stage.app.is_idle());
    stage.press(Button::Circle);
    stage.sees("Write a prompt…");
}

#[test]
fn a_thread_that_dies_is_told_about() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.until_idle();
    stage.machine.worker = None;
    stage.frames(2);
    stage.sees("The inference thread has ended unexpectedly");
    assert!(stage.app.is_idle());
}

#[test]
fn exit_ends_the_worker_too() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.until_idle();
    stage.machine.exit = true;
    assert_eq!(stage.app.frame(&mut stage.machine), Ok(super::Flow::Exit));
    let mut worker = stage.machine.worker.take().expect("there is a worker");
    assert_eq!(worker.step(), crate::inference::Activity::Finished);
}

#[test]
fn arrows_and_enter_of_a_keyboard_lead_through_the_menus() {
    let mut stage = Stage::new(RuleFactory::new(counting));
    stage.frames(2);
    stage.keys(&[Key::Enter]);
    stage.sees("How does the story begin?");
    stage.keys(&[Key::Escape, Key::Right, Key::Right, Key::Down, Key::Enter]);
    stage.sees("How unlikely a word may be; 1 allows all");
}
