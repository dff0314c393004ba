//! What the kernel's libraries do for programs: memory that is mapped, the C library's part,
//! contents on the hard disk, a network that is not there, pictures.

mod game;
mod keyboard;
#[path = "../lv2_support/mod.rs"]
mod lv2_support;
mod mapper;
mod network;
mod nothing;
mod pictures;
mod save;
mod standard;
