//! What a person reads when a program did not end well: why, registers, code, stack, calls.

mod calls;
mod symbols;

use std::fmt::Write;

use super::machine::{Machine, Outcome};
use crate::ppu::{Registers, disassemble};

pub use symbols::{Symbols, SymbolsError};

/// Instructions shown before and after the PC.
pub(super) const AROUND: u64 = 8;
/// Stack frames shown.
const FRAMES: usize = 16;

impl Machine {
    /// A report in lines of text; its first says what happened.
    #[must_use]
    pub fn report(&self, outcome: &Outcome) -> String {
        let mut text = String::new();
        let thread = match outcome {
            Outcome::Exited(status) => return format!("the process ended with status {status}\n"),
            Outcome::Fault { thread, report } => {
                line(&mut text, format_args!("{report}"));
                *thread
            }
            Outcome::Hypervisor { thread } => {
                line(&mut text, format_args!("a program called the hypervisor"));
                *thread
            }
            Outcome::SpuFault { thread, fault } => {
                let name = self.spu_name(*thread);
                line(&mut text, format_args!("SPU thread {name}: {fault}"));
                self.last_thread()
            }
            Outcome::Rsx(report) => {
                line(&mut text, format_args!("{report}"));
                self.last_thread()
            }
            Outcome::Deadlock => {
                line(&mut text, format_args!("all threads wait for ever"));
                self.last_thread()
            }
            Outcome::NoThreads => {
                line(
                    &mut text,
                    format_args!("the last thread ended without ending the process"),
                );
                self.last_thread()
            }
            Outcome::Paused => {
                line(&mut text, format_args!("the program was stopped"));
                self.last_thread()
            }
            Outcome::Limit => {
                line(
                    &mut text,
                    format_args!("the limit of instructions is reached"),
                );
                self.last_thread()
            }
        };
        line(&mut text, format_args!("cycle {}", self.cycles()));
        if let Some(dialog) = self.dialog() {
            line(&mut text, format_args!("dialog {dialog}"));
        }
        if let Some(dialog) = self.text_dialog() {
            line(&mut text, format_args!("{dialog}"));
        }
        for (id, name, state, registers) in self.threads() {
            let mark = if id == thread { " (this one)" } else { "" };
            let place = self.place(registers.pc);
            line(
                &mut text,
                format_args!(
                    "thread {id:#x} \"{}\": {state}, pc {place}{mark}",
                    name.escape_debug(),
                ),
            );
        }
        self.report_spus(&mut text, outcome);
        if let Some((_, _, _, registers)) = self.threads().find(|found| found.0 == thread) {
            show_registers(&mut text, registers);
            self.show_code(&mut text, registers.pc);
            self.show_stack(&mut text, registers);
        }
        line(&mut text, format_args!("the last calls:"));
        text.push_str(&calls::lines(self.recent_calls()));
        text
    }

    /// Gives reports names for the program's functions.
    pub fn set_symbols(&mut self, symbols: Symbols) {
        self.symbols = symbols;
    }

    /// An address, with the name of the function there.
    fn place(&self, address: u64) -> String {
        match self.symbols.name(address) {
            Some(name) => format!("{address:#010x} {name}"),
            None => format!("{address:#010x}"),
        }
    }

    fn word_at(&self, address: u64) -> Option<u32> {
        let mut word = [0; 4];
        self.read(address, &mut word).ok()?;
        Some(u32::from_be_bytes(word))
    }

    fn show_code(&self, text: &mut String, pc: u64) {
        line(text, format_args!("code:"));
        let start = pc.saturating_sub(4 * AROUND);
        for at in (0..=2 * AROUND).map(|index| start.saturating_add(4 * index)) {
            let mark = if at == pc { ">" } else { " " };
            match self.word_at(at) {
                Some(word) => line(
                    text,
                    format_args!("{mark} {at:#010x}: {word:08x}  {}", disassemble(at, word)),
                ),
                None if at == pc => line(text, format_args!("{mark} {at:#010x}: not readable")),
                None => {}
            }
        }
    }

    /// Follows the back chain; each frame keeps its function's return address at 16 bytes.
    fn show_stack(&self, text: &mut String, registers: &Registers) {
        line(
            text,
            format_args!("stack (the first return address may not be written yet: see lr):"),
        );
        let mut frame = registers.gpr[1];
        for _ in 0..FRAMES {
            let mut pair = [0; 24];
            if self.read(frame, &mut pair).is_err() {
                break;
            }
            let word = |at: usize| {
                let bytes = std::array::from_fn(|byte| pair[at + byte]);
                u64::from_be_bytes(bytes)
            };
            line(
                text,
                format_args!("  frame {frame:#010x}: returns to {}", self.place(word(16))),
            );
            // A chain that does not lead upwards is none.
            if word(0) <= frame {
                break;
            }
            frame = word(0);
        }
    }
}

pub(super) fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{content}");
}

fn show_registers(text: &mut String, registers: &Registers) {
    line(
        text,
        format_args!(
            "pc {:#018x}  lr {:#018x}  ctr {:#018x}  cr {:#010x}  xer {:#010x}",
            registers.pc,
            registers.lr,
            registers.ctr,
            registers.cr,
            registers.xer.to_bits()
        ),
    );
    for row in (0..32).step_by(4) {
        let columns: Vec<_> = (row..row + 4)
            .map(|at| format!("r{at:<2} {:016x}", registers.gpr[at]))
            .collect();
        line(text, format_args!("{}", columns.join("  ")));
    }
}
