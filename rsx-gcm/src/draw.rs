//! Drawing.

use crate::ArgumentError;
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::memory::{Address, Location};
use crate::methods::fields::{DrawRange, IndexArrayDma, IndexType, Primitive};
use crate::methods::{Method, d3};

/// Vertices that one argument can draw.
const BATCH: u32 = 256;

/// First vertices and indices have 24 bits.
const MAX_FIRST: u32 = (1 << 24) - 1;

impl IndexType {
    /// Bytes of an index.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::U16 => 2,
            Self::U32 => 4,
        }
    }
}

impl<D: Device> Context<D> {
    /// Draws `count` vertices of the arrays from number `first` on.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] where a vertex number does not fit 24 bits.
    pub fn draw_arrays(
        &mut self,
        primitive: Primitive,
        first: u32,
        count: u32,
    ) -> Result<(), FifoError> {
        self.draw_ranges(primitive, d3::DRAW_ARRAYS, first, count)
    }

    /// Draws vertices of the arrays whose numbers lie from `at` on: `count` of them, after the first `first`.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] where an index number
    /// does not fit 24 bits or the array is not aligned to its indices.
    pub fn draw_indexed(
        &mut self,
        primitive: Primitive,
        at: Address,
        kind: IndexType,
        first: u32,
        count: u32,
    ) -> Result<(), FifoError> {
        ArgumentError::check_alignment("index array offset", at.offset, kind.bytes())?;
        let dma = IndexArrayDma::default()
            .with_main(at.location == Location::Main)
            .with_kind(kind);
        self.method(d3::SET_INDEX_ARRAY_ADDRESS, &[at.offset, dma.into()])?;
        self.draw_ranges(primitive, d3::DRAW_INDEX_ARRAY, first, count)
    }

    fn draw_ranges(
        &mut self,
        primitive: Primitive,
        method: Method,
        first: u32,
        count: u32,
    ) -> Result<(), FifoError> {
        ArgumentError::check_most("number of vertices", count, MAX_FIRST)?;
        ArgumentError::check_most("first vertex", first, MAX_FIRST - count)?;
        if count == 0 {
            return Ok(());
        }
        self.invalidate_vertices()?;
        self.method(d3::SET_BEGIN_END, &[primitive.bits()])?;
        let mut done = 0;
        // A packet holds many batches; strips go on from one to the next.
        let mut batches = [0; 64];
        while done < count {
            let mut used = 0;
            for batch in &mut batches {
                let length = (count - done).min(BATCH);
                if length == 0 {
                    break;
                }
                let range = DrawRange::default()
                    .with_first(first + done)
                    .with_count_less_one(length - 1);
                *batch = range.into();
                done += length;
                used += 1;
            }
            self.method_repeated(method, &batches[..used])?;
        }
        self.method(d3::SET_BEGIN_END, &[0])
    }

    /// Draws vertices that come with the commands, packed as [`Context::set_vertex_format`] says.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn draw_inline(&mut self, primitive: Primitive, words: &[u32]) -> Result<(), FifoError> {
        if words.is_empty() {
            return Ok(());
        }
        self.invalidate_vertices()?;
        self.method(d3::SET_BEGIN_END, &[primitive.bits()])?;
        self.method_repeated(d3::INLINE_ARRAY, words)?;
        self.method(d3::SET_BEGIN_END, &[0])
    }
}
