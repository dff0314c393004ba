//! What must stay in order within a block.

use alloc::{collections::BTreeMap, vec::Vec};

use super::ir::{Alias, Operand, VInst};
use super::storage::Storage;
use super::{Address, Reg};
use crate::isa::{Effect, Op, Pipe};

/// An instruction and how many cycles after another it may be issued at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub to: usize,
    pub cycles: u32,
}

/// For each instruction of a block, those that must come after it.
#[derive(Clone, Debug)]
pub(super) struct Dependences {
    pub after: Vec<Vec<Edge>>,
}

impl Dependences {
    pub(super) fn new(insts: &[VInst], storage: &Storage) -> Self {
        let mut found = Self {
            after: alloc::vec![Vec::new(); insts.len()],
        };
        found.by_registers(insts);
        found.by_effects(insts, storage);
        // The branch stays last, and an instruction of the even pipe may share its cycle.
        if let Some((last, earlier)) = insts.split_last()
            && last.op.is_branch()
        {
            for (index, inst) in earlier.iter().enumerate() {
                found.add(index, insts.len() - 1, order_cycles(inst, last));
            }
        }
        found
    }

    fn add(&mut self, from: usize, to: usize, cycles: u32) {
        let edges = &mut self.after[from];
        match edges.iter_mut().find(|edge| edge.to == to) {
            Some(edge) => edge.cycles = edge.cycles.max(cycles),
            None => edges.push(Edge { to, cycles }),
        }
    }

    fn by_registers(&mut self, insts: &[VInst]) {
        let mut writer: BTreeMap<Reg, usize> = BTreeMap::new();
        let mut readers: BTreeMap<Reg, Vec<usize>> = BTreeMap::new();
        for (index, inst) in insts.iter().enumerate() {
            for source in inst.sources() {
                if let Some(&from) = writer.get(&source) {
                    self.add(from, index, insts[from].op.info().class.latency());
                }
                readers.entry(source).or_default().push(index);
            }
            let Some(target) = inst.target() else {
                continue;
            };
            for from in readers.remove(&target).unwrap_or_default() {
                if from != index {
                    self.add(from, index, order_cycles(&insts[from], inst));
                }
            }
            if let Some(from) = writer.insert(target, index) {
                self.add(from, index, 1);
            }
        }
    }

    fn by_effects(&mut self, insts: &[VInst], storage: &Storage) {
        let places = places(insts);
        let mut seen: Vec<usize> = Vec::new();
        for (index, inst) in insts.iter().enumerate() {
            if stays(inst) {
                for from in 0..index {
                    self.add(from, index, 1);
                }
            }
            for &from in &seen {
                let both = [(from, &insts[from]), (index, inst)];
                if stays(&insts[from])
                    || ordered(both.map(|(at, inst)| (inst, places[at])), storage)
                {
                    self.add(from, index, 1);
                }
            }
            if is_free(inst) {
                continue;
            }
            seen.push(index);
        }
    }
}

/// Cycles between two instructions that must only keep their order. They can share a cycle
/// where the first goes into the even pipe and the second into the odd: that is their
/// order in the pair, too.
fn order_cycles(first: &VInst, second: &VInst) -> u32 {
    let pipes = [first, second].map(|inst| inst.op.info().class.pipe());
    u32::from(pipes != [Pipe::Even, Pipe::Odd])
}

/// Depends on registers only.
fn is_free(inst: &VInst) -> bool {
    !inst.fixed && matches!(inst.op.effect(), Effect::None | Effect::Hint) && !inst.op.is_branch()
}

/// Nothing moves across it.
fn stays(inst: &VInst) -> bool {
    inst.fixed
        || matches!(
            inst.op.effect(),
            Effect::Barrier | Effect::Stop | Effect::Status
        )
}

/// Where a load or store goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// No load or store, or no telling.
    Unknown,
    /// So many bytes from whatever the `value`th unknown value of the block is.
    From { value: usize, offset: i32 },
    /// A named object.
    At(Address),
}

/// The places of all loads and stores of a block. Registers are followed through copies
/// and additions of constants.
fn places(insts: &[VInst]) -> Vec<Place> {
    let mut values: BTreeMap<Reg, Place> = BTreeMap::new();
    // No more unknown values than operands.
    let mut fresh = (1..).map(|value| Place::From { value, offset: 0 });
    let mut unknown = move || fresh.next().unwrap_or(Place::Unknown);
    let mut places = Vec::with_capacity(insts.len());
    for inst in insts {
        let mut base = |reg| *values.entry(reg).or_insert_with(&mut unknown);
        let immediate = match inst.operand {
            Operand::Value(value) => value,
            _ => 0,
        };
        let named = match inst.operand {
            Operand::Address(address) => Place::At(address),
            _ => Place::Unknown,
        };
        places.push(match inst.op {
            Op::Lqd | Op::Stqd => base(inst.ra).offset(immediate),
            Op::Lqa | Op::Lqr | Op::Stqa | Op::Stqr => named,
            _ => Place::Unknown,
        });
        if let Some(target) = inst.target() {
            let value = match inst.op {
                Op::Ai => base(inst.ra).offset(immediate),
                _ if inst.copy => base(inst.ra),
                Op::Ila if named != Place::Unknown => named,
                _ => unknown(),
            };
            values.insert(target, value);
        }
    }
    places
}

impl Place {
    fn offset(self, bytes: i32) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::From { value, offset } => Self::From {
                value,
                offset: offset.wrapping_add(bytes),
            },
            Self::At(address) => Self::At(Address {
                offset: address.offset.wrapping_add(bytes),
                ..address
            }),
        }
    }

    /// Whether the two are certainly not in the same quadword.
    fn differs(self, other: Self, storage: &Storage) -> bool {
        match (self, other) {
            (
                Self::From { value, offset },
                Self::From {
                    value: other_value,
                    offset: other_offset,
                },
            ) => value == other_value && far_apart(offset, other_offset),
            (Self::At(one), Self::At(two)) => {
                if one.object == two.object {
                    far_apart(one.offset, two.offset)
                } else {
                    storage.contains(one) && storage.contains(two)
                }
            }
            _ => false,
        }
    }
}

/// Whether two offsets from one address are in different quadwords whatever the address
/// is. Addresses wrap at the size of local store.
fn far_apart(one: i32, two: i32) -> bool {
    let size = super::LOCAL_STORE as i32;
    let distance = one.wrapping_sub(two).rem_euclid(size);
    (16..=size - 16).contains(&distance)
}

/// Whether two loads, stores or channel instructions must keep their order.
fn ordered([(one, at), (two, other)]: [(&VInst, Place); 2], storage: &Storage) -> bool {
    let effects = [one.op.effect(), two.op.effect()];
    match effects {
        [Effect::Channel, Effect::Channel] => true,
        [Effect::Channel, Effect::Load | Effect::Store] => !is_private(two.alias),
        [Effect::Load | Effect::Store, Effect::Channel] => !is_private(one.alias),
        [Effect::Store, Effect::Load | Effect::Store] | [Effect::Load, Effect::Store] => {
            may_share(one.alias, two.alias) && !at.differs(other, storage)
        }
        _ => false,
    }
}

/// Whether only the assembler itself loads and stores there.
fn is_private(alias: Option<Alias>) -> bool {
    alias.is_some_and(|alias| alias <= Alias::SPILLS)
}

fn may_share(one: Option<Alias>, two: Option<Alias>) -> bool {
    one == two || ((one.is_none() || two.is_none()) && !is_private(one) && !is_private(two))
}
