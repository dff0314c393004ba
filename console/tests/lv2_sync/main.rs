//! Threads that wait for one another: kernel objects, each way to get them and to fail.

#[path = "../lv2_support/mod.rs"]
mod lv2_support;
mod scene;

mod conditions;
mod events;
mod library;
mod light;
mod locks;
mod timers;
