//! A [`Profile`] as text.

use std::collections::BTreeMap;
use std::fmt;

use super::record::{Line, Profile, Stall};
use crate::spu::local_store::LOCAL_STORE_SIZE;

/// A profile with the program that it is of. Writes totals, then, where there are
/// [labels](Self::with_labels), what each stretch between two of them took, the longest
/// first, then a line for each instruction that was issued:
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
    labels: BTreeMap<u32, String>,
    instructions: bool,
}

impl<'a> Listing<'a> {
    /// The listing of a profile; `store` is the SPU's local store with the program.
    #[must_use]
    pub fn new(profile: &'a Profile, store: &'a [u8; LOCAL_STORE_SIZE]) -> Self {
        Self {
            profile,
            store,
            labels: BTreeMap::new(),
            instructions: true,
        }
    }

    /// The same, with names for addresses.
    #[must_use]
    pub fn with_labels(mut self, labels: impl IntoIterator<Item = (u32, String)>) -> Self {
        self.labels.extend(labels);
        self
    }

    /// The same, without a line for each instruction.
    #[must_use]
    pub fn summary(mut self) -> Self {
        self.instructions = false;
        self
    }

    fn instruction(&self, pc: u32) -> String {
        let at = (pc as usize % LOCAL_STORE_SIZE) & !3;
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.store[at..at + 4]);
        let word = u32::from_be_bytes(bytes);
        ::spu::disasm::at(pc, word).to_string().replace('\t', " ")
    }

    /// What became of the instructions from each label to the next one, the longest first.
    fn stretches(&self) -> Vec<(&str, Line)> {
        let mut sums: BTreeMap<u32, (&str, Line)> = BTreeMap::new();
        for (pc, line) in self.profile.lines() {
            let (start, name) = match self.labels.range(..=pc).next_back() {
                Some((&start, name)) => (start, name.as_str()),
                None => (0, "(before the first label)"),
            };
            let (_, sum) = sums.entry(start).or_insert((name, Line::default()));
            sum.add(line);
        }
        let mut stretches: Vec<_> = sums.into_values().collect();
        stretches.sort_by_key(|(_, line)| std::cmp::Reverse(line.cycles()));
        stretches
    }

    fn write_totals(&self, f: &mut fmt::Formatter<'_>, total: &Line) -> fmt::Result {
        let cycles = total.cycles();
        writeln!(
            f,
            "{cycles} cycles, {} instructions, {} of them issued with the one before ({:.1} %); \
             {} cycles lost",
            total.count,
            total.paired,
            percent(total.paired, total.count),
            total.lost()
        )?;
        for (stall, lost) in kinds(total) {
            let share = percent(lost, cycles);
            writeln!(f, "  {:12} {lost:>12}  {share:5.1} %", stall.name())?;
        }
        Ok(())
    }

    fn write_stretches(&self, f: &mut fmt::Formatter<'_>, total: &Line) -> fmt::Result {
        writeln!(
            f,
            "\n{:>12} {:>6} {:>12} {:>6}  label: cycles lost",
            "cycles", "share", "instructions", "pairs"
        )?;
        for (name, line) in self.stretches() {
            write!(
                f,
                "{:12} {:5.1}% {:12} {:5.1}%  {name}:",
                line.cycles(),
                percent(line.cycles(), total.cycles()),
                line.count,
                percent(2 * line.paired, line.count)
            )?;
            write_kinds(f, &line)?;
            writeln!(f)?;
        }
        Ok(())
    }

    fn write_instructions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut expected = None;
        for (pc, line) in self.profile.lines() {
            let name = self.labels.get(&pc);
            if name.is_some() || expected != Some(pc) {
                writeln!(f)?;
            }
            if let Some(name) = name {
                writeln!(f, "{name}:")?;
            }
            expected = Some(pc + 4);
            let paired = if line.paired * 2 >= line.count {
                '+'
            } else {
                ' '
            };
            write!(f, "{pc:#07x} {:>9} {paired} ", line.count)?;
            match line.lost() {
                0 => write!(f, "{:9}", "")?,
                lost => write!(f, "{lost:9}")?,
            }
            write!(f, "  {:32}", self.instruction(pc))?;
            write_kinds(f, line)?;
            writeln!(f)?;
        }
        Ok(())
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64 * 100.0
}

/// The kinds of stalls that there were, with their cycles.
fn kinds(line: &Line) -> impl Iterator<Item = (Stall, u64)> {
    let pairs = Stall::ALL.into_iter().zip(line.stalls);
    pairs.filter(|&(_, cycles)| cycles != 0)
}

fn write_kinds(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    for (stall, cycles) in kinds(line) {
        write!(f, " {} {cycles}", stall.name())?;
    }
    Ok(())
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.profile.total();
        self.write_totals(f, &total)?;
        if !self.labels.is_empty() {
            self.write_stretches(f, &total)?;
        }
        if self.instructions {
            self.write_instructions(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spu::timing::{Observer, Record};

    #[test]
    fn stretches_are_summed_by_label() {
        let mut record = Record::new(0);
        // A pair, then one that waits three cycles for its operand, then a branch miss.
        record.issued(0, 0, 0, Stall::Fetch, 0);
        record.issued(4, 0, 0, Stall::Fetch, 0);
        record.issued(8, 1, 4, Stall::Fetch, 3);
        record.issued(12, 24, 24, Stall::BranchMiss, 0);
        let profile = record.finish();
        let store = [0; LOCAL_STORE_SIZE];
        let labels = [(4, "loop".to_owned()), (12, "end".to_owned())];
        let listing = Listing::new(&profile, &store).with_labels(labels);
        let found: Vec<_> = listing
            .stretches()
            .into_iter()
            .map(|(name, line)| (name, line.count, line.cycles()))
            .collect();
        assert_eq!(
            found,
            [
                ("end", 1, 20),
                ("loop", 2, 4),
                ("(before the first label)", 1, 1)
            ]
        );
        let text = listing.to_string();
        assert!(
            text.contains("25 cycles, 4 instructions, 1 of them"),
            "{text}"
        );
        assert!(text.contains("branch miss 19"), "{text}");
        assert_eq!(profile.total().cycles(), 25);
    }
}
