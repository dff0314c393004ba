//! Matrix × vector, the matrix streamed from memory through the ring.

use llama::quantise::activation;
use spu::asm::Assembler;
use spu::kernels::block::BlockFormat;
use spu::kernels::matvec::{BATCH, MatVec};
use spu::kernels::operand::{GROUP, Quantise, RECORD, quantise};
use spu::kernels::stream::{Ring, Stream};

use crate::blocks::{Matrix, tiles};
use crate::harness::{Bench, assert_near, noise};

/// Chunks of the ring.
const CHUNKS: u32 = 4;

/// A ring at the top of local store.
fn ring(a: &mut Assembler, format: BlockFormat) -> Ring {
    let chunk = format.chunk_bytes() as u32;
    let words = [
        0x4_0000 - CHUNKS * chunk,
        CHUNKS * chunk,
        chunk,
        format.chunk_blocks() as u32,
        CHUNKS,
    ];
    let bytes: Vec<u8> = words
        .iter()
        .flat_map(|word| [word.to_be_bytes(); 4])
        .flatten()
        .collect();
    Ring {
        words: a.data(&bytes, 16),
        alias: a.alias_class(),
    }
}

/// The vector as a product takes it.
fn operand(format: BlockFormat, x: &[f32]) -> Vec<f64> {
    match format {
        BlockFormat::Fp32 => x.iter().map(|&x| f64::from(x)).collect(),
        // Whole numbers below 128: quantised without a loss.
        BlockFormat::Q8 => x.iter().map(|&x| f64::from(x)).collect(),
        BlockFormat::Q4 => x
            .chunks(GROUP)
            .flat_map(|x| {
                let mut values = [0; GROUP];
                let scale = f64::from(activation::quantise(x, &mut values));
                values.map(|value| f64::from(value) * scale)
            })
            .collect(),
    }
}

/// A vector that products of the format take.
fn vector(format: BlockFormat, seed: u64, length: usize) -> Vec<f32> {
    let mut x = noise(seed, length);
    if format == BlockFormat::Q8 {
        for group in x.chunks_mut(GROUP) {
            for x in &mut *group {
                *x = (*x * 127.0).round();
            }
            group[7] = 127.0;
        }
    }
    x
}

/// Multiplies two matrices, one behind the other in the stream, with their vectors: one, then
/// several.
fn check(format: BlockFormat, shapes: [(usize, usize); 2]) {
    for vectors in [1, BATCH] {
        check_several(format, shapes, vectors);
    }
}

fn check_several(format: BlockFormat, shapes: [(usize, usize); 2], vectors: usize) {
    let mut bench = Bench::new();
    let mut stream_bytes = Vec::new();
    let mut cases = Vec::new();
    for (seed, (rows, columns)) in (1..).zip(shapes) {
        let matrix = Matrix::noise(format, seed, rows, columns);
        let x = vector(format, seed + 10, columns * vectors);
        stream_bytes.extend(tiles(&matrix));
        let values = operand(format, &x);
        let row = |x: &[f64], row: usize| -> (f64, f64) {
            let products = (0..columns).map(|column| matrix.value(row, column) * x[column]);
            products.fold((0.0, 0.0), |(sum, size), x| (sum + x, size + x.abs()))
        };
        let expected: Vec<(f64, f64)> = values
            .chunks(columns)
            .flat_map(|x| (0..rows).map(move |index| (x, index)))
            .map(|(x, index)| row(x, index))
            .collect();
        let xs = bench.vector(&x);
        let operand = bench.vector(&vec![0.0; vectors * columns.div_ceil(GROUP) * RECORD / 4]);
        let out = bench.vector(&vec![9.0; vectors * rows]);
        cases.push((rows, columns, xs, operand, out, expected));
    }
    stream_bytes.resize(stream_bytes.len().next_multiple_of(format.chunk_bytes()), 0);
    let end = stream_bytes.len() as u32;
    bench.region(stream_bytes);
    let results = bench.run(|bench, regions| {
        let a = &mut bench.assembler;
        let ring = ring(a, format);
        // All of it is in memory.
        let stream = Stream::new(a, ring, |_| {});
        let matvec = MatVec::new(a, format, &stream);
        let start = a.word(regions[0]);
        let end = a.word(regions[0] + end);
        stream.prime(a, start, end);
        let [reserve, ahead] = [1, 2].map(|chunks| a.il(chunks));
        stream.pace(a, reserve, ahead);
        let depth = a.il(Stream::DEEPEST);
        stream.set_depth(a, depth);
        let later = a.il(0);
        stream.extend(a, end, later);
        stream.begin(a);
        for &(rows, columns, x, operand, out, _) in &cases {
            let (x, out) = (bench.address(x), bench.address(out));
            let operand = bench.address(operand);
            let a = &mut bench.assembler;
            if format == BlockFormat::Fp32 {
                a.assign(matvec.x, x);
            } else {
                let groups = a.il((columns / GROUP) as i32);
                let operands = Quantise {
                    x,
                    groups,
                    out: operand,
                };
                quantise(a, format, operands, vectors);
                a.assign(matvec.x, operand);
            }
            a.assign(matvec.out, out);
            a.set(matvec.blocks)
                .word((columns / format.columns()) as u32);
            a.set(matvec.tiles).word((rows / format.rows()) as u32);
            let count = a.il(vectors as i32);
            matvec.call(a, count);
        }
    });
    for (_, columns, _, _, out, expected) in &cases {
        // Each of the products and sums cuts off less than a unit in the last place: of floats
        // those of a quarter of the columns in a row, of integers those of the groups.
        let steps = match format {
            BlockFormat::Fp32 => columns / 4,
            _ => columns / GROUP * 3,
        };
        let tolerance = 2f64.powi(-23) * (steps + 4) as f64;
        for (found, &(sum, size)) in results.vector(*out).iter().zip(expected) {
            assert_near(&[*found], &[sum], size, tolerance);
        }
    }
}

const FORMATS: [BlockFormat; 3] = [BlockFormat::Fp32, BlockFormat::Q8, BlockFormat::Q4];

#[test]
fn one_block() {
    for format in FORMATS {
        let shape = (format.rows(), format.columns());
        check(format, [shape, shape]);
    }
}

#[test]
fn within_the_ring() {
    for format in FORMATS {
        check(format, [(16, 64), (48, 96)]);
    }
}

#[test]
fn across_chunks_and_around_the_ring() {
    // Tiles lie across the borders of chunks.
    for (format, rows) in FORMATS.into_iter().zip([96, 320, 640]) {
        check(format, [(rows, 288), (rows / 2, 768)]);
    }
}

#[test]
fn a_tile_larger_than_the_ring() {
    check(BlockFormat::Fp32, [(8, 2304), (8, 16)]);
    check(BlockFormat::Q8, [(8, 4096), (8, 32)]);
}
