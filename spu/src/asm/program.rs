//! What comes out: the program, encoded.

use alloc::vec::Vec;

use super::allocate::Colours;
use super::flow::Flow;
use super::ir::{Operand, VInst};
use super::listing::ListedBlock;
use super::storage::Placed;
use super::{Address, AssembleError, Assembler, LOCAL_STORE, Label, Reg, Source};
use crate::elf::{Contents, Image, Segment};
use crate::isa::{Immediate, Inst};

/// A finished program: what local store holds when an SPU starts it.
#[derive(Clone, Debug)]
pub struct Program {
    origin: u32,
    pub(super) code: Vec<u32>,
    placed: Placed,
    labels: Vec<Option<u32>>,
    pub(super) blocks: Vec<ListedBlock>,
    /// Which line of the kernel asked for each instruction.
    pub(super) sources: Vec<Option<Source>>,
}

impl Program {
    /// Address of the first instruction to execute.
    #[must_use]
    pub fn entry(&self) -> u32 {
        self.origin
    }

    /// The instructions, from [`Program::entry`] on.
    #[must_use]
    pub fn code(&self) -> &[u32] {
        &self.code
    }

    /// Address and contents of the data, multiples of 16 bytes.
    #[must_use]
    pub fn data(&self) -> (u32, &[u8]) {
        (self.placed.data_start, &self.placed.data)
    }

    /// Address and size of the zeroed part, multiples of 16 bytes.
    #[must_use]
    pub fn zeroed(&self) -> (u32, u32) {
        self.placed.zeroed
    }

    /// The address in local store that `address` stands for.
    #[must_use]
    pub fn address(&self, address: Address) -> u32 {
        self.placed.resolve(address) as u32
    }

    /// The address in local store of a label; `None` where control cannot reach it.
    #[must_use]
    pub fn label(&self, label: Label) -> Option<u32> {
        self.labels[label.0 as usize]
    }

    /// The first free byte of local store, a multiple of 128.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.placed.heap
    }

    /// The program as an SPU ELF file.
    #[must_use]
    pub fn to_elf(&self) -> Vec<u8> {
        let mut code: Vec<u8> = self
            .code
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect();
        // What follows the code is free up to the next multiple of 16.
        code.resize(code.len().next_multiple_of(16), 0);
        let mut segments = alloc::vec![Segment {
            address: self.origin,
            executable: true,
            contents: Contents::Copy(&code),
        }];
        let (address, data) = self.data();
        let (start, size) = self.zeroed();
        for (address, contents) in [
            (address, Contents::Copy(data)),
            (start, Contents::Fill(size)),
        ] {
            segments.push(Segment {
                address,
                executable: false,
                contents,
            });
        }
        segments.retain(|segment| segment.size() > 0);
        let image = Image {
            entry: self.entry(),
            segments,
        };
        image
            .to_bytes()
            .expect("the passes place everything aligned and within local store")
    }

    /// Local store as it is when the program starts, zeros where the program says
    /// nothing: [`LOCAL_STORE`] bytes.
    #[must_use]
    pub fn memory(&self) -> Vec<u8> {
        let mut memory = alloc::vec![0; LOCAL_STORE as usize];
        let (bytes, _) = memory[self.origin as usize..].as_chunks_mut::<4>();
        for (bytes, word) in bytes.iter_mut().zip(&self.code) {
            *bytes = word.to_be_bytes();
        }
        let (start, data) = self.data();
        memory[start as usize..][..data.len()].copy_from_slice(data);
        memory
    }
}

/// An instruction with its registers, the operand still open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowered {
    pub inst: Inst,
    operand: Operand,
    at: Option<Source>,
}

impl Lowered {
    /// An instruction that nobody asked for.
    pub(super) const fn filler(&self, inst: Inst) -> Self {
        Self {
            inst,
            operand: Operand::Value(0),
            at: None,
        }
    }
}

/// The instruction with physical registers; `None` for a copy of a register to itself.
pub(super) fn lower(inst: &VInst, colours: &Colours) -> Option<Lowered> {
    let physical = |reg: Reg| match reg {
        Reg::NONE => 0,
        reg => colours[reg.index()],
    };
    let (rt, ra) = (physical(inst.rt), physical(inst.ra));
    if inst.copy && rt == ra {
        return None;
    }
    Some(Lowered {
        inst: Inst {
            rt,
            ra,
            rb: physical(inst.rb),
            rc: physical(inst.rc),
            features: inst.features,
            ..Inst::new(inst.op)
        },
        operand: inst.operand,
        at: Some(inst.at),
    })
}

/// Gives everything its address and encodes it.
pub(super) fn resolve(
    assembler: &Assembler,
    flow: &Flow,
    code: Vec<Vec<Lowered>>,
) -> Result<Program, AssembleError> {
    let origin = assembler.options.origin;
    let mut starts = Vec::with_capacity(code.len());
    let mut count = 0;
    for block in &code {
        starts.push(count);
        count += block.len();
    }
    let end = u64::from(origin) + count as u64 * 4;
    if end > LOCAL_STORE.into() {
        return Err(AssembleError::LocalStoreFull { needed: end });
    }
    let address = |block: usize| origin + starts[block] as u32 * 4;
    let last = |(&start, block): (&usize, &Vec<Lowered>)| (start + block.len()).saturating_sub(1);
    let places = Places {
        placed: assembler.storage.place(end as u32)?,
        branches: starts
            .iter()
            .zip(&code)
            .map(|block| origin + last(block) as u32 * 4)
            .collect(),
        labels: flow.places.iter().map(|place| place.map(address)).collect(),
        entries: flow
            .entries
            .iter()
            .map(|place| place.map(address))
            .collect(),
        targets: code
            .iter()
            .map(|block| block.last().map(|last| last.operand))
            .collect(),
    };
    let mut words = Vec::with_capacity(count);
    let mut sources = Vec::with_capacity(count);
    for lowered in code.iter().flatten() {
        let pc = origin + words.len() as u32 * 4;
        if let (Operand::Label(label), Some(at)) = (lowered.operand, lowered.at)
            && places.labels[label.0 as usize].is_none()
        {
            let label = assembler.label_name(label);
            return Err(AssembleError::UnreachableLabel { label, at });
        }
        words.push(places.encode(lowered, pc)?);
        sources.push(lowered.at);
    }
    let blocks = flow
        .blocks
        .iter()
        .enumerate()
        .map(|(index, block)| ListedBlock {
            name: assembler.block_name(block),
            first: starts[index],
            count: code[index].len(),
            is_loop: block.successors.contains(&index),
        })
        .collect();
    Ok(Program {
        origin,
        code: words,
        placed: places.placed,
        labels: places.labels,
        blocks,
        sources,
    })
}

/// Where everything is.
struct Places {
    placed: Placed,
    labels: Vec<Option<u32>>,
    entries: Vec<Option<u32>>,
    /// Address of the last instruction of each block, its branch if it has one.
    branches: Vec<u32>,
    /// Operand of that instruction.
    targets: Vec<Option<Operand>>,
}

impl Places {
    /// What a label or address operand stands for.
    fn target(&self, operand: Operand) -> Option<i32> {
        match operand {
            Operand::Label(label) => self.labels[label.0 as usize].map(|at| at as i32),
            Operand::Call(function) => self.entries[function.0 as usize].map(|at| at as i32),
            Operand::Address(address) => Some(self.placed.resolve(address)),
            Operand::Value(_) | Operand::Return | Operand::OneOf(_) | Operand::Hint(_) => None,
        }
    }

    fn encode(&self, lowered: &Lowered, pc: u32) -> Result<u32, AssembleError> {
        let mut inst = lowered.inst;
        let mut operand = lowered.operand;
        let mut is_hint = false;
        if let Operand::Hint(block) = operand {
            is_hint = true;
            let distance = self.branches[block as usize] as i32 - pc as i32;
            inst.ro = i16::try_from(distance).unwrap_or(i16::MAX);
            operand = self.targets[block as usize].unwrap_or(Operand::Value(0));
        }
        if let Operand::Value(value) = operand {
            inst.imm = value;
        } else if let Some(target) = self.target(operand) {
            inst.imm = match inst.op.info().immediate {
                Immediate::Rel18 => target - pc as i32,
                Immediate::No => 0,
                _ => target,
            };
        }
        match (inst.encode(), lowered.at) {
            (Ok(word), _) => Ok(word),
            // A branch further away than a hint can say goes without.
            (Err(_), _) if is_hint => Ok(LNOP),
            (Err(error), Some(at)) => Err(AssembleError::Operand { error, at }),
            (Err(_), None) => Ok(LNOP),
        }
    }
}

/// The word of `lnop`.
const LNOP: u32 = 0x0020_0000;
