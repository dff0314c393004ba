//! Tests of fragment programs.

mod properties;

use super::{
    AssembleError, Builder, Constant, DecodeError, Decoded, Destination, EncodeError, H_REGISTERS,
    Input, Instruction, Op, Precision, R_REGISTERS, Register, ResultRegister, Scale, Test, Value,
    constant, disassemble, input, swap_halves, temp,
};
use crate::memory::{Address, Memory};
use crate::operand::{Lane, Mask};
use crate::testing::{context, packet, sent};
use Register::{H, R};

/// Programs as words and listing: `MOV R0,COL0` and `TEX R0,TEX0` as the console's compiler writes
/// them, and what xf86-video-nouveau runs for 2D and video (`nv_shaders.h`, `nv40_xv_tex.c`; the
/// comments there do not tell H from R registers).
const KNOWN: &[(&[u32], &str)] = &[
    (
        &[0x0100_3e01, 0x1c9d_c801, 0x0001_c800, 0x3fe1_c800],
        "   0: MOV R0, f[COL0]\n",
    ),
    (
        &[0x1700_9e01, 0x1c9d_c801, 0x0001_c800, 0x3fe1_c800],
        "   0: TEX R0, f[TEX0], TEX0\n",
    ),
    (
        &[0x0140_3e81, 0x1c9d_c801, 0x0001_c800, 0x3fe1_c800],
        "   0: MOVH H0, f[COL0]\n",
    ),
    (
        &[
            0x1702_b102,
            0x1c9d_c801,
            0x0001_c800,
            0x3fe1_c800, //
            0x1700_9e00,
            0x1ff5_c801,
            0x0001_c800,
            0x3fe1_c800, //
            0x0200_1e81,
            0x1c9d_c800,
            0x0001_fe04,
            0x0001_c800,
        ],
        "   0: TEX_CC R1.w, f[TEX1], TEX1\n   4: TEX R0, f[TEX0], TEX0 (NE.w)\n   8: MUL H0, R0, R1.w\n",
    ),
    (
        &[
            0x0300_0800,
            0x1c9c_aa00,
            0x0000_0002,
            0x0001_c800,
            0x3f00_0000,
            0,
            0,
            0, //
            0x0200_1404,
            0x1c9c_a104,
            0x0000_a002,
            0x0001_c800,
            0xbf80_0000,
            0x3f80_0000,
            0,
            0, //
            0x0440_0282,
            0x1c9f_5504,
            0x0000_aa04,
            0x0000_aa04, //
            0x1702_0200,
            0x1555_c808,
            0x0001_c800,
            0x0001_c800, //
            0x0440_0e81,
            0x1c9d_5500,
            0x0001_c802,
            0x0001_c904,
            0x3fcc_432d,
            0xbf50_1a37,
            0,
            0,
        ],
        "   0: ADD R0.z, R0.y, {0.5, 0, 0, 0}.x\n   8: MUL R2.yw, H1.xxyy, {-1, 1, 0, 0}.xxyy\n  \
         16: MADH H1.x, -H1.z, R1.y, R1.y\n  20: TEX R0.x, R2, TEX1 (NE.z)\n  \
         24: MADH H0.xyz, H0.z, {1.5958, -0.8129, 0, 0}, H1\n",
    ),
];

#[test]
fn known_words_are_read_and_written() {
    for &(words, listing) in KNOWN {
        assert_eq!(disassemble(words).as_deref(), Ok(listing));
        let mut at = 0;
        while at < words.len() {
            let Decoded {
                instruction,
                end,
                length,
            } = Instruction::decode(&words[at..]).expect(listing);
            let (mut again, constant) = instruction
                .encode(end)
                .map(|(words, rest)| (words.to_vec(), rest))
                .expect(listing);
            if let Some(Value::Constant(Constant(words))) = constant {
                again.extend(words);
            }
            assert_eq!(again, words[at..at + length], "{instruction}");
            at += length;
        }
    }
}

#[test]
fn memory_holds_swapped_halves() {
    let mut builder = Builder::new();
    builder.mov(R(0), Input::Color0);
    let program = builder.finish(ResultRegister::R0).expect("a program");
    let words: Vec<u32> = program.memory_words().collect();
    assert_eq!(words, [0x3e01_0100, 0xc801_1c9d, 0xc800_0001, 0xc800_3fe1]);
    assert_eq!(program.size(), 16);
    assert_eq!(swap_halves(swap_halves(0x1234_5678)), 0x1234_5678);
}

#[test]
fn constants_follow_their_instruction_and_the_end_bit_stays_on_it() {
    let mut builder = Builder::new();
    builder.mul(R(0), Input::Color0, [0.5, 1.0, 2.0, 4.0]);
    let program = builder.finish(ResultRegister::R0).expect("a program");
    assert_eq!(program.words()[0] & 1, 1);
    assert_eq!(
        program.words()[4..],
        [0x3f00_0000, 0x3f80_0000, 0x4000_0000, 0x4080_0000]
    );
}

#[test]
fn the_control_word_counts_registers() {
    let control = |build: &dyn Fn(&mut Builder) -> &mut Builder, result| {
        let mut builder = Builder::new();
        build(&mut builder);
        builder.finish(result).expect("a program").control().0
    };
    // registers<<24 (≥ 2) | 400 | 40 (result in R0, else H0)
    assert_eq!(
        control(&|b| b.mov(R(0), Input::Color0), ResultRegister::R0),
        0x0200_0440
    );
    assert_eq!(
        control(&|b| b.mov(H(0), Input::Color0), ResultRegister::H0),
        0x0200_0400
    );
    assert_eq!(
        control(&|b| b.mov(R(0), temp(R(4))), ResultRegister::R0),
        0x0500_0440
    );
    assert_eq!(
        control(
            &|b| b.mov(H(9), temp(H(0))).mov(H(0), temp(H(9))),
            ResultRegister::H0
        ),
        0x0500_0400
    );
    assert_eq!(
        control(
            &|b| b.mov(R(0), temp(R(0))).kil(Test::Less, Lane::X),
            ResultRegister::R0
        ),
        0x0200_04c0
    );
}

#[test]
fn texture_coordinates_are_two_dimensional_where_that_is_enough() {
    let lanes = |build: &dyn Fn(&mut Builder) -> &mut Builder| {
        let mut builder = Builder::new();
        build(&mut builder).mov(R(0), temp(R(1)));
        let program = builder.finish(ResultRegister::R0).expect("a program");
        (program.texcoord_lanes(0), program.texcoord_lanes(1))
    };
    let coordinate = input(Input::TexCoord(0));
    assert_eq!(lanes(&|b| b.tex(R(1), 0, coordinate)), (3, 0));
    assert_eq!(
        lanes(&|b| b.tex(
            R(1),
            0,
            coordinate.swizzle([Lane::Z, Lane::W, Lane::X, Lane::X])
        )),
        (12, 0)
    );
    assert_eq!(lanes(&|b| b.txp(R(1), 0, coordinate)), (15, 0));
    assert_eq!(
        lanes(&|b| b.mov(R(1).mask(Mask::XY), Input::TexCoord(1))),
        (0, 3)
    );
    assert_eq!(lanes(&|b| b.mul(R(1), coordinate.x(), temp(R(1)))), (1, 0));
    assert_eq!(lanes(&|b| b.rcp(R(1), coordinate.w())), (8, 0));
    assert_eq!(lanes(&|b| b.dp3(R(1), coordinate, temp(R(1)))), (7, 0));
}

#[test]
fn impossible_instructions_are_refused() {
    let error = |build: &dyn Fn(&mut Builder) -> &mut Builder| {
        let mut builder = Builder::new();
        builder.mov(R(0), Input::Color0);
        build(&mut builder);
        match builder.finish(ResultRegister::R0) {
            Err(AssembleError::Instruction { number: 1, error }) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        error(&|b| b.mul(R(0), Input::Color0, Input::TexCoord(0))),
        EncodeError::TwoInputs([Input::Color0, Input::TexCoord(0)])
    );
    assert_eq!(error(&|b| b.mul(R(0), 1.0, 2.0)), EncodeError::TwoConstants);
    assert_eq!(
        error(&|b| b.mov(R(R_REGISTERS), 1.0)),
        EncodeError::NoSuchRegister(R(48))
    );
    assert_eq!(
        error(&|b| b.mov(R(0), H(H_REGISTERS))),
        EncodeError::NoSuchRegister(H(64))
    );
    assert_eq!(
        error(&|b| b.mov(R(0), Input::TexCoord(10))),
        EncodeError::NoSuchInput(Input::TexCoord(10))
    );
    assert_eq!(
        error(&|b| b.tex(R(0), 16, Input::TexCoord(0))),
        EncodeError::NoSuchUnit(16)
    );
    assert_eq!(
        error(&|b| b.mov(Destination::NOTHING, 1.0)),
        EncodeError::Result("MOV")
    );
    assert_eq!(
        error(&|b| b.operation(Op::Kil, R(0), &[])),
        EncodeError::Result("KIL")
    );
    assert_eq!(
        error(&|b| b.mov(R(0).mask(Mask::NONE), 1.0)),
        EncodeError::NoLanes("MOV")
    );
    assert_eq!(
        error(&|b| b.operation(Op::Ife, R(0), &[])),
        EncodeError::Unsupported("IFE")
    );
    assert_eq!(
        error(&|b| b.operation(Op::Mad, R(0), &[temp(R(0))])),
        EncodeError::OperandCount {
            op: "MAD",
            expected: 3
        }
    );
    // The same constant twice is one constant.
    let mut builder = Builder::new();
    builder.mad(
        R(0),
        constant([1.0, 2.0, 3.0, 4.0]).x(),
        R(0),
        constant([1.0, 2.0, 3.0, 4.0]).w(),
    );
    assert!(builder.finish(ResultRegister::R0).is_ok());
}

#[test]
fn a_program_has_to_write_its_result() {
    let mut builder = Builder::new();
    assert_eq!(
        builder.finish(ResultRegister::R0),
        Err(AssembleError::NoResult(ResultRegister::R0))
    );
    builder.mov(R(0), 1.0);
    assert_eq!(
        builder.finish(ResultRegister::H0),
        Err(AssembleError::NoResult(ResultRegister::H0))
    );
    assert!(builder.finish(ResultRegister::R0).is_ok());
}

#[test]
fn parameters_of_other_programs_are_refused() {
    let parameter = Builder::new().parameter();
    let mut builder = Builder::new();
    builder.mov(R(0), parameter);
    assert_eq!(
        builder.finish(ResultRegister::R0),
        Err(AssembleError::NoSuchParameter { number: 0 })
    );
}

#[test]
fn parameters_are_set_in_all_places() {
    let mut builder = Builder::new();
    let tint = builder.parameter();
    let unused = builder.parameter();
    builder
        .mov(R(0), tint)
        .mul(R(0), R(0), Input::Color0)
        .add(R(0), R(0), tint);
    let mut program = builder.finish(ResultRegister::R0).expect("a program");
    assert_eq!(
        program.parameter_offsets(tint).collect::<Vec<_>>(),
        [16, 64]
    );
    assert_eq!(program.parameter_offsets(unused).count(), 0);
    assert_eq!(program.words()[4..8], [0; 4]);
    program.set_parameter(tint, [1.0, 0.0, 0.5, -1.0]);
    let bits = [0x3f80_0000, 0, 0x3f00_0000, 0xbf80_0000];
    assert_eq!(
        (&program.words()[4..8], &program.words()[16..20]),
        (&bits[..], &bits[..])
    );
}

#[test]
fn programs_are_bound_with_the_documented_words() {
    let mut builder = Builder::new();
    builder
        .tex(R(0), 0, Input::TexCoord(0))
        .mul(R(0), R(0), Input::Color0);
    let program = builder.finish(ResultRegister::R0).expect("a program");
    let words = sent(|context| {
        context
            .use_fragment_program(Address::local(0x1240), &program)
            .expect("room")
    });
    assert_eq!(words, [(0x8e4, 0x1241), (0x1d60, 0x0200_0440), (0xb40, 1)]);
    let words = sent(|context| {
        context
            .use_fragment_program(Address::main(0x1280), &program)
            .expect("room")
    });
    assert_eq!(words[0], (0x8e4, 0x1282));
    // 64 local, 128 main
    assert!(
        context(2)
            .use_fragment_program(Address::local(0x1220), &program)
            .is_err()
    );
    assert!(
        context(2)
            .use_fragment_program(Address::main(0x1240), &program)
            .is_err()
    );
}

#[test]
fn changing_a_parameter_writes_swapped_words_and_binds_again() {
    let mut builder = Builder::new();
    let tint = builder.parameter();
    builder.mov(R(0), tint);
    let program = builder.finish(ResultRegister::R0).expect("a program");
    let at = Address::local(0x1240);
    let words = sent(|context| {
        context
            .set_fragment_parameter(at, &program, tint, [1.0, 0.0, 0.0, 0.5])
            .expect("room")
    });
    let mut expected = packet(0x6188, &[0xfeed_0000]);
    expected.extend(packet(0x630c, &[0x1240]));
    expected.extend(packet(0x6300, &[0xb, 0x1000_1000]));
    expected.extend(packet(0xa304, &[4, 0x1_0004, 0x1_0004]));
    expected.extend(packet(0xa400, &[0x0000_3f80, 0, 0, 0x0000_3f00]));
    expected.extend(packet(0x8e4, &[0x1241]));
    assert_eq!(words, expected);
}

#[test]
fn uploading_writes_big_endian_words() {
    let mut builder = Builder::new();
    builder.mov(R(0), Input::Color0);
    let program = builder.finish(ResultRegister::R0).expect("a program");
    let mut context = context(2);
    context
        .upload_fragment_program(Address::local(0x40), &program)
        .expect("room");
    let mut bytes = [0; 4];
    context
        .device()
        .read(Address::local(0x40), &mut bytes)
        .expect("inside");
    assert_eq!(bytes, [0x3e, 0x01, 0x01, 0x00]);
    let end = context.device().size(crate::memory::Location::Local);
    assert!(
        context
            .upload_fragment_program(Address::local(end - 8), &program)
            .is_err()
    );
}

#[test]
fn what_has_no_form_is_not_read() {
    let decode = |change: fn(&mut [u32])| {
        let mut words = KNOWN[0].0.to_vec();
        change(&mut words);
        Instruction::decode(&words).expect_err("an error")
    };
    assert_eq!(
        decode(|words| words[0] |= 1 << 21),
        DecodeError::Modifier("expanding texels")
    );
    assert_eq!(
        decode(|words| words[1] |= 1 << 31),
        DecodeError::Modifier("condition register 1")
    );
    assert_eq!(
        decode(|words| words[2] |= 1 << 19),
        DecodeError::Modifier("a precision of sources")
    );
    assert_eq!(
        decode(|words| words[3] |= 1 << 30),
        DecodeError::Modifier("indexing inputs")
    );
    assert_eq!(
        decode(|words| words[3] |= 1 << 31),
        DecodeError::Modifier("interpolation without perspective")
    );
    assert_eq!(
        decode(|words| words[2] |= 1 << 31),
        DecodeError::Unsupported("CAL")
    );
    assert!(matches!(
        decode(|words| words[0] |= 0x3f << 24),
        DecodeError::Unknown(_)
    ));
    assert_eq!(
        Instruction::decode(&KNOWN[0].0[1..]),
        Err(DecodeError::Truncated)
    );
    assert_eq!(
        Instruction::decode(&KNOWN[4].0[..7]),
        Err(DecodeError::Truncated)
    );
    assert_eq!(
        disassemble(&KNOWN[4].0[..8]),
        Err((8, DecodeError::Truncated))
    );
}

#[test]
fn modifiers_show_in_listings() {
    let mut builder = Builder::new();
    builder
        .mad(H(3).mask(Mask::XY), -temp(R(1)).abs().y(), H(2), 0.25)
        .saturate()
        .scale(Scale::Half);
    builder
        .precision(Precision::Half)
        .when(Test::GreaterOrEqual, Lane::W);
    builder
        .slt(Destination::NOTHING, R(0), 0.0)
        .update_condition()
        .kil(Test::NotEqual, Lane::X)
        .mov(R(0), 1.0);
    let program = builder.finish(ResultRegister::R0).expect("a program");
    assert_eq!(
        disassemble(program.words()).as_deref(),
        Ok(
            "   0: MADH_d2_SAT H3.xy, -|R1.y|, H2, {0.25, 0.25, 0.25, 0.25} (GE.w)\n   \
            8: SLT_CC _, R0, {0, 0, 0, 0}\n  16: KIL (NE.x)\n  20: MOV R0, {1, 1, 1, 1}\n"
        )
    );
}
