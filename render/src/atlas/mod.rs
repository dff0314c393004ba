//! The texture that holds glyphs and symbols as coverage masks.

mod cache;
mod shelves;

pub use cache::{ATLAS_HEIGHT, ATLAS_WIDTH, Upload};
pub(crate) use cache::{Atlas, Key, Sprite};
