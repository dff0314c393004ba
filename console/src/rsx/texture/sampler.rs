//! A texture unit ready to be read.
//!
//! Registers: envytools `nv30-40_3d.xml` (`TEX_…`), RPCS3 `RSXTexture.h`.
//! Filter weights have 8 bits, as on the console's generation of hardware
//! (no source gives the exact rounding): coordinates are rounded to 1/256
//! texel, and from there on all is exact.

use rsx_gcm::methods::fields::{
    Component, Filter, RemapSource, TexelFormat, TextureAddress, TextureControl0, TextureControl3,
    TextureDimension, TextureFilter, TextureFormat, TextureRect, TextureRemap, Wrap,
};

use super::texel;
use crate::rsx::fragment::{LANES, STORED};
use crate::rsx::maths;
use crate::rsx::memory::{Location, Memory, Place, location_of};
use crate::rsx::report::Problem;
use crate::rsx::swizzle;

/// Most texels along a side.
const MOST: u32 = 4096;

/// The registers of one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Registers {
    /// `SET_TEXTURE_OFFSET`.
    pub offset: u32,
    /// `SET_TEXTURE_FORMAT`.
    pub format: u32,
    /// `SET_TEXTURE_ADDRESS`.
    pub address: u32,
    /// `SET_TEXTURE_CONTROL0`.
    pub control0: u32,
    /// `SET_TEXTURE_CONTROL1`.
    pub remap: u32,
    /// `SET_TEXTURE_FILTER`.
    pub filter: u32,
    /// `SET_TEXTURE_IMAGE_RECT`.
    pub rect: u32,
    /// `SET_TEXTURE_BORDER_COLOR`.
    pub border: u32,
    /// `SET_TEXTURE_CONTROL3`.
    pub control3: u32,
}

/// What a component of the result is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Output {
    /// This number.
    Number(f32),
    /// A component of the texel, in the order of [`texel::Argb`].
    Texel(usize),
}

/// A unit that is on, with everything looked up.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// What it was made from.
    registers: Registers,
    location: Location,
    place: Place,
    /// Bytes from its first to its last texel.
    bytes: u64,
    format: TexelFormat,
    size: [i32; 2],
    /// Factor from coordinates to texels.
    scale: [f32; 2],
    wrap: [Wrap; 2],
    linear_filter: bool,
    /// Byte offset of each column within its row, or the part that swizzling takes from it.
    columns: Vec<u32>,
    /// Byte offset of each row.
    rows: Vec<u32>,
    /// Red, green, blue, alpha.
    outputs: [Output; 4],
    border: texel::Argb,
}

fn place(memory: &Memory, location: Location, offset: u32, bytes: u64) -> Result<Place, Problem> {
    memory
        .place(location, offset, bytes)
        .map_err(|bytes| Problem::OutsideMemory {
            what: "texture",
            bytes,
        })
}

impl Sampler {
    /// What it was made from.
    #[must_use]
    pub fn registers(&self) -> &Registers {
        &self.registers
    }

    /// The bytes that it reads.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Looks up again where its bytes lie.
    ///
    /// # Errors
    /// The texture lies outside of memory.
    pub fn locate(&mut self, memory: &Memory) -> Result<(), Problem> {
        self.place = place(memory, self.location, self.registers.offset, self.bytes)?;
        Ok(())
    }

    /// Looks up what `registers` say.
    ///
    /// # Errors
    /// The unit is off, says something that is not supported, or the texture lies outside of memory.
    pub fn new(unit: u8, registers: Registers, memory: &Memory) -> Result<Self, Problem> {
        let problem = |what| Problem::Texture { unit, what };
        let format = TextureFormat(registers.format);
        let address = TextureAddress(registers.address);
        let control0 = TextureControl0(registers.control0);
        let filter = TextureFilter(registers.filter);
        let rect = TextureRect(registers.rect);
        if !control0.enable() {
            return Err(problem("read while it is off"));
        }
        if control0.alpha_kill() {
            return Err(problem("alpha kill is not supported"));
        }
        if format.cube() || format.dimension()? != TextureDimension::D2 {
            return Err(problem("only two dimensions are supported"));
        }
        if !format.border_color() {
            return Err(problem("border texels are not supported"));
        }
        if filter.signed() != 0 {
            return Err(problem("signed components are not supported"));
        }
        let linear_filter = linear_filter(filter, format.levels()).map_err(|p| match p {
            Ok(value) => Problem::from(value),
            Err(what) => problem(what),
        })?;
        let texel_format = format.texel()?;
        let (width, height) = (rect.width(), rect.height());
        if !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
            return Err(problem("a side is not from 1 to 4096 texels"));
        }
        let texel_bytes = texel::bytes(texel_format);
        let location = location_of(format.location()?);
        let (columns, rows, bytes) = if format.linear() {
            let pitch = TextureControl3(registers.control3).pitch();
            if pitch < width * texel_bytes {
                return Err(problem("the pitch is less than a row"));
            }
            (
                (0..width).map(|x| x * texel_bytes).collect(),
                (0..height).map(|y| y * pitch).collect(),
                u64::from(pitch) * u64::from(height - 1) + u64::from(width * texel_bytes),
            )
        } else {
            if format.unnormalized() {
                return Err(problem("a swizzled texture takes no texel coordinates"));
            }
            if !width.is_power_of_two() || !height.is_power_of_two() {
                return Err(problem("sides of a swizzled texture are powers of two"));
            }
            let (mut columns, mut rows) = swizzle::tables(width, height);
            columns.iter_mut().for_each(|c| *c *= texel_bytes);
            rows.iter_mut().for_each(|r| *r *= texel_bytes);
            (
                columns,
                rows,
                u64::from(width) * u64::from(height * texel_bytes),
            )
        };
        let place = place(memory, location, registers.offset, bytes)?;
        let wrap = [address.wrap_s()?, address.wrap_t()?];
        if wrap.iter().any(|&wrap| !supported(wrap)) {
            return Err(problem("this way to wrap coordinates is not supported"));
        }
        let scale = if format.unnormalized() {
            [1.0, 1.0]
        } else {
            [width as f32, height as f32]
        };
        Ok(Self {
            registers,
            location,
            place,
            bytes,
            format: texel_format,
            size: [width as i32, height as i32],
            scale,
            wrap,
            linear_filter,
            columns,
            rows,
            outputs: outputs(TextureRemap(registers.remap))?,
            border: registers.border.to_be_bytes(),
        })
    }

    /// Reads the texture at each pair of coordinates; `to` are red, green, blue and alpha, of those that are wanted.
    ///
    /// Takes at most [`LANES`] coordinates.
    #[inline(always)]
    pub fn sample(
        &self,
        memory: &Memory,
        s: &[f32],
        t: &[f32],
        to: [Option<&mut [f32; STORED]>; 4],
    ) {
        let count = s.len().min(t.len()).min(LANES);
        let texels = memory.at(&self.place);
        let mut x = [0; LANES];
        let mut y = [0; LANES];
        self.positions(&mut x[..count], s, 0);
        self.positions(&mut y[..count], t, 1);
        let (x, y) = (&x[..count], &y[..count]);
        if self.format == TexelFormat::B8 {
            self.sample_b8(texels, x, y, to);
        } else {
            self.sample_argb(texels, x, y, to);
        }
    }

    /// Texel positions: whole texels, or with a linear filter 1/256 texels of the upper left of the four.
    #[inline(always)]
    fn positions(&self, to: &mut [i32], from: &[f32], axis: usize) {
        let scale = self.scale[axis];
        // So far outside, another texel or two make no difference; NaN counts as far outside.
        let limit = |x: f32| {
            let x = if x < 1_048_576.0 { x } else { 1_048_576.0 };
            if x > -1_048_576.0 { x } else { -1_048_576.0 }
        };
        if self.linear_filter {
            for (to, &from) in to.iter_mut().zip(from) {
                *to = maths::nearest(limit(from * scale) * 256.0) as i32 - 128;
            }
            // OpenGL's first way to clamp: the coordinate is, and half of an edge is border.
            if self.wrap[axis] == Wrap::Clamp {
                let most = self.size[axis] * 256 - 128;
                to.iter_mut().for_each(|at| *at = (*at).clamp(-128, most));
            }
        } else {
            for (to, &from) in to.iter_mut().zip(from) {
                *to = maths::floor(limit(from * scale)) as i32;
            }
        }
    }

    /// Column or row of position `at`; `None` is the border.
    #[inline(always)]
    fn wrapped(&self, at: i32, axis: usize) -> Option<usize> {
        let size = self.size[axis];
        if (0..size).contains(&at) {
            return Some(at as usize);
        }
        match self.wrap[axis] {
            Wrap::ClampToEdge => Some(at.clamp(0, size - 1) as usize),
            Wrap::Clamp if !self.linear_filter => Some(at.clamp(0, size - 1) as usize),
            Wrap::Repeat => Some(at.rem_euclid(size) as usize),
            Wrap::Mirror => {
                let twice = at.rem_euclid(2 * size);
                Some(twice.min(2 * size - 1 - twice) as usize)
            }
            _ => None,
        }
    }

    /// Bytes of the texel in a column and row.
    #[inline(always)]
    fn texel(&self, texels: &[u8], column: Option<usize>, row: Option<usize>) -> texel::Argb {
        match (column, row) {
            (Some(column), Some(row)) => {
                let at = (self.columns[column] + self.rows[row]) as usize;
                texel::decode(self.format, &texels[at..])
            }
            _ => self.border,
        }
    }

    #[inline(always)]
    fn sample_b8(&self, texels: &[u8], x: &[i32], y: &[i32], to: [Option<&mut [f32; STORED]>; 4]) {
        let count = x.len();
        let mut sums = [0u32; LANES];
        let one = |column: Option<usize>, row: Option<usize>| match (column, row) {
            (Some(column), Some(row)) => {
                u32::from(texels[(self.columns[column] + self.rows[row]) as usize])
            }
            // A border has no one component: the format's own is blue.
            _ => u32::from(self.border[3]),
        };
        if self.linear_filter {
            for ((sum, &x), &y) in sums.iter_mut().zip(x).zip(y) {
                let (left, upper) = (self.wrapped(x >> 8, 0), self.wrapped(y >> 8, 1));
                let (fx, fy) = ((x & 255) as u32, (y & 255) as u32);
                if fx | fy == 0 {
                    // At the centre of a texel, as text mostly is, the others weigh nothing.
                    *sum = one(left, upper) << 16;
                    continue;
                }
                let right = self.wrapped((x >> 8) + 1, 0);
                let lower = self.wrapped((y >> 8) + 1, 1);
                let above = one(left, upper) * (256 - fx) + one(right, upper) * fx;
                let below = one(left, lower) * (256 - fx) + one(right, lower) * fx;
                *sum = above * (256 - fy) + below * fy;
            }
        } else {
            for ((sum, &x), &y) in sums.iter_mut().zip(x).zip(y) {
                *sum = one(self.wrapped(x, 0), self.wrapped(y, 1));
            }
        }
        // The one component may be wanted several times.
        let mut numbers = [0.0; LANES];
        self.numbers(&mut numbers[..count], &sums[..count]);
        for (to, output) in to.into_iter().zip(self.outputs) {
            let Some(to) = to else { continue };
            match output {
                Output::Number(number) => to[..count].fill(number),
                Output::Texel(_) => to[..count].copy_from_slice(&numbers[..count]),
            }
        }
    }

    #[inline(always)]
    fn sample_argb(
        &self,
        texels: &[u8],
        x: &[i32],
        y: &[i32],
        to: [Option<&mut [f32; STORED]>; 4],
    ) {
        let count = x.len();
        let mut sums = [[0u32; LANES]; 4];
        for lane in 0..count {
            let (x, y) = (x[lane], y[lane]);
            let result = if self.linear_filter {
                let (left, right) = (self.wrapped(x >> 8, 0), self.wrapped((x >> 8) + 1, 0));
                let (upper, lower) = (self.wrapped(y >> 8, 1), self.wrapped((y >> 8) + 1, 1));
                let (fx, fy) = ((x & 255) as u32, (y & 255) as u32);
                let corners = [
                    self.texel(texels, left, upper),
                    self.texel(texels, right, upper),
                    self.texel(texels, left, lower),
                    self.texel(texels, right, lower),
                ];
                let weights = [
                    (256 - fx) * (256 - fy),
                    fx * (256 - fy),
                    (256 - fx) * fy,
                    fx * fy,
                ];
                [0, 1, 2, 3].map(|c| {
                    let parts = corners.iter().zip(weights);
                    parts
                        .map(|(corner, weight)| u32::from(corner[c]) * weight)
                        .sum()
                })
            } else {
                self.texel(texels, self.wrapped(x, 0), self.wrapped(y, 1))
                    .map(u32::from)
            };
            for (sums, result) in sums.iter_mut().zip(result) {
                sums[lane] = result;
            }
        }
        for (to, output) in to.into_iter().zip(self.outputs) {
            let Some(to) = to else { continue };
            match output {
                Output::Number(number) => to[..count].fill(number),
                Output::Texel(c) => self.numbers(&mut to[..count], &sums[c][..count]),
            }
        }
    }

    /// Sums of weighted components to numbers from 0 to 1, rounded once.
    #[inline(always)]
    fn numbers(&self, to: &mut [f32], sums: &[u32]) {
        let whole = if self.linear_filter {
            255.0 * 65536.0
        } else {
            255.0
        };
        for (to, &sum) in to.iter_mut().zip(sums) {
            // Below 2^24: exact, also as a signed number, which converts faster.
            *to = sum as i32 as f32 / whole;
        }
    }
}

fn supported(wrap: Wrap) -> bool {
    matches!(
        wrap,
        Wrap::Repeat | Wrap::Mirror | Wrap::ClampToEdge | Wrap::Border | Wrap::Clamp
    )
}

type FilterProblem = Result<rsx_gcm::methods::UnknownValue, &'static str>;

/// Whether four texels are weighted; both filters have to agree, since levels of detail are not computed.
fn linear_filter(filter: TextureFilter, levels: u32) -> Result<bool, FilterProblem> {
    let min = filter.min().map_err(Ok)?;
    let mag = filter.mag().map_err(Ok)?;
    let is_linear = |filter| {
        matches!(
            filter,
            Filter::Linear | Filter::LinearMipmapNearest | Filter::LinearMipmapLinear
        )
    };
    if !matches!(mag, Filter::Nearest | Filter::Linear) {
        return Err(Err("no such magnification filter"));
    }
    if levels > 1 && !matches!(min, Filter::Nearest | Filter::Linear) {
        return Err(Err("mipmaps are not supported"));
    }
    if is_linear(min) != is_linear(mag) {
        return Err(Err("different filters for near and far are not supported"));
    }
    Ok(is_linear(mag))
}

fn outputs(remap: TextureRemap) -> Result<[Output; 4], Problem> {
    let output = |source: RemapSource, select: Component| match source {
        RemapSource::Zero => Output::Number(0.0),
        RemapSource::One => Output::Number(1.0),
        RemapSource::Texel => Output::Texel(select.bits() as usize),
    };
    Ok([
        output(remap.source_r()?, remap.select_r()?),
        output(remap.source_g()?, remap.select_g()?),
        output(remap.source_b()?, remap.select_b()?),
        output(remap.source_a()?, remap.select_a()?),
    ])
}
