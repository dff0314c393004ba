//! The table of all instructions.

use core::fmt;

use super::{Class, Format, Immediate};

/// Which register fields an instruction reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// Writes `rt`.
    pub const WRITES_RT: Self = Self(1);
    /// Reads `rt`: stores, tests, and instructions that accumulate into their target.
    pub const READS_RT: Self = Self(2);
    /// Reads `ra`.
    pub const READS_RA: Self = Self(4);
    /// Reads `rb`.
    pub const READS_RB: Self = Self(8);
    /// Reads `rc`.
    pub const READS_RC: Self = Self(16);

    /// Whether all roles of `other` are among these.
    #[must_use]
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What the table says of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpInfo {
    /// The instruction.
    pub op: Op,
    /// Its name in assembly language.
    pub mnemonic: &'static str,
    /// Where its fields lie.
    pub format: Format,
    /// Its opcode, right-aligned, as wide as the format says.
    pub opcode: u16,
    /// Pipe and latency.
    pub class: Class,
    /// Registers read and written.
    pub roles: Roles,
    /// The immediate's meaning.
    pub immediate: Immediate,
    /// What it does, in a few words.
    pub summary: &'static str,
}

// Roles as the table writes them: what happens to rt (T written, TT read and written, R_T
// read only), then the other registers read.
const NONE: u8 = 0;
const T: u8 = 1;
const R_T: u8 = 2;
const TT: u8 = 3;
const R_A: u8 = 4;
const T_A: u8 = 5;
const R_TA: u8 = 6;
const R_AB: u8 = 12;
const T_AB: u8 = 13;
const R_TAB: u8 = 14;
const TT_AB: u8 = 15;
const T_ABC: u8 = 29;

macro_rules! instructions {
    ($(($op:ident, $mnemonic:literal, $format:ident, $opcode:literal, $class:ident,
        $roles:ident, $immediate:ident, $summary:literal),)*) => {
        /// An instruction of the SPU. The text beside each name says what it does, with
        /// register names as in [`Inst`](super::Inst).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = concat!("`", $mnemonic, "`: ", $summary, ".")] $op,)*
        }

        impl Op {
            /// All instructions, in the order of the architecture document's chapters.
            pub const ALL: &[Self] = &[$(Self::$op,)*];
        }

        static TABLE: [OpInfo; Op::ALL.len()] = TABLE_CONST;
        const TABLE_CONST: [OpInfo; Op::ALL.len()] = [$(OpInfo {
            op: Op::$op,
            mnemonic: $mnemonic,
            format: Format::$format,
            opcode: $opcode,
            class: Class::$class,
            roles: Roles($roles),
            immediate: Immediate::$immediate,
            summary: $summary,
        },)*];
    };
}

// Columns: name, mnemonic, format, opcode, class, roles of the registers, immediate, what
// it does.
#[rustfmt::skip]
instructions! {
    // Memory
    (Lqd, "lqd", Ri10, 0b00110100, LoadStore, T_A, S14x16, "load quadword at `ra + imm`"),
    (Lqx, "lqx", Rr, 0b00111000100, LoadStore, T_AB, No, "load quadword at `ra + rb`"),
    (Lqa, "lqa", Ri16, 0b001100001, LoadStore, T, Abs18, "load quadword at an absolute address"),
    (Lqr, "lqr", Ri16, 0b001100111, LoadStore, T, Rel18, "load quadword relative to the instruction"),
    (Stqd, "stqd", Ri10, 0b00100100, LoadStore, R_TA, S14x16, "store quadword at `ra + imm`"),
    (Stqx, "stqx", Rr, 0b00101000100, LoadStore, R_TAB, No, "store quadword at `ra + rb`"),
    (Stqa, "stqa", Ri16, 0b001000001, LoadStore, R_T, Abs18, "store quadword at an absolute address"),
    (Stqr, "stqr", Ri16, 0b001000111, LoadStore, R_T, Rel18, "store quadword relative to the instruction"),
    (Cbd, "cbd", Ri7, 0b00111110100, Shuffle, T_A, S7, "shuffle mask that inserts a byte at `ra + imm`"),
    (Cbx, "cbx", Rr, 0b00111010100, Shuffle, T_AB, No, "shuffle mask that inserts a byte at `ra + rb`"),
    (Chd, "chd", Ri7, 0b00111110101, Shuffle, T_A, S7, "shuffle mask that inserts a halfword at `ra + imm`"),
    (Chx, "chx", Rr, 0b00111010101, Shuffle, T_AB, No, "shuffle mask that inserts a halfword at `ra + rb`"),
    (Cwd, "cwd", Ri7, 0b00111110110, Shuffle, T_A, S7, "shuffle mask that inserts a word at `ra + imm`"),
    (Cwx, "cwx", Rr, 0b00111010110, Shuffle, T_AB, No, "shuffle mask that inserts a word at `ra + rb`"),
    (Cdd, "cdd", Ri7, 0b00111110111, Shuffle, T_A, S7, "shuffle mask that inserts a doubleword at `ra + imm`"),
    (Cdx, "cdx", Rr, 0b00111010111, Shuffle, T_AB, No, "shuffle mask that inserts a doubleword at `ra + rb`"),
    // Constants
    (Ilh, "ilh", Ri16, 0b010000011, Fixed, T, U16, "every halfword = imm"),
    (Ilhu, "ilhu", Ri16, 0b010000010, Fixed, T, U16, "upper halfword of every word = imm, lower = 0"),
    (Il, "il", Ri16, 0b010000001, Fixed, T, S16, "every word = sign-extended imm"),
    (Ila, "ila", Ri18, 0b0100001, Fixed, T, U18, "every word = 18-bit unsigned imm"),
    (Iohl, "iohl", Ri16, 0b011000001, Fixed, TT, U16, "every word of `rt` |= imm"),
    (Fsmbi, "fsmbi", Ri16, 0b001100101, Shuffle, T, U16, "every byte = 0x00 or 0xff after the 16 bits of imm"),
    // Integer arithmetic and logic
    (Ah, "ah", Rr, 0b00011001000, Fixed, T_AB, No, "add halfwords"),
    (Ahi, "ahi", Ri10, 0b00011101, Fixed, T_A, S10, "add imm to halfwords"),
    (A, "a", Rr, 0b00011000000, Fixed, T_AB, No, "add words"),
    (Ai, "ai", Ri10, 0b00011100, Fixed, T_A, S10, "add imm to words"),
    (Sfh, "sfh", Rr, 0b00001001000, Fixed, T_AB, No, "halfwords `rb - ra`"),
    (Sfhi, "sfhi", Ri10, 0b00001101, Fixed, T_A, S10, "halfwords `imm - ra`"),
    (Sf, "sf", Rr, 0b00001000000, Fixed, T_AB, No, "words `rb - ra`"),
    (Sfi, "sfi", Ri10, 0b00001100, Fixed, T_A, S10, "words `imm - ra`"),
    (Addx, "addx", Rr, 0b01101000000, Fixed, TT_AB, No, "words `ra + rb + (rt & 1)`"),
    (Cg, "cg", Rr, 0b00011000010, Fixed, T_AB, No, "carry of words `ra + rb`"),
    (Cgx, "cgx", Rr, 0b01101000010, Fixed, TT_AB, No, "carry of words `ra + rb + (rt & 1)`"),
    (Sfx, "sfx", Rr, 0b01101000001, Fixed, TT_AB, No, "words `rb - ra - 1 + (rt & 1)`"),
    (Bg, "bg", Rr, 0b00001000010, Fixed, T_AB, No, "1 where words `rb - ra` do not borrow"),
    (Bgx, "bgx", Rr, 0b01101000011, Fixed, TT_AB, No, "1 where words `rb - ra - 1 + (rt & 1)` do not borrow"),
    (Mpy, "mpy", Rr, 0b01111000100, FloatInteger, T_AB, No, "signed product of the lower halfwords"),
    (Mpyu, "mpyu", Rr, 0b01111001100, FloatInteger, T_AB, No, "unsigned product of the lower halfwords"),
    (Mpyi, "mpyi", Ri10, 0b01110100, FloatInteger, T_A, S10, "signed product of the lower halfwords and imm"),
    (Mpyui, "mpyui", Ri10, 0b01110101, FloatInteger, T_A, S10, "unsigned product of the lower halfwords and imm"),
    (Mpya, "mpya", Rrr, 0b1100, FloatInteger, T_ABC, No, "signed product of the lower halfwords, plus `rc`"),
    (Mpyh, "mpyh", Rr, 0b01111000101, FloatInteger, T_AB, No, "upper halfword of `ra` times lower of `rb`, shifted left by 16"),
    (Mpys, "mpys", Rr, 0b01111000111, FloatInteger, T_AB, No, "upper half of the signed product of the lower halfwords"),
    (Mpyhh, "mpyhh", Rr, 0b01111000110, FloatInteger, T_AB, No, "signed product of the upper halfwords"),
    (Mpyhha, "mpyhha", Rr, 0b01101000110, FloatInteger, TT_AB, No, "signed product of the upper halfwords, added to `rt`"),
    (Mpyhhu, "mpyhhu", Rr, 0b01111001110, FloatInteger, T_AB, No, "unsigned product of the upper halfwords"),
    (Mpyhhau, "mpyhhau", Rr, 0b01101001110, FloatInteger, TT_AB, No, "unsigned product of the upper halfwords, added to `rt`"),
    (Clz, "clz", Rr, 0b01010100101, Fixed, T_A, No, "leading zeros of words"),
    (Cntb, "cntb", Rr, 0b01010110100, Byte, T_A, No, "ones in each byte"),
    (Fsmb, "fsmb", Rr, 0b00110110110, Shuffle, T_A, No, "byte mask from 16 bits of the preferred slot"),
    (Fsmh, "fsmh", Rr, 0b00110110101, Shuffle, T_A, No, "halfword mask from 8 bits of the preferred slot"),
    (Fsm, "fsm", Rr, 0b00110110100, Shuffle, T_A, No, "word mask from 4 bits of the preferred slot"),
    (Gbb, "gbb", Rr, 0b00110110010, Shuffle, T_A, No, "lowest bits of the bytes, gathered"),
    (Gbh, "gbh", Rr, 0b00110110001, Shuffle, T_A, No, "lowest bits of the halfwords, gathered"),
    (Gb, "gb", Rr, 0b00110110000, Shuffle, T_A, No, "lowest bits of the words, gathered"),
    (Avgb, "avgb", Rr, 0b00011010011, Byte, T_AB, No, "rounded average of bytes"),
    (Absdb, "absdb", Rr, 0b00001010011, Byte, T_AB, No, "absolute difference of bytes"),
    (Sumb, "sumb", Rr, 0b01001010011, Byte, T_AB, No, "sums of four bytes each of `rb` and `ra`, in halfwords"),
    (Xsbh, "xsbh", Rr, 0b01010110110, Fixed, T_A, No, "sign-extend bytes to halfwords"),
    (Xshw, "xshw", Rr, 0b01010101110, Fixed, T_A, No, "sign-extend halfwords to words"),
    (Xswd, "xswd", Rr, 0b01010100110, Fixed, T_A, No, "sign-extend words to doublewords"),
    (And, "and", Rr, 0b00011000001, Fixed, T_AB, No, "bitwise and"),
    (Andc, "andc", Rr, 0b01011000001, Fixed, T_AB, No, "`ra & !rb`"),
    (Andbi, "andbi", Ri10, 0b00010110, Fixed, T_A, S10, "bytes and imm"),
    (Andhi, "andhi", Ri10, 0b00010101, Fixed, T_A, S10, "halfwords and imm"),
    (Andi, "andi", Ri10, 0b00010100, Fixed, T_A, S10, "words and imm"),
    (Or, "or", Rr, 0b00001000001, Fixed, T_AB, No, "bitwise or"),
    (Orc, "orc", Rr, 0b01011001001, Fixed, T_AB, No, "`ra | !rb`"),
    (Orbi, "orbi", Ri10, 0b00000110, Fixed, T_A, S10, "bytes or imm"),
    (Orhi, "orhi", Ri10, 0b00000101, Fixed, T_A, S10, "halfwords or imm"),
    (Ori, "ori", Ri10, 0b00000100, Fixed, T_A, S10, "words or imm"),
    (Orx, "orx", Rr, 0b00111110000, Shuffle, T_A, No, "or of the four words into the preferred slot, other words 0"),
    (Xor, "xor", Rr, 0b01001000001, Fixed, T_AB, No, "bitwise exclusive or"),
    (Xorbi, "xorbi", Ri10, 0b01000110, Fixed, T_A, S10, "bytes exclusive-or imm"),
    (Xorhi, "xorhi", Ri10, 0b01000101, Fixed, T_A, S10, "halfwords exclusive-or imm"),
    (Xori, "xori", Ri10, 0b01000100, Fixed, T_A, S10, "words exclusive-or imm"),
    (Nand, "nand", Rr, 0b00011001001, Fixed, T_AB, No, "`!(ra & rb)`"),
    (Nor, "nor", Rr, 0b00001001001, Fixed, T_AB, No, "`!(ra | rb)`"),
    (Eqv, "eqv", Rr, 0b01001001001, Fixed, T_AB, No, "`!(ra ^ rb)`"),
    (Selb, "selb", Rrr, 0b1000, Fixed, T_ABC, No, "bits of `rb` where `rc` is 1, of `ra` where it is 0"),
    (Shufb, "shufb", Rrr, 0b1011, Shuffle, T_ABC, No, "bytes of `ra` and `rb` picked by the codes in `rc`"),
    // Shift and rotate
    (Shlh, "shlh", Rr, 0b00001011111, Rotate, T_AB, No, "shift halfwords left"),
    (Shlhi, "shlhi", Ri7, 0b00001111111, Rotate, T_A, U7, "shift halfwords left by imm"),
    (Shl, "shl", Rr, 0b00001011011, Rotate, T_AB, No, "shift words left"),
    (Shli, "shli", Ri7, 0b00001111011, Rotate, T_A, U7, "shift words left by imm"),
    (Shlqbi, "shlqbi", Rr, 0b00111011011, Shuffle, T_AB, No, "shift quadword left by 0 to 7 bits"),
    (Shlqbii, "shlqbii", Ri7, 0b00111111011, Shuffle, T_A, U7, "shift quadword left by 0 to 7 bits, imm"),
    (Shlqby, "shlqby", Rr, 0b00111011111, Shuffle, T_AB, No, "shift quadword left by bytes"),
    (Shlqbyi, "shlqbyi", Ri7, 0b00111111111, Shuffle, T_A, U7, "shift quadword left by imm bytes"),
    (Shlqbybi, "shlqbybi", Rr, 0b00111001111, Shuffle, T_AB, No, "shift quadword left by the bytes of a bit count"),
    (Roth, "roth", Rr, 0b00001011100, Rotate, T_AB, No, "rotate halfwords left"),
    (Rothi, "rothi", Ri7, 0b00001111100, Rotate, T_A, S7, "rotate halfwords left by imm"),
    (Rot, "rot", Rr, 0b00001011000, Rotate, T_AB, No, "rotate words left"),
    (Roti, "roti", Ri7, 0b00001111000, Rotate, T_A, S7, "rotate words left by imm"),
    (Rotqby, "rotqby", Rr, 0b00111011100, Shuffle, T_AB, No, "rotate quadword left by bytes"),
    (Rotqbyi, "rotqbyi", Ri7, 0b00111111100, Shuffle, T_A, S7, "rotate quadword left by imm bytes"),
    (Rotqbybi, "rotqbybi", Rr, 0b00111001100, Shuffle, T_AB, No, "rotate quadword left by the bytes of a bit count"),
    (Rotqbi, "rotqbi", Rr, 0b00111011000, Shuffle, T_AB, No, "rotate quadword left by 0 to 7 bits"),
    (Rotqbii, "rotqbii", Ri7, 0b00111111000, Shuffle, T_A, U7, "rotate quadword left by 0 to 7 bits, imm"),
    (Rothm, "rothm", Rr, 0b00001011101, Rotate, T_AB, No, "shift halfwords right by the negative of `rb`"),
    (Rothmi, "rothmi", Ri7, 0b00001111101, Rotate, T_A, S7, "shift halfwords right by `-imm`"),
    (Rotm, "rotm", Rr, 0b00001011001, Rotate, T_AB, No, "shift words right by the negative of `rb`"),
    (Rotmi, "rotmi", Ri7, 0b00001111001, Rotate, T_A, S7, "shift words right by `-imm`"),
    (Rotqmby, "rotqmby", Rr, 0b00111011101, Shuffle, T_AB, No, "shift quadword right by the negative of `rb` bytes"),
    (Rotqmbyi, "rotqmbyi", Ri7, 0b00111111101, Shuffle, T_A, S7, "shift quadword right by `-imm` bytes"),
    (Rotqmbybi, "rotqmbybi", Rr, 0b00111001101, Shuffle, T_AB, No, "shift quadword right by the bytes of a negated bit count"),
    (Rotqmbi, "rotqmbi", Rr, 0b00111011001, Shuffle, T_AB, No, "shift quadword right by 0 to 7 bits, count negated"),
    (Rotqmbii, "rotqmbii", Ri7, 0b00111111001, Shuffle, T_A, S7, "shift quadword right by 0 to 7 bits, `-imm`"),
    (Rotmah, "rotmah", Rr, 0b00001011110, Rotate, T_AB, No, "shift halfwords right, signed, by the negative of `rb`"),
    (Rotmahi, "rotmahi", Ri7, 0b00001111110, Rotate, T_A, S7, "shift halfwords right, signed, by `-imm`"),
    (Rotma, "rotma", Rr, 0b00001011010, Rotate, T_AB, No, "shift words right, signed, by the negative of `rb`"),
    (Rotmai, "rotmai", Ri7, 0b00001111010, Rotate, T_A, S7, "shift words right, signed, by `-imm`"),
    // Compare and halt
    (Heq, "heq", Rr, 0b01111011000, Fixed, R_AB, No, "halt if the preferred words are equal"),
    (Heqi, "heqi", Ri10, 0b01111111, Fixed, R_A, S10, "halt if the preferred word equals imm"),
    (Hgt, "hgt", Rr, 0b01001011000, Fixed, R_AB, No, "halt if greater, signed"),
    (Hgti, "hgti", Ri10, 0b01001111, Fixed, R_A, S10, "halt if greater than imm, signed"),
    (Hlgt, "hlgt", Rr, 0b01011011000, Fixed, R_AB, No, "halt if greater, unsigned"),
    (Hlgti, "hlgti", Ri10, 0b01011111, Fixed, R_A, S10, "halt if greater than imm, unsigned"),
    (Ceqb, "ceqb", Rr, 0b01111010000, Fixed, T_AB, No, "bytes equal"),
    (Ceqbi, "ceqbi", Ri10, 0b01111110, Fixed, T_A, S10, "bytes equal imm"),
    (Ceqh, "ceqh", Rr, 0b01111001000, Fixed, T_AB, No, "halfwords equal"),
    (Ceqhi, "ceqhi", Ri10, 0b01111101, Fixed, T_A, S10, "halfwords equal imm"),
    (Ceq, "ceq", Rr, 0b01111000000, Fixed, T_AB, No, "words equal"),
    (Ceqi, "ceqi", Ri10, 0b01111100, Fixed, T_A, S10, "words equal imm"),
    (Cgtb, "cgtb", Rr, 0b01001010000, Fixed, T_AB, No, "bytes greater, signed"),
    (Cgtbi, "cgtbi", Ri10, 0b01001110, Fixed, T_A, S10, "bytes greater than imm, signed"),
    (Cgth, "cgth", Rr, 0b01001001000, Fixed, T_AB, No, "halfwords greater, signed"),
    (Cgthi, "cgthi", Ri10, 0b01001101, Fixed, T_A, S10, "halfwords greater than imm, signed"),
    (Cgt, "cgt", Rr, 0b01001000000, Fixed, T_AB, No, "words greater, signed"),
    (Cgti, "cgti", Ri10, 0b01001100, Fixed, T_A, S10, "words greater than imm, signed"),
    (Clgtb, "clgtb", Rr, 0b01011010000, Fixed, T_AB, No, "bytes greater, unsigned"),
    (Clgtbi, "clgtbi", Ri10, 0b01011110, Fixed, T_A, S10, "bytes greater than imm, unsigned"),
    (Clgth, "clgth", Rr, 0b01011001000, Fixed, T_AB, No, "halfwords greater, unsigned"),
    (Clgthi, "clgthi", Ri10, 0b01011101, Fixed, T_A, S10, "halfwords greater than imm, unsigned"),
    (Clgt, "clgt", Rr, 0b01011000000, Fixed, T_AB, No, "words greater, unsigned"),
    (Clgti, "clgti", Ri10, 0b01011100, Fixed, T_A, S10, "words greater than imm, unsigned"),
    // Branch
    (Br, "br", Ri16, 0b001100100, Branch, NONE, Rel18, "branch, relative"),
    (Bra, "bra", Ri16, 0b001100000, Branch, NONE, Abs18, "branch, absolute"),
    (Brsl, "brsl", Ri16, 0b001100110, Branch, T, Rel18, "branch, relative, and set link"),
    (Brasl, "brasl", Ri16, 0b001100010, Branch, T, Abs18, "branch, absolute, and set link"),
    (Bi, "bi", Rr, 0b00110101000, Branch, R_A, No, "branch to `ra`"),
    (Iret, "iret", Rr, 0b00110101010, Branch, R_A, No, "return from interrupt to SRR0"),
    (Bisled, "bisled", Rr, 0b00110101011, Branch, T_A, No, "branch to `ra` and set link if an external condition is present"),
    (Bisl, "bisl", Rr, 0b00110101001, Branch, T_A, No, "branch to `ra` and set link"),
    (Brnz, "brnz", Ri16, 0b001000010, Branch, R_T, Rel18, "branch if the preferred word of `rt` is not 0"),
    (Brz, "brz", Ri16, 0b001000000, Branch, R_T, Rel18, "branch if the preferred word of `rt` is 0"),
    (Brhnz, "brhnz", Ri16, 0b001000110, Branch, R_T, Rel18, "branch if the preferred halfword of `rt` is not 0"),
    (Brhz, "brhz", Ri16, 0b001000100, Branch, R_T, Rel18, "branch if the preferred halfword of `rt` is 0"),
    (Biz, "biz", Rr, 0b00100101000, Branch, R_TA, No, "branch to `ra` if the preferred word of `rt` is 0"),
    (Binz, "binz", Rr, 0b00100101001, Branch, R_TA, No, "branch to `ra` if the preferred word of `rt` is not 0"),
    (Bihz, "bihz", Rr, 0b00100101010, Branch, R_TA, No, "branch to `ra` if the preferred halfword of `rt` is 0"),
    (Bihnz, "bihnz", Rr, 0b00100101011, Branch, R_TA, No, "branch to `ra` if the preferred halfword of `rt` is not 0"),
    // Hint for branch
    (Hbr, "hbr", Lbti, 0b00110101100, Hint, R_A, No, "hint that the branch at `ro` goes to `ra`, or prefetch"),
    (Hbra, "hbra", Lbt, 0b0001000, Hint, NONE, Abs18, "hint that the branch at `ro` goes to an absolute address"),
    (Hbrr, "hbrr", Lbt, 0b0001001, Hint, NONE, Rel18, "hint that the branch at `ro` goes to a relative address"),
    // Floating point
    (Fa, "fa", Rr, 0b01011000100, Single, T_AB, No, "single add"),
    (Dfa, "dfa", Rr, 0b01011001100, Double, T_AB, No, "double add"),
    (Fs, "fs", Rr, 0b01011000101, Single, T_AB, No, "single `ra - rb`"),
    (Dfs, "dfs", Rr, 0b01011001101, Double, T_AB, No, "double `ra - rb`"),
    (Fm, "fm", Rr, 0b01011000110, Single, T_AB, No, "single multiply"),
    (Dfm, "dfm", Rr, 0b01011001110, Double, T_AB, No, "double multiply"),
    (Fma, "fma", Rrr, 0b1110, Single, T_ABC, No, "single `ra * rb + rc`"),
    (Dfma, "dfma", Rr, 0b01101011100, Double, TT_AB, No, "double `ra * rb + rt`"),
    (Fnms, "fnms", Rrr, 0b1101, Single, T_ABC, No, "single `rc - ra * rb`"),
    (Dfnms, "dfnms", Rr, 0b01101011110, Double, TT_AB, No, "double `rt - ra * rb`"),
    (Fms, "fms", Rrr, 0b1111, Single, T_ABC, No, "single `ra * rb - rc`"),
    (Dfms, "dfms", Rr, 0b01101011101, Double, TT_AB, No, "double `ra * rb - rt`"),
    (Dfnma, "dfnma", Rr, 0b01101011111, Double, TT_AB, No, "double `-(ra * rb + rt)`"),
    (Frest, "frest", Rr, 0b00110111000, Shuffle, T_A, No, "base and slope of the estimate of 1/x"),
    (Frsqest, "frsqest", Rr, 0b00110111001, Shuffle, T_A, No, "base and slope of the estimate of 1/sqrt(|x|)"),
    (Fi, "fi", Rr, 0b01111010100, FloatInteger, T_AB, No, "interpolate an estimate: `ra` the argument, `rb` base and slope"),
    (Csflt, "csflt", Ri8, 0b0111011010, FloatInteger, T_A, ScaleFrom, "signed words to single, divided by 2^imm"),
    (Cflts, "cflts", Ri8, 0b0111011000, FloatInteger, T_A, ScaleTo, "single times 2^imm to signed words, saturating"),
    (Cuflt, "cuflt", Ri8, 0b0111011011, FloatInteger, T_A, ScaleFrom, "unsigned words to single, divided by 2^imm"),
    (Cfltu, "cfltu", Ri8, 0b0111011001, FloatInteger, T_A, ScaleTo, "single times 2^imm to unsigned words, saturating"),
    (Frds, "frds", Rr, 0b01110111001, Double, T_A, No, "round double to single"),
    (Fesd, "fesd", Rr, 0b01110111000, Double, T_A, No, "extend single to double"),
    (Dfceq, "dfceq", Rr, 0b01111000011, Fixed, T_AB, No, "double equal"),
    (Dfcmeq, "dfcmeq", Rr, 0b01111001011, Fixed, T_AB, No, "double magnitudes equal"),
    (Dfcgt, "dfcgt", Rr, 0b01011000011, Fixed, T_AB, No, "double greater"),
    (Dfcmgt, "dfcmgt", Rr, 0b01011001011, Fixed, T_AB, No, "double magnitude greater"),
    (Dftsv, "dftsv", Ri7, 0b01110111111, Fixed, T_A, U7, "double is of the special kinds in imm"),
    (Fceq, "fceq", Rr, 0b01111000010, Fixed, T_AB, No, "single equal"),
    (Fcmeq, "fcmeq", Rr, 0b01111001010, Fixed, T_AB, No, "single magnitudes equal"),
    (Fcgt, "fcgt", Rr, 0b01011000010, Fixed, T_AB, No, "single greater"),
    (Fcmgt, "fcmgt", Rr, 0b01011001010, Fixed, T_AB, No, "single magnitude greater"),
    (Fscrwr, "fscrwr", Rr, 0b01110111010, FloatInteger, R_A, No, "write the floating-point status and control register"),
    (Fscrrd, "fscrrd", Rr, 0b01110011000, Double, T, No, "read the floating-point status and control register"),
    // Control
    (Stop, "stop", Rr, 0b00000000000, Branch, NONE, U14, "stop and signal, type in imm"),
    (Stopd, "stopd", Rr, 0b00101000000, Branch, R_TAB, No, "stop and signal when three registers are ready"),
    (Lnop, "lnop", Rr, 0b00000000001, Lnop, NONE, No, "no operation, odd pipe"),
    (Nop, "nop", Rr, 0b01000000001, Nop, NONE, No, "no operation, even pipe"),
    (Sync, "sync", Rr, 0b00000000010, Branch, NONE, No, "wait for stores and refetch instructions"),
    (Dsync, "dsync", Rr, 0b00000000011, Branch, NONE, No, "wait for loads and stores"),
    (Mfspr, "mfspr", Rr, 0b00000001100, Channel, T, Spr, "read a special-purpose register"),
    (Mtspr, "mtspr", Rr, 0b00100001100, Channel, R_T, Spr, "write a special-purpose register"),
    // Channels
    (Rdch, "rdch", Rr, 0b00000001101, Channel, T, Channel, "read a channel, wait until it has a value"),
    (Rchcnt, "rchcnt", Rr, 0b00000001111, Channel, T, Channel, "read a channel's count"),
    (Wrch, "wrch", Rr, 0b00100001101, Channel, R_T, Channel, "write a channel, wait until it takes a value"),
}

/// Marks the upper 11 bits that no instruction has.
const NO_OP: u8 = 0xff;

/// The instruction for each value of a word's upper 11 bits.
static BY_OPCODE: [u8; 2048] = {
    let mut by_opcode = [NO_OP; 2048];
    let mut index = 0;
    while index < TABLE_CONST.len() {
        let info = &TABLE_CONST[index];
        let free = 11 - info.format.opcode_bits();
        let first = (info.opcode as usize) << free;
        let mut at = first;
        while at < first + (1 << free) {
            assert!(by_opcode[at] == NO_OP, "two instructions have one opcode");
            by_opcode[at] = index as u8;
            at += 1;
        }
        index += 1;
    }
    by_opcode
};

impl Op {
    /// What the table says of the instruction.
    #[must_use]
    #[inline]
    pub const fn info(self) -> &'static OpInfo {
        &TABLE[self as usize]
    }

    /// The instruction whose opcode `word` has.
    #[must_use]
    #[inline]
    pub const fn of_word(word: u32) -> Option<Self> {
        match BY_OPCODE[(word >> 21) as usize] {
            NO_OP => None,
            index => Some(TABLE[index as usize].op),
        }
    }

    /// The instruction of that name, in lower case.
    #[must_use]
    pub fn of_mnemonic(mnemonic: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|info| info.mnemonic == mnemonic)
            .map(|info| info.op)
    }

    /// Whether the instruction has a target field that it does not write: halts, `nop`
    /// and `fscrwr`, where compilers may name a register that is dead anyway.
    #[must_use]
    pub const fn has_false_target(self) -> bool {
        matches!(
            self,
            Self::Heq
                | Self::Heqi
                | Self::Hgt
                | Self::Hgti
                | Self::Hlgt
                | Self::Hlgti
                | Self::Nop
                | Self::Fscrwr
        )
    }

    /// Whether the instruction is of the enhanced double-precision edition only (PowerXCell
    /// 8i). The SPUs of a PlayStation 3 do not have it.
    #[must_use]
    pub const fn is_enhanced(self) -> bool {
        matches!(
            self,
            Self::Dfceq | Self::Dfcmeq | Self::Dfcgt | Self::Dfcmgt | Self::Dftsv
        )
    }

    /// Which of the feature bits of [`Inst`](super::Inst) the instruction has.
    #[must_use]
    pub const fn feature_mask(self) -> u8 {
        match self {
            Self::Bi
            | Self::Bisl
            | Self::Iret
            | Self::Bisled
            | Self::Biz
            | Self::Binz
            | Self::Bihz
            | Self::Bihnz => 3,
            Self::Sync | Self::Hbr => 4,
            _ => 0,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.info().mnemonic)
    }
}
