//! The virtual PS3

pub mod artefact;
pub mod boot;
pub mod display;
pub mod lv2;
pub mod ppu;
pub mod rsx;
pub mod script;
pub mod spu;
#[cfg(feature = "window")]
pub mod window;
