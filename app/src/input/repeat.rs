//! From pad states to actions: edges and key repeat.

use alloc::vec::Vec;
use core::time::Duration;

use super::{Action, ActionEvent, Button, Buttons, ConfirmButton, Pad};

/// How long a button is held before it repeats.
const FIRST_REPEAT: Duration = Duration::from_millis(350);
/// The time from one repeat to the next.
const NEXT_REPEAT: Duration = Duration::from_millis(75);

/// Turns the pad's state of each frame into the actions of that frame.
///
/// A button gives its action when it goes down and, where holding makes sense,
/// again after a third of a second at a steady pace. A button that is held
/// while the screen changes stays silent until it is pressed again
/// ([`hold_back`](ActionSource::hold_back)).
#[derive(Debug, Default)]
pub struct ActionSource {
    held: Buttons,
    silent: Buttons,
    repeat: Option<Repeat>,
}

#[derive(Debug)]
struct Repeat {
    button: Button,
    due: Duration,
}

impl ActionSource {
    /// The actions of the frame at time `now` in which the pad is in state `pad`.
    pub fn update(&mut self, pad: &Pad, confirm: ConfirmButton, now: Duration) -> Vec<ActionEvent> {
        let mut held = pad.buttons;
        if let Some(direction) = pad.left.direction() {
            held = held.with(direction);
        }
        let mut events = Vec::new();
        for button in Button::ALL {
            if !held.contains(button) {
                self.silent = self.silent.without(button);
                if self
                    .repeat
                    .as_ref()
                    .is_some_and(|repeat| repeat.button == button)
                {
                    self.repeat = None;
                }
            } else if !self.held.contains(button)
                && let Some(action) = Action::of(button, confirm)
            {
                events.push(ActionEvent {
                    action,
                    repeated: false,
                });
                // The button pressed last is the one that repeats; one that does
                // not repeat ends the repeat of another.
                self.repeat = action.repeats().then(|| Repeat {
                    button,
                    due: now + FIRST_REPEAT,
                });
            }
        }
        if let Some(repeat) = &mut self.repeat
            && now >= repeat.due
            && !self.silent.contains(repeat.button)
            && let Some(action) = Action::of(repeat.button, confirm)
        {
            events.push(ActionEvent {
                action,
                repeated: true,
            });
            // Counted from now: after a long frame one step is made up, not ten.
            repeat.due = now + NEXT_REPEAT;
        }
        self.held = held;
        events
    }

    /// Keeps the buttons that are held now from repeating until they have been
    /// let go: called when another screen comes up under the player's thumb.
    pub fn hold_back(&mut self) {
        self.silent = self.held;
        self.repeat = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Stick;

    const FRAME: Duration = Duration::from_nanos(16_666_667);

    fn pad(buttons: &[Button]) -> Pad {
        Pad {
            buttons: buttons.iter().copied().collect(),
            ..Pad::default()
        }
    }

    fn run(source: &mut ActionSource, pads: impl Iterator<Item = Pad>) -> Vec<(u32, ActionEvent)> {
        let mut all = Vec::new();
        for (frame, pad) in (0u32..).zip(pads) {
            for event in source.update(&pad, ConfirmButton::Cross, FRAME * frame) {
                all.push((frame, event));
            }
        }
        all
    }

    #[test]
    fn a_press_acts_once() {
        let mut source = ActionSource::default();
        let pads = [
            pad(&[]),
            pad(&[Button::Cross]),
            pad(&[Button::Cross]),
            pad(&[]),
        ];
        let events = run(&mut source, pads.into_iter());
        assert_eq!(
            events,
            [(
                1,
                ActionEvent {
                    action: Action::Confirm,
                    repeated: false
                }
            )]
        );
    }

    #[test]
    fn holding_repeats_after_a_while() {
        let mut source = ActionSource::default();
        let events = run(&mut source, core::iter::repeat_n(pad(&[Button::Right]), 60));
        let frames: Vec<u32> = events.iter().map(|&(frame, _)| frame).collect();
        assert_eq!(frames[0], 0);
        // 350 ms are 21 frames; from there on every 75 ms, so every fifth frame.
        assert_eq!(&frames[1..4], [21, 26, 31]);
        assert!(
            events
                .iter()
                .all(|(_, event)| event.action == Action::Right)
        );
        assert!(!events[0].1.repeated && events[1].1.repeated);
    }

    #[test]
    fn confirm_never_repeats() {
        let mut source = ActionSource::default();
        assert_eq!(
            run(
                &mut source,
                core::iter::repeat_n(pad(&[Button::Cross]), 200)
            )
            .len(),
            1
        );
    }

    #[test]
    fn the_last_button_repeats_alone() {
        let mut source = ActionSource::default();
        run(&mut source, core::iter::repeat_n(pad(&[Button::Right]), 5));
        let both = core::iter::repeat_n(pad(&[Button::Right, Button::Down]), 60);
        let events = run(&mut source, both);
        assert!(events.len() > 3);
        assert!(events.iter().all(|(_, event)| event.action == Action::Down));
    }

    #[test]
    fn the_stick_is_a_second_d_pad() {
        let mut source = ActionSource::default();
        let stick = Pad {
            left: Stick { x: 0, y: 127 },
            ..Pad::default()
        };
        let both = Pad {
            left: Stick { x: 0, y: 127 },
            ..pad(&[Button::Down])
        };
        let events = run(&mut source, [stick, both, stick].into_iter());
        assert_eq!(
            events,
            [(
                0,
                ActionEvent {
                    action: Action::Down,
                    repeated: false
                }
            )]
        );
    }

    #[test]
    fn a_button_held_into_a_new_screen_stays_silent() {
        let mut source = ActionSource::default();
        run(&mut source, core::iter::repeat_n(pad(&[Button::Down]), 2));
        source.hold_back();
        assert_eq!(
            run(&mut source, core::iter::repeat_n(pad(&[Button::Down]), 100)),
            []
        );
        let again = [pad(&[]), pad(&[Button::Down])];
        assert_eq!(run(&mut source, again.into_iter()).len(), 1);
    }
}
