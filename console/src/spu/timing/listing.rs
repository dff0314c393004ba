//! A [`Profile`] as text.

use std::fmt;

use super::record::{Line, Profile, Stall};
use crate::spu::local_store::LOCAL_STORE_SIZE;

/// A profile with the program that it is of. Writes totals, then a line for each
/// instruction that was issued:
///
/// ```text
///   address  times  +  lost  instruction                     what for
///   0x00a30    640  +        lqd $20,16($5)
///   0x00a34    640     3200  fma $60,$20,$7,$60              dependency 3200
/// ```
///
/// `+` where it was issued together with the one before it at least every second time;
/// lost are the cycles, all times together, in which nothing was issued before it.
pub struct Listing<'a> {
    profile: &'a Profile,
    store: &'a [u8; LOCAL_STORE_SIZE],
}

impl<'a> Listing<'a> {
    /// The listing of a profile; `store` is the SPU's local store with the program.
    #[must_use]
    pub fn new(profile: &'a Profile, store: &'a [u8; LOCAL_STORE_SIZE]) -> Self {
        Self { profile, store }
    }

    fn instruction(&self, pc: u32) -> String {
        let at = pc as usize % LOCAL_STORE_SIZE & !3;
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.store[at..at + 4]);
        let word = u32::from_be_bytes(bytes);
        ::spu::disasm::at(pc, word).to_string().replace('\t', " ")
    }
}

/// The kinds of stalls that there were, with their cycles.
fn kinds(line: &Line) -> impl Iterator<Item = (Stall, u64)> {
    let pairs = Stall::ALL.into_iter().zip(line.stalls);
    pairs.filter(|&(_, cycles)| cycles != 0)
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.profile.total();
        let lost: u64 = total.stalls.iter().sum();
        let cycles = total.count - total.paired + lost;
        writeln!(
            f,
            "{cycles} cycles, {} instructions, {} of them issued with the one before; {lost} \
             cycles lost",
            total.count, total.paired
        )?;
        for (stall, cycles_lost) in kinds(&total) {
            let share = cycles_lost as f64 / cycles as f64 * 100.0;
            writeln!(f, "  {:12} {cycles_lost:>12}  {share:5.1} %", stall.name())?;
        }
        let mut expected = None;
        for (pc, line) in self.profile.lines() {
            if expected.is_some_and(|expected| expected != pc) {
                writeln!(f)?;
            }
            expected = Some(pc + 4);
            let paired = if line.paired * 2 >= line.count {
                '+'
            } else {
                ' '
            };
            let lost: u64 = line.stalls.iter().sum();
            write!(f, "{pc:#07x} {:>9} {paired} ", line.count)?;
            if lost == 0 {
                write!(f, "{:9}", "")?;
            } else {
                write!(f, "{lost:9}")?;
            }
            write!(f, "  {:32}", self.instruction(pc))?;
            for (stall, cycles) in kinds(line) {
                write!(f, " {} {cycles}", stall.name())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
