//! What the PPE's instructions and caches cost, in core cycles of 3.192 GHz. Each constant has its
//! source; where sources differ, the slower one is taken.
//!
//! - Scheduling: the scheduling description of the Cell processor in GCC
//!   (`gcc/config/rs6000/cell.md`), which Sony Computer Entertainment contributed from "PPU Book IV,
//!   DD3.0".
//! - Handbook: IBM, "Cell Broadband Engine Programming Handbook", version 1.1, "PowerPC Processor
//!   Element" and "PPE multithreading".
//! - First implementation: Chen, Raghavan, Dale and Iwata, "Cell Broadband Engine Architecture and
//!   its first implementation: a performance view".
//! - Design: section 3 of the project's design, memory's latency near 200 ns as an SPE sees it; the
//!   PPE's misses go the same way.

/// Fixed-point arithmetic, logic and rotates (Scheduling, `cell-integer`).
pub(super) const FIXED: u32 = 2;
/// A result of the fixed-point unit or a load, used as an address (Scheduling, the bypasses to
/// `cell-load`).
pub(super) const TO_ADDRESS: u32 = 5;
/// Compares, moves to and from LR and CTR, condition register logic (Scheduling, `cell-cmp`,
/// `cell-mfjmpr`, `cell-crlogical`).
pub(super) const COMPARE: u32 = 1;
/// A floating-point compare, until a branch can use it (Scheduling, the bypass from
/// `cell-fpcompare`).
pub(super) const FLOAT_COMPARE: u32 = 6;
/// `mulli`; not pipelined (Scheduling, `cell-imul23`).
pub(super) const MULTIPLY_IMMEDIATE: u32 = 6;
/// Word multiplies; not pipelined (Scheduling, `cell-imul`).
pub(super) const MULTIPLY_WORD: u32 = 9;
/// Doubleword multiplies; not pipelined (Scheduling, `cell-lmul`).
pub(super) const MULTIPLY_DOUBLE: u32 = 15;
/// Word divides; not pipelined (Scheduling, `cell-idiv`).
pub(super) const DIVIDE_WORD: u32 = 32;
/// Doubleword divides; not pipelined (Scheduling, `cell-ldiv`).
pub(super) const DIVIDE_DOUBLE: u32 = 64;
/// `mfcr`; not pipelined (Scheduling, `cell-mfcr`).
pub(super) const MOVE_FROM_CR: u32 = 34;
/// `mtctr`, until a branch to the count register can use it (Scheduling, the bypass from
/// `cell-mtjmpr`).
pub(super) const TO_COUNT: u32 = 10;
/// Scalar floating point (Scheduling, `cell-fp`).
pub(super) const FLOAT: u32 = 10;
/// Floating-point divides; not pipelined (Scheduling, `cell-sdiv`).
pub(super) const FLOAT_DIVIDE: u32 = 74;
/// Square roots; not pipelined (Scheduling, `cell-sqrt`).
pub(super) const FLOAT_ROOT: u32 = 84;
/// Vector arithmetic and logic of integers (Scheduling, `cell-vecsimple`).
pub(super) const VECTOR_SIMPLE: u32 = 4;
/// Vector multiplies and sums of integers (Scheduling, `cell-veccomplex`).
pub(super) const VECTOR_COMPLEX: u32 = 10;
/// Vector floating point (Scheduling, `cell-vecfloat`).
pub(super) const VECTOR_FLOAT: u32 = 12;
/// Vector estimates (Scheduling, last remarks).
pub(super) const VECTOR_ESTIMATE: u32 = 14;
/// Vector permutes (Scheduling, `cell-vecperm`).
pub(super) const VECTOR_PERMUTE: u32 = 4;
/// Loads into general purpose registers that hit the first cache (the makers' branch of GCC before
/// it was taken over, `cell-load`; Scheduling has 2).
pub(super) const LOAD: u32 = 4;
/// Loads into floating-point and vector registers (there, `cell-fpi-vec-load`; Scheduling has 1 and
/// 2, as the unit runs behind the others).
pub(super) const FLOAT_LOAD: u32 = 7;
/// Synchronising instructions, reservations (Scheduling, `cell-sync`, `cell-load_l`).
pub(super) const SYNCHRONISE: u32 = 11;
/// What a microcoded instruction holds up (First implementation: eleven more stages).
pub(super) const MICROCODE: u32 = 11;
/// A branch that was not predicted (First implementation: 23 stages).
pub(super) const BRANCH_MISS: u32 = 23;
/// Entries of the table of branch histories (Handbook: 4096 of two bits).
pub(super) const HISTORIES: usize = 4096;
/// Branches whose outcome chooses an entry beside the address (Handbook: six bits of global
/// history).
pub(super) const HISTORY_BITS: u32 = 6;
/// Return addresses that are remembered (Handbook: four for each thread).
pub(super) const RETURNS: usize = 4;

/// Bytes of a cache line, of all caches (Handbook).
pub(super) const LINE: u64 = 128;
/// The first cache for data: 32 KB in four ways (Handbook).
pub(super) const DATA_CACHE: (u64, usize) = (32 << 10, 4);
/// The first cache for instructions: 32 KB in two ways (Handbook).
pub(super) const CODE_CACHE: (u64, usize) = (32 << 10, 2);
/// The second cache: 512 KB in eight ways (Handbook).
pub(super) const SECOND_CACHE: (u64, usize) = (512 << 10, 8);
/// A miss of the first cache that hits the second. Not in the documents above; 40 cycles are what
/// was told of the same core in the Xbox 360 (B. Dawson, "Caches and memory barriers": 39).
pub(super) const SECOND_HIT: u64 = 40;
/// A miss of both caches: 200 ns (Design).
pub(super) const MEMORY: u64 = 640;
/// Loads that can miss the first cache at once (Handbook: the load-miss queue has eight entries).
pub(super) const LOAD_MISSES: usize = 8;
/// Lines that the second cache reads at once (Handbook: six read-and-claim machines).
pub(super) const LINES_READ: usize = 6;
/// Stores on the way to the second cache (Handbook: the store queue has sixteen entries).
pub(super) const STORES: usize = 16;
/// A load of what was just stored waits until the store is in the second cache, as the first one
/// does not take it from the queue (Handbook: loads that hit a store in the queue are flushed).
pub(super) const STORE_TO_LOAD: u64 = SECOND_HIT;
