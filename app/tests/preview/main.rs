//! The preview as its users start it.

mod command_line;
mod golden;
mod headless;
mod program;
