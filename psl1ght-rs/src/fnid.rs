//! Function numbers (FNIDs): system libraries export functions by a hash of their names.
//!
//! An FNID is the first word, bytes swapped, of the SHA-1 of the name followed by 16 constant bytes
//! (PS3 developer wiki, "NID"). It is computed when the program is compiled.

/// What is appended to a name before hashing.
const SUFFIX: [u8; 16] = [
    0x67, 0x59, 0x65, 0x99, 0x04, 0x25, 0x04, 0x90, 0x56, 0x64, 0x27, 0x49, 0x94, 0x89, 0x74, 0x1a,
];
/// Longest name: with the suffix, SHA-1's final bit and its length it fills two blocks.
const LONGEST: usize = 128 - 16 - 9;

/// The FNID of a function.
///
/// # Panics
/// When the name has more than 103 bytes; in a constant that is an error of the compilation.
pub const fn fnid(name: &str) -> u32 {
    let name = name.as_bytes();
    assert!(name.len() <= LONGEST, "the function's name is too long");
    let length = name.len() + SUFFIX.len();
    let mut message = [0u8; 128];
    let mut i = 0;
    while i < name.len() {
        message[i] = name[i];
        i += 1;
    }
    while i < length {
        message[i] = SUFFIX[i - name.len()];
        i += 1;
    }
    message[length] = 0x80;
    let blocks = if length + 9 <= 64 { 1 } else { 2 };
    let bits = ((8 * length) as u64).to_be_bytes();
    let mut i = 0;
    while i < 8 {
        message[64 * blocks - 8 + i] = bits[i];
        i += 1;
    }
    let mut state = [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    let mut block = 0;
    while block < blocks {
        state = compress(state, &message, 64 * block);
        block += 1;
    }
    state[0].swap_bytes()
}

/// One block of SHA-1 (FIPS 180-4, section 6.1.2).
const fn compress(state: [u32; 5], message: &[u8; 128], start: usize) -> [u32; 5] {
    let mut w = [0u32; 80];
    let mut t = 0;
    while t < 80 {
        w[t] = if t < 16 {
            let at = start + 4 * t;
            u32::from_be_bytes([
                message[at],
                message[at + 1],
                message[at + 2],
                message[at + 3],
            ])
        } else {
            (w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16]).rotate_left(1)
        };
        t += 1;
    }
    let [mut a, mut b, mut c, mut d, mut e] = state;
    let mut t = 0;
    while t < 80 {
        let (f, k) = match t / 20 {
            0 => ((b & c) | (!b & d), 0x5a82_7999),
            1 => (b ^ c ^ d, 0x6ed9_eba1),
            2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc_u32),
            _ => (b ^ c ^ d, 0xca62_c1d6),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(f)
            .wrapping_add(e)
            .wrapping_add(k)
            .wrapping_add(w[t]);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        t += 1;
    }
    [
        state[0].wrapping_add(a),
        state[1].wrapping_add(b),
        state[2].wrapping_add(c),
        state[3].wrapping_add(d),
        state[4].wrapping_add(e),
    ]
}

#[cfg(test)]
mod tests {
    use super::fnid;

    /// Numbers with which programs were loaded and ran on an emulator.
    const TRIED: [(&str, u32); 29] = [
        ("sys_initialize_tls", 0x744680a2),
        ("sys_ppu_thread_create", 0x24a1ea07),
        ("sys_ppu_thread_exit", 0xaff080a4),
        ("sys_ppu_thread_get_id", 0x350d454e),
        ("sys_time_get_system_time", 0x8461e528),
        ("sys_spu_elf_get_information", 0x1ed454ce),
        ("sys_spu_elf_get_segments", 0xdb6b3250),
        ("sys_spu_image_import", 0xebe5f72f),
        ("sys_spu_image_close", 0xe0da8efd),
        ("sys_process_exit", 0xe6f2c1e7),
        ("_cellGcmInitBody", 0x15bae46b),
        ("cellGcmGetConfiguration", 0xe315a0b2),
        ("cellGcmGetControlRegister", 0xa547adde),
        ("cellGcmAddressToOffset", 0x21ac3697),
        ("cellGcmSetDisplayBuffer", 0xa53d12ae),
        ("cellGcmSetFlipMode", 0x4ae8d215),
        ("cellGcmGetFlipStatus", 0x72a577ce),
        ("cellGcmResetFlipStatus", 0xb2e761d4),
        ("cellGcmSetFlip", 0xdc09357e),
        ("cellGcmSetWaitFlip", 0x983fb9aa),
        ("cellGcmGetLabelAddress", 0xf80196c1),
        ("cellVideoOutConfigure", 0x0bae8772),
        ("cellVideoOutGetState", 0x887572d5),
        ("cellVideoOutGetResolutionAvailability", 0xa322db75),
        ("cellSysutilRegisterCallback", 0x9d98afa0),
        ("cellSysutilCheckCallback", 0x189a74da),
        ("cellPadInit", 0x1cf98800),
        ("cellPadGetInfo2", 0xa703a51d),
        ("cellPadGetData", 0x8b72cda1),
    ];

    #[test]
    fn names_give_the_numbers_that_were_tried() {
        for (name, number) in TRIED {
            assert_eq!(fnid(name), number, "{name}");
        }
    }

    #[test]
    fn a_long_name_takes_two_blocks() {
        // Expected: SHA-1 by Python's hashlib. 60 bytes and the suffix no longer fit into one block.
        assert_eq!(fnid(&"a".repeat(60)), 0xa915_44bb);
        assert_eq!(fnid(&"a".repeat(103)), 0xee3d_927c);
    }
}
