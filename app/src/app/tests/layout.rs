//! Every screen in every display mode: inside the safe area, large enough.

use alloc::string::String;
use alloc::vec::Vec;

use render::geometry::Rect;
use render::scene::{Align, Item, Text};
use render::{Aspect, Display};

use super::machine::{FAMILY, Stage};
use crate::input::Button;
use crate::testing::{RuleFactory, counting};

const MODES: [Display; 6] = [
    Display::HD_1080,
    Display::HD_720,
    Display::sd_576(Aspect::Wide),
    Display::sd_576(Aspect::Standard),
    Display::sd_480(Aspect::Wide),
    Display::sd_480(Aspect::Standard),
];

/// The ways to every screen.
fn tours() -> Vec<(&'static str, Vec<Button>)> {
    use Button::{Circle, Cross, Down, L2, R2, Right, Start, Triangle};
    let mut tours = Vec::from([
        ("home", Vec::new()),
        ("chat category", Vec::from([Right])),
        ("about category", Vec::from([Right, Right, Right])),
        ("keyboard", Vec::from([Cross, Cross, L2, R2])),
        (
            "keyboard, accents",
            Vec::from([Cross, R2, R2, Down, Down, Down]),
        ),
        ("story", Vec::from([Down, Down, Cross])),
        (
            "story of a typed prompt",
            Vec::from([Cross, Cross, Triangle, Cross, Start]),
        ),
        ("chat", Vec::from([Right, Cross, Cross, Start])),
        ("empty chat", Vec::from([Right, Cross, Circle])),
        ("settings", Vec::from([Right, Right, Cross, Down])),
        (
            "models",
            Vec::from([Right, Right, Down, Down, Down, Down, Cross, Down]),
        ),
        (
            "settings, reset",
            Vec::from([Right, Right, Cross, Down, Down, Down, Down]),
        ),
    ]);
    for document in 0..4 {
        let mut tour = Vec::from([Right, Right, Right]);
        tour.extend([Down; 4].iter().take(document));
        tour.push(Cross);
        tours.push(("document", tour));
    }
    tours
}

/// The horizontal extent of a line of text.
fn extent(text: &Text) -> (f32, f32) {
    let width = render::text::width(&FAMILY, &text.text, text.style);
    let width = text.max_width.map_or(width, |most| width.min(most));
    match text.align {
        Align::Left => (text.position.x, text.position.x + width),
        Align::Centre => (text.position.x - width / 2.0, text.position.x + width / 2.0),
        Align::Right => (text.position.x - width, text.position.x),
    }
}

fn check(stage: &Stage, safe: Rect, place: &str) {
    let mut alphas: Vec<f32> = Vec::new();
    let mut clips = 0;
    for item in stage.app.scene().items() {
        match item {
            Item::PushAlpha(alpha) => alphas.push(*alpha),
            Item::PopAlpha => assert!(alphas.pop().is_some(), "{place}: unmatched alpha"),
            Item::PushClip(_) => clips += 1,
            Item::PopClip => clips -= 1,
            _ if alphas.contains(&0.0) => {}
            Item::Text(text) => {
                let (left, right) = extent(text);
                let inside = left >= safe.x - 1.0
                    && right <= safe.right() + 1.0
                    && text.position.y >= safe.y
                    && text.position.y <= safe.bottom();
                assert!(inside, "{place}: \"{}\" from {left} to {right}", text.text);
                assert!(
                    text.style.size >= 34.0,
                    "{place}: \"{}\" is small",
                    text.text
                );
            }
            Item::Paragraph(paragraph) => {
                let window = paragraph.window;
                let inside = window.x >= safe.x && window.right() <= safe.right() + 1.0;
                assert!(inside, "{place}: a paragraph at {window:?}");
                assert!(paragraph.layout.style().size >= 34.0);
            }
            _ => {}
        }
    }
    assert!(alphas.is_empty() && clips == 0, "{place}: unmatched groups");
}

#[test]
fn all_text_is_inside_the_safe_area_in_all_modes() {
    for mode in MODES {
        for (name, tour) in tours() {
            let mut stage = Stage::with(RuleFactory::new(counting), |machine| {
                machine.display = mode;
                machine.pace = 4;
            });
            stage.until_idle();
            let place = std::format!("{name} at {}x{}", mode.width, mode.height);
            for button in tour {
                stage.press(button);
                stage.frames(1);
                check(&stage, mode.safe_area(), &place);
            }
            stage.frames(30);
            check(&stage, mode.safe_area(), &place);
        }
    }
}

#[test]
fn every_key_has_a_glyph() {
    use crate::keyboard::{KeyJob, Page, rows};
    let font = FAMILY.font(render::text::Weight::Regular);
    let mut missing = String::new();
    for key in [Page::Letters, Page::Symbols, Page::Accents]
        .into_iter()
        .flat_map(rows)
        .flatten()
    {
        if let KeyJob::Character(c) = key.job {
            missing.extend(
                core::iter::once(c)
                    .chain(c.to_uppercase())
                    .filter(|&c| !font.has(c)),
            );
        }
    }
    assert_eq!(missing, "");
}
