//! RSX bindings: FIFO, methods, NV40 programs, textures, surfaces and flip
#![no_std]

extern crate alloc;
