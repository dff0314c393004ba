//! Numbers of system calls (PS3 developer wiki, "LV2 Functions and Syscalls").

macro_rules! numbers {
    ($($(#[$attribute:meta])* $name:ident = $number:literal, $call:literal, $tried:ident;)*) => {
        $(
            #[doc = concat!("`", $call, "`; ", stringify!($tried), ".")]
            $(#[$attribute])*
            pub const $name: u64 = $number;
        )*
        /// Number, the system's name of the call, and whether it was tried on an emulator.
        pub const ALL: &[(u64, &str, bool)] = &[$(($number, $call, numbers!(@ $tried)),)*];
    };
    (@ tried) => { true };
    (@ untried) => { false };
}

numbers! {
    PROCESS_EXIT = 22, "sys_process_exit(status)", tried;
    PPU_THREAD_YIELD = 43, "sys_ppu_thread_yield()", tried;
    PPU_THREAD_JOIN = 44, "sys_ppu_thread_join(thread, *u64 value)", tried;
    PPU_THREAD_DETACH = 45, "sys_ppu_thread_detach(thread)", untried;
    PPU_THREAD_SET_PRIORITY = 47, "sys_ppu_thread_set_priority(thread, priority)", untried;
    PPU_THREAD_GET_PRIORITY = 48, "sys_ppu_thread_get_priority(thread, *i32)", untried;
    EVENT_FLAG_CREATE = 82, "sys_event_flag_create(*id, *attribute, initial)", untried;
    EVENT_FLAG_DESTROY = 83, "sys_event_flag_destroy(flag)", untried;
    EVENT_FLAG_WAIT = 85, "sys_event_flag_wait(flag, bits, mode, *u64 found, timeout)", untried;
    EVENT_FLAG_TRYWAIT = 86, "sys_event_flag_trywait(flag, bits, mode, *u64 found)", untried;
    EVENT_FLAG_SET = 87, "sys_event_flag_set(flag, bits)", untried;
    MUTEX_CREATE = 100, "sys_mutex_create(*id, *attribute)", untried;
    MUTEX_DESTROY = 101, "sys_mutex_destroy(mutex)", untried;
    MUTEX_LOCK = 102, "sys_mutex_lock(mutex, timeout)", untried;
    MUTEX_TRYLOCK = 103, "sys_mutex_trylock(mutex)", untried;
    MUTEX_UNLOCK = 104, "sys_mutex_unlock(mutex)", untried;
    COND_CREATE = 105, "sys_cond_create(*id, mutex, *attribute)", untried;
    COND_DESTROY = 106, "sys_cond_destroy(condition)", untried;
    COND_WAIT = 107, "sys_cond_wait(condition, timeout)", untried;
    COND_SIGNAL = 108, "sys_cond_signal(condition)", untried;
    COND_SIGNAL_ALL = 109, "sys_cond_signal_all(condition)", untried;
    EVENT_FLAG_CLEAR = 118, "sys_event_flag_clear(flag, bits to keep)", untried;
    EVENT_QUEUE_CREATE = 128, "sys_event_queue_create(*id, *attribute, key, size)", tried;
    EVENT_QUEUE_DESTROY = 129, "sys_event_queue_destroy(queue, mode)", untried;
    /// The event comes back in r4 to r7.
    EVENT_QUEUE_RECEIVE = 130, "sys_event_queue_receive(queue, 0, timeout)", tried;
    EVENT_PORT_CREATE = 134, "sys_event_port_create(*id, type, name)", untried;
    EVENT_PORT_DESTROY = 135, "sys_event_port_destroy(port)", untried;
    EVENT_PORT_CONNECT_LOCAL = 136, "sys_event_port_connect_local(port, queue)", untried;
    EVENT_PORT_DISCONNECT = 137, "sys_event_port_disconnect(port)", untried;
    EVENT_PORT_SEND = 138, "sys_event_port_send(port, data1, data2, data3)", untried;
    TIMER_USLEEP = 141, "sys_timer_usleep(microseconds)", tried;
    TIME_GET_TIMEZONE = 144, "sys_time_get_timezone(*i32 minutes, *i32 summer)", untried;
    TIME_GET_CURRENT_TIME = 145, "sys_time_get_current_time(*u64 seconds, *u64 nanoseconds)", tried;
    /// The frequency itself is the result.
    TIME_GET_TIMEBASE_FREQUENCY = 147, "sys_time_get_timebase_frequency()", tried;
    SPU_THREAD_GET_EXIT_STATUS = 165, "sys_spu_thread_get_exit_status(thread, *i32)", tried;
    SPU_INITIALIZE = 169, "sys_spu_initialize(spus, raw spus)", tried;
    SPU_THREAD_GROUP_CREATE = 170, "sys_spu_thread_group_create(*id, n, priority, *attribute)", tried;
    SPU_THREAD_GROUP_DESTROY = 171, "sys_spu_thread_group_destroy(group)", tried;
    SPU_THREAD_INITIALIZE = 172,
        "sys_spu_thread_initialize(*id, group, n, *image, *attribute, *arguments)", tried;
    SPU_THREAD_GROUP_START = 173, "sys_spu_thread_group_start(group)", tried;
    /// An emulator hangs when SPUs of the group wait in a channel.
    SPU_THREAD_GROUP_TERMINATE = 177, "sys_spu_thread_group_terminate(group, status)", untried;
    SPU_THREAD_GROUP_JOIN = 178, "sys_spu_thread_group_join(group, *cause, *status)", tried;
    SPU_THREAD_READ_LS = 182, "sys_spu_thread_read_ls(thread, address, *u64, size)", tried;
    SPU_THREAD_WRITE_SNR = 184, "sys_spu_thread_write_snr(thread, 0 or 1, value)", tried;
    SPU_THREAD_GROUP_CONNECT_EVENT = 185,
        "sys_spu_thread_group_connect_event(group, queue, event)", untried;
    SPU_THREAD_SET_SPU_CFG = 187, "sys_spu_thread_set_spu_cfg(thread, bits)", tried;
    SPU_THREAD_WRITE_SPU_MB = 190, "sys_spu_thread_write_spu_mb(thread, value)", tried;
    SPU_THREAD_CONNECT_EVENT = 191, "sys_spu_thread_connect_event(thread, queue, 1, port)", tried;
    SPU_THREAD_GROUP_CONNECT_EVENT_ALL_THREADS = 251,
        "sys_spu_thread_group_connect_event_all_threads(group, queue, u64 ports, *u8 port)", tried;
    MEMORY_ALLOCATE = 348, "sys_memory_allocate(size, page size flag, *u32 address)", tried;
    MEMORY_FREE = 349, "sys_memory_free(address)", untried;
    MEMORY_GET_USER_MEMORY_SIZE = 352, "sys_memory_get_user_memory_size(*[u32; 2])", untried;
    TTY_WRITE = 403, "sys_tty_write(channel, text, size, *u32 written)", tried;
    FS_OPEN = 801, "sys_fs_open(path, flags, *fd, mode, argument, size)", untried;
    FS_READ = 802, "sys_fs_read(fd, buffer, size, *u64)", untried;
    FS_WRITE = 803, "sys_fs_write(fd, buffer, size, *u64)", untried;
    FS_CLOSE = 804, "sys_fs_close(fd)", untried;
    FS_OPENDIR = 805, "sys_fs_opendir(path, *fd)", untried;
    FS_READDIR = 806, "sys_fs_readdir(fd, *entry, *u64 read)", untried;
    FS_CLOSEDIR = 807, "sys_fs_closedir(fd)", untried;
    FS_STAT = 808, "sys_fs_stat(path, *status)", untried;
    FS_FSTAT = 809, "sys_fs_fstat(fd, *status)", untried;
    FS_MKDIR = 811, "sys_fs_mkdir(path, mode)", untried;
    FS_RENAME = 812, "sys_fs_rename(from, to)", untried;
    FS_RMDIR = 813, "sys_fs_rmdir(path)", untried;
    FS_UNLINK = 814, "sys_fs_unlink(path)", untried;
    FS_LSEEK = 818, "sys_fs_lseek(fd, offset, origin, *u64 position)", untried;
    FS_FSYNC = 820, "sys_fs_fsync(fd)", untried;
    FS_TRUNCATE = 831, "sys_fs_truncate(path, size)", untried;
    FS_FTRUNCATE = 832, "sys_fs_ftruncate(fd, size)", untried;
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn no_number_stands_for_two_calls() {
        assert!(ALL.is_sorted_by(|a, b| a.0 < b.0));
    }
}
