//! Fonts: loading, metrics and rasterising, with the embedded font
#![no_std]

extern crate alloc;
