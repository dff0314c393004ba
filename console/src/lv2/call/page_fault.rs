//! Page faults that the program looks after itself.

use super::{Answer, Caller, SystemCall, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::EventQueue;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(57, "sys_ppu_thread_recover_page_fault", 1, recover),
    system_call(58, "sys_ppu_thread_get_page_fault_context", 2, context),
    system_call(
        327,
        "sys_mmapper_enable_page_fault_notification",
        2,
        connect,
    ),
];

/// Bytes of a context: 32 registers, the condition register and a word that is not used, XER,
/// link register, counter and PC.
const CONTEXT: usize = 0x128;

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

/// `sys_mmapper_enable_page_fault_notification(region, queue)`.
fn connect(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [region, queue, ..] = caller.arguments.map(|argument| argument as u32);
    let region = u64::from(region);
    if machine.mapper.region_start(region) != Some(region) {
        return Err(Errno::EINVAL);
    }
    let queue = machine.objects.main::<EventQueue>(queue)?;
    machine.page_faults.connect(region, queue)?;
    DONE
}

/// `sys_ppu_thread_recover_page_fault(thread)`: it tries again.
fn recover(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let id = caller.arguments[0];
    machine.page_fault_of(id)?;
    let thread = machine.threads.all.get(&id).ok_or(Errno::ESRCH)?;
    // It was in no call: its registers stay.
    let register = thread.ppu.registers.gpr[3];
    machine.threads.wake(id, register);
    DONE
}

/// `sys_ppu_thread_get_page_fault_context(thread, *context)`.
fn context(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, result, ..] = caller.arguments;
    machine.page_fault_of(id)?;
    let thread = machine.threads.all.get(&id).ok_or(Errno::ESRCH)?;
    let registers = &thread.ppu.registers;
    let mut bytes = Vec::with_capacity(CONTEXT);
    for register in registers.gpr {
        bytes.extend(register.to_be_bytes());
    }
    bytes.extend(registers.cr.to_be_bytes());
    bytes.extend([0; 4]);
    for register in [
        registers.xer.to_bits(),
        registers.lr,
        registers.ctr,
        registers.pc,
    ] {
        bytes.extend(register.to_be_bytes());
    }
    machine.memory.put(result, &bytes)?;
    DONE
}
