//! A channel's part of a frame.

use super::UNIT;
use super::allocation::allocate;
use super::bits::Bits;
use super::codes::{Codes, GROUPS};

/// What a unit begins with.
const IDENTIFIER: usize = 0x28;
/// Bits of everything but the groups: identifier and band count, the gain points of the one band
/// that has to be named, the number of tonal components, the number of groups, and the coding.
const HEAD_BITS: usize = (6 + 2) + 3 + 5 + 5 + 1;
/// Bits of a group's quantiser.
const QUANTISER_BITS: usize = 3;

/// The unit of 1024 coefficients.
pub(super) fn pack(spectrum: &[f64], codes: &Codes) -> [u8; UNIT] {
    let groups = GROUPS.len() - 1;
    let budget = UNIT * 8 - HEAD_BITS - groups * QUANTISER_BITS;
    let allocated = allocate(spectrum, codes, budget);
    let last = allocated.iter().rposition(|group| group.quantiser > 0);
    // There is always one.
    let written = &allocated[..=last.unwrap_or(0)];

    let mut bits = Bits::default();
    bits.push(IDENTIFIER, 6);
    // One band, without gain points; no tonal components.
    bits.push(0, 2);
    bits.push(0, 3);
    bits.push(0, 5);
    bits.push(written.len() - 1, 5);
    // Values have codes of different lengths.
    bits.push(0, 1);
    for group in written {
        bits.push(group.quantiser, QUANTISER_BITS);
    }
    let coded = || written.iter().filter(|group| group.quantiser > 0);
    for group in coded() {
        bits.push(group.scale, 6);
    }
    for group in coded() {
        for code in codes.of(group.quantiser, &group.values) {
            bits.push(code.bits.into(), code.length.into());
        }
    }
    let mut bytes = bits.into_bytes();
    bytes.resize(UNIT, 0);
    bytes.try_into().expect("no more bits than the budget")
}
