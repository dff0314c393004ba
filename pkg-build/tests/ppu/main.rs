//! Programs that are built for the PPU. Building `core` and `alloc` takes most of a minute, so all
//! tests here share one folder, and each program is built once.

mod boot;
mod last_words;
mod package;
mod repeat;
mod run;
mod shared;
mod storycell;
