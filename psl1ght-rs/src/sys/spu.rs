//! Structures of SPU thread groups; all tried.

/// `sys_spu_segment`: copy bytes of main memory to local store.
pub const SEGMENT_COPY: u32 = 1;
/// Fill local store with a word.
pub const SEGMENT_FILL: u32 = 2;
/// Bit 0 makes signal register 1 collect by OR instead of being overwritten, bit 1 register 2.
pub const CONFIG_SIGNAL_1_OR: u64 = 1;
/// Connect an SPU thread's event port (the only kind).
pub const EVENT_USER: u64 = 1;

/// Connect what the system says of a group's threads that failed.
pub const GROUP_EVENT_EXCEPTION: u64 = 2;

/// `sys_spu_segment`, 24 bytes: the source is at 0x10, whatever older headers say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Segment {
    /// [`SEGMENT_COPY`] or [`SEGMENT_FILL`].
    pub kind: u32,
    /// Local-store address, a multiple of 16.
    pub local: u32,
    /// Bytes, a multiple of 16.
    pub size: u32,
    /// Zero.
    pub reserved: u32,
    /// Address in main memory, a multiple of 4, or the word to fill with.
    pub source: u32,
    /// Zero.
    pub reserved2: u32,
}

/// `sys_spu_image_t`, 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Image {
    /// 0: described by segments in user memory.
    pub kind: u32,
    /// Address of the first instruction.
    pub entry: u32,
    /// Address of the segments.
    pub segments: u32,
    /// Their number.
    pub count: u32,
}

/// `sys_spu_thread_group_attribute_t`, 16 bytes as far as they are read.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct GroupAttribute {
    /// Bytes of the name with its final zero, at most 0x80.
    pub name_size: u32,
    /// Address of the name.
    pub name: u32,
    /// 0 for a normal group.
    pub kind: u32,
    /// A memory container, read only for groups of kind 4.
    pub container: u32,
}

/// `sys_spu_thread_attribute_t`, 12 bytes. Name and size stand the other way round.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ThreadAttribute {
    /// Address of the name.
    pub name: u32,
    /// Bytes of the name with its final zero, at most 0x80.
    pub name_size: u32,
    /// Options, zero.
    pub option: u32,
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Segment>() == 24 && offset_of!(Segment, source) == 16);
    assert!(size_of::<Image>() == 16 && offset_of!(Image, segments) == 8);
    assert!(size_of::<GroupAttribute>() == 16 && offset_of!(GroupAttribute, name) == 4);
    assert!(size_of::<ThreadAttribute>() == 12 && offset_of!(ThreadAttribute, name) == 0);
};
