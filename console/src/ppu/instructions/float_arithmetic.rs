//! Floating-point arithmetic and estimates (book I, sections 4.6.5 and 4.6.6; appendix A
//! for the optional `fsqrt`, `fres`, `frsqrte`, `fsel`).

use super::super::float::{
    Class, Format, Operation, bit, infinity, is_nan, quick, reciprocal, reciprocal_root, unpack,
    zero,
};
use super::encoding::a;
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    a("fadd", "frt,fra,frb", (63, 21), |c, _, w| {
        add(c, w, Format::Double, 0)
    }),
    a("fadds", "frt,fra,frb", (59, 21), |c, _, w| {
        add(c, w, Format::Single, 0)
    }),
    a("fsub", "frt,fra,frb", (63, 20), |c, _, w| {
        add(c, w, Format::Double, SIGN)
    }),
    a("fsubs", "frt,fra,frb", (59, 20), |c, _, w| {
        add(c, w, Format::Single, SIGN)
    }),
    a("fmul", "frt,fra,frc", (63, 25), |c, _, w| {
        multiply(c, w, Format::Double)
    }),
    a("fmuls", "frt,fra,frc", (59, 25), |c, _, w| {
        multiply(c, w, Format::Single)
    }),
    a("fdiv", "frt,fra,frb", (63, 18), |c, _, w| {
        divide(c, w, Format::Double)
    }),
    a("fdivs", "frt,fra,frb", (59, 18), |c, _, w| {
        divide(c, w, Format::Single)
    }),
    a("fsqrt", "frt,frb", (63, 22), |c, _, w| {
        root(c, w, Format::Double)
    }),
    a("fsqrts", "frt,frb", (59, 22), |c, _, w| {
        root(c, w, Format::Single)
    }),
    a("fmadd", "frt,fra,frc,frb", (63, 29), |c, _, w| {
        fused(c, w, Format::Double, 0, 0)
    }),
    a("fmadds", "frt,fra,frc,frb", (59, 29), |c, _, w| {
        fused(c, w, Format::Single, 0, 0)
    }),
    a("fmsub", "frt,fra,frc,frb", (63, 28), |c, _, w| {
        fused(c, w, Format::Double, SIGN, 0)
    }),
    a("fmsubs", "frt,fra,frc,frb", (59, 28), |c, _, w| {
        fused(c, w, Format::Single, SIGN, 0)
    }),
    a("fnmadd", "frt,fra,frc,frb", (63, 31), |c, _, w| {
        fused(c, w, Format::Double, 0, SIGN)
    }),
    a("fnmadds", "frt,fra,frc,frb", (59, 31), |c, _, w| {
        fused(c, w, Format::Single, 0, SIGN)
    }),
    a("fnmsub", "frt,fra,frc,frb", (63, 30), |c, _, w| {
        fused(c, w, Format::Double, SIGN, SIGN)
    }),
    a("fnmsubs", "frt,fra,frc,frb", (59, 30), |c, _, w| {
        fused(c, w, Format::Single, SIGN, SIGN)
    }),
    a("fres", "frt,frb", (59, 24), fres),
    a("frsqrte", "frt,frb", (63, 26), frsqrte),
    a("fsel", "frt,fra,frc,frb", (63, 23), fsel),
];

const SIGN: u64 = 1 << 63;

/// Writes what the operation answers; with Rc condition register field 1.
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

fn operation(cpu: &mut Ppu, format: Format) -> Operation<'_> {
    Operation {
        fpscr: &mut cpu.registers.fpscr,
        format,
    }
}

/// Writes an ordinary result.
#[inline(always)]
fn finish_quickly(cpu: &mut Ppu, w: Word, result: quick::Ordinary) -> Outcome {
    cpu.registers.fpscr.set_ordinary(result.status);
    finish(cpu, w, Some(result.bits))
}

/// FRA + FRB, with FRB's sign changed by `flip` unless it is a NaN.
#[inline(always)]
fn add(cpu: &mut Ppu, w: Word, format: Format, flip: u64) -> Outcome {
    let (left, right) = (cpu.registers.fpr[w.a()], cpu.registers.fpr[w.b()]);
    match quick::sum(format, cpu.registers.fpscr, left, right ^ flip) {
        Some(sum) => finish_quickly(cpu, w, sum),
        None => add_slowly(cpu, w, format, flip),
    }
}

#[inline(never)]
fn add_slowly(cpu: &mut Ppu, w: Word, format: Format, flip: u64) -> Outcome {
    let (left, right) = (cpu.registers.fpr[w.a()], cpu.registers.fpr[w.b()]);
    let mut op = operation(cpu, format);
    let result = if is_nan(left) || is_nan(right) {
        op.nan(&[left, right], 0)
    } else {
        sum(&mut op, unpack(left), unpack(right ^ flip))
    };
    finish(cpu, w, result)
}

/// The sum of operands that are no NaNs.
fn sum(op: &mut Operation<'_>, left: Class, right: Class) -> Option<u64> {
    match (left, right) {
        (Class::Infinity(left), Class::Infinity(right)) if left != right => op.invalid(bit::VXISI),
        (Class::Infinity(sign), _) | (_, Class::Infinity(sign)) => op.special(infinity(sign), 0),
        (Class::Zero(left), Class::Zero(right)) if left == right => op.special(zero(left), 0),
        (Class::Finite(left), Class::Finite(right)) => op.sum(left.plus(right)),
        (Class::Finite(value), _) | (_, Class::Finite(value)) => op.number(value),
        _ => op.cancelled(),
    }
}

#[inline(always)]
fn multiply(cpu: &mut Ppu, w: Word, format: Format) -> Outcome {
    let (left, right) = (cpu.registers.fpr[w.a()], cpu.registers.fpr[w.c()]);
    match quick::product(format, cpu.registers.fpscr, left, right) {
        Some(product) => finish_quickly(cpu, w, product),
        None => multiply_slowly(cpu, w, format),
    }
}

#[inline(never)]
fn multiply_slowly(cpu: &mut Ppu, w: Word, format: Format) -> Outcome {
    let (left, right) = (cpu.registers.fpr[w.a()], cpu.registers.fpr[w.c()]);
    let mut op = operation(cpu, format);
    let result = if is_nan(left) || is_nan(right) {
        op.nan(&[left, right], 0)
    } else {
        match product(unpack(left), unpack(right)) {
            None => op.invalid(bit::VXIMZ),
            Some(Class::Finite(value)) => op.number(value),
            Some(Class::Infinity(sign)) => op.special(infinity(sign), 0),
            Some(Class::Zero(sign)) => op.special(zero(sign), 0),
            Some(Class::Nan) => None,
        }
    };
    finish(cpu, w, result)
}

/// The exact product of operands that are no NaNs; none for infinity times zero.
fn product(left: Class, right: Class) -> Option<Class> {
    let sign = negative(left) != negative(right);
    match (left, right) {
        (Class::Infinity(_), Class::Zero(_)) | (Class::Zero(_), Class::Infinity(_)) => None,
        (Class::Infinity(_), _) | (_, Class::Infinity(_)) => Some(Class::Infinity(sign)),
        (Class::Finite(left), Class::Finite(right)) => Some(Class::Finite(left.times(right))),
        _ => Some(Class::Zero(sign)),
    }
}

fn negative(class: Class) -> bool {
    match class {
        Class::Zero(sign) | Class::Infinity(sign) => sign,
        Class::Finite(value) => value.sign,
        Class::Nan => false,
    }
}

#[inline(always)]
fn divide(cpu: &mut Ppu, w: Word, format: Format) -> Outcome {
    let (left, right) = (cpu.registers.fpr[w.a()], cpu.registers.fpr[w.b()]);
    match quick::quotient(format, cpu.registers.fpscr, left, right) {
        Some(quotient) => finish_quickly(cpu, w, quotient),
        None => divide_slowly(cpu, w, format),
    }
}

#[inline(never)]
fn divide_slowly(cpu: &mut Ppu, w: Word, format: Format) -> Outcome {
    let (left, right) = (cpu.registers.fpr[w.a()], cpu.registers.fpr[w.b()]);
    let mut op = operation(cpu, format);
    let sign = (left ^ right) & SIGN != 0;
    let result = match (unpack(left), unpack(right)) {
        (Class::Nan, _) | (_, Class::Nan) => op.nan(&[left, right], 0),
        (Class::Infinity(_), Class::Infinity(_)) => op.invalid(bit::VXIDI),
        (Class::Zero(_), Class::Zero(_)) => op.invalid(bit::VXZDZ),
        (Class::Infinity(_), _) => op.special(infinity(sign), 0),
        (Class::Finite(_), Class::Zero(_)) => op.special(infinity(sign), bit::ZX),
        (Class::Zero(_), _) | (_, Class::Infinity(_)) => op.special(zero(sign), 0),
        (Class::Finite(left), Class::Finite(right)) => op.number(left.over(right)),
    };
    finish(cpu, w, result)
}

#[inline(always)]
fn root(cpu: &mut Ppu, w: Word, format: Format) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    match quick::root(format, cpu.registers.fpscr, bits) {
        Some(root) => finish_quickly(cpu, w, root),
        None => root_slowly(cpu, w, format),
    }
}

#[inline(never)]
fn root_slowly(cpu: &mut Ppu, w: Word, format: Format) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    let mut op = operation(cpu, format);
    let result = match unpack(bits) {
        Class::Nan => op.nan(&[bits], 0),
        Class::Zero(sign) => op.special(zero(sign), 0),
        Class::Infinity(false) => op.special(bits, 0),
        Class::Finite(value) if !value.sign => op.number(value.root()),
        _ => op.invalid(bit::VXSQRT),
    };
    finish(cpu, w, result)
}

/// ±(FRA × FRC ± FRB) with one rounding. `flip` changes the addend's sign, `negate` the
/// rounded result's, neither that of a NaN.
#[inline(always)]
fn fused(cpu: &mut Ppu, w: Word, format: Format, flip: u64, negate: u64) -> Outcome {
    let r = &cpu.registers;
    let operands = [r.fpr[w.a()], r.fpr[w.c()], r.fpr[w.b()] ^ flip];
    match quick::fused(format, r.fpscr, operands) {
        Some(sum) if negate == 0 => finish_quickly(cpu, w, sum),
        Some(sum) => finish_quickly(cpu, w, sum.negated()),
        None => fused_slowly(cpu, w, format, flip, negate),
    }
}

#[inline(never)]
fn fused_slowly(cpu: &mut Ppu, w: Word, format: Format, flip: u64, negate: u64) -> Outcome {
    let r = &cpu.registers;
    let (left, right, addend) = (r.fpr[w.a()], r.fpr[w.c()], r.fpr[w.b()]);
    let mut op = operation(cpu, format);
    let result = if is_nan(left) || is_nan(right) || is_nan(addend) {
        let without_product =
            !is_nan(left) && !is_nan(right) && product(unpack(left), unpack(right)).is_none();
        let invalid = if without_product { bit::VXIMZ } else { 0 };
        op.nan(&[left, addend, right], invalid)
    } else {
        match product(unpack(left), unpack(right)) {
            None => op.invalid(bit::VXIMZ),
            Some(product) => sum(&mut op, product, unpack(addend ^ flip)),
        }
    };
    let result = result.map(|bits| negated(op.fpscr, bits, negate));
    finish(cpu, w, result)
}

/// The negated result; FPRF describes what is written to the register.
fn negated(fpscr: &mut super::super::float::Fpscr, bits: u64, negate: u64) -> u64 {
    if is_nan(bits) || negate == 0 {
        return bits;
    }
    // LT and GT change places; a zero changes C.
    let class = fpscr.to_bits() & bit::FPRF;
    let flipped = if bits << 1 == 0 {
        class ^ 0x10 << bit::FPCC_SHIFT
    } else {
        class ^ 0x0c << bit::FPCC_SHIFT
    };
    fpscr.assign(bit::FPRF, flipped);
    bits ^ negate
}

fn fres(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    let mut op = operation(cpu, Format::Single);
    let sign = bits & SIGN != 0;
    let result = match unpack(bits) {
        Class::Nan => op.nan(&[bits], 0),
        Class::Infinity(_) => op.special(zero(sign), 0),
        Class::Zero(_) => op.special(infinity(sign), bit::ZX),
        Class::Finite(value) => op.estimate(reciprocal(value)),
    };
    finish(cpu, w, result)
}

fn frsqrte(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let bits = cpu.registers.fpr[w.b()];
    let mut op = operation(cpu, Format::Double);
    let result = match unpack(bits) {
        Class::Nan => op.nan(&[bits], 0),
        Class::Infinity(false) => op.special(zero(false), 0),
        Class::Zero(sign) => op.special(infinity(sign), bit::ZX),
        Class::Finite(value) if !value.sign => op.estimate(reciprocal_root(value)),
        _ => op.invalid(bit::VXSQRT),
    };
    finish(cpu, w, result)
}

/// FRC where FRA is at least zero, of either sign; else FRB.
fn fsel(cpu: &mut Ppu, _: &mut AddressSpace, w: Word) -> Outcome {
    let r = &cpu.registers;
    let chooser = r.fpr[w.a()];
    let chosen = if !is_nan(chooser) && (chooser & SIGN == 0 || chooser == SIGN) {
        r.fpr[w.c()]
    } else {
        r.fpr[w.b()]
    };
    finish(cpu, w, Some(chosen))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::float::Fpscr;
    use super::*;

    /// Numbers near one another, of few and of many digits, and zeros.
    fn number() -> impl Strategy<Value = u64> {
        let number = (any::<bool>(), 960_u64..1090, any::<u64>(), 0_u32..53).prop_map(
            |(sign, exponent, fraction, zeros)| {
                u64::from(sign) << 63 | exponent << 52 | fraction << 12 >> 12 >> zeros << zeros
            },
        );
        let far = any::<u64>();
        prop_oneof![16 => number, 1 => Just(0), 1 => Just(SIGN), 1 => far]
    }

    /// Exceptions, and enabled ones.
    fn status() -> impl Strategy<Value = u32> {
        prop_oneof![Just(0), any::<u32>().prop_map(|bits| bits & !3)]
    }

    type Way = fn(&mut Ppu, Word) -> Outcome;

    /// The registers after an instruction with FRA 1, FRB 2, FRC 3 as operands, FRT 4, and Rc.
    fn after(way: Way, operands: [u64; 3], fpscr: u32) -> (u64, u32, u32) {
        let mut cpu = Ppu::new(0);
        cpu.registers.fpr[1..4].copy_from_slice(&operands);
        cpu.registers.fpscr = Fpscr::from_bits(fpscr);
        let word = Word(4 << 21 | 1 << 16 | 2 << 11 | 3 << 6 | 1);
        way(&mut cpu, word).unwrap();
        let r = &cpu.registers;
        (r.fpr[4], r.fpscr.to_bits(), r.cr)
    }

    /// The quick and the slow way of an operation, in both formats.
    macro_rules! ways {
        ($quick:ident, $slow:ident $(, $more:expr)*) => {
            [Format::Double, Format::Single].map(|format| match format {
                Format::Double => {
                    let quick: Way = |c, w| $quick(c, w, Format::Double $(, $more)*);
                    let slow: Way = |c, w| $slow(c, w, Format::Double $(, $more)*);
                    (quick, slow)
                }
                Format::Single => {
                    let quick: Way = |c, w| $quick(c, w, Format::Single $(, $more)*);
                    let slow: Way = |c, w| $slow(c, w, Format::Single $(, $more)*);
                    (quick, slow)
                }
            })
        };
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn the_quick_way_is_the_slow_one(
            a in number(), b in number(), c in number(), fpscr in status(),
        ) {
            let operations = [
                ways!(add, add_slowly, 0),
                ways!(add, add_slowly, SIGN),
                ways!(multiply, multiply_slowly),
                ways!(divide, divide_slowly),
                ways!(root, root_slowly),
                ways!(fused, fused_slowly, 0, 0),
                ways!(fused, fused_slowly, SIGN, 0),
                ways!(fused, fused_slowly, 0, SIGN),
                ways!(fused, fused_slowly, SIGN, SIGN),
            ];
            for (quick, slow) in operations.into_iter().flatten() {
                prop_assert_eq!(after(quick, [a, b, c], fpscr), after(slow, [a, b, c], fpscr));
            }
        }
    }
}
