//! The kernels: what a transformer needs, each as a function that records instructions.
//!
//! A kernel takes its operands in registers and addresses in local store and leaves its results
//! in local store; none knows of models or memory layouts, which is the business of
//! [`crate::engine`]. Vectors are single precision, their lengths rounded up with zeros to the
//! multiple that the kernel names.

pub mod argmax;
pub mod attention;
pub mod block;
pub mod dma;
pub mod embed;
pub mod event;
pub mod exchange;
pub mod lanes;
pub mod math;
pub mod matvec;
pub mod norm;
pub mod operand;
pub mod residual;
pub mod rope;
pub mod rows;
pub mod sample;
pub mod stream;
pub mod swiglu;
