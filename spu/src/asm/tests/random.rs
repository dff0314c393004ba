//! Random programs do the same as recorded and as assembled.

use alloc::vec::Vec;
use proptest::prelude::*;

use super::execute::{run_program, run_recorded};
use crate::asm::{Address, Assembler, Options, Reg};
use crate::isa::channel::Channel;

/// A step of a random program; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    /// A new value from two or three others.
    Value(u8, usize, usize, usize),
    /// Changes a value in place.
    Update(u8, usize, usize),
    Store(usize, Where),
    Load(Where),
    Send(usize),
    /// Loads from a pointer that moves, and stores back.
    Walk(u8),
    Repeat(u8, Vec<Step>),
    If(usize, Vec<Step>, Vec<Step>),
    /// Makes many values and uses them all afterwards.
    Crowd(u8),
    Call(usize),
}

/// How memory is named.
#[derive(Clone, Debug)]
enum Where {
    Named(bool, u8),
    Based(bool, u8),
}

fn place() -> impl Strategy<Value = Where> {
    prop_oneof![
        (any::<bool>(), 0u8..8).prop_map(|(first, slot)| Where::Named(first, slot)),
        (any::<bool>(), 0u8..8).prop_map(|(first, slot)| Where::Based(first, slot)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let leaf = prop_oneof![
        8 => (any::<u8>(), any::<usize>(), any::<usize>(), any::<usize>())
            .prop_map(|(kind, x, y, z)| Step::Value(kind, x, y, z)),
        4 => (any::<u8>(), any::<usize>(), any::<usize>())
            .prop_map(|(kind, x, y)| Step::Update(kind, x, y)),
        4 => (any::<usize>(), place()).prop_map(|(x, place)| Step::Store(x, place)),
        4 => place().prop_map(Step::Load),
        1 => any::<usize>().prop_map(Step::Send),
        2 => (1u8..5).prop_map(Step::Walk),
        1 => (1u8..180).prop_map(Step::Crowd),
        1 => any::<usize>().prop_map(Step::Call),
    ];
    leaf.prop_recursive(3, 60, 12, |inner| {
        let steps = || prop::collection::vec(inner.clone(), 1..12);
        prop_oneof![
            (1u8..4, steps()).prop_map(|(count, steps)| Step::Repeat(count, steps)),
            (any::<usize>(), steps(), steps())
                .prop_map(|(x, then, other)| Step::If(x, then, other)),
        ]
    })
}

/// Writes random steps into an assembler.
struct Writer {
    values: Vec<Reg>,
    memory: [Address; 2],
    functions: Vec<crate::asm::Function>,
}

impl Writer {
    fn pick(&self, choice: usize) -> Reg {
        self.values[choice % self.values.len()]
    }

    fn steps(&mut self, a: &mut Assembler, steps: &[Step]) {
        // Values made within are not there on every path outside.
        let outside = self.values.len();
        for step in steps {
            self.step(a, step);
        }
        self.values.truncate(outside);
    }

    fn step(&mut self, a: &mut Assembler, step: &Step) {
        match step {
            Step::Value(kind, x, y, z) => {
                let (x, y, z) = (self.pick(*x), self.pick(*y), self.pick(*z));
                let value = match kind % 8 {
                    0 => a.fma(x, y, z),
                    1 => a.fm(x, y),
                    2 => a.shufb(x, y, z),
                    3 => a.xor(x, y),
                    4 => a.mpy(x, y),
                    5 => a.rotqbyi(x, (kind / 8).into()),
                    6 => a.copy(x),
                    _ => a.words([u32::from(*kind), 1, 2, 3]),
                };
                self.values.push(value);
            }
            Step::Update(kind, x, y) => {
                let (x, y) = (self.pick(*x), self.pick(*y));
                match kind % 4 {
                    0 => drop(a.set(x).fma(y, y, x)),
                    1 => a.mpyhha(x, y, y),
                    2 => a.iohl(x, (*kind).into()),
                    _ => a.assign(x, y),
                }
            }
            Step::Store(x, place) => {
                let x = self.pick(*x);
                match place {
                    Where::Named(first, slot) => {
                        a.stqa(
                            x,
                            self.memory[usize::from(*first)].offset((slot * 16).into()),
                        );
                    }
                    Where::Based(first, slot) => {
                        let base = a.address(self.memory[usize::from(*first)]);
                        a.stqd(x, base, (slot * 16).into());
                    }
                }
            }
            Step::Load(place) => {
                let value = match place {
                    Where::Named(first, slot) => {
                        a.lqa(self.memory[usize::from(*first)].offset((slot * 16).into()))
                    }
                    Where::Based(first, slot) => {
                        let base = a.address(self.memory[usize::from(*first)]);
                        a.lqd(base, (slot * 16).into())
                    }
                };
                self.values.push(value);
            }
            Step::Send(x) => a.wrch(Channel::WR_OUT_MBOX, self.pick(*x)),
            Step::Walk(count) => {
                let pointer = a.address(self.memory[0]);
                let count = a.il((*count).into());
                let sum = self.pick(0);
                a.repeat(count, |a| {
                    let value = a.lqd(pointer, 0);
                    let next = a.lqd(pointer, 16);
                    a.set(sum).fma(value, next, sum);
                    a.set(pointer).ai(pointer, 16);
                    a.stqd(sum, pointer, 0);
                });
            }
            Step::Repeat(count, steps) => {
                let count = a.il((*count).into());
                a.repeat(count, |a| self.steps(a, steps));
            }
            Step::If(x, then, other) => {
                let one = a.il(1);
                let shape = a.ceq(self.pick(*x), one);
                let condition = a.cgt(shape, one);
                let writer = core::cell::RefCell::new(self);
                a.if_else(
                    condition,
                    |a| writer.borrow_mut().steps(a, then),
                    |a| writer.borrow_mut().steps(a, other),
                );
            }
            Step::Crowd(count) => {
                let x = self.pick(0);
                let crowd: Vec<Reg> = (0..*count).map(|i| a.roti(x, (i % 64).into())).collect();
                for value in crowd.into_iter().rev() {
                    a.set(x).fa(x, value);
                }
            }
            Step::Call(which) => {
                if !self.functions.is_empty() {
                    let function = self.functions[which % self.functions.len()];
                    a.call(function);
                }
            }
        }
    }
}

fn write(options: Options, functions: &[Vec<Step>], steps: &[Step]) -> (Assembler, [Address; 2]) {
    let mut a = Assembler::with_options(options);
    let memory = [a.bss(160, 16), a.bss(160, 128)];
    let values: Vec<Reg> = (0..6).map(|value| a.il(value)).collect();
    let mut writer = Writer {
        values,
        memory,
        functions: Vec::new(),
    };
    for (index, steps) in functions.iter().enumerate() {
        let function = a.function(["f", "g", "h"][index % 3], |a| writer.steps(a, steps));
        writer.functions.push(function);
    }
    writer.steps(&mut a, steps);
    for &value in &writer.values.clone() {
        a.wrch(Channel::WR_OUT_MBOX, value);
    }
    a.stop(0);
    (a, memory)
}

fn check(options: Options, functions: &[Vec<Step>], steps: &[Step]) -> Result<(), TestCaseError> {
    let (recorded, memory) = write(options, functions, steps);
    let program = recorded.clone().finish().expect("assembles");
    let starts = memory.map(|address| program.address(address) as usize);
    let watched = starts[0].min(starts[1])..starts[0].max(starts[1]) + 160;
    let expected = run_recorded(&recorded, &program, watched.clone());
    prop_assert_eq!(
        run_program(&program, watched),
        expected,
        "{}",
        program.listing()
    );
    Ok(())
}

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(schedule, align_pairs, hints)| {
        Options {
            schedule,
            align_pairs,
            hints,
            ..Options::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn passes_keep_the_meaning(
        options in prop_oneof![Just(Options::default()).boxed(), options().boxed()],
        functions in prop::collection::vec(prop::collection::vec(step(), 1..8), 0..3),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        check(options, &functions, &steps)?;
    }
}
