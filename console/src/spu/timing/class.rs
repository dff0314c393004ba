//! Instruction classes, pipes and latencies.
//!
//! Source: Handbook and Tutorial as in [`super::table`], and the class that the Handbook's
//! appendix gives each instruction. The assembler of the `spu` crate has a table of its
//! own, with which a test compares this one.

use ::spu::isa::Op;

use super::table;

/// One of the two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pipe {
    Even,
    Odd,
}

/// What instructions have in common as far as time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    LoadStore,
    Hint,
    Branch,
    Channel,
    Shuffle,
    LoadNop,
    Single,
    Double,
    FloatInteger,
    Fixed,
    Rotate,
    Byte,
    Nop,
}

impl Class {
    #[rustfmt::skip]
    pub(super) fn of(op: Op) -> Self {
        match op {
            Op::Lqd | Op::Lqx | Op::Lqa | Op::Lqr | Op::Stqd | Op::Stqx | Op::Stqa | Op::Stqr => {
                Self::LoadStore
            }
            Op::Hbr | Op::Hbra | Op::Hbrr => Self::Hint,
            Op::Br | Op::Bra | Op::Brsl | Op::Brasl | Op::Bi | Op::Iret | Op::Bisled | Op::Bisl
            | Op::Brnz | Op::Brz | Op::Brhnz | Op::Brhz | Op::Biz | Op::Binz | Op::Bihz | Op::Bihnz
            | Op::Stop | Op::Stopd | Op::Sync | Op::Dsync => Self::Branch,
            Op::Rdch | Op::Rchcnt | Op::Wrch | Op::Mfspr | Op::Mtspr => Self::Channel,
            Op::Cbd | Op::Cbx | Op::Chd | Op::Chx | Op::Cwd | Op::Cwx | Op::Cdd | Op::Cdx
            | Op::Fsmbi | Op::Fsmb | Op::Fsmh | Op::Fsm | Op::Gbb | Op::Gbh | Op::Gb
            | Op::Orx | Op::Shufb
            | Op::Shlqbi | Op::Shlqbii | Op::Shlqby | Op::Shlqbyi | Op::Shlqbybi
            | Op::Rotqby | Op::Rotqbyi | Op::Rotqbybi | Op::Rotqbi | Op::Rotqbii
            | Op::Rotqmby | Op::Rotqmbyi | Op::Rotqmbybi | Op::Rotqmbi | Op::Rotqmbii
            | Op::Frest | Op::Frsqest => Self::Shuffle,
            Op::Lnop => Self::LoadNop,
            Op::Fa | Op::Fs | Op::Fm | Op::Fma | Op::Fnms | Op::Fms => Self::Single,
            Op::Dfa | Op::Dfs | Op::Dfm | Op::Dfma | Op::Dfnms | Op::Dfms | Op::Dfnma
            | Op::Frds | Op::Fesd | Op::Fscrrd => Self::Double,
            Op::Mpy | Op::Mpyu | Op::Mpyi | Op::Mpyui | Op::Mpya | Op::Mpyh | Op::Mpys
            | Op::Mpyhh | Op::Mpyhha | Op::Mpyhhu | Op::Mpyhhau
            | Op::Fi | Op::Csflt | Op::Cflts | Op::Cuflt | Op::Cfltu | Op::Fscrwr => {
                Self::FloatInteger
            }
            Op::Shlh | Op::Shlhi | Op::Shl | Op::Shli | Op::Roth | Op::Rothi | Op::Rot | Op::Roti
            | Op::Rothm | Op::Rothmi | Op::Rotm | Op::Rotmi | Op::Rotmah | Op::Rotmahi | Op::Rotma
            | Op::Rotmai => Self::Rotate,
            Op::Cntb | Op::Avgb | Op::Absdb | Op::Sumb => Self::Byte,
            Op::Nop => Self::Nop,
            // Constants, arithmetic, logic, compares and halts.
            Op::Ilh | Op::Ilhu | Op::Il | Op::Ila | Op::Iohl
            | Op::Ah | Op::Ahi | Op::A | Op::Ai | Op::Sfh | Op::Sfhi | Op::Sf | Op::Sfi
            | Op::Addx | Op::Cg | Op::Cgx | Op::Sfx | Op::Bg | Op::Bgx | Op::Clz
            | Op::Xsbh | Op::Xshw | Op::Xswd
            | Op::And | Op::Andc | Op::Andbi | Op::Andhi | Op::Andi
            | Op::Or | Op::Orc | Op::Orbi | Op::Orhi | Op::Ori
            | Op::Xor | Op::Xorbi | Op::Xorhi | Op::Xori | Op::Nand | Op::Nor | Op::Eqv | Op::Selb
            | Op::Heq | Op::Heqi | Op::Hgt | Op::Hgti | Op::Hlgt | Op::Hlgti
            | Op::Ceqb | Op::Ceqbi | Op::Ceqh | Op::Ceqhi | Op::Ceq | Op::Ceqi
            | Op::Cgtb | Op::Cgtbi | Op::Cgth | Op::Cgthi | Op::Cgt | Op::Cgti
            | Op::Clgtb | Op::Clgtbi | Op::Clgth | Op::Clgthi | Op::Clgt | Op::Clgti
            | Op::Fceq | Op::Fcmeq | Op::Fcgt | Op::Fcmgt
            // Not of this SPU: never decoded.
            | Op::Dfceq | Op::Dfcmeq | Op::Dfcgt | Op::Dfcmgt | Op::Dftsv => Self::Fixed,
        }
    }

    pub(super) fn pipe(self) -> Pipe {
        match self {
            Self::LoadStore
            | Self::Hint
            | Self::Branch
            | Self::Channel
            | Self::Shuffle
            | Self::LoadNop => Pipe::Odd,
            Self::Single
            | Self::Double
            | Self::FloatInteger
            | Self::Fixed
            | Self::Rotate
            | Self::Byte
            | Self::Nop => Pipe::Even,
        }
    }

    /// Cycles from issue until an instruction that reads the result can be issued.
    pub(super) fn latency(self) -> u8 {
        match self {
            Self::LoadStore => table::LOAD_STORE,
            Self::Hint => table::HINT,
            Self::Branch => table::BRANCH,
            Self::Channel => table::CHANNEL,
            Self::Shuffle => table::SHUFFLE,
            Self::Single => table::SINGLE,
            Self::Double => table::DOUBLE,
            Self::FloatInteger => table::FLOAT_INTEGER,
            Self::Fixed => table::FIXED,
            Self::Rotate => table::ROTATE,
            Self::Byte => table::BYTE,
            Self::LoadNop | Self::Nop => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assemblers_table_says_the_same() {
        use ::spu::isa::{Class as Theirs, Pipe as TheirPipe};
        for &op in Op::ALL.iter().filter(|op| !op.is_enhanced()) {
            let ours = Class::of(op);
            let theirs = op.info().class;
            let same = match theirs {
                Theirs::LoadStore => Class::LoadStore,
                Theirs::Hint => Class::Hint,
                Theirs::Branch => Class::Branch,
                Theirs::Channel => Class::Channel,
                Theirs::Shuffle => Class::Shuffle,
                Theirs::Single => Class::Single,
                Theirs::Double => Class::Double,
                Theirs::FloatInteger => Class::FloatInteger,
                Theirs::Fixed => Class::Fixed,
                Theirs::Rotate => Class::Rotate,
                Theirs::Byte => Class::Byte,
                Theirs::Nop => Class::Nop,
                Theirs::Lnop => Class::LoadNop,
            };
            assert_eq!(ours, same, "{op}");
            assert_eq!(u32::from(ours.latency()), theirs.latency(), "{op}");
            assert_eq!(ours.pipe() == Pipe::Odd, theirs.pipe() == TheirPipe::Odd);
            let stall = match ours {
                Class::Double => table::DOUBLE_STALL,
                _ => 0,
            };
            assert_eq!(stall, u64::from(theirs.issue_stall()), "{op}");
        }
    }
}
