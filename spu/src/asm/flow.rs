//! Basic blocks and how control goes among them.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use super::ir::{Item, Label, Operand, VInst};
use super::{AssembleError, Assembler};
use crate::isa::{Effect, Op};

/// A straight line of instructions; a branch can only be the last.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Index of the function that it belongs to.
    pub function: usize,
    pub labels: Vec<Label>,
    pub insts: Vec<VInst>,
    /// The blocks where control may go within the function, a call seen as a step.
    pub successors: Vec<usize>,
    /// The function that is called at the end; the only successor is where it returns to.
    pub call: Option<usize>,
    /// Ends by returning to the caller.
    pub returns: bool,
}

/// The whole program as blocks, in the order in which they will lie in local store.
/// Blocks that control cannot reach are gone.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub blocks: Vec<Block>,
    /// The first block of each function; `None` where it is never called.
    pub entries: Vec<Option<usize>>,
    /// The block that each label is bound to; `None` where control cannot reach it.
    pub places: Vec<Option<usize>>,
}

/// A block and the targets it names, before labels are resolved.
struct Draft {
    block: Block,
    falls_through: bool,
}

impl Flow {
    pub(super) fn new(assembler: &Assembler) -> Result<Self, AssembleError> {
        let mut drafts: Vec<Draft> = Vec::new();
        let mut entries = Vec::new();
        for (function, body) in assembler.bodies.iter().enumerate() {
            entries.push(drafts.len());
            split(function, &body.items, &mut drafts);
        }
        let mut places: Vec<Option<usize>> = alloc::vec![None; assembler.labels.len()];
        for (index, draft) in drafts.iter().enumerate() {
            for &label in &draft.block.labels {
                if places[label.0 as usize].replace(index).is_some() {
                    let label = assembler.label_name(label);
                    return Err(AssembleError::LabelBoundTwice { label });
                }
            }
        }
        connect(assembler, &mut drafts, &places)?;
        let flow = Self {
            blocks: drafts.into_iter().map(|draft| draft.block).collect(),
            entries: entries.into_iter().map(Some).collect(),
            places,
        };
        flow.check_calls(assembler)?;
        let flow = flow.without_unreachable();
        for block in &flow.blocks {
            let stops = block.insts.last().is_some_and(|inst| {
                inst.op == Op::Stop || matches!(inst.op.effect(), Effect::Jump)
            });
            if block.successors.is_empty() && !stops {
                return Err(AssembleError::RunsOffTheEnd);
            }
        }
        Ok(flow)
    }

    /// Refuses functions that call themselves.
    fn check_calls(&self, assembler: &Assembler) -> Result<(), AssembleError> {
        let count = self.entries.len();
        let mut reach: Vec<BTreeSet<usize>> = alloc::vec![BTreeSet::new(); count];
        for block in &self.blocks {
            reach[block.function].extend(block.call);
        }
        for _ in 0..count {
            for caller in 0..count {
                let more: Vec<usize> = reach[caller]
                    .iter()
                    .flat_map(|&callee| reach[callee].iter().copied())
                    .collect();
                reach[caller].extend(more);
            }
        }
        match (0..count).find(|&function| reach[function].contains(&function)) {
            Some(function) => Err(AssembleError::Recursion {
                function: assembler.bodies[function].name.clone(),
            }),
            None => Ok(()),
        }
    }

    fn without_unreachable(mut self) -> Self {
        let mut reached = alloc::vec![false; self.blocks.len()];
        let mut open = alloc::vec![0];
        while let Some(index) = open.pop() {
            if core::mem::replace(&mut reached[index], true) {
                continue;
            }
            let block = &self.blocks[index];
            open.extend(&block.successors);
            open.extend(block.call.and_then(|function| self.entries[function]));
        }
        let mut renumbered = alloc::vec![None; self.blocks.len()];
        let kept = reached
            .iter()
            .enumerate()
            .filter_map(|(index, &reached)| reached.then_some(index));
        for (number, index) in kept.enumerate() {
            renumbered[index] = Some(number);
        }
        let mut index = 0;
        self.blocks.retain(|_| {
            index += 1;
            reached[index - 1]
        });
        for block in &mut self.blocks {
            // Whatever a reached block leads to is reached.
            block.successors = block
                .successors
                .iter()
                .filter_map(|&successor| renumbered[successor])
                .collect();
        }
        for place in self.entries.iter_mut().chain(&mut self.places) {
            *place = place.and_then(|index| renumbered[index]);
        }
        self
    }
}

/// Cuts a body into blocks.
fn split(function: usize, items: &[Item], drafts: &mut Vec<Draft>) {
    let fresh = || Block {
        function,
        labels: Vec::new(),
        insts: Vec::new(),
        successors: Vec::new(),
        call: None,
        returns: false,
    };
    let mut current = fresh();
    for item in items {
        match *item {
            Item::Bind(label) => {
                if !current.insts.is_empty() {
                    drafts.push(Draft {
                        block: core::mem::replace(&mut current, fresh()),
                        falls_through: true,
                    });
                }
                current.labels.push(label);
            }
            Item::Inst(inst) => {
                current.insts.push(inst);
                if inst.op.is_branch() {
                    drafts.push(Draft {
                        block: core::mem::replace(&mut current, fresh()),
                        falls_through: inst.op.effect() != Effect::Jump,
                    });
                }
            }
        }
    }
    drafts.push(Draft {
        block: current,
        falls_through: false,
    });
}

/// Finds the successors of all blocks.
fn connect(
    assembler: &Assembler,
    drafts: &mut [Draft],
    places: &[Option<usize>],
) -> Result<(), AssembleError> {
    let functions: Vec<usize> = drafts.iter().map(|draft| draft.block.function).collect();
    for (index, draft) in drafts.iter_mut().enumerate() {
        let block = &mut draft.block;
        if draft.falls_through {
            block.successors.push(index + 1);
        }
        for inst in &block.insts {
            let targets: &[Label] = match &inst.operand {
                Operand::Label(label) => core::slice::from_ref(label),
                Operand::OneOf(list) => &assembler.target_lists[*list as usize],
                Operand::Call(function) => {
                    block.call = Some(function.0 as usize);
                    &[]
                }
                Operand::Return => {
                    block.returns = true;
                    &[]
                }
                Operand::Value(_) | Operand::Address(_) | Operand::Hint(_) => &[],
            };
            for &label in targets {
                let name = || assembler.label_name(label);
                let Some(place) = places[label.0 as usize] else {
                    let (label, at) = (name(), inst.at);
                    return Err(AssembleError::UnboundLabel { label, at });
                };
                if !inst.op.is_branch() {
                    continue;
                }
                if functions[place] != block.function {
                    let (label, at) = (name(), inst.at);
                    return Err(AssembleError::LabelElsewhere { label, at });
                }
                if !block.successors.contains(&place) {
                    block.successors.push(place);
                }
            }
        }
    }
    Ok(())
}

impl Assembler {
    /// Function and label of a block, for listings and errors.
    pub(super) fn block_name(&self, block: &Block) -> String {
        let function = &self.bodies[block.function].name;
        match block.labels.first() {
            Some(&label) => format!("{function}/{}", self.label_name(label)),
            None => function.clone(),
        }
    }
}
