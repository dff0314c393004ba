//! SPU thread groups: small programs for the PPU and for SPUs.

#[path = "../lv2_support/mod.rs"]
mod lv2_support;

mod events;
mod faults;
mod groups;
mod images;
mod interrupts;
mod memory;
mod print;
mod profile;
mod raw;
mod scene;
mod trace;
