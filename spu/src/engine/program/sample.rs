//! A token drawn at random, by all SPUs together.
//!
//! What llama2.c's sampler does by sorting is done by counting: the likeliest tokens that together
//! exceed a mass are those whose probability is at least some value, which is found by trying
//! sixteen thresholds at a time and summing what is above each of them. The drawn token is found
//! in the same way: it is the one at which the sum of the likeliest, from the largest down,
//! exceeds a random part of their mass. Equal ones follow one another as their indices do.
//!
//! Each SPU sums its own logits' powers; the sums of all are added in the order of the SPUs. A sum
//! depends on how it was divided, in its last bits, so that another number of SPUs can draw another
//! token, but only where the random number is as near as that to the border of two tokens.

use super::Pass;
use crate::asm::{Address, Assembler, Function, Reg};
use crate::engine::parameters::{CommandWord, Word, table};
use crate::kernels::exchange::Slices;
use crate::kernels::lanes;
use crate::kernels::math;
use crate::kernels::sample::{
    self, AtMass, Pack, Powers, THRESHOLDS, at_mass, count_equal, masses, nth_equal, pack, powers,
};

/// Registers of a record.
const RECORD: usize = THRESHOLDS / 4;
/// Bytes of a record: what an SPU tells the others.
pub(in crate::engine) const RECORD_BYTES: usize = RECORD * 16;

/// The functions of sampling, and their registers.
#[derive(Clone, Copy)]
pub(super) struct Sampling {
    share: Share,
    search: Search,
    table: Address,
}

/// Every SPU's record to all others.
#[derive(Clone, Copy)]
struct Share {
    /// The record.
    own: [Reg; RECORD],
    /// Address of the records of all, in the order of the SPUs.
    all: Reg,
    /// 0 or 1 in every word: which of two places is next. So a record is not written while somebody
    /// may still pull the one before.
    side: Reg,
    function: Function,
}

/// The power at which a mass is exceeded, from the largest down.
#[derive(Clone, Copy)]
struct Search {
    /// The mass, in every word.
    mass: Reg,
    /// Bits of a number just below all powers that count, in every word.
    lowest: Reg,
    /// Quadwords of powers of this SPU.
    quads: Reg,
    /// The power, in every word.
    value: Reg,
    /// The sum of those that are larger, in every word.
    above: Reg,
    /// The sum of all that count, in every word.
    total: Reg,
    /// All ones where the total does not exceed the mass, and there is no such power.
    none: Reg,
    function: Function,
}

impl Sampling {
    pub(super) fn new(a: &mut Assembler, pass: &Pass) -> Self {
        let share = Share::new(a, pass);
        let search = Search::new(a, pass, &share);
        Self {
            share,
            search,
            table: a.data(&sample::pack_table(), 16),
        }
    }

    /// Sets the state before the first token.
    pub(super) fn begin(&self, a: &mut Assembler) {
        a.set(self.share.side).il(0);
    }
}

impl Share {
    fn new(a: &mut Assembler, pass: &Pass) -> Self {
        let own = core::array::from_fn(|_| a.reg());
        let [all, side] = core::array::from_fn(|_| a.reg());
        let function = a.function("share", |a| {
            let bytes = pass.get(a, Word::RecordsBytes);
            let distance = a.mpyu(side, bytes);
            let first = pass.get(a, Word::Records);
            a.set(all).a(first, distance);
            let index = pass.get(a, Word::OwnIndex);
            let offset = a.shli(index, RECORD_BYTES.trailing_zeros() as i32);
            let place = a.a(all, offset);
            for (i, &own) in (0i32..).zip(&own) {
                a.stqd(own, place, i * 16);
            }
            pass.exchange.barrier(a);
            let even = pass.blocks.table(a, table::EVEN_RECORDS);
            let odd = pass.blocks.table(a, table::ODD_RECORDS);
            let is_odd = a.ceqi(side, 1);
            let slices = Slices {
                table: a.selb(even, odd, is_odd),
                entries: pass.get(a, Word::RecordPulls),
            };
            pass.exchange.pull(a, slices);
            a.set(side).xori(side, 1);
        });
        Self {
            own,
            all,
            side,
            function,
        }
    }

    /// Shares a record, the rest of which is of no interest.
    fn call(&self, a: &mut Assembler, record: &[Reg]) {
        for (index, &own) in self.own.iter().enumerate() {
            a.assign(own, record[index.min(record.len() - 1)]);
        }
        a.call(self.function);
    }

    /// Runs `body` for each SPU's record.
    fn for_each(&self, a: &mut Assembler, pass: &Pass, body: impl FnOnce(&mut Assembler, Reg)) {
        let at = a.copy(self.all);
        let peers = pass.get(a, Word::Peers);
        let count = a.ai(peers, 1);
        a.repeat(count, |a| {
            body(a, at);
            a.set(at).ai(at, RECORD_BYTES as i32);
        });
    }

    /// The sums of all SPUs' records.
    fn sums<const N: usize>(&self, a: &mut Assembler, pass: &Pass) -> [Reg; N] {
        let zero = a.float(0.0);
        let sums = [(); N].map(|()| a.copy(zero));
        self.for_each(a, pass, |a, at| {
            for (i, &sum) in (0i32..).zip(&sums) {
                let own = a.lqd(at, i * 16);
                a.set(sum).fa(sum, own);
            }
        });
        sums
    }
}

impl Search {
    fn new(a: &mut Assembler, pass: &Pass, share: &Share) -> Self {
        /// Bits of 2, which no power comes to.
        const HIGHEST: u32 = 0x4000_0000;
        let [mass, lowest, quads, value, above, total, none] = core::array::from_fn(|_| a.reg());
        let scratch = a.bss(THRESHOLDS as u32 * 4, 16);
        let function = a.function("search", |a| {
            let highest = a.word(HIGHEST);
            let low = a.copy(lowest);
            a.set(above).float(0.0);
            a.set(total).float(0.0);
            a.set(none).il(0);
            a.set(value).float(1.0);
            // Thresholds at a distance of 2^24 reach down to powers of 2^-32 of the largest; at a
            // distance of 2^28 to any.
            let range = a.sf(low, highest);
            let usual = a.word(1 << 28);
            let wide = a.clgt(range, usual);
            let [narrow_shift, wide_shift] = [24, 28].map(|shift| a.il(shift));
            let shift = a.selb(narrow_shift, wide_shift, wide);
            let is_first = a.il(-1);
            let done = a.label("searched");
            a.do_while(|a| {
                let thresholds: [Reg; RECORD] = core::array::from_fn(|i| {
                    let i = i as u32 * 4;
                    let steps = a.words([i, i + 1, i + 2, i + 3]);
                    let distance = a.shl(steps, shift);
                    let distance = min_unsigned(a, distance, highest);
                    let threshold = a.a(low, distance);
                    min_unsigned(a, threshold, highest)
                });
                let powers = pass.get(a, Word::Logits);
                let own = masses(a, powers, quads, thresholds);
                share.call(a, &own);
                let sums: [Reg; RECORD] = share.sums(a, pass);
                let first_sum = a.splat(sums[0]);
                a.set(total).selb(total, first_sum, is_first);
                // How many thresholds have more than the mass above them.
                let exceeds: [Reg; RECORD] = sums.map(|sum| a.fcgt(sum, mass));
                let negative = lanes::sum_words(a, &exceeds);
                let count = a.sfi(negative, 0);
                // All of them can only be too little at the first try.
                a.set(none).ceqi(count, 0);
                a.brnz(none, done);
                for (i, &sum) in (0i32..).zip(&sums) {
                    a.stqa(sum, scratch.offset(i * 16));
                }
                let beyond = a.cgti(count, THRESHOLDS as i32 - 1);
                let offset = a.shli(count, 2);
                let offset = a.andi(offset, THRESHOLDS as i32 * 4 - 1);
                let base = a.address(scratch);
                let next = a.lqx(base, offset);
                let next = a.rotqby(next, offset);
                let next = a.splat(next);
                a.set(above).selb(next, above, beyond);
                let steps = a.ai(count, -1);
                let distance = a.shl(steps, shift);
                a.set(low).a(low, distance);
                a.set(is_first).il(0);
                a.set(shift).ai(shift, -4);
                a.cgti(shift, -1)
            });
            // Above it the sum exceeds the mass, above the next number it does not.
            a.set(value).ai(low, 1);
            a.bind(done);
        });
        Self {
            mass,
            lowest,
            quads,
            value,
            above,
            total,
            none,
            function,
        }
    }

    /// How many of the powers that are equal to the one found it takes, with those above, to exceed
    /// the mass.
    fn equal_ones(&self, a: &mut Assembler) -> Reg {
        let rest = a.fs(self.mass, self.above);
        let inverse = math::reciprocal(a, self.value);
        let quotient = a.fm(rest, inverse);
        let whole = a.cflts(quotient, 0);
        a.ai(whole, 1)
    }
}

fn min_unsigned(a: &mut Assembler, x: Reg, y: Reg) -> Reg {
    let greater = a.clgt(x, y);
    a.selb(x, y, greater)
}

impl Pass {
    /// Draws a token from the logits in local store, of which `largest` (in every word) is this
    /// SPU's largest, and leaves it in the results. The most likely token is there already.
    pub(super) fn sample(&self, a: &mut Assembler, sampling: &Sampling, largest: Reg) {
        let share = &sampling.share;
        share.call(a, &[largest]);
        let largest = a.word(0xffff_ffff);
        share.for_each(a, self, |a, at| {
            let other = a.lqd(at, 0);
            let larger = lanes::max(a, largest, other);
            a.assign(largest, larger);
        });
        let operands = Powers {
            logits: self.get(a, Word::Logits),
            blocks: self.get(a, Word::LogitBlocks),
            sums: self.get(a, Word::BlockSums),
            largest,
            inverse_temperature: self.blocks.command(a, CommandWord::InverseTemperature),
            first: self.get(a, Word::VocabFirst),
            end: self.get(a, Word::VocabEnd),
        };
        let own = powers(a, operands);
        let own = a.copy(own);
        share.call(a, &[own]);
        let [total] = share.sums(a, self);
        let total = a.copy(total);
        let top_p = self.blocks.command(a, CommandWord::TopP);
        let zero = a.float(0.0);
        let likeliest = a.fcgt(top_p, zero);
        a.if_else(
            likeliest,
            |a| self.sample_likeliest(a, sampling, total),
            |a| self.sample_all(a, share, total),
        );
    }

    /// Leaves a token in the results where `mine` is not 0.
    fn result(&self, a: &mut Assembler, mine: Reg, token: impl FnOnce(&mut Assembler) -> Reg) {
        let result = self.get(a, Word::OwnResult);
        let least = a.word(0xffff_ffff);
        a.stqd(least, result, 0);
        a.if_nonzero(mine, |a| {
            let token = token(a);
            let one = a.float(1.0);
            let is_token = a.words([0, !0, !0, !0]);
            let value = a.selb(one, token, is_token);
            let result = self.get(a, Word::OwnResult);
            a.stqd(value, result, 0);
        });
    }

    /// Draws from all tokens, in the order of their indices. The records hold the SPUs' sums.
    fn sample_all(&self, a: &mut Assembler, share: &Share, total: Reg) {
        let coin = self.blocks.command(a, CommandWord::Coin);
        let mass = a.fm(coin, total);
        let mass = a.copy(mass);
        // The sums of the SPUs before this one, and with it.
        let own_index = self.get(a, Word::OwnIndex);
        let index = a.il(0);
        let before = a.float(0.0);
        let until = a.float(0.0);
        share.for_each(a, self, |a, at| {
            let sum = a.lqd(at, 0);
            let is_before = a.cgt(own_index, index);
            let counted = a.and(sum, is_before);
            a.set(before).fa(before, counted);
            let is_after = a.cgt(index, own_index);
            let counted = a.andc(sum, is_after);
            a.set(until).fa(until, counted);
            a.set(index).ai(index, 1);
        });
        let begins = a.fcgt(before, mass);
        let ends = a.fcgt(until, mass);
        // The last SPU takes what rounding leaves.
        let is_last = a.ai(own_index, 1);
        let is_last = a.ceq(is_last, index);
        let ends = a.or(ends, is_last);
        let mine = a.andc(ends, begins);
        self.result(a, mine, |a| {
            let operands = AtMass {
                powers: self.get(a, Word::Logits),
                sums: self.get(a, Word::BlockSums),
                blocks: self.get(a, Word::LogitBlocks),
                first: self.get(a, Word::VocabFirst),
                end: self.get(a, Word::VocabEnd),
                mass: a.fs(mass, before),
            };
            at_mass(a, operands)
        });
    }

    /// Draws from the likeliest tokens, in the order of their probabilities.
    fn sample_likeliest(&self, a: &mut Assembler, sampling: &Sampling, total: Reg) {
        let Sampling {
            share,
            search,
            table,
        } = sampling;
        // What is less likely than this cannot be among them.
        let cutoff = self.blocks.command(a, CommandWord::Cutoff);
        let least = a.fm(cutoff, total);
        // Far above what is no number, and far below what can matter.
        let tiny = a.word(0x0080_0000);
        let least = lanes::max_word(a, least, tiny);
        let least = a.copy(least);
        let operands = Pack {
            powers: self.get(a, Word::Logits),
            blocks: self.get(a, Word::LogitBlocks),
            indices: self.get(a, Word::Indices),
            first: self.get(a, Word::VocabFirst),
            least,
            table: a.address(*table),
        };
        let quads = pack(a, operands);
        a.assign(search.quads, quads);
        a.set(search.lowest).ai(least, -1);
        let top_p = self.blocks.command(a, CommandWord::TopP);
        a.set(search.mass).fm(top_p, total);
        a.call(search.function);
        // Their mass: all that count, or those that exceed the wanted one.
        let equal = search.equal_ones(a);
        let equal = a.csflt(equal, 0);
        let reached = a.fma(equal, search.value, search.above);
        let reached = a.selb(reached, search.total, search.none);
        let coin = self.blocks.command(a, CommandWord::Coin);
        a.set(search.mass).fm(coin, reached);
        a.call(search.function);
        // Without any the most likely token stays.
        a.if_zero(search.none, |a| {
            let wanted = search.equal_ones(a);
            let wanted = a.copy(wanted);
            let powers = self.get(a, Word::Logits);
            let own = count_equal(a, powers, search.quads, search.value);
            let own = a.copy(own);
            share.call(a, &[own]);
            let own_index = self.get(a, Word::OwnIndex);
            let index = a.il(0);
            let before = a.il(0);
            let all = a.il(0);
            share.for_each(a, self, |a, at| {
                let count = a.lqd(at, 0);
                let is_before = a.cgt(own_index, index);
                let counted = a.and(count, is_before);
                a.set(before).a(before, counted);
                a.set(all).a(all, count);
                a.set(index).ai(index, 1);
            });
            let wanted = lanes::min_word(a, wanted, all);
            let own_wanted = a.sf(before, wanted);
            let own_wanted = a.copy(own_wanted);
            let begins = a.cgti(own_wanted, 0);
            let beyond = a.cgt(own_wanted, own);
            let mine = a.andc(begins, beyond);
            self.result(a, mine, |a| {
                let powers = self.get(a, Word::Logits);
                let indices = self.get(a, Word::Indices);
                nth_equal(a, powers, indices, search.value, own_wanted)
            });
        });
    }
}
