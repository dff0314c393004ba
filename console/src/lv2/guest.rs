//! Functions of the program that library functions call: event callbacks and the like.
//!
//! A handler answers [`Answer::Enter`](super::call::Answer::Enter). The calling thread then
//! runs the program's function on its own stack; when that returns, the same handler is asked
//! again, with the arguments of the first time, and goes on from what it has noted. Its last
//! answer is what the program's call returns.

use super::call::Callee;
use super::machine::Machine;
use crate::ppu::AccessFault;

/// A function of the program, with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestCall {
    /// Address of its descriptor: code address and TOC, a word each.
    pub descriptor: u32,
    /// r3 to r10.
    pub arguments: [u64; 8],
}

/// What a library function keeps while it waits for a function of the program.
#[derive(Clone, Debug)]
pub(super) struct GuestFrame {
    pub callee: Callee,
    /// The arguments of the library function.
    pub arguments: [u64; 8],
    /// Where the library function goes on: PC, stack pointer, TOC, link register.
    pc: u64,
    stack: u64,
    toc: u64,
    lr: u64,
}

/// Bytes below the caller's frame: back chain, linkage area and save area of eight
/// parameters, as the ELFv1 ABI wants them, and alignment.
const FRAME: u64 = 0x80;

impl Machine {
    /// Has a thread run a function of the program in the middle of a call.
    ///
    /// # Errors
    ///
    /// The descriptor cannot be read, or the stack has no room: a fault of the program.
    pub(super) fn enter_guest(
        &mut self,
        id: u64,
        callee: Callee,
        arguments: [u64; 8],
        call: &GuestCall,
    ) -> Result<(), AccessFault> {
        let back = self.return_stub();
        let mut descriptor = [0; 8];
        let space = &mut self.memory.space;
        space.read(call.descriptor.into(), &mut descriptor)?;
        let Some(thread) = self.threads.all.get_mut(&id) else {
            return Ok(());
        };
        let registers = &mut thread.ppu.registers;
        let caller = registers.gpr[1];
        let stack = caller.wrapping_sub(FRAME) & !0xf;
        space.store(stack, caller.to_be_bytes())?;
        thread.guest.push(GuestFrame {
            callee,
            arguments,
            pc: registers.pc,
            stack: caller,
            toc: registers.gpr[2],
            lr: registers.lr,
        });
        let word = |at| {
            let bytes = std::array::from_fn(|byte| descriptor[at + byte]);
            u64::from(u32::from_be_bytes(bytes))
        };
        registers.pc = word(0);
        registers.lr = back;
        registers.gpr[1] = stack;
        registers.gpr[2] = word(4);
        registers.gpr[3..11].copy_from_slice(&call.arguments);
        Ok(())
    }

    /// Takes a thread back into the library function that it left last. Gives that and what
    /// the program's function returned; nothing where it left none.
    pub(super) fn leave_guest(&mut self, id: u64) -> Option<(GuestFrame, u64)> {
        let thread = self.threads.all.get_mut(&id)?;
        let frame = thread.guest.pop()?;
        let registers = &mut thread.ppu.registers;
        registers.pc = frame.pc;
        registers.lr = frame.lr;
        registers.gpr[1] = frame.stack;
        registers.gpr[2] = frame.toc;
        let returned = registers.gpr[3];
        Some((frame, returned))
    }
}
