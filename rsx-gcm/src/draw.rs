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

#[cfg(test)]
mod tests {
    use super::{IndexType, Primitive};
    use crate::memory::Address;
    use crate::testing::{context, sent};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Dropping the vertex caches, as before every draw.
    const INVALIDATE: [(u16, u32); 4] = [(0x1710, 0), (0x1714, 0), (0x1714, 0), (0x1714, 0)];

    fn draw(primitive: u32, commands: &[(u16, u32)]) -> Vec<(u16, u32)> {
        let mut words = INVALIDATE.to_vec();
        words.push((0x1808, primitive));
        words.extend_from_slice(commands);
        words.push((0x1808, 0));
        words
    }

    #[test]
    fn arrays_are_drawn_in_batches() {
        let words = sent(|context| {
            context
                .draw_arrays(Primitive::Triangles, 10, 600)
                .expect("room")
        });
        let ranges = [
            (0x1814, 255 << 24 | 10),
            (0x1814, 255 << 24 | 266),
            (0x1814, 87 << 24 | 522),
        ];
        assert_eq!(words, draw(5, &ranges));
    }

    #[test]
    fn indexed_draws_are_the_documented_words() {
        let at = Address::main(0x20);
        let send = |kind, at| {
            sent(move |context| {
                context
                    .draw_indexed(Primitive::Quads, at, kind, 4, 8)
                    .expect("room")
            })
        };
        let words = send(IndexType::U16, at);
        assert_eq!(words[..2], [(0x181c, 0x20), (0x1820, 1 << 4 | 1)]);
        assert_eq!(words[2..], draw(8, &[(0x1824, 7 << 24 | 4)]));
        assert_eq!(send(IndexType::U32, Address::local(0x20))[1], (0x1820, 0));
        let odd = context(2).draw_indexed(Primitive::Quads, Address::main(2), IndexType::U32, 0, 4);
        assert!(odd.is_err());
    }

    #[test]
    fn inline_vertices_are_words_to_one_method() {
        let words = sent(|context| {
            context
                .draw_inline(Primitive::TriangleStrip, &[1, 2, 3])
                .expect("room")
        });
        assert_eq!(words, draw(6, &[(0x1818, 1), (0x1818, 2), (0x1818, 3)]));
    }

    #[test]
    fn nothing_is_drawn_with_nothing() {
        assert_eq!(
            sent(|context| context.draw_inline(Primitive::Quads, &[]).expect("room")),
            []
        );
        assert_eq!(
            sent(|context| context.draw_arrays(Primitive::Quads, 5, 0).expect("room")),
            []
        );
    }

    #[test]
    fn vertex_numbers_have_24_bits() {
        assert!(
            context(2)
                .draw_arrays(Primitive::Points, 0xff_ffff, 1)
                .is_err()
        );
        assert!(
            context(2)
                .draw_arrays(Primitive::Points, 0, 0x100_0000)
                .is_err()
        );
        assert!(
            context(2)
                .draw_arrays(Primitive::Points, 0xff_fffe, 1)
                .is_ok()
        );
    }

    proptest! {
        #[test]
        fn batches_cover_every_vertex_once(first in 0..1000u32, count in 1..100_000u32) {
            let words = sent(|context| context.draw_arrays(Primitive::Points, first, count).expect("room"));
            let mut next = first;
            for (method, range) in &words[5..words.len() - 1] {
                prop_assert_eq!(*method, 0x1814);
                prop_assert_eq!(range & 0xff_ffff, next);
                next += (range >> 24) + 1;
            }
            prop_assert_eq!(next, first + count);
        }
    }
}
