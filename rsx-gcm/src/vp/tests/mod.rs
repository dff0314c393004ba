//! Tests of vertex programs.

mod properties;

use super::{
    AddressRegister, AssembleError, Builder, CONSTANTS, DecodeError, EncodeError, Instruction,
    Operation, Output, SLOTS, ScalarOp, TEMPORARIES, Target, VectorOp, attribute, constant,
    disassemble, indexed, temp,
};
use crate::operand::{Lane, Mask};
use crate::testing::{packet, sent};

/// Words and listings, the end bit clear: `MOV o0,v0` as tried on RPCS3 (Mesa's `nv30_transfer.c` has
/// the same), moves of colour and texture coordinate as PSL1GHT's cgcomp writes them, and arithmetic
/// from the 2D program of xf86-video-nouveau (`NVAccelInitNV40TCL`).
const KNOWN: &[([u32; 4], &str)] = &[
    (
        [0x401f_9c6c, 0x0040_000d, 0x8106_c083, 0x6041_ff80],
        "MOV o[HPOS], v[0]",
    ),
    (
        [0x401f_9c6c, 0x0040_080d, 0x8106_c083, 0x6041_ff9c],
        "MOV o[TEX0], v[8]",
    ),
    (
        [0x401f_9c6c, 0x0040_030d, 0x8106_c083, 0x6041_ff84],
        "MOV o[COL0], v[3]",
    ),
    (
        [0x0000_1c6c, 0x0040_080f, 0x8106_c083, 0x6041_affc],
        "MOV R0.xyw, v[8].xyww",
    ),
    (
        [0x0000_9c6c, 0x0140_000f, 0x8086_80c3, 0x6041_0ffc],
        "DP3 R1.x, R0.xyww, c[0].xyzz",
    ),
    (
        [0x0000_9c6c, 0x0140_500f, 0x8086_80c3, 0x6040_8ffc],
        "DP3 R1.y, R0.xyww, c[5].xyzz",
    ),
    (
        [0x401f_9c6c, 0x0080_300d, 0x8286_c0c3, 0x6041_af9c],
        "MUL o[TEX0].xyw, R1, c[3]",
    ),
];

#[test]
fn known_words_are_read_and_written() {
    for &(words, listing) in KNOWN {
        let (instruction, end) = Instruction::decode(words).expect(listing);
        assert_eq!(std::format!("{instruction}"), listing);
        assert!(!end);
        // Some leave the highest bit of the unused scalar temporary clear; the console's compiler sets all six.
        let [word0, word1, word2, word3] = words;
        assert_eq!(
            instruction.encode(false),
            Ok([word0, word1, word2, word3 | 1 << 12]),
            "{listing}"
        );
    }
}

#[test]
fn programs_know_what_they_read_and_write() {
    let mut builder = Builder::new();
    builder
        .mov(Output::Color0, attribute(3))
        .mov(Output::TexCoord(0), attribute(8))
        .mov(Output::Position, attribute(0));
    let program = builder.finish().expect("a program");
    assert_eq!(
        program.code()[2],
        [0x401f_9c6c, 0x0040_000d, 0x8106_c083, 0x6041_ff81],
        "the last one has the end bit"
    );
    assert_eq!(program.inputs(), 0x109);
    // bit 0 colour, bit 14 texture coordinate 0, bit 5 set always
    assert_eq!(program.outputs().0, 0x4021);
    let listing = disassemble(program.code()).expect("a listing");
    assert_eq!(
        listing,
        "  0: MOV o[COL0], v[3]\n  1: MOV o[TEX0], v[8]\n  2: MOV o[HPOS], v[0]\n"
    );
}

#[test]
fn adding_reads_sources_0_and_2() {
    let mut builder = Builder::new();
    builder.add(Target::Temp(0), temp(1), temp(2));
    let [_, word1, word2, word3] = builder.finish().expect("a program").code()[0];
    let [source0, source1, source2] = super::layout::sources(
        super::layout::Word1(word1),
        super::layout::Word2(word2),
        super::layout::Word3(word3),
    );
    assert_eq!((source0.temporary(), source2.temporary()), (1, 2));
    assert_eq!(
        source1.kind(),
        Ok(super::layout::SourceType::Input),
        "not read"
    );
}

#[test]
fn units_run_side_by_side() {
    let mul = Operation {
        op: VectorOp::Mul,
        to: Output::Color0.into(),
        operands: [Some(temp(0)), Some(temp(1)), None],
    };
    let rcp = Operation {
        op: ScalarOp::Rcp,
        to: Target::Temp(3).mask(Mask::W),
        operands: [Some(temp(2).y()), None, None],
    };
    let both = Instruction {
        vector: Some(mul),
        scalar: Some(rcp),
        saturate: false,
    };
    assert_eq!(
        std::format!("{both}"),
        "MUL o[COL0], R0, R1 | RCP R3.w, R2.y"
    );
    let words = both.encode(false).expect("an instruction");
    assert_eq!(Instruction::decode(words), Ok((both, false)));

    let mad = Operation {
        op: VectorOp::Mad,
        operands: [Some(temp(0)), Some(temp(1)), Some(temp(4))],
        ..mul
    };
    let clash = Instruction {
        vector: Some(mad),
        ..both
    };
    assert_eq!(clash.encode(false), Err(EncodeError::SharedSource));
    let scalar = Operation {
        to: Output::Fog.mask(Mask::X),
        ..rcp
    };
    let two = Instruction {
        scalar: Some(scalar),
        ..both
    };
    assert_eq!(two.encode(false), Err(EncodeError::TwoOutputs));
}

#[test]
fn a_scalar_result_goes_to_an_output() {
    let mut builder = Builder::new();
    builder.rcp(Output::TexCoord(1).mask(Mask::Y), temp(0).w());
    let [word0, _, _, word3] = builder.finish().expect("a program").code()[0];
    assert_eq!(
        word0 >> 30 & 1,
        0,
        "the vector unit does not write the output"
    );
    assert_eq!(word3 >> 12 & 1, 1, "the scalar unit does");
    assert_eq!(word3 >> 17 & 15, 4, "lane y");
    assert_eq!(word3 >> 2 & 31, 8, "texture coordinate 1");
}

#[test]
fn impossible_instructions_are_refused() {
    let error = |build: &dyn Fn(&mut Builder) -> &mut Builder| {
        let mut builder = Builder::new();
        builder.mov(Output::Position, attribute(0));
        build(&mut builder);
        match builder.finish() {
            Err(AssembleError::Instruction { number: 1, error }) => error,
            other => panic!("{other:?}"),
        }
    };
    let to = Target::Temp(0);
    let address = AddressRegister {
        number: 0,
        lane: Lane::X,
    };
    assert_eq!(
        error(&|b| b.mul(to, attribute(0), attribute(1))),
        EncodeError::TwoAttributes([0, 1])
    );
    assert_eq!(
        error(&|b| b.mul(to, constant(0), constant(1))),
        EncodeError::TwoConstants([0, 1])
    );
    assert_eq!(
        error(&|b| b.mul(to, constant(0), indexed(address, 0))),
        EncodeError::TwoIndices
    );
    let no = |kind, number, count| EncodeError::NoSuchRegister {
        kind,
        number,
        count,
    };
    assert_eq!(
        error(&|b| b.mov(to, temp(TEMPORARIES))),
        no("temporary", 32, 32)
    );
    assert_eq!(
        error(&|b| b.mov(Target::Temp(32), temp(0))),
        no("temporary", 32, 32)
    );
    assert_eq!(
        error(&|b| b.mov(to, constant(CONSTANTS))),
        no("constant", 468, 468)
    );
    assert_eq!(
        error(&|b| b.mov(to, attribute(16))),
        no("attribute", 16, 16)
    );
    assert_eq!(
        error(&|b| b.mov(Output::TexCoord(8), temp(0))),
        no("texture coordinate", 8, 8)
    );
    assert_eq!(
        error(&|b| b.arl(Target::Address(2), temp(0))),
        no("address register", 2, 2)
    );
    assert_eq!(
        error(&|b| b.arl(to, temp(0))),
        EncodeError::AddressTarget("ARL")
    );
    assert_eq!(
        error(&|b| b.mov(Target::Address(0), temp(0))),
        EncodeError::AddressTarget("MOV")
    );
    assert_eq!(
        error(&|b| b.mov(to.mask(Mask::NONE), temp(0))),
        EncodeError::NoLanes("MOV")
    );
    assert_eq!(
        error(&|b| b.vector(VectorOp::Mul, to, &[temp(0)])),
        EncodeError::OperandCount {
            op: "MUL",
            expected: 2
        }
    );
    assert_eq!(
        error(&|b| b.scalar(ScalarOp::Bra, to, &[])),
        EncodeError::Unsupported("BRA")
    );
    assert_eq!(
        error(&|b| b.push(Instruction::default())),
        EncodeError::Empty
    );
}

#[test]
fn lengths_are_checked() {
    let mut builder = Builder::new();
    assert_eq!(builder.finish(), Err(AssembleError::Length(0)));
    for _ in 0..SLOTS {
        builder.mov(Output::Position, attribute(0));
    }
    assert!(builder.finish().is_ok());
    builder.mov(Output::Position, attribute(0));
    assert_eq!(builder.finish(), Err(AssembleError::Length(513)));
}

#[test]
fn what_has_no_form_is_not_read() {
    let decode = |change: fn(&mut [u32; 4])| {
        let mut words = KNOWN[0].0;
        change(&mut words);
        Instruction::decode(words).expect_err("an error")
    };
    assert_eq!(
        decode(|words| words[0] |= 1 << 14),
        DecodeError::Modifier("writing a condition")
    );
    assert_eq!(
        decode(|words| words[0] &= !(1 << 10)),
        DecodeError::Modifier("a condition")
    );
    assert_eq!(
        decode(|words| words[0] |= 1 << 27),
        DecodeError::Modifier("indexing attributes")
    );
    assert_eq!(
        decode(|words| words[1] |= 9 << 27),
        DecodeError::Unsupported("BRI")
    );
    assert_eq!(decode(|words| words[1] &= !(31 << 22)), DecodeError::Empty);
    assert_eq!(
        decode(|words| words[3] |= 31 << 2),
        DecodeError::NoTarget("MOV")
    );
    assert_eq!(
        decode(|words| words[0] &= !(63 << 15)),
        DecodeError::TwoTargets("MOV")
    );
    assert_eq!(disassemble(&[KNOWN[0].0]), Err((1, DecodeError::Truncated)));
}

#[test]
fn programs_are_sent_in_packets_of_eight() {
    let mut builder = Builder::new();
    for _ in 0..9 {
        builder.mov(Output::Position, attribute(0));
    }
    let program = builder.finish().expect("a program");
    let words = sent(|context| context.load_vertex_program(5, &program).expect("room"));
    let mut expected = packet(0x1e9c, &[5]);
    expected.extend(packet(0xb80, program.code()[..8].as_flattened()));
    expected.extend(packet(0xb80, &program.code()[8]));
    assert_eq!(words, expected);

    let words = sent(|context| context.use_vertex_program(5, &program).expect("room"));
    assert_eq!(
        words,
        [
            (0x1ea0, 5),
            (0x1ff0, 1),
            (0x1ff4, 0x20),
            (0x1ef8, 0x0020_ffff)
        ]
    );
    let words = sent(|context| assert!(context.load_vertex_program(SLOTS - 8, &program).is_err()));
    assert_eq!(words, []);
}

#[test]
fn constants_follow_their_slot() {
    let words = sent(|context| {
        context
            .set_vertex_constants(7, &[[1.0, 2.0, 0.5, -1.0]; 9])
            .expect("room")
    });
    let value = [0x3f80_0000, 0x4000_0000, 0x3f00_0000, 0xbf80_0000];
    let mut expected = packet(0x1efc, &[7]);
    expected.extend(packet(0x1f00, [value; 8].as_flattened()));
    expected.extend(packet(0x1efc, &[15]));
    expected.extend(packet(0x1f00, &value));
    assert_eq!(words, expected);
    let words = sent(|context| assert!(context.set_vertex_constants(467, &[[0.0; 4]; 2]).is_err()));
    assert_eq!(words, []);
}
