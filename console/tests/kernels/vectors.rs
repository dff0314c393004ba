//! RMSNorm, residual, SwiGLU, RoPE and argmax.

use spu::kernels::argmax::Argmax;
use spu::kernels::matvec::BATCH;
use spu::kernels::norm::{RmsNorm, rms_norm};
use spu::kernels::residual::residual;
use spu::kernels::rope::{Rope, rope};
use spu::kernels::swiglu::swiglu;

use crate::harness::{Bench, assert_near, noise};

#[test]
fn rms_norm_of_lengths_that_are_no_multiple() {
    for length in [1usize, 5, 16, 64, 288, 509] {
        let rounded = length.next_multiple_of(16);
        let pad = |mut values: Vec<f32>| {
            values.resize(rounded, 0.0);
            values
        };
        let weights = pad(noise(2, length));
        for vectors in [1, BATCH] {
            let xs: Vec<Vec<f32>> = (3..)
                .take(vectors)
                .map(|seed| pad(noise(seed, length)))
                .collect();
            let mut bench = Bench::new();
            let [x, ws] = [&xs.concat(), &weights].map(|values| bench.vector(values));
            let out = bench.vector(&vec![7.0; rounded * vectors]);
            let results = bench.run(|bench, _| {
                let operands = RmsNorm {
                    x: bench.address(x),
                    weights: bench.address(ws),
                    out: bench.address(out),
                    steps: bench.assembler.word(rounded as u32 / 16),
                    inverse_length: bench.assembler.float(1.0 / length as f32),
                };
                rms_norm(&mut bench.assembler, operands, vectors);
            });
            for (x, found) in xs.iter().zip(results.vector(out).chunks(rounded)) {
                let squares: f64 = x.iter().map(|&x| f64::from(x).powi(2)).sum();
                let scale = 1.0 / (squares / length as f64 + 1e-5).sqrt();
                let expected: Vec<f64> = x
                    .iter()
                    .zip(&weights)
                    .map(|(&x, &w)| f64::from(w) * f64::from(x) * scale)
                    .collect();
                assert_near(found, &expected, scale, 1e-5);
            }
        }
    }
}

#[test]
fn residual_adds() {
    let (x, y) = (noise(1, 24), noise(2, 24));
    let mut bench = Bench::new();
    let [xs, ys] = [&x, &y].map(|values| bench.vector(values));
    let results = bench.run(|bench, _| {
        let (x, y) = (bench.address(xs), bench.address(ys));
        let a = &mut bench.assembler;
        let steps = a.il(3);
        residual(a, x, y, steps);
    });
    let expected: Vec<f64> = x
        .iter()
        .zip(&y)
        .map(|(&x, &y)| f64::from(x) + f64::from(y))
        .collect();
    assert_near(results.vector(xs), &expected, 1.0, 2e-7);
    assert_eq!(results.vector(ys), y);
}

#[test]
fn swiglu_of_gates_of_every_size() {
    const TILES: usize = 9;
    // From gates that vanish to gates that pass unchanged.
    let gates: Vec<f32> = noise(1, 8 * TILES)
        .iter()
        .enumerate()
        .map(|(i, x)| x * [0.1, 1.0, 10.0, 100.0, 1e4][i % 5])
        .collect();
    let ups = noise(2, 8 * TILES);
    let pairs: Vec<f32> = gates
        .chunks(8)
        .zip(ups.chunks(8))
        .flat_map(|(gate, up)| [gate, up].concat())
        .collect();
    let mut bench = Bench::new();
    let pairs = bench.vector(&pairs);
    let out = bench.vector(&[0.0; 8 * TILES]);
    let results = bench.run(|bench, _| {
        let (pairs, out) = (bench.address(pairs), bench.address(out));
        let a = &mut bench.assembler;
        let tiles = a.il(TILES as i32);
        swiglu(a, 8, pairs, out, tiles);
    });
    for ((&gate, &up), &found) in gates.iter().zip(&ups).zip(results.vector(out)) {
        let (gate, up) = (f64::from(gate), f64::from(up));
        let expected = gate / (1.0 + (-gate).exp()) * up;
        assert_near(&[found], &[expected], gate.abs().max(1e-3), 2e-6);
    }
}

#[test]
fn rope_turns_every_head() {
    for (heads, head) in [(1, 8), (3, 16), (2, 48)] {
        let x = noise(3, heads * head);
        let angles = noise(4, head / 2);
        let mut turns = Vec::new();
        turns.extend(angles.iter().flat_map(|angle| [angle.cos(); 2]));
        turns.extend(angles.iter().flat_map(|angle| [-angle.sin(), angle.sin()]));
        let mut bench = Bench::new();
        let xs = bench.vector(&x);
        let turns = bench.vector(&turns);
        let results = bench.run(|bench, _| {
            let operands = Rope {
                heads: bench.address(xs),
                count: bench.assembler.word(heads as u32),
                turns: bench.address(turns),
                head_bytes: bench.assembler.word(head as u32 * 4),
            };
            rope(&mut bench.assembler, operands);
        });
        let expected: Vec<f64> = x
            .chunks(2)
            .enumerate()
            .flat_map(|(pair, xy)| {
                let (sine, cosine) = f64::from(angles[pair % (head / 2)]).sin_cos();
                let (x, y) = (f64::from(xy[0]), f64::from(xy[1]));
                [x * cosine - y * sine, x * sine + y * cosine]
            })
            .collect();
        assert_near(results.vector(xs), &expected, 1.0, 5e-7);
    }
}

/// Runs the argmax over `logits` in two pieces, the first index being `first`.
fn argmax(logits: &[f32], first: u32, end: u32) -> (f32, u32) {
    let tiles = logits.len() / 8;
    let mut bench = Bench::new();
    let xs = bench.vector(logits);
    let out = bench.vector(&[0.0; 8]);
    let results = bench.run(|bench, _| {
        let (at, out) = (bench.address(xs), bench.address(out));
        let a = &mut bench.assembler;
        let first = a.word(first);
        let end = a.word(end);
        let best = Argmax::begin(a, first);
        let once = a.il(1);
        best.see(a, at, once, end);
        let rest = a.word(tiles as u32 - 1);
        let at = a.ai(at, 32);
        best.see(a, at, rest, end);
        let (value, index) = best.end(a);
        a.stqd(value, out, 0);
        a.stqd(index, out, 16);
    });
    let out = results.vector(out);
    (out[0], out[4].to_bits())
}

#[test]
fn argmax_finds_the_first_of_the_largest() {
    for seed in 1..6 {
        let mut logits = noise(seed, 64);
        let (at, _) =
            logits.iter().enumerate().fold(
                (0, f32::MIN),
                |best, (i, &x)| {
                    if x > best.1 { (i, x) } else { best }
                },
            );
        assert_eq!(argmax(&logits, 0, 64), (logits[at], at as u32));
        // The same value again, further on and in every lane.
        let largest = logits[at];
        for distance in 1..=8 {
            if let Some(later) = logits.get_mut(at + distance) {
                *later = largest;
            }
            assert_eq!(argmax(&logits, 100, 164), (largest, 100 + at as u32));
        }
    }
}

#[test]
fn argmax_counts_no_logit_beyond_the_end() {
    let mut logits = vec![-5.0; 24];
    logits[17] = -4.0;
    // What rounding up added.
    logits[18..].fill(0.0);
    assert_eq!(argmax(&logits, 8, 26), (-4.0, 25));
}
