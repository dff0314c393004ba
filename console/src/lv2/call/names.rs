//! Names of system calls that there are on the console and not here yet, for reports (PS3
//! developer wiki, "LV2 Functions and Syscalls").

const NAMES: &[(u64, &str)] = &[
    (150, "sys_raw_spu_create_interrupt_tag"),
    (151, "sys_raw_spu_set_int_mask"),
    (152, "sys_raw_spu_get_int_mask"),
    (153, "sys_raw_spu_set_int_stat"),
    (154, "sys_raw_spu_get_int_stat"),
    (160, "sys_raw_spu_create"),
    (161, "sys_raw_spu_destroy"),
    (163, "sys_raw_spu_read_puint_mb"),
    (196, "sys_raw_spu_set_spu_cfg"),
    (197, "sys_raw_spu_get_spu_cfg"),
    (198, "sys_spu_thread_recover_page_fault"),
    (250, "sys_spu_thread_group_set_cooperative_victims"),
    (254, "sys_spu_thread_group_log"),
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
