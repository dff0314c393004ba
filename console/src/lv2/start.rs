//! The start of a process: image, import stubs, main thread.

use std::fmt;

use super::call::{Callee, HIDDEN};
use super::errno::Errno;
use super::machine::Machine;
use super::memory::{Area, LIBRARIES, UserMemory};
use super::program::Program;
use super::thread::Threads;
use crate::ppu::{Access, GRANULE};

/// `sc`, then `blr`.
const STUB: [u32; 2] = [0x4400_0002, 0x4e80_0020];
/// Bytes of a stub, and of a descriptor.
const STUB_SIZE: u64 = 8;
/// Smallest stack that the kernel makes.
const SMALLEST_STACK: u64 = 0x1000;
/// Bytes before a block of thread-local storage that belong to the system's library, and
/// how far r13 points past the block's start, as compilers expect it.
const LOCAL_HEADER: u64 = 0x30;
const LOCAL_BIAS: u64 = 0x7000;
/// The condition register when a console starts a program (ps3autotests recorded fields 0, 1
/// and 6).
const FIRST_CONDITION: u32 = 0x2200_0080;
/// Room above the first stack frame, for the parameters' save area of the ELFv1 ABI.
const FIRST_FRAME: u64 = 0x80;

/// Why a checked program cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// Image and stack take more memory than there is.
    NoMemory,
    /// The arguments do not fit into half of the stack.
    Arguments,
}

impl fmt::Display for StartError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::NoMemory => "image and stack take more memory than there is",
            Self::Arguments => "the arguments take more than half of the stack",
        })
    }
}

impl std::error::Error for StartError {}

impl Machine {
    /// Loads a program and makes its main thread. The first of the arguments is by custom
    /// the program's path.
    ///
    /// # Errors
    ///
    /// Where the memory is not enough.
    pub fn start(program: &Program<'_>, arguments: &[&[u8]]) -> Result<Self, StartError> {
        let mut memory = UserMemory::default();
        load(&mut memory, program)?;
        let imports = link(&mut memory, program)?;
        let mut machine = Self::new(memory, Threads::default(), imports);
        machine.process = program.process;
        let path = arguments
            .first()
            .and_then(|path| std::str::from_utf8(path).ok());
        machine.program = path.map(str::to_owned);
        let main = machine
            .make_thread(
                program.process.priority,
                false,
                "main".into(),
                program.process.stack_size.into(),
            )
            .map_err(|_| StartError::NoMemory)?;
        machine.enter_main(main, program, arguments)?;
        Ok(machine)
    }

    /// Registers as the kernel leaves them to a program. r3 to r10 are what start files read
    /// (tried with psl1ght-rs's); r11 and r12 as emulators set them.
    fn enter_main(
        &mut self,
        main: u64,
        program: &Program<'_>,
        arguments: &[&[u8]],
    ) -> Result<(), StartError> {
        let code = self.memory.word(program.entry.into());
        let toc = self.memory.word(u64::from(program.entry) + 4);
        let Some(thread) = self.threads.all.get_mut(&main) else {
            return Err(StartError::NoMemory);
        };
        let registers = &mut thread.ppu.registers;
        let half = (registers.gpr[1] - thread.stack) / 2;
        // From the top: strings, their addresses and a null, a null for the environment.
        let strings: u64 = arguments.iter().map(|text| text.len() as u64 + 1).sum();
        let size = strings.next_multiple_of(8) + 8 * (arguments.len() as u64 + 2);
        if size > half {
            return Err(StartError::Arguments);
        }
        let table = (registers.gpr[1] - size) / 16 * 16;
        let environment = table + 8 * (arguments.len() as u64 + 1);
        let mut text = environment + 8;
        let tls = program.tls;
        registers.pc = code.unwrap_or(0).into();
        registers.cr = FIRST_CONDITION;
        registers.gpr[1] = table - FIRST_FRAME;
        registers.gpr[2] = toc.unwrap_or(0).into();
        registers.gpr[3] = arguments.len() as u64;
        registers.gpr[4] = table;
        registers.gpr[5] = environment;
        registers.gpr[6] = 0;
        registers.gpr[7] = main;
        registers.gpr[8] = tls.map_or(0, |tls| tls.address).into();
        registers.gpr[9] = tls.map_or(0, |tls| tls.file_size).into();
        registers.gpr[10] = tls.map_or(0, |tls| tls.memory_size).into();
        registers.gpr[11] = program.entry.into();
        registers.gpr[12] = program.process.malloc_page_size.into();
        for (at, argument) in arguments.iter().enumerate() {
            let memory = &mut self.memory.space;
            memory
                .write(table + 8 * at as u64, &text.to_be_bytes())
                .and_then(|()| memory.write(text, argument))
                .map_err(|_| StartError::Arguments)?;
            text += argument.len() as u64 + 1;
        }
        Ok(())
    }

    /// Address of the stub to which functions of the program return.
    pub(super) fn return_stub(&self) -> u64 {
        LIBRARIES + STUB_SIZE * self.imports.len() as u64
    }

    /// Address of the descriptor of a library's function that has a stub.
    pub(super) fn stub(&self, library: &str, fnid: u32) -> Result<u32, Errno> {
        let wanted = |callee: &Callee| {
            matches!(callee, Callee::Import { library: name, fnid: number }
                if name == library && *number == fnid)
        };
        let index = self.imports.iter().position(wanted).ok_or(Errno::ENOSYS)?;
        Ok(descriptor(index as u64, self.imports.len() as u64))
    }

    /// Makes a thread with a stack that has room for a first frame.
    pub(super) fn make_thread(
        &mut self,
        priority: u32,
        joinable: bool,
        name: String,
        stack: u64,
    ) -> Result<u64, Errno> {
        let size = stack
            .max(SMALLEST_STACK)
            .checked_next_multiple_of(GRANULE)
            .ok_or(Errno::ENOMEM)?;
        let start = self.memory.allocate(&Area::STACKS, size)?;
        let id = self.threads.add(priority, joinable, name, start);
        if let Some(thread) = self.threads.all.get_mut(&id) {
            thread.ppu.registers.gpr[1] = start + size - FIRST_FRAME;
        }
        Ok(id)
    }

    /// Makes a thread's block of thread-local storage and points r13 to it.
    pub(super) fn give_local(&mut self, id: u64) -> Result<(), Errno> {
        let tls = self.local.ok_or(Errno::EINVAL)?;
        let size = LOCAL_HEADER + u64::from(tls.memory_size);
        let block = self.memory.allocate(&Area::THREAD_LOCAL, size)?;
        let mut template = vec![0; tls.file_size as usize];
        let space = &mut self.memory.space;
        let copied = space
            .read(tls.address.into(), &mut template)
            .and_then(|()| space.write(block + LOCAL_HEADER, &template));
        let thread = self.threads.all.get_mut(&id);
        let (Ok(()), Some(thread)) = (copied, thread) else {
            self.memory.free(block)?;
            return Err(Errno::EFAULT);
        };
        thread.ppu.registers.gpr[13] = block + LOCAL_HEADER + LOCAL_BIAS;
        if let Some(old) = thread.local.replace(block) {
            self.memory.free(old)?;
        }
        Ok(())
    }
}

/// Maps the segments; where two share a granule of 64 KB it allows what either allows.
fn load(memory: &mut UserMemory, program: &Program<'_>) -> Result<(), StartError> {
    for segment in &program.segments {
        let start = u64::from(segment.address);
        let end = start + u64::from(segment.size);
        let mut at = start / GRANULE * GRANULE;
        while at < end {
            let available = memory.available();
            let space = &mut memory.space;
            match space.access(at) {
                Some(access) => {
                    let both = Access {
                        read: access.read || segment.access.read,
                        write: access.write || segment.access.write,
                        execute: access.execute || segment.access.execute,
                    };
                    space.protect(at, GRANULE, both)
                }
                None if available < GRANULE => return Err(StartError::NoMemory),
                None => {
                    let mapped = space.map(at, GRANULE, segment.access);
                    memory.charge(GRANULE);
                    mapped
                }
            }
            .map_err(|_| StartError::NoMemory)?;
            at += GRANULE;
        }
        memory
            .space
            .write(start, segment.bytes)
            .map_err(|_| StartError::NoMemory)?;
    }
    Ok(())
}

/// Makes stubs and descriptors, fills the slots, and returns what the stubs stand for: the
/// imports, then what programs get the address of without an import. One more stub follows,
/// for functions of the program to return to.
fn link(memory: &mut UserMemory, program: &Program<'_>) -> Result<Vec<Callee>, StartError> {
    let imported = program.imports.iter().flat_map(|library| {
        let slots = (library.slots..).step_by(4).map(Some);
        let fnids = library.fnids.iter().copied();
        slots.zip(std::iter::repeat(library.name.as_str()).zip(fnids))
    });
    let hidden = HIDDEN.iter().map(|function| (None, *function));
    let functions: Vec<_> = imported.chain(hidden).collect();
    let count = functions.len() as u64;
    let space = &mut memory.space;
    let size = (STUB_SIZE * (2 * count + 1)).next_multiple_of(GRANULE);
    let no_memory = |_| StartError::NoMemory;
    space
        .map(LIBRARIES, size, Access::READ_EXECUTE)
        .map_err(no_memory)?;
    let code = u64::from(STUB[0]) << 32 | u64::from(STUB[1]);
    space
        .write(LIBRARIES + STUB_SIZE * count, &code.to_be_bytes())
        .map_err(|_| StartError::NoMemory)?;
    let mut imports = Vec::new();
    for (slot, (library, fnid)) in functions {
        let index = imports.len() as u64;
        let stub = LIBRARIES + STUB_SIZE * index;
        let descriptor = descriptor(index, count);
        // The libraries' pages are below 4 GB; r2 is not theirs to have.
        let written = space
            .write(stub, &code.to_be_bytes())
            .and_then(|()| space.write(descriptor.into(), &(stub << 32).to_be_bytes()))
            .and_then(|()| match slot {
                Some(slot) => space.write(slot.into(), &descriptor.to_be_bytes()),
                None => Ok(()),
            });
        written.map_err(|_| StartError::NoMemory)?;
        imports.push(Callee::Import {
            library: library.to_owned(),
            fnid,
        });
    }
    Ok(imports)
}

/// Address of the descriptor of a stub, of so many.
fn descriptor(index: u64, count: u64) -> u32 {
    // The libraries' pages are below 4 GB.
    (LIBRARIES + STUB_SIZE * (count + 1 + index)) as u32
}

/// Which stub made a system call, from the PC after it: one of as many as there are imports,
/// or the one after them, to which functions of the program return.
pub(super) fn stub_of(pc: u64) -> Option<usize> {
    let offset = pc.checked_sub(LIBRARIES + 4)?;
    let index = usize::try_from(offset / STUB_SIZE).ok()?;
    (offset % STUB_SIZE == 0).then_some(index)
}
