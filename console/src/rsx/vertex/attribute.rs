//! Reading the attributes of vertices: from arrays, from the command stream, or the same for all.
//!
//! Formats: envytools `nv30-40_3d.xml` (`VTXFMT`), RPCS3 vertex fetch.

use rsx_gcm::methods::fields::{ArrayFormat, ArrayOffset, AttributeType};

use super::program::Vec4;
use crate::rsx::half;
use crate::rsx::memory::{Location, Memory, OutsideMemory, Place, main_if, word};
use crate::rsx::report::Problem;

/// An array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    /// Number of the attribute.
    pub attribute: u8,
    kind: AttributeType,
    /// Number of components.
    size: u32,
    stride: u32,
    location: Location,
    offset: u32,
}

impl Array {
    /// The array of `attribute`; `None` where it is off.
    ///
    /// # Errors
    /// A format that is not supported.
    pub fn new(
        attribute: u8,
        format: u32,
        offset: u32,
        base: u32,
    ) -> Result<Option<Self>, Problem> {
        let format = ArrayFormat(format);
        if format.size() == 0 {
            return Ok(None);
        }
        if format.size() > 4 {
            return Err(Problem::Invalid(
                "a vertex attribute of more than four components",
            ));
        }
        if format.frequency() != 0 {
            return Err(Problem::Unsupported("vertex arrays with a divider"));
        }
        let at = ArrayOffset(offset);
        Ok(Some(Self {
            attribute,
            kind: format.kind()?,
            size: format.size(),
            stride: format.stride(),
            location: main_if(at.main()),
            offset: at.offset().wrapping_add(base),
        }))
    }

    /// Bytes of an element.
    #[must_use]
    pub fn bytes(&self) -> u32 {
        match self.kind {
            AttributeType::F32 => 4 * self.size,
            AttributeType::S16Normalized | AttributeType::S16 | AttributeType::F16 => 2 * self.size,
            AttributeType::U8Normalized | AttributeType::U8 => self.size,
            AttributeType::Packed11_11_10 => 4,
        }
    }

    /// Words of an element in the command stream, where each begins with a word.
    #[must_use]
    pub fn words(&self) -> usize {
        self.bytes().div_ceil(4) as usize
    }

    /// Element `index` of the array in memory.
    ///
    /// # Errors
    /// It does not exist.
    pub fn fetch(&self, memory: &Memory, index: u32) -> Result<Vec4, OutsideMemory> {
        let offset = u64::from(self.offset) + u64::from(index) * u64::from(self.stride);
        let bytes = match u32::try_from(offset) {
            Ok(offset) => memory.slice(self.location, offset, self.bytes().into())?,
            Err(_) => {
                return Err(OutsideMemory {
                    location: self.location,
                    offset: self.offset,
                    bytes: offset,
                });
            }
        };
        Ok(self.decode(bytes))
    }

    /// Where `count` elements from `first` on lie; none where they are not all in memory.
    #[must_use]
    pub fn place(&self, memory: &Memory, first: u32, count: u32) -> Option<Place> {
        let stride = u64::from(self.stride);
        let start = u64::from(self.offset) + u64::from(first) * stride;
        let bytes = u64::from(count.checked_sub(1)?) * stride + u64::from(self.bytes());
        let start = u32::try_from(start).ok()?;
        memory.place(self.location, start, bytes).ok()
    }

    /// The element in `bytes`, as many as [`Self::bytes`] at least: components that it lacks are 0, and w is 1.
    #[must_use]
    pub fn decode(&self, bytes: &[u8]) -> Vec4 {
        let mut value = [0.0, 0.0, 0.0, 1.0];
        let short = |i: usize| [bytes[2 * i], bytes[2 * i + 1]];
        if self.kind == AttributeType::Packed11_11_10 {
            let bits = word(bytes);
            // Each part as the upper bits of a signed 16-bit number.
            let part = |shifted: u32| f32::from(shifted as u16 as i16) / 32767.0;
            value[0] = part(bits << 5 & 0xffe0);
            value[1] = part(bits >> 6 & 0xffe0);
            value[2] = part(bits >> 16 & 0xffc0);
            return value;
        }
        for (i, value) in value.iter_mut().take(self.size as usize).enumerate() {
            *value = match self.kind {
                AttributeType::F32 => f32::from_bits(word(&bytes[4 * i..])),
                AttributeType::F16 => half::from_bits(u16::from_be_bytes(short(i))),
                AttributeType::S16 => f32::from(i16::from_be_bytes(short(i))),
                AttributeType::S16Normalized => {
                    (f32::from(i16::from_be_bytes(short(i))) + 0.5) / 32767.5
                }
                AttributeType::U8Normalized => f32::from(bytes[i]) / 255.0,
                AttributeType::U8 | AttributeType::Packed11_11_10 => f32::from(bytes[i]),
            };
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(kind: AttributeType, size: u32) -> Array {
        let format = ArrayFormat::default()
            .with_kind(kind)
            .with_size(size)
            .with_stride(8);
        Array::new(3, format.into(), 0x8000_0004, 4)
            .expect("a format")
            .expect("on")
    }

    #[test]
    fn types_decode() {
        let decode = |kind, size, bytes: &[u8]| array(kind, size).decode(bytes);
        assert_eq!(
            decode(AttributeType::F32, 2, &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]),
            [1.0, -2.0, 0.0, 1.0]
        );
        assert_eq!(
            decode(AttributeType::U8Normalized, 4, &[0, 51, 102, 255]),
            [0.0, 51.0 / 255.0, 102.0 / 255.0, 1.0]
        );
        assert_eq!(
            decode(AttributeType::U8, 3, &[0, 51, 255]),
            [0.0, 51.0, 255.0, 1.0]
        );
        assert_eq!(
            decode(AttributeType::S16, 1, &[0xff, 0xfe]),
            [-2.0, 0.0, 0.0, 1.0]
        );
        assert_eq!(
            decode(AttributeType::S16Normalized, 2, &[0x7f, 0xff, 0x80, 0]),
            [1.0, -1.0, 0.0, 1.0]
        );
        assert_eq!(
            decode(AttributeType::F16, 1, &[0x3c, 0]),
            [1.0, 0.0, 0.0, 1.0]
        );
        let packed = decode(AttributeType::Packed11_11_10, 1, &[0x80, 0, 0x20, 0x01]);
        // z = -512, y = 4, x = 1, each shifted up to 16 bits.
        assert_eq!(
            packed,
            [
                32.0 / 32767.0,
                4.0 * 32.0 / 32767.0,
                -32768.0 / 32767.0,
                1.0
            ]
        );
    }

    #[test]
    fn elements_are_a_stride_apart_and_must_exist() {
        let mut own = crate::rsx::memory::StandaloneMemory::new(0, 32);
        let mut memory = own.view();
        memory
            .write_u32(Location::Main, 16, 1f32.to_bits())
            .expect("inside");
        let array = array(AttributeType::F32, 1);
        assert_eq!(array.fetch(&memory, 1), Ok([1.0, 0.0, 0.0, 1.0]));
        assert!(array.fetch(&memory, 3).is_err());
        assert!(array.fetch(&memory, u32::MAX).is_err());
    }
}
