//! Masks from bits, bits from masks, and the controls for insertion (chapters 4 and 5 of
//! the ISA document).

use crate::spu::quad::Quad;

fn spread<const N: usize>(bits: u32, width: usize) -> Quad {
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().enumerate() {
        if bits >> (N - 1 - at / width) & 1 == 1 {
            *byte = 0xff;
        }
    }
    Quad::from_bytes(bytes)
}

/// A byte mask from 16 bits; the leftmost bit is for byte 0.
#[inline]
pub(crate) fn fsmb(bits: u32) -> Quad {
    spread::<16>(bits, 1)
}

/// A halfword mask from the lowest 8 bits.
#[inline]
pub(crate) fn fsmh(bits: u32) -> Quad {
    spread::<8>(bits, 2)
}

/// A word mask from the lowest 4 bits.
#[inline]
pub(crate) fn fsm(bits: u32) -> Quad {
    spread::<4>(bits, 4)
}

fn gather(a: Quad, width: usize) -> Quad {
    let mut bits = 0;
    for byte in a.bytes().iter().skip(width - 1).step_by(width) {
        bits = bits << 1 | u32::from(byte & 1);
    }
    Quad::preferred(bits)
}

/// The lowest bits of the bytes.
#[inline]
pub(crate) fn gbb(a: Quad) -> Quad {
    gather(a, 1)
}

/// The lowest bits of the halfwords.
#[inline]
pub(crate) fn gbh(a: Quad) -> Quad {
    gather(a, 2)
}

/// The lowest bits of the words.
#[inline]
pub(crate) fn gb(a: Quad) -> Quad {
    gather(a, 4)
}

/// The control with which `shufb` inserts the preferred slot's `width` bytes of its first
/// operand at `address` into its second operand: `cbd`, `chd`, `cwd`, `cdd`.
#[inline]
pub(crate) fn insertion(address: u32, width: usize) -> Quad {
    let mut codes: [u8; 16] = core::array::from_fn(|at| 0x10 + at as u8);
    let start = address as usize & 15 & !(width - 1);
    // The preferred slot of a byte is byte 3, of a halfword bytes 2 and 3.
    let first = 4_usize.saturating_sub(width);
    for (at, code) in codes[start..start + width].iter_mut().enumerate() {
        *code = (first + at) as u8;
    }
    Quad::from_bytes(codes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spu::semantics::bytes::shufb;

    #[test]
    fn masks_and_their_bits() {
        assert_eq!(fsmb(0x8001).words(), [0xff00_0000, 0, 0, 0x0000_00ff]);
        assert_eq!(fsmh(0b0100_0001).words(), [0x0000_ffff, 0, 0, 0x0000_ffff]);
        assert_eq!(fsm(0b1010).words(), [!0, 0, !0, 0]);
        for bits in [0, 1, 0x8000, 0xa5c3, 0xffff] {
            assert_eq!(gbb(fsmb(bits)), Quad::preferred(bits));
            assert_eq!(gbh(fsmh(bits)), Quad::preferred(bits & 0xff));
            assert_eq!(gb(fsm(bits)), Quad::preferred(bits & 0xf));
        }
    }

    #[test]
    fn insertion_controls() {
        let element = Quad::from_words([0x0011_2233, 0x4455_6677, 0, 0]);
        let into = Quad::splat(0xeeee_eeee);
        let insert = |address, width| shufb(element, into, insertion(address, width)).words();
        assert_eq!(
            insert(0x35, 1),
            [!0x1111_1111, 0xee33_eeee, !0x1111_1111, !0x1111_1111]
        );
        assert_eq!(insert(0x0b, 2)[2], 0xeeee_2233);
        assert_eq!(insert(0x07, 4)[1], 0x0011_2233);
        assert_eq!(insert(0x0f, 8)[2..], [0x0011_2233, 0x4455_6677]);
    }
}
