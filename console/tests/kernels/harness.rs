//! Runs a kernel alone on one simulated SPU: vectors in, vectors out.

use console::spu::ThreadGroup;
use spu::asm::{Address, Assembler, Reg};
use spu::driver::SpuSystem;
use spu::isa::channel::Channel;
use spu::kernels::dma::{self, Command, Transfer};

/// The most that one DMA command moves.
const PIECE: usize = 16 * 1024;

/// Vectors in local store, filled from memory before a kernel runs and written back after it.
pub struct Bench {
    pub assembler: Assembler,
    /// Contents and place of every vector.
    vectors: Vec<(Address, Vec<f32>)>,
    /// What lies in memory beside the vectors.
    memory: Vec<Vec<u8>>,
}

/// A vector by its number.
#[derive(Clone, Copy)]
pub struct Vector(usize);

impl Bench {
    pub fn new() -> Self {
        Self {
            assembler: Assembler::new(),
            vectors: Vec::new(),
            memory: Vec::new(),
        }
    }

    /// A vector in local store with these contents, rounded up with zeros to 16 bytes.
    pub fn vector(&mut self, values: &[f32]) -> Vector {
        let mut values = values.to_vec();
        values.resize(values.len().next_multiple_of(4).max(4), 0.0);
        let address = self.assembler.bss(values.len() as u32 * 4, 128);
        self.vectors.push((address, values));
        Vector(self.vectors.len() - 1)
    }

    /// The address of a vector, in a register.
    pub fn address(&mut self, vector: Vector) -> Reg {
        self.assembler.address(self.vectors[vector.0].0)
    }

    /// The place of a vector.
    pub fn place(&self, vector: Vector) -> Address {
        self.vectors[vector.0].0
    }

    /// A region of memory with these bytes, at a multiple of 128.
    pub fn region(&mut self, bytes: Vec<u8>) {
        self.memory.push(bytes);
    }

    /// Runs the program that `kernel` records and gives all vectors back. `kernel` gets the effective addresses of the regions.
    pub fn run(mut self, kernel: impl FnOnce(&mut Self, &[u32])) -> Results {
        let mut system = ThreadGroup::new(1);
        let mut allocate = |bytes: &[u8]| {
            let address = system.allocate(bytes.len(), 128).expect("memory");
            system.write(address, bytes).expect("write");
            address
        };
        let regions: Vec<u32> = self.memory.iter().map(|bytes| allocate(bytes)).collect();
        let homes: Vec<u32> = self
            .vectors
            .iter()
            .map(|(_, values)| {
                let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_be_bytes()).collect();
                allocate(&bytes)
            })
            .collect();

        self.transfer(Command::Get, &homes);
        kernel(&mut self, &regions);
        self.transfer(Command::Put, &homes);
        let status = self.assembler.il(0);
        self.assembler.wrch(Channel::WR_OUT_MBOX, status);
        self.assembler.stop(0x102);
        let program = self.assembler.finish().expect("the kernel assembles");
        system.start(&program.to_elf(), &[[0; 4]]).expect("start");
        system.join().expect("the kernel ends");

        let mut read = |address: u32, length: usize| {
            let mut bytes = vec![0; length];
            system.read(address, &mut bytes).expect("read");
            bytes
        };
        let vectors = self
            .vectors
            .iter()
            .zip(homes)
            .map(|((_, values), home)| floats(&read(home, values.len() * 4)))
            .collect();
        Results { vectors }
    }

    fn transfer(&mut self, command: Command, homes: &[u32]) {
        let a = &mut self.assembler;
        for ((address, values), &home) in self.vectors.iter().zip(homes) {
            let bytes = values.len() * 4;
            for start in (0..bytes).step_by(PIECE) {
                let transfer = Transfer {
                    local: a.address(address.offset(start as i32)),
                    effective: a.word(home + start as u32),
                    size: a.word(PIECE.min(bytes - start) as u32),
                    tag: a.il(31),
                };
                dma::enqueue(a, command, transfer);
            }
        }
        dma::wait_tag(a, 31);
    }
}

/// What a kernel left behind.
pub struct Results {
    vectors: Vec<Vec<f32>>,
}

impl Results {
    pub fn vector(&self, vector: Vector) -> &[f32] {
        &self.vectors[vector.0]
    }
}

/// Big-endian floats.
fn floats(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| f32::from_be_bytes(*word)).collect()
}

/// Fails unless `found` is within `tolerance`, relative to `scale`, of `expected` everywhere.
#[track_caller]
pub fn assert_near(found: &[f32], expected: &[f64], scale: f64, tolerance: f64) {
    assert!(found.len() >= expected.len(), "fewer values than expected");
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(found) - expected).abs() / scale;
        assert!(
            error <= tolerance,
            "value {i} is {found}, expected {expected}: off by {error:e}, at most {tolerance:e}"
        );
    }
}

/// Seeded values, evenly spread over -1 to 1.
pub fn noise(seed: u64, length: usize) -> Vec<f32> {
    let mut random = llama::sampler::Xorshift::new(seed);
    (0..length).map(|_| random.next_f32() * 2.0 - 1.0).collect()
}
