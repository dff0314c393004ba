use proptest::prelude::*;

use super::*;

/// Any instruction with any fields that its format has.
fn any_inst() -> impl Strategy<Value = Inst> {
    (0..Op::ALL.len(), any::<u32>()).prop_map(|(index, bits)| {
        let info = Op::ALL[index].info();
        let width = info.format.opcode_bits();
        let word = u32::from(info.opcode) << (32 - width) | bits & (u32::MAX >> width);
        Inst::decode(word).expect("the opcode is in the table")
    })
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(inst in any_inst()) {
        let word = inst.encode().expect("decoded fields fit");
        prop_assert_eq!(Inst::decode(word), Some(inst));
    }

    #[test]
    fn any_word_decodes_or_is_refused(word: u32) {
        if let Some(inst) = Inst::decode(word) {
            let again = inst.encode().expect("decoded fields fit");
            prop_assert_eq!(again >> 21, word >> 21);
            prop_assert_eq!(Inst::decode(again), Some(inst));
        } else {
            prop_assert!(Op::of_word(word).is_none());
        }
    }

    #[test]
    fn any_fields_encode_or_are_refused(
        index in 0..Op::ALL.len(), rt: u8, ra: u8, rb: u8, rc: u8, imm: i32, ro: i16, features: u8,
    ) {
        let inst = Inst { op: Op::ALL[index], rt, ra, rb, rc, imm, ro, features };
        if let Ok(word) = inst.encode() {
            let back = Inst::decode(word).expect("encoded");
            let same_imm = Inst { imm: back.imm, ..inst };
            prop_assert_eq!(back, same_imm);
        }
    }
}

#[test]
fn every_mnemonic_is_found_and_unique() {
    for &op in Op::ALL {
        assert_eq!(Op::of_mnemonic(op.info().mnemonic), Some(op));
        assert_eq!(op.info().op, op);
    }
}

/// Encodings as compilers for the SPU print them.
#[test]
fn known_encodings() {
    let cases: &[(u32, Inst)] = &[
        (0x0000_0000, Inst::new(Op::Stop)),
        (
            0x0000_0102,
            Inst {
                imm: 0x102,
                ..Inst::new(Op::Stop)
            },
        ),
        (0x0020_0000, Inst::new(Op::Lnop)),
        (
            0x4020_007f,
            Inst {
                rt: 127,
                ..Inst::new(Op::Nop)
            },
        ),
        (0x3500_0000, Inst::new(Op::Bi)),
        (
            0x2400_4080,
            Inst {
                rt: 0,
                ra: 1,
                imm: 16,
                ..Inst::new(Op::Stqd)
            },
        ),
        (
            0x24ff_8081,
            Inst {
                rt: 1,
                ra: 1,
                imm: -32,
                ..Inst::new(Op::Stqd)
            },
        ),
        (
            0x4080_0003,
            Inst {
                rt: 3,
                ..Inst::new(Op::Il)
            },
        ),
        (
            0x21a0_0e03,
            Inst {
                rt: 3,
                imm: 28,
                ..Inst::new(Op::Wrch)
            },
        ),
        (
            0x01a0_0e83,
            Inst {
                rt: 3,
                imm: 29,
                ..Inst::new(Op::Rdch)
            },
        ),
        (
            0x327f_ff80,
            Inst {
                imm: -4,
                ..Inst::new(Op::Br)
            },
        ),
        (
            0x1c04_0101,
            Inst {
                rt: 1,
                ra: 2,
                imm: 16,
                ..Inst::new(Op::Ai)
            },
        ),
        (
            0x0402_0103,
            Inst {
                rt: 3,
                ra: 2,
                imm: 8,
                ..Inst::new(Op::Ori)
            },
        ),
        (
            0xe060_c105,
            Inst {
                rt: 3,
                ra: 2,
                rb: 3,
                rc: 5,
                ..Inst::new(Op::Fma)
            },
        ),
        (
            0x4203_f983,
            Inst {
                rt: 3,
                imm: 0x7f3,
                ..Inst::new(Op::Ila)
            },
        ),
        (
            0x76e6_c083,
            Inst {
                rt: 3,
                ra: 1,
                imm: 0,
                ..Inst::new(Op::Cuflt)
            },
        ),
    ];
    for (word, inst) in cases {
        assert_eq!(inst.encode(), Ok(*word), "{}", inst.op);
        assert_eq!(Inst::decode(*word), Some(*inst), "{}", inst.op);
    }
}

#[test]
fn hint_offsets_have_their_two_halves() {
    for ro in (-1024..=1020).step_by(4) {
        for op in [Op::Hbr, Op::Hbra, Op::Hbrr] {
            let inst = Inst {
                ro,
                ..Inst::new(op)
            };
            assert_eq!(Inst::decode(inst.encode().unwrap()).unwrap().ro, ro);
        }
    }
    // hbrr with ro = 132 bytes = 33 words, target 256 bytes = 64 words ahead.
    let inst = Inst {
        ro: 132,
        imm: 256,
        ..Inst::new(Op::Hbrr)
    };
    assert_eq!(inst.encode(), Ok(0x1200_2021));
    // Words -1: both upper bits and all lower bits of the field.
    let inst = Inst {
        ro: -4,
        imm: 0,
        ..Inst::new(Op::Hbrr)
    };
    assert_eq!(inst.encode(), Ok(0x1380_007f));
}

#[test]
fn fields_that_do_not_fit_are_named() {
    let error = Inst {
        imm: 8,
        ..Inst::new(Op::Lqd)
    }
    .encode()
    .unwrap_err();
    assert_eq!((error.field, error.value), ("imm", 8));
    let error = Inst {
        imm: 512,
        ..Inst::new(Op::Ai)
    }
    .encode()
    .unwrap_err();
    assert_eq!((error.field, error.value), ("imm", 512));
    let error = Inst {
        rt: 128,
        ..Inst::new(Op::A)
    }
    .encode()
    .unwrap_err();
    assert_eq!((error.field, error.value), ("rt", 128));
    let error = Inst {
        rb: 1,
        ..Inst::new(Op::Ai)
    }
    .encode()
    .unwrap_err();
    assert_eq!((error.field, error.value), ("rb", 1));
    let error = Inst {
        features: 1,
        ..Inst::new(Op::A)
    }
    .encode()
    .unwrap_err();
    assert_eq!(error.field, "features");
    let error = Inst {
        ro: 4,
        ..Inst::new(Op::A)
    }
    .encode()
    .unwrap_err();
    assert_eq!(error.field, "ro");
}
