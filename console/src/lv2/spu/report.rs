//! What a person reads of SPU threads when a program did not end well.

use crate::lv2::machine::{Machine, Outcome};
use crate::lv2::monitor::{AROUND, line};
use crate::spu::{LOCAL_STORE_SIZE, Quad, Status, Unit};

impl Machine {
    /// An SPU thread's number and name, and its group's.
    pub(in crate::lv2) fn spu_name(&self, thread: u32) -> String {
        if self.spus.raw.get(thread as usize).is_some() {
            return format!("raw {thread}");
        }
        let groups = &self.spus.groups;
        let name = groups.find(thread).and_then(|(number, index)| {
            let group = groups.get(number)?;
            let (thread, group) = (&group.threads[index].name, &group.name);
            Ok(format!(
                " \"{}\" of \"{}\"",
                thread.escape_debug(),
                group.escape_debug()
            ))
        });
        format!("{thread:#010x}{}", name.unwrap_or_default())
    }

    /// What each SPU thread does; of one that did what it may not also code and registers.
    pub(in crate::lv2) fn report_spus(&self, text: &mut String, outcome: &Outcome) {
        for (number, _, state, unit) in self.spus.threads() {
            let name = self.spu_name(number);
            let what = match unit.status() {
                Status::Idle => "not started".into(),
                Status::Running => "runs".into(),
                Status::Waiting(channel) => format!("waits for {channel}"),
                Status::Stopped(code) => format!("stopped ({code:#x})"),
                Status::Faulted(_) => "did what it may not".into(),
            };
            let pc = match unit.status() {
                Status::Faulted(fault) => fault.pc,
                _ => unit.pc(),
            };
            line(
                text,
                format_args!("SPU thread {name}: group {state:?}, {what}, pc {pc:#07x}"),
            );
            if matches!(outcome, Outcome::SpuFault { thread, .. } if *thread == number) {
                show_code(text, unit, pc);
                show_registers(text, unit);
                for command in unit.queued_commands() {
                    line(text, format_args!("in the MFC's queue: {command}"));
                }
            }
        }
    }
}

fn show_code(text: &mut String, unit: &Unit, pc: u32) {
    let around = 4 * AROUND as u32;
    let end = pc.saturating_add(around).min(LOCAL_STORE_SIZE as u32 - 4);
    for at in (pc.saturating_sub(around)..=end).step_by(4) {
        let place = at as usize;
        let word = std::array::from_fn(|byte| unit.local_store()[place + byte]);
        let word = u32::from_be_bytes(word);
        let mark = if at == pc { ">" } else { " " };
        let instruction = ::spu::disasm::at(at, word).to_string().replace('\t', " ");
        line(
            text,
            format_args!("{mark} {at:#07x}: {word:08x}  {instruction}"),
        );
    }
}

/// Registers that are not zero.
fn show_registers(text: &mut String, unit: &Unit) {
    let all = (0..128).map(|register| (register, unit.register(register)));
    let shown: Vec<_> = all.filter(|(_, value)| *value != Quad::ZERO).collect();
    for pair in shown.chunks(2) {
        let columns: Vec<_> = pair
            .iter()
            .map(|(register, value)| format!("r{register:<3} {:032x}", value.to_u128()))
            .collect();
        line(text, format_args!("{}", columns.join("  ")));
    }
}
