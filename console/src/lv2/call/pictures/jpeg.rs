//! `cellJpgDec`: JPEG files. Structures: PSL1GHT `jpgdec/jpgdec.h`; errors and what the header
//! tells: RPCS3 `cellJpgDec.cpp`.
//!
//! Pixels can be one step off those of a console: nothing public says how it rounds.

use std::io::Cursor;

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::{
    DONE, Decoders, Errors, FINISHED, GREY, Library, Pictures, UPWARDS, Wanted, close, components,
    create, destroy, open, pointer, put_words, store, stream,
};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

const LIBRARY: &str = "cellJpgDec";

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(
        LIBRARY,
        0xa797_8f59,
        "cellJpgDecCreate",
        3,
        create::<Header>,
    ),
    library_function(
        LIBRARY,
        0xd8ea_91f8,
        "cellJpgDecDestroy",
        1,
        destroy::<Header>,
    ),
    library_function(LIBRARY, 0x976c_a5c2, "cellJpgDecOpen", 4, open::<Header>),
    library_function(LIBRARY, 0x9338_a07a, "cellJpgDecClose", 2, close::<Header>),
    library_function(LIBRARY, 0x6d9e_bccf, "cellJpgDecReadHeader", 3, header),
    library_function(LIBRARY, 0xe08f_3910, "cellJpgDecSetParameter", 4, set),
    library_function(LIBRARY, 0xaf8b_b012, "cellJpgDecDecodeData", 5, decode),
];

/// `CELL_JPGDEC_ERROR_…`.
const ERRORS: Errors = Errors {
    header: Errno(0x8061_1101),
    argument: Errno(0x8061_1103),
    no_file: Errno(0x8061_1107),
};
const BAD_STREAM: Errno = Errno(0x8061_1102);
const SEQUENCE: Errno = Errno(0x8061_1104);
/// The version that the library tells.
const VERSION: u32 = 0x0041_0000;
/// A file begins so.
const BEGINS: [u8; 3] = [0xff, 0xd8, 0xff];
/// What a file's pixels are: grey, luma and two of colour, or something else.
const UNKNOWN: u32 = 0;
const LUMA_CHROMA: u32 = 3;

/// What a picture says of itself.
#[derive(Clone, Copy)]
pub struct Header {
    width: u32,
    height: u32,
    components: u32,
}

impl Library for Header {
    const ERRORS: Errors = ERRORS;
    const BEGINS: &'static [u8] = &BEGINS;
    const VERSION: u32 = VERSION;

    fn decoders(pictures: &mut Pictures) -> &mut Decoders<Self> {
        &mut pictures.jpeg
    }
}

impl Header {
    fn kind(self) -> u32 {
        match self.components {
            1 => GREY,
            3 => LUMA_CHROMA,
            _ => UNKNOWN,
        }
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, Errno> {
    let mut decoder = JpegDecoder::new(Cursor::new(bytes));
    decoder.decode_headers().map_err(|_| ERRORS.header)?;
    let info = decoder.info().ok_or(ERRORS.header)?;
    Ok(Header {
        width: info.width.into(),
        height: info.height.into(),
        components: info.components.into(),
    })
}

/// `cellJpgDecReadHeader(decoder, stream, *information)`: words for width, height, components,
/// kind of pixels.
fn header(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let stream = stream::<Header>(machine, caller)?;
    let header = read_header(&stream.bytes)?;
    stream.header = Some(header);
    let words = [
        header.width,
        header.height,
        header.components,
        header.kind(),
    ];
    put_words(machine, pointer(caller, 2), &words)?;
    DONE
}

/// `cellJpgDecSetParameter(decoder, stream, *in, *out)`: in are words for the address of a
/// command, by how much it is made smaller, quality, direction, kind of pixels, and a byte of
/// alpha; out are a doubleword for the bytes of a row, and words for width, height, components,
/// direction, kind of pixels, by how much it is smaller, and memory in use.
fn set(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let (from, to) = (pointer(caller, 2), pointer(caller, 3));
    let word = |offset| machine.memory.word(from + offset);
    let (smaller, direction, kind) = (word(4)?, word(12)?, word(16)?);
    let alpha = (word(20)? >> 24) as u8;
    let stream = stream::<Header>(machine, caller)?;
    let header = stream.header.ok_or(SEQUENCE)?;
    // Smaller pictures and luma with chroma are not known well enough.
    let components = components(kind).ok_or(Errno::ENOSYS)?;
    if smaller != 1 || components == 2 || components == 1 && header.components != 1 {
        return Err(Errno::ENOSYS);
    }
    stream.wanted = Some(Wanted {
        upwards: direction == UPWARDS,
        kind,
        fixed_alpha: Some(alpha),
    });
    let row = components * header.width;
    let words = [
        0,
        row,
        header.width,
        header.height,
        components,
        direction,
        kind,
        smaller,
        0,
    ];
    put_words(machine, to, &words)?;
    DONE
}

/// The pixels of a picture as red, green, blue, alpha.
fn pixels(bytes: &[u8]) -> Result<Vec<[u8; 4]>, Errno> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    let decoded = decoder.decode().map_err(|_| BAD_STREAM)?;
    let pixels = decoded.as_chunks().0.iter();
    Ok(pixels.map(|&[r, g, b]| [r, g, b, 255]).collect())
}

/// `cellJpgDecDecodeData(decoder, stream, *pixels, *control, *information)`: the control is a
/// doubleword for the bytes from row to row; the information are words for a mean, as a float,
/// the rows, and how it has ended.
fn decode(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [to, control, information] = [2, 3, 4].map(|at| pointer(caller, at));
    let pitch = machine.memory.double(control)?;
    let stream = stream::<Header>(machine, caller)?;
    let (header, wanted) = stream.header.zip(stream.wanted).ok_or(SEQUENCE)?;
    let pixels = pixels(&stream.bytes)?;
    if pixels.len() as u64 != u64::from(header.width) * u64::from(header.height) {
        return Err(BAD_STREAM);
    }
    store(machine, (to, pitch), header.width, &pixels, wanted, &ERRORS)?;
    put_words(machine, information, &[0, header.height, FINISHED])?;
    DONE
}
