//! Values: constants of any kind, copies, splats.

use core::panic::Location;

use super::assembler::COPY;
use super::ir::{Alias, Operand, VInst};
use super::{Address, Assembler, Label, Reg, With};
use crate::isa::Op;

/// Methods that both [`Assembler`] and [`With`] have. The last step of each goes through
/// `self`, so that the target that was set gets the result.
macro_rules! values {
    () => {
        /// A copy of `ra`.
        #[track_caller]
        pub fn copy(&mut self, ra: Reg) -> Reg {
            let copy = true;
            self.value(VInst {
                ra,
                copy,
                ..VInst::new(COPY, Location::caller())
            })
        }

        /// All four words equal to `bits`, by one or two instructions.
        #[track_caller]
        pub fn word(&mut self, bits: u32) -> Reg {
            let (high, low) = (bits >> 16, bits & 0xffff);
            let signed = bits as i32;
            if i32::from(signed as i16) == signed {
                self.il(signed)
            } else if bits < 1 << 18 {
                self.ila(signed)
            } else if low == 0 {
                self.ilhu(high as i32)
            } else if high == low {
                self.ilh(low as i32)
            } else {
                let result = self.ilhu(high as i32);
                self.base().iohl(result, low as i32);
                result
            }
        }

        /// All four words equal to the bits of `value`.
        #[track_caller]
        pub fn float(&mut self, value: f32) -> Reg {
            self.word(value.to_bits())
        }

        /// These 16 bytes, from the pool of constants.
        #[track_caller]
        pub fn quad(&mut self, bytes: [u8; 16]) -> Reg {
            let address = self.base().constant(bytes);
            self.value(VInst {
                operand: Operand::Address(address),
                alias: Some(Alias::CONSTANTS),
                ..VInst::new(Op::Lqa, Location::caller())
            })
        }

        /// These four words, from the pool of constants.
        #[track_caller]
        pub fn words(&mut self, words: [u32; 4]) -> Reg {
            let mut bytes = [0; 16];
            for (bytes, word) in bytes.chunks_exact_mut(4).zip(words) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            self.quad(bytes)
        }

        /// These four numbers, from the pool of constants.
        #[track_caller]
        pub fn floats(&mut self, values: [f32; 4]) -> Reg {
            self.words(values.map(f32::to_bits))
        }

        /// All four words equal to an address in local store.
        #[track_caller]
        pub fn address(&mut self, address: Address) -> Reg {
            let operand = Operand::Address(address);
            self.value(VInst {
                operand,
                ..VInst::new(Op::Ila, Location::caller())
            })
        }

        /// All four words equal to the address of a label, for indirect branches.
        #[track_caller]
        pub fn label_address(&mut self, label: Label) -> Reg {
            let operand = Operand::Label(label);
            self.value(VInst {
                operand,
                ..VInst::new(Op::Ila, Location::caller())
            })
        }

        /// All four words equal to the preferred word (the first) of `ra`.
        #[track_caller]
        pub fn splat(&mut self, ra: Reg) -> Reg {
            let pattern = self.base().ila(0x1_0203);
            self.shufb(ra, ra, pattern)
        }
    };
}

impl Assembler {
    fn base(&mut self) -> &mut Self {
        self
    }

    values!();

    /// Copies `value` to `target`: `set(target).copy(value)`.
    #[track_caller]
    pub fn assign(&mut self, target: Reg, value: Reg) {
        self.set(target).copy(value);
    }
}

impl With<'_> {
    fn base(&mut self) -> &mut Assembler {
        self.assembler
    }

    values!();
}
