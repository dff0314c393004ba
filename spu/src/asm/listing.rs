//! The listing: a program as text, with cycles and stalls.

use alloc::{string::String, vec::Vec};
use core::fmt::Write;

use super::timing::{Issue, Pipeline};
use super::{Program, Source};
use crate::disasm;
use crate::isa::{Inst, Op};

/// A block of a finished program and what the pipelines make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockTiming {
    /// Function and label.
    pub name: String,
    /// Address of the first instruction.
    pub address: u32,
    /// How many instructions there are, fillers included.
    pub instructions: usize,
    /// How many of them are `nop` and `lnop`.
    pub fillers: usize,
    /// Cycles of one run with all operands ready at the start and no branch penalty.
    pub cycles: u64,
    /// How many of these are stalls.
    pub stalls: u64,
    /// For a loop of one block: cycles of each further round, waiting for the one before.
    pub cycles_per_round: Option<u64>,
}

/// A block as the listing needs it.
#[derive(Clone, Debug)]
pub(super) struct ListedBlock {
    /// Function and label.
    pub name: String,
    /// Index of the first instruction.
    pub first: usize,
    /// How many instructions.
    pub count: usize,
    /// Branches to itself.
    pub is_loop: bool,
}

impl Program {
    /// What the pipelines make of each block, in the order of local store.
    pub fn blocks(&self) -> impl Iterator<Item = BlockTiming> + '_ {
        self.blocks.iter().map(|block| self.timing(block))
    }

    /// The code as text. Each block has a line with its name, cycles and stalls; each
    /// instruction its address, its word, the cycle of its issue (`+` where it shares it
    /// with the one before), the cycles lost before it, and the line of the kernel.
    #[must_use]
    pub fn listing(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_listing(&mut text);
        text
    }

    fn write_listing(&self, text: &mut String) -> core::fmt::Result {
        for block in &self.blocks {
            let timing = self.timing(block);
            write!(
                text,
                "{}: {} instructions ({} fillers), {} cycles, {} of them stalls",
                timing.name, timing.instructions, timing.fillers, timing.cycles, timing.stalls
            )?;
            if let Some(cycles) = timing.cycles_per_round {
                write!(text, ", {cycles} cycles a round")?;
            }
            writeln!(text)?;
            let mut pipeline = Pipeline::default();
            for (index, issue) in self.run(block, &mut pipeline).into_iter().enumerate() {
                let index = block.first + index;
                self.write_line(text, index, issue)?;
            }
        }
        Ok(())
    }

    fn write_line(&self, text: &mut String, index: usize, issue: Issue) -> core::fmt::Result {
        let (address, word) = (self.address_of(index), self.code[index]);
        write!(text, "  {address:05x}  {word:08x} ")?;
        match issue {
            Issue { paired: true, .. } => write!(text, "    +      ")?,
            Issue {
                stall: 0, cycle, ..
            } => write!(text, "{cycle:5}      ")?,
            Issue { stall, cycle, .. } => write!(text, "{cycle:5} -{stall:<4}")?,
        }
        let instruction = alloc::format!("{}", disasm::at(address, word)).replace('\t', " ");
        match self.sources[index] {
            Some(source) => writeln!(text, "{instruction:32} {}", short(source)),
            None => writeln!(text, "{instruction}"),
        }
    }

    fn timing(&self, block: &ListedBlock) -> BlockTiming {
        let mut pipeline = Pipeline::default();
        let issues = self.run(block, &mut pipeline);
        let cycles = pipeline.cycles();
        let cycles_per_round = block.is_loop.then(|| {
            // The first further round may still wait for less than the others.
            self.run(block, &mut pipeline);
            let second = pipeline.cycles();
            self.run(block, &mut pipeline);
            pipeline.cycles() - second
        });
        let words = &self.code[block.first..][..block.count];
        let is_filler = |word: &&u32| matches!(Op::of_word(**word), Some(Op::Nop | Op::Lnop));
        BlockTiming {
            name: block.name.clone(),
            address: self.address_of(block.first),
            instructions: block.count,
            fillers: words.iter().filter(is_filler).count(),
            cycles,
            stalls: issues.iter().map(|issue| issue.stall).sum(),
            cycles_per_round,
        }
    }

    fn run(&self, block: &ListedBlock, pipeline: &mut Pipeline) -> Vec<Issue> {
        (block.first..block.first + block.count)
            .filter_map(|index| {
                let inst = Inst::decode(self.code[index])?;
                Some(pipeline.issue(self.address_of(index), &inst))
            })
            .collect()
    }

    fn address_of(&self, index: usize) -> u32 {
        self.entry() + index as u32 * 4
    }
}

/// The last part of the path and the line.
fn short(source: Source) -> String {
    let file = source.file().rsplit(['/', '\\']).next().unwrap_or_default();
    alloc::format!("; {file}:{}", source.line())
}
