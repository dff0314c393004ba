//! The preview as its users start it.

mod command_line;
mod console;
mod golden;
mod headless;
mod program;
