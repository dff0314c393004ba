//! The RSX in the machine, as programs reach it through `cellGcmSys`.

#[path = "../lv2_support/mod.rs"]
mod lv2_support;

mod arguments;
mod commands;
mod faults;
mod flips;
mod handlers;
mod kernel;
mod mapping;
mod program;
mod regions;
mod start;
