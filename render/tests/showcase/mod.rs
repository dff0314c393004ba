//! Scenes that use every kind of item, as the app would.

use std::sync::Arc;

use render::Display;
use render::geometry::{Point, Rect, point, rect};
use render::scene::*;
use render::text::{Family, Layout, Style};

const INK: Colour = Colour::rgb(244, 247, 255);
const DIM: Colour = Colour::rgba(220, 230, 255, 150);

/// The category bar with the chosen category's list.
pub fn home(display: Display) -> Scene {
    let mut scene = background(0.61, 40.0);
    let safe = display.safe_area();
    header(&mut scene, safe);
    let bar = safe.y + 210.0;
    let chosen = safe.x + safe.width * 0.27;
    let categories = [
        (Symbol::Pen, "New Story"),
        (Symbol::Chat, "Chat"),
        (Symbol::Gear, "Settings"),
        (Symbol::Info, "About"),
    ];
    for (i, (symbol, name)) in categories.into_iter().enumerate() {
        let x = chosen + (i as f32 - 1.0) * 210.0;
        let here = i == 1;
        let (size, colour) = if here { (112.0, INK) } else { (76.0, DIM) };
        if here {
            let around = rect(x - 40.0, bar - 40.0, 80.0, 80.0);
            scene.glow(Glow {
                rect: around,
                radius: 40.0,
                spread: 90.0,
                colour: Colour::rgba(160, 205, 255, 90),
            });
            scene.text(
                Text::new(name, point(x, bar + 92.0), Style::bold(30.0), INK)
                    .align(Align::Centre, Vertical::Middle),
            );
        }
        scene.symbol(symbol, point(x, bar), size, colour);
    }
    let entries = [
        ("A walk in the forest", "Today, 18:02"),
        ("The little robot", "Today, 17:40"),
        (
            "Grandmother's garden and the fox who wanted to fly to the moon",
            "Yesterday",
        ),
        ("Rain", "Yesterday"),
    ];
    for (i, (title, date)) in entries.into_iter().enumerate() {
        let y = bar + 190.0 + i as f32 * 120.0;
        let row = rect(chosen - 60.0, y - 50.0, safe.right() - chosen + 60.0, 100.0);
        let here = i == 0;
        if here {
            selection(&mut scene, row);
        }
        let colour = if here { INK } else { DIM };
        scene.symbol(Symbol::Book, point(chosen, y), 52.0, colour);
        let size = if here { 38.0 } else { 34.0 };
        scene.text(
            Text::new(title, point(chosen + 60.0, y - 16.0), size, colour)
                .align(Align::Left, Vertical::Middle)
                .at_most(row.right() - chosen - 90.0),
        );
        scene.text(
            Text::new(date, point(chosen + 60.0, y + 24.0), 24.0, DIM)
                .align(Align::Left, Vertical::Middle),
        );
    }
    hints(
        &mut scene,
        safe,
        &[
            (Symbol::Cross, "Open"),
            (Symbol::Triangle, "Options"),
            (Symbol::DPad, "Move"),
        ],
    );
    scene
}

/// A story with its panel, a scrolled paragraph and a progress bar.
pub fn story(display: Display, family: &Family) -> Scene {
    let mut scene = background(0.76, 71.0);
    let safe = display.safe_area();
    header(&mut scene, safe);
    let card = rect(safe.x, safe.y + 110.0, safe.width, safe.height - 210.0);
    glass(&mut scene, card);
    let inner = card.inset(56.0);
    scene.text(
        Text::new(
            "The little robot",
            point(inner.x, inner.y + 20.0),
            Style::light(58.0),
            INK,
        )
        .align(Align::Left, Vertical::Middle),
    );
    scene.line(Line {
        from: point(inner.x, inner.y + 76.0),
        to: point(inner.right(), inner.y + 76.0),
        width: 2.0,
        colour: Colour::rgba(255, 255, 255, 90),
        fade: 0.02,
    });
    let text = "Once upon a time, there was a little robot named Tom. Tom lived in a big, \
        red house with his best friend Lily. Every day, they played together in the sunny \
        garden, and Tom helped Lily to water the flowers.\n\nOne day, a small bird came to \
        the garden. “Hello!” said the bird. “Can you help me? I can't find my nest.” Tom \
        looked up at the tall tree – it was very, very high. “Don't worry,” he said, “we \
        will find it.”\n\nThey walked to the old oak, and Tom made himself as long as he \
        could. AVATAR, Wave, To, Type, Yes: the nest was right at the top! The bird was so \
        happy that she sang a song for them, and they all danced until the sun went down. \
        From that day on, the bird came to the garden every morning, and the three friends \
        were never lonely again.";
    let window = rect(inner.x, inner.y + 100.0, inner.width, inner.height - 170.0);
    let layout = Arc::new(Layout::new(
        family,
        text,
        Style::regular(36.0).spaced(1.5),
        window.width,
    ));
    let scroll = (layout.height() - window.height).clamp(0.0, 40.0);
    let end = layout.caret(300);
    scene.paragraph(Paragraph::new(layout, window, INK).scrolled(scroll, 70.0));
    scene.caret(Caret {
        top: point(window.x + end.x, window.y + end.y - scroll),
        height: 54.0,
        colour: Colour::rgb(150, 205, 255),
    });
    scene.progress(Progress {
        rect: rect(inner.x, inner.bottom() - 12.0, inner.width - 260.0, 10.0),
        fraction: 0.62,
        track: Colour::rgba(255, 255, 255, 50),
        fill: Colour::rgb(150, 205, 255),
    });
    scene.text(
        Text::new(
            "47.3 tokens/s",
            point(inner.right(), inner.bottom() - 7.0),
            26.0,
            DIM,
        )
        .align(Align::Right, Vertical::Middle),
    );
    hints(
        &mut scene,
        safe,
        &[(Symbol::Cross, "Stop"), (Symbol::Circle, "Back")],
    );
    scene
}

/// A keyboard with every button symbol.
pub fn keyboard(display: Display) -> Scene {
    let mut scene = background(0.42, 12.0);
    let safe = display.safe_area();
    header(&mut scene, safe);
    let field = rect(safe.x + 40.0, safe.y + 120.0, safe.width - 80.0, 96.0);
    glass(&mut scene, field);
    scene.text(
        Text::new(
            "Once upon a time",
            point(field.x + 36.0, field.centre().y),
            40.0,
            INK,
        )
        .align(Align::Left, Vertical::Middle),
    );
    let keys = ["1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.?"];
    let step = (field.width + 14.0) / 10.0;
    for (r, row) in keys.into_iter().enumerate() {
        for (c, key) in row.chars().enumerate() {
            let cell = rect(
                field.x + c as f32 * step,
                field.bottom() + 50.0 + r as f32 * 98.0,
                step - 14.0,
                84.0,
            );
            let here = (r, c) == (1, 4);
            if here {
                selection(&mut scene, cell);
            } else {
                scene.panel(
                    Panel::plain(cell, 14.0, Colour::rgba(255, 255, 255, 26))
                        .bordered(1.5, Colour::rgba(255, 255, 255, 40)),
                );
            }
            let text = Text::new(key.to_string(), cell.centre(), 40.0, INK);
            scene.text(text.align(Align::Centre, Vertical::Middle));
        }
    }
    let mut x = field.x + 30.0;
    for symbol in Symbol::ALL {
        let size = 52.0;
        let width = symbol.width(size) + 22.0;
        let row = if x + width > safe.right() { 1.0 } else { 0.0 };
        let left = if row > 0.0 { x - safe.width + 60.0 } else { x };
        scene.button(
            symbol,
            point(left + width * 0.5, field.bottom() + 490.0 + row * 70.0),
            size,
            INK,
        );
        x += width;
    }
    scene.faded(0.5, |scene| {
        scene.clipped(rect(safe.x, safe.bottom() - 120.0, 300.0, 30.0), |scene| {
            scene.panel(Panel::plain(
                rect(safe.x, safe.bottom() - 160.0, 600.0, 60.0),
                20.0,
                Colour::rgb(255, 200, 90),
            ));
        });
    });
    hints(
        &mut scene,
        safe,
        &[
            (Symbol::Square, "Delete"),
            (Symbol::Triangle, "Space"),
            (Symbol::L1, "Left"),
            (Symbol::R1, "Right"),
            (Symbol::Start, "Done"),
        ],
    );
    scene
}

fn background(hue: f32, time: f32) -> Scene {
    let mut scene = Scene::new();
    scene.wave(Wave {
        time,
        hue,
        brightness: 0.35,
    });
    scene
}

fn header(scene: &mut Scene, safe: Rect) {
    scene.text(
        Text::new(
            "StoryCell",
            point(safe.x, safe.y + 30.0),
            Style::light(44.0),
            INK,
        )
        .align(Align::Left, Vertical::Middle),
    );
    scene.text(
        Text::new(
            "23/11  18:05",
            point(safe.right(), safe.y + 30.0),
            30.0,
            INK,
        )
        .align(Align::Right, Vertical::Middle),
    );
}

fn hints(scene: &mut Scene, safe: Rect, hints: &[(Symbol, &str)]) {
    let y = safe.bottom() - 24.0;
    scene.line(Line {
        from: point(safe.x, y - 44.0),
        to: point(safe.right(), y - 44.0),
        width: 1.5,
        colour: Colour::rgba(255, 255, 255, 70),
        fade: 0.1,
    });
    let mut x = safe.x;
    for &(symbol, label) in hints {
        let width = symbol.width(40.0);
        scene.button(symbol, point(x + width * 0.5, y), 40.0, INK);
        let at: Point = point(x + width + 14.0, y);
        scene.text(Text::new(label, at, 28.0, INK).align(Align::Left, Vertical::Middle));
        x += width + 14.0 + label.len() as f32 * 15.0 + 50.0;
    }
}

fn glass(scene: &mut Scene, area: Rect) {
    scene.glow(Glow {
        rect: area,
        radius: 24.0,
        spread: 40.0,
        colour: Colour::rgba(0, 0, 10, 60),
    });
    scene.panel(Panel {
        rect: area,
        radius: 24.0,
        top: Colour::rgba(20, 26, 48, 150),
        bottom: Colour::rgba(8, 10, 24, 190),
        border: Some(Border {
            width: 1.5,
            colour: Colour::rgba(255, 255, 255, 60),
        }),
    });
}

fn selection(scene: &mut Scene, area: Rect) {
    scene.glow(Glow {
        rect: area,
        radius: 16.0,
        spread: 36.0,
        colour: Colour::rgba(120, 185, 255, 110),
    });
    scene.panel(Panel {
        rect: area,
        radius: 16.0,
        top: Colour::rgba(150, 200, 255, 110),
        bottom: Colour::rgba(70, 120, 220, 90),
        border: Some(Border {
            width: 2.0,
            colour: Colour::rgba(220, 238, 255, 210),
        }),
    });
}
