//! Text that is typed, and text that arrives in pieces.

mod field;
mod stream;

pub use field::TextField;
pub use stream::Utf8Stream;
