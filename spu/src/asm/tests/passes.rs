//! What each pass does to small programs.

use std::string::ToString;

use alloc::vec::Vec;

use super::{count, finish, insts};
use crate::asm::{Assembler, Options, Reg};
use crate::elf::Image;
use crate::isa::{Inst, Op};

#[test]
fn images_hold_code_data_and_buffers() {
    let mut a = Assembler::with_options(Options {
        origin: 0x80,
        ..Options::default()
    });
    let table = a.data(&[1, 2, 3], 128);
    let buffer = a.bss(100, 256);
    let x = a.lqa(table);
    let y = a.words([1, 2, 3, 4]);
    let z = a.words([1, 2, 3, 4]);
    a.stqa(x, buffer);
    a.stqa(y, buffer.offset(16));
    a.stqa(z, buffer.offset(32));
    a.stop(0);
    let program = a.finish().unwrap();
    assert_eq!(program.entry(), 0x80);
    assert_eq!(program.address(table) % 128, 0);
    assert_eq!(program.address(buffer) % 256, 0);
    assert_eq!(
        program.end(),
        (program.address(buffer) + 100).next_multiple_of(128)
    );
    // The table and one constant, not two.
    assert_eq!(program.data().1.len(), 32);
    assert_eq!(program.data().1[..4], [1, 2, 3, 0]);
    let elf = program.to_elf();
    let image = Image::parse(&elf).unwrap();
    assert_eq!(image.entry, 0x80);
    let mut memory = std::boxed::Box::new([0; crate::asm::LOCAL_STORE as usize]);
    image.load(&mut memory).unwrap();
    assert_eq!(memory.as_slice(), program.memory());
}

#[test]
fn words_take_the_shortest_way() {
    for (bits, ops) in [
        (0, &[Op::Il][..]),
        (0xffff_8000, &[Op::Il]),
        (0x0003_ffff, &[Op::Ila]),
        (0x3f80_0000, &[Op::Ilhu]),
        (0x1234_1234, &[Op::Ilh]),
        (0x1234_5678, &[Op::Ilhu, Op::Iohl]),
    ] {
        let program = finish(|a| {
            a.word(bits);
        });
        let found: Vec<Op> = insts(&program)
            .iter()
            .map(|inst| inst.op)
            .filter(|op| !matches!(op, Op::Nop | Op::Lnop | Op::Stop))
            .collect();
        assert_eq!(found, ops, "{bits:#x}");
    }
}

#[test]
fn independent_work_hides_latencies() {
    let program = finish(|a| {
        let base = a.bss(1024, 16);
        let pointer = a.address(base);
        for i in 0..8 {
            let x = a.lqd(pointer, i * 16);
            let y = a.fm(x, x);
            a.stqd(y, pointer, i * 16);
        }
    });
    // The first load waits two cycles for its address, eight loads follow one another,
    // the first store waits six cycles for its load and six for its product, eight stores
    // follow one another, then `stop`: 2 + 6 + 6 + 8 + 1.
    let block = program.blocks().next().unwrap();
    assert!(block.cycles == 23, "{}", program.listing());
}

#[test]
fn stores_keep_their_place_unless_told_apart() {
    let position = |alias: bool| {
        let program = finish(|a| {
            let (one, two) = (a.alias_class(), a.alias_class());
            let [from, to] = [3, 4].map(Reg::physical);
            for _ in 0..2 {
                let (mut load, mut store) = if alias {
                    (Some(one), Some(two))
                } else {
                    (None, None)
                };
                let x = match load.take() {
                    Some(class) => a.on(class).lqd(from, 0),
                    None => a.lqd(from, 0),
                };
                let y = a.fm(x, x);
                match store.take() {
                    Some(class) => a.on(class).stqd(y, to, 0),
                    None => a.stqd(y, to, 0),
                }
                a.set(from).ai(from, 16);
                a.set(to).ai(to, 16);
            }
        });
        let is = |op| insts(&program).iter().rposition(|inst| inst.op == op);
        (
            is(Op::Lqd),
            insts(&program).iter().position(|inst| inst.op == Op::Stqd),
        )
    };
    let (second_load, first_store) = position(false);
    assert!(second_load > first_store);
    let (second_load, first_store) = position(true);
    assert!(second_load < first_store);
}

#[test]
fn channels_stay_behind_stores_and_among_themselves() {
    use crate::isa::channel::Channel;
    let program = finish(|a| {
        let buffer = a.bss(64, 128);
        let slow = a.float(2.0);
        let slow = a.fm(slow, slow);
        a.stqa(slow, buffer);
        let address = a.address(buffer);
        a.wrch(Channel::LSA, address);
        a.wrch(Channel::CMD, address);
        a.rdch(Channel::RD_TAG_STAT);
        a.lqa(buffer);
    });
    let order: Vec<Op> = insts(&program)
        .iter()
        .map(|inst| inst.op)
        .filter(|op| matches!(op, Op::Stqa | Op::Wrch | Op::Rdch | Op::Lqa))
        .collect();
    assert_eq!(order, [Op::Stqa, Op::Wrch, Op::Wrch, Op::Rdch, Op::Lqa]);
}

#[test]
fn nothing_moves_across_barriers() {
    let program = finish(|a| {
        let slow = a.float(2.0);
        let slow = a.fm(slow, slow);
        let [one, two] = [0; 2].map(|_| a.bss(16, 16));
        a.stqa(slow, one);
        a.dsync();
        a.lqa(two);
        a.dsync();
        a.il(1);
        let quick = a.il(2);
        a.stqa(quick, two);
    });
    let order: Vec<Op> = insts(&program)
        .iter()
        .map(|inst| inst.op)
        .filter(|op| matches!(op, Op::Stqa | Op::Dsync | Op::Lqa | Op::Il))
        .collect();
    let expected = [
        Op::Stqa,
        Op::Dsync,
        Op::Lqa,
        Op::Dsync,
        Op::Il,
        Op::Il,
        Op::Stqa,
    ];
    assert_eq!(order, expected, "{}", program.listing());
}

#[test]
fn pairs_are_aligned() {
    let program = finish(|a| {
        let pointer = a.il(0);
        let mut sum = a.float(0.0);
        for i in 0..6 {
            let x = a.lqd(pointer, i * 16);
            sum = a.fa(sum, x);
        }
        a.stqd(sum, pointer, 0);
    });
    for pair in insts(&program).chunks(2) {
        let [even, odd] = pair else {
            panic!("the code ends at a multiple of 8")
        };
        let pipes = [even, odd].map(|inst| inst.op.info().class.pipe());
        assert!(
            pipes == [crate::isa::Pipe::Even, crate::isa::Pipe::Odd]
                || even.target().is_none()
                || odd.sources().contains(&even.target())
                || pipes[0] == pipes[1]
                || pipes[0] == crate::isa::Pipe::Odd,
            "{even} {odd}"
        );
    }
}

#[test]
fn loops_are_hinted_inside_or_before() {
    let long = finish(|a| {
        let n = a.il(5);
        let x = a.float(1.0);
        a.repeat(n, |a| {
            for _ in 0..10 {
                a.set(x).fm(x, x);
            }
        });
    });
    let short = finish(|a| {
        let n = a.il(5);
        let x = a.float(1.0);
        a.repeat(n, |a| {
            a.set(x).fm(x, x);
        });
    });
    for program in [long, short] {
        assert_eq!(count(&program, Op::Hbrr), 1, "{}", program.listing());
        let code = insts(&program);
        let hint = code.iter().position(|inst| inst.op == Op::Hbrr).unwrap();
        let branch = code.iter().position(|inst| inst.op == Op::Brnz).unwrap();
        assert_eq!(i32::from(code[hint].ro), (branch - hint) as i32 * 4);
        assert_eq!(
            code[hint].imm + hint as i32 * 4,
            code[branch].imm + branch as i32 * 4
        );
    }
}

#[test]
fn options_turn_passes_off() {
    let mut a = Assembler::with_options(Options {
        schedule: false,
        align_pairs: false,
        hints: false,
        ..Options::default()
    });
    let n = a.il(5);
    let x = a.il(0);
    a.repeat(n, |a| {
        for _ in 0..10 {
            a.set(x).ai(x, 1);
        }
    });
    a.stop(0);
    let program = a.finish().unwrap();
    assert_eq!(count(&program, Op::Hbrr), 0);
    assert_eq!(count(&program, Op::Nop) + count(&program, Op::Lnop), 0);
    let last = program.code().last().copied().and_then(Inst::decode);
    assert_eq!(last, Some(Inst::new(Op::Stop)));
}

#[test]
fn values_that_find_no_register_go_to_local_store() {
    let program = finish(|a| {
        let base = a.bss(16 * 200, 16);
        let pointer = a.address(base);
        let values: Vec<Reg> = (0..150).map(|i| a.il(i)).collect();
        // All of them are needed in another block, twice.
        a.here("later");
        for _ in 0..2 {
            for (slot, &value) in values.iter().enumerate() {
                a.stqd(value, pointer, slot as i32 * 16);
            }
        }
    });
    assert!(count(&program, Op::Lqa) > 0);
    assert!(count(&program, Op::Stqa) > 0);
}

#[test]
fn copies_into_loops_cost_nothing_where_the_source_ends() {
    let program = finish(|a| {
        let n = a.il(5);
        a.repeat(n, |_| {});
    });
    assert_eq!(count(&program, Op::Ori), 0, "{}", program.listing());
}

#[test]
fn code_that_cannot_be_reached_goes_away() {
    let program = finish(|a| {
        let end = a.label("end");
        a.br(end);
        a.il(1);
        let never = a.function("never", |a| {
            a.il(2);
        });
        let _ = never;
        a.bind(end);
    });
    assert_eq!(count(&program, Op::Il), 0);
}

#[test]
fn listings_show_names_cycles_and_lines() {
    let program = finish(|a| {
        let n = a.il(5);
        let x = a.float(1.0);
        a.repeat(n, |a| {
            a.set(x).fm(x, x);
        });
    });
    let listing = program.listing();
    assert!(listing.contains("start/repeat_0:"), "{listing}");
    assert!(listing.contains("passes.rs:"), "{listing}");
    let block = program
        .blocks()
        .find(|block| block.name == "start/repeat_0")
        .unwrap();
    // Each product waits for the one before.
    assert_eq!(block.cycles_per_round, Some(6), "{listing}");
    assert_eq!(listing, program.listing().to_string());
}

#[test]
fn recorded_instructions_stay_as_they_are() {
    let add = Inst {
        rt: 80,
        ra: 81,
        rb: 82,
        ..Inst::new(Op::A)
    };
    let program = finish(|a| {
        a.raw(add);
        a.raw(Inst::new(Op::Sync));
    });
    let code = insts(&program);
    let at = code.iter().position(|inst| *inst == add).unwrap();
    assert!(code[at..].contains(&Inst::new(Op::Sync)));
}
