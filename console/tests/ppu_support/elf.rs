//! A static big-endian ELF64 for PowerPC (64-bit PowerPC ELF ABI supplement 1.9): two
//! segments, and an entry that is a function descriptor.

/// Where code is loaded.
pub const CODE: u64 = 0x1000_0000;
/// Where data is loaded.
pub const DATA: u64 = 0x2000_0000;
/// Alignment of segments in memory and in the file.
const PAGE: usize = 0x1_0000;

/// The file of a program. The descriptor of its entry is put after the data.
pub fn executable(code: &[u32], data: &[u8]) -> Vec<u8> {
    let mut code: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    let mut data = data.to_vec();
    let descriptor = DATA + data.len() as u64;
    for word in [CODE, 0, 0] {
        data.extend(word.to_be_bytes());
    }
    let code_size = code.len();
    code.resize(code_size.next_multiple_of(PAGE), 0);

    let mut file = Vec::new();
    file.extend(b"\x7fELF\x02\x02\x01\0\0\0\0\0\0\0\0\0");
    for half in [2_u16, 21] {
        file.extend(half.to_be_bytes());
    }
    file.extend(1_u32.to_be_bytes());
    for double in [descriptor, 64, 0] {
        file.extend(double.to_be_bytes());
    }
    file.extend(1_u32.to_be_bytes());
    for half in [64_u16, 56, 2, 64, 0, 0] {
        file.extend(half.to_be_bytes());
    }
    let segments = [
        (5_u32, PAGE, CODE, code_size),
        (6, PAGE + code.len(), DATA, data.len()),
    ];
    for (flags, offset, address, size) in segments {
        file.extend(1_u32.to_be_bytes());
        file.extend(flags.to_be_bytes());
        for double in [offset as u64, address, address, size as u64, size as u64] {
            file.extend(double.to_be_bytes());
        }
        file.extend((PAGE as u64).to_be_bytes());
    }
    file.resize(PAGE, 0);
    file.extend(code);
    file.extend(data);
    file
}
