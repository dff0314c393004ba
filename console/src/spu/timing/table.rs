//! The numbers that time is made of, each with its source.
//!
//! Short names of the sources:
//!
//! - *Handbook*: "Cell Broadband Engine Programming Handbook", IBM, version 1.12.
//! - *Tutorial*: "Software Development Kit for Multicore Acceleration: Programming
//!   Tutorial", IBM, version 3.0, whose third chapter is the same text in short.
//! - *CBEA*: "Cell Broadband Engine Architecture", version 1.02.
//! - *Flachs*: B. Flachs et al., "The microarchitecture of the synergistic processor for a
//!   Cell processor", IEEE Journal of Solid-State Circuits 41(1), 2006.
//! - *GCC*: the machine description and the scheduler hooks that the processor's makers
//!   wrote for GCC 4.3 to 9 (`gcc/config/spu`), taken as a description of the machine.
//!
//! Where sources disagree, the slower number is taken.

/// Cycles a second. The timebase of the console counts 79.8 million a second, every 40
/// cycles.
pub const CYCLES_PER_SECOND: u64 = 3_192_000_000;
/// Cycles of one step of the decrementer.
pub(crate) const CYCLES_PER_TICK: u64 = 40;

// Latencies: cycles from issue until an instruction that reads the result can be issued.
// Tutorial, "Pipelines and dual-issue rules", table 1; Handbook, the same table.

/// LS: loads and stores.
pub(crate) const LOAD_STORE: u8 = 6;
/// HB: from the issue of a hint until its branch can be issued.
pub(crate) const HINT: u8 = 15;
/// BR: branches (the link register).
pub(crate) const BRANCH: u8 = 4;
/// CH: channels and special-purpose registers.
pub(crate) const CHANNEL: u8 = 6;
/// SP: single precision.
pub(crate) const SINGLE: u8 = 6;
/// DP: double precision.
pub(crate) const DOUBLE: u8 = 13;
/// FI: integer multiply, conversions, interpolation.
pub(crate) const FLOAT_INTEGER: u8 = 7;
/// SH: shuffles, quadword shifts and rotates, masks, estimates.
pub(crate) const SHUFFLE: u8 = 4;
/// FX: simple fixed point.
pub(crate) const FIXED: u8 = 2;
/// WS: shifts and rotates of words and halfwords.
pub(crate) const ROTATE: u8 = 4;
/// BO: byte operations.
pub(crate) const BYTE: u8 = 4;

/// Cycles after a double-precision instruction in which nothing is issued. Same table,
/// note 2. GCC's `FPD` takes both pipes: nothing is issued together with one, either.
pub(crate) const DOUBLE_STALL: u64 = 6;
/// Cycles from the issue of an FI instruction until an SP one can be issued: their
/// results would leave the unit in one cycle. GCC, `FP7` and `FP6`.
pub(crate) const FLOAT_INTEGER_TO_SINGLE: u64 = 2;

/// Cycles lost by a branch that goes where no hint said, or not where one said. Tutorial,
/// same table, note 1: 18 to 19.
pub(crate) const BRANCH_MISS: u64 = 19;
/// Instructions between a hint and its branch, at least; a nearer hint is not used.
/// Handbook, rules for hints: four instruction pairs and one cycle.
pub(crate) const HINT_DISTANCE: u64 = 8;

/// Cycles for which a line has the one port of local store when DMA moves it, before loads,
/// stores and fetches. Tutorial, "Local Store", table 1; Flachs: a line of 128 bytes is read
/// or written at once.
pub(crate) const DMA_PORT: u64 = 1;

/// Bytes of one instruction fetch, a line. Tutorial, "Local Store", table 1. How many lines
/// are buffered ahead (two and a half, and one for hints): Flachs.
pub(crate) const FETCH_BYTES: u32 = 128;
/// Fetches for a branch target begin at a multiple of so many bytes, so that at least 17
/// instructions are there. M. Gschwind et al., "Synergistic processing in Cell's multicore
/// architecture", IEEE Micro 26(2), 2006.
pub(crate) const FETCH_ALIGN: u32 = 64;
/// Cycles from the local store access of a fetch to the issue of what it brought: the
/// stages IF1 to IS2. Flachs, pipeline diagram.
pub(crate) const FETCH: u64 = 12;

/// Of these, the cycles in which instructions are on their way from the buffers to issue:
/// IB1 to IS2.
pub(crate) const FETCH_LEAD: u64 = 7;

/// Cycles after `dsync` in which nothing is issued: loads and stores before it end.
/// "Synergistic Processor Unit Instruction Set Architecture", version 1.2, says what it
/// waits for; the latency of loads and stores is taken for how long. `sync` fetches anew,
/// which costs as much as a missed branch.
pub(crate) const DSYNC_STALL: u64 = LOAD_STORE as u64;

// Transfers. The further sources:
//
// - *Kistler*: M. Kistler, M. Perrone, F. Petrini, "Cell multiprocessor communication
//   network: built for speed", IEEE Micro 26(3), 2006, table 1: the components of a DMA's
//   latency at 3.2 GHz.
// - *Chen*: T. Chen, R. Raghavan, J. Dale, E. Iwata, "Cell Broadband Engine Architecture
//   and its first implementation: a performance view", IBM developerWorks 2005 and IBM
//   Journal of Research and Development 51(5), 2007.
// - *Jimenez-Gonzalez*: D. Jimenez-Gonzalez, X. Martorell, A. Ramirez, "Performance
//   analysis of Cell Broadband Engine for high memory bandwidth applications", ISPASS 2007.

/// Bytes of a line, the unit of requests on the bus.
pub(crate) const LINE: u32 = 128;
/// Cycles of a bus cycle: the bus runs at half the processor's clock. It passes one
/// request in each. Chen, "Element Interconnect Bus".
pub(crate) const BUS_CYCLE: u64 = 2;
/// Bytes that a port moves in a bus cycle, each way: 25.6 GB/s. Chen.
pub(crate) const PORT_BYTES: u32 = 16;
/// Cycles from the write of the command channel until the command is in the queue, and
/// from there until its first request is on the bus. Kistler: DMA issue 10, DMA to EIB 30.
pub(crate) const COMMAND_LATENCY: u64 = 10 + 30;
/// Cycles from one element of a list to the next. Kistler: list element fetch.
pub(crate) const LIST_ELEMENT: u64 = 10;
/// Cycles until a request is granted by all. Kistler: coherence protocol.
pub(crate) const COHERENCE: u64 = 100;
/// Cycles of the transfer of a line from one local store to another. Kistler: data
/// transfer for inter-SPE put.
pub(crate) const STORE_TRANSFER: u64 = 140;
/// Requests of an SPE that are under way at a time. Tutorial, "Scaling the
/// memory-limitation wall": 128 for eight SPEs.
pub(crate) const OUTSTANDING: usize = 16;
/// Cycles from a request to the end of its transfer from or to memory, alone: 200 ns. With
/// 16 requests under way this gives the 10 GB/s that Jimenez-Gonzalez measured for one SPE.
pub(crate) const MEMORY_LATENCY: u64 = 640;
/// Fractions of a cycle in which memory's time is counted.
pub(crate) const MEMORY_FRACTION: u64 = 64;
/// Cycles (in fractions) of memory for a line: 25.6 GB/s, of which refresh and scrubbing
/// take 1 GB/s. Chen, "Memory Interface Controller".
pub(crate) const MEMORY_LINE: u64 = (16 * MEMORY_FRACTION * 256).div_ceil(246);
/// What a line costs besides where reads and writes are mixed, so that 21 GB/s are left.
/// Chen, the same: the bus to memory has to be turned round.
pub(crate) const MEMORY_TURN: u64 = (16 * MEMORY_FRACTION * 256).div_ceil(210) - MEMORY_LINE;
/// Reads and writes are mixed where both are among so many lines: the controller serves
/// eight of a kind before it looks at the others. Chen, the same.
pub(crate) const MEMORY_MIX: u64 = 16;
/// Cycles from the begin of one command to that of the next, at least. Derived:
/// Jimenez-Gonzalez finds SPE to SPE transfers near the peak for commands of 1 KB and
/// more, not for smaller ones. 512 bytes take a port 64 cycles and 1 KB 128 cycles; the
/// number is halfway between.
pub(crate) const COMMAND_INTERVAL: u64 = 96;
/// Cycles until what the PPE writes to an SPE (a mailbox, a signal register) is there: as
/// far as memory.
pub(crate) const OUTSIDE_LATENCY: u64 = MEMORY_LATENCY;
