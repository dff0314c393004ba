//! Local store: 256 KB that wrap around, and the decoded instructions in it.

use super::decode::Decoded;
use super::quad::Quad;
use super::simd::Lanes;

/// Bytes of local store.
pub const LOCAL_STORE_SIZE: usize = 0x4_0000;
/// LSLR, the local store limit: addresses are taken modulo its successor.
pub(crate) const ADDRESS_MASK: u32 = LOCAL_STORE_SIZE as u32 - 1;
/// Unit in which decoded instructions are dropped.
const LINE: usize = 128;
const LINE_INSTRUCTIONS: usize = LINE / 4;

/// One local store.
pub(crate) struct LocalStore {
    bytes: Box<[u8; LOCAL_STORE_SIZE]>,
    decoded: Box<Instructions>,
    /// Lines in which an instruction is decoded.
    has_code: Box<Lines>,
}

/// A boxed array that never lies on the stack.
fn boxed<T: Clone, const N: usize>(value: T) -> Box<[T; N]> {
    let Ok(array) = vec![value; N].into_boxed_slice().try_into() else {
        unreachable!("the slice has N elements");
    };
    array
}

impl LocalStore {
    pub(crate) fn new() -> Self {
        Self {
            bytes: boxed(0),
            decoded: boxed(Decoded::NONE),
            has_code: boxed(false),
        }
    }

    /// What the instruction loop works with.
    #[inline(always)]
    pub(crate) fn view(&mut self) -> View<'_> {
        View {
            bytes: &mut self.bytes,
            decoded: &mut self.decoded,
            has_code: &mut self.has_code,
        }
    }

    /// The instruction word at an address that is a multiple of 4.
    pub(crate) fn word(&self, address: u32) -> u32 {
        let at = (address & ADDRESS_MASK & !3) as usize;
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.bytes[at..at + 4]);
        u32::from_be_bytes(bytes)
    }

    /// The bytes from `address` on, if `size` of them are there without wrapping.
    pub(crate) fn bytes(&self, address: u32, size: usize) -> Option<&[u8]> {
        let start = address as usize;
        self.bytes.get(start..start.checked_add(size)?)
    }

    /// The same to be written; what was decoded there is dropped.
    pub(crate) fn bytes_mut(&mut self, address: u32, size: usize) -> Option<&mut [u8]> {
        let start = address as usize;
        let end = start.checked_add(size)?;
        if end > LOCAL_STORE_SIZE {
            return None;
        }
        if size != 0 {
            for line in start / LINE..=(end - 1) / LINE {
                if self.has_code[line] {
                    drop_line(&mut self.decoded, &mut self.has_code, line);
                }
            }
        }
        Some(&mut self.bytes[start..end])
    }

    /// All bytes.
    pub(crate) fn all(&self) -> &[u8; LOCAL_STORE_SIZE] {
        &self.bytes
    }

    /// All bytes, to be written.
    pub(crate) fn all_mut(&mut self) -> &mut [u8; LOCAL_STORE_SIZE] {
        self.decoded.fill(Decoded::NONE);
        self.has_code.fill(false);
        &mut self.bytes
    }
}

type Instructions = [Decoded; LOCAL_STORE_SIZE / 4];
type Lines = [bool; LOCAL_STORE_SIZE / LINE];

#[cold]
#[inline(never)]
fn drop_line(decoded: &mut Instructions, has_code: &mut Lines, line: usize) {
    let first = line * LINE_INSTRUCTIONS;
    decoded[first..first + LINE_INSTRUCTIONS].fill(Decoded::NONE);
    has_code[line] = false;
}

/// A local store as the instruction loop holds it: the pointers stay in host registers.
pub(crate) struct View<'a> {
    bytes: &'a mut [u8; LOCAL_STORE_SIZE],
    decoded: &'a mut Instructions,
    has_code: &'a mut Lines,
}

impl View<'_> {
    /// The quadword that holds `address`.
    #[inline(always)]
    pub(crate) fn load<L: Lanes>(&self, address: u32) -> Quad {
        let at = (address & ADDRESS_MASK & !15) as usize;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.bytes[at..at + 16]);
        L::from_bytes(&bytes)
    }

    /// Replaces the quadword that holds `address`.
    #[inline(always)]
    pub(crate) fn store<L: Lanes>(&mut self, address: u32, value: Quad) {
        let at = (address & ADDRESS_MASK & !15) as usize;
        self.bytes[at..at + 16].copy_from_slice(&L::to_bytes(value));
        if self.has_code[at / LINE] {
            drop_line(self.decoded, self.has_code, at / LINE);
        }
    }

    /// The instruction at `address`, if it is decoded.
    #[inline(always)]
    pub(crate) fn fetch(&self, address: u32) -> Decoded {
        self.decoded[((address & ADDRESS_MASK) / 4) as usize]
    }

    /// Decodes the instruction at `address`; false where there is none.
    #[inline(always)]
    pub(crate) fn decode(&mut self, address: u32) -> bool {
        decode(self.bytes, self.decoded, self.has_code, address)
    }
}

#[cold]
#[inline(never)]
fn decode(
    bytes: &[u8; LOCAL_STORE_SIZE],
    decoded: &mut Instructions,
    has_code: &mut Lines,
    address: u32,
) -> bool {
    let at = (address & ADDRESS_MASK & !3) as usize;
    let word =
        |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let pair = [word(at & !4), word(at | 4)];
    let Some(instruction) = Decoded::new(address & ADDRESS_MASK & !3, pair) else {
        return false;
    };
    decoded[at / 4] = instruction;
    has_code[at / LINE] = true;
    true
}

#[cfg(test)]
mod tests {
    use ::spu::isa::{Inst, Op};

    use super::*;
    use crate::spu::simd::portable::Portable;

    #[test]
    fn addresses_wrap_and_ignore_their_low_bits() {
        let mut store = LocalStore::new();
        let value = Quad::from_words([1, 2, 3, 4]);
        store.view().store::<Portable>(0x4_0013, value);
        assert_eq!(store.view().load::<Portable>(0x10), value);
        assert_eq!(store.view().load::<Portable>(0xffff_c01f), Quad::ZERO);
        assert_eq!(store.word(0x18), 3);
    }

    #[test]
    fn transfers_do_not_wrap() {
        let mut store = LocalStore::new();
        assert!(store.bytes(0x3_fff0, 16).is_some());
        assert!(store.bytes_mut(0x3_fff0, 32).is_none());
        assert!(store.bytes(u32::MAX, usize::MAX).is_none());
        assert!(store.bytes_mut(0x4_0000, 0).is_some());
    }

    #[test]
    fn stores_into_code_drop_what_was_decoded() {
        let mut store = LocalStore::new();
        assert!(store.view().decode(0x100)); // word 0 is `stop`
        assert_eq!(store.view().fetch(0x100).op, Some(Op::Stop));
        let nop = Inst::new(Op::Nop).encode().unwrap();
        store.view().store::<Portable>(0x100, Quad::splat(nop));
        assert_eq!(store.view().fetch(0x100), Decoded::NONE);
        assert!(store.view().decode(0x100));
        assert_eq!(store.view().fetch(0x100).op, Some(Op::Nop));
        store.bytes_mut(0x17f, 2).unwrap().fill(0xff);
        assert_eq!(store.view().fetch(0x100), Decoded::NONE);
    }
}
