//! PIC1.PNG: what lies behind the XMB while the title is chosen.

use render::Display;
use render::geometry::{point, rect};
use render::scene::{Align, Colour, Glow, Line, Scene, Symbol, Text, Vertical, Wave};
use render::text::Style;

use super::{Error, fitted, png};

/// Pixels of the picture.
///
/// Source: PS3 Developer wiki, "Content Information Files", PIC1.PNG.
const PIXELS: Display = Display::HD_1080;
/// Sizes of the name and of the line below it, in pixels.
const NAME: f32 = 128.0;
const LINE: f32 = 44.0;
/// Height of the symbol, in pixels.
const SYMBOL: f32 = 200.0;

/// The background of a title of this name, with a line about it: a PNG of 1920×1080 pixels.
///
/// # Errors
/// Where the virtual RSX does not draw as it is told.
pub fn background(name: &str, about: &str, symbol: Symbol) -> Result<Vec<u8>, Error> {
    png(PIXELS, &scene(name, about, symbol))
}

pub(super) fn scene(name: &str, about: &str, symbol: Symbol) -> Scene {
    let safe = PIXELS.safe_area();
    let mut scene = Scene::new();
    scene.wave(Wave {
        time: 140.0,
        hue: 0.64,
        brightness: 0.4,
    });
    // The XMB has the left and the middle; its clock has the upper right corner.
    let right = safe.right();
    let rule = safe.bottom() - 100.0;
    let half = safe.width * 0.45;
    let middle = point(right - SYMBOL * 0.5, rule - 285.0);
    scene.glow(Glow {
        rect: rect(middle.x - 60.0, middle.y - 30.0, 120.0, 60.0),
        radius: 30.0,
        spread: 300.0,
        colour: Colour::rgba(120, 190, 255, 110),
    });
    scene.symbol(symbol, middle, SYMBOL, Colour::WHITE);
    let name = Text::new(
        name,
        point(right, rule - 88.0),
        Style::light(NAME),
        Colour::WHITE,
    );
    scene.text(fitted(name.align(Align::Right, Vertical::Middle), half));
    scene.line(Line {
        from: point(right - half, rule),
        to: point(right, rule),
        width: 2.5,
        colour: Colour::rgba(255, 255, 255, 120),
        fade: 0.3,
    });
    let about = Text::new(
        about,
        point(right, rule + 54.0),
        Style::regular(LINE),
        Colour::rgba(255, 255, 255, 215),
    );
    scene.text(fitted(about.align(Align::Right, Vertical::Middle), half));
    scene
}
