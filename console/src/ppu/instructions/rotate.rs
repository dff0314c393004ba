//! Fixed-point rotates and shifts (book I, section 3.3.12).

use super::encoding::{m, md, mds, x_record, xs};
use super::{AddressSpace, Instruction, Outcome, Ppu, Word};

pub(super) const TABLE: &[Instruction] = &[
    m("rlwinm", "ra,rs,sh,mb,me", 21, rlwinm),
    m("rlwnm", "ra,rs,rb,mb,me", 23, rlwnm),
    m("rlwimi", "ra,rs,sh,mb,me", 20, rlwimi),
    md("rldicl", "ra,rs,sh6,mb6", 0, rldicl),
    md("rldicr", "ra,rs,sh6,mb6", 1, rldicr),
    md("rldic", "ra,rs,sh6,mb6", 2, rldic),
    md("rldimi", "ra,rs,sh6,mb6", 3, rldimi),
    mds("rldcl", "ra,rs,rb,mb6", 8, rldcl),
    mds("rldcr", "ra,rs,rb,mb6", 9, rldcr),
    x_record("slw", "ra,rs,rb", (31, 24), slw),
    x_record("srw", "ra,rs,rb", (31, 536), srw),
    x_record("sraw", "ra,rs,rb", (31, 792), sraw),
    x_record("srawi", "ra,rs,sh", (31, 824), srawi),
    x_record("sld", "ra,rs,rb", (31, 27), sld),
    x_record("srd", "ra,rs,rb", (31, 539), srd),
    x_record("srad", "ra,rs,rb", (31, 794), srad),
    xs("sradi", "ra,rs,sh6", 413, sradi),
];

/// Ones from bit `first` to bit `last`, around the end where `first` is the larger.
fn mask(first: u32, last: u32) -> u64 {
    let from_first = u64::MAX >> first;
    let to_last = u64::MAX << (63 - last);
    if first <= last {
        from_first & to_last
    } else {
        from_first | to_last
    }
}

/// A word twice, rotated.
fn rotate_word(source: u64, shift: u32) -> u64 {
    let word = u64::from((source as u32).rotate_left(shift));
    word << 32 | word
}

fn word_mask(w: Word) -> u64 {
    mask(w.c() as u32 + 32, w.me() + 32)
}

#[inline]
fn finish(cpu: &mut Ppu, w: Word, result: u64) -> Outcome {
    cpu.registers.gpr[w.a()] = result;
    if w.rc() {
        cpu.registers.record(result);
    }
    Ok(())
}

macro_rules! shifting {
    ($name:ident, |$r:ident, $w:ident, $source:ident| $value:expr) => {
        fn $name(cpu: &mut Ppu, _: &mut AddressSpace, $w: Word) -> Outcome {
            let $r = &mut cpu.registers;
            let $source = $r.gpr[$w.t()];
            let result = $value;
            finish(cpu, $w, result)
        }
    };
}

shifting!(rlwinm, |r, w, source| {
    rotate_word(source, w.b() as u32) & word_mask(w)
});
shifting!(rlwnm, |r, w, source| {
    rotate_word(source, r.gpr[w.b()] as u32 & 31) & word_mask(w)
});
shifting!(rlwimi, |r, w, source| {
    let mask = word_mask(w);
    rotate_word(source, w.b() as u32) & mask | r.gpr[w.a()] & !mask
});
shifting!(rldicl, |r, w, source| {
    source.rotate_left(w.shift6()) & mask(w.mask6(), 63)
});
shifting!(rldicr, |r, w, source| {
    source.rotate_left(w.shift6()) & mask(0, w.mask6())
});
shifting!(rldic, |r, w, source| {
    source.rotate_left(w.shift6()) & mask(w.mask6(), 63 - w.shift6())
});
shifting!(rldimi, |r, w, source| {
    let mask = mask(w.mask6(), 63 - w.shift6());
    source.rotate_left(w.shift6()) & mask | r.gpr[w.a()] & !mask
});
shifting!(rldcl, |r, w, source| {
    source.rotate_left(r.gpr[w.b()] as u32 & 63) & mask(w.mask6(), 63)
});
shifting!(rldcr, |r, w, source| {
    source.rotate_left(r.gpr[w.b()] as u32 & 63) & mask(0, w.mask6())
});
shifting!(slw, |r, w, source| {
    let shift = r.gpr[w.b()] as u32 & 63;
    u64::from((source as u32).checked_shl(shift).unwrap_or(0))
});
shifting!(srw, |r, w, source| {
    let shift = r.gpr[w.b()] as u32 & 63;
    u64::from((source as u32).checked_shr(shift).unwrap_or(0))
});
shifting!(sld, |r, w, source| {
    source.checked_shl(r.gpr[w.b()] as u32 & 127).unwrap_or(0)
});
shifting!(srd, |r, w, source| {
    source.checked_shr(r.gpr[w.b()] as u32 & 127).unwrap_or(0)
});
shifting!(sraw, |r, w, source| {
    let shift = r.gpr[w.b()] as u32 & 63;
    let (result, carry) = shift_right_word(source, shift);
    r.xer.ca = carry;
    result
});
shifting!(srawi, |r, w, source| {
    let (result, carry) = shift_right_word(source, w.b() as u32);
    r.xer.ca = carry;
    result
});
shifting!(srad, |r, w, source| {
    let shift = r.gpr[w.b()] as u32 & 127;
    let (result, carry) = shift_right_doubleword(source, shift);
    r.xer.ca = carry;
    result
});
shifting!(sradi, |r, w, source| {
    let (result, carry) = shift_right_doubleword(source, w.shift6());
    r.xer.ca = carry;
    result
});

fn shift_right_word(source: u64, shift: u32) -> (u64, bool) {
    shift_right_doubleword(source as i32 as u64, shift)
}

/// The shifted value, and the carry: a negative number lost ones.
fn shift_right_doubleword(source: u64, shift: u32) -> (u64, bool) {
    let value = source as i64;
    let result = value >> shift.min(63);
    let lost = match shift {
        0 => 0,
        1..64 => source << (64 - shift),
        _ => source,
    };
    (result as u64, value < 0 && lost != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_wrap_around() {
        assert_eq!(mask(0, 63), u64::MAX);
        assert_eq!(mask(60, 63), 15);
        assert_eq!(mask(63, 0), 1 << 63 | 1);
        assert_eq!(mask(32 + 1, 32), u64::MAX);
    }
}
