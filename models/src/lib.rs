//! The default model and the programs that made it
#![no_std]
