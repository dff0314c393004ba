//! Files and folders: structures of system calls 801 to 832, and what only the library `sys_fs` has.

use crate::Result;

/// Open flags: read only.
pub const O_RDONLY: u64 = 0;
/// Write only.
pub const O_WRONLY: u64 = 1;
/// Read and write.
pub const O_RDWR: u64 = 2;
/// Make the file if it is not there.
pub const O_CREAT: u64 = 0o100;
/// Fail if it is there.
pub const O_EXCL: u64 = 0o200;
/// Cut it to nothing.
pub const O_TRUNC: u64 = 0o1000;
/// Write at the end.
pub const O_APPEND: u64 = 0o2000;
/// Bits of [`Status::mode`] that tell the kind.
pub const MODE_KIND: u32 = 0o170_000;
/// Kind of a folder.
pub const MODE_FOLDER: u32 = 0o040_000;
/// Kind of an ordinary file.
pub const MODE_FILE: u32 = 0o100_000;
/// [`Entry::kind`] of a folder.
pub const ENTRY_FOLDER: u8 = 1;
/// [`Entry::kind`] of an ordinary file.
pub const ENTRY_FILE: u8 = 2;

/// `CellFsStat`, 52 bytes: 64-bit words at multiples of 4.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, packed(4))]
pub struct Status {
    /// Kind and rights.
    pub mode: u32,
    /// Owner.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Seconds since 1970: last read.
    pub read: u64,
    /// Last change of the content.
    pub changed: u64,
    /// Last change of anything.
    pub altered: u64,
    /// Bytes.
    pub size: u64,
    /// Bytes of a block.
    pub block: u64,
}

/// `CellFsDirent`, 258 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Entry {
    /// [`ENTRY_FOLDER`], [`ENTRY_FILE`] or another.
    pub kind: u8,
    /// Bytes of the name.
    pub length: u8,
    /// The name with a final zero.
    pub name: [u8; 256],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Status>() == 52 && offset_of!(Status, size) == 36);
    assert!(size_of::<Entry>() == 258);
};

crate::import! { "sys_fs" {
    /// Free space of the file system that a path is on: bytes of a block, number of free blocks.
    pub fn cellFsGetFreeSize(path: *const u8, block: *mut u32, blocks: *mut u64) -> Result<()>;
}}
