//! Vertex formats and arrays.

use crate::ArgumentError;
use crate::device::Device;
use crate::fifo::{Context, FifoError};
use crate::memory::{Address, Location};
use crate::methods::d3;
use crate::methods::fields::{ArrayFormat, ArrayOffset, AttributeType};
use alloc::vec::Vec;

/// Attributes that a vertex can have.
pub const ATTRIBUTES: u32 = 16;

/// An attribute as it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Number, below [`ATTRIBUTES`]; 0 is the position by custom, 3 the colour, 8 to 15 texture coordinates.
    pub index: u32,
    /// Type of its components.
    pub kind: AttributeType,
    /// Number of components, 1 to 4. Bytes are x, y, z, w in the order of memory.
    pub size: u32,
    /// Bytes from the start of the vertex.
    pub offset: u32,
}

impl Attribute {
    /// Bytes that it takes.
    #[must_use]
    pub const fn bytes(&self) -> u32 {
        match self.kind {
            AttributeType::F32 => 4 * self.size,
            AttributeType::S16Normalized | AttributeType::S16 | AttributeType::F16 => 2 * self.size,
            AttributeType::U8Normalized | AttributeType::U8 => self.size,
            AttributeType::Packed11_11_10 => 4,
        }
    }
}

/// The format of vertices: attributes in the order of their numbers, one after the other.
///
/// Inline vertices are packed this way without a choice, and arrays do well with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VertexFormat {
    attributes: Vec<Attribute>,
    stride: u32,
}

impl VertexFormat {
    /// Attributes given as number, type and number of components, numbers ascending.
    ///
    /// # Errors
    /// [`ArgumentError`] for a number that is too large or not above the one
    /// before, for a size that is not 1 to 4, and for an attribute that is no
    /// multiple of 4 bytes, which would not be packed the same way inline.
    pub fn packed(attributes: &[(u32, AttributeType, u32)]) -> Result<Self, ArgumentError> {
        let mut format = Self {
            attributes: Vec::with_capacity(attributes.len()),
            stride: 0,
        };
        for &(index, kind, size) in attributes {
            let ascending = format
                .attributes
                .last()
                .is_none_or(|last| last.index < index);
            if index >= ATTRIBUTES || !ascending {
                return Err(ArgumentError::new("attribute number", index));
            }
            if !(1..=4).contains(&size) || kind == AttributeType::Packed11_11_10 && size != 1 {
                return Err(ArgumentError::new("attribute size", size));
            }
            let attribute = Attribute {
                index,
                kind,
                size,
                offset: format.stride,
            };
            ArgumentError::check_alignment("attribute bytes", attribute.bytes(), 4)?;
            format.stride += attribute.bytes();
            format.attributes.push(attribute);
        }
        ArgumentError::check_most("vertex stride", format.stride, 255)?;
        Ok(format)
    }

    /// The attributes.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Bytes of a vertex.
    #[must_use]
    pub const fn stride(&self) -> u32 {
        self.stride
    }

    /// The attributes as a mask, bit = number: what a vertex program may read.
    #[must_use]
    pub fn mask(&self) -> u32 {
        self.attributes
            .iter()
            .fold(0, |mask, attribute| mask | 1 << attribute.index)
    }
}

impl<D: Device> Context<D> {
    /// Vertices, in arrays and inline, have this format from now on.
    ///
    /// # Errors
    /// As [`Context::reserve`].
    pub fn set_vertex_format(&mut self, format: &VertexFormat) -> Result<(), FifoError> {
        let off = ArrayFormat::default().with_kind(AttributeType::F32);
        let mut arguments = [u32::from(off); ATTRIBUTES as usize];
        for attribute in &format.attributes {
            arguments[attribute.index as usize] = ArrayFormat::default()
                .with_kind(attribute.kind)
                .with_size(attribute.size)
                .with_stride(format.stride)
                .into();
        }
        self.method(d3::SET_VERTEX_DATA_ARRAY_FORMAT.at(0), &arguments)
    }

    /// Draws take vertices from `at` on; their format must have been set.
    ///
    /// # Errors
    /// As [`Context::reserve`]; [`FifoError::Argument`] for an address past 2 GB or no multiple of 4.
    pub fn set_vertex_arrays(
        &mut self,
        at: Address,
        format: &VertexFormat,
    ) -> Result<(), FifoError> {
        ArgumentError::check_alignment("vertex array offset", at.offset, 4)?;
        ArgumentError::check_most("vertex array offset", at.offset, (1 << 31) - 256)?;
        for attribute in &format.attributes {
            let offset = ArrayOffset::default()
                .with_offset(at.offset + attribute.offset)
                .with_main(at.location == Location::Main);
            self.method(
                d3::SET_VERTEX_DATA_ARRAY_OFFSET.at(attribute.index),
                &[offset.into()],
            )?;
        }
        Ok(())
    }

    /// Drops the caches of vertices; draws do so themselves.
    pub(crate) fn invalidate_vertices(&mut self) -> Result<(), FifoError> {
        self.method(d3::INVALIDATE_VERTEX_CACHE_FILE, &[0])?;
        self.method_repeated(d3::INVALIDATE_VERTEX_FILE, &[0; 3])
    }
}

#[cfg(test)]
mod tests {
    use super::{AttributeType, VertexFormat};
    use crate::memory::Address;
    use crate::testing::{context, packet, sent};

    /// Position, colour and texture coordinate, as in the program that was tried.
    fn format() -> VertexFormat {
        VertexFormat::packed(&[
            (0, AttributeType::F32, 2),
            (3, AttributeType::U8Normalized, 4),
            (8, AttributeType::F32, 2),
        ])
        .expect("a format")
    }

    #[test]
    fn formats_are_packed() {
        let format = format();
        assert_eq!((format.stride(), format.mask()), (20, 0x109));
        let offsets: alloc::vec::Vec<u32> = format
            .attributes()
            .iter()
            .map(|attribute| attribute.offset)
            .collect();
        assert_eq!(offsets, [0, 8, 12]);
    }

    #[test]
    fn formats_and_arrays_are_the_documented_words() {
        let words = sent(|context| context.set_vertex_format(&format()).expect("room"));
        let mut arguments = [2; 16];
        arguments[0] = 20 << 8 | 2 << 4 | 2;
        arguments[3] = 20 << 8 | 4 << 4 | 4;
        arguments[8] = 20 << 8 | 2 << 4 | 2;
        assert_eq!(words, packet(0x1740, &arguments));

        let words = sent(|context| {
            context
                .set_vertex_arrays(Address::main(0x100), &format())
                .expect("room")
        });
        assert_eq!(
            words,
            [
                (0x1680, 0x8000_0100),
                (0x168c, 0x8000_0108),
                (0x16a0, 0x8000_010c)
            ]
        );
        let words = sent(|context| {
            context
                .set_vertex_arrays(Address::local(0x100), &format())
                .expect("room")
        });
        assert_eq!(words[0], (0x1680, 0x100));
    }

    #[test]
    fn formats_that_cannot_be_are_refused() {
        let refused =
            |attributes: &[_]| VertexFormat::packed(attributes).expect_err("an error").name;
        assert_eq!(refused(&[(16, AttributeType::F32, 1)]), "attribute number");
        assert_eq!(
            refused(&[(3, AttributeType::F32, 1), (3, AttributeType::F32, 1)]),
            "attribute number"
        );
        assert_eq!(refused(&[(0, AttributeType::F32, 5)]), "attribute size");
        assert_eq!(refused(&[(0, AttributeType::F32, 0)]), "attribute size");
        assert_eq!(refused(&[(0, AttributeType::U8, 3)]), "attribute bytes");
        let all: alloc::vec::Vec<_> = (0..16)
            .map(|index| (index, AttributeType::F32, 4))
            .collect();
        assert_eq!(refused(&all), "vertex stride");
    }

    #[test]
    fn arrays_out_of_reach_are_refused() {
        assert!(
            context(2)
                .set_vertex_arrays(Address::main(2), &format())
                .is_err()
        );
        assert!(
            context(2)
                .set_vertex_arrays(Address::main(0x7fff_fffc), &format())
                .is_err()
        );
    }
}
