//! Both compilations of the loop against each other, and what the loop itself does.

use ::spu::isa::{Effect, Inst, Op, Roles};
use proptest::prelude::*;

use super::*;
use crate::spu::unit::State;

fn unit(program: &[Inst]) -> Unit {
    let mut unit = Unit::new(0);
    for (at, inst) in (0..).step_by(4).zip(program) {
        let word = inst.encode().unwrap();
        let target = unit.store.bytes_mut(at, 4).unwrap();
        target.copy_from_slice(&word.to_be_bytes());
    }
    unit.state = State::Running;
    unit
}

/// Instructions that run straight on, each as likely as the others, with any fields.
fn straight() -> impl Strategy<Value = u32> {
    let ops: Vec<Op> = Op::ALL
        .iter()
        .copied()
        .filter(|op| {
            !op.is_enhanced()
                && matches!(
                    op.effect(),
                    Effect::None | Effect::Load | Effect::Store | Effect::Status
                )
        })
        .collect();
    (prop::sample::select(ops), any::<u32>()).prop_map(|(op, fields)| {
        let free = 32 - op.info().format.opcode_bits();
        u32::from(op.info().opcode) << free | fields & ((1 << free) - 1)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Random programs leave the same state behind, however the loop is compiled.
    #[test]
    fn vectors_change_nothing(
        program in prop::collection::vec(straight(), 200),
        registers in prop::collection::vec(any::<u128>(), 128),
        moderate: bool,
    ) {
        let prepare = || {
            let mut unit = Unit::new(0);
            for (at, word) in (0..).step_by(4).zip(&program) {
                let target = unit.store.bytes_mut(at, 4).unwrap();
                target.copy_from_slice(&word.to_be_bytes());
            }
            for (register, &value) in unit.registers.iter_mut().zip(&registers) {
                *register = Quad::from_u128(value);
                if moderate {
                    // Numbers near 1, so that floating point stays on the fast way.
                    *register = register.map_words(|w| w & 0x80ff_ffff | 0x3f00_0000);
                }
            }
            unit
        };
        let (mut vector, mut plain) = (prepare(), prepare());
        // Stores may change the program, so it may end early, or never.
        run(&mut vector, 2000);
        run_portably(&mut plain, 2000);
        prop_assert_eq!(vector.pc, plain.pc);
        prop_assert_eq!(vector.cycle(), plain.cycle());
        prop_assert_eq!(vector.fpscr, plain.fpscr);
        prop_assert!(vector.registers == plain.registers);
        prop_assert!(vector.store.all() == plain.store.all());
    }

    /// No word makes the loop panic.
    #[test]
    fn any_word_is_executed_or_reported(
        program in prop::collection::vec(any::<u32>(), 64),
        registers in prop::collection::vec(any::<u128>(), 128),
    ) {
        let mut unit = Unit::new(0);
        for (at, word) in (0..).step_by(4).zip(&program) {
            let target = unit.store.bytes_mut(at, 4).unwrap();
            target.copy_from_slice(&word.to_be_bytes());
        }
        for (register, &value) in unit.registers.iter_mut().zip(&registers) {
            *register = Quad::from_u128(value);
        }
        unit.state = State::Running;
        unit.run(1000);
        prop_assert_ne!(unit.state, State::Idle);
    }
}

#[test]
fn branches_and_links() {
    let program = [
        Inst {
            rt: 10,
            imm: 8,
            ..Inst::new(Op::Brsl)
        }, // 0: to 8
        Inst {
            imm: 1,
            ..Inst::new(Op::Stop)
        }, // 4
        Inst {
            rt: 11,
            imm: -1,
            ..Inst::new(Op::Il)
        }, // 8
        Inst {
            rt: 12,
            imm: 0x10,
            ..Inst::new(Op::Ilhu)
        }, // c: halfword 0 at bits 16:31
        Inst {
            rt: 12,
            imm: 12,
            ..Inst::new(Op::Brhz)
        }, // 10: to 1c
        Inst {
            imm: 2,
            ..Inst::new(Op::Stop)
        }, // 14
        Inst {
            imm: 3,
            ..Inst::new(Op::Stop)
        }, // 18
        Inst {
            rt: 12,
            imm: -4,
            ..Inst::new(Op::Brz)
        }, // 1c: not taken
        Inst {
            rt: 12,
            ra: 10,
            ..Inst::new(Op::Binz)
        }, // 20: to 4
    ];
    let mut unit = unit(&program);
    unit.run(100);
    assert_eq!(unit.state, State::Stopped(1));
    assert_eq!(unit.pc, 8);
    assert_eq!(unit.registers[10], Quad::preferred(4));
    assert_eq!(unit.statistics.instructions, 7);
}

#[test]
fn link_and_target_may_be_one_register() {
    // The low two bits of a target are ignored.
    let mut unit = unit(&[
        Inst {
            rt: 2,
            imm: 0xb,
            ..Inst::new(Op::Ila)
        },
        Inst {
            rt: 2,
            ra: 2,
            ..Inst::new(Op::Bisl)
        },
        Inst {
            imm: 7,
            ..Inst::new(Op::Stop)
        },
    ]);
    unit.run(10);
    assert_eq!(unit.state, State::Stopped(7));
    assert_eq!(unit.registers[2], Quad::preferred(8));
}

#[test]
fn execution_wraps_around_local_store() {
    let mut unit = unit(&[Inst {
        imm: 5,
        ..Inst::new(Op::Stop)
    }]);
    let nop = Inst::new(Op::Nop).encode().unwrap();
    let last = unit.store.bytes_mut(0x3_fffc, 4).unwrap();
    last.copy_from_slice(&nop.to_be_bytes());
    unit.pc = 0xffff_ffff; // any address is taken modulo local store and 4
    unit.run(10);
    assert_eq!(unit.state, State::Stopped(5));
    assert_eq!(unit.statistics.instructions, 2);
}

#[test]
fn halts_and_unknown_words_are_faults() {
    let cases = [
        (
            Inst {
                ra: 1,
                rb: 1,
                ..Inst::new(Op::Heq)
            },
            true,
        ),
        (
            Inst {
                ra: 1,
                imm: 1,
                ..Inst::new(Op::Heqi)
            },
            false,
        ),
        (
            Inst {
                ra: 1,
                imm: -1,
                ..Inst::new(Op::Hgti)
            },
            true,
        ),
        (
            Inst {
                ra: 1,
                imm: -1,
                ..Inst::new(Op::Hlgti)
            },
            false,
        ),
        (
            Inst {
                ra: 2,
                rb: 1,
                ..Inst::new(Op::Hgt)
            },
            false,
        ),
        (
            Inst {
                ra: 2,
                rb: 1,
                ..Inst::new(Op::Hlgt)
            },
            true,
        ),
    ];
    for (inst, halts) in cases {
        let mut unit = unit(&[inst]);
        unit.registers[2] = Quad::splat(!0);
        unit.run(2);
        match (&unit.state, halts) {
            (State::Faulted(fault), true) => {
                assert_eq!((fault.pc, fault.channel), (0, None));
                assert!(
                    fault.to_string().contains(inst.op.info().mnemonic),
                    "{fault}"
                );
            }
            (State::Stopped(0), false) => {} // the next word is 0, `stop 0`
            other => panic!("{inst:?}: {other:?}"),
        }
    }
    let mut unit = unit(&[]);
    unit.store.bytes_mut(0, 4).unwrap()[1] = 0x80;
    unit.run(10);
    let State::Faulted(fault) = &unit.state else {
        panic!("{:?}", unit.state);
    };
    assert!(fault.to_string().contains("0x00800000"), "{fault}");
}

#[test]
fn programs_may_change_themselves() {
    // The store at 8 replaces the quadword at 0x10, where `stop 1` has been executed once
    // (decoded) in the first round.
    let stop = |imm| Inst {
        imm,
        ..Inst::new(Op::Stop)
    };
    let mut unit = unit(&[
        Inst::new(Op::Nop),
        Inst {
            imm: 12,
            ..Inst::new(Op::Br)
        }, // to 0x10
        Inst {
            rt: 3,
            imm: 0x10,
            ..Inst::new(Op::Stqa)
        },
        Inst {
            imm: 4,
            ..Inst::new(Op::Br)
        },
        stop(1),
    ]);
    unit.run(100);
    assert_eq!(unit.state, State::Stopped(1));
    let replacement = stop(2).encode().unwrap();
    unit.registers[3] = Quad::splat(replacement);
    unit.pc = 8;
    unit.state = State::Running;
    unit.run(200);
    assert_eq!(unit.state, State::Stopped(2));
}

#[test]
fn loads_and_stores_address_quadwords() {
    let at = |unit: &mut Unit, address: u32| unit.store.view().load::<Portable>(address);
    let value = Quad::from_words([1, 2, 3, 4]);
    // All forms meet at 0x1230: d = 0x1200 + 0x30, x = 0x1200 + 0x3f, absolute, relative.
    let forms = [
        (
            Inst {
                rt: 3,
                ra: 1,
                imm: 0x30,
                ..Inst::new(Op::Lqd)
            },
            Inst {
                rt: 3,
                ra: 1,
                imm: 0x30,
                ..Inst::new(Op::Stqd)
            },
        ),
        (
            Inst {
                rt: 3,
                ra: 1,
                rb: 2,
                ..Inst::new(Op::Lqx)
            },
            Inst {
                rt: 3,
                ra: 1,
                rb: 2,
                ..Inst::new(Op::Stqx)
            },
        ),
        (
            Inst {
                rt: 3,
                imm: 0x1230,
                ..Inst::new(Op::Lqa)
            },
            Inst {
                rt: 3,
                imm: 0x1234,
                ..Inst::new(Op::Stqa)
            },
        ),
        (
            Inst {
                rt: 3,
                imm: 0x1230,
                ..Inst::new(Op::Lqr)
            },
            Inst {
                rt: 3,
                imm: 0x1230,
                ..Inst::new(Op::Stqr)
            },
        ),
    ];
    for (load, store) in forms {
        let mut unit = unit(&[store]);
        unit.registers[1] = Quad::preferred(0x1200);
        unit.registers[2] = Quad::from_words([0x3f, 0x100, 0, 0]);
        unit.registers[3] = value;
        unit.run(1);
        assert_eq!(at(&mut unit, 0x1230), value, "{store}");
        let word = load.encode().unwrap();
        let target = unit.store.bytes_mut(0, 4).unwrap();
        target.copy_from_slice(&word.to_be_bytes());
        unit.registers[3] = Quad::ZERO;
        unit.pc = 0;
        unit.run(2);
        assert_eq!(unit.registers[3], value, "{load}");
    }
}

#[test]
fn every_branch_goes_where_it_should() {
    let zero = Quad::from_words([0xffff_0000, 1, 1, 1]); // halfword 0, word not 0
    let one = Quad::from_words([1, 0, 0, 0]);
    let none = Quad::ZERO;
    // The branch lies at 0x100; r1 is the address 0x200; r3 is tested or set.
    let cases = [
        (Op::Br, 0x40, none, 0x140),
        (Op::Bra, 0x40, none, 0x40),
        (Op::Brsl, -0x40, none, 0xc0),
        (Op::Brasl, 0x40, none, 0x40),
        (Op::Bi, 0, none, 0x200),
        (Op::Bisl, 0, none, 0x200),
        (Op::Brz, 0x40, none, 0x140),
        (Op::Brz, 0x40, zero, 0x104),
        (Op::Brnz, 0x40, none, 0x104),
        (Op::Brnz, 0x40, zero, 0x140),
        (Op::Brhz, 0x40, zero, 0x140),
        (Op::Brhz, 0x40, one, 0x104),
        (Op::Brhnz, 0x40, zero, 0x104),
        (Op::Brhnz, 0x40, one, 0x140),
        (Op::Biz, 0, none, 0x200),
        (Op::Biz, 0, zero, 0x104),
        (Op::Binz, 0, zero, 0x200),
        (Op::Binz, 0, none, 0x104),
        (Op::Bihz, 0, zero, 0x200),
        (Op::Bihz, 0, one, 0x104),
        (Op::Bihnz, 0, one, 0x200),
        (Op::Bihnz, 0, zero, 0x104),
        (Op::Hbrr, 0x40, none, 0x104),
    ];
    for (op, imm, tested, target) in cases {
        let info = op.info();
        let reads_a = info.roles.has(Roles::READS_RA);
        let has_t = info.roles.has(Roles::READS_RT) || info.roles.has(Roles::WRITES_RT);
        let inst = Inst {
            rt: if has_t { 3 } else { 0 },
            ra: u8::from(reads_a),
            imm,
            ..Inst::new(op)
        };
        let mut unit = unit(&[]);
        let word = inst.encode().unwrap();
        let place = unit.store.bytes_mut(0x100, 4).unwrap();
        place.copy_from_slice(&word.to_be_bytes());
        unit.registers[1] = Quad::preferred(0x203);
        unit.registers[3] = tested;
        unit.pc = 0x100;
        unit.run(1);
        assert_eq!(unit.pc, target, "{inst}");
        if info.roles.has(Roles::WRITES_RT) {
            assert_eq!(unit.registers[3], Quad::preferred(0x104), "{inst}");
        }
    }
}
