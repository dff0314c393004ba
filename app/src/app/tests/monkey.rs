//! Presses that make no sense.

use alloc::vec::Vec;
use proptest::prelude::*;

use super::machine::Stage;
use crate::input::{Button, Buttons, Key};
use crate::testing::{RuleFactory, counting};

#[derive(Clone, Debug)]
enum Prank {
    /// Holds these buttons for so many frames.
    Hold(Vec<usize>, u32),
    Type(char),
    Key(usize),
    /// Another number of tokens in a frame.
    Pace(u32),
}

const KEYS: [Key; 10] = [
    Key::Enter,
    Key::Backspace,
    Key::Delete,
    Key::Left,
    Key::Right,
    Key::Up,
    Key::Down,
    Key::Home,
    Key::End,
    Key::Escape,
];

fn pranks() -> impl Strategy<Value = Vec<Prank>> {
    let buttons = prop::collection::vec(0..Button::ALL.len(), 1..3);
    // Moving about and confirming leads deeper than the rest.
    let walk =
        prop::sample::select(Vec::from([0usize, 1, 2, 3, 4, 4, 4])).prop_map(|b| Vec::from([b]));
    let prank = prop_oneof![
        6 => (walk, 1u32..4).prop_map(|(buttons, frames)| Prank::Hold(buttons, frames)),
        3 => (buttons, 1u32..60).prop_map(|(buttons, frames)| Prank::Hold(buttons, frames)),
        1 => any::<char>().prop_map(Prank::Type),
        1 => (0..KEYS.len()).prop_map(Prank::Key),
        1 => (0u32..30).prop_map(Prank::Pace),
    ];
    prop::collection::vec(prank, 1..60)
}

fn model() -> impl Strategy<Value = RuleFactory> {
    let rule = prop::sample::select(Vec::from([counting as fn(&str) -> Option<char>, |_| {
        Some('\n')
    }]));
    let fails_after = prop::option::of(0u32..80);
    (rule, 4usize..200, fails_after, 0u32..2).prop_map(|(rule, seq_len, fails_after, failures)| {
        RuleFactory {
            seq_len,
            fails_after,
            failures,
            ..RuleFactory::new(rule)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Nothing panics, there is always something to read, and in the end the way
    /// back leads home.
    #[test]
    fn no_presses_lead_nowhere(model in model(), pranks in pranks()) {
        let mut stage = Stage::new(model);
        stage.frames(1);
        for prank in pranks {
            match prank {
                Prank::Hold(buttons, frames) => {
                    let buttons = buttons.into_iter().map(|index| Button::ALL[index]);
                    stage.machine.pad.buttons = buttons.collect();
                    stage.frames(frames);
                    stage.machine.pad.buttons = Buttons::NONE;
                    stage.frames(1);
                }
                Prank::Type(character) => stage.keys(&[Key::Char(character)]),
                Prank::Key(key) => stage.keys(&[KEYS[key]]),
                Prank::Pace(pace) => stage.machine.pace = pace,
            }
            // The clock is always there.
            prop_assert!(stage.text().lines().count() > 1);
        }
        stage.machine.pace = 30;
        stage.until_idle();
        for _ in 0..4 {
            stage.press(Button::Circle);
        }
        stage.until_idle();
        stage.frames(30);
        prop_assert!(stage.text().ends_with("Open\nChoose"), "{}", stage.text());
    }
}
