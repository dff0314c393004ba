//! Which parts a symbol is drawn from.

use super::parts::{Direction, Face, Mask, Shoulder};
use crate::scene::{Colour, Symbol};

/// What colour a part takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Role {
    /// The colour that the scene gives.
    Ink,
    /// The dark, translucent body of a button.
    Body,
    /// The faint rim of a button, in the scene's colour.
    Rim,
    /// The traditional colour of a face button, if it is wanted.
    Face(Colour),
}

/// A part of a symbol and its colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layer {
    /// The shape.
    pub mask: Mask,
    /// The colour.
    pub role: Role,
}

const fn ink(mask: Mask) -> [Layer; 1] {
    [Layer {
        mask,
        role: Role::Ink,
    }]
}

const fn face(face: Face, colour: Colour) -> [Layer; 3] {
    [
        Layer {
            mask: Mask::Disc,
            role: Role::Body,
        },
        Layer {
            mask: Mask::Rim,
            role: Role::Rim,
        },
        Layer {
            mask: Mask::Face(face),
            role: Role::Face(colour),
        },
    ]
}

const fn button(body: Mask, rim: Mask, label: Mask) -> [Layer; 3] {
    [
        Layer {
            mask: body,
            role: Role::Body,
        },
        Layer {
            mask: rim,
            role: Role::Rim,
        },
        Layer {
            mask: label,
            role: Role::Ink,
        },
    ]
}

const fn bar(label: Mask) -> [Layer; 3] {
    button(Mask::Bar, Mask::BarRim, label)
}

const DPAD: [Layer; 2] = [
    Layer {
        mask: Mask::DPad,
        role: Role::Body,
    },
    Layer {
        mask: Mask::DPadRim,
        role: Role::Ink,
    },
];

/// The parts of a symbol, back to front.
pub(crate) fn layers(symbol: Symbol) -> &'static [Layer] {
    match symbol {
        Symbol::Pen => const { &ink(Mask::Pen) },
        Symbol::Chat => const { &ink(Mask::Chat) },
        Symbol::Gear => const { &ink(Mask::Gear) },
        Symbol::Info => const { &ink(Mask::Info) },
        Symbol::Book => const { &ink(Mask::Book) },
        Symbol::Keyboard => const { &ink(Mask::Keyboard) },
        Symbol::Space => const { &ink(Mask::Space) },
        Symbol::Backspace => const { &ink(Mask::Backspace) },
        Symbol::Shift => const { &ink(Mask::Shift) },
        Symbol::Enter => const { &ink(Mask::Enter) },
        Symbol::ArrowLeft => const { &ink(Mask::Arrow(Direction::Left)) },
        Symbol::ArrowRight => const { &ink(Mask::Arrow(Direction::Right)) },
        Symbol::ArrowUp => const { &ink(Mask::Arrow(Direction::Up)) },
        Symbol::ArrowDown => const { &ink(Mask::Arrow(Direction::Down)) },
        Symbol::Cross => const { &face(Face::Cross, Colour::rgb(140, 184, 255)) },
        Symbol::Circle => const { &face(Face::Circle, Colour::rgb(255, 118, 118)) },
        Symbol::Square => const { &face(Face::Square, Colour::rgb(255, 150, 220)) },
        Symbol::Triangle => const { &face(Face::Triangle, Colour::rgb(96, 230, 190)) },
        Symbol::L1 => const { &bar(Mask::Shoulder(Shoulder::L1)) },
        Symbol::R1 => const { &bar(Mask::Shoulder(Shoulder::R1)) },
        Symbol::L2 => const { &bar(Mask::Shoulder(Shoulder::L2)) },
        Symbol::R2 => const { &bar(Mask::Shoulder(Shoulder::R2)) },
        Symbol::DPad => &DPAD,
        Symbol::Start => const { &bar(Mask::Start) },
        Symbol::Select => const { &bar(Mask::Select) },
    }
}
