//! StoryCell: screens, on-screen keyboard, chat and the inference thread
#![no_std]

extern crate alloc;
