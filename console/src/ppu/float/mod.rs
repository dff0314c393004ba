//! Scalar floating point: IEEE 754 arithmetic in integers, with the status that the
//! PowerPC keeps of every operation. Nothing depends on the host's rounding mode or flags.
//!
//! ```text
//! fpscr     the status and control register
//! number    the operands: what the bits of a double say
//! exact     sums, products, quotients and roots that lose nothing that rounding needs
//! estimate  the tables of reciprocals and their roots
//! round     an exact value to double or single precision in one rounding
//! quick     all of it for ordinary numbers by the host's arithmetic, with exact errors
//! status    results and exceptions into the FPSCR
//! ```
//!
//! Source: "PowerPC User Instruction Set Architecture", version 2.02, chapter 4.

mod estimate;
mod exact;
mod fpscr;
mod number;
pub(super) mod quick;
mod round;
mod status;

pub(super) use estimate::{reciprocal, reciprocal_root};
pub(super) use exact::Exact;
pub(super) use fpscr::bit;
pub use fpscr::{Fpscr, RoundingMode};
pub(super) use number::{Class, infinity, is_nan, is_signaling, unpack, zero};
pub(super) use round::{Format, round_to_integer};
pub(super) use status::Operation;
