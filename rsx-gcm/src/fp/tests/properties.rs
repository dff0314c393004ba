//! What holds of any fragment instruction.

use super::super::{
    Constant, Decoded, Destination, H_REGISTERS, Input, Instruction, Op, Precision, Predicate,
    R_REGISTERS, Register, Scale, Source, Test, Value,
};
use crate::operand::{Lane, Mask, Swizzle};
use Register::{H, R};
use proptest::prelude::*;

fn swizzle() -> impl Strategy<Value = Swizzle> {
    prop::array::uniform4((0..4u32).prop_map(Lane::from_bits)).prop_map(Swizzle)
}

fn register() -> impl Strategy<Value = Register> {
    prop_oneof![(0..R_REGISTERS).prop_map(R), (0..H_REGISTERS).prop_map(H)]
}

/// Sources that agree about input and constant.
fn source(input: Input, constant: [u32; 4]) -> impl Strategy<Value = Source> {
    let value = prop_oneof![
        register().prop_map(Value::Temp),
        Just(Value::Input(input)),
        Just(Value::Constant(Constant(constant))),
    ];
    (value, swizzle(), any::<bool>(), any::<bool>()).prop_map(
        |(value, swizzle, absolute, negate)| Source {
            value,
            swizzle,
            absolute,
            negate,
        },
    )
}

fn instruction() -> impl Strategy<Value = Instruction> {
    let ops: Vec<Op> = Op::ALL
        .iter()
        .copied()
        .filter(|op| op.operands().is_some())
        .collect();
    let input = (0..15u32).prop_map(|bits| Input::from_bits(bits).expect("an input"));
    (input, any::<[u32; 4]>()).prop_flat_map(move |(input, constant)| {
        let modifiers = (
            any::<bool>(),
            prop::sample::select(Scale::ALL),
            prop::sample::select(Precision::ALL),
            prop::sample::select(Test::ALL),
            swizzle(),
            any::<bool>(),
        );
        let to = (
            prop::option::of(register()),
            (1..16u32).prop_map(Mask::from_bits),
        );
        let sources = prop::array::uniform3(source(input, constant));
        (
            prop::sample::select(ops.clone()),
            to,
            sources,
            0..16u8,
            modifiers,
        )
            .prop_map(
                |(
                    op,
                    (register, mask),
                    sources,
                    unit,
                    (saturate, scale, precision, test, swizzle, update_condition),
                )| {
                    let register = register.filter(|_| !op.has_no_result());
                    // Something has to become of the result.
                    let update_condition = update_condition || register.is_none();
                    let mut operands = sources.map(Some);
                    operands[op.operands().unwrap_or(0)..].fill(None);
                    let when = Predicate { test, swizzle };
                    let to = Destination { register, mask };
                    Instruction {
                        op,
                        to,
                        operands,
                        unit,
                        saturate,
                        scale,
                        precision,
                        when,
                        update_condition,
                    }
                },
            )
    })
}

proptest! {
    #[test]
    fn instructions_survive_the_words(instruction in instruction(), end: bool) {
        let (words, constant) = instruction.encode(end).expect("an instruction");
        let mut words = words.to_vec();
        if let Some(Value::Constant(Constant(constant))) = constant {
            words.extend(constant);
        }
        let length = words.len();
        prop_assert_eq!(Instruction::decode(&words), Ok(Decoded { instruction, end, length }));
    }

    #[test]
    fn any_words_are_read_or_refused(words in prop::collection::vec(any::<u32>(), 0..12)) {
        if let Ok(decoded) = Instruction::decode(&words) {
            prop_assert!(decoded.length <= words.len());
            let listing = format!("{}", decoded.instruction);
            prop_assert!(!listing.is_empty());
        }
    }
}
