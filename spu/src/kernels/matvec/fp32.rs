//! The product in single precision.

use alloc::vec::Vec;

use super::{Operands, for_each_block};
use crate::asm::{Assembler, Reg};
use crate::kernels::block::BlockFormat;
use crate::kernels::lanes::{self, Sum4Patterns};
use crate::kernels::stream::Stream;

const FORMAT: BlockFormat = BlockFormat::Fp32;
const ROWS: usize = FORMAT.rows();

/// One load of a vector serves eight multiply-adds, which are independent of one another and
/// hide the latency; one load of a weight serves all vectors.
pub(super) fn product(a: &mut Assembler, stream: &Stream, o: Operands, vectors: usize) {
    let weights = a.alias_class();
    let vector = a.alias_class();
    let patterns = Sum4Patterns::load(a);
    let xs = o.vectors(a, vectors, FORMAT.columns() * 4);
    let outs = o.outs(a, vectors, ROWS);
    let bytes = a.il(FORMAT.bytes() as i32);
    let mut seldom = None;
    a.repeat(o.tiles, |a| {
        let zero = a.float(0.0);
        let sums: Vec<[Reg; ROWS]> = (0..vectors)
            .map(|_| core::array::from_fn(|_| a.copy(zero)))
            .collect();
        let from: Vec<Reg> = xs.iter().map(|&x| a.copy(x)).collect();
        let rest = for_each_block(a, stream, o.blocks, |a| {
            for quad in 0..4 {
                let x: Vec<Reg> = from
                    .iter()
                    .map(|&from| a.on(vector).lqd(from, quad * 16))
                    .collect();
                for row in 0..ROWS {
                    let w = a.on(weights).lqd(stream.next, quad * 128 + row as i32 * 16);
                    for (x, sums) in x.iter().zip(&sums) {
                        a.set(sums[row]).fma(w, *x, sums[row]);
                    }
                }
            }
            for &from in &from {
                a.set(from).ai(from, 64);
            }
            a.set(stream.next).a(stream.next, bytes);
        });
        seldom = Some(rest);
        for (sums, &out) in sums.iter().zip(&outs) {
            for (half, parts) in (0i32..).zip(sums.as_chunks::<4>().0) {
                let sum = lanes::sum4(a, &patterns, *parts);
                a.stqd(sum, out, half * 16);
            }
            a.set(out).ai(out, 32);
        }
    });
    a.ret();
    if let Some(seldom) = seldom {
        seldom.record(a, stream);
    }
}
