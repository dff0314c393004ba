//! Properties of text layout, for any text.

use std::sync::LazyLock;

use fonts::Family;
use proptest::prelude::*;
use render::text::{Layout, Style, ellipsised, width};

static FAMILY: LazyLock<Family> = LazyLock::new(Family::embedded);

/// Text with many spaces, dashes, line breaks and long words.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z ,.'\n-]{0,120}",
        "[a-z]{30,80}",
        "( |\n|\t|\u{a0}|W|—|é|漢|\u{301}){0,60}",
        any::<String>(),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    (8f32..80.0, any::<bool>()).prop_map(|(size, bold)| match bold {
        true => Style::bold(size),
        false => Style::regular(size),
    })
}

/// The two words and the space are seven and a half ems wide, to the last bit.
#[test]
fn a_line_that_is_exactly_as_wide_as_the_limit_fits() {
    let style = Style::regular(72.724_07);
    let text = "fszrcta mgpibup";
    let limit = style.size * 7.5;
    assert_eq!(width(&FAMILY, text, style), limit);
    assert_eq!(Layout::new(&FAMILY, text, style, limit).lines().len(), 1);
}

proptest! {
    #[test]
    fn wrapping_loses_no_byte(text in text(), style in style(), limit in 1f32..800.0) {
        let layout = Layout::new(&FAMILY, text.as_str(), style, limit);
        let mut at = 0;
        for line in layout.lines() {
            prop_assert_eq!(line.bytes.start, at);
            at = line.bytes.end;
            prop_assert!(line.drawn.start == line.bytes.start && line.drawn.end <= line.bytes.end);
            let hidden = &text[line.drawn.end..line.bytes.end];
            prop_assert!(hidden.chars().all(char::is_whitespace), "lost {hidden:?}");
            prop_assert_eq!(text[..line.bytes.start].chars().count(), line.first_char);
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn lines_fit_unless_they_are_one_character(
        text in text(), style in style(), limit in 1f32..800.0,
    ) {
        let layout = Layout::new(&FAMILY, text.as_str(), style, limit);
        for line in layout.lines() {
            let drawn = &text[line.drawn.clone()];
            prop_assert!((line.width - width(&FAMILY, drawn, style)).abs() < 0.01);
            prop_assert!(line.width <= limit + 0.01 || drawn.chars().count() == 1, "{drawn:?}");
        }
    }

    #[test]
    fn lines_break_only_where_they_must(
        words in prop::collection::vec("[a-z]{1,7}", 1..30), style in style(),
    ) {
        let limit = style.size * 7.5;
        let text = words.join(" ");
        let layout = Layout::new(&FAMILY, text.as_str(), style, limit);
        let mut seen = Vec::new();
        for (i, line) in layout.lines().iter().enumerate() {
            seen.extend(text[line.drawn.clone()].split(' '));
            if let Some(next) = layout.lines().get(i + 1) {
                let word = text[next.drawn.clone()].split(' ').next().unwrap();
                let longer = format!("{} {word}", &text[line.drawn.clone()]);
                prop_assert!(width(&FAMILY, &longer, style) > limit, "{longer:?} would fit");
            }
        }
        prop_assert_eq!(seen, words);
    }

    #[test]
    fn ellipsis_fits_and_keeps_a_beginning(text in text(), style in style(), limit in 0f32..600.0) {
        let cut = ellipsised(&FAMILY, &text, style, limit);
        prop_assert!(width(&FAMILY, &cut, style) <= limit);
        if *cut != *text {
            let kept = cut.strip_suffix('…').unwrap_or("");
            prop_assert!(text.starts_with(kept));
            prop_assert!(width(&FAMILY, &text, style) > limit);
        }
    }

    #[test]
    fn the_caret_moves_forwards(text in text(), style in style(), limit in 1f32..800.0) {
        let layout = Layout::new(&FAMILY, text.as_str(), style, limit);
        prop_assert_eq!(layout.chars(), text.chars().count());
        let mut last = layout.caret(0);
        prop_assert_eq!((last.x, last.y), (0.0, 0.0));
        for index in 1..=layout.chars() {
            let here = layout.caret(index);
            prop_assert!(here.x >= 0.0 && here.x <= limit + 0.01);
            if here.y == last.y {
                // Kerning may pull a zero-width character back by a hair.
                prop_assert!(here.x >= last.x - 0.2 * style.size, "{index}: {last:?} {here:?}");
            } else {
                prop_assert!(here.y > last.y && here.x == 0.0);
            }
            last = here;
        }
        prop_assert!(last.y < layout.height());
    }

    #[test]
    fn the_nearest_caret_to_a_caret_is_itself(text in "[a-z \n]{0,80}", style in style()) {
        let layout = Layout::new(&FAMILY, text.as_str(), style, 300.0);
        for index in 0..=layout.chars() {
            let line = layout.line_of(index);
            let found = layout.nearest(line, layout.caret(index).x);
            // Spaces over the edge all leave the caret at the edge.
            prop_assert_eq!(layout.caret(found), layout.caret(index));
        }
    }
}

#[test]
fn line_breaks_make_lines() {
    let lines = |text: &str| {
        let layout = Layout::new(&FAMILY, text, 20.0, f32::INFINITY);
        let drawn: Vec<String> = layout
            .lines()
            .iter()
            .map(|l| text[l.drawn.clone()].to_string())
            .collect();
        drawn
    };
    assert_eq!(lines(""), [""]);
    assert_eq!(lines("a\n"), ["a", ""]);
    assert_eq!(lines("\n\na b "), ["", "", "a b"]);
}

#[test]
fn a_dash_ends_a_line_and_a_hard_space_does_not() {
    let style = Style::regular(20.0);
    let limit = width(&FAMILY, "well-kno", style);
    let text = "well-known";
    let layout = Layout::new(&FAMILY, text, style, limit);
    assert_eq!(&text[layout.lines()[0].drawn.clone()], "well-");
    let text = "a b\u{a0}c";
    let layout = Layout::new(&FAMILY, text, style, width(&FAMILY, "a b\u{a0}", style));
    assert_eq!(&text[layout.lines()[0].drawn.clone()], "a");
}

#[test]
fn kerning_counts_in_widths() {
    let style = Style::regular(100.0);
    let apart = width(&FAMILY, "A", style) + width(&FAMILY, "V", style);
    assert!(width(&FAMILY, "AV", style) < apart - 1.0);
}

#[test]
fn characters_that_are_never_seen_take_no_place() {
    let style = Style::regular(50.0);
    let plain = width(&FAMILY, "AVA", style);
    for unseen in [
        "\u{200b}", "\u{200d}", "\u{fe0f}", "\u{ad}", "\u{feff}", "\u{2060}",
    ] {
        assert_eq!(width(&FAMILY, unseen, style), 0.0);
        assert_eq!(width(&FAMILY, &format!("A{unseen}VA"), style), plain);
    }
}
