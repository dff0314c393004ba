//! Floating-point moves, rounding and conversion (book I, sections 4.6.4 and 4.6.7).

use super::super::float::{
    Class, Exact, Format, Operation, RoundingMode, bit, infinity, is_nan, is_signaling, quick,
    round_to_integer, unpack, zero,
};
use super::encoding::x_record;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    x_record("fmr", "frt,frb", (63, 72), |c, _, w| {
        copy(c, w, |bits| bits)
    }),
    x_record("fneg", "frt,frb", (63, 40), |c, _, w| {
        copy(c, w, |bits| bits ^ SIGN)
    }),
    x_record("fabs", "frt,frb", (63, 264), |c, _, w| {
        copy(c, w, |bits| bits & !SIGN)
    }),
    x_record("fnabs", "frt,frb", (63, 136), |c, _, w| {
        copy(c, w, |bits| bits | SIGN)
    }),
    x_record("frsp", "frt,frb", (63, 12), frsp),
    x_record("fctid", "frt,frb", (63, 814), |c, _, w| {
        to_integer(c, w, DOUBLEWORD, None)
    }),
    x_record("fctidz", "frt,frb", (63, 815), |c, _, w| {
        to_integer(c, w, DOUBLEWORD, ZERO)
    }),
    x_record("fctiw", "frt,frb", (63, 14), |c, _, w| {
        to_integer(c, w, WORD, None)
    }),
    x_record("fctiwz", "frt,frb", (63, 15), |c, _, w| {
        to_integer(c, w, WORD, ZERO)
    }),
    x_record("fcfid", "frt,frb", (63, 846), fcfid),
];

const SIGN: u64 = 1 << 63;
const ZERO: Option<RoundingMode> = Some(RoundingMode::Zero);

/// An integer format by its range. The register's high word is undefined where this is a
/// word; the PPE extends the sign.
#[derive(Clone, Copy)]
struct Integer {
    least: i64,
    greatest: i64,
}

const DOUBLEWORD: Integer = Integer {
    least: i64::MIN,
    greatest: i64::MAX,
};
const WORD: Integer = Integer {
    least: i32::MIN as i64,
    greatest: i32::MAX as i64,
};

#[inline]
fn finish(cpu: &mut Ppu, w: Word, result: Option<u64>) -> Outcome {
    if let Some(bits) = result {
        cpu.registers.fpr[w.t()] = bits;
    }
    if w.rc() {
        cpu.registers.record_float();
    }
    Ok(())
}

#[inline(always)]
fn copy(cpu: &mut Ppu, w: Word, change: fn(u64) -> u64) -> Outcome {
    let bits = change(cpu.registers.fpr[w.b()]);
    finish(cpu, w, Some(bits))
}

fn frsp(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    let Some(number) = quick::number(Format::Single, cpu.registers.fpscr, bits) else {
        return frsp_slowly(cpu, w);
    };
    cpu.registers.fpscr.set_ordinary(number.status);
    finish(cpu, w, Some(number.bits))
}

#[inline(never)]
fn frsp_slowly(cpu: &mut Ppu, w: Word) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    let mut op = Operation {
        fpscr: &mut cpu.registers.fpscr,
        format: Format::Single,
    };
    let result = match unpack(bits) {
        // The fraction of a NaN loses its low 29 bits here.
        Class::Nan => op.nan(&[bits], 0).map(|nan| nan >> 29 << 29),
        Class::Zero(sign) => op.special(zero(sign), 0),
        Class::Infinity(sign) => op.special(infinity(sign), 0),
        Class::Finite(value) => op.number(value),
    };
    finish(cpu, w, result)
}

/// FPRF is undefined afterwards and stays as it was.
#[inline(always)]
fn to_integer(cpu: &mut Ppu, w: Word, integer: Integer, mode: Option<RoundingMode>) -> Outcome {
    let value = f64::from_bits(cpu.registers.fpr[w.b()]);
    // Both bounds are in the range; they are exact.
    if mode == ZERO && value >= integer.least as f64 && value <= integer.least as f64 * -0.5 {
        let cut = value as i64;
        cpu.registers.fpscr.set_cut(cut as f64 != value);
        return finish(cpu, w, Some(cut as u64));
    }
    to_integer_slowly(cpu, w, integer, mode)
}

#[inline(never)]
fn to_integer_slowly(
    cpu: &mut Ppu,
    w: Word,
    integer: Integer,
    mode: Option<RoundingMode>,
) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    let fpscr = &mut cpu.registers.fpscr;
    let negative = bits & SIGN != 0;
    let rounded = match unpack(bits) {
        Class::Zero(_) => Some((0, false, false)),
        Class::Finite(value) => {
            round_to_integer(value, mode.unwrap_or(fpscr.rounding())).and_then(|rounded| {
                let magnitude = i128::from(rounded.0);
                let value = if negative { -magnitude } else { magnitude };
                let value = i64::try_from(value).ok()?;
                let fits = (integer.least..=integer.greatest).contains(&value);
                fits.then_some((value, rounded.1, rounded.2))
            })
        }
        _ => None,
    };
    let result = match rounded {
        Some((value, inexact, up)) => {
            fpscr.raise(if inexact { bit::XX } else { 0 });
            let inexact = if inexact { bit::FI } else { 0 };
            let up = if up { bit::FR } else { 0 };
            fpscr.assign(bit::FR | bit::FI, inexact | up);
            Some(value as u64)
        }
        None => {
            let signaling = if is_signaling(bits) { bit::VXSNAN } else { 0 };
            fpscr.raise(bit::VXCVI | signaling);
            fpscr.assign(bit::FR | bit::FI, 0);
            let value = if negative || is_nan(bits) {
                integer.least
            } else {
                integer.greatest
            };
            (!fpscr.is_set(bit::VE)).then_some(value as u64)
        }
    };
    finish(cpu, w, result)
}

fn fcfid(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let value = cpu.registers.fpr[w.b()] as i64;
    if let Some(number) = quick::integer(value) {
        cpu.registers.fpscr.set_ordinary(number.status);
        return finish(cpu, w, Some(number.bits));
    }
    fcfid_slowly(cpu, w, value)
}

#[inline(never)]
fn fcfid_slowly(cpu: &mut Ppu, w: Word, value: i64) -> Outcome {
    let mut op = Operation {
        fpscr: &mut cpu.registers.fpscr,
        format: Format::Double,
    };
    let result = if value == 0 {
        op.special(0, 0)
    } else {
        op.number(Exact::new(value < 0, 0, u128::from(value.unsigned_abs())))
    };
    finish(cpu, w, result)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::float::Fpscr;
    use super::*;

    /// Numbers from tiny to large ones, of few and of many digits.
    fn number() -> impl Strategy<Value = u64> {
        (any::<u64>(), 900_u64..1200, 0_u32..53).prop_map(|(bits, exponent, zeros)| {
            bits & 1 << 63 | exponent << 52 | (bits & ((1 << 52) - 1)) >> zeros << zeros
        })
    }

    fn same(
        bits: u64,
        fpscr: u32,
        quick: impl Fn(&mut Ppu, Word),
        slow: impl Fn(&mut Ppu, Word),
    ) -> Result<(), TestCaseError> {
        let mut one = Ppu::new(0);
        one.registers.fpr[1] = bits;
        one.registers.fpscr = Fpscr::from_bits(fpscr);
        let mut other = one.clone();
        let word = Word(2 << 21 | 1 << 11 | 1);
        quick(&mut one, word);
        slow(&mut other, word);
        prop_assert_eq!(one.registers, other.registers);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]
        #[test]
        fn the_quick_ways_are_the_slow_ones(
            number in number(), integer in any::<i64>(), shift in 0_u32..64, fpscr in any::<u32>(),
        ) {
            let fpscr = fpscr & !3;
            let quick = |c: &mut Ppu, w| frsp(c, &mut AddressSpace::new(), w).unwrap();
            same(number, fpscr, quick, |c, w| frsp_slowly(c, w).unwrap())?;
            for format in [WORD, DOUBLEWORD] {
                let quick = |c: &mut Ppu, w| to_integer(c, w, format, ZERO).unwrap();
                let slow = |c: &mut Ppu, w| to_integer_slowly(c, w, format, ZERO).unwrap();
                same(number, fpscr, quick, slow)?;
            }
            let integer = integer >> shift;
            let quick = |c: &mut Ppu, w| fcfid(c, &mut AddressSpace::new(), w).unwrap();
            let slow = |c: &mut Ppu, w| fcfid_slowly(c, w, integer).unwrap();
            same(integer as u64, fpscr, quick, slow)?;
        }
    }
}
