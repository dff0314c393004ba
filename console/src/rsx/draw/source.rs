//! Attributes of vertices: from arrays, by index, from the command stream.

use rsx_gcm::methods::fields::{IndexArrayDma, IndexType};

use crate::rsx::memory::{Memory, main_if};
use crate::rsx::registers::{Registers, at};
use crate::rsx::report::Problem;
use crate::rsx::vertex::{self, Array};

/// The arrays that are on.
pub(super) fn arrays(registers: &Registers) -> Result<Vec<Array>, Problem> {
    let base = registers.get(at::SET_VERTEX_DATA_BASE_OFFSET);
    let mut arrays = Vec::new();
    for n in 0..16 {
        let format = registers.get(at::SET_VERTEX_DATA_ARRAY_FORMAT + 4 * n);
        let offset = registers.get(at::SET_VERTEX_DATA_ARRAY_OFFSET + 4 * n);
        arrays.extend(Array::new(n as u8, format, offset, base)?);
    }
    Ok(arrays)
}

/// Entry `n` of the index array.
pub(super) fn index(registers: &Registers, memory: &Memory, n: u32) -> Result<u32, Problem> {
    let dma = IndexArrayDma(registers.get(at::SET_INDEX_ARRAY_DMA));
    let kind = dma.kind()?;
    let bytes = match kind {
        IndexType::U16 => 2,
        IndexType::U32 => 4,
    };
    let start = registers.get(at::SET_INDEX_ARRAY_ADDRESS);
    if !start.is_multiple_of(bytes) {
        return Err(Problem::Misaligned {
            what: "index array",
            value: start,
            multiple: bytes,
        });
    }
    // Neither factor has more than 24 bits; past the end of memory is past the end in any case.
    let offset = start.saturating_add(n * bytes);
    let entry = memory
        .slice(main_if(dma.main()), offset, bytes.into())
        .map_err(|bytes| Problem::OutsideMemory {
            what: "index array",
            bytes,
        })?;
    let index = entry
        .iter()
        .fold(0, |index, &byte| index << 8 | u32::from(byte));
    Ok(index.wrapping_add(registers.get(at::SET_VERTEX_DATA_BASE_INDEX)))
}

/// Attributes of vertices.
pub(super) struct Source<'a> {
    pub(super) arrays: &'a [Array],
    pub(super) mask: u32,
    pub(super) attributes: vertex::Registers,
}

impl Source<'_> {
    /// Element `index` of all arrays that are read.
    pub(super) fn element(
        &mut self,
        memory: &Memory,
        index: u32,
    ) -> Result<&vertex::Registers, Problem> {
        for array in self.arrays {
            if self.mask >> array.attribute & 1 == 0 {
                continue;
            }
            self.attributes[usize::from(array.attribute)] =
                array
                    .fetch(memory, index)
                    .map_err(|bytes| Problem::OutsideMemory {
                        what: "vertex array",
                        bytes,
                    })?;
        }
        Ok(&self.attributes)
    }

    /// Vertices whose attributes follow each other, each on a word of its own.
    pub(super) fn inline(
        &mut self,
        words: &[u32],
        mut f: impl FnMut(&vertex::Registers) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if words.is_empty() {
            return Ok(());
        }
        let size: usize = self.arrays.iter().map(Array::words).sum();
        if size == 0 || !words.len().is_multiple_of(size) {
            return Err(Problem::Invalid(
                "inline words that are no whole number of vertices",
            ));
        }
        for vertex in words.chunks_exact(size) {
            let mut rest = vertex;
            for array in self.arrays {
                let (own, others) = rest.split_at(array.words());
                rest = others;
                if self.mask >> array.attribute & 1 != 0 {
                    let mut bytes = [0; 16];
                    for (bytes, word) in bytes.chunks_exact_mut(4).zip(own) {
                        bytes.copy_from_slice(&word.to_be_bytes());
                    }
                    self.attributes[usize::from(array.attribute)] = array.decode(&bytes);
                }
            }
            f(&self.attributes)?;
        }
        Ok(())
    }
}
