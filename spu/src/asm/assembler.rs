//! The builder: records instructions, labels, functions and objects.

use alloc::{string::String, vec::Vec};
use core::panic::Location;

use super::ir::{Item, Operand, VInst};
use super::storage::Storage;
use super::{Alias, AssembleError, Label, Program, Reg};
use crate::isa::{Effect, Inst, Op, Roles};

/// A function as recorded; the program itself is function 0.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub name: String,
    /// Holds the return address while the function runs.
    pub link: Reg,
    pub items: Vec<Item>,
}

/// Records a program. See the [module](super) for how kernels are written with it.
#[derive(Clone, Debug)]
pub struct Assembler {
    pub(super) bodies: Vec<Body>,
    /// The functions being recorded, innermost last.
    pub(super) open: Vec<usize>,
    pub(super) registers: u32,
    pub(super) labels: Vec<String>,
    pub(super) target_lists: Vec<Vec<Label>>,
    pub(super) storage: Storage,
    pub(super) aliases: u32,
    pub(super) options: Options,
}

/// What the passes may do. The default is everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Address of the first instruction, a multiple of 16. The default is 0.
    pub origin: u32,
    /// Reorder instructions within blocks to hide latencies.
    pub schedule: bool,
    /// Insert `nop` and `lnop` so that pairs are issued together.
    pub align_pairs: bool,
    /// Insert branch hints.
    pub hints: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            origin: 0,
            schedule: true,
            align_pairs: true,
            hints: true,
        }
    }
}

impl Default for Assembler {
    fn default() -> Self {
        Self::new()
    }
}

impl Assembler {
    /// An empty program with all passes on, from local store address 0.
    #[must_use]
    pub fn new() -> Self {
        Self::with_options(Options::default())
    }

    /// An empty program.
    ///
    /// # Panics
    /// When the origin is no multiple of 16 within local store.
    #[must_use]
    pub fn with_options(options: Options) -> Self {
        assert!(
            options.origin.is_multiple_of(16) && options.origin < super::LOCAL_STORE,
            "the origin is a multiple of 16 within local store"
        );
        let mut assembler = Self {
            bodies: Vec::new(),
            open: alloc::vec![0],
            registers: Reg::PHYSICAL,
            labels: Vec::new(),
            target_lists: Vec::new(),
            storage: Storage::default(),
            aliases: Alias::SPILLS.0,
            options,
        };
        let link = assembler.reg();
        assembler.bodies.push(Body {
            name: "start".into(),
            link,
            items: Vec::new(),
        });
        assembler
    }

    /// A fresh register with nothing in it yet; write to it through [`Assembler::set`].
    pub fn reg(&mut self) -> Reg {
        self.registers += 1;
        Reg(self.registers - 1)
    }

    /// The next instruction writes its result to `reg`.
    pub fn set(&mut self, reg: Reg) -> With<'_> {
        With {
            assembler: self,
            target: Some(reg),
            alias: None,
        }
    }

    /// The next instruction's memory access is of that class.
    pub fn on(&mut self, alias: Alias) -> With<'_> {
        With {
            assembler: self,
            target: None,
            alias: Some(alias),
        }
    }

    /// The four arguments of an SPU thread, 64 bits each in the high doubleword, so that
    /// a 32-bit argument is in word 1. To be taken at the start of the program.
    #[track_caller]
    pub fn arguments(&mut self) -> [Reg; 4] {
        [3, 4, 5, 6].map(|number| self.copy(Reg::physical(number)))
    }

    /// Records an instruction as it is, on physical registers, and keeps everything
    /// before it before it and everything after it after it.
    ///
    /// # Panics
    /// When it is a branch or a hint for one: control flow goes by labels.
    #[track_caller]
    pub fn raw(&mut self, inst: Inst) {
        assert!(!inst.op.is_branch(), "branches go by labels");
        let no_hint = matches!(inst.features, Inst::FEATURE) || inst.op.effect() != Effect::Hint;
        assert!(no_hint, "hints are placed by the assembler");
        let roles = inst.op.info().roles;
        let reg = |number: u8, used: bool| {
            if used { Reg(number.into()) } else { Reg::NONE }
        };
        let rt = roles.has(Roles::READS_RT) || roles.has(Roles::WRITES_RT);
        self.push(VInst {
            rt: reg(inst.rt, rt || inst.op.has_false_target()),
            ra: reg(inst.ra, roles.has(Roles::READS_RA)),
            rb: reg(inst.rb, roles.has(Roles::READS_RB)),
            rc: reg(inst.rc, roles.has(Roles::READS_RC)),
            operand: Operand::Value(inst.imm),
            features: inst.features,
            fixed: true,
            ..VInst::new(inst.op, Location::caller())
        });
    }

    /// Runs all passes.
    ///
    /// # Errors
    /// See [`AssembleError`]; it says which line of the kernel it is about.
    pub fn finish(self) -> Result<Program, AssembleError> {
        super::passes::finish(self)
    }

    pub(super) fn push(&mut self, inst: VInst) {
        let body = self.open.last().copied().unwrap_or(0);
        self.bodies[body].items.push(Item::Inst(inst));
    }

    pub(super) fn value(&mut self, inst: VInst) -> Reg {
        let rt = self.reg();
        self.push(VInst { rt, ..inst });
        rt
    }

    pub(super) fn effect(&mut self, inst: VInst) {
        self.push(inst);
    }

    pub(super) fn one_of(&mut self, targets: &[Label]) -> Operand {
        self.target_lists.push(targets.to_vec());
        Operand::OneOf(self.target_lists.len() as u32 - 1)
    }
}

/// The assembler with something said about the next instruction: its target, its class
/// of memory access. Has the same methods as [`Assembler`].
#[derive(Debug)]
pub struct With<'a> {
    pub(super) assembler: &'a mut Assembler,
    target: Option<Reg>,
    alias: Option<Alias>,
}

impl With<'_> {
    /// The next instruction writes its result to `reg`.
    #[must_use]
    pub fn set(mut self, reg: Reg) -> Self {
        self.target = Some(reg);
        self
    }

    /// The next instruction's memory access is of that class.
    #[must_use]
    pub fn on(mut self, alias: Alias) -> Self {
        self.alias = Some(alias);
        self
    }

    pub(super) fn value(&mut self, inst: VInst) -> Reg {
        let rt = match self.target {
            Some(reg) => reg,
            None => self.assembler.reg(),
        };
        let alias = self.alias.or(inst.alias);
        self.assembler.push(VInst { rt, alias, ..inst });
        rt
    }

    #[track_caller]
    pub(super) fn effect(&mut self, inst: VInst) {
        assert!(
            self.target.is_none(),
            "{} has no result that could be set",
            inst.op
        );
        let alias = self.alias.or(inst.alias);
        self.assembler.push(VInst { alias, ..inst });
    }

    pub(super) fn one_of(&mut self, targets: &[Label]) -> Operand {
        self.assembler.one_of(targets)
    }
}

/// Picks the instruction that copies a register.
pub(super) const COPY: Op = Op::Ori;
