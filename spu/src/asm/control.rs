//! Labels, structured control flow, functions.

use alloc::{format, string::String};
use core::panic::Location;

use super::assembler::Body;
use super::ir::{Item, Operand, VInst};
use super::{Assembler, Function, Label, Reg};
use crate::isa::Op;

impl Assembler {
    /// A new label, not yet bound. The name appears in listings and need not be unique.
    pub fn label(&mut self, name: &str) -> Label {
        self.labels.push(name.into());
        Label(self.labels.len() as u32 - 1)
    }

    /// Gives `label` its place: here.
    pub fn bind(&mut self, label: Label) {
        let body = self.open.last().copied().unwrap_or(0);
        self.bodies[body].items.push(Item::Bind(label));
    }

    /// A new label, bound here.
    pub fn here(&mut self, name: &str) -> Label {
        let label = self.label(name);
        self.bind(label);
        label
    }

    /// Runs `body` as often as the preferred word of `count` says, at least once: the
    /// count must be greater than 0. `body` may not write to `count`'s register; it sees
    /// no counter.
    #[track_caller]
    pub fn repeat(&mut self, count: Reg, body: impl FnOnce(&mut Self)) {
        let left = self.copy(count);
        let head = self.here("repeat");
        body(self);
        self.set(left).ai(left, -1);
        self.brnz(left, head);
    }

    /// Runs `body` with i = start, start + step, ... while i < end (signed words in the
    /// preferred slots); not at all where start >= end. `body` gets i and may change it.
    #[track_caller]
    pub fn count_up(&mut self, start: Reg, end: Reg, step: i32, body: impl FnOnce(&mut Self, Reg)) {
        let i = self.copy(start);
        let done = self.label("counted");
        let some = self.cgt(end, i);
        self.brz(some, done);
        let head = self.here("count");
        body(self, i);
        self.set(i).ai(i, step);
        let more = self.cgt(end, i);
        self.brnz(more, head);
        self.bind(done);
    }

    /// Runs `body` until the preferred word that it returns is 0; at least once.
    #[track_caller]
    pub fn do_while(&mut self, body: impl FnOnce(&mut Self) -> Reg) {
        let head = self.here("do");
        let more = body(self);
        self.brnz(more, head);
    }

    /// Runs `body` while the preferred word that `condition` returns is not 0.
    /// `condition` is recorded twice: before the loop and at its end.
    #[track_caller]
    pub fn while_nonzero(
        &mut self,
        mut condition: impl FnMut(&mut Self) -> Reg,
        body: impl FnOnce(&mut Self),
    ) {
        let done = self.label("done");
        let first = condition(self);
        self.brz(first, done);
        let head = self.here("while");
        body(self);
        let more = condition(self);
        self.brnz(more, head);
        self.bind(done);
    }

    /// Runs `body` for ever; it leaves by a branch to the label that it is given.
    #[track_caller]
    pub fn forever(&mut self, body: impl FnOnce(&mut Self, Label)) {
        let done = self.label("left");
        let head = self.here("forever");
        body(self, done);
        self.br(head);
        self.bind(done);
    }

    /// Runs `then` where the preferred word of `condition` is not 0.
    #[track_caller]
    pub fn if_nonzero(&mut self, condition: Reg, then: impl FnOnce(&mut Self)) {
        let done = self.label("endif");
        self.brz(condition, done);
        then(self);
        self.bind(done);
    }

    /// Runs `then` where the preferred word of `condition` is 0.
    #[track_caller]
    pub fn if_zero(&mut self, condition: Reg, then: impl FnOnce(&mut Self)) {
        let done = self.label("endif");
        self.brnz(condition, done);
        then(self);
        self.bind(done);
    }

    /// Runs `then` where the preferred word of `condition` is not 0, else `otherwise`.
    #[track_caller]
    pub fn if_else(
        &mut self,
        condition: Reg,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let other = self.label("else");
        let done = self.label("endif");
        self.brz(condition, other);
        then(self);
        self.br(done);
        self.bind(other);
        otherwise(self);
        self.bind(done);
    }

    /// Records a function. It takes its arguments in registers made before it and leaves
    /// its results likewise: whatever registers `body` reads and writes are shared with
    /// its callers. It may call functions recorded before it; recursion is not possible.
    #[track_caller]
    pub fn function(&mut self, name: &str, body: impl FnOnce(&mut Self)) -> Function {
        let link = self.reg();
        self.bodies.push(Body {
            name: String::from(name),
            link,
            items: alloc::vec::Vec::new(),
        });
        let index = self.bodies.len() - 1;
        self.open.push(index);
        body(self);
        self.ret_at(Location::caller());
        self.open.pop();
        Function(index as u32)
    }

    /// Calls `function` by `brsl`.
    #[track_caller]
    pub fn call(&mut self, function: Function) {
        let rt = self.bodies[function.0 as usize].link;
        let operand = Operand::Call(function);
        self.push(VInst {
            rt,
            operand,
            ..VInst::new(Op::Brsl, Location::caller())
        });
    }

    /// Returns from the function being recorded before its end.
    ///
    /// # Panics
    /// Outside of a function.
    #[track_caller]
    pub fn ret(&mut self) {
        assert!(self.open.len() > 1, "the program itself cannot return");
        self.ret_at(Location::caller());
    }

    fn ret_at(&mut self, at: &'static Location<'static>) {
        let body = self.open.last().copied().unwrap_or(0);
        let ra = self.bodies[body].link;
        self.push(VInst {
            ra,
            operand: Operand::Return,
            ..VInst::new(Op::Bi, at)
        });
    }

    /// The name of a label for listings and errors.
    pub(super) fn label_name(&self, label: Label) -> String {
        format!("{}_{}", self.labels[label.0 as usize], label.0)
    }
}
