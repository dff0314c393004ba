//! Process and thread set-up: `sysPrxForUser`.

crate::import! { "sysPrxForUser" {
    /// Makes the calling thread's TLS block and sets r13 to it + 0x7000; arguments as the entry point
    /// gets them. Tried.
    pub fn sys_initialize_tls(thread: u64, image: u64, file_size: u64, memory_size: u64);
    /// Microseconds since the system started. Tried.
    pub fn sys_time_get_system_time() -> u64;
}}
