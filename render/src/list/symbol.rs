//! Symbols as layers of masks.

use super::text::Stamp;
use super::{Paint, Painter, Program, Scissor};
use crate::atlas::Key;
use crate::mask::{Role, blurred, layers, rasterise};
use crate::scene::{Colour, SymbolItem};

/// How dark the body of a button is.
const BODY: Colour = Colour::rgba(10, 14, 26, 150);

/// How faint its rim is.
const RIM: f32 = 0.45;

/// The shadow under a symbol.
const SHADOW: Colour = Colour::rgba(0, 0, 0, 120);

impl Painter {
    /// Draws a symbol with its shadow, its middle on the pixel grid.
    pub(super) fn symbol(&mut self, item: &SymbolItem, scissor: Scissor) {
        let side = |scale: f32| libm::roundf(item.size * scale).clamp(0.0, 512.0) as u16;
        let (width, height) = (side(self.scale.x), side(self.scale.y));
        let (x, y) = (
            libm::roundf(item.centre.x * self.scale.x),
            libm::roundf(item.centre.y * self.scale.y),
        );
        let reach = (f32::from(width) * 2.0, f32::from(height) * 2.0);
        if !scissor.touches(x - reach.0, y - reach.1, x + reach.0, y + reach.1) {
            return;
        }
        let alpha = self.alpha();
        let faint = alpha * f32::from(item.colour.a) / 255.0;
        let soft = libm::roundf(f32::from(height) * 0.04).clamp(1.0, 6.0) as u8;
        // The lowest layer is the widest: its shadow is that of the whole.
        let shadow = layers(item.symbol).first().map(|layer| (layer.mask, soft));
        let parts = layers(item.symbol).iter().map(|layer| {
            let paint = match layer.role {
                Role::Body => Paint::new(BODY, faint),
                Role::Rim => Paint::new(item.colour, alpha * RIM),
                Role::Face(colour) if item.tinted => Paint::new(colour, faint),
                Role::Face(_) | Role::Ink => Paint::new(item.colour, alpha),
            };
            (layer.mask, 0, paint)
        });
        let under = shadow.map(|(mask, soft)| (mask, soft, Paint::new(SHADOW, faint)));
        // A symbol that changes its size is made anew for each frame, but its lowest layer once for
        // itself and its shadow.
        let mut lowest = None;
        for (mask, blur, paint) in under.into_iter().chain(parts) {
            let key = Key::Symbol {
                mask,
                width,
                height,
                blur,
            };
            let sprite = self.atlas.sprite(key, || {
                let fresh = || rasterise(mask, width, height);
                match shadow {
                    Some((of, _)) if of == mask => {
                        let bitmap = lowest.take().unwrap_or_else(fresh);
                        if blur > 0 {
                            lowest = Some(bitmap.clone());
                        }
                        blurred(bitmap, blur)
                    }
                    _ => blurred(fresh(), blur),
                }
            });
            if let Some(sprite) = sprite {
                let drop = if blur > 0 { f32::from(blur) * 0.5 } else { 0.0 };
                let stamp = Stamp {
                    sprite,
                    x,
                    y: y + libm::roundf(drop),
                };
                self.list
                    .draw(Program::Masked, scissor, |mesh| stamp.add(mesh, &|_| paint));
            }
        }
    }
}
