//! Matrix × vector, the matrix streamed from memory through the ring.

use spu::kernels::matvec::MatVec;
use spu::kernels::stream::{CHUNK, RING, Stream};

use crate::harness::{Bench, assert_near, noise};

/// The ring at the top of local store.
const RING_ADDRESS: u32 = 0x4_0000 - RING;

/// A matrix in tiles of eight rows: quadwords of four columns, the eight rows side by side.
fn tiles(matrix: &[f32], rows: usize, columns: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for tile in 0..rows / 8 {
        for quad in 0..columns / 4 {
            for row in 0..8 {
                let start = (tile * 8 + row) * columns + quad * 4;
                let values = &matrix[start..start + 4];
                bytes.extend(values.iter().flat_map(|x| x.to_be_bytes()));
            }
        }
    }
    bytes
}

fn product(matrix: &[f32], x: &[f32]) -> Vec<f64> {
    let row = |row: &[f32]| -> f64 {
        let products = row
            .iter()
            .zip(x)
            .map(|(&w, &x)| f64::from(w) * f64::from(x));
        products.sum()
    };
    matrix.chunks(x.len()).map(row).collect()
}

/// Multiplies two matrices, one behind the other in the stream, with their vectors.
fn check(shapes: [(usize, usize); 2]) {
    let mut bench = Bench::new();
    let mut stream_bytes = Vec::new();
    let mut cases = Vec::new();
    for (seed, (rows, columns)) in (1..).zip(shapes) {
        let matrix = noise(seed, rows * columns);
        let x = noise(seed + 10, columns);
        stream_bytes.extend(tiles(&matrix, rows, columns));
        let expected = product(&matrix, &x);
        let x = bench.vector(&x);
        let out = bench.vector(&vec![9.0; rows]);
        cases.push((rows, columns, x, out, expected));
    }
    stream_bytes.resize(stream_bytes.len().next_multiple_of(CHUNK as usize), 0);
    let end = stream_bytes.len() as u32;
    bench.region(stream_bytes);
    let results = bench.run(|bench, regions| {
        let stream = Stream::new(&mut bench.assembler, RING_ADDRESS);
        let matvec = MatVec::new(&mut bench.assembler, &stream);
        let start = bench.assembler.word(regions[0]);
        let end = bench.assembler.word(regions[0] + end);
        stream.prime(&mut bench.assembler, RING_ADDRESS, start, end);
        stream.begin(&mut bench.assembler, RING_ADDRESS);
        for &(rows, columns, x, out, _) in &cases {
            let (x, out) = (bench.address(x), bench.address(out));
            let a = &mut bench.assembler;
            a.assign(matvec.x, x);
            a.assign(matvec.out, out);
            a.set(matvec.steps).word(columns as u32 / 16);
            a.set(matvec.tiles).word(rows as u32 / 8);
            matvec.call(a);
        }
    });
    for (_, columns, _, out, expected) in &cases {
        // Each of the products and sums cuts off less than a unit in the last place.
        let tolerance = 2f64.powi(-23) * (*columns as f64 / 4.0 + 4.0);
        assert_near(
            results.vector(*out),
            expected,
            *columns as f64 / 4.0,
            tolerance,
        );
    }
}

#[test]
fn one_step() {
    check([(8, 16), (8, 16)]);
}

#[test]
fn within_the_ring() {
    check([(16, 64), (24, 48)]);
}

#[test]
fn across_chunks_and_around_the_ring() {
    // 288 columns of eight rows are 9 KB: tiles lie across the borders of chunks.
    check([(96, 288), (48, 768)]);
}

#[test]
fn a_tile_larger_than_the_ring() {
    check([(8, 2304), (8, 16)]);
}
