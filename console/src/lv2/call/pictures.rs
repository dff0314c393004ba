//! `cellPngDec`: PNG files as pixels. Structures: PSL1GHT `pngdec/pngdec.h`; what conversions
//! there are: RPCS3 `cellPngDec.cpp`.
//!
//! A decoder and its streams have numbers for handles; the program's functions for memory are
//! not called, for there is nothing that would have to lie in its memory.

use std::collections::BTreeMap;

use png::{ColorType, Transformations};

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::files::Path;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "cellPngDec";

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x157d_30c5, "cellPngDecCreate", 3, create),
    library_function(LIBRARY, 0x820d_ae1a, "cellPngDecDestroy", 1, destroy),
    library_function(LIBRARY, 0xd2bc_5bfd, "cellPngDecOpen", 4, open),
    library_function(LIBRARY, 0x5b3d_1ff1, "cellPngDecClose", 2, close),
    library_function(LIBRARY, 0x9ccd_cc95, "cellPngDecReadHeader", 3, header),
    library_function(LIBRARY, 0xe97c_9bd4, "cellPngDecSetParameter", 4, set),
    library_function(LIBRARY, 0x2310_f155, "cellPngDecDecodeData", 5, decode),
];

/// `CELL_PNGDEC_ERROR_…`.
const BAD_HEADER: Errno = Errno(0x8061_1201);
const BAD_STREAM: Errno = Errno(0x8061_1202);
const ARGUMENT: Errno = Errno(0x8061_1203);
const SEQUENCE: Errno = Errno(0x8061_1204);
const NO_FILE: Errno = Errno(0x8061_1207);
/// The version that the library tells.
const VERSION: u32 = 0x0042_0000;
/// Where a stream comes from: a file, or memory.
const FROM_FILE: u32 = 0;
const FROM_MEMORY: u32 = 1;
/// Kinds of pixels.
const GREY: u32 = 1;
const RGB: u32 = 2;
const PALETTE: u32 = 4;
const GREY_ALPHA: u32 = 9;
const RGBA: u32 = 10;
const ARGB: u32 = 20;
/// The chunk that says what is transparent, in the words about chunks; no source that is used
/// here names the others.
const TRANSPARENT: u32 = 0x10;
/// Output from the bottom up; a byte for each component; alpha that is the same everywhere.
const UPWARDS: u32 = 1;
const ONE_BYTE: u32 = 1;
const FIXED_ALPHA: u32 = 1;
/// How a stream has ended: it is decoded.
const FINISHED: u32 = 0;
/// Bytes of a file at most: a program has no more memory.
const MOST: u32 = 256 << 20;

/// What a picture says of itself.
#[derive(Clone, Copy)]
struct Header {
    width: u32,
    height: u32,
    kind: u32,
    components: u32,
    depth: u32,
    interlaced: bool,
    transparent: bool,
}

/// What the program wants to have.
#[derive(Clone, Copy)]
struct Wanted {
    upwards: bool,
    kind: u32,
    fixed_alpha: Option<u8>,
}

struct Stream {
    bytes: Vec<u8>,
    header: Option<Header>,
    wanted: Option<Wanted>,
}

/// Decoders and streams.
#[derive(Default)]
pub(in crate::lv2) struct Pictures {
    decoders: BTreeMap<u32, BTreeMap<u32, Stream>>,
    made: u32,
}

impl Pictures {
    fn number(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    fn stream(&mut self, caller: &Caller<'_>) -> Result<&mut Stream, Errno> {
        let [decoder, stream, ..] = caller.arguments.map(|argument| argument as u32);
        let streams = self.decoders.get_mut(&decoder);
        streams
            .and_then(|streams| streams.get_mut(&stream))
            .ok_or(ARGUMENT)
    }
}

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

fn pointer(caller: &Caller<'_>, argument: usize) -> u64 {
    caller.arguments[argument] & 0xffff_ffff
}

fn put_words(machine: &mut Machine, to: u64, words: &[u32]) -> Result<(), Errno> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    machine.memory.put(to, &bytes)
}

/// `cellPngDecCreate(*decoder, *in, *out)`.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = machine.pictures.number();
    put_words(machine, pointer(caller, 2), &[VERSION])?;
    put_words(machine, pointer(caller, 0), &[number])?;
    machine.pictures.decoders.insert(number, BTreeMap::new());
    DONE
}

fn destroy(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = caller.arguments[0] as u32;
    let removed = machine.pictures.decoders.remove(&number);
    removed.map(|_| Answer::Return(0)).ok_or(ARGUMENT)
}

/// `cellPngDecOpen(decoder, *stream, *source, *information)`: the source has words for where
/// it comes from and for the file's name, a doubleword for the offset, and words for the
/// file's size and for address and bytes in memory.
fn open(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (result, source, information) =
        (pointer(caller, 1), pointer(caller, 2), pointer(caller, 3));
    let decoder = caller.arguments[0] as u32;
    if !machine.pictures.decoders.contains_key(&decoder) {
        return Err(ARGUMENT);
    }
    let word = |offset| machine.memory.word(source + offset);
    let bytes = match word(0)? {
        FROM_FILE => {
            let (name, offset) = (word(4)?, machine.memory.double(source + 8)?);
            let name = machine.memory.text(name.into(), Path::LONGEST);
            let path = Path::read(&name.map_err(|_| ARGUMENT)?).map_err(|_| NO_FILE)?;
            let mut bytes = machine.files.read_all(&path).map_err(|_| NO_FILE)?;
            let offset = usize::try_from(offset).map_err(|_| ARGUMENT)?;
            bytes.drain(..offset.min(bytes.len()));
            bytes
        }
        FROM_MEMORY => {
            let (address, size) = (word(20)?, word(24)?);
            if size > MOST {
                return Err(ARGUMENT);
            }
            let mut bytes = vec![0; size as usize];
            let read = machine.memory.space.read(address.into(), &mut bytes);
            read.map_err(|_| ARGUMENT)?;
            bytes
        }
        _ => return Err(ARGUMENT),
    };
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Err(BAD_HEADER);
    }
    let number = machine.pictures.number();
    put_words(machine, information, &[0])?;
    put_words(machine, result, &[number])?;
    let stream = Stream {
        bytes,
        header: None,
        wanted: None,
    };
    if let Some(streams) = machine.pictures.decoders.get_mut(&decoder) {
        streams.insert(number, stream);
    }
    DONE
}

/// `cellPngDecClose(decoder, stream)`.
fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [decoder, stream, ..] = caller.arguments.map(|argument| argument as u32);
    let streams = machine.pictures.decoders.get_mut(&decoder);
    let removed = streams.and_then(|streams| streams.remove(&stream));
    removed.map(|_| Answer::Return(0)).ok_or(ARGUMENT)
}

fn read_header(bytes: &[u8]) -> Result<Header, Errno> {
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let reader = decoder.read_info().map_err(|_| BAD_HEADER)?;
    let info = reader.info();
    let kind = match info.color_type {
        ColorType::Grayscale => GREY,
        ColorType::Rgb => RGB,
        ColorType::Indexed => PALETTE,
        ColorType::GrayscaleAlpha => GREY_ALPHA,
        ColorType::Rgba => RGBA,
    };
    Ok(Header {
        width: info.width,
        height: info.height,
        kind,
        components: info.color_type.samples() as u32,
        depth: info.bit_depth as u32,
        interlaced: info.interlaced,
        transparent: info.trns.is_some(),
    })
}

/// `cellPngDecReadHeader(decoder, stream, *information)`: words for width, height, components,
/// kind of pixels, bits of a component, interlacing, chunks.
fn header(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let stream = machine.pictures.stream(caller)?;
    let header = read_header(&stream.bytes)?;
    stream.header = Some(header);
    let words = [
        header.width,
        header.height,
        header.components,
        header.kind,
        header.depth,
        header.interlaced.into(),
        if header.transparent { TRANSPARENT } else { 0 },
    ];
    put_words(machine, pointer(caller, 2), &words)?;
    DONE
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

/// `cellPngDecSetParameter(decoder, stream, *in, *out)`: in are words for the address of a
/// command, direction, kind of pixels, bits of a component, packing, where alpha comes from,
/// alpha; out are a doubleword for the bytes of a row, and words for width, height,
/// components, bits, direction, kind of pixels, and memory in use.
fn set(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (from, to) = (pointer(caller, 2), pointer(caller, 3));
    let word = |offset| machine.memory.word(from + offset);
    let (direction, kind, depth) = (word(4)?, word(8)?, word(12)?);
    let (packing, select, alpha) = (word(16)?, word(20)?, word(24)?);
    let stream = machine.pictures.stream(caller)?;
    let header = stream.header.ok_or(SEQUENCE)?;
    // Palettes stay unpacked nowhere else than on a console, so far; nor do 16 bits.
    let components = components(kind).ok_or(Errno::ENOSYS)?;
    let is_grey = matches!(header.kind, GREY | GREY_ALPHA);
    if depth != 8 || packing != ONE_BYTE || components < 3 && !is_grey {
        return Err(Errno::ENOSYS);
    }
    let has_alpha = matches!(header.kind, GREY_ALPHA | RGBA);
    stream.wanted = Some(Wanted {
        upwards: direction == UPWARDS,
        kind,
        fixed_alpha: (select == FIXED_ALPHA && !has_alpha).then_some(alpha as u8),
    });
    let row = components * header.width;
    let words = [
        0,
        row,
        header.width,
        header.height,
        components,
        8,
        direction,
        kind,
        0,
    ];
    put_words(machine, to, &words)?;
    DONE
}

/// The pixels of a picture as red, green, blue, alpha; grey ones have it in all three.
fn pixels(bytes: &[u8]) -> Result<Vec<[u8; 4]>, Errno> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|_| BAD_STREAM)?;
    let size = reader.output_buffer_size().ok_or(BAD_STREAM)?;
    let mut decoded = vec![0; size];
    let frame = reader.next_frame(&mut decoded).map_err(|_| BAD_STREAM)?;
    let decoded = &decoded[..frame.buffer_size()];
    Ok(match frame.color_type {
        ColorType::Grayscale | ColorType::Indexed => decoded
            .iter()
            .map(|&grey| [grey, grey, grey, 255])
            .collect(),
        ColorType::GrayscaleAlpha => {
            let pixels = decoded.as_chunks().0.iter();
            pixels.map(|&[grey, a]| [grey, grey, grey, a]).collect()
        }
        ColorType::Rgb => {
            let pixels = decoded.as_chunks().0.iter();
            pixels.map(|&[r, g, b]| [r, g, b, 255]).collect()
        }
        ColorType::Rgba => decoded.as_chunks().0.to_vec(),
    })
}

/// `cellPngDecDecodeData(decoder, stream, *pixels, *control, *information)`: the control is a
/// doubleword for the bytes from row to row; the information are words for chunks, texts,
/// unknown chunks, and how it has ended.
fn decode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [to, control, information] = [2, 3, 4].map(|at| pointer(caller, at));
    let pitch = machine.memory.double(control)?;
    let stream = machine.pictures.stream(caller)?;
    let (header, wanted) = stream.header.zip(stream.wanted).ok_or(SEQUENCE)?;
    let pixels = pixels(&stream.bytes)?;
    let components = components(wanted.kind).ok_or(ARGUMENT)? as usize;
    let row_bytes = components as u64 * u64::from(header.width);
    let bytes = pitch.checked_mul(u64::from(header.height.saturating_sub(1)));
    let bytes = bytes.and_then(|bytes| bytes.checked_add(row_bytes));
    let bytes = bytes.filter(|_| pitch >= row_bytes).ok_or(ARGUMENT)?;
    if !machine.memory.is_writable(to, bytes) {
        return Err(Errno::EFAULT);
    }
    for (y, row) in (0..).zip(pixels.chunks_exact(header.width as usize)) {
        let line = if wanted.upwards {
            u64::from(header.height) - 1 - y
        } else {
            y
        };
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
    let chunks = if header.transparent { TRANSPARENT } else { 0 };
    put_words(machine, information, &[chunks, 0, 0, FINISHED])?;
    DONE
}
