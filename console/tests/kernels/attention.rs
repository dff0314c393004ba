//! Attention over a cache in memory.

use spu::kernels::attention::{Attention, attention};
use spu::kernels::rows::RowBuffers;

use crate::harness::{Bench, assert_near, noise};

struct Case {
    heads: usize,
    /// Length of a head, a multiple of 8.
    head: usize,
    position: usize,
    block_rows: usize,
}

/// `softmax(q · k) v` in double precision; rows are `head` long.
fn exact(case: &Case, scale: f32, q: &[f32], k: &[f32], v: &[f32]) -> Vec<f64> {
    let rows = |x: &[f32]| -> Vec<Vec<f64>> {
        let row = |row: &[f32]| row.iter().map(|&x| f64::from(x)).collect();
        x.chunks(case.head).map(row).collect()
    };
    let (k, v) = (rows(k), rows(v));
    let mut out = Vec::new();
    for q in rows(q) {
        let score = |k: &Vec<f64>| -> f64 {
            let products = q.iter().zip(k).map(|(q, k)| q * k);
            products.sum::<f64>() * f64::from(scale)
        };
        let powers: Vec<f64> = k.iter().map(|k| score(k).exp()).collect();
        let sum: f64 = powers.iter().sum();
        for column in 0..case.head {
            let mixed = powers.iter().zip(&v).map(|(p, v)| p * v[column]);
            out.push(mixed.sum::<f64>() / sum);
        }
    }
    out
}

fn check(case: &Case) {
    let row_bytes = case.head * 4;
    let rows = case.position + 1;
    // Scores from -10 to 10 or so: some positions matter, some vanish.
    let scale = 10.0 / (case.head as f32).sqrt();
    let queries = noise(1, case.heads * case.head);
    let (keys, values) = (noise(2, rows * case.head), noise(3, rows * case.head));
    let expected = exact(case, scale, &queries, &keys, &values);

    let mut bench = Bench::new();
    let last = case.position * case.head..;
    let q = bench.vector(&queries);
    let out = bench.vector(&vec![5.0; queries.len()]);
    let last_key = bench.vector(&keys[last.clone()]);
    let last_value = bench.vector(&values[last.clone()]);
    let score_bytes = rows.next_multiple_of(4) * 4;
    let scores = bench.vector(&vec![0.0; score_bytes / 4 * case.heads]);
    let sums = bench.vector(&vec![0.0; 4 * case.heads]);
    let buffer = bench.vector(&vec![f32::NAN; 2 * case.block_rows * case.head]);
    for mut rows in [keys, values] {
        // The last row is not in memory yet.
        rows[last.clone()].fill(f32::NAN);
        bench.region(rows.iter().flat_map(|x| x.to_be_bytes()).collect());
    }
    let results = bench.run(|bench, regions| {
        let buffers = RowBuffers {
            address: bench.address(buffer),
            bytes: bench.assembler.word((case.block_rows * row_bytes) as u32),
            block_rows: bench.assembler.word(case.block_rows as u32),
            row_bytes: bench.assembler.word(row_bytes as u32),
            tag: 3,
        };
        let operands = Attention {
            queries: bench.address(q),
            heads: bench.assembler.word(case.heads as u32),
            out: bench.address(out),
            scores: bench.address(scores),
            score_bytes: bench.assembler.word(score_bytes as u32),
            sums: bench.address(sums),
            scale: bench.assembler.float(scale),
            keys: bench.assembler.word(regions[0]),
            last_key: bench.address(last_key),
            values: bench.assembler.word(regions[1]),
            last_value: bench.address(last_value),
            position: bench.assembler.word(case.position as u32),
        };
        attention(&mut bench.assembler, &buffers, operands);
    });
    assert_near(results.vector(out), &expected, 1.0, 2e-5);
}

#[test]
fn positions_around_the_borders_of_quadwords_and_blocks() {
    for position in [0, 1, 2, 3, 4, 6, 7, 8, 9, 15, 16, 17, 40] {
        check(&Case {
            heads: 1,
            head: 8,
            position,
            block_rows: 8,
        });
    }
}

#[test]
fn grouped_query_heads() {
    for (heads, head, position) in [(2, 8, 5), (3, 16, 21), (4, 48, 127)] {
        check(&Case {
            heads,
            head,
            position,
            block_rows: 40,
        });
    }
}
