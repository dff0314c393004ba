//! The passes in their order, and what comes out.

use alloc::{string::String, vec::Vec};

use super::allocate::{self, Colours};
use super::flow::Flow;
use super::ir::{Operand, VInst};
use super::liveness::Liveness;
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
}

/// A block for the listing.
#[derive(Clone, Debug)]
pub(super) struct ListedBlock {
    /// Function and label.
    pub name: String,
    /// Index of the first instruction.
    pub first: usize,
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
#[derive(Clone, Copy)]
struct Lowered {
    inst: Inst,
    operand: Operand,
    at: Source,
}

pub(super) fn finish(assembler: Assembler) -> Result<Program, AssembleError> {
    let flow = Flow::new(&assembler)?;
    let registers = assembler.registers as usize;
    let liveness = Liveness::new(&flow, registers);
    allocate::check_initialised(&flow, &liveness)?;
    let colours = allocate::allocate(&flow, &liveness, registers).map_err(|_| {
        allocate::pressure_error(&assembler, &flow, &liveness)
            .unwrap_or(AssembleError::RunsOffTheEnd)
    })?;

    let mut code: Vec<Lowered> = Vec::new();
    let mut starts = Vec::new();
    for block in &flow.blocks {
        starts.push(code.len());
        code.extend(block.insts.iter().filter_map(|inst| lower(inst, &colours)));
    }
    let origin = assembler.options.origin;
    let end = u64::from(origin) + code.len() as u64 * 4;
    if end > LOCAL_STORE.into() {
        return Err(AssembleError::LocalStoreFull { needed: end });
    }
    let placed = assembler.storage.place(end as u32)?;
    let block_address = |block: usize| origin + starts[block] as u32 * 4;
    let labels: Vec<Option<u32>> = flow
        .places
        .iter()
        .map(|place| place.map(block_address))
        .collect();
    let blocks = flow
        .blocks
        .iter()
        .zip(&starts)
        .map(|(block, &first)| ListedBlock {
            name: assembler.block_name(block),
            first,
        })
        .collect();
    let mut words = Vec::with_capacity(code.len());
    for (index, lowered) in code.iter().enumerate() {
        let pc = origin + index as u32 * 4;
        let mut inst = lowered.inst;
        let target = match lowered.operand {
            Operand::Value(value) => {
                inst.imm = value;
                None
            }
            Operand::Label(label) => labels[label.0 as usize].map(|address| address as i32),
            Operand::Address(address) => Some(placed.resolve(address)),
            Operand::Call(function) => {
                flow.entries[function.0 as usize].map(|entry| block_address(entry) as i32)
            }
            Operand::Return | Operand::OneOf(_) => None,
        };
        if let Some(target) = target {
            inst.imm = match inst.op.info().immediate {
                Immediate::Rel18 => target - pc as i32,
                _ => target,
            };
        }
        let at = lowered.at;
        words.push(
            inst.encode()
                .map_err(|error| AssembleError::Operand { error, at })?,
        );
    }
    Ok(Program {
        origin,
        code: words,
        placed,
        labels,
        blocks,
    })
}

/// The instruction with physical registers; `None` for a copy of a register to itself.
fn lower(inst: &VInst, colours: &Colours) -> Option<Lowered> {
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
        at: inst.at,
    })
}
