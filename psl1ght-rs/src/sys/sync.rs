//! Attributes of mutexes, condition variables, event queues and flags.

/// Waiting threads are served in the order in which they came.
pub const FIFO: u32 = 1;
/// Waiting threads are served by priority.
pub const PRIORITY: u32 = 2;
/// As [`PRIORITY`], and who holds the object inherits the highest priority of those that wait.
pub const PRIORITY_INHERIT: u32 = 3;
/// Not to be locked again by its owner.
pub const NOT_RECURSIVE: u32 = 0x20;
/// For this process alone.
pub const NOT_SHARED: u32 = 0x200;
/// No spinning before waiting.
pub const NOT_ADAPTIVE: u32 = 0x2000;
/// Any number of threads may wait for a flag.
pub const WAITERS_MULTIPLE: u32 = 0x2_0000;
/// Wait for all bits.
pub const WAIT_ALL: u64 = 1;
/// Wait for any bit.
pub const WAIT_ANY: u64 = 2;
/// Clear the bits waited for.
pub const WAIT_CLEAR: u64 = 0x10;
/// A queue for events to PPU threads.
pub const QUEUE_PPU: u32 = 1;
/// A port for events within the process.
pub const PORT_LOCAL: u64 = 1;
/// Destroy a queue though threads wait for it.
pub const QUEUE_DESTROY_FORCE: u64 = 1;

/// `sys_mutex_attribute_t`, 40 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MutexAttribute {
    /// Order of service.
    pub protocol: u32,
    /// [`NOT_RECURSIVE`] or 0x10.
    pub recursive: u32,
    /// [`NOT_SHARED`] or 0x100.
    pub shared: u32,
    /// [`NOT_ADAPTIVE`] or 0x1000.
    pub adaptive: u32,
    /// Key for other processes.
    pub key: u64,
    /// Flags for these.
    pub flags: u32,
    /// Zero.
    pub reserved: u32,
    /// Name, filled with zeros.
    pub name: [u8; 8],
}

/// `sys_cond_attribute_t`, 24 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ConditionAttribute {
    /// [`NOT_SHARED`] or 0x100.
    pub shared: u32,
    /// Flags for other processes.
    pub flags: u32,
    /// Key for these.
    pub key: u64,
    /// Name, filled with zeros.
    pub name: [u8; 8],
}

/// `sys_event_queue_attribute_t`, 16 bytes; tried.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct QueueAttribute {
    /// Order of service.
    pub protocol: u32,
    /// [`QUEUE_PPU`].
    pub kind: u32,
    /// Name, filled with zeros.
    pub name: [u8; 8],
}

/// `sys_event_flag_attribute_t`, 32 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FlagAttribute {
    /// Order of service.
    pub protocol: u32,
    /// [`NOT_SHARED`] or 0x100.
    pub shared: u32,
    /// Key for other processes.
    pub key: u64,
    /// Flags for these.
    pub flags: u32,
    /// [`WAITERS_MULTIPLE`] or 0x10000.
    pub waiters: u32,
    /// Name, filled with zeros.
    pub name: [u8; 8],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<MutexAttribute>() == 40 && offset_of!(MutexAttribute, key) == 16);
    assert!(offset_of!(MutexAttribute, name) == 32);
    assert!(size_of::<ConditionAttribute>() == 24 && offset_of!(ConditionAttribute, key) == 8);
    assert!(size_of::<QueueAttribute>() == 16 && offset_of!(QueueAttribute, name) == 8);
    assert!(size_of::<FlagAttribute>() == 32 && offset_of!(FlagAttribute, waiters) == 20);
};
