//! Files and folders: the kernel's calls, and the library `sys_fs`, whose functions are the
//! same but for a few arguments.

mod file;
mod folder;
mod path;
mod structures;

use super::{Answer, Caller, LibraryFunction, SystemCall, library_function, system_call};
use crate::lv2::errno::Errno;
use crate::lv2::files::Path;
use crate::lv2::machine::Machine;

pub(super) const SYSTEM_CALLS: &[SystemCall] = &[
    system_call(801, "sys_fs_open", 6, file::open),
    system_call(802, "sys_fs_read", 4, file::read),
    system_call(803, "sys_fs_write", 4, file::write),
    system_call(804, "sys_fs_close", 1, file::close),
    system_call(805, "sys_fs_opendir", 2, folder::open),
    system_call(806, "sys_fs_readdir", 3, folder::read),
    system_call(807, "sys_fs_closedir", 1, folder::close),
    system_call(808, "sys_fs_stat", 2, path::status),
    system_call(809, "sys_fs_fstat", 2, file::status),
    system_call(811, "sys_fs_mkdir", 2, path::make_folder),
    system_call(812, "sys_fs_rename", 2, path::rename),
    system_call(813, "sys_fs_rmdir", 1, path::remove_folder),
    system_call(814, "sys_fs_unlink", 1, path::remove_file),
    system_call(815, "sys_fs_utime", 2, path::set_times),
    system_call(816, "sys_fs_access", 2, path::access),
    system_call(818, "sys_fs_lseek", 4, file::seek),
    system_call(819, "sys_fs_fdatasync", 1, file::sync),
    system_call(820, "sys_fs_fsync", 1, file::sync),
    system_call(821, "sys_fs_fget_block_size", 5, file::block_size),
    system_call(822, "sys_fs_get_block_size", 4, path::block_size),
    system_call(831, "sys_fs_truncate", 2, path::resize),
    system_call(832, "sys_fs_ftruncate", 2, file::resize),
    system_call(834, "sys_fs_chmod", 2, path::change_mode),
    system_call(840, "sys_fs_disk_free", 3, path::space),
];

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    function(0x718b_f5f8, "cellFsOpen", 5, file::open_without_mode),
    function(0x4d5f_f8e2, "cellFsRead", 4, file::read_unless_counted),
    function(0xecdc_f2ab, "cellFsWrite", 4, file::write_unless_counted),
    function(0x0d5b_4a14, "cellFsReadWithOffset", 5, file::read_at),
    function(0x8cb7_22d5, "cellFsWriteWithOffset", 5, file::write_at),
    function(0x2cb5_1f0d, "cellFsClose", 1, file::close),
    function(0x3f61_245c, "cellFsOpendir", 2, folder::open),
    function(0x5c74_903d, "cellFsReaddir", 3, folder::read),
    function(
        0x9b88_2495,
        "cellFsGetDirectoryEntries",
        4,
        folder::read_with_status,
    ),
    function(0xff42_dcc3, "cellFsClosedir", 1, folder::close),
    function(0x7de6_dced, "cellFsStat", 2, path::status),
    function(0xef3e_fa34, "cellFsFstat", 2, file::status),
    function(0xba90_1fe6, "cellFsMkdir", 2, path::make_folder),
    function(0xf12e_ecc8, "cellFsRename", 2, path::rename),
    function(0x2796_fdf3, "cellFsRmdir", 1, path::remove_folder),
    function(0x7f46_77a8, "cellFsUnlink", 1, path::remove_file),
    function(0xbef5_54a4, "cellFsUtime", 2, path::set_times),
    function(0x06e6_81ed, "cellFsAccess", 2, path::access),
    function(0xa397_d042, "cellFsLseek", 4, file::seek),
    function(0xd338_a65a, "cellFsFdatasync", 1, file::sync),
    function(0x967a_162b, "cellFsFsync", 1, file::sync),
    function(0xcb58_8dba, "cellFsFGetBlockSize", 3, file::block_size),
    function(0x1a10_8ab7, "cellFsGetBlockSize", 3, path::block_size),
    function(0xc9dc_3ac5, "cellFsTruncate", 2, path::resize),
    function(0x0e29_39e5, "cellFsFtruncate", 2, file::resize),
    function(0x9940_6d0b, "cellFsChmod", 2, path::change_mode),
    function(0xaa3b_4bcd, "cellFsGetFreeSize", 3, path::free_blocks),
    function(0x3140_f6e1, "cellFsSetIoBuffer", 4, file::set_buffer),
    function(
        0x75f1_6dc5,
        "cellFsSetIoBufferFromDefaultContainer",
        3,
        file::set_buffer,
    ),
];

const fn function(
    fnid: u32,
    name: &'static str,
    arguments: usize,
    handler: super::Handler,
) -> LibraryFunction {
    library_function("sys_fs", fnid, name, arguments, handler)
}

/// The path that an argument points to.
fn path_at(machine: &Machine, address: u64) -> Result<Path, Errno> {
    Path::read(&machine.memory.text(address, Path::LONGEST)?)
}
