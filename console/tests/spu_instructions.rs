//! Every instruction that computes, run as an instruction, against a second description of
//! it: lists of bits, bytes, halfwords and words, counted from the left as the ISA document
//! counts them.

mod spu_support;

use console::spu::{Cluster, Quad, Status};
use proptest::prelude::*;
use spu::isa::{Effect, Immediate, Inst, Op, Roles};
use spu_support::{Board, finish};

/// What an instruction reads.
#[derive(Clone, Copy, Debug)]
struct Sources {
    a: u128,
    b: u128,
    c: u128,
    t: u128,
    imm: i32,
}

/// Elements of `WIDTH` bits, leftmost first.
fn split(value: u128, width: u32) -> Vec<u128> {
    let mask = if width == 128 { !0 } else { (1 << width) - 1 };
    (0..128 / width)
        .map(|at| value >> (128 - width * (at + 1)) & mask)
        .collect()
}

fn join(elements: impl IntoIterator<Item = u128>, width: u32) -> u128 {
    let mask = (1_u128 << width) - 1;
    elements
        .into_iter()
        .fold(0, |value, element| value << width | element & mask)
}

fn signed(value: u128, width: u32) -> i128 {
    (value << (128 - width)) as i128 >> (128 - width)
}

/// Applies `f` to the elements of a given width.
fn each(width: u32, s: Sources, f: impl Fn(u128, u128, u128, u128) -> u128) -> u128 {
    let [a, b, c, t] = [s.a, s.b, s.c, s.t].map(|value| split(value, width));
    join((0..a.len()).map(|i| f(a[i], b[i], c[i], t[i])), width)
}

fn truth(width: u32, holds: bool) -> u128 {
    if holds { (1 << width) - 1 } else { 0 }
}

/// Bit lists, for shifts and rotates.
fn shifted_left(value: u128, width: u32, count: u32) -> u128 {
    let bits = split_bits(value, width);
    let moved = (0..width).map(|at| *bits.get((at + count) as usize).unwrap_or(&0));
    join(moved, 1)
}

fn rotated_left(value: u128, width: u32, count: u32) -> u128 {
    let bits = split_bits(value, width);
    join(
        (0..width).map(|at| bits[((at + count) % width) as usize]),
        1,
    )
}

fn shifted_right(value: u128, width: u32, count: u32, fill: u128) -> u128 {
    let bits = split_bits(value, width);
    let moved = (0..width).map(|at| {
        let from = at.checked_sub(count);
        from.map_or(fill, |from| bits[from as usize])
    });
    join(moved, 1)
}

fn split_bits(value: u128, width: u32) -> Vec<u128> {
    (0..width).map(|at| value >> (width - 1 - at) & 1).collect()
}

fn sign_bit(value: u128, width: u32) -> u128 {
    value >> (width - 1) & 1
}

/// The negative of a count, modulo a power of two.
fn negative(count: u128, modulus: u32) -> u32 {
    (modulus - count as u32 % modulus) % modulus
}

fn picked(s: Sources) -> u128 {
    let bytes: Vec<u128> = split(s.a, 8).into_iter().chain(split(s.b, 8)).collect();
    let pick = |code: u128| match code {
        0xe0.. => 0x80,
        0xc0.. => 0xff,
        0x80.. => 0,
        _ => bytes[code as usize % 32],
    };
    join(split(s.c, 8).into_iter().map(pick), 8)
}

fn inserted(address: u128, width: usize) -> u128 {
    let start = address as usize % 16 / width * width;
    let codes = (0..16).map(|at| {
        if (start..start + width).contains(&at) {
            // The preferred slot: bytes 0 to 3 of words, 2 and 3 of halfwords, 3 of bytes.
            (at - start + 4_usize.saturating_sub(width)) as u128
        } else {
            0x10 + at as u128
        }
    });
    join(codes, 8)
}

fn gathered(value: u128, width: u32) -> u128 {
    join(split(value, width).into_iter().map(|e| e & 1), 1) << 96
}

fn spread(bits: u128, count: u32) -> u128 {
    let width = 128 / count;
    let elements = (0..count).map(|at| truth(width, bits >> (count - 1 - at) & 1 == 1));
    elements.fold(
        0,
        |value, e| if width == 128 { e } else { value << width | e },
    )
}

/// Immediate forms as register forms: the immediate in every element of the second source.
fn immediate(op: Op, mut s: Sources) -> (String, Sources) {
    let name = op.info().mnemonic;
    let width = match op {
        Op::Andbi | Op::Orbi | Op::Xorbi | Op::Ceqbi | Op::Cgtbi | Op::Clgtbi => 8,
        Op::Ahi
        | Op::Sfhi
        | Op::Andhi
        | Op::Orhi
        | Op::Xorhi
        | Op::Ceqhi
        | Op::Cgthi
        | Op::Clgthi
        | Op::Shlhi
        | Op::Rothi
        | Op::Rothmi
        | Op::Rotmahi => 16,
        Op::Ai
        | Op::Sfi
        | Op::Andi
        | Op::Ori
        | Op::Xori
        | Op::Ceqi
        | Op::Cgti
        | Op::Clgti
        | Op::Shli
        | Op::Roti
        | Op::Rotmi
        | Op::Rotmai
        | Op::Mpyi
        | Op::Mpyui
        | Op::Shlqbii
        | Op::Shlqbyi
        | Op::Rotqbyi
        | Op::Rotqbii
        | Op::Rotqmbyi
        | Op::Rotqmbii => 32,
        Op::Cbd | Op::Chd | Op::Cwd | Op::Cdd => {
            s.b = ((s.imm as u32) as u128) << 96;
            return (name.replace('d', "x").replacen("cxx", "cdx", 1), s);
        }
        _ => return (name.into(), s),
    };
    s.b = join((0..128 / width).map(|_| s.imm as u128), width);
    let register_form = match op {
        Op::Andbi => "and",
        Op::Andhi => "and",
        Op::Orbi | Op::Orhi => "or",
        Op::Xorbi | Op::Xorhi => "xor",
        _ => name.strip_suffix('i').unwrap_or(name),
    };
    (register_form.into(), s)
}

/// The second description: the new value of the target.
fn model(op: Op, s: Sources) -> Option<u128> {
    let (name, s) = immediate(op, s);
    let low = |value: u128| value & 0xffff;
    let high = |value: u128| value >> 16;
    let product = |a: u128, b: u128| (signed(a, 16) * signed(b, 16)) as u128;
    let count = s.b >> 96; // the preferred word
    let byte_count = count / 8 % 32;
    let over = |sum: i128| sum as u128 >> 32 & 1;
    Some(match &*name {
        "cbx" => inserted((s.a >> 96) + count, 1),
        "chx" => inserted((s.a >> 96) + count, 2),
        "cwx" => inserted((s.a >> 96) + count, 4),
        "cdx" => inserted((s.a >> 96) + count, 8),
        "ilh" => each(16, s, |_, _, _, _| s.imm as u128),
        "ilhu" => each(32, s, |_, _, _, _| (s.imm as u128) << 16),
        "il" | "ila" => each(32, s, |_, _, _, _| s.imm as u128),
        "iohl" => each(32, s, |_, _, _, t| t | s.imm as u128 & 0xffff),
        "fsmbi" => spread(s.imm as u128 & 0xffff, 16),
        "ah" => each(16, s, |a, b, _, _| a + b),
        "a" => each(32, s, |a, b, _, _| a + b),
        "sfh" => each(16, s, |a, b, _, _| b.wrapping_sub(a)),
        "sf" => each(32, s, |a, b, _, _| b.wrapping_sub(a)),
        "addx" => each(32, s, |a, b, _, t| a + b + t % 2),
        "cg" => each(32, s, |a, b, _, _| over((a + b) as i128)),
        "cgx" => each(32, s, |a, b, _, t| over((a + b + t % 2) as i128)),
        "sfx" => each(32, s, |a, b, _, t| {
            b.wrapping_sub(a).wrapping_sub(1 - t % 2)
        }),
        "bg" => each(32, s, |a, b, _, _| (b >= a).into()),
        "bgx" => each(32, s, |a, b, _, t| (b >= a + 1 - t % 2).into()),
        "mpy" => each(32, s, |a, b, _, _| product(low(a), low(b))),
        "mpyu" => each(32, s, |a, b, _, _| low(a) * low(b)),
        "mpya" => each(32, s, |a, b, c, _| product(low(a), low(b)).wrapping_add(c)),
        "mpyh" => each(32, s, |a, b, _, _| (high(a) * low(b)) << 16),
        "mpys" => each(32, s, |a, b, _, _| {
            (product(low(a), low(b)) as i128 >> 16) as u128
        }),
        "mpyhh" => each(32, s, |a, b, _, _| product(high(a), high(b))),
        "mpyhha" => each(32, s, |a, b, _, t| {
            product(high(a), high(b)).wrapping_add(t)
        }),
        "mpyhhu" => each(32, s, |a, b, _, _| high(a) * high(b)),
        "mpyhhau" => each(32, s, |a, b, _, t| high(a) * high(b) + t),
        "clz" => each(32, s, |a, _, _, _| {
            split_bits(a, 32)
                .iter()
                .take_while(|&&bit| bit == 0)
                .count() as u128
        }),
        "cntb" => each(8, s, |a, _, _, _| split_bits(a, 8).iter().sum()),
        "fsmb" => spread(s.a >> 96 & 0xffff, 16),
        "fsmh" => spread(s.a >> 96 & 0xff, 8),
        "fsm" => spread(s.a >> 96 & 0xf, 4),
        "gbb" => gathered(s.a, 8),
        "gbh" => gathered(s.a, 16),
        "gb" => gathered(s.a, 32),
        "avgb" => each(8, s, |a, b, _, _| (a + b).div_ceil(2)),
        "absdb" => each(8, s, |a, b, _, _| a.max(b) - a.min(b)),
        "sumb" => {
            let sums = |value| {
                split(value, 8)
                    .chunks(4)
                    .map(|w| w.iter().sum())
                    .collect::<Vec<u128>>()
            };
            let (a, b) = (sums(s.a), sums(s.b));
            join((0..4).flat_map(|at| [b[at], a[at]]), 16)
        }
        "xsbh" => each(16, s, |a, _, _, _| signed(a & 0xff, 8) as u128),
        "xshw" => each(32, s, |a, _, _, _| signed(a & 0xffff, 16) as u128),
        "xswd" => each(64, s, |a, _, _, _| signed(a & 0xffff_ffff, 32) as u128),
        "and" => s.a & s.b,
        "andc" => s.a & !s.b,
        "or" => s.a | s.b,
        "orc" => s.a | !s.b,
        "xor" => s.a ^ s.b,
        "nand" => !(s.a & s.b),
        "nor" => !(s.a | s.b),
        "eqv" => !(s.a ^ s.b),
        "orx" => split(s.a, 32).into_iter().fold(0, |x, y| x | y) << 96,
        "selb" => each(1, s, |a, b, c, _| if c == 1 { b } else { a }),
        "shufb" => picked(s),
        "shlh" => each(16, s, |a, b, _, _| shifted_left(a, 16, b as u32 % 32)),
        "shl" => each(32, s, |a, b, _, _| shifted_left(a, 32, b as u32 % 64)),
        "roth" => each(16, s, |a, b, _, _| rotated_left(a, 16, b as u32 % 16)),
        "rot" => each(32, s, |a, b, _, _| rotated_left(a, 32, b as u32 % 32)),
        "rothm" => each(16, s, |a, b, _, _| shifted_right(a, 16, negative(b, 32), 0)),
        "rotm" => each(32, s, |a, b, _, _| shifted_right(a, 32, negative(b, 64), 0)),
        "rotmah" => each(16, s, |a, b, _, _| {
            shifted_right(a, 16, negative(b, 32), sign_bit(a, 16))
        }),
        "rotma" => each(32, s, |a, b, _, _| {
            shifted_right(a, 32, negative(b, 64), sign_bit(a, 32))
        }),
        "shlqbi" => shifted_left(s.a, 128, count as u32 % 8),
        "shlqby" => shifted_left(s.a, 128, count as u32 % 32 * 8),
        "shlqbybi" => shifted_left(s.a, 128, byte_count as u32 * 8),
        "rotqby" => rotated_left(s.a, 128, count as u32 % 16 * 8),
        "rotqbybi" => rotated_left(s.a, 128, byte_count as u32 % 16 * 8),
        "rotqbi" => rotated_left(s.a, 128, count as u32 % 8),
        "rotqmby" => shifted_right(s.a, 128, negative(count, 32) * 8, 0),
        "rotqmbybi" => shifted_right(s.a, 128, negative(byte_count, 32) * 8, 0),
        "rotqmbi" => shifted_right(s.a, 128, negative(count, 8), 0),
        "ceqb" => each(8, s, |a, b, _, _| truth(8, a == b)),
        "ceqh" => each(16, s, |a, b, _, _| truth(16, a == b)),
        "ceq" => each(32, s, |a, b, _, _| truth(32, a == b)),
        "cgtb" => each(8, s, |a, b, _, _| truth(8, signed(a, 8) > signed(b, 8))),
        "cgth" => each(16, s, |a, b, _, _| truth(16, signed(a, 16) > signed(b, 16))),
        "cgt" => each(32, s, |a, b, _, _| truth(32, signed(a, 32) > signed(b, 32))),
        "clgtb" => each(8, s, |a, b, _, _| truth(8, a > b)),
        "clgth" => each(16, s, |a, b, _, _| truth(16, a > b)),
        "clgt" => each(32, s, |a, b, _, _| truth(32, a > b)),
        _ => return floating(&name, s),
    })
}

/// Floating point for numbers with which the host's arithmetic is exact or rounds to
/// nearest as the SPU does.
fn floating(name: &str, s: Sources) -> Option<u128> {
    let single = |f: fn(f32, f32, f32) -> f32| {
        each(32, s, |a, b, c, _| {
            let [a, b, c] = [a, b, c].map(|bits| f32::from_bits(bits as u32));
            // A zero of the SPU is positive.
            u128::from((f(a, b, c) + 0.0).to_bits())
        })
    };
    let compare = |f: fn(f32, f32) -> bool| {
        each(32, s, |a, b, _, _| {
            truth(32, f(f32::from_bits(a as u32), f32::from_bits(b as u32)))
        })
    };
    let double = |f: fn(f64, f64, f64) -> f64| {
        each(64, s, |a, b, _, t| {
            let [a, b, t] = [a, b, t].map(|bits| f64::from_bits(bits as u64));
            u128::from(f(a, b, t).to_bits())
        })
    };
    let scale = 2.0_f64.powi(s.imm);
    Some(match name {
        "fa" => single(|a, b, _| a + b),
        "fs" => single(|a, b, _| a - b),
        "fm" => single(|a, b, _| a * b),
        "fma" => single(|a, b, c| a * b + c),
        "fnms" => single(|a, b, c| c - a * b),
        "fms" => single(|a, b, c| a * b - c),
        "fceq" => compare(|a, b| a == b),
        "fcmeq" => compare(|a, b| a.abs() == b.abs()),
        "fcgt" => compare(|a, b| a > b),
        "fcmgt" => compare(|a, b| a.abs() > b.abs()),
        "dfa" => double(|a, b, _| a + b),
        "dfs" => double(|a, b, _| a - b),
        "dfm" => double(|a, b, _| a * b),
        "dfma" => double(|a, b, t| a.mul_add(b, t)),
        "dfms" => double(|a, b, t| a.mul_add(b, -t)),
        "dfnms" => double(|a, b, t| -a.mul_add(b, -t)),
        "dfnma" => double(|a, b, t| -a.mul_add(b, t)),
        "fesd" => each(64, s, |a, _, _, _| {
            u128::from(f64::from(f32::from_bits((a >> 32) as u32)).to_bits())
        }),
        "frds" => each(64, s, |a, _, _, _| {
            u128::from((f64::from_bits(a as u64) as f32).to_bits()) << 32
        }),
        "cflts" => each(32, s, |a, _, _, _| {
            (f64::from(f32::from_bits(a as u32)) * scale) as i32 as u32 as u128
        }),
        "cfltu" => each(32, s, |a, _, _, _| {
            u128::from((f64::from(f32::from_bits(a as u32)) * scale) as u32)
        }),
        // The operands have few digits: nothing is rounded.
        "csflt" => each(32, s, |a, _, _, _| {
            u128::from(((f64::from(a as i32) / scale) as f32).to_bits())
        }),
        "cuflt" => each(32, s, |a, _, _, _| {
            u128::from(((a as f64 / scale) as f32).to_bits())
        }),
        _ => return None,
    })
}

/// Runs one instruction.
fn run(inst: Inst, s: Sources) -> u128 {
    let mut cluster = Board::new(Cluster::new(1));
    let stop = Inst {
        imm: 1,
        ..Inst::new(Op::Stop)
    };
    for (at, inst) in [inst, stop].iter().enumerate() {
        let word = inst.encode().expect("well-formed").to_be_bytes();
        cluster.local_store_mut(0)[4 * at..4 * at + 4].copy_from_slice(&word);
    }
    for (register, value) in [(10, s.a), (11, s.b), (12, s.c), (13, s.t)] {
        cluster.set_register(0, register, Quad::from_u128(value));
    }
    cluster.start(0, 0);
    finish(&mut cluster);
    assert_eq!(cluster.status(0), Status::Stopped(1));
    cluster.register(0, 13).to_u128()
}

/// The instruction with the registers that `run` sets.
fn instruction(op: Op, imm: i32) -> Inst {
    let info = op.info();
    let field = |role, register| if info.roles.has(role) { register } else { 0 };
    Inst {
        rt: 13,
        ra: field(Roles::READS_RA, 10),
        rb: field(Roles::READS_RB, 11),
        rc: field(Roles::READS_RC, 12),
        imm,
        ..Inst::new(op)
    }
}

fn computing() -> Vec<Op> {
    let ops = Op::ALL.iter().copied();
    ops.filter(|op| op.effect() == Effect::None && op.target_is_written())
        .collect()
}

trait TargetIsWritten {
    fn target_is_written(&self) -> bool;
}

impl TargetIsWritten for Op {
    fn target_is_written(&self) -> bool {
        self.info().roles.has(Roles::WRITES_RT)
    }
}

/// An immediate of the instruction, from any number.
fn fitting(op: Op, any: i32) -> i32 {
    let (least, greatest, step) = op.info().immediate.range();
    match op.info().immediate {
        // Scales that keep the test's numbers exact.
        Immediate::ScaleTo | Immediate::ScaleFrom => any.rem_euclid(12),
        Immediate::U16 => any & 0xffff,
        _ => least + any.rem_euclid((greatest - least) / step + 1) * step,
    }
}

fn operands(op: Op, raw: [u128; 4]) -> [u128; 4] {
    let singles = |value: u128| {
        // Small integers over 16, of both signs, often 0.
        join(
            split(value, 32).into_iter().map(|word| {
                let number = signed(word & 0x7ff, 11) as f32 / 16.0;
                u128::from((number + 0.0).to_bits())
            }),
            32,
        )
    };
    let doubles = |value: u128| {
        // Exponents near that of 1.
        each(
            64,
            Sources {
                a: value,
                b: 0,
                c: 0,
                t: 0,
                imm: 0,
            },
            |a, _, _, _| a & !(0x7ff << 52) | (1013 + (a >> 52 & 15)) << 52,
        )
    };
    match op {
        Op::Csflt | Op::Cuflt => raw.map(|value| {
            each(
                32,
                Sources {
                    a: value,
                    b: 0,
                    c: 0,
                    t: 0,
                    imm: 0,
                },
                |a, _, _, _| a & 0x7f_ffff,
            )
        }),
        Op::Fa
        | Op::Fs
        | Op::Fm
        | Op::Fma
        | Op::Fms
        | Op::Fnms
        | Op::Fceq
        | Op::Fcmeq
        | Op::Fcgt
        | Op::Fcmgt
        | Op::Fesd
        | Op::Cflts
        | Op::Cfltu => raw.map(singles),
        Op::Dfa | Op::Dfs | Op::Dfm | Op::Dfma | Op::Dfms | Op::Dfnms | Op::Dfnma | Op::Frds => {
            raw.map(doubles)
        }
        _ => raw,
    }
}

/// Instructions whose results are checked elsewhere: estimates, and what a PlayStation 3
/// does not have.
fn elsewhere(op: Op) -> bool {
    op.is_enhanced() || matches!(op, Op::Frest | Op::Frsqest | Op::Fi)
}

#[test]
fn every_computing_instruction_has_a_second_description() {
    let zero = Sources {
        a: 0,
        b: 0,
        c: 0,
        t: 0,
        imm: 0,
    };
    for op in computing() {
        assert_eq!(model(op, zero).is_some(), !elsewhere(op), "{op}");
    }
    assert!(computing().len() > 140);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn instructions_do_what_both_descriptions_say(
        raw: [u128; 4], any_imm: i32, small in 0_u128..64,
    ) {
        for op in computing().into_iter().filter(|&op| !elsewhere(op)) {
            let [a, b, c, t] = operands(op, raw);
            let imm = fitting(op, any_imm);
            let sources = Sources { a, b, c, t, imm };
            let expected = model(op, sources).unwrap();
            let inst = instruction(op, imm);
            let result = run(inst, sources);
            prop_assert_eq!(result, expected, "{} of {:x?}: {:x}, not {:x}", inst, sources, result, expected);
            // Small counts for shifts, equal operands for compares.
            let b = join([small, small << 16, 0, small], 32);
            for (a, b) in [(a, b), (b, b)] {
                let [a, b, ..] = operands(op, [a, b, c, t]);
                let sources = Sources { a, b, c, t, imm };
                let expected = model(op, sources).unwrap();
                prop_assert_eq!(run(inst, sources), expected, "{} of {:x?}", inst, sources);
            }
        }
    }
}
