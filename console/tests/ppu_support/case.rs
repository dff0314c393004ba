//! One case: the registers and memory that a few instructions start from.

use super::elf::DATA;
use super::random::Random;

/// Bytes of a case in memory: scratch memory, then the registers.
pub const SIZE: usize = 1664;
/// Bytes of scratch memory; addresses that cases use lie around its middle.
pub const SCRATCH: usize = 512;
pub const GPR: usize = 512;
pub const FPR: usize = 768;
pub const VR: usize = 1024;
pub const CR: usize = 1536;
pub const XER: usize = 1544;
pub const CTR: usize = 1552;
pub const FPSCR: usize = 1560;
pub const VSCR: usize = 1568;

/// The register that holds the case's address; instructions must not change it.
pub const BASE: usize = 31;

#[derive(Clone)]
pub struct Case {
    pub code: Vec<u32>,
    pub gpr: [u64; 32],
    pub fpr: [u64; 32],
    pub vr: [u128; 32],
    pub cr: u32,
    pub xer: u64,
    pub ctr: u64,
    pub fpscr: u32,
    pub vscr: u32,
    pub scratch: [u8; SCRATCH],
    address: u64,
}

impl Case {
    /// Random registers and memory, for the place `at` among the cases of a program.
    pub fn random(random: &mut Random, at: usize) -> Self {
        let address = DATA + (at * SIZE) as u64;
        let mut case = Self {
            code: Vec::new(),
            gpr: std::array::from_fn(|_| random.integer()),
            fpr: std::array::from_fn(|_| random.double()),
            vr: std::array::from_fn(|_| random.vector()),
            cr: random.next() as u32,
            xer: random.next() & 0xe000_007f,
            ctr: random.integer(),
            // Exceptions and rounding mode; none is enabled, and the summaries fit.
            fpscr: random.next() as u32
                & if random.one_in(2) {
                    0x9e07_f703
                } else {
                    0x0007_f003
                },
            vscr: random.next() as u32 & 0x0001_0001,
            scratch: std::array::from_fn(|_| random.next() as u8),
            address,
        };
        if case.fpscr & 0x01f8_0700 != 0 {
            case.fpscr |= 1 << 29;
        }
        case.gpr[BASE] = address;
        case
    }

    /// An address in the middle of the scratch memory.
    pub fn middle(&self) -> u64 {
        self.address + SCRATCH as u64 / 2
    }

    /// The case as the program loads it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.scratch.to_vec();
        bytes.extend(self.gpr.iter().flat_map(|value| value.to_be_bytes()));
        bytes.extend(self.fpr.iter().flat_map(|value| value.to_be_bytes()));
        bytes.extend(self.vr.iter().flat_map(|value| value.to_be_bytes()));
        for value in [
            u64::from(self.cr),
            self.xer,
            self.ctr,
            u64::from(self.fpscr),
        ] {
            bytes.extend(value.to_be_bytes());
        }
        bytes.extend(u128::from(self.vscr).to_be_bytes());
        bytes.resize(SIZE, 0);
        bytes
    }

    /// The case as the program leaves it.
    pub fn left_as(&self, bytes: &[u8]) -> Self {
        let double = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
        let quad = |at: usize| u128::from_be_bytes(bytes[at..at + 16].try_into().unwrap());
        Self {
            code: self.code.clone(),
            gpr: std::array::from_fn(|at| double(GPR + 8 * at)),
            fpr: std::array::from_fn(|at| double(FPR + 8 * at)),
            vr: std::array::from_fn(|at| quad(VR + 16 * at)),
            cr: double(CR) as u32,
            xer: double(XER),
            ctr: double(CTR),
            fpscr: double(FPSCR) as u32,
            vscr: quad(VSCR) as u32,
            scratch: bytes[..SCRATCH].try_into().unwrap(),
            address: self.address,
        }
    }
}
