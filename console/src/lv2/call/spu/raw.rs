//! Raw SPUs: making them, loading them, and the few of their registers that only the kernel
//! reaches.

use super::{
    Answer, Caller, DONE, LibraryFunction, SystemCall, image, library_function, system_call,
};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{InterruptTag, Sharing};

const LIBRARY: &str = "sysPrxForUser";

pub(in crate::lv2::call) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(150, "sys_raw_spu_create_interrupt_tag", 4, make_tag),
    system_call(151, "sys_raw_spu_set_int_mask", 3, set_mask),
    system_call(152, "sys_raw_spu_get_int_mask", 3, mask),
    system_call(153, "sys_raw_spu_set_int_stat", 3, clear_state),
    system_call(154, "sys_raw_spu_get_int_stat", 3, state),
    system_call(160, "sys_raw_spu_create", 2, create),
    system_call(161, "sys_raw_spu_destroy", 1, destroy),
    system_call(163, "sys_raw_spu_read_puint_mb", 2, read_interrupt),
    system_call(196, "sys_raw_spu_set_spu_cfg", 2, configure),
    system_call(197, "sys_raw_spu_get_spu_cfg", 2, configuration),
];

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[library_function(
    LIBRARY,
    0xb995_662e,
    "sys_raw_spu_image_load",
    2,
    load,
)];

/// `sys_raw_spu_create(*number, *attribute)`.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = caller.arguments[0];
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let number = machine.make_raw_spu()?;
    machine.memory.put(result, &number.to_be_bytes())?;
    DONE
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    machine.drop_raw_spu(caller.arguments[0] as u32)?;
    DONE
}

/// `sys_raw_spu_image_load(number, *image)`.
fn load(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, image, ..] = caller.arguments;
    machine.raw_spu(number as u32)?;
    let program = image::program(machine, image)?;
    machine.load_raw_spu(number as u32, &program)?;
    DONE
}

/// The place of an interrupt class: there are 0 and 2.
fn class(caller: &Caller<'_>) -> Result<usize, Errno> {
    match caller.arguments[1] as u32 {
        0 => Ok(0),
        2 => Ok(1),
        _ => Err(Errno::EINVAL),
    }
}

/// `sys_raw_spu_create_interrupt_tag(number, class, hardware thread, *tag)`.
fn make_tag(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, _, _, result, ..] = caller.arguments;
    let (number, class) = (number as u32, class(caller)?);
    if machine.raw_spu(number)?.tags[class].is_some() {
        return Err(Errno::EAGAIN);
    }
    let tag = InterruptTag {
        spu: number,
        class,
        service: None,
    };
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let tag = machine.objects.add(Sharing::Own, tag)?;
    machine.raw_spu(number)?.tags[class] = Some(tag);
    machine.memory.put(result, &tag.to_be_bytes())?;
    DONE
}

/// `sys_raw_spu_set_int_mask(number, class, mask)`.
fn set_mask(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, _, mask, ..] = caller.arguments;
    let class = class(caller)?;
    machine.raw_spu(number as u32)?.masks[class] = mask;
    DONE
}

/// `sys_raw_spu_get_int_mask(number, class, *mask)`.
fn mask(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, _, result, ..] = caller.arguments;
    let class = class(caller)?;
    let mask = machine.raw_spu(number as u32)?.masks[class];
    machine.memory.put(result, &mask.to_be_bytes())?;
    DONE
}

/// `sys_raw_spu_set_int_stat(number, class, bits)`: takes these bits away.
fn clear_state(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, _, bits, ..] = caller.arguments;
    let class = class(caller)?;
    machine.raw_state(number as u32)?[class] &= !bits;
    DONE
}

/// `sys_raw_spu_get_int_stat(number, class, *bits)`.
fn state(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, _, result, ..] = caller.arguments;
    let class = class(caller)?;
    let state = machine.raw_state(number as u32)?[class];
    machine.memory.put(result, &state.to_be_bytes())?;
    DONE
}

/// `sys_raw_spu_read_puint_mb(number, *word)`.
fn read_interrupt(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, result, ..] = caller.arguments;
    let word = machine.raw_interrupt_word(number as u32)?;
    machine.memory.put(result, &word.to_be_bytes())?;
    DONE
}

/// `sys_raw_spu_set_spu_cfg(number, bits)`: which signal registers collect by or.
fn configure(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, bits, ..] = caller.arguments.map(|argument| argument as u32);
    if bits > 3 {
        return Err(Errno::EINVAL);
    }
    machine.configure_raw_spu(number, bits)?;
    DONE
}

/// `sys_raw_spu_get_spu_cfg(number, *bits)`.
fn configuration(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [number, result, ..] = caller.arguments;
    let bits = machine.raw_spu(number as u32)?.signals;
    machine.memory.put(result, &bits.to_be_bytes())?;
    DONE
}
