//! The virtual PS3

pub mod rsx;
pub mod spu;
