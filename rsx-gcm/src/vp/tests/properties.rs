//! What holds of any vertex instruction.

use super::super::{
    AddressRegister, CONSTANTS, Destination, EncodeError, Instruction, Operation, Output, Register,
    ScalarOp, Source, TEMPORARIES, Target, VectorOp,
};
use crate::operand::{Lane, Mask, Swizzle};
use proptest::prelude::*;

fn lane() -> impl Strategy<Value = Lane> {
    (0..4u32).prop_map(Lane::from_bits)
}

fn mask() -> impl Strategy<Value = Mask> {
    (1..16u32).prop_map(Mask::from_bits)
}

/// Sources that agree about attribute, constant and index.
fn source(shared: (u8, u16, Option<AddressRegister>)) -> impl Strategy<Value = Source> {
    let (input, base, index) = shared;
    let constant = match index {
        None => Register::Constant(base),
        Some(address) => Register::Indexed { address, base },
    };
    let register = prop_oneof![
        (0..TEMPORARIES).prop_map(Register::Temp),
        Just(Register::Input(input)),
        Just(constant)
    ];
    (
        register,
        prop::array::uniform4(lane()),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(register, lanes, absolute, negate)| Source {
            register,
            swizzle: Swizzle(lanes),
            absolute,
            negate,
        })
}

fn output() -> impl Strategy<Value = Output> {
    (0..15u32).prop_map(|bits| Output::from_bits(bits).expect("an output"))
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        (0..TEMPORARIES).prop_map(Target::Temp),
        output().prop_map(Target::Output)
    ]
}

fn instruction() -> impl Strategy<Value = Instruction> {
    let index = prop::option::of(
        (0..2u8, lane()).prop_map(|(number, lane)| AddressRegister { number, lane }),
    );
    let vectors: Vec<VectorOp> = VectorOp::ALL[1..]
        .iter()
        .copied()
        .filter(|op| op.sources().is_some())
        .collect();
    let scalars: Vec<ScalarOp> = ScalarOp::ALL[1..]
        .iter()
        .copied()
        .filter(|op| op.sources().is_some())
        .collect();
    (0..16u8, 0..CONSTANTS, index).prop_flat_map(move |shared| {
        let vector = (
            prop::sample::select(vectors.clone()),
            target(),
            0..2u8,
            mask(),
            prop::array::uniform3(source(shared)),
        );
        let vector = vector.prop_map(|(op, target, address, mask, sources)| {
            let target = if matches!(op, VectorOp::Arl | VectorOp::Arr) {
                Target::Address(address)
            } else {
                target
            };
            let mut operands = sources.map(Some);
            operands[op.sources().map_or(0, <[usize]>::len)..].fill(None);
            Operation {
                op,
                to: Destination { target, mask },
                operands,
            }
        });
        let scalar = (
            prop::sample::select(scalars.clone()),
            target(),
            mask(),
            source(shared),
        );
        let scalar = scalar.prop_map(|(op, target, mask, source)| Operation {
            op,
            to: Destination { target, mask },
            operands: [Some(source), None, None],
        });
        (
            prop::option::of(vector),
            prop::option::of(scalar),
            any::<bool>(),
        )
            .prop_map(|(vector, scalar, saturate)| Instruction {
                vector,
                scalar,
                saturate,
            })
    })
}

proptest! {
    #[test]
    fn instructions_survive_the_words(instruction in instruction(), end: bool) {
        let uses_source2 = instruction.vector.is_some_and(|operation| operation.op.sources().unwrap().contains(&2));
        let outputs = [instruction.vector.map(|operation| operation.to), instruction.scalar.map(|operation| operation.to)];
        let outputs = outputs.iter().flatten().filter(|to| matches!(to.target, Target::Output(_))).count();
        match instruction.encode(end) {
            Ok(words) => prop_assert_eq!(Instruction::decode(words), Ok((instruction, end))),
            Err(EncodeError::SharedSource) => prop_assert!(uses_source2 && instruction.scalar.is_some()),
            Err(EncodeError::TwoOutputs) => prop_assert_eq!(outputs, 2),
            Err(EncodeError::Empty) => prop_assert!(instruction.vector.is_none() && instruction.scalar.is_none()),
            Err(error) => return Err(TestCaseError::fail(std::format!("{error}"))),
        }
    }

    #[test]
    fn any_words_are_read_or_refused(words: [u32; 4]) {
        if let Ok((instruction, end)) = Instruction::decode(words) {
            let listing = std::format!("{instruction}");
            prop_assert!(!listing.is_empty());
            // What is read can be written again, but for registers past the last that the field has room for,
            // lanes that nobody writes, and sources that both units do not share.
            if let Ok(again) = instruction.encode(end) {
                prop_assert_eq!(Instruction::decode(again), Ok((instruction, end)));
            }
        }
    }
}
