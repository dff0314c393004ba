//! Deterministic random values that like the edges.

/// A generator: splitmix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A general purpose register's value.
    pub fn integer(&mut self) -> u64 {
        let edges = [
            0,
            1,
            u64::MAX,
            1 << 63,
            i64::MAX as u64,
            0x8000_0000,
            0x7fff_ffff,
            0xffff_ffff,
            0xffff_ffff_8000_0000,
            0x1_0000_0000,
        ];
        match self.below(8) {
            0 | 1 => self.pick(&edges),
            2 => self.below(130),
            3 => self.next() as i32 as u64,
            4 => self.next() as u32 as u64,
            5 => (self.next() as i64 >> self.below(64)) as u64,
            6 => self.next() & self.next() & self.next(),
            _ => self.next(),
        }
    }

    /// The bits of a double.
    pub fn double(&mut self) -> u64 {
        let sign = self.next() & 1 << 63;
        let fraction = self.next() & ((1 << 52) - 1);
        let specials = [
            0,
            0x7ff0_0000_0000_0000,
            0x7ff8_0000_0000_0000,
            0x7ff0_0000_0000_0001,
            0x0010_0000_0000_0000,
            0x000f_ffff_ffff_ffff,
            1,
            0x7fef_ffff_ffff_ffff,
            0x3ff0_0000_0000_0000,
            0x41e0_0000_0000_0000,
            0x43e0_0000_0000_0000,
            0x3fe0_0000_0000_0000,
        ];
        sign | match self.below(16) {
            0 | 1 => self.pick(&specials),
            2 => fraction,
            3 => 0x7ff << 52 | fraction,
            4 => fraction >> self.below(52),
            5 => self.below(0x7ff) << 52 | fraction,
            6 => (0x3ff + self.below(70)) << 52 | fraction,
            7 => (0x3ff + self.below(40)) << 52 | fraction >> 40 << 40,
            8 => (0x3ff - 150 + self.below(30)) << 52 | fraction,
            9 => (0x3ff + 120 + self.below(10)) << 52 | fraction,
            10 => self.below(60) << 52 | fraction,
            11 => (0x7fe - self.below(60)) << 52 | fraction,
            _ => (0x3fd + self.below(5)) << 52 | fraction,
        }
    }

    /// The bits of a single.
    pub fn single(&mut self) -> u32 {
        let sign = self.next() as u32 & 1 << 31;
        let fraction = self.next() as u32 & 0x007f_ffff;
        let specials = [
            0,
            0x7f80_0000,
            0x7fc0_0000,
            0x7f80_0001,
            0x0080_0000,
            0x007f_ffff,
            1,
            0x7f7f_ffff,
            0x3f80_0000,
            0x4f00_0000,
            0x4f80_0000,
        ];
        sign | match self.below(16) {
            0 | 1 => self.pick(&specials),
            2 => fraction,
            3 => 0xff << 23 | fraction,
            4 => fraction >> self.below(23),
            5 | 6 => (self.below(0xff) as u32) << 23 | fraction,
            7 => (127 + self.below(40) as u32) << 23 | fraction,
            8 => (self.below(30) as u32) << 23 | fraction,
            9 => (0xfe - self.below(30) as u32) << 23 | fraction,
            _ => (125 + self.below(5) as u32) << 23 | fraction,
        }
    }

    /// A vector register's bytes.
    pub fn vector(&mut self) -> u128 {
        let words = match self.below(6) {
            0..=2 => return self.floats(),
            3 => [self.integer(), self.integer()],
            4 => {
                let byte = self.next() as u8;
                return u128::from_be_bytes([byte; 16]);
            }
            _ => [self.next(), self.next()],
        };
        u128::from(words[0]) << 64 | u128::from(words[1])
    }

    fn floats(&mut self) -> u128 {
        (0..4).fold(0, |bits, _| bits << 32 | u128::from(self.single()))
    }
}
