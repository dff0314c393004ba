//! Each kernel alone on a simulated SPU, against the same formula in double precision on random
//! shapes and values. The tolerances allow for the SPU's truncation: they grow with the number
//! of operations in a row.

mod attention;
mod blocks;
mod harness;
mod math;
mod matvec;
mod operand;
mod vectors;
