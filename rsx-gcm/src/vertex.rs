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
