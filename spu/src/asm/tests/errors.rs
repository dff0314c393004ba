//! What is refused, and how it is named.

use std::string::ToString;

use crate::asm::{AssembleError, Assembler};

#[test]
fn labels_must_be_bound_once_and_in_the_same_function() {
    let mut a = Assembler::new();
    let nowhere = a.label("nowhere");
    a.br(nowhere);
    let error = a.finish().unwrap_err();
    assert!(matches!(&error, AssembleError::UnboundLabel { label, at }
        if label.starts_with("nowhere") && at.file().ends_with("errors.rs")));

    let mut a = Assembler::new();
    let twice = a.here("twice");
    a.il(0);
    a.bind(twice);
    a.stop(0);
    assert!(matches!(
        a.finish(),
        Err(AssembleError::LabelBoundTwice { .. })
    ));

    let mut a = Assembler::new();
    let inside = a.label("inside");
    let function = a.function("f", |a| a.bind(inside));
    a.call(function);
    a.br(inside);
    assert!(matches!(
        a.finish(),
        Err(AssembleError::LabelElsewhere { .. })
    ));
}

#[test]
fn addresses_of_code_that_is_gone_are_refused() {
    let mut a = Assembler::new();
    let [gone, end] = ["gone", "end"].map(|name| a.label(name));
    let line = line!() + 1;
    let address = a.label_address(gone);
    let mut b = a.clone();
    for a in [&mut a, &mut b] {
        a.br(end);
        a.bind(gone);
        a.il(0);
        a.bind(end);
    }
    // The same code is there when a branch may go to it.
    b.bi(address, &[gone]);
    b.finish().unwrap();
    a.stop(0);
    let error = a.finish().unwrap_err();
    assert!(
        matches!(&error, AssembleError::UnreachableLabel { at, .. } if at.line() == line),
        "{error}"
    );
}

#[test]
fn reading_what_was_never_written_is_refused() {
    let mut a = Assembler::new();
    let x = a.reg();
    let line = line!() + 1;
    a.fa(x, x);
    a.stop(0);
    let error = a.finish().unwrap_err();
    assert!(
        matches!(error, AssembleError::Uninitialised { at, mnemonic: "fa" } if at.line() == line),
        "{error}"
    );

    // Also where only one path writes to it.
    let mut a = Assembler::new();
    let condition = a.il(1);
    let x = a.reg();
    a.if_nonzero(condition, |a| {
        a.set(x).il(3);
    });
    a.ai(x, 1);
    a.stop(0);
    assert!(matches!(
        a.finish(),
        Err(AssembleError::Uninitialised { .. })
    ));
}

#[test]
fn operands_that_do_not_fit_name_their_line() {
    let mut a = Assembler::new();
    let x = a.il(0);
    let line = line!() + 1;
    a.lqd(x, 8);
    a.stop(0);
    let error = a.finish().unwrap_err();
    assert!(matches!(&error, AssembleError::Operand { at, .. } if at.line() == line));
    assert!(
        error.to_string().contains("lqd: 8 does not fit imm"),
        "{error}"
    );
}

#[test]
fn programs_must_end() {
    let mut a = Assembler::new();
    a.il(0);
    assert!(matches!(a.finish(), Err(AssembleError::RunsOffTheEnd)));
    assert!(matches!(
        Assembler::new().finish(),
        Err(AssembleError::RunsOffTheEnd)
    ));
}

#[test]
fn local_store_has_an_end() {
    let mut a = Assembler::new();
    a.bss(200 * 1024, 16);
    a.bss(57 * 1024, 16);
    a.stop(0);
    assert!(matches!(
        a.finish(),
        Err(AssembleError::LocalStoreFull { needed }) if needed > 257 * 1024
    ));
}

#[test]
fn physical_registers_cannot_be_moved_to_local_store() {
    let mut a = Assembler::new();
    let values: alloc::vec::Vec<_> = (0..128)
        .map(|number| a.set(crate::asm::Reg::physical(number)).il(number.into()))
        .collect();
    let extra = a.il(1000);
    a.here("later");
    let [one, two] = [extra, extra].map(|value| a.copy(value));
    a.stqd(one, values[0], 0);
    a.stqd(two, values[0], 16);
    for value in values {
        a.stqd(value, value, 0);
    }
    a.stop(0);
    assert!(matches!(
        a.finish(),
        Err(AssembleError::TooManyRegisters { needed, .. }) if needed > 128
    ));
}
