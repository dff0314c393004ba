//! Every operation and modifier, encoded by `rsx-gcm` and compared with a scalar model.

use proptest::prelude::*;
use rsx_gcm::fp::{self, Builder, Op, ResultRegister, Scale, Source, Test, Value};
use rsx_gcm::operand::{Lane, Mask, Swizzle};

use super::*;
use crate::rsx::half;
use crate::rsx::memory::{Location, StandaloneMemory};

type V = [f32; 4];

/// Reads the program back from memory and runs it; lane n of the inputs is `inputs[n]`, three texture coordinates.
fn run_program(program: &fp::Program, inputs: &[[V; 3]]) -> Vec<(V, bool)> {
    let mut own = StandaloneMemory::new(0x4000, 0);
    let mut memory = own.view();
    for (n, word) in program.memory_words().enumerate() {
        memory
            .write_u32(Location::Local, 4 * n as u32, word)
            .expect("fits");
    }
    let program_read = Program::read(&memory, Location::Local, 0).expect("a program");
    let environment = Environment {
        full_precision: program.control().full_precision(),
        two_dimensional: 0,
        sets_depth: false,
        colours: 1,
    };
    let plan = Plans::default()
        .get(&program_read.code, environment)
        .expect("a plan");
    let mut planes = Planes::default();
    planes.fix(&plan, &program_read.constants);
    for &(input, plane) in &plan.inputs {
        let Input::Varying { output, component } = input else {
            panic!("texture coordinates only")
        };
        for (to, lane) in planes.get_mut(plane).iter_mut().zip(inputs) {
            *to = lane[usize::from(output) - 7][usize::from(component)];
        }
    }
    let samplers = [const { None }; 16];
    run(&plan, &mut planes, inputs.len(), &samplers, &memory);
    (0..inputs.len())
        .map(|lane| {
            let colour = plan.colours[0].map(|plane| planes.get(plane)[lane]);
            let killed = plan
                .kill
                .is_some_and(|plane| planes.get(plane)[lane] != 0.0);
            (colour, killed)
        })
        .collect()
}

fn r(n: u8) -> fp::Register {
    fp::Register::R(n)
}

/// A program that has the three inputs in R1 to R3 and then does what `body` adds.
fn program(result: ResultRegister, body: impl FnOnce(&mut Builder)) -> fp::Program {
    let mut builder = Builder::new();
    for n in 0..3 {
        builder.mov(r(n + 1), fp::Input::TexCoord(n));
    }
    body(&mut builder);
    builder.finish(result).expect("assembles")
}

/// What an operation gives, from the words of the extension specifications; f64 for what is no single operation.
fn model(op: Op, a: V, b: V, c: V) -> Option<[f64; 4]> {
    let d = |x: f32| f64::from(x);
    let number = |x: bool| f64::from(u8::from(x));
    let each = |f: &dyn Fn(usize) -> f64| Some([f(0), f(1), f(2), f(3)]);
    let all = |x: f64| Some([x; 4]);
    let dot = |n: usize| (0..n).map(|i| d(a[i]) * d(b[i])).sum::<f64>();
    match op {
        Op::Mov => each(&|i| d(a[i])),
        Op::Mul => each(&|i| d(a[i] * b[i])),
        Op::Add => each(&|i| d(a[i] + b[i])),
        Op::Mad => each(&|i| d(a[i] * b[i] + c[i])),
        Op::Dp2 => all(dot(2)),
        Op::Dp2a => all(dot(2) + d(c[0])),
        Op::Dp3 => all(dot(3)),
        Op::Dp4 => all(dot(4)),
        Op::Dst => Some([1.0, d(a[1] * b[1]), d(a[2]), d(b[3])]),
        Op::Min => each(&|i| d(a[i].min(b[i]))),
        Op::Max => each(&|i| d(a[i].max(b[i]))),
        Op::Slt => each(&|i| number(a[i] < b[i])),
        Op::Sge => each(&|i| number(a[i] >= b[i])),
        Op::Sle => each(&|i| number(a[i] <= b[i])),
        Op::Sgt => each(&|i| number(a[i] > b[i])),
        Op::Sne => each(&|i| number(a[i] != b[i])),
        Op::Seq => each(&|i| number(a[i] == b[i])),
        Op::Frc => each(&|i| d(a[i] - a[i].floor())),
        Op::Flr => each(&|i| d(a[i].floor())),
        Op::Rcp => all(d(1.0 / a[0])),
        Op::Rsq => all(1.0 / d(a[0]).abs().sqrt()),
        Op::Ex2 => all(d(a[0]).exp2()),
        Op::Lg2 => all(d(a[0]).log2()),
        Op::Sin => all(d(a[0]).sin()),
        Op::Cos => all(d(a[0]).cos()),
        Op::Str => all(1.0),
        Op::Sfl => all(0.0),
        Op::Lrp => each(&|i| d(a[i]) * d(b[i]) + (1.0 - d(a[i])) * d(c[i])),
        Op::Div => each(&|i| d(a[i] / b[0])),
        Op::Divsq => each(&|i| d(a[i]) / d(b[0]).abs().sqrt()),
        Op::Nrm => {
            let length = (0..3).map(|i| d(a[i]) * d(a[i])).sum::<f64>().sqrt();
            Some([0, 1, 2, 2].map(|i| d(a[i]) / length))
        }
        Op::Refl => {
            let square: f64 = (0..3).map(|i| d(a[i]) * d(a[i])).sum();
            each(&|i| 2.0 * dot(3) / square * d(a[i]) - d(b[i]))
        }
        Op::Lit => {
            let specular = if a[0] > 0.0 {
                d(a[1]).max(1e-10).powf(d(a[3]))
            } else {
                0.0
            };
            Some([1.0, d(a[0]).max(0.0), specular, 1.0])
        }
        Op::Lif => Some([
            1.0,
            d(a[1]),
            if a[1] > 0.0 { d(a[3]).exp2() } else { 0.0 },
            1.0,
        ]),
        _ => None,
    }
}

/// Numbers as programs meet them, and some special ones.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        6 => -4.0f32..4.0,
        1 => (-4i8..=4).prop_map(f32::from),
        1 => 0.001f32..100.0,
    ]
}

fn vector() -> impl Strategy<Value = V> {
    [number(), number(), number(), number()]
}

fn close(found: f32, expected: f64, scale: f64) -> bool {
    if expected.is_nan() {
        return found.is_nan();
    }
    if !f64::from(found).is_finite() || !expected.is_finite() {
        return f64::from(found) == expected || f64::from(expected as f32) == f64::from(found);
    }
    // The last term: floats end there.
    (f64::from(found) - expected).abs() <= 2e-6 * (expected.abs() + scale) + 1e-38
}

proptest! {
    #[test]
    fn operations_agree_with_the_model(lanes in proptest::collection::vec([vector(), vector(), vector()], 1..40)) {
        let mut checked = 0;
        for &op in Op::ALL {
            let Some(count) = op.operands() else { continue };
            if model(op, [0.5; 4], [0.5; 4], [0.5; 4]).is_none() {
                continue;
            }
            checked += 1;
            let operands: Vec<Source> = (1..=count as u8).map(|n| r(n).into()).collect();
            let program = program(ResultRegister::R0, |b| {
                b.operation(op, r(0), &operands);
            });
            for (lane, (found, killed)) in run_program(&program, &lanes).into_iter().enumerate() {
                let [a, b, c] = lanes[lane];
                let expected = model(op, a, b, c).expect("checked above");
                // Sums lose what cancels out.
                let scale = [a, b, c].iter().flatten().map(|x| f64::from(x.abs())).fold(1.0, f64::max).powi(2);
                let scale = match op {
                    Op::Refl | Op::Lrp | Op::Dp2 | Op::Dp2a | Op::Dp3 | Op::Dp4 => 4.0 * scale,
                    Op::Sin | Op::Cos | Op::Lg2 => 1.0,
                    _ => 0.0,
                };
                // The logarithm of a power is multiplied by the exponent.
                let scale = if op == Op::Lit { expected[2].abs() * 40.0 } else { scale };
                // Refraction by a vector of almost no length has no digits left.
                let tiny = a[..3].iter().map(|x| x * x).sum::<f32>() < 0.01;
                prop_assert!(!killed);
                for k in 0..4 {
                    let fine = close(found[k], expected[k], scale) || op == Op::Refl && tiny;
                    prop_assert!(fine, "{op:?} {a:?} {b:?} {c:?}: {found:?} {expected:?}");
                }
            }
        }
        prop_assert!(checked > 30);
    }

    #[test]
    fn modifiers_do_what_they_say(
        lanes in proptest::collection::vec([vector(), vector(), vector()], 1..20),
        swizzle in [0u32..4, 0..4, 0..4, 0..4],
        mask in 0u8..16,
        (absolute, negate, saturate, half) in any::<(bool, bool, bool, bool)>(),
        scale in 0usize..7,
    ) {
        let (scale, factor) = [
            (Scale::One, 1.0f32), (Scale::Times2, 2.0), (Scale::Times4, 4.0), (Scale::Times8, 8.0),
            (Scale::Half, 0.5), (Scale::Quarter, 0.25), (Scale::Eighth, 0.125),
        ][scale];
        let lane_of = |bits: u32| Lane::from_bits(bits);
        let source = Source {
            value: Value::Temp(r(1)),
            swizzle: Swizzle(swizzle.map(lane_of)),
            absolute,
            negate,
        };
        let register = if half { fp::Register::H(0) } else { r(0) };
        let result = if half { ResultRegister::H0 } else { ResultRegister::R0 };
        let program = program(result, |b| {
            // Something to be kept where nothing is written.
            b.mov(register, fp::constant([9.0, 10.0, 11.0, 12.0]));
            if mask != 0 {
                b.add(register.mask(Mask::from_bits(u32::from(mask))), source, r(2)).scale(scale);
                if saturate {
                    b.saturate();
                }
            }
        });
        for (lane, (found, _)) in run_program(&program, &lanes).into_iter().enumerate() {
            let [a, b, _] = lanes[lane];
            for k in 0..4 {
                let mut x = a[swizzle[k] as usize];
                if absolute { x = x.abs(); }
                if negate { x = -x; }
                let mut y = (x + b[k]) * factor;
                if saturate { y = y.clamp(0.0, 1.0); }
                if half { y = half::round(y); }
                let expected = if mask >> k & 1 != 0 { y } else { 9.0 + k as f32 };
                // The last limit of a colour is left to what writes pixels.
                let found = if saturate && !half && mask >> k & 1 != 0 { found[k].clamp(0.0, 1.0) } else { found[k] };
                prop_assert_eq!(found, expected, "{}", k);
            }
        }
    }

    #[test]
    fn conditions_choose_lanes(
        lanes in proptest::collection::vec([vector(), vector(), vector()], 1..20),
        test in 0u32..8,
        swizzle in [0u32..4, 0..4, 0..4, 0..4],
    ) {
        let test = Test::from_bits(test).expect("a test");
        let lanes_of = Swizzle(swizzle.map(Lane::from_bits));
        let holds = |c: f32| match test {
            Test::Never => false,
            Test::Less => c < 0.0,
            Test::Equal => c == 0.0,
            Test::LessOrEqual => c <= 0.0,
            Test::Greater => c > 0.0,
            Test::NotEqual => c != 0.0,
            Test::GreaterOrEqual => c >= 0.0,
            Test::Always => true,
        };
        let moving = program(ResultRegister::R0, |b| {
            b.mov(r(0), r(3));
            b.mov(fp::Destination::NOTHING, r(1)).update_condition();
            b.mov(r(0), r(2)).when(test, lanes_of);
        });
        let killing = program(ResultRegister::R0, |b| {
            b.mov(r(0), r(3));
            b.mov(fp::Destination::NOTHING, r(1)).update_condition();
            b.kil(test, lanes_of);
        });
        let moved = run_program(&moving, &lanes);
        let killed = run_program(&killing, &lanes);
        for (lane, [condition, new, old]) in lanes.iter().enumerate() {
            for k in 0..4 {
                let chosen = if holds(condition[swizzle[k] as usize]) { new } else { old };
                prop_assert_eq!(moved[lane].0[k], chosen[k]);
            }
            let any = swizzle.iter().any(|&s| holds(condition[s as usize]));
            prop_assert_eq!(killed[lane].1, any);
            prop_assert_eq!(killed[lane].0, *old);
        }
    }

    /// H registers are halves of R registers, bit for bit.
    #[test]
    fn halves_overlay_full_registers(lanes in proptest::collection::vec([vector(), vector(), vector()], 1..8)) {
        let writing = program(ResultRegister::R0, |b| {
            b.mov(r(0), r(3));
            b.mov(fp::Register::H(0), r(1));
            b.mov(fp::Register::H(1), r(2));
        });
        for (lane, (found, _)) in run_program(&writing, &lanes).into_iter().enumerate() {
            let [a, b, _] = lanes[lane];
            let pair = |x: f32, y: f32| u32::from(half::to_bits(y)) << 16 | u32::from(half::to_bits(x));
            let expected = [pair(a[0], a[1]), pair(a[2], a[3]), pair(b[0], b[1]), pair(b[2], b[3])];
            prop_assert_eq!(found.map(f32::to_bits), expected);
        }
        let reading = program(ResultRegister::R0, |b| {
            b.mov(r(0), fp::Register::H(3));
        });
        // H3 is the upper half of R1.
        for (lane, (found, _)) in run_program(&reading, &lanes).into_iter().enumerate() {
            let [a, _, _] = lanes[lane];
            let bits = [a[2].to_bits(), a[3].to_bits()];
            let expected = [bits[0] as u16, (bits[0] >> 16) as u16, bits[1] as u16, (bits[1] >> 16) as u16];
            for k in 0..4 {
                let expected = half::from_bits(expected[k]);
                prop_assert!(found[k] == expected || found[k].is_nan() && expected.is_nan());
            }
        }
    }
}

#[test]
fn differences_are_those_of_blocks() {
    let program = |op: Op| {
        program(ResultRegister::R0, |b| {
            b.operation(op, r(0), &[r(1).into()]);
        })
    };
    let lanes: Vec<[V; 3]> = [1.0, 3.0, 7.0, 20.0]
        .map(|x| [[x; 4], [0.0; 4], [0.0; 4]])
        .into();
    let first = |op| {
        run_program(&program(op), &lanes)
            .into_iter()
            .map(|(v, _)| v[0])
            .collect::<Vec<_>>()
    };
    assert_eq!(first(Op::Ddx), [2.0, 2.0, 13.0, 13.0]);
    assert_eq!(first(Op::Ddy), [6.0, 17.0, 6.0, 17.0]);
}

#[test]
fn whole_batches_and_parts_of_groups_run() {
    let doubling = program(ResultRegister::R0, |b| {
        b.add(r(0), r(1), r(1));
    });
    for count in [1, 7, 8, 9, LANES - 1, LANES] {
        let lanes: Vec<[V; 3]> = (0..count).map(|n| [[n as f32; 4]; 3]).collect();
        let found = run_program(&doubling, &lanes);
        assert!(
            found
                .iter()
                .enumerate()
                .all(|(n, (v, _))| *v == [2.0 * n as f32; 4])
        );
    }
}

#[test]
fn what_cannot_be_run_is_named() {
    let plan = |words: [u32; 4]| {
        let environment = Environment {
            full_precision: true,
            two_dimensional: 0,
            sets_depth: false,
            colours: 1,
        };
        Plans::default().get(&[Instruction(words)], environment)
    };
    // A MOV of R0, ending, its operation replaced.
    let with_operation = |op: u32| {
        [
            0x0100_1e01 & !(0x3f << 24) | op << 24,
            0x1c9c_0000 | 0xe4 << 9,
            0,
            0,
        ]
    };
    assert!(plan(with_operation(1)).is_ok());
    for op in [0x13, 0x30, 0x32, 0x33, 0x3f] {
        let result = plan(with_operation(op));
        assert!(
            matches!(result, Err(Problem::FragmentProgram { instruction: 0, .. })),
            "{op:#x}"
        );
    }
    // A branch: the upper bit of the operation is in the third word.
    let mut branch = with_operation(2);
    branch[2] = 1 << 31;
    assert!(plan(branch).is_err());
}

proptest! {
    /// No words make the translator or the machine panic.
    #[test]
    fn random_programs_run_or_are_refused(words in proptest::collection::vec(any::<[u32; 4]>(), 1..12), full in any::<bool>(), mask in any::<u16>()) {
        let mut code: Vec<Instruction> = words.into_iter().map(Instruction).collect();
        // Mostly operations that exist, so that more than the first instruction is looked at.
        for (n, instruction) in code.iter_mut().enumerate() {
            if n % 4 != 3 {
                let operation = [1, 2, 3, 4, 5, 6, 0x12, 0x17, 0x1a, 0x24, 0x25][n % 11];
                instruction.0[0] = instruction.0[0] & !(0x3f << 24 | 3 << 22) | operation << 24;
                instruction.0[2] &= !(1 << 31 | 0xff << 20);
                instruction.0[3] &= !(3 << 30);
            }
        }
        let environment = Environment { full_precision: full, two_dimensional: mask, sets_depth: false, colours: 1 };
        if let Ok(plan) = Plans::default().get(&code, environment) {
            let constants = vec![[0x7fc0_0000, 0x3f80_0000, 1, 0xff80_0000]; code.len()];
            let mut planes = Planes::default();
            planes.fix(&plan, &constants);
            let mut own = StandaloneMemory::new(0, 0);
 let memory = own.view();
            run(&plan, &mut planes, 5, &[const { None }; 16], &memory);
        }
    }
}

proptest! {
    /// Wider vectors change no bit: the version for the processor at hand agrees with the one for any.
    #[test]
    fn all_processors_give_the_same(inputs in prop::collection::vec(vector(), 16), seed in any::<u32>()) {
        let mut translated = Vec::new();
        for op in [0x01u32, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x0a, 0x10, 0x11, 0x1a, 0x1b, 0x1c, 0x1d, 0x22, 0x23, 0x24, 0x25, 0x39, 0x3a] {
            let n = seed.rotate_left(op) & 3;
            // Registers 0 to 3, the swizzle as it is; to register n, every other one an H register.
            let source = |index: u32| index << 2 | 0xe4 << 9;
            let words = [0x1e00 | n << 1 | (op & 1) << 7 | op << 24, source(n ^ 1) | 0x1c9c_0000, source(n ^ 2), source(n ^ 3)];
            translated.push(Instruction(words));
        }
        for n in 0..4u32 {
            translated.insert(n as usize, Instruction([0x0100_1e00 | n << 1 | (4 + n) << 13, 0x1c9c_0001 | 0xe4 << 9, 0, 0]));
        }
        let environment = Environment { full_precision: true, two_dimensional: 0, sets_depth: false, colours: 1 };
        let plan = Plans::default().get(&translated, environment).expect("a plan");
        let mut own = StandaloneMemory::new(0, 0);
 let memory = own.view();
        let samplers = [const { None }; 16];
        let results = [true, false].map(|wide| {
            let mut planes = Planes::default();
            planes.fix(&plan, &[]);
            for (number, &(_, plane)) in plan.inputs.iter().enumerate() {
                for (lane, to) in planes.get_mut(plane).iter_mut().enumerate() {
                    *to = inputs[(lane + number) % 16][number % 4] * (1.0 + lane as f32 * 0.1);
                }
            }
            if wide {
                run(&plan, &mut planes, 32, &samplers, &memory);
            } else {
                execute::steps(&plan, &mut planes, 32, &samplers, &memory);
            }
            plan.colours[0].map(|plane| planes.get(plane)[..32].iter().map(|x| if x.is_nan() { 1 } else { x.to_bits() }).collect::<Vec<_>>())
        });
        prop_assert_eq!(&results[0], &results[1]);
    }
}

/// Operands and results in fixed point are limited to what that can hold.
#[test]
fn fixed_point_limits_operands_and_results() {
    let mut builder = Builder::new();
    builder.mov(r(0), fp::constant([3.0, -3.0, 0.5, -1.5]));
    let program = builder.finish(ResultRegister::R0).expect("assembles");
    // Halves of words are swapped in memory: the operand's precision is in bit 19 of the third,
    // the operation's in bit 22 of the first.
    let run = |operand: u32, operation: u32| {
        let mut own = StandaloneMemory::new(0x4000, 0);
        let mut memory = own.view();
        for (n, word) in program.memory_words().enumerate() {
            let more = match n {
                0 => operation << 22,
                2 => operand << 19,
                _ => 0_u32,
            };
            let word = word | more.rotate_left(16);
            let at = 4 * n as u32;
            memory.write_u32(Location::Local, at, word).expect("fits");
        }
        let read = Program::read(&memory, Location::Local, 0).expect("a program");
        let environment = Environment {
            full_precision: true,
            two_dimensional: 0,
            sets_depth: false,
            colours: 1,
        };
        let plan = Plans::default().get(&read.code, environment)?;
        let mut planes = Planes::default();
        planes.fix(&plan, &read.constants);
        super::run(&plan, &mut planes, 1, &[const { None }; 16], &memory);
        Ok::<V, Problem>(plan.colours[0].map(|plane| planes.get(plane)[0]))
    };
    assert_eq!(run(0, 0), Ok([3.0, -3.0, 0.5, -1.5]));
    assert_eq!(run(5, 0), Ok([3.0, -3.0, 0.5, -1.5]));
    assert_eq!(run(2, 0), Ok([2.0, -2.0, 0.5, -1.5]));
    assert_eq!(run(3, 0), Ok([1.0, -1.0, 0.5, -1.0]));
    // Limits to 0 and 1 come when a colour is written.
    assert_eq!(run(0, 2), Ok([2.0, -2.0, 0.5, -1.5]));
    assert_eq!(run(2, 3), Ok([1.0, -1.0, 0.5, -1.0]));
    assert!(run(6, 0).is_err());
}
