//! Interrupt tags, where interrupts of raw SPUs come out, and what threads do for them.

/// An interrupt tag: a class of interrupts of a raw SPU.
#[derive(Debug)]
pub(in crate::lv2) struct InterruptTag {
    /// The raw SPU.
    pub spu: u32,
    /// Place of the class: 0 for class 0, 1 for class 2.
    pub class: usize,
    /// The number of the service that is established on it.
    pub service: Option<u32>,
}

/// A thread that is established on a tag.
#[derive(Debug)]
pub(in crate::lv2) struct InterruptService {
    /// The tag's number.
    pub tag: u32,
    /// The interrupt thread.
    pub thread: u64,
    /// What its function gets.
    pub arguments: [u64; 2],
    /// Who ends it and waits until the function is done, and where the thread's r13 goes.
    pub ends: Option<(u64, u64)>,
}
