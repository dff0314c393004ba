//! llama2.c models: checkpoints, tokenizer, sampler and the scalar reference engine
#![no_std]

extern crate alloc;
