//! Instructions of vertex programs.
//!
//! Layout: Mesa `nv40_vertprog.h`, RPCS3 `RSXVertexProgram.h`. Each holds an
//! operation of the vector unit and one of the scalar unit; both read before
//! either writes.

/// Most instructions of the program memory (RPCS3: 544 on the RSX).
pub const SLOTS: usize = 544;
/// Number of constants (RPCS3: 468 on the RSX).
pub const CONSTANTS: usize = 468;
/// Number of temporaries.
pub const TEMPORARIES: usize = 32;

/// Four words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Instruction(pub [u32; 4]);

/// Operations of the vector unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are the mnemonics of NV_vertex_program3"
)]
pub enum Vector {
    Nop,
    Mov,
    Mul,
    Add,
    Mad,
    Dp3,
    Dph,
    Dp4,
    Dst,
    Min,
    Max,
    Slt,
    Sge,
    Arl,
    Frc,
    Flr,
    Seq,
    Sfl,
    Sgt,
    Sle,
    Sne,
    Str,
    Ssg,
    Arr,
}

/// Operations of the scalar unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are the mnemonics of NV_vertex_program3"
)]
pub enum Scalar {
    Nop,
    Mov,
    Rcp,
    Rcc,
    Rsq,
    Exp,
    Log,
    Lit,
    /// Branch to an immediate slot.
    Bra,
    /// Call of an immediate slot.
    Cal,
    Ret,
    Lg2,
    Ex2,
    Sin,
    Cos,
}

/// What a source reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// A temporary.
    Temporary(u8),
    /// The attribute that the instruction names.
    Input,
    /// The constant that the instruction names.
    Constant,
}

/// A source operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Register.
    pub register: Register,
    /// Component that each of x, y, z, w comes from.
    pub swizzle: [u8; 4],
    /// Absolute value, before the negation.
    pub absolute: bool,
    /// Negated.
    pub negate: bool,
}

/// Where a unit's result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Destination {
    /// A temporary.
    pub temporary: Option<u8>,
    /// An output.
    pub output: Option<u8>,
    /// Written components.
    pub mask: [bool; 4],
}

/// An instruction taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Operation of the vector unit.
    pub vector: Vector,
    /// Where its result goes; of `Arl` and `Arr` the mask counts.
    pub vector_to: Destination,
    /// Address register that `Arl` and `Arr` write.
    pub address_to: usize,
    /// Operation of the scalar unit.
    pub scalar: Scalar,
    /// Where its result goes.
    pub scalar_to: Destination,
    /// Operands; the vector unit reads 0, 1 and 2 (of `Add` 0 and 2), the scalar unit 2.
    pub sources: [Option<Source>; 3],
    /// Attribute that input operands read.
    pub input: u8,
    /// Constant that constant operands read.
    pub constant: u16,
    /// The constant's number is relative to this component of this address register.
    pub relative: Option<(usize, usize)>,
    /// Results are limited to 0…1.
    pub saturate: bool,
    /// Condition: bit 0 less, bit 1 equal, bit 2 greater. 7 where there is none.
    pub condition: u8,
    /// Components of the condition register that x, y, z, w are tested with.
    pub condition_swizzle: [u8; 4],
    /// Which of the two condition registers is tested and set.
    pub condition_register: usize,
    /// Results go to the condition register, too.
    pub sets_condition: bool,
    /// Slot that a branch goes to.
    pub target: u16,
    /// The program ends here.
    pub end: bool,
}

impl Instruction {
    fn field(self, word: usize, shift: u32, width: u32) -> u32 {
        self.0[word] >> shift & (u32::MAX >> (32 - width))
    }

    fn bit(self, word: usize, shift: u32) -> bool {
        self.field(word, shift, 1) != 0
    }

    fn mask(self, lowest: u32) -> [bool; 4] {
        [3, 2, 1, 0].map(|bit| self.bit(3, lowest + bit))
    }

    fn source(self, number: u32) -> Result<Option<Source>, &'static str> {
        let bits = match number {
            0 => self.field(1, 0, 8) << 9 | self.field(2, 23, 9),
            1 => self.field(2, 6, 17),
            _ => self.field(2, 0, 6) << 11 | self.field(3, 21, 11),
        };
        let register = match bits & 3 {
            0 => return Ok(None),
            1 => {
                let index = (bits >> 2 & 63) as u8;
                if usize::from(index) >= TEMPORARIES {
                    return Err("a temporary past 31 is read");
                }
                Register::Temporary(index)
            }
            2 => Register::Input,
            _ => Register::Constant,
        };
        Ok(Some(Source {
            register,
            swizzle: [14, 12, 10, 8].map(|shift| (bits >> shift & 3) as u8),
            absolute: self.bit(0, 21 + number),
            negate: bits >> 16 & 1 != 0,
        }))
    }

    /// Takes the instruction apart.
    ///
    /// # Errors
    /// What is not supported or does not exist.
    pub fn decode(self) -> Result<Decoded, &'static str> {
        let vector = vector(self.field(1, 22, 5))?;
        let scalar = scalar(self.field(1, 27, 5))?;
        let branches = matches!(scalar, Scalar::Bra | Scalar::Cal | Scalar::Ret);
        if self.bit(0, 27) {
            return Err("relative addresses of inputs are not supported");
        }
        let output = match self.field(3, 2, 5) {
            0x1f => None,
            n @ 0..16 => Some(n as u8),
            _ => return Err("an output past 15 is written"),
        };
        let vector_output = self.bit(0, 30);
        let addresses = matches!(vector, Vector::Arl | Vector::Arr);
        let vector_to = Destination {
            temporary: match self.field(0, 15, 6) {
                0x3f => None,
                n if addresses => Some((n & 1) as u8),
                n if (n as usize) < TEMPORARIES => Some(n as u8),
                _ if vector == Vector::Nop => None,
                _ => return Err("a temporary past 31 is written"),
            },
            output: output.filter(|_| vector_output),
            mask: self.mask(13),
        };
        let scalar_to = Destination {
            // Six bits for RPCS3; for Mesa five, and the sixth says that an output is meant.
            temporary: match self.field(3, 7, 6) {
                n if (n as usize) < TEMPORARIES => Some(n as u8),
                0x3f => None,
                _ if matches!(scalar, Scalar::Nop) || branches => None,
                _ => return Err("a temporary past 31 is written"),
            },
            output: output.filter(|_| self.bit(3, 12)),
            mask: self.mask(17),
        };
        let both_write = vector != Vector::Nop
            && !matches!(scalar, Scalar::Nop)
            && vector_to.output.is_some()
            && scalar_to.output.is_some();
        if both_write {
            // Mesa says that both may, RPCS3 that the vector unit wins.
            return Err("both units write an output");
        }
        let sets_condition = self.bit(0, 14) || self.bit(0, 29);
        if sets_condition && vector != Vector::Nop && !matches!(scalar, Scalar::Nop) && !branches {
            return Err("both units set the condition register");
        }
        let tests = self.bit(0, 13) || branches;
        Ok(Decoded {
            vector,
            vector_to,
            address_to: usize::from(vector_to.temporary.unwrap_or(0) & 1),
            scalar,
            scalar_to,
            sources: [
                self.source(0)?,
                self.source(1)?,
                if branches { None } else { self.source(2)? },
            ],
            input: self.field(1, 8, 4) as u8,
            constant: self.field(1, 12, 10) as u16,
            relative: self
                .bit(3, 1)
                .then(|| (self.field(0, 24, 1) as usize, self.field(0, 0, 2) as usize)),
            saturate: self.bit(0, 26),
            condition: if tests { self.field(0, 10, 3) as u8 } else { 7 },
            condition_swizzle: [8, 6, 4, 2].map(|shift| self.field(0, shift, 2) as u8),
            condition_register: self.field(0, 25, 1) as usize,
            sets_condition,
            // The topmost bit lies where the third operand's absolute value is asked for otherwise.
            target: (self.field(0, 23, 1) << 9 | self.field(2, 0, 6) << 3 | self.field(3, 29, 3))
                as u16,
            end: self.bit(3, 0),
        })
    }
}

fn vector(number: u32) -> Result<Vector, &'static str> {
    use Vector as V;
    const KNOWN: [Vector; 24] = [
        V::Nop,
        V::Mov,
        V::Mul,
        V::Add,
        V::Mad,
        V::Dp3,
        V::Dph,
        V::Dp4,
        V::Dst,
        V::Min,
        V::Max,
        V::Slt,
        V::Sge,
        V::Arl,
        V::Frc,
        V::Flr,
        V::Seq,
        V::Sfl,
        V::Sgt,
        V::Sle,
        V::Sne,
        V::Str,
        V::Ssg,
        V::Arr,
    ];
    match number {
        0x18 => Err("sums of address registers (ARA) are not supported"),
        0x19 => Err("textures in vertex programs (TXL) are not supported"),
        _ => KNOWN
            .get(number as usize)
            .copied()
            .ok_or("no such vector operation"),
    }
}

fn scalar(number: u32) -> Result<Scalar, &'static str> {
    Ok(match number {
        0x00 => Scalar::Nop,
        0x01 => Scalar::Mov,
        0x02 => Scalar::Rcp,
        0x03 => Scalar::Rcc,
        0x04 => Scalar::Rsq,
        0x05 => Scalar::Exp,
        0x06 => Scalar::Log,
        0x07 => Scalar::Lit,
        0x09 => Scalar::Bra,
        // CAL is 10 for RPCS3 and 11 for Mesa, and each knows nothing else of the other number.
        0x0a | 0x0b => Scalar::Cal,
        0x0c => Scalar::Ret,
        0x0d => Scalar::Lg2,
        0x0e => Scalar::Ex2,
        0x0f => Scalar::Sin,
        0x10 => Scalar::Cos,
        0x08 => return Err("branches to an address register are not supported"),
        0x11 | 0x12 => return Err("branches by Boolean constants are not supported"),
        0x13 | 0x14 => return Err("the address stack (PUSHA, POPA) is not supported"),
        _ => return Err("no such scalar operation"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tried_instruction_reads() {
        // MOV o0, v0; END as it was run on RPCS3.
        let mov = Instruction([0x401f_9c6c, 0x0040_000d, 0x8106_c083, 0x6041_ff81]);
        let decoded = mov.decode().expect("decodes");
        assert_eq!((decoded.vector, decoded.scalar), (Vector::Mov, Scalar::Nop));
        assert_eq!(decoded.vector_to.output, Some(0));
        assert_eq!(decoded.vector_to.temporary, None);
        assert_eq!(decoded.vector_to.mask, [true; 4]);
        assert_eq!(decoded.scalar_to.mask, [false; 4]);
        assert_eq!(
            decoded.sources[0],
            Some(Source {
                register: Register::Input,
                swizzle: [0, 1, 2, 3],
                absolute: false,
                negate: false
            })
        );
        assert_eq!(
            (decoded.input, decoded.constant, decoded.condition),
            (0, 0, 7)
        );
        assert_eq!(decoded.condition_swizzle, [0, 1, 2, 3]);
        assert!(decoded.end && !decoded.saturate && !decoded.sets_condition);
    }
}
