//! Numbers in few bits: groups of neighbours in a row share a scale.
//!
//! - [`q8`]: signed bytes, as llama2.c has them: weights and activations of Q8_0.
//! - [`q4`]: four bits, the weights of Q4.
//! - [`activation`]: what is multiplied with weights of Q4: 12 bits, the scale a power of two.
//!
//! What is defined here is defined to the bit, so that engines that compute elsewhere can be
//! compared: each result is one of integers and of single operations that every IEEE processor
//! rounds alike.

pub mod activation;
pub mod q4;
pub mod q8;
