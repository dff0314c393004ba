//! The rows' encodings: the instruction formats of section 1.7, and of the PEM's
//! section 4.1 for vectors.

use super::{Execute, Instruction};

/// Which suffixes a mnemonic can take, and by which bits of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// None.
    Plain,
    /// "." with the lowest bit: the condition register is written.
    Record,
    /// "o" with bit 21 and "." with the lowest.
    OverflowRecord,
    /// "." with bit 21: a vector compare writes condition register field 6.
    VectorRecord,
    /// "l" with the lowest bit: the link register is written.
    Link,
    /// "l" with the lowest bit, "a" with the one above: the target is absolute.
    LinkAbsolute,
}

const PRIMARY: u32 = 63 << 26;

const fn row(
    name: &'static str,
    operands: &'static str,
    (mask, pattern): (u32, u32),
    form: Form,
    execute: Execute,
) -> Instruction {
    Instruction {
        name,
        operands,
        mask,
        pattern,
        form,
        ends_block: false,
        execute,
    }
}

impl Instruction {
    /// The same, as the last of a block.
    pub(super) const fn ending_block(self) -> Self {
        Self {
            ends_block: true,
            ..self
        }
    }
}

/// D form: the primary opcode alone.
pub(super) const fn d(
    name: &'static str,
    operands: &'static str,
    primary: u32,
    execute: Execute,
) -> Instruction {
    row(
        name,
        operands,
        (PRIMARY, primary << 26),
        Form::Plain,
        execute,
    )
}

/// DS form: two low bits.
pub(super) const fn ds(
    name: &'static str,
    operands: &'static str,
    (primary, extended): (u32, u32),
    execute: Execute,
) -> Instruction {
    let pattern = primary << 26 | extended;
    row(name, operands, (PRIMARY | 3, pattern), Form::Plain, execute)
}

/// I and B forms: AA and LK.
pub(super) const fn branch(
    name: &'static str,
    operands: &'static str,
    primary: u32,
    execute: Execute,
) -> Instruction {
    row(
        name,
        operands,
        (PRIMARY, primary << 26),
        Form::LinkAbsolute,
        execute,
    )
}

/// XL form with LK.
pub(super) const fn branch_to_register(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 19 << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x7fe, pattern),
        Form::Link,
        execute,
    )
}

/// X, XL, XFX forms: ten bits, and a zero below.
pub(super) const fn x(
    name: &'static str,
    operands: &'static str,
    (primary, extended): (u32, u32),
    execute: Execute,
) -> Instruction {
    let pattern = primary << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x7ff, pattern),
        Form::Plain,
        execute,
    )
}

/// X form whose lowest bit is 1.
pub(super) const fn x_one(
    name: &'static str,
    operands: &'static str,
    (primary, extended): (u32, u32),
    execute: Execute,
) -> Instruction {
    let pattern = primary << 26 | extended << 1 | 1;
    row(
        name,
        operands,
        (PRIMARY | 0x7ff, pattern),
        Form::Plain,
        execute,
    )
}

/// X form with Rc.
pub(super) const fn x_record(
    name: &'static str,
    operands: &'static str,
    (primary, extended): (u32, u32),
    execute: Execute,
) -> Instruction {
    let pattern = primary << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x7fe, pattern),
        Form::Record,
        execute,
    )
}

/// XO form: OE and Rc.
pub(super) const fn xo(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 31 << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x3fe, pattern),
        Form::OverflowRecord,
        execute,
    )
}

/// XO form whose OE is reserved: the high halves of products.
pub(super) const fn xo_high(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 31 << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x7fe, pattern),
        Form::Record,
        execute,
    )
}

/// XS form: `sradi`.
pub(super) const fn xs(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 31 << 26 | extended << 2;
    row(
        name,
        operands,
        (PRIMARY | 0x7fc, pattern),
        Form::Record,
        execute,
    )
}

/// M form: the primary opcode, and Rc.
pub(super) const fn m(
    name: &'static str,
    operands: &'static str,
    primary: u32,
    execute: Execute,
) -> Instruction {
    row(
        name,
        operands,
        (PRIMARY, primary << 26),
        Form::Record,
        execute,
    )
}

/// MD form.
pub(super) const fn md(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 30 << 26 | extended << 2;
    row(
        name,
        operands,
        (PRIMARY | 0x1c, pattern),
        Form::Record,
        execute,
    )
}

/// MDS form.
pub(super) const fn mds(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 30 << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x1e, pattern),
        Form::Record,
        execute,
    )
}

/// A form: floating point with up to three operands.
pub(super) const fn a(
    name: &'static str,
    operands: &'static str,
    (primary, extended): (u32, u32),
    execute: Execute,
) -> Instruction {
    let pattern = primary << 26 | extended << 1;
    row(
        name,
        operands,
        (PRIMARY | 0x3e, pattern),
        Form::Record,
        execute,
    )
}

/// VX form: eleven bits.
pub(super) const fn vx(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 4 << 26 | extended;
    row(
        name,
        operands,
        (PRIMARY | 0x7ff, pattern),
        Form::Plain,
        execute,
    )
}

/// VA form: six bits.
pub(super) const fn va(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 4 << 26 | extended;
    row(
        name,
        operands,
        (PRIMARY | 0x3f, pattern),
        Form::Plain,
        execute,
    )
}

/// VXR form: ten bits, and Rc above them.
pub(super) const fn vxr(
    name: &'static str,
    operands: &'static str,
    extended: u32,
    execute: Execute,
) -> Instruction {
    let pattern = 4 << 26 | extended;
    row(
        name,
        operands,
        (PRIMARY | 0x3ff, pattern),
        Form::VectorRecord,
        execute,
    )
}
