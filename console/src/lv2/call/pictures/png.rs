//! `cellPngDec`: PNG files as pixels. Structures: PSL1GHT `pngdec/pngdec.h`; what conversions
//! there are: RPCS3 `cellPngDec.cpp`.

use png::{ColorType, Transformations};

use super::{
    DONE, Decoders, Errors, FINISHED, GREY, GREY_ALPHA, Library, Pictures, RGB, RGBA, UPWARDS,
    Wanted, close, components, create, destroy, open, pointer, put_words, store, stream,
};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "cellPngDec";

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0x157d_30c5,
        "cellPngDecCreate",
        3,
        create::<Header>,
    ),
    library_function(
        LIBRARY,
        0x820d_ae1a,
        "cellPngDecDestroy",
        1,
        destroy::<Header>,
    ),
    library_function(LIBRARY, 0xd2bc_5bfd, "cellPngDecOpen", 4, open::<Header>),
    library_function(LIBRARY, 0x5b3d_1ff1, "cellPngDecClose", 2, close::<Header>),
    library_function(LIBRARY, 0x9ccd_cc95, "cellPngDecReadHeader", 3, header),
    library_function(LIBRARY, 0xe97c_9bd4, "cellPngDecSetParameter", 4, set),
    library_function(LIBRARY, 0x2310_f155, "cellPngDecDecodeData", 5, decode),
];

/// `CELL_PNGDEC_ERROR_…`.
const ERRORS: Errors = Errors {
    header: Errno(0x8061_1201),
    argument: Errno(0x8061_1203),
    no_file: Errno(0x8061_1207),
};
const BAD_STREAM: Errno = Errno(0x8061_1202);
const SEQUENCE: Errno = Errno(0x8061_1204);
/// A file begins so.
const BEGINS: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The version that the library tells.
const VERSION: u32 = 0x0042_0000;
/// Kinds of pixels, besides those of all libraries.
const PALETTE: u32 = 4;
/// The chunk that says what is transparent, in the words about chunks; no source that is used
/// here names the others.
const TRANSPARENT: u32 = 0x10;
/// A byte for each component; alpha that is the same everywhere.
const ONE_BYTE: u32 = 1;
const FIXED_ALPHA: u32 = 1;

/// What a picture says of itself.
#[derive(Clone, Copy)]
pub struct Header {
    width: u32,
    height: u32,
    kind: u32,
    components: u32,
    depth: u32,
    interlaced: bool,
    transparent: bool,
}

impl Library for Header {
    const ERRORS: Errors = ERRORS;
    const BEGINS: &'static [u8] = BEGINS;
    const VERSION: u32 = VERSION;

    fn decoders(pictures: &mut Pictures) -> &mut Decoders<Self> {
        &mut pictures.png
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, Errno> {
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let reader = decoder.read_info().map_err(|_| ERRORS.header)?;
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
    let stream = stream::<Header>(machine, caller)?;
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

/// `cellPngDecSetParameter(decoder, stream, *in, *out)`: in are words for the address of a
/// command, direction, kind of pixels, bits of a component, packing, where alpha comes from,
/// alpha; out are a doubleword for the bytes of a row, and words for width, height,
/// components, bits, direction, kind of pixels, and memory in use.
fn set(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (from, to) = (pointer(caller, 2), pointer(caller, 3));
    let word = |offset| machine.memory.word(from + offset);
    let (direction, kind, depth) = (word(4)?, word(8)?, word(12)?);
    let (packing, select, alpha) = (word(16)?, word(20)?, word(24)?);
    let stream = stream::<Header>(machine, caller)?;
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
    let stream = stream::<Header>(machine, caller)?;
    let (header, wanted) = stream.header.zip(stream.wanted).ok_or(SEQUENCE)?;
    let pixels = pixels(&stream.bytes)?;
    store(machine, (to, pitch), header.width, &pixels, wanted, &ERRORS)?;
    let chunks = if header.transparent { TRANSPARENT } else { 0 };
    put_words(machine, information, &[chunks, 0, 0, FINISHED])?;
    DONE
}
