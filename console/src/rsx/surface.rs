//! Where the pixels of a target lie, of colour or of depth.

use super::memory::{Location, Memory, OutsideMemory, Place};
use super::samples::Pass;
use super::swizzle;

/// Pixels from `left` and `top` up to, without, `right` and `bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// First column.
    pub left: i32,
    /// First row.
    pub top: i32,
    /// Column after the last.
    pub right: i32,
    /// Row after the last.
    pub bottom: i32,
}

impl Rectangle {
    /// What both have in common.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// How many pixels are in it.
    #[must_use]
    pub fn pixels(self) -> u64 {
        let side = |from: i32, to: i32| u64::try_from(i64::from(to) - i64::from(from)).unwrap_or(0);
        side(self.left, self.right) * side(self.top, self.bottom)
    }

    /// There is no pixel in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// How pixels follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// In rows.
    Linear {
        /// Bytes from row to row.
        pitch: u32,
    },
    /// As the texels of a swizzled texture, without gaps; the sides are powers of two.
    Swizzled {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// The pixels of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surface {
    /// Memory that it lies in.
    pub location: Location,
    /// Its first byte.
    pub offset: u32,
    /// Bytes of a pixel.
    pub bytes: u32,
    /// How they follow each other.
    pub arrangement: Arrangement,
    /// The pixels that exist.
    pub area: Rectangle,
}

impl Surface {
    /// The bytes from the first to the last pixel.
    ///
    /// # Errors
    /// They are not all in memory.
    pub fn place(&self, memory: &Memory) -> Result<Place, OutsideMemory> {
        let (width, height) = (self.area.right as u64, self.area.bottom as u64);
        let bytes = match self.arrangement {
            Arrangement::Linear { pitch } => match height.checked_sub(1) {
                None => 0,
                Some(rows) => u64::from(pitch) * rows + u64::from(self.bytes) * width,
            },
            Arrangement::Swizzled { width, height } => {
                u64::from(self.bytes) * u64::from(width) * u64::from(height)
            }
        };
        memory.place(self.location, self.offset, bytes)
    }

    /// Where the sample of each pixel is that a pass draws.
    #[must_use]
    pub fn samples(&self, pass: &Pass) -> Addresses {
        let (columns, rows) = pass.samples.size();
        let (column, row) = pass.place();
        match self.arrangement {
            Arrangement::Linear { pitch } if columns * rows > 1 => {
                let (bytes, pitch) = (self.bytes as usize, pitch as usize);
                Addresses::Samples {
                    start: row as usize * pitch + column as usize * bytes,
                    step: columns as usize * bytes,
                    pitch: rows as usize * pitch,
                }
            }
            _ => self.addresses(),
        }
    }

    /// Where each pixel is from the first byte on.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        match self.arrangement {
            Arrangement::Linear { pitch } => Addresses::Linear {
                pitch: pitch as usize,
            },
            Arrangement::Swizzled { width, height } => {
                let (columns, rows) = swizzle::tables(width, height);
                Addresses::Swizzled { columns, rows }
            }
        }
    }
}

/// Where each pixel of a surface is.
#[derive(Clone, Debug)]
pub enum Addresses {
    /// In rows.
    Linear {
        /// Bytes from row to row.
        pitch: usize,
    },
    /// Samples of one number, in rows of pixels with several.
    Samples {
        /// The first sample's byte.
        start: usize,
        /// Bytes from pixel to pixel.
        step: usize,
        /// Bytes from row to row of pixels.
        pitch: usize,
    },
    /// Its number is the sum of a part of its column and one of its row.
    Swizzled {
        /// Part of each column.
        columns: Vec<u32>,
        /// Part of each row.
        rows: Vec<u32>,
    },
}

impl Addresses {
    /// Reads pixels of `N` bytes next to each other from column `x` of row `y` on.
    ///
    /// # Panics
    /// Where they are not all in `bytes`.
    #[inline(always)]
    pub fn read<const N: usize>(&self, bytes: &[u8], x: i32, y: i32, to: &mut [[u8; N]]) {
        match self {
            Self::Linear { pitch } => {
                let start = y as usize * pitch + N * x as usize;
                let bytes = &bytes[start..start + N * to.len()];
                copy(to, bytes.as_chunks().0);
            }
            Self::Samples { start, step, pitch } => {
                let first = start + y as usize * pitch + step * x as usize;
                let places = (first..).step_by(*step);
                for (to, at) in to.iter_mut().zip(places) {
                    to.copy_from_slice(&bytes[at..at + N]);
                }
            }
            Self::Swizzled { columns, rows } => {
                let (pixels, row) = (bytes.as_chunks::<N>().0, rows[y as usize]);
                for (to, column) in to.iter_mut().zip(&columns[x as usize..]) {
                    *to = pixels[(row + column) as usize];
                }
            }
        }
    }

    /// Writes pixels of `N` bytes next to each other from column `x` of row `y` on.
    ///
    /// # Panics
    /// Where they are not all in `bytes`.
    #[inline(always)]
    pub fn write<const N: usize>(&self, bytes: &mut [u8], x: i32, y: i32, from: &[[u8; N]]) {
        match self {
            Self::Linear { pitch } => {
                let start = y as usize * pitch + N * x as usize;
                let bytes = &mut bytes[start..start + N * from.len()];
                copy(bytes.as_chunks_mut().0, from);
            }
            Self::Samples { start, step, pitch } => {
                let first = start + y as usize * pitch + step * x as usize;
                let places = (first..).step_by(*step);
                for (from, at) in from.iter().zip(places) {
                    bytes[at..at + N].copy_from_slice(from);
                }
            }
            Self::Swizzled { columns, rows } => {
                let (pixels, row) = (bytes.as_chunks_mut::<N>().0, rows[y as usize]);
                for (from, column) in from.iter().zip(&columns[x as usize..]) {
                    pixels[(row + column) as usize] = *from;
                }
            }
        }
    }

    /// Changes each pixel of `N` bytes in `area`.
    ///
    /// # Panics
    /// Where they are not all in `bytes`.
    pub fn change<const N: usize>(
        &self,
        bytes: &mut [u8],
        area: Rectangle,
        mut f: impl FnMut(&mut [u8; N]),
    ) {
        for y in area.top..area.bottom {
            match self {
                Self::Linear { pitch } => {
                    let row = &mut bytes[y as usize * pitch..];
                    let row = &mut row[N * area.left as usize..N * area.right as usize];
                    row.as_chunks_mut().0.iter_mut().for_each(&mut f);
                }
                Self::Samples { start, step, pitch } => {
                    let first = start + y as usize * pitch;
                    for x in area.left as usize..area.right as usize {
                        let at = first + step * x;
                        if let Some(pixel) = bytes[at..].first_chunk_mut() {
                            f(pixel);
                        }
                    }
                }
                Self::Swizzled { columns, rows } => {
                    let pixels = bytes.as_chunks_mut::<N>().0;
                    let row = rows[y as usize];
                    for column in &columns[area.left as usize..area.right as usize] {
                        f(&mut pixels[(row + column) as usize]);
                    }
                }
            }
        }
    }
}

/// Copies pixels, mostly few: without a call for so little.
#[inline(always)]
fn copy<const N: usize>(to: &mut [[u8; N]], from: &[[u8; N]]) {
    const GROUP: usize = 8;
    let (groups, rest) = to.as_chunks_mut::<GROUP>();
    let (from_groups, from_rest) = from.as_chunks::<GROUP>();
    for (to, from) in groups.iter_mut().zip(from_groups) {
        *to = *from;
    }
    for (to, from) in rest.iter_mut().zip(from_rest) {
        *to = *from;
    }
}
