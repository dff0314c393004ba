//! From a scene to an RSX command buffer
#![no_std]

extern crate alloc;
