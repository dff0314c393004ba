//! Walks over a scene and draws its items into a list.

use alloc::sync::Arc;
use alloc::vec::Vec;

use fonts::Family;

use super::{DrawList, Program, Scissor};
use crate::Display;
use crate::atlas::Atlas;
use crate::geometry::{Rect, rect};
use crate::scene::{Caret, Colour, Item, Progress, Scene};
use crate::shape::{self, Scale};

/// Turns scenes into lists for one display, with the atlas that they share.
pub struct Painter {
    pub(super) family: Arc<Family>,
    pub(super) atlas: Atlas,
    pub(super) scale: Scale,
    pub(crate) list: DrawList,
    display: Display,
    clips: Vec<Rect>,
    alphas: Vec<f32>,
}

impl Painter {
    /// A painter with an empty atlas.
    pub fn new(family: Arc<Family>, display: Display) -> Painter {
        Painter {
            family,
            atlas: Atlas::new(),
            scale: Scale {
                x: display.scale_x(),
                y: display.scale_y(),
            },
            list: DrawList::default(),
            display,
            clips: Vec::new(),
            alphas: Vec::new(),
        }
    }

    /// The list of the next frame.
    pub fn paint(&mut self, scene: &Scene) -> &DrawList {
        self.list.clear();
        self.clips.clear();
        self.alphas.clear();
        self.atlas.next_frame();
        for item in scene.items() {
            self.item(item);
        }
        self.list.uploads = self.atlas.take_uploads();
        &self.list
    }

    /// The opacity that the open groups give.
    pub(super) fn alpha(&self) -> f32 {
        self.alphas.last().copied().unwrap_or(1.0)
    }

    /// The rectangle that the open clips leave, in logical units.
    pub(super) fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(self.display.screen())
    }

    /// The pixels that a clip rectangle leaves.
    pub(super) fn scissor(&self, clip: &Rect) -> Scissor {
        let pixels = rect(
            clip.x * self.scale.x,
            clip.y * self.scale.y,
            clip.width * self.scale.x,
            clip.height * self.scale.y,
        );
        Scissor::of(&pixels, self.display.width, self.display.height)
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::PushClip(clip) => {
                let clip = self.clip().intersection(clip);
                self.clips.push(clip);
            }
            Item::PopClip => {
                self.clips.pop();
            }
            Item::PushAlpha(alpha) => {
                let alpha = self.alpha() * alpha.clamp(0.0, 1.0);
                self.alphas.push(alpha);
            }
            Item::PopAlpha => {
                self.alphas.pop();
            }
            visible => {
                let scissor = self.scissor(&self.clip());
                if !scissor.is_empty() && self.alpha() > 0.0 {
                    self.visible(visible, scissor);
                }
            }
        }
    }

    fn visible(&mut self, item: &Item, scissor: Scissor) {
        let (scale, alpha) = (self.scale, self.alpha());
        let mut draw = |program, add: &dyn Fn(&mut super::Mesh)| {
            self.list.draw(program, scissor, add);
        };
        match item {
            Item::Wave(wave) => {
                let size = self.display.logical_size();
                let ground = if alpha < 1.0 {
                    Program::Flat
                } else {
                    Program::Opaque
                };
                draw(ground, &|mesh| {
                    shape::ground(mesh, scale, size, wave, alpha)
                });
                draw(Program::Flat, &|mesh| {
                    shape::ribbons(mesh, scale, size, wave, alpha)
                });
            }
            Item::Panel(panel) => draw(Program::Flat, &|mesh| {
                shape::panel(mesh, scale, panel, alpha)
            }),
            Item::Glow(glow) => draw(Program::Flat, &|mesh| shape::glow(mesh, scale, glow, alpha)),
            Item::Line(line) => draw(Program::Flat, &|mesh| shape::line(mesh, scale, line, alpha)),
            Item::Progress(bar) => draw(Program::Flat, &|mesh| progress(mesh, scale, bar, alpha)),
            Item::Caret(bar) => draw(Program::Flat, &|mesh| caret(mesh, scale, bar, alpha)),
            Item::Symbol(symbol) => self.symbol(symbol, scissor),
            Item::Text(text) => self.text(text, scissor),
            Item::Paragraph(paragraph) => self.paragraph(paragraph),
            Item::PushClip(_) | Item::PopClip | Item::PushAlpha(_) | Item::PopAlpha => {}
        }
    }
}

fn progress(mesh: &mut super::Mesh, scale: Scale, bar: &Progress, alpha: f32) {
    shape::pill(mesh, scale, &bar.rect, bar.track, alpha);
    let fraction = bar.fraction.clamp(0.0, 1.0);
    if fraction > 0.0 {
        // Never narrower than its two round ends.
        let width = (bar.rect.width * fraction).max(bar.rect.height.min(bar.rect.width));
        let done = Rect { width, ..bar.rect };
        shape::pill(mesh, scale, &done, bar.fill, alpha);
    }
}

fn caret(mesh: &mut super::Mesh, scale: Scale, bar: &Caret, alpha: f32) {
    // At least two pixels, so that it blinks rather than flickers.
    let width = (bar.height * 0.06).max(2.0 / scale.x);
    let shadow = rect(
        bar.top.x - width * 0.5 + 1.5,
        bar.top.y + 1.5,
        width,
        bar.height,
    );
    let opacity = alpha * f32::from(bar.colour.a) / 255.0;
    shape::pill(mesh, scale, &shadow, Colour::BLACK.faded(0.35), opacity);
    let body = rect(bar.top.x - width * 0.5, bar.top.y, width, bar.height);
    shape::pill(mesh, scale, &body, bar.colour, alpha);
}
