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

/// Bytes of one instruction fetch. Tutorial, "Local Store", table 1.
pub(crate) const FETCH_BYTES: u32 = 128;
/// Fetches for a branch target begin at a multiple of so many bytes, so that at least 17
/// instructions are there. M. Gschwind et al., "Synergistic processing in Cell's multicore
/// architecture", IEEE Micro 26(2), 2006.
pub(crate) const FETCH_ALIGN: u32 = 64;
/// Cycles from the local store access of a fetch to the issue of what it brought: the
/// stages IF1 to IS2. Flachs, pipeline diagram.
pub(crate) const FETCH: u64 = 12;

/// Cycles after `dsync` in which nothing is issued: loads and stores before it end.
/// "Synergistic Processor Unit Instruction Set Architecture", version 1.2, says what it
/// waits for; the latency of loads and stores is taken for how long. `sync` fetches anew,
/// which costs as much as a missed branch.
pub(crate) const DSYNC_STALL: u64 = LOAD_STORE as u64;
