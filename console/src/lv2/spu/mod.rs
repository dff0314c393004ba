//! SPUs as LV2 gives them to programs.
//!
//! ```text
//! storage   the process's memory as SPUs reach it
//! ```

mod storage;
