//! Names of system calls that there are on the console and not here yet, for reports (PS3
//! developer wiki, "LV2 Functions and Syscalls").

const NAMES: &[(u64, &str)] = &[
    (165, "sys_spu_thread_get_exit_status"),
    (169, "sys_spu_initialize"),
    (170, "sys_spu_thread_group_create"),
    (171, "sys_spu_thread_group_destroy"),
    (172, "sys_spu_thread_initialize"),
    (173, "sys_spu_thread_group_start"),
    (177, "sys_spu_thread_group_terminate"),
    (178, "sys_spu_thread_group_join"),
    (182, "sys_spu_thread_read_ls"),
    (184, "sys_spu_thread_write_snr"),
    (185, "sys_spu_thread_group_connect_event"),
    (187, "sys_spu_thread_set_spu_cfg"),
    (190, "sys_spu_thread_write_spu_mb"),
    (191, "sys_spu_thread_connect_event"),
    (251, "sys_spu_thread_group_connect_event_all_threads"),
];

/// The name of a system call that has no implementation.
pub(super) fn system_call(number: u64) -> Option<&'static str> {
    let at = NAMES.binary_search_by_key(&number, |entry| entry.0).ok()?;
    Some(NAMES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_not_of_calls_that_there_are() {
        assert!(NAMES.is_sorted_by(|left, right| left.0 < right.0));
        for (number, name) in NAMES {
            assert_eq!(system_call(*number), Some(*name));
            assert!(super::super::Callee::SystemCall(*number).find().is_none());
        }
    }
}
