//! Vectors quantised for products, and rows of quantised tiles made to floats.

use llama::quantise::{activation, q4, q8};
use spu::kernels::block::BlockFormat;
use spu::kernels::embed::{self, Row, RowPlace, RowRegisters};
use spu::kernels::matvec::BATCH;
use spu::kernels::operand::{BEGIN, GROUP, Quantise, RECORD, SCALE, quantise};

use crate::blocks::{Matrix, tiles};
use crate::harness::{Bench, noise};

/// A group as the SPU quantised it.
#[derive(PartialEq)]
struct Group {
    values: Vec<i16>,
    scale: f32,
    begins: Vec<i32>,
}

/// Quantises on the SPU: as one vector, and as several, which is to be the same.
fn on_spu(format: BlockFormat, x: &[f32]) -> Vec<Group> {
    let one = vectors_on_spu(format, x, 1);
    let several = vectors_on_spu(format, x, BATCH);
    let groups = one.len() / BATCH;
    for (index, group) in several.iter().enumerate() {
        assert!(*group == one[index % BATCH * groups + index / BATCH]);
    }
    one
}

fn vectors_on_spu(format: BlockFormat, x: &[f32], vectors: usize) -> Vec<Group> {
    let mut bench = Bench::new();
    let groups = x.len() / GROUP;
    let from = bench.vector(x);
    let to = bench.vector(&vec![0.0; groups * RECORD / 4]);
    let results = bench.run(|bench, _| {
        let (from, to) = (bench.address(from), bench.address(to));
        let a = &mut bench.assembler;
        let operands = Quantise {
            x: from,
            groups: a.il((groups / vectors) as i32),
            out: to,
        };
        quantise(a, format, operands, vectors);
    });
    let words: Vec<u32> = results.vector(to).iter().map(|x| x.to_bits()).collect();
    let records = words.chunks(RECORD / 4);
    let group = |record: &[u32]| {
        let (quads, _) = record.as_chunks::<4>();
        let (values, rest) = record.split_at(SCALE as usize / 4);
        // All words of these quadwords are the same.
        for quad in &rest.as_chunks::<4>().0[..2] {
            assert_eq!(*quad, [quad[0]; 4]);
        }
        let begins = &quads[BEGIN as usize / 16..][..2];
        let halfwords = values.iter();
        Group {
            values: halfwords
                .flat_map(|word| [(word >> 16) as i16, *word as i16])
                .collect(),
            scale: f32::from_bits(quads[SCALE as usize / 16][0]),
            begins: begins.iter().map(|quad| quad[0] as i32).collect(),
        }
    };
    records.map(group).collect()
}

/// Groups of all sizes, among them zeros and a single value.
fn values() -> Vec<f32> {
    let scales = [1.0, 1e-3, 3e4, 0.0, 1e-30, 7.0, 1e-12];
    let mut x: Vec<f32> = noise(5, GROUP * scales.len())
        .iter()
        .enumerate()
        .map(|(i, x)| x * scales[i / GROUP])
        .collect();
    x.extend([0.0; GROUP]);
    *x.last_mut().expect("a value") = -5.0;
    x
}

#[test]
fn integers_of_12_bits_are_the_references() {
    let x = values();
    for (group, x) in on_spu(BlockFormat::Q4, &x).iter().zip(x.chunks(GROUP)) {
        let mut expected = [0; GROUP];
        let scale = activation::quantise(x, &mut expected);
        assert_eq!((&group.values[..], group.scale), (&expected[..], scale));
        let sum: i32 = expected.iter().map(|&x| i32::from(x)).sum();
        assert_eq!(group.begins, [-128 * sum, -2176 * sum]);
    }
}

#[test]
fn integers_of_eight_bits_are_the_references_but_near_halves() {
    let x = values();
    for (group, x) in on_spu(BlockFormat::Q8, &x).iter().zip(x.chunks(GROUP)) {
        let (mut expected, mut scale) = ([0; GROUP], [0.0]);
        q8::quantise(x, GROUP, f32::round, &mut expected, &mut scale);
        assert!((group.scale - scale[0]).abs() <= scale[0] * 1e-6);
        for ((&found, &expected), x) in group.values.iter().zip(&expected).zip(x) {
            let exact = x / scale[0];
            let near_half = (exact.abs().fract() - 0.5).abs() < 1e-3;
            let expected = i16::from(expected);
            assert!(
                found == expected || (near_half && (found - expected).abs() == 1),
                "{exact} became {found}, expected {expected}"
            );
        }
        let sum: i32 = group.values.iter().map(|&x| i32::from(x)).sum();
        assert_eq!(group.begins[0], -128 * sum);
    }
}

#[test]
fn every_row_of_a_tile_comes_out() {
    for format in [BlockFormat::Q8, BlockFormat::Q4] {
        let (rows, columns) = (format.rows(), 96);
        let matrix = Matrix::noise(format, 3, rows, columns);
        let bytes = tiles(&matrix);
        let words: Vec<f32> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|word| f32::from_bits(u32::from_be_bytes(*word)))
            .collect();
        let mut bench = Bench::new();
        let tile = bench.vector(&words);
        let outs: Vec<_> = (0..rows)
            .map(|_| bench.vector(&vec![7.0; columns]))
            .collect();
        let results = bench.run(|bench, _| {
            for (row, &out) in outs.iter().enumerate() {
                let place = RowPlace::new(format, row);
                let (tile, out) = (bench.address(tile), bench.address(out));
                let a = &mut bench.assembler;
                let place = RowRegisters {
                    scale_offset: a.quad(place.scale_offset),
                    scale_pattern: a.quad(place.scale_pattern),
                    value_pattern: a.quad(place.value_pattern),
                    shift: a.quad(place.shift),
                    mask: a.quad(place.mask),
                    flip: a.quad(place.flip),
                    factor: a.quad(place.factor),
                };
                let blocks = a.il((columns / GROUP) as i32);
                let operands = Row {
                    tile,
                    blocks,
                    out,
                    place,
                };
                embed::row(a, operands);
            }
        });
        for (row, &out) in outs.iter().enumerate() {
            for (column, &found) in results.vector(out).iter().enumerate() {
                let expected = matrix.value(row, column);
                let off = (f64::from(found) - expected).abs();
                assert!(
                    off <= expected.abs() * 2f64.powi(-22),
                    "{format:?}, row {row}, column {column}: {found}, expected {expected}"
                );
            }
        }
    }
}

/// What a bf16 number cannot say is cut off where the test makes one.
#[test]
fn the_tests_own_scales_are_bf16() {
    let matrix = Matrix::noise(BlockFormat::Q4, 1, 16, 32);
    for scale in &matrix.scales {
        assert_eq!(q4::from_bf16(q4::to_bf16(*scale)), *scale);
    }
}
