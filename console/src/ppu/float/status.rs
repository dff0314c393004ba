//! Results and exceptions into the FPSCR.

use super::exact::{Exact, Sum};
use super::fpscr::{Fpscr, RoundingMode, bit};
use super::number::{QUIET, default_nan, is_nan, is_signaling, zero};
use super::round::Format;

/// An arithmetic instruction in progress: its FPSCR and the format of its result.
///
/// All methods answer the bits for the target register, or nothing where an enabled
/// exception keeps the instruction from writing it.
pub(in super::super) struct Operation<'a> {
    pub(in super::super) fpscr: &'a mut Fpscr,
    pub(in super::super) format: Format,
}

impl Operation<'_> {
    /// The result where an operand is a NaN: the first of them, quiet, in the order FRA,
    /// FRB, FRC (section 4.3.2). `invalid` holds other causes that occur beside.
    pub(in super::super) fn nan(&mut self, operands: &[u64], invalid: u32) -> Option<u64> {
        let signaling = operands.iter().any(|&bits| is_signaling(bits));
        let exceptions = invalid | if signaling { bit::VXSNAN } else { 0 };
        let nan = operands.iter().find(|&&bits| is_nan(bits));
        let nan = nan.map_or(default_nan(), |bits| bits | QUIET);
        self.special(nan, exceptions)
    }

    /// The result of an invalid operation on numbers.
    pub(in super::super) fn invalid(&mut self, cause: u32) -> Option<u64> {
        self.special(default_nan(), cause)
    }

    /// An exact result, such as an infinity; with the exceptions it comes from.
    pub(in super::super) fn special(&mut self, bits: u64, exceptions: u32) -> Option<u64> {
        self.fpscr.raise(exceptions);
        let kept = exceptions & bit::ALL_INVALID != 0 && self.fpscr.is_set(bit::VE)
            || exceptions & bit::ZX != 0 && self.fpscr.is_set(bit::ZE);
        if kept {
            self.fpscr.assign(bit::FR | bit::FI, 0);
            return None;
        }
        self.fpscr.set_result(class_code(bits, self.format));
        Some(bits)
    }

    /// A number, rounded.
    pub(in super::super) fn number(&mut self, value: Exact) -> Option<u64> {
        let rounded = self.format.round(value, *self.fpscr);
        let inexact = if rounded.inexact { bit::XX } else { 0 };
        self.fpscr.raise(rounded.exceptions | inexact);
        self.fpscr.set_result(
            class_code(rounded.bits, self.format)
                | if rounded.inexact { bit::FI } else { 0 }
                | if rounded.up { bit::FR } else { 0 },
        );
        Some(rounded.bits)
    }

    /// An estimate: FR, FI and XX say nothing about it.
    pub(in super::super) fn estimate(&mut self, value: Exact) -> Option<u64> {
        let rounded = self.format.round(value, *self.fpscr);
        self.fpscr.raise(rounded.exceptions);
        self.fpscr.set_result(class_code(rounded.bits, self.format));
        Some(rounded.bits)
    }

    /// A sum, rounded; operands that cancel give +0, and -0 when rounding down.
    pub(in super::super) fn sum(&mut self, sum: Sum) -> Option<u64> {
        match sum {
            Sum::Number(value) => self.number(value),
            Sum::Cancelled => self.cancelled(),
        }
    }

    /// The zero of operands that cancel.
    pub(in super::super) fn cancelled(&mut self) -> Option<u64> {
        let negative = self.fpscr.rounding() == RoundingMode::Down;
        self.special(zero(negative), 0)
    }
}

/// FPRF of a result (section 4.2.2, "Floating-Point Result Flags").
fn class_code(bits: u64, format: Format) -> u32 {
    let negative = bits >> 63 != 0;
    let magnitude = bits & !(1 << 63);
    let smallest_normal = match format {
        Format::Double => 0x0010_0000_0000_0000,
        Format::Single => 0x3810_0000_0000_0000,
    };
    let code = match magnitude {
        0 if negative => 0x12,
        0 => 0x02,
        0x7ff0_0000_0000_0000 => 0x01 | sign_code(negative),
        _ if is_nan(bits) => 0x11,
        _ if magnitude < smallest_normal => 0x10 | sign_code(negative),
        _ => sign_code(negative),
    };
    code << bit::FPCC_SHIFT
}

const fn sign_code(negative: bool) -> u32 {
    if negative { 0x08 } else { 0x04 }
}
