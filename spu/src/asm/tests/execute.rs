//! Runs programs, as recorded and as assembled, to compare what they do.
//!
//! Only what steers a program has its real meaning: constants, additions, compares by
//! `cgt`, copies, loads and stores, branches. Every other instruction gives a hash of its
//! name and operands, so that a wrong operand shows.

use alloc::{collections::BTreeMap, vec::Vec};

use super::super::ir::{Item, Operand, VInst};
use super::super::{Assembler, LOCAL_STORE, Program, Reg};
use crate::isa::{Effect, Inst, Op};

type Quad = [u32; 4];

/// What a program did that can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Channel, value written, and a hash of the watched memory at that time.
    pub channels: Vec<(i32, Quad, u64)>,
    /// The watched memory at the end.
    pub memory: Vec<u8>,
}

/// Memory and channels, the same for both ways to run.
struct World {
    memory: Vec<u8>,
    /// The part of memory that is compared.
    watched: core::ops::Range<usize>,
    channels: Vec<(i32, Quad, u64)>,
    steps: usize,
}

/// Operands with their values: rt, ra, rb, rc, immediate as a number.
struct Operands {
    registers: [Quad; 4],
    imm: i32,
}

fn hash(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, &byte| {
        (hash ^ u64::from(byte))
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(23)
    })
}

impl World {
    fn new(program: &Program, watched: core::ops::Range<usize>) -> Self {
        Self {
            memory: program.memory(),
            watched,
            channels: Vec::new(),
            steps: 0,
        }
    }

    fn outcome(self) -> Outcome {
        Outcome {
            channels: self.channels,
            memory: self.memory[self.watched].to_vec(),
        }
    }

    /// Does what the instruction does other than branching; the result if it has one.
    fn execute(&mut self, op: Op, operands: &Operands) -> Option<Quad> {
        self.steps += 1;
        assert!(self.steps < 1_000_000, "does not end");
        let [rt, ra, rb, rc] = operands.registers;
        let imm = operands.imm as u32;
        let add = |x: Quad, y: Quad| core::array::from_fn(|i| x[i].wrapping_add(y[i]));
        let address = |base: u32| (base.wrapping_add(imm) & (LOCAL_STORE - 1) & !15) as usize;
        match op {
            Op::Il | Op::Ila => Some([imm; 4]),
            Op::A => Some(add(ra, rb)),
            Op::Ai => Some(add(ra, [imm; 4])),
            Op::Ori if imm == 0 => Some(ra),
            Op::Cgt => Some(core::array::from_fn(|i| {
                if (ra[i] as i32) > rb[i] as i32 {
                    u32::MAX
                } else {
                    0
                }
            })),
            Op::Lqd | Op::Lqa => {
                let base = if op == Op::Lqd { ra[0] } else { 0 };
                let (words, _) = self.memory[address(base)..][..16].as_chunks::<4>();
                Some(core::array::from_fn(|i| u32::from_be_bytes(words[i])))
            }
            Op::Stqd | Op::Stqa => {
                let base = if op == Op::Stqd { ra[0] } else { 0 };
                let bytes: Vec<u8> = rt.iter().flat_map(|word| word.to_be_bytes()).collect();
                self.memory[address(base)..][..16].copy_from_slice(&bytes);
                None
            }
            Op::Wrch => {
                let seen = hash(1, &self.memory[self.watched.clone()]);
                self.channels.push((operands.imm, rt, seen));
                None
            }
            _ => {
                assert!(
                    matches!(op.effect(), Effect::None),
                    "{op} is not known here"
                );
                let mut seed = hash(7, op.info().mnemonic.as_bytes());
                seed = hash(seed, &imm.to_be_bytes());
                let roles = Inst::new(op).sources();
                for (used, value) in roles.iter().zip([rt, ra, rb, rc]) {
                    if used.is_some() {
                        for word in value {
                            seed = hash(seed, &word.to_be_bytes());
                        }
                    }
                }
                Some(core::array::from_fn(|i| (seed >> (i * 8)) as u32))
            }
        }
    }
}

/// Whether a branch is taken.
fn taken(op: Op, rt: Quad) -> bool {
    match op {
        Op::Brz => rt[0] == 0,
        Op::Brnz => rt[0] != 0,
        _ => true,
    }
}

/// Runs the finished program.
pub fn run_program(program: &Program, watched: core::ops::Range<usize>) -> Outcome {
    let mut world = World::new(program, watched);
    let mut registers = [[0x5555_5555u32; 4]; 128];
    let mut pc = program.entry();
    loop {
        let bytes = &world.memory[pc as usize..][..4];
        let word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let inst = Inst::decode(word).expect("an instruction");
        let get = |register: u8| registers[usize::from(register)];
        let next = pc + 4;
        match inst.op.effect() {
            Effect::Stop => return world.outcome(),
            Effect::Hint => {
                let branch = pc.wrapping_add_signed(inst.ro.into());
                assert!(branch > pc, "a hint comes before its branch");
                let bytes = &world.memory[branch as usize..][..4];
                let word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                let branched = Inst::decode(word).expect("an instruction");
                assert!(branched.op.is_branch(), "hint for {}", branched.op);
                if inst.op == Op::Hbrr {
                    assert_eq!(pc as i32 + inst.imm, branch as i32 + branched.imm);
                }
                pc = next;
            }
            _ if matches!(inst.op, Op::Nop | Op::Lnop) => pc = next,
            Effect::Call => {
                pc = pc.wrapping_add_signed(inst.imm);
                registers[usize::from(inst.rt)] = [next; 4];
            }
            Effect::Jump | Effect::ConditionalJump => {
                pc = if inst.op == Op::Bi {
                    get(inst.ra)[0]
                } else if taken(inst.op, get(inst.rt)) {
                    pc.wrapping_add_signed(inst.imm)
                } else {
                    next
                };
            }
            _ => {
                let operands = Operands {
                    registers: [inst.rt, inst.ra, inst.rb, inst.rc].map(get),
                    imm: inst.imm,
                };
                if let Some(result) = world.execute(inst.op, &operands) {
                    registers[usize::from(inst.rt)] = result;
                }
                pc = next;
            }
        }
    }
}

/// Runs what was recorded, with as many registers as it names. `program` says where
/// objects lie.
pub fn run_recorded(
    assembler: &Assembler,
    program: &Program,
    watched: core::ops::Range<usize>,
) -> Outcome {
    let mut labels = BTreeMap::new();
    for (body, recorded) in assembler.bodies.iter().enumerate() {
        for (index, item) in recorded.items.iter().enumerate() {
            if let Item::Bind(label) = item {
                labels.insert(*label, (body, index));
            }
        }
    }
    let mut world = World::new(program, watched);
    let mut registers: BTreeMap<Reg, Quad> = BTreeMap::new();
    let mut stack = Vec::new();
    let mut at = (0, 0);
    loop {
        let item = assembler.bodies[at.0].items[at.1];
        at.1 += 1;
        let Item::Inst(inst) = item else { continue };
        let get = |reg: Reg| registers.get(&reg).copied().unwrap_or_default();
        match inst.op.effect() {
            Effect::Stop => return world.outcome(),
            Effect::Call | Effect::Jump | Effect::ConditionalJump => match inst.operand {
                Operand::Call(function) => {
                    stack.push(at);
                    at = (function.0 as usize, 0);
                }
                Operand::Return => at = stack.pop().expect("a caller"),
                Operand::Label(label) if taken(inst.op, get(inst.rt)) => at = labels[&label],
                _ => {}
            },
            _ => {
                let operands = Operands {
                    registers: [inst.rt, inst.ra, inst.rb, inst.rc].map(get),
                    imm: immediate(&inst, program),
                };
                if let Some(result) = world.execute(inst.op, &operands) {
                    registers.insert(inst.rt, result);
                }
            }
        }
    }
}

fn immediate(inst: &VInst, program: &Program) -> i32 {
    match inst.operand {
        Operand::Value(value) => value,
        Operand::Address(address) => program.address(address) as i32,
        _ => 0,
    }
}
