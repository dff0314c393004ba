//! RSX bindings: FIFO, methods, NV40 programs, textures, surfaces and flip.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod methods;
