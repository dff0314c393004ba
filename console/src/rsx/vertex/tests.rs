//! Every operation, encoded by `rsx-gcm` and compared with a scalar model.

use proptest::prelude::*;
use rsx_gcm::operand::{Lane, Mask, Swizzle};
use rsx_gcm::vp::{
    self, AddressRegister, Builder, Output, ScalarOp, Target, VectorOp, attribute, constant, temp,
};

use super::*;

type V = [f32; 4];

/// Runs a program with these attributes; constant n is n, n + 0.25, n + 0.5, n + 0.75.
fn run(program: &vp::Program, inputs: &[V]) -> Registers {
    run_words(program.code(), inputs).expect("runs")
}

fn run_words(code: &[[u32; 4]], inputs: &[V]) -> Result<Registers, crate::rsx::Problem> {
    let mut unit = Unit::default();
    for (slot, words) in code.iter().enumerate() {
        for (n, &word) in words.iter().enumerate() {
            assert!(unit.set_code(10 + slot as u32, n, word));
        }
    }
    for n in 0..468 {
        for c in 0..4 {
            let value = n as f32 + 0.25 * c as f32;
            assert!(unit.set_constant(n, c, value.to_bits()));
        }
    }
    let mut attributes = [[0.0; 4]; 16];
    attributes[..inputs.len()].copy_from_slice(inputs);
    let mut outputs = [[9.0; 4]; 16];
    unit.run(10, &attributes, &mut outputs)?;
    Ok(outputs)
}

fn assembled(body: impl FnOnce(&mut Builder)) -> vp::Program {
    let mut builder = Builder::new();
    body(&mut builder);
    builder.mov(Output::Position, attribute(0));
    builder.finish().expect("assembles")
}

fn vector_model(op: VectorOp, a: V, b: V, c: V) -> Option<[f64; 4]> {
    let d = |x: f32| f64::from(x);
    let number = |x: bool| f64::from(u8::from(x));
    let each = |f: &dyn Fn(usize) -> f64| Some([f(0), f(1), f(2), f(3)]);
    let dot = |n: usize| (0..n).map(|i| d(a[i]) * d(b[i])).sum::<f64>();
    match op {
        VectorOp::Mov => each(&|i| d(a[i])),
        VectorOp::Mul => each(&|i| d(a[i] * b[i])),
        VectorOp::Add => each(&|i| d(a[i] + b[i])),
        VectorOp::Mad => each(&|i| d(a[i] * b[i] + c[i])),
        VectorOp::Dp3 => Some([dot(3); 4]),
        VectorOp::Dph => Some([dot(3) + d(b[3]); 4]),
        VectorOp::Dp4 => Some([dot(4); 4]),
        VectorOp::Dst => Some([1.0, d(a[1] * b[1]), d(a[2]), d(b[3])]),
        VectorOp::Min => each(&|i| d(a[i].min(b[i]))),
        VectorOp::Max => each(&|i| d(a[i].max(b[i]))),
        VectorOp::Slt => each(&|i| number(a[i] < b[i])),
        VectorOp::Sge => each(&|i| number(a[i] >= b[i])),
        VectorOp::Frc => each(&|i| d(a[i] - a[i].floor())),
        VectorOp::Flr => each(&|i| d(a[i].floor())),
        VectorOp::Seq => each(&|i| number(a[i] == b[i])),
        VectorOp::Sfl => Some([0.0; 4]),
        VectorOp::Sgt => each(&|i| number(a[i] > b[i])),
        VectorOp::Sle => each(&|i| number(a[i] <= b[i])),
        VectorOp::Sne => each(&|i| number(a[i] != b[i])),
        VectorOp::Str => Some([1.0; 4]),
        VectorOp::Ssg => each(&|i| if a[i] == 0.0 { 0.0 } else { d(a[i].signum()) }),
        _ => None,
    }
}

fn scalar_model(op: ScalarOp, v: V) -> Option<[f64; 4]> {
    let x = f64::from(v[0]);
    let all = |x: f64| Some([x; 4]);
    match op {
        ScalarOp::Mov => Some(v.map(f64::from)),
        ScalarOp::Rcp => all(1.0 / x),
        ScalarOp::Rcc => all((1.0 / x.abs())
            .clamp(5.421_01e-20, 1.884_467e19)
            .copysign(x)),
        ScalarOp::Rsq => all(1.0 / x.abs().sqrt()),
        ScalarOp::Exp => Some([x.floor().exp2(), x - x.floor(), x.exp2(), 1.0]),
        ScalarOp::Log => {
            let exponent = x.abs().log2().floor();
            Some([exponent, x.abs() / exponent.exp2(), x.abs().log2(), 1.0])
        }
        ScalarOp::Lit => {
            let power = f64::from(v[1].max(0.0)).powf(f64::from(v[3].clamp(-128.0, 128.0)));
            Some([1.0, x.max(0.0), if x > 0.0 { power } else { 0.0 }, 1.0])
        }
        ScalarOp::Lg2 => all(x.log2()),
        ScalarOp::Ex2 => all(x.exp2()),
        ScalarOp::Sin => all(x.sin()),
        ScalarOp::Cos => all(x.cos()),
        _ => None,
    }
}

fn close(found: V, expected: [f64; 4], scale: f64) -> bool {
    found.iter().zip(expected).all(|(&found, expected)| {
        let found = f64::from(found);
        if expected.is_nan() {
            return found.is_nan();
        }
        found == expected
            || f64::from(expected as f32) == found
            || (found - expected).abs() <= 4e-6 * (expected.abs() + scale) + 1e-38
    })
}

fn vector() -> impl Strategy<Value = V> {
    let number = || prop_oneof![4 => -4.0f32..4.0, 1 => (-4i8..=4).prop_map(f32::from)];
    [number(), number(), number(), number()]
}

proptest! {
    #[test]
    fn operations_agree_with_the_model(a in vector(), b in vector(), c in vector()) {
        let mut checked = 0;
        let temporaries = |builder: &mut Builder| {
            for n in 0..3 {
                builder.mov(Target::Temp(n), attribute(n));
            }
        };
        for &op in VectorOp::ALL {
            let (Some(sources), Some(_)) = (op.sources(), vector_model(op, a, b, c)) else { continue };
            // Operands in the order of the mnemonic: ADD has its second one in source 2.
            let operands: Vec<_> = (0..sources.len() as u8).map(temp).collect();
            let program = assembled(|builder| {
                temporaries(builder);
                builder.vector(op, Output::TexCoord(0), &operands);
            });
            let expected = vector_model(op, a, b, c).expect("checked");
            let found = run(&program, &[a, b, c])[7];
            prop_assert!(close(found, expected, 16.0), "{op:?} {found:?} {expected:?}");
            checked += 1;
        }
        for &op in ScalarOp::ALL {
            let (Some(_), Some(expected)) = (op.sources(), scalar_model(op, a)) else { continue };
            let program = assembled(|builder| {
                temporaries(builder);
                builder.scalar(op, Output::TexCoord(0), &[temp(0)]);
            });
            let found = run(&program, &[a, b, c])[7];
            // Near a power of two the exponent that LOG gives may be the neighbour's.
            let edge = op == ScalarOp::Log && (expected[1] - 1.0).abs().min((expected[1] - 2.0).abs()) < 1e-5;
            // Of a power with a large logarithm.
            let scale = if op == ScalarOp::Lit { expected[2].abs() * 100.0 } else { 1.0 };
            prop_assert!(edge || close(found, expected, scale), "{op:?} {a:?} {found:?} {expected:?}");
            checked += 1;
        }
        prop_assert!(checked >= 30, "{checked}");
    }

    #[test]
    fn operands_are_modified_and_results_masked(
        a in vector(), b in vector(),
        swizzle in [0u32..4, 0..4, 0..4, 0..4],
        mask in 1u32..16,
        (absolute, negate, saturate) in any::<(bool, bool, bool)>(),
    ) {
        let program = assembled(|builder| {
            let mut source = attribute(0).swizzle(Swizzle(swizzle.map(Lane::from_bits)));
            source.absolute = absolute;
            source.negate = negate;
            builder.mov(Target::Temp(5), attribute(1));
            builder.add(Output::TexCoord(3).mask(Mask::from_bits(mask)), source, temp(5));
            if saturate {
                builder.saturate();
            }
        });
        let found = run(&program, &[a, b])[10];
        for k in 0..4 {
            let mut x = a[swizzle[k] as usize];
            if absolute { x = x.abs(); }
            if negate { x = -x; }
            let mut y = x + b[k];
            if saturate { y = y.clamp(0.0, 1.0); }
            let unwritten = if k == 3 { 1.0 } else { 0.0 };
            let expected = if mask >> k & 1 != 0 { y } else { unwritten };
            prop_assert_eq!(found[k], expected);
        }
    }

    #[test]
    fn constants_are_indexed(index in -3.0f32..460.0) {
        let program = assembled(|builder| {
            let address = AddressRegister { number: 1, lane: Lane::Z };
            builder.arl(Target::Address(1).mask(Mask::Z), attribute(0));
            builder.mov(Output::TexCoord(0), vp::indexed(address, 5));
        });
        let found = run(&program, &[[0.0, 0.0, index, 0.0]])[7];
        let at = index.floor() + 5.0;
        let expected = if !(0.0..=467.0).contains(&at) { [0.0; 4] } else { [0.0, 0.25, 0.5, 0.75].map(|c| at + c) };
        prop_assert_eq!(found, expected);
    }

    /// No words make the unit panic.
    #[test]
    fn random_programs_run_or_are_refused(words in proptest::collection::vec(any::<[u32; 4]>(), 1..20)) {
        let _ = run_words(&words, &[[1.0, -1.0, 0.0, f32::NAN]; 16]);
    }
}

#[test]
fn both_units_read_before_either_writes() {
    // Vector: MOV temp 0, attribute 0. Scalar: RCP temp 1, temp 0.
    let program = assembled(|builder| {
        builder.mov(Target::Temp(0), constant(2));
        let vector = vp::Operation {
            op: VectorOp::Mov,
            to: Target::Temp(0).into(),
            operands: [Some(attribute(0)), None, None],
        };
        let scalar = vp::Operation {
            op: ScalarOp::Rcp,
            to: Target::Temp(1).into(),
            operands: [Some(temp(0)), None, None],
        };
        builder.push(vp::Instruction {
            vector: Some(vector),
            scalar: Some(scalar),
            saturate: false,
        });
        builder.mov(Output::TexCoord(0), temp(0));
        builder.mov(Output::TexCoord(1), temp(1));
    });
    let found = run(&program, &[[4.0; 4]]);
    assert_eq!((found[7], found[8]), ([4.0; 4], [0.5; 4]));
}

#[test]
fn conditions_branches_and_calls_work() {
    // MOV o0, v0 as tried, with fields changed.
    const MOV: [u32; 4] = [0x401f_9c6c, 0x0040_000d, 0x8106_c083, 0x6041_ff80];
    let output = |mut words: [u32; 4], n: u32| {
        words[3] |= n << 2;
        words
    };
    let no_vector = |words: [u32; 4]| {
        [
            words[0] & !(1 << 30),
            words[1] & !(31 << 22),
            words[2],
            words[3],
        ]
    };
    // The condition register is set from v0, and nothing else is written.
    let set = [
        MOV[0] & !(1 << 30) | 1 << 14,
        MOV[1],
        MOV[2],
        MOV[3] | 0x1f << 2,
    ];
    // o7 = v0 where the condition is less than 0.
    let masked = {
        let words = output(MOV, 7);
        [
            words[0] & !(7 << 10) | 1 << 10 | 1 << 13,
            words[1],
            words[2],
            words[3],
        ]
    };
    let branch = |operation: u32, target: u32, condition: u32| {
        let words = no_vector(MOV);
        [
            words[0] & !(7 << 10) | condition << 10 | 1 << 13,
            words[1] | operation << 27,
            words[2] & !0x3f | target >> 3,
            words[3] & !(7 << 29) | (target & 7) << 29,
        ]
    };
    let end = |mut words: [u32; 4]| {
        words[3] |= 1;
        words
    };
    let value = [-1.0, 2.0, -3.0, 0.0];
    let found = run_words(&[set, end(masked)], &[value]).expect("runs");
    assert_eq!(found[7], [-1.0, 0.0, -3.0, 1.0]);
    // Slots count from 10. A branch over one instruction, taken always.
    let found = run_words(
        &[branch(9, 12, 7), output(MOV, 7), end(output(MOV, 8))],
        &[value],
    );
    let found = found.expect("runs");
    assert_eq!((found[7], found[8]), ([0.0, 0.0, 0.0, 1.0], value));
    // Never taken.
    let found = run_words(
        &[branch(9, 12, 0), output(MOV, 7), end(output(MOV, 8))],
        &[value],
    );
    assert_eq!(found.expect("runs")[7], value);
    // A call of the last but one, which returns to the end.
    let program = [
        branch(10, 12, 7),
        end(output(MOV, 8)),
        output(MOV, 7),
        branch(12, 0, 7),
    ];
    let found = run_words(&program, &[value]).expect("runs");
    assert_eq!((found[7], found[8]), (value, value));
    // Round and round.
    assert!(run_words(&[branch(9, 10, 7)], &[value]).is_err());
    assert!(run_words(&[branch(10, 10, 7)], &[value]).is_err());
}
