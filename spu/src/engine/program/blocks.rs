//! The parameter and command blocks in local store.

use super::{get, tag};
use crate::asm::{Address, Alias, Assembler, Reg};
use crate::engine::parameters::{CommandWord, TOKENS, TokenWord, Word, table};
use crate::kernels::dma;
use crate::kernels::exchange::Peers;

/// The parameter and command blocks in local store.
#[derive(Clone, Copy)]
pub(super) struct Blocks {
    pub(super) parameters: Address,
    pub(super) command: Address,
    pub(super) alias: Alias,
}

impl Blocks {
    pub(super) fn get(&self, a: &mut Assembler, word: Word) -> Reg {
        let at = self.parameters.offset(word as i32 * 16);
        a.on(self.alias).lqa(at)
    }

    pub(super) fn command(&self, a: &mut Assembler, word: CommandWord) -> Reg {
        let at = self.command.offset(word as i32 * 16);
        a.on(self.alias).lqa(at)
    }

    /// Address of the words of the first token.
    pub(super) fn tokens(&self, a: &mut Assembler) -> Reg {
        a.address(self.command.offset(TOKENS as i32))
    }

    /// A word of the token whose words begin at `at`.
    pub(super) fn token(&self, a: &mut Assembler, at: Reg, word: TokenWord) -> Reg {
        a.on(self.alias).lqd(at, word as i32 * 16)
    }

    pub(super) fn table(&self, a: &mut Assembler, offset: usize) -> Reg {
        a.address(self.parameters.offset(offset as i32))
    }

    pub(super) fn fetch_parameters(&self, a: &mut Assembler) {
        let [argument, ..] = a.arguments();
        let effective = a.rotqbyi(argument, 4);
        let local = a.address(self.parameters);
        get(a, local, effective, table::END as i32, tag::TOKEN);
        dma::wait_tag(a, tag::TOKEN);
    }

    pub(super) fn peers(&self, a: &mut Assembler) -> Peers {
        Peers {
            count: self.get(a, Word::Peers),
            mask: self.get(a, Word::PeerMask),
            signals: self.parameters.offset(table::SIGNALS as i32),
            own_bits: self.parameters.offset(table::OWN_BITS as i32),
            lists: self.parameters,
            alias: self.alias,
        }
    }
}
