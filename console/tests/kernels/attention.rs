//! Attention over a cache in memory.

use spu::asm::Assembler;
use spu::kernels::attention::{Attention, attention, score_bytes};
use spu::kernels::matvec::BATCH;
use spu::kernels::rows::{BUFFERS, FreshRows, RowBuffers, RowFormat, RowStream, narrow_row};

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

/// A row as the cache has it, its scale (1 for floats), and what both stand for.
fn stored(format: RowFormat, row: &[f32]) -> (Vec<u8>, f32, Vec<f32>) {
    match format {
        RowFormat::Fp32 => {
            let bytes = row.iter().flat_map(|x| x.to_be_bytes()).collect();
            (bytes, 1.0, row.to_vec())
        }
        RowFormat::Narrow => {
            let largest = row.iter().fold(0f32, |m, x| m.max(x.abs()));
            let scale = largest / 32767.0;
            let narrow: Vec<i16> = row.iter().map(|x| (x / scale) as i16).collect();
            let bytes = narrow.iter().flat_map(|x| x.to_be_bytes()).collect();
            let wide = narrow.iter().map(|&x| f32::from(x) * scale).collect();
            (bytes, scale, wide)
        }
    }
}

/// Big-endian bytes as floats' bits.
fn words(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| f32::from_be_bytes(*word)).collect()
}

fn check(case: &Case) {
    for format in [RowFormat::Fp32, RowFormat::Narrow] {
        for tokens in [1, BATCH] {
            check_format(format, case, tokens);
        }
    }
}

/// Attention of so many tokens, the first of which is at the case's position.
fn check_format(format: RowFormat, case: &Case, tokens: usize) {
    let row_bytes = format.row_bytes(case.head);
    let rows = case.position + tokens;
    // Scores from -10 to 10 or so: some positions matter, some vanish.
    let scale = 10.0 / (case.head as f32).sqrt();
    let queries = noise(1, tokens * case.heads * case.head);
    let [keys, values] = [2, 3].map(|seed| -> Vec<_> {
        let rows = noise(seed, rows * case.head);
        let rows = rows.chunks(case.head);
        rows.map(|row| stored(format, row)).collect()
    });
    let wide = |rows: &[(Vec<u8>, f32, Vec<f32>)]| -> Vec<f32> {
        rows.iter().flat_map(|(_, _, wide)| wide.clone()).collect()
    };
    let expected: Vec<f64> = queries
        .chunks(case.heads * case.head)
        .enumerate()
        .flat_map(|(token, queries)| {
            let seen = case.position + token + 1;
            exact(
                case,
                scale,
                queries,
                &wide(&keys[..seen]),
                &wide(&values[..seen]),
            )
        })
        .collect();

    let mut bench = Bench::new();
    let q = bench.vector(&queries);
    let out = bench.vector(&vec![5.0; queries.len()]);
    let score_bytes = score_bytes(rows);
    let scores = bench.vector(&vec![f32::NAN; score_bytes / 4 * case.heads * tokens]);
    let sums = bench.vector(&vec![0.0; 4 * case.heads * tokens]);
    let buffers = BUFFERS as usize;
    let buffer = bench.vector(&vec![f32::NAN; buffers * case.block_rows * row_bytes / 4]);
    let scale_buffer = bench.vector(&vec![f32::NAN; buffers * case.block_rows]);
    // The tokens' own, with a gap behind each, and their scales, at the position's place in their
    // quadword.
    let in_quad = case.position % 4;
    let fresh = [&keys, &values].map(|rows| {
        let fresh = &rows[case.position..];
        let gap = [7.0; 4];
        let row = |(bytes, _, _): &(Vec<u8>, f32, Vec<f32>)| [&words(bytes)[..], &gap].concat();
        let rows: Vec<f32> = fresh.iter().flat_map(row).collect();
        let mut scales = vec![f32::NAN; in_quad];
        scales.extend(fresh.iter().map(|(_, scale, _)| scale));
        [bench.vector(&rows), bench.vector(&scales)]
    });
    // Keys, their scales, values, their scales.
    let scale_distance = (rows * row_bytes).next_multiple_of(16);
    let run_bytes = scale_distance + rows.next_multiple_of(4) * 4;
    let mut memory = Vec::new();
    for rows in [keys, values] {
        // The last rows are not in memory yet.
        let before = &rows[..case.position];
        let start = memory.len();
        memory.extend(before.iter().flat_map(|row| row.0.clone()));
        memory.resize(start + scale_distance, 0xff);
        memory.extend(before.iter().flat_map(|row| row.1.to_be_bytes()));
        memory.resize(start + run_bytes, 0xff);
    }
    bench.region(memory);
    let results = bench.run(|bench, regions| {
        let (buffer, scale_buffer) = (bench.place(buffer), bench.place(scale_buffer));
        let row_buffers = |a: &mut Assembler| RowBuffers {
            format,
            address: a.address(buffer),
            bytes: a.word((case.block_rows * row_bytes) as u32),
            block_rows: a.word(case.block_rows as u32),
            row_bytes: a.word(row_bytes as u32),
            scales: a.address(scale_buffer),
            scale_distance: a.word(scale_distance as u32),
        };
        let a = &mut bench.assembler;
        let stream = RowStream::new(a, 3, row_buffers, |a| a.word(run_bytes as u32));
        let first = a.word(regions[0]);
        let runs = a.il(2);
        let position = a.word(case.position as u32);
        let count = a.il(tokens as i32);
        stream.begin(a, first, runs, position, count);
        let [keys, values] = fresh.map(|[rows, scales]| {
            let row = bench.address(rows);
            let scale = bench.address(scales);
            let a = &mut bench.assembler;
            FreshRows {
                row,
                stride: a.word(row_bytes as u32 + 16),
                scale: a.ai(scale, in_quad as i32 * 4),
            }
        });
        let stride = bench.assembler.word((case.heads * case.head * 4) as u32);
        let operands = Attention {
            queries: bench.address(q),
            query_stride: stride,
            heads: bench.assembler.word(case.heads as u32),
            out: bench.address(out),
            out_stride: stride,
            scores: bench.address(scores),
            score_bytes: bench.assembler.word(score_bytes as u32),
            sums: bench.address(sums),
            scale: bench.assembler.float(scale),
            keys,
            values,
        };
        attention(
            &mut bench.assembler,
            &stream,
            &row_buffers,
            &|_| operands,
            tokens,
        );
    });
    assert_near(results.vector(out), &expected, 1.0, 2e-5);
}

#[test]
fn rows_are_made_narrow() {
    for length in [8, 48, 72] {
        for size in [1.0, 1e-9, 0.0] {
            let row: Vec<f32> = noise(4, length).iter().map(|x| x * size).collect();
            let mut bench = Bench::new();
            let from = bench.vector(&row);
            let to = bench.vector(&vec![7.0; length / 2]);
            let scale = bench.vector(&[0.0]);
            let results = bench.run(|bench, _| {
                let (from, to) = (bench.address(from), bench.address(to));
                let place = bench.address(scale);
                let a = &mut bench.assembler;
                let steps = a.il(length as i32 / 8);
                let scale = narrow_row(a, from, to, steps);
                a.stqd(scale, place, 0);
            });
            let scale = f64::from(results.vector(scale)[0]);
            let largest = row.iter().fold(0f32, |m, x| m.max(x.abs()));
            assert!((scale * 32767.0 - f64::from(largest)).abs() <= f64::from(largest) * 1e-6);
            let found = results.vector(to).iter().flat_map(|word| {
                let bits = word.to_bits();
                [(bits >> 16) as i16, bits as i16]
            });
            for (found, x) in found.zip(&row) {
                let off = (f64::from(found) * scale - f64::from(*x)).abs();
                assert!(off <= scale * 1.05, "{x} became {found} times {scale}");
            }
        }
    }
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
