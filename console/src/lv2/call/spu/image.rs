//! Programs for SPUs: the structure `sys_spu_image_t` has words for its type, its entry (or
//! the kernel's number of it), the address of its segments and their number.

use super::{Answer, Caller, DONE, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::files::{Path, Seek};
use crate::lv2::machine::Machine;
use crate::lv2::memory::Area;
use crate::lv2::spu::{KernelImage, MOST_SEGMENTS, SEGMENT_SIZE, Segment, SpuElf, SpuProgram};
use crate::ppu::Access;

pub(in crate::lv2::call) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(155, "_sys_spu_image_get_information", 3, information),
    system_call(156, "sys_spu_image_open", 2, open),
    system_call(157, "_sys_spu_image_import", 4, keep),
    system_call(158, "_sys_spu_image_close", 1, give_up),
    system_call(159, "_sys_spu_image_get_segments", 3, segments),
    system_call(260, "sys_spu_image_open_by_fd", 3, open_file),
];

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        "sysPrxForUser",
        0x1ed4_54ce,
        "sys_spu_elf_get_information",
        3,
        elf_information,
    ),
    library_function(
        "sysPrxForUser",
        0xdb6b_3250,
        "sys_spu_elf_get_segments",
        3,
        elf_segments,
    ),
    library_function(
        "sysPrxForUser",
        0xebe5_f72f,
        "sys_spu_image_import",
        3,
        import,
    ),
    library_function(
        "sysPrxForUser",
        0xe0da_8efd,
        "sys_spu_image_close",
        1,
        close,
    ),
];

/// Types of images: segments in the program's memory, or the kernel's.
const USER: u32 = 0;
const KERNEL: u32 = 1;
/// How an image is imported: to the kernel, or left where it is.
const PROTECT: u32 = 0;
const DIRECT: u32 = 1;

/// Writes an image's structure.
fn put_image(machine: &mut Machine, at: u64, words: [u32; 4]) -> Result<(), Errno> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    machine.memory.put(at, &bytes)
}

/// The kernel's number of an image.
fn number(machine: &Machine, image: u64) -> Result<u32, Errno> {
    if machine.memory.word(image)? != KERNEL {
        return Err(Errno::EINVAL);
    }
    machine.memory.word(image.wrapping_add(4))
}

/// The program of an image, checked where it is the program's own.
pub(super) fn program(machine: &Machine, image: u64) -> Result<SpuProgram, Errno> {
    let word = |offset| machine.memory.word(image.wrapping_add(offset));
    match word(0)? {
        USER => SpuProgram::read(&machine.memory, word(4)?, word(8)?, word(12)?),
        KERNEL => {
            let kept = machine.spus.images.get(&word(4)?).ok_or(Errno::ESRCH)?;
            Ok(kept.program.clone())
        }
        _ => Err(Errno::EINVAL),
    }
}

/// Keeps a copy of an ELF file in the program's memory, and names it in an image's structure.
fn keep_elf(machine: &mut Machine, image: u64, source: u32, size: u32) -> Result<(), Errno> {
    let elf = SpuElf::read(&machine.memory, source)?;
    if elf.size() > size {
        return Err(Errno::ENOEXEC);
    }
    let mut bytes = vec![0; size as usize];
    let read = machine.memory.space.read(source.into(), &mut bytes);
    read.map_err(|_| Errno::EFAULT)?;
    keep_bytes(machine, image, &bytes)
}

/// Keeps an ELF file, and names it in an image's structure.
fn keep_bytes(machine: &mut Machine, image: u64, bytes: &[u8]) -> Result<(), Errno> {
    // The structure is written last; whether it can be is known first.
    put_image(machine, image, [0; 4])?;
    let size = bytes.len() as u64;
    if size == 0 {
        return Err(Errno::ENOEXEC);
    }
    let block = machine.memory.allocate(&Area::SPU_IMAGES, size)?;
    match kept_program(machine, block, bytes) {
        Ok(program) => {
            let number = machine.spus.add_image(KernelImage { program, block });
            put_image(machine, image, [KERNEL, number, 0, 0])
        }
        Err(error) => {
            machine.memory.free(block)?;
            Err(error)
        }
    }
}

/// Copies an ELF file to the kernel's block for it, and reads what is to be loaded.
fn kept_program(machine: &mut Machine, block: u64, bytes: &[u8]) -> Result<SpuProgram, Errno> {
    let no_program = |_| Errno::ENOEXEC;
    let space = &mut machine.memory.space;
    space.write(block, bytes).map_err(|_| Errno::EFAULT)?;
    // The kernel's blocks are below 4 GB.
    let elf = SpuElf::read(&machine.memory, block as u32).map_err(no_program)?;
    let program = SpuProgram {
        entry: elf.entry,
        segments: elf.segments(block as u32, true),
    };
    let count = program.segments.len() as u32;
    let whole = u64::from(elf.size()) <= bytes.len() as u64;
    if !whole || !program.fits() || !(1..=MOST_SEGMENTS).contains(&count) {
        return Err(Errno::ENOEXEC);
    }
    let granules = (bytes.len() as u64).next_multiple_of(crate::ppu::GRANULE);
    let space = &mut machine.memory.space;
    let protected = space.protect(block, granules, Access::READ);
    protected.map_err(|_| Errno::ENOEXEC)?;
    Ok(program)
}

/// `sys_spu_image_open(*image, *path)`.
fn open(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [image, path, ..] = caller.arguments;
    let path = Path::read(&machine.memory.text(path, Path::LONGEST)?)?;
    if machine.files.status_of(&path)?.size > machine.memory.available() {
        return Err(Errno::ENOMEM);
    }
    let bytes = machine.files.read_all(&path)?;
    keep_bytes(machine, image, &bytes)?;
    DONE
}

/// `sys_spu_image_open_by_fd(*image, number, offset)`: from there to the end of the file.
fn open_file(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [image, number, offset, ..] = caller.arguments;
    let number = number as u32;
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    let position = machine.files.seek(number, 0, Seek::Current)?;
    machine.files.seek(number, offset, Seek::Start)?;
    let size = machine.files.left(number)?;
    let read = match size > machine.memory.available() {
        true => Err(Errno::ENOMEM),
        false => {
            let mut bytes = vec![0; size as usize];
            let read = machine.files.read(number, &mut bytes);
            read.map(|size| {
                bytes.truncate(size);
                bytes
            })
        }
    };
    // Positions are never above the largest offset.
    machine.files.seek(number, position as i64, Seek::Start)?;
    keep_bytes(machine, image, &read?)?;
    DONE
}

/// `_sys_spu_image_import(*image, source, size, flags)`.
fn keep(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [image, source, size, ..] = caller.arguments;
    keep_elf(machine, image, source as u32, size as u32)?;
    DONE
}

/// `_sys_spu_image_close(*image)`.
fn give_up(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = number(machine, caller.arguments[0])?;
    let image = machine.spus.images.remove(&number).ok_or(Errno::ESRCH)?;
    machine.memory.free(image.block)?;
    DONE
}

/// `_sys_spu_image_get_information(*image, *entry, *count)`.
fn information(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [image, entry, count, ..] = caller.arguments;
    let number = number(machine, image)?;
    let program = &machine
        .spus
        .images
        .get(&number)
        .ok_or(Errno::ESRCH)?
        .program;
    let words = [program.entry, program.segments.len() as u32];
    for (address, word) in [entry, count].into_iter().zip(words) {
        machine.memory.put(address, &word.to_be_bytes())?;
    }
    DONE
}

fn put_segments(machine: &mut Machine, at: u64, segments: &[Segment]) -> Result<(), Errno> {
    for (place, segment) in (at..).step_by(SEGMENT_SIZE as usize).zip(segments) {
        machine.memory.put(place, &segment.bytes())?;
    }
    Ok(())
}

/// `_sys_spu_image_get_segments(*image, *segments, count)`.
fn segments(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [image, to, count, ..] = caller.arguments;
    if !(1..=MOST_SEGMENTS).contains(&(count as u32)) {
        return Err(Errno::EINVAL);
    }
    let number = number(machine, image)?;
    let image = machine.spus.images.get(&number).ok_or(Errno::ESRCH)?;
    let mut segments = image.program.segments.clone();
    segments.truncate(count as usize);
    put_segments(machine, to, &segments)?;
    DONE
}

/// `sys_spu_elf_get_information(elf, *entry, *count)`.
fn elf_information(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [elf, entry, count, ..] = caller.arguments;
    let elf = SpuElf::read(&machine.memory, elf as u32)?;
    let words = [elf.entry, elf.own_segments().len() as u32];
    for (address, word) in [entry, count].into_iter().zip(words) {
        machine.memory.put(address, &word.to_be_bytes())?;
    }
    DONE
}

/// `sys_spu_elf_get_segments(elf, *segments, count)`.
fn elf_segments(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [elf, to, count, ..] = caller.arguments;
    let segments = SpuElf::read(&machine.memory, elf as u32)?.own_segments();
    let room = usize::try_from(count as i32).unwrap_or(0);
    if segments.len() > room {
        return Err(Errno::ENOMEM);
    }
    put_segments(machine, to, &segments)?;
    DONE
}

/// `sys_spu_image_import(*image, elf, kind)`.
fn import(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [image, source, kind, ..] = caller.arguments;
    let (source, kind) = (source as u32, kind as u32);
    if kind != PROTECT && kind != DIRECT {
        return Err(Errno::EINVAL);
    }
    let elf = SpuElf::read(&machine.memory, source)?;
    if kind == PROTECT {
        keep_elf(machine, image, source, elf.size())?;
        return DONE;
    }
    put_image(machine, image, [0; 4])?;
    let segments = elf.segments(source, true);
    let count = segments.len() as u32;
    let size = u64::from(count) * SEGMENT_SIZE;
    let table = machine.memory.allocate(&Area::SPU_IMAGES, size)?;
    put_segments(machine, table, &segments)?;
    put_image(machine, image, [USER, elf.entry, table as u32, count])?;
    DONE
}

/// `sys_spu_image_close(*image)`.
fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let image = caller.arguments[0];
    match machine.memory.word(image)? {
        USER => {
            let table = machine.memory.word(image.wrapping_add(8))?.into();
            if !Area::SPU_IMAGES.contains(table) {
                return Err(Errno::EINVAL);
            }
            machine.memory.free(table)?;
            DONE
        }
        KERNEL => give_up(machine, caller),
        _ => Err(Errno::EINVAL),
    }
}
