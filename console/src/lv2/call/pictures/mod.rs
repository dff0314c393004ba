//! Pictures' files as pixels: `cellPngDec` and `cellJpgDec`, which have the same calls.
//!
//! A decoder and its streams have numbers for handles; the program's functions for memory are
//! not called, for there is nothing that would have to lie in its memory.

pub(super) mod jpeg;
pub(super) mod png;

use std::collections::BTreeMap;

use super::{Answer, Caller};
use crate::lv2::errno::Errno;
use crate::lv2::files::Path;
use crate::lv2::machine::Machine;

/// Where a stream comes from: a file, or memory.
const FROM_FILE: u32 = 0;
const FROM_MEMORY: u32 = 1;
/// Kinds of pixels.
const GREY: u32 = 1;
const RGB: u32 = 2;
const GREY_ALPHA: u32 = 9;
const RGBA: u32 = 10;
const ARGB: u32 = 20;
/// Output from the bottom up.
const UPWARDS: u32 = 1;
/// How a stream has ended: it is decoded.
const FINISHED: u32 = 0;
/// Bytes of a file at most: a program has no more memory.
const MOST: u32 = 256 << 20;

/// The errors of a library.
struct Errors {
    /// The file is none of the library's kind.
    header: Errno,
    argument: Errno,
    no_file: Errno,
}

/// What the program wants to have.
#[derive(Clone, Copy)]
struct Wanted {
    upwards: bool,
    kind: u32,
    fixed_alpha: Option<u8>,
}

struct Stream<H> {
    bytes: Vec<u8>,
    /// What the picture says of itself, once it was asked.
    header: Option<H>,
    wanted: Option<Wanted>,
}

/// Decoders and streams of a library.
struct Decoders<H> {
    all: BTreeMap<u32, BTreeMap<u32, Stream<H>>>,
    made: u32,
}

impl<H> Default for Decoders<H> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
            made: 0,
        }
    }
}

impl<H> Decoders<H> {
    fn number(&mut self) -> u32 {
        self.made += 1;
        self.made
    }
}

/// What sets a library apart, by what its pictures say of themselves.
trait Library: Sized {
    const ERRORS: Errors;
    /// What a file of its kind begins with.
    const BEGINS: &'static [u8];
    /// The version that it tells.
    const VERSION: u32;

    fn decoders(pictures: &mut Pictures) -> &mut Decoders<Self>;
}

/// All decoders.
#[derive(Default)]
pub(in crate::lv2) struct Pictures {
    png: Decoders<png::Header>,
    jpeg: Decoders<jpeg::Header>,
}

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

/// `cell…DecCreate(*decoder, *in, *out)`.
fn create<L: Library>(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = L::decoders(&mut machine.pictures).number();
    put_words(machine, pointer(caller, 2), &[L::VERSION])?;
    put_words(machine, pointer(caller, 0), &[number])?;
    let decoders = L::decoders(&mut machine.pictures);
    decoders.all.insert(number, BTreeMap::new());
    DONE
}

/// `cell…DecDestroy(decoder)`.
fn destroy<L: Library>(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let decoders = L::decoders(&mut machine.pictures);
    let removed = decoders.all.remove(&(caller.arguments[0] as u32));
    removed.map(|_| Answer::Return(0)).ok_or(L::ERRORS.argument)
}

/// `cell…DecOpen(decoder, *stream, *source, *information)`.
fn open<L: Library>(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, source, information] = [1, 2, 3].map(|at| pointer(caller, at));
    let decoder = caller.arguments[0] as u32;
    if !L::decoders(&mut machine.pictures)
        .all
        .contains_key(&decoder)
    {
        return Err(L::ERRORS.argument);
    }
    let bytes = read_source(machine, source, L::BEGINS, &L::ERRORS)?;
    let number = L::decoders(&mut machine.pictures).number();
    put_words(machine, information, &[0])?;
    put_words(machine, result, &[number])?;
    let stream = Stream {
        bytes,
        header: None,
        wanted: None,
    };
    if let Some(streams) = L::decoders(&mut machine.pictures).all.get_mut(&decoder) {
        streams.insert(number, stream);
    }
    DONE
}

/// `cell…DecClose(decoder, stream)`.
fn close<L: Library>(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [decoder, stream, ..] = caller.arguments.map(|argument| argument as u32);
    let streams = L::decoders(&mut machine.pictures).all.get_mut(&decoder);
    let removed = streams.and_then(|streams| streams.remove(&stream));
    removed.map(|_| Answer::Return(0)).ok_or(L::ERRORS.argument)
}

/// The stream that a call names, by its decoder and its own number.
fn stream<'m, L: Library + 'm>(
    machine: &'m mut Machine,
    caller: &Caller<'_>,
) -> Result<&'m mut Stream<L>, Errno> {
    let [decoder, stream, ..] = caller.arguments.map(|argument| argument as u32);
    let streams = L::decoders(&mut machine.pictures).all.get_mut(&decoder);
    let stream = streams.and_then(|streams| streams.get_mut(&stream));
    stream.ok_or(L::ERRORS.argument)
}

fn pointer(caller: &Caller<'_>, argument: usize) -> u64 {
    caller.arguments[argument] & 0xffff_ffff
}

fn put_words(machine: &mut Machine, to: u64, words: &[u32]) -> Result<(), Errno> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    machine.memory.put(to, &bytes)
}

/// The bytes of a source that begin as they should: it has words for where it comes from and
/// for the file's name, a doubleword for the offset, and words for the file's size and for
/// address and bytes in memory.
fn read_source(
    machine: &mut Machine,
    source: u64,
    begins: &[u8],
    errors: &Errors,
) -> Result<Vec<u8>, Errno> {
    let word = |offset| machine.memory.word(source + offset);
    let bytes = match word(0)? {
        FROM_FILE => {
            let (name, offset) = (word(4)?, machine.memory.double(source + 8)?);
            let name = machine.memory.text(name.into(), Path::LONGEST);
            let name = name.map_err(|_| errors.argument)?;
            let path = Path::read(&name).map_err(|_| errors.no_file)?;
            let bytes = machine.files.read_all(&path);
            let mut bytes = bytes.map_err(|_| errors.no_file)?;
            let offset = usize::try_from(offset).map_err(|_| errors.argument)?;
            bytes.drain(..offset.min(bytes.len()));
            bytes
        }
        FROM_MEMORY => {
            let (address, size) = (word(20)?, word(24)?);
            if size > MOST {
                return Err(errors.argument);
            }
            let mut bytes = vec![0; size as usize];
            let read = machine.memory.space.read(address.into(), &mut bytes);
            read.map_err(|_| errors.argument)?;
            bytes
        }
        _ => return Err(errors.argument),
    };
    if !bytes.starts_with(begins) {
        return Err(errors.header);
    }
    Ok(bytes)
}

/// Components of a kind of pixels that can be had.
fn components(kind: u32) -> Option<u32> {
    Some(match kind {
        GREY => 1,
        GREY_ALPHA => 2,
        RGB => 3,
        RGBA | ARGB => 4,
        _ => return None,
    })
}

/// Writes pixels, given as red, green, blue, alpha, as the program wants them: rows of `width`
/// at `to`, `pitch` bytes from one to the next.
fn store(
    machine: &mut Machine,
    (to, pitch): (u64, u64),
    width: u32,
    pixels: &[[u8; 4]],
    wanted: Wanted,
    errors: &Errors,
) -> Result<(), Errno> {
    let components = components(wanted.kind).ok_or(errors.argument)? as usize;
    let rows = pixels.chunks_exact(width.max(1) as usize);
    let height = rows.len() as u64;
    let row_bytes = components as u64 * u64::from(width);
    let bytes = pitch.checked_mul(height.saturating_sub(1));
    let bytes = bytes.and_then(|bytes| bytes.checked_add(row_bytes));
    let bytes = bytes
        .filter(|_| pitch >= row_bytes)
        .ok_or(errors.argument)?;
    if !machine.memory.is_writable(to, bytes) {
        return Err(Errno::EFAULT);
    }
    for (y, row) in (0..).zip(rows) {
        let line = if wanted.upwards { height - 1 - y } else { y };
        let out: Vec<u8> = row
            .iter()
            .flat_map(|&[r, g, b, a]| {
                let a = wanted.fixed_alpha.unwrap_or(a);
                let ordered = match wanted.kind {
                    ARGB => [a, r, g, b],
                    GREY_ALPHA => [r, a, 0, 0],
                    _ => [r, g, b, a],
                };
                ordered.into_iter().take(components)
            })
            .collect();
        let written = machine.memory.space.write(to + line * pitch, &out);
        written.map_err(|_| Errno::EFAULT)?;
    }
    Ok(())
}
