//! Small SPU programs, instruction by instruction.
#![allow(dead_code, reason = "every test file uses its part")]

use std::ops::{Deref, DerefMut};

use console::spu::{Cluster, MainStorage, Status, Step};
use spu::elf::{Contents, Image, Segment};
use spu::isa::channel::Channel;
use spu::isa::{Inst, Op};

/// A register that the builder uses for constants.
const SCRATCH: u8 = 79;

pub const GET: u32 = 0x40;
pub const PUT: u32 = 0x20;
pub const SNDSIG: u32 = 0xa0;

/// A program that starts at address 0.
#[derive(Default)]
pub struct Program {
    instructions: Vec<Inst>,
}

impl Program {
    pub fn new() -> Self {
        Self::default()
    }

    /// The address of the next instruction.
    pub fn here(&self) -> i32 {
        4 * self.instructions.len() as i32
    }

    pub fn inst(&mut self, inst: Inst) -> &mut Self {
        self.instructions.push(inst);
        self
    }

    /// rt, ra and an immediate.
    pub fn imm(&mut self, op: Op, rt: u8, ra: u8, imm: i32) -> &mut Self {
        self.inst(Inst {
            rt,
            ra,
            imm,
            ..Inst::new(op)
        })
    }

    /// rt, ra and rb.
    pub fn rr(&mut self, op: Op, rt: u8, ra: u8, rb: u8) -> &mut Self {
        self.inst(Inst {
            rt,
            ra,
            rb,
            ..Inst::new(op)
        })
    }

    /// A branch to an address.
    pub fn branch(&mut self, op: Op, rt: u8, target: i32) -> &mut Self {
        let imm = target - self.here();
        self.imm(op, rt, 0, imm)
    }

    /// The same constant in all words of a register.
    pub fn word(&mut self, rt: u8, value: u32) -> &mut Self {
        self.imm(Op::Ilhu, rt, 0, (value >> 16) as i32);
        self.imm(Op::Iohl, rt, 0, (value & 0xffff) as i32)
    }

    pub fn write_register(&mut self, channel: Channel, rt: u8) -> &mut Self {
        self.imm(Op::Wrch, rt, 0, channel.number().into())
    }

    pub fn write(&mut self, channel: Channel, value: u32) -> &mut Self {
        self.word(SCRATCH, value);
        self.write_register(channel, SCRATCH)
    }

    pub fn read(&mut self, rt: u8, channel: Channel) -> &mut Self {
        self.imm(Op::Rdch, rt, 0, channel.number().into())
    }

    pub fn count(&mut self, rt: u8, channel: Channel) -> &mut Self {
        self.imm(Op::Rchcnt, rt, 0, channel.number().into())
    }

    /// An MFC command.
    pub fn dma(&mut self, command: u32, lsa: u32, ea: u32, size: u32, tag: u32) -> &mut Self {
        self.write(Channel::LSA, lsa);
        self.write(Channel::EAH, 0);
        self.write(Channel::EAL, ea);
        self.write(Channel::SIZE, size);
        self.write(Channel::TAG_ID, tag);
        self.write(Channel::CMD, command)
    }

    /// Waits for all commands of the tags in the mask.
    pub fn wait(&mut self, mask: u32) -> &mut Self {
        self.write(Channel::WR_TAG_MASK, mask);
        self.write(Channel::WR_TAG_UPDATE, 2);
        self.read(SCRATCH, Channel::RD_TAG_STAT)
    }

    pub fn stop(&mut self, code: u16) -> &mut Self {
        self.imm(Op::Stop, 0, 0, code.into())
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.instructions
            .iter()
            .flat_map(|inst| inst.encode().expect("well-formed").to_be_bytes())
            .collect()
    }

    /// Puts the program into an SPU and starts it.
    pub fn start(&self, cluster: &mut Cluster, spu: usize) {
        let bytes = self.bytes();
        cluster.local_store_mut(spu)[..bytes.len()].copy_from_slice(&bytes);
        cluster.start(spu, 0);
    }

    /// The program as an ELF image.
    pub fn elf(&self) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes.resize(bytes.len().next_multiple_of(16), 0);
        let image = Image {
            entry: 0,
            segments: vec![Segment {
                address: 0,
                executable: true,
                contents: Contents::Copy(&bytes),
            }],
        };
        image.to_bytes().expect("a good image")
    }
}

/// SPUs with main storage.
pub struct Board {
    cluster: Cluster,
    memory: MainStorage,
}

impl Board {
    pub fn new(cluster: Cluster) -> Self {
        let memory = MainStorage::default();
        Self { cluster, memory }
    }

    pub fn memory(&self) -> &MainStorage {
        &self.memory
    }

    pub fn allocate(&mut self, size: usize) -> u32 {
        let address = self.memory.allocate(size, 128);
        address.expect("there is room")
    }

    /// Writes main storage from outside.
    pub fn write(&mut self, address: u64, bytes: &[u8]) {
        let target = self.memory.bytes_mut(address, bytes.len());
        target.expect("main storage").copy_from_slice(bytes);
        let now = self.cluster.cycle();
        self.cluster.lose_reservations(address, bytes.len(), now);
    }

    pub fn run(&mut self, cycles: u64) -> Step {
        self.cluster.run(&mut self.memory, cycles)
    }

    pub fn state_hash(&self) -> [u64; 2] {
        [self.cluster.state_hash(), self.memory.state_hash()]
    }
}

impl Deref for Board {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

impl DerefMut for Board {
    fn deref_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }
}

/// A cluster with storage for 64 KB at its first address.
pub fn cluster(spus: usize) -> (Board, u32) {
    let mut board = Board::new(Cluster::new(spus));
    let address = board.allocate(0x1_0000);
    (board, address)
}

/// Runs one program on one SPU until it stops.
pub fn run(program: &Program) -> Board {
    let (mut cluster, _) = cluster(1);
    program.start(&mut cluster, 0);
    finish(&mut cluster);
    cluster
}

/// Runs until nothing can go on.
pub fn finish(cluster: &mut Board) {
    assert_eq!(cluster.run(100_000_000), Step::Blocked, "no end");
}

/// The report of an SPU that must have faulted.
pub fn fault(cluster: &Cluster, spu: usize) -> String {
    match cluster.status(spu) {
        Status::Faulted(fault) => fault.to_string(),
        other => panic!("no fault: {other:?}"),
    }
}
