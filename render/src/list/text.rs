//! Text as glyph quads, one texel to a pixel.

use fonts::{Font, PixelSize};

use super::{Mesh, Paint, Painter, Program, Scissor, Vertex};
use crate::atlas::{Key, Sprite};
use crate::mask::blurred;
use crate::scene::{Align, Colour, Paragraph, Text, Vertical};
use crate::text::{Style, ellipsised, placed};

/// The shadow of text.
const SHADOW: Colour = Colour::rgba(0, 0, 0, 150);

/// A mask in its place on the screen.
pub(super) struct Stamp {
    /// What is drawn.
    pub sprite: Sprite,
    /// The pixel column of the pen.
    pub x: f32,
    /// The pixel row of the baseline.
    pub y: f32,
}

impl Stamp {
    /// Adds the quad; `paint` gives the colour at a pixel row.
    pub(super) fn add(&self, mesh: &mut Mesh, paint: &dyn Fn(f32) -> Paint) {
        let s = self.sprite;
        let (left, top) = (self.x + f32::from(s.left), self.y - f32::from(s.top));
        let (right, bottom) = (left + f32::from(s.width), top + f32::from(s.height));
        let (above, below) = (paint(top).premultiplied(), paint(bottom).premultiplied());
        let mut corner = |x, y, u: u16, v: u16, colour| {
            mesh.vertex(Vertex {
                x,
                y,
                u: u as i16,
                v: v as i16,
                colour,
            })
        };
        let corners = [
            corner(left, top, s.u, s.v, above),
            corner(right, top, s.u + s.width, s.v, above),
            corner(right, bottom, s.u + s.width, s.v + s.height, below),
            corner(left, bottom, s.u, s.v + s.height, below),
        ];
        mesh.quad(corners);
    }
}

/// The size in which glyphs are rasterised: along x exactly what the layout
/// assumes; along y such that the height of small letters is a whole number of
/// pixels, which keeps their upper edges as sharp as the baseline.
fn raster_size(font: &Font, style: &Style, scale: (f32, f32)) -> (u16, u16) {
    let sixteenths = |pixels: f32| libm::roundf(pixels * 16.0).clamp(0.0, 16383.0) as u16;
    let x_height = font.metrics().x_height;
    let rows = style.size * scale.1;
    let small = libm::roundf(rows * x_height).max(1.0);
    let sharp = if x_height > 0.0 {
        small / x_height
    } else {
        rows
    };
    (sixteenths(style.size * scale.0), sixteenths(sharp))
}

/// A line of text in pixels, and how it is drawn.
struct Run<'a> {
    text: &'a str,
    style: Style,
    /// Where the line starts; any fraction of a pixel.
    x: f32,
    /// The baseline; a whole pixel.
    baseline: f32,
    shadow: bool,
}

impl Painter {
    /// Draws a line of text.
    pub(super) fn text(&mut self, item: &Text, scissor: Scissor) {
        let family = self.family.clone();
        let limit = item.max_width.unwrap_or(f32::INFINITY);
        let text = ellipsised(&family, &item.text, item.style, limit);
        let font = family.font(item.style.weight);
        let metrics = font.metrics();
        let width = placed(font, &text).last().map_or(0.0, |p| p.end) * item.style.size;
        let x = item.position.x - width * share(item.align);
        let down = match item.vertical {
            Vertical::Baseline => 0.0,
            Vertical::Middle => metrics.cap_height * 0.5,
            Vertical::Top => {
                let slack = item.style.line_spacing - metrics.ascent - metrics.descent;
                slack * 0.5 + metrics.ascent
            }
        };
        let run = Run {
            text: &text,
            style: item.style,
            x: x * self.scale.x,
            baseline: libm::roundf((item.position.y + down * item.style.size) * self.scale.y),
            shadow: item.shadow,
        };
        let paint = Paint::new(item.colour, self.alpha());
        self.run(&run, scissor, &|_| 1.0, paint);
    }

    /// Draws the lines of a paragraph that its window shows.
    pub(super) fn paragraph(&mut self, item: &Paragraph) {
        let clip = self.clip().intersection(&item.window);
        let scissor = self.scissor(&clip);
        if scissor.is_empty() {
            return;
        }
        let layout = item.layout.clone();
        let (scale, window) = (self.scale, item.window);
        // The whole text moves by whole pixels: no line jumps before another.
        let origin = libm::roundf((window.y - item.scroll) * scale.y);
        let hidden_below = layout.height() - item.scroll - window.height;
        let edge = |fade: f32, hidden: f32| fade.min(hidden).max(0.0) * scale.y;
        let fade_top = edge(item.fade, item.scroll);
        let fade_bottom = edge(item.fade, hidden_below);
        let strength = |row: f32| {
            let inside = |distance: f32, fade: f32| match fade > 0.0 {
                true => (distance / fade).clamp(0.0, 1.0),
                false => 1.0,
            };
            inside(row - window.y * scale.y, fade_top)
                * inside(window.bottom() * scale.y - row, fade_bottom)
        };
        let paint = Paint::new(item.colour, self.alpha());
        for (index, line) in layout.lines().iter().enumerate() {
            let slack = (window.width - line.width) * share(item.align);
            let run = Run {
                text: &layout.text()[line.drawn.clone()],
                style: layout.style(),
                x: (window.x + slack) * scale.x,
                baseline: origin + libm::roundf(layout.baseline(index) * scale.y),
                shadow: item.shadow,
            };
            self.run(&run, scissor, &strength, paint);
        }
    }

    /// Draws the glyphs of a line, after all of their shadows.
    fn run(
        &mut self,
        run: &Run<'_>,
        scissor: Scissor,
        strength: &dyn Fn(f32) -> f32,
        paint: Paint,
    ) {
        let high = run.style.size * self.scale.y * 2.0;
        let seen = scissor.touches(run.x, run.baseline - high, f32::MAX, run.baseline + high);
        if paint.is_invisible() || !seen {
            return;
        }
        let blur = libm::roundf(run.style.size * self.scale.y * 0.055).clamp(1.0, 6.0) as u8;
        if run.shadow {
            let shadow = Paint::new(SHADOW, f32::from(paint.premultiplied()[3]) / 255.0);
            self.glyphs(run, blur, scissor, &|row| shadow.faded(strength(row)));
        }
        self.glyphs(run, 0, scissor, &|row| paint.faded(strength(row)));
    }

    fn glyphs(&mut self, run: &Run<'_>, blur: u8, scissor: Scissor, paint: &dyn Fn(f32) -> Paint) {
        let family = self.family.clone();
        let weight = run.style.weight;
        let font = family.font(weight);
        let (x, y) = raster_size(font, &run.style, (self.scale.x, self.scale.y));
        let size = PixelSize {
            x: f32::from(x) / 16.0,
            y: f32::from(y) / 16.0,
        };
        let em = run.style.size * self.scale.x;
        // A shadow falls down a little, and needs no fractions of a pixel.
        let drop = libm::roundf(f32::from(blur) * 0.6);
        for p in placed(font, run.text) {
            let pen = run.x + p.x * em;
            let (left, right) = (pen - em, pen + em * 2.0);
            if !scissor.touches(left, f32::MIN, right, f32::MAX) {
                continue;
            }
            let quarters = if blur > 0 {
                libm::roundf(pen) * 4.0
            } else {
                libm::roundf(pen * 4.0)
            };
            let column = libm::floorf(quarters / 4.0);
            let shift = (quarters - column * 4.0) as u8;
            let key = Key::Glyph {
                weight,
                glyph: p.glyph,
                x,
                y,
                shift,
                blur,
            };
            let sprite = self.atlas.sprite(key, || {
                blurred(font.rasterise(p.glyph, size, f32::from(shift) / 4.0), blur)
            });
            if let Some(sprite) = sprite {
                let stamp = Stamp {
                    sprite,
                    x: column,
                    y: run.baseline + drop,
                };
                self.list
                    .draw(Program::Masked, scissor, |mesh| stamp.add(mesh, paint));
            }
        }
    }
}

/// The part of the slack, or of the text's own width, that lies to the left.
fn share(align: Align) -> f32 {
    match align {
        Align::Left => 0.0,
        Align::Centre => 0.5,
        Align::Right => 1.0,
    }
}
