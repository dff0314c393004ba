//! Matrix × vector, the matrix taken from the stream.

use super::lanes::{self, Sum4Patterns};
use super::stream::{STEP, Stream};
use crate::asm::{Assembler, Function, Reg};

/// Rows of a tile.
pub const TILE: usize = 8;
/// Columns of a step.
pub const STEP_COLUMNS: usize = 16;

/// The product as a function, and the registers of its operands.
///
/// The matrix comes in tiles of eight rows; a tile is a run of steps of 16 columns; a step is
/// four times a quadword (four columns) of each of the eight rows. So one load of the vector
/// serves eight multiply-adds, which are independent of one another and hide the latency.
#[derive(Clone, Copy, Debug)]
pub struct MatVec {
    /// Address of the vector in local store, a multiple of 16.
    pub x: Reg,
    /// Steps of a tile, at least 1: the length of the vector divided by 16.
    pub steps: Reg,
    /// How many tiles, at least 1.
    pub tiles: Reg,
    /// Where the results go, eight floats a tile; a multiple of 16.
    pub out: Reg,
    function: Function,
}

impl MatVec {
    /// Records the function.
    pub fn new(a: &mut Assembler, stream: &Stream) -> Self {
        let [x, steps, tiles, out] = core::array::from_fn(|_| a.reg());
        let weights = a.alias_class();
        let vector = a.alias_class();
        let function = a.function("matvec", |a| {
            let patterns = Sum4Patterns::load(a);
            let to = a.copy(out);
            a.repeat(tiles, |a| {
                let zero = a.float(0.0);
                let sums: [Reg; TILE] = core::array::from_fn(|_| a.copy(zero));
                let from = a.copy(x);
                let left = a.copy(steps);
                a.do_while(|a| {
                    let ready_bytes = a.sf(stream.next, stream.chunk_end);
                    let ready = a.rotmi(ready_bytes, -(STEP.trailing_zeros() as i32));
                    let now = lanes::min_word(a, ready, left);
                    a.set(left).sf(now, left);
                    a.repeat(now, |a| {
                        for quad in 0..4 {
                            let x = a.on(vector).lqd(from, quad * 16);
                            for (row, &sum) in (0i32..).zip(&sums) {
                                let w = a.on(weights).lqd(stream.next, quad * 128 + row * 16);
                                a.set(sum).fma(w, x, sum);
                            }
                        }
                        a.set(from).ai(from, 64);
                        let step = a.il(STEP as i32);
                        a.set(stream.next).a(stream.next, step);
                    });
                    stream.advance(a);
                    left
                });
                let [s0, s1, s2, s3, s4, s5, s6, s7] = sums;
                let first = lanes::sum4(a, &patterns, [s0, s1, s2, s3]);
                let second = lanes::sum4(a, &patterns, [s4, s5, s6, s7]);
                a.stqd(first, to, 0);
                a.stqd(second, to, 16);
                a.set(to).ai(to, 32);
            });
        });
        Self {
            x,
            steps,
            tiles,
            out,
            function,
        }
    }

    /// Calls it for the operands in the registers. Does nothing where there are no tiles.
    pub fn call(&self, a: &mut Assembler) {
        a.if_nonzero(self.tiles, |a| a.call(self.function));
    }
}
