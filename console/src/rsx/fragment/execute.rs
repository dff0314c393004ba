//! Runs the steps of a [`Plan`] over a batch.

use super::graph::{Binary, Ternary, Unary};
use super::plan::{Plan, PlaneId, Step};
use super::plane::{LANES, Planes};
use crate::rsx::memory::Memory;
use crate::rsx::texture::Sampler;
use crate::rsx::{half, maths};

/// Runs `plan` over the first `count` lanes; `samplers` holds the textures of the units that it reads.
///
/// Lanes past `count` may be written, too.
pub fn run(
    plan: &Plan,
    planes: &mut Planes,
    count: usize,
    samplers: &[Option<Sampler>; 16],
    memory: &Memory,
) {
    crate::rsx::wide::run!(steps(
        plan: &Plan = plan,
        planes: &mut Planes = planes,
        // Whole vectors, and whole 2×2 blocks.
        count: usize = count.next_multiple_of(16).min(LANES),
        samplers: &[Option<Sampler>; 16] = samplers,
        memory: &Memory = memory,
    ));
}

#[inline(always)]
pub(super) fn steps(
    plan: &Plan,
    planes: &mut Planes,
    count: usize,
    samplers: &[Option<Sampler>; 16],
    memory: &Memory,
) {
    for step in &plan.steps {
        match *step {
            Step::Unary { operation, to, a } => unary(operation, planes, to, a, count),
            Step::Binary {
                operation,
                to,
                a,
                b,
            } => binary(operation, planes, to, [a, b], count),
            Step::Ternary {
                operation,
                to,
                a,
                b,
                c,
            } => {
                ternary(operation, planes, to, [a, b, c], count);
            }
            Step::Fetch { unit, s, t, to } => planes.with(to, |to, planes| {
                if let Some(sampler) = &samplers[usize::from(unit)] {
                    sampler.sample(memory, &planes.get(s)[..count], &planes.get(t)[..count], to);
                } else {
                    for to in to.into_iter().flatten() {
                        to.fill(0.0);
                    }
                }
            }),
        }
    }
}

#[inline(always)]
fn unary(operation: Unary, planes: &mut Planes, to: PlaneId, a: PlaneId, count: usize) {
    planes.with([Some(to)], |[to], planes| {
        let (Some(to), a) = (to, planes.get(a)) else {
            return;
        };
        let (to, a) = (&mut to[..count], &a[..count]);
        match operation {
            Unary::Negate => map(to, a, |a| -a),
            Unary::Absolute => map(to, a, f32::abs),
            Unary::Saturate => map(to, a, maths::saturate),
            Unary::RoundHalf => map(to, a, half::round),
            Unary::Floor => map(to, a, maths::floor),
            Unary::Fract => map(to, a, maths::fract),
            Unary::Reciprocal => map(to, a, |a| 1.0 / a),
            Unary::ReciprocalSquareRoot => map(to, a, maths::reciprocal_square_root),
            Unary::Exp2 => map(to, a, maths::exp2),
            Unary::Log2 => map(to, a, maths::log2),
            Unary::Sine => map(to, a, maths::sin),
            Unary::Cosine => map(to, a, maths::cos),
            Unary::LowHalf => map(to, a, |a| half::from_bits(a.to_bits() as u16)),
            Unary::HighHalf => map(to, a, |a| half::from_bits((a.to_bits() >> 16) as u16)),
            Unary::DifferenceX => blocks(to, a, |[a, b, c, d]| [b - a, b - a, d - c, d - c]),
            Unary::DifferenceY => blocks(to, a, |[a, b, c, d]| [c - a, d - b, c - a, d - b]),
        }
    });
}

#[inline(always)]
fn binary(operation: Binary, planes: &mut Planes, to: PlaneId, from: [PlaneId; 2], count: usize) {
    planes.with([Some(to)], |[to], planes| {
        let (Some(to), [a, b]) = (to, from.map(|id| planes.get(id))) else {
            return;
        };
        let (to, a, b) = (&mut to[..count], &a[..count], &b[..count]);
        let number = |condition: bool| f32::from(u8::from(condition));
        match operation {
            Binary::Add => map2(to, a, b, |a, b| a + b),
            Binary::Subtract => map2(to, a, b, |a, b| a - b),
            Binary::Multiply => map2(to, a, b, |a, b| a * b),
            Binary::Divide => map2(to, a, b, |a, b| a / b),
            Binary::Minimum => map2(to, a, b, |a, b| if a < b { a } else { b }),
            Binary::Maximum => map2(to, a, b, |a, b| if a > b { a } else { b }),
            Binary::Less => map2(to, a, b, |a, b| number(a < b)),
            Binary::LessEqual => map2(to, a, b, |a, b| number(a <= b)),
            Binary::Equal => map2(to, a, b, |a, b| number(a == b)),
            Binary::NotEqual => map2(to, a, b, |a, b| number(a != b)),
            Binary::PackHalves => map2(to, a, b, |a, b| {
                let (low, high) = (half::to_bits(a), half::to_bits(b));
                f32::from_bits(u32::from(high) << 16 | u32::from(low))
            }),
        }
    });
}

#[inline(always)]
fn ternary(operation: Ternary, planes: &mut Planes, to: PlaneId, from: [PlaneId; 3], count: usize) {
    planes.with([Some(to)], |[to], planes| {
        let (Some(to), [a, b, c]) = (to, from.map(|id| planes.get(id))) else {
            return;
        };
        let (to, a, b, c) = (&mut to[..count], &a[..count], &b[..count], &c[..count]);
        match operation {
            Ternary::MultiplyAdd => map3(to, a, b, c, |a, b, c| a * b + c),
            Ternary::MultiplySubtractFrom => map3(to, a, b, c, |a, b, c| c - a * b),
            Ternary::Select => map3(to, a, b, c, |a, b, c| if a != 0.0 { b } else { c }),
        }
    });
}

#[inline(always)]
fn map(to: &mut [f32], a: &[f32], f: impl Fn(f32) -> f32) {
    for (to, &a) in to.iter_mut().zip(a) {
        *to = f(a);
    }
}

#[inline(always)]
fn map2(to: &mut [f32], a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) {
    for ((to, &a), &b) in to.iter_mut().zip(a).zip(b) {
        *to = f(a, b);
    }
}

#[inline(always)]
fn map3(to: &mut [f32], a: &[f32], b: &[f32], c: &[f32], f: impl Fn(f32, f32, f32) -> f32) {
    for (((to, &a), &b), &c) in to.iter_mut().zip(a).zip(b).zip(c) {
        *to = f(a, b, c);
    }
}

/// `f` of each 2×2 block: upper left, upper right, lower left, lower right.
#[inline(always)]
fn blocks(to: &mut [f32], a: &[f32], f: impl Fn([f32; 4]) -> [f32; 4]) {
    for (to, a) in to.chunks_exact_mut(4).zip(a.chunks_exact(4)) {
        to.copy_from_slice(&f([a[0], a[1], a[2], a[3]]));
    }
}
