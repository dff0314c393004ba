//! ICON0.PNG: what stands for the title in the XMB's list.

use render::geometry::{point, rect};
use render::scene::{Align, Colour, Glow, Scene, Symbol, Text, Vertical, Wave};
use render::text::Style;
use render::{Aspect, Display};

use super::{Error, fitted, png};

/// Pixels of the icon, and so few that a scene's unit is a sixth of one.
///
/// Source: PS3 Developer wiki, "Content Information Files", ICON0.PNG.
const PIXELS: Display = Display::new(320, 176, Aspect::Wide);
/// Height of the symbol, in units.
const SYMBOL: f32 = 450.0;
/// Size of the name, in units.
const NAME: f32 = 310.0;

/// The icon of a title of this name, with a symbol above it: a PNG of 320×176 pixels.
///
/// # Errors
/// Where the virtual RSX does not draw as it is told.
pub fn icon(name: &str, symbol: Symbol) -> Result<Vec<u8>, Error> {
    png(PIXELS, &scene(name, symbol))
}

pub(super) fn scene(name: &str, symbol: Symbol) -> Scene {
    let safe = PIXELS.safe_area();
    let mut scene = Scene::new();
    scene.wave(Wave {
        time: 38.0,
        hue: 0.61,
        brightness: 0.55,
    });
    let middle = point(safe.centre().x, safe.y + SYMBOL * 0.5);
    let light = SYMBOL * 0.55;
    scene.glow(Glow {
        rect: rect(middle.x - light / 2.0, middle.y - light / 2.0, light, light),
        radius: light / 2.0,
        spread: 260.0,
        colour: Colour::rgba(150, 215, 255, 150),
    });
    scene.symbol(symbol, middle, SYMBOL, Colour::WHITE);
    let name = Text::new(
        name,
        point(safe.centre().x, safe.bottom() - NAME * 0.62),
        Style::regular(NAME),
        Colour::WHITE,
    );
    scene.text(fitted(
        name.align(Align::Centre, Vertical::Middle),
        safe.width,
    ));
    scene
}
