//! What a scene says.

use alloc::string::String;
use alloc::vec::Vec;

use render::scene::{Item, Paragraph, Scene};

/// The text that a scene shows, a line for each item of text and each line of a
/// paragraph within its window, back to front. Text in a group that is wholly
/// transparent is left out, text that is covered or cut is not.
pub fn visible_text(scene: &Scene) -> Vec<String> {
    let mut lines = Vec::new();
    let mut alphas: Vec<f32> = Vec::new();
    for item in scene.items() {
        let hidden = alphas.iter().any(|&alpha| alpha <= 0.0);
        match item {
            Item::PushAlpha(alpha) => alphas.push(*alpha),
            Item::PopAlpha => {
                alphas.pop();
            }
            Item::Text(text) if !hidden && text.colour.a > 0 => lines.push(text.text.clone()),
            Item::Paragraph(paragraph) if !hidden => lines_in_window(paragraph, &mut lines),
            _ => {}
        }
    }
    lines
}

fn lines_in_window(paragraph: &Paragraph, lines: &mut Vec<String>) {
    let layout = &paragraph.layout;
    let height = layout.style().line_height();
    for (index, line) in layout.lines().iter().enumerate() {
        let top = index as f32 * height - paragraph.scroll;
        // A line counts if its middle is seen.
        if (0.0..paragraph.window.height).contains(&(top + height / 2.0)) {
            lines.push(layout.text()[line.drawn.clone()].into());
        }
    }
}
