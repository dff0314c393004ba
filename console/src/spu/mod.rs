//! The SPU device: up to six SPUs with their local stores and memory flow controllers, on
//! main storage that somebody else has.
//!
//! ```text
//! group       an LV2 thread group: what the driver of the `spu` crate talks to
//!   cluster   SPUs in quanta, on host threads; carries out DMA
//!     unit        one SPU: registers, local store, channels, clock
//!       outside       what the system sees of it and does with it
//!       interpreter   the instruction loop
//!         semantics, simd   what instructions compute
//!       channels, mfc     what programs can read, write and count
//!     storage     what an MFC needs of main storage
//!   memory    main storage of a machine without a PPU
//! ```
//!
//! The semantics are written from the architecture documents: "Synergistic Processor Unit
//! Instruction Set Architecture", version 1.2, and "Cell Broadband Engine Architecture",
//! version 1.02. With the `spu` crate this shares names, formats and the disassembler.

mod channels;
mod cluster;
mod decode;
mod fault;
mod group;
mod interpreter;
mod local_store;
mod memory;
mod mfc;
mod outside;
mod quad;
mod semantics;
mod simd;
mod statistics;
mod storage;
mod timing;
mod unit;

pub use channels::ChannelAccess;
pub use cluster::{
    Cluster, GROUP_WINDOW, GROUP_WINDOW_STRIDE, MAX_SPUS, SIGNAL_1_OFFSET, SIGNAL_2_OFFSET, Status,
    Step, Window,
};
pub(crate) use fault::Refusal;
pub use fault::{Fault, FaultKind};
pub use group::{Exit, ThreadGroup};
pub use local_store::LOCAL_STORE_SIZE;
pub use memory::{MAIN_STORAGE_BASE, MAIN_STORAGE_END, MainStorage};
pub use quad::Quad;
pub use statistics::Statistics;
pub use storage::{Storage, StorageFault};
pub use timing::{CYCLES_PER_SECOND, Issued, Line, Listing, Profile, Stall};
pub use unit::Unit;
