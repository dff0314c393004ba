//! Any scene, however absurd, becomes triangles that are safe to draw.

use std::sync::{Arc, LazyLock};

use fonts::Family;
use proptest::prelude::*;
use render::geometry::{Point, Rect, point, rect};
use render::list::{DrawList, MAX_INDICES, MAX_VERTICES, Painter};
use render::scene::*;
use render::text::{Layout, Style};
use render::{Aspect, Display};

static FAMILY: LazyLock<Arc<Family>> = LazyLock::new(|| Arc::new(Family::embedded()));

fn paint(scene: &Scene, display: Display) -> DrawList {
    Painter::new(FAMILY.clone(), display).paint(scene).clone()
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        6 => -200f32..2200.0,
        2 => 0f32..2.0,
        1 => any::<f32>(),
        1 => prop::sample::select(vec![0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX]),
    ]
}

fn place() -> impl Strategy<Value = Point> {
    (number(), number()).prop_map(|(x, y)| point(x, y))
}

fn area() -> impl Strategy<Value = Rect> {
    (number(), number(), number(), number()).prop_map(|(x, y, w, h)| rect(x, y, w, h))
}

fn colour() -> impl Strategy<Value = Colour> {
    any::<[u8; 4]>().prop_map(|[r, g, b, a]| Colour::rgba(r, g, b, a))
}

fn item() -> impl Strategy<Value = Item> {
    prop_oneof![
        (number(), number(), number()).prop_map(|(time, hue, brightness)| Item::Wave(Wave {
            time,
            hue,
            brightness
        })),
        (area(), number(), colour(), colour(), number()).prop_map(
            |(rect, radius, top, bottom, width)| Item::Panel(Panel {
                rect,
                radius,
                top,
                bottom,
                border: Some(Border { width, colour: top }),
            })
        ),
        (area(), number(), number(), colour()).prop_map(|(rect, radius, spread, colour)| {
            Item::Glow(Glow {
                rect,
                radius,
                spread,
                colour,
            })
        }),
        (place(), place(), number(), colour(), number()).prop_map(
            |(from, to, width, colour, fade)| Item::Line(Line {
                from,
                to,
                width,
                colour,
                fade
            })
        ),
        (
            0..Symbol::ALL.len(),
            place(),
            -10f32..300.0,
            colour(),
            any::<bool>()
        )
            .prop_map(
                |(i, centre, size, colour, tinted)| Item::Symbol(SymbolItem {
                    symbol: Symbol::ALL[i],
                    centre,
                    size,
                    colour,
                    tinted,
                })
            ),
        (area(), number(), colour(), colour()).prop_map(|(rect, fraction, track, fill)| {
            Item::Progress(Progress {
                rect,
                fraction,
                track,
                fill,
            })
        }),
        (place(), number(), colour()).prop_map(|(top, height, colour)| Item::Caret(Caret {
            top,
            height,
            colour
        })),
        (
            any::<String>(),
            place(),
            -5f32..200.0,
            colour(),
            number(),
            any::<bool>()
        )
            .prop_map(
                |(text, position, size, colour, limit, shadow)| Item::Text(Text {
                    shadow,
                    max_width: Some(limit),
                    ..Text::new(text, position, size, colour)
                })
            ),
        ("[a-z \n]{0,60}", area(), number(), number(), 4f32..60.0).prop_map(
            |(text, window, scroll, fade, size)| {
                let layout = Arc::new(Layout::new(
                    &FAMILY,
                    text,
                    Style::regular(size),
                    window.width,
                ));
                Item::Paragraph(
                    Paragraph::new(layout, window, Colour::WHITE).scrolled(scroll, fade),
                )
            }
        ),
        area().prop_map(Item::PushClip),
        Just(Item::PopClip),
        number().prop_map(Item::PushAlpha),
        Just(Item::PopAlpha),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_scene_is_safe_to_draw(
        items in prop::collection::vec(item(), 0..12), narrow in any::<bool>(),
    ) {
        let display = match narrow {
            true => Display::sd_480(Aspect::Standard),
            false => Display::HD_720,
        };
        let mut scene = Scene::new();
        for item in items {
            scene.push(item);
        }
        let list = paint(&scene, display);
        prop_assert!(list.mesh.vertices.len() <= MAX_VERTICES);
        prop_assert!(list.mesh.indices.len() <= MAX_INDICES);
        prop_assert!(list.mesh.indices.iter().all(|&i| usize::from(i) < list.mesh.vertices.len()));
        let mut drawn = 0;
        for batch in &list.batches {
            prop_assert_eq!(batch.indices.start, drawn);
            drawn = batch.indices.end;
            prop_assert!(batch.indices.len() % 3 == 0 && !batch.indices.is_empty());
            let s = batch.scissor;
            prop_assert!(s.x + s.width <= display.width && s.y + s.height <= display.height);
        }
        prop_assert_eq!(drawn, list.mesh.indices.len());
    }
}

#[test]
fn clips_nest_and_end() {
    let mut scene = Scene::new();
    let panel = Panel::plain(rect(0.0, 0.0, 1920.0, 1080.0), 0.0, Colour::WHITE);
    scene.clipped(rect(150.0, 150.0, 300.0, 300.0), |scene| {
        scene.panel(panel);
        scene.clipped(rect(0.0, 0.0, 300.0, 300.0), |scene| scene.panel(panel));
        scene.clipped(rect(600.0, 0.0, 300.0, 300.0), |scene| scene.panel(panel));
    });
    scene.panel(panel);
    let list = paint(&scene, Display::HD_720);
    let seen: Vec<_> = list
        .batches
        .iter()
        .map(|b| (b.scissor.x, b.scissor.y, b.scissor.width, b.scissor.height))
        .collect();
    assert_eq!(
        seen,
        [
            (100, 100, 200, 200),
            (100, 100, 100, 100),
            (0, 0, 1280, 720)
        ]
    );
}

#[test]
fn opacity_multiplies_through_groups() {
    let mut scene = Scene::new();
    let panel = Panel::plain(rect(0.0, 0.0, 90.0, 90.0), 0.0, Colour::WHITE);
    scene.faded(0.5, |scene| {
        scene.faded(0.5, |scene| scene.panel(panel));
        scene.faded(0.0, |scene| scene.panel(panel));
    });
    let list = paint(&scene, Display::HD_1080);
    let most = list.mesh.vertices.iter().map(|v| v.colour[3]).max();
    assert_eq!(most, Some(64));
}

#[test]
fn glyphs_are_uploaded_once_and_text_is_where_it_was_measured() {
    let mut painter = Painter::new(FAMILY.clone(), Display::HD_1080);
    let mut scene = Scene::new();
    let style = Style::regular(40.0);
    scene.text(Text::new("Hill", point(100.0, 500.0), style, Colour::WHITE).flat());
    let list = painter.paint(&scene);
    // H, i and l: the second l lies at another fraction of a pixel, or not.
    assert!((3..=4).contains(&list.uploads.len()));
    let right = list.mesh.vertices.iter().map(|v| v.x).fold(0.0, f32::max);
    let wanted = 100.0 + render::text::width(&FAMILY, "Hill", style);
    assert!(
        right <= wanted + 1.0 && right > wanted - 8.0,
        "{right} {wanted}"
    );
    assert!(painter.paint(&scene).uploads.is_empty());
}

#[test]
fn a_paragraph_draws_only_the_lines_in_its_window() {
    let text = "line\n".repeat(1000);
    let layout = Arc::new(Layout::new(&FAMILY, text, Style::regular(30.0), 500.0));
    let mut scene = Scene::new();
    let window = rect(100.0, 100.0, 500.0, 300.0);
    scene.paragraph(Paragraph::new(layout, window, Colour::WHITE).scrolled(4321.0, 40.0));
    let list = paint(&scene, Display::HD_1080);
    assert!(list.mesh.vertices.len() < 14 * 4 * 4 * 2);
    // It fades out where there is more beyond the edge.
    let faint = list
        .mesh
        .vertices
        .iter()
        .filter(|v| v.colour[3] == 0)
        .count();
    assert!(faint > 0);
}
