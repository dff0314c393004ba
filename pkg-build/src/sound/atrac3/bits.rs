//! Bits on their way into bytes, the highest one first.

/// Bytes that are filled from their highest bit on.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// Bits that are in.
    count: usize,
}

impl Bits {
    /// Adds the last `length` bits of `value`.
    pub fn push(&mut self, value: usize, length: usize) {
        for bit in (0..length).rev() {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (7 - self.count % 8);
            self.count += 1;
        }
    }

    /// The bytes; what is missing of the last one is zero.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
