//! Byte operations and byte shuffles (chapter 5 of the ISA document).

use crate::spu::quad::Quad;

#[inline(always)]
pub(crate) fn cntb(a: Quad) -> Quad {
    a.map_bytes(|b| b.count_ones() as u8)
}

/// Average of bytes, rounded up.
#[inline(always)]
pub(crate) fn avgb(a: Quad, b: Quad) -> Quad {
    a.zip_bytes(b, |a, b| ((u16::from(a) + u16::from(b) + 1) >> 1) as u8)
}

#[inline(always)]
pub(crate) fn absdb(a: Quad, b: Quad) -> Quad {
    a.zip_bytes(b, u8::abs_diff)
}

/// In each word: the sum of the bytes of `b` on the left, of `a` on the right.
#[inline(always)]
pub(crate) fn sumb(a: Quad, b: Quad) -> Quad {
    fn sum(word: u32) -> u32 {
        word.to_le_bytes().into_iter().map(u32::from).sum()
    }
    a.zip_words(b, |a, b| sum(b) << 16 | sum(a))
}

/// Bytes of `a` and `b` picked by the codes in `c`; codes from 0x80 are constants.
#[inline(always)]
pub(crate) fn shufb(a: Quad, b: Quad, c: Quad) -> Quad {
    let (a, b) = (a.bytes(), b.bytes());
    c.map_bytes(|code| match code >> 5 {
        0b100 | 0b101 => 0x00,
        0b110 => 0xff,
        0b111 => 0x80,
        _ if code & 0x10 == 0 => a[usize::from(code & 15)],
        _ => b[usize::from(code & 15)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_arithmetic() {
        let x = Quad::splat(0x00ff_7f03);
        let y = Quad::splat(0x01fe_8000);
        assert_eq!(cntb(x), Quad::splat(0x0008_0702));
        assert_eq!(avgb(x, y), Quad::splat(0x01ff_8002));
        assert_eq!(absdb(x, y), Quad::splat(0x0101_0103));
        assert_eq!(sumb(x, y), Quad::splat(0x017f_0181));
    }

    #[test]
    fn shuffle_codes() {
        let a = Quad::from_bytes(core::array::from_fn(|at| 0x40 + at as u8));
        let b = Quad::from_bytes(core::array::from_fn(|at| 0x60 + at as u8));
        let codes = [
            0x00, 0x0f, 0x10, 0x1f, 0x20, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xdf, 0xe0, 0xff,
            0x05, 0x15,
        ];
        let expected = [
            0x40, 0x4f, 0x60, 0x6f, 0x40, 0x6f, 0, 0, 0, 0, 0xff, 0xff, 0x80, 0x80, 0x45, 0x65,
        ];
        assert_eq!(shufb(a, b, Quad::from_bytes(codes)).bytes(), expected);
    }
}
