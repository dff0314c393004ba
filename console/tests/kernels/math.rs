//! Exponential, reciprocal and reciprocal square root.

use spu::asm::{Assembler, Reg};
use spu::kernels::math::{self, ExpConstants};

use crate::harness::Bench;

/// The largest relative error of `kernel` against `exact` over `inputs`.
fn largest_error(
    inputs: &[f32],
    kernel: impl Fn(&mut Assembler, Reg) -> Reg,
    exact: impl Fn(f64) -> f64,
) -> f64 {
    let mut bench = Bench::new();
    let vector = bench.vector(inputs);
    let results = bench.run(|bench, _| {
        let at = bench.address(vector);
        let a = &mut bench.assembler;
        let count = a.word(inputs.len() as u32 / 4);
        a.repeat(count, |a| {
            let x = a.lqd(at, 0);
            let y = kernel(a, x);
            a.stqd(y, at, 0);
            a.set(at).ai(at, 16);
        });
    });
    let errors = results.vector(vector).iter().zip(inputs).map(|(&y, &x)| {
        let exact = exact(f64::from(x));
        ((f64::from(y) - exact) / exact).abs()
    });
    errors.fold(0.0, f64::max)
}

/// Values from `low` to `high`, evenly spaced.
fn range(low: f32, high: f32) -> Vec<f32> {
    const COUNT: usize = 8192;
    (0..COUNT)
        .map(|i| low + (high - low) * i as f32 / COUNT as f32)
        .collect()
}

#[test]
fn exp_is_within_its_bound() {
    let kernel = |a: &mut Assembler, x| {
        let constants = ExpConstants::load(a);
        math::exp(a, &constants, x)
    };
    for (low, high) in [(-1.0, 1.0), (-20.0, 0.0), (-87.0, 88.0)] {
        let error = largest_error(&range(low, high), kernel, f64::exp);
        assert!(error < 2f64.powi(-20), "{low} to {high}: {error:e}");
    }
}

#[test]
fn exp_clamps_its_argument() {
    let kernel = |a: &mut Assembler, x| {
        let constants = ExpConstants::load(a);
        math::exp(a, &constants, x)
    };
    let clamped = |x: f64| x.clamp(-87.0, 88.0).exp();
    let inputs = [-1e30, -1000.0, -87.5, 88.5, 1000.0, 1e30, 0.0, -0.0];
    let error = largest_error(&inputs, kernel, clamped);
    assert!(error < 2f64.powi(-20), "{error:e}");
}

#[test]
fn reciprocal_is_within_its_bound() {
    for (low, high) in [(1.0, 2.0), (-5.0, -1e-3), (1e30, 3e38), (1e-30, 1e-29)] {
        let error = largest_error(&range(low, high), math::reciprocal, |x| 1.0 / x);
        assert!(error < 2f64.powi(-21), "{low} to {high}: {error:e}");
    }
}

#[test]
fn reciprocal_sqrt_is_within_its_bound() {
    for (low, high) in [(1.0, 4.0), (1e-5, 1e-3), (1e3, 1e10)] {
        let error = largest_error(&range(low, high), math::reciprocal_sqrt, |x| 1.0 / x.sqrt());
        assert!(error < 2f64.powi(-20), "{low} to {high}: {error:e}");
    }
}
