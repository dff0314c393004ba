//! Names of what there is on the console and not here, for reports.
//!
//! System calls: PS3 developer wiki, "LV2 Functions and Syscalls"; library functions: those of
//! the libraries that PSL1GHT has stubs for, by their names in the console's libraries
//! (RPCS3), from which their numbers are computed.

use std::collections::HashMap;
use std::sync::LazyLock;

use sha1::{Digest, Sha1};

const NAMES: &[(u64, &str)] = &[
    (150, "sys_raw_spu_create_interrupt_tag"),
    (198, "sys_spu_thread_recover_page_fault"),
    (250, "sys_spu_thread_group_set_cooperative_victims"),
    (254, "sys_spu_thread_group_log"),
];

/// Each library, and indented below it its functions.
const LIBRARIES: &str = include_str!("library_functions.txt");

/// What names are hashed with (PS3 developer wiki, "FNID").
const SUFFIX: [u8; 16] = [
    0x67, 0x59, 0x65, 0x99, 0x04, 0x25, 0x04, 0x90, 0x56, 0x64, 0x27, 0x49, 0x94, 0x89, 0x74, 0x1a,
];

/// The names by library and number.
static FUNCTIONS: LazyLock<HashMap<(&str, u32), &str>> = LazyLock::new(|| functions().collect());

/// The number by which a library's function is called.
pub(super) fn fnid(name: &str) -> u32 {
    let hash = Sha1::new()
        .chain_update(name)
        .chain_update(SUFFIX)
        .finalize();
    u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]])
}

fn functions() -> impl Iterator<Item = ((&'static str, u32), &'static str)> {
    let mut library = "";
    LIBRARIES.lines().filter_map(move |line| {
        let Some(name) = line.strip_prefix("    ") else {
            library = line;
            return None;
        };
        Some(((library, fnid(name)), name))
    })
}

/// The name of a system call that has no implementation.
pub(super) fn system_call(number: u64) -> Option<&'static str> {
    let at = NAMES.binary_search_by_key(&number, |entry| entry.0).ok()?;
    Some(NAMES[at].1)
}

/// The name of a library's function.
pub(super) fn library_function(library: &str, fnid: u32) -> Option<&'static str> {
    FUNCTIONS.get(&(library, fnid)).copied()
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

    #[test]
    fn functions_of_libraries_have_names() {
        // Numbers that PSL1GHT's stubs have.
        for (library, fnid, name) in [
            ("cellCamera", 0x532b_8aaa, "cellCameraGetAttribute"),
            ("sysPrxForUser", 0x9f04_f7af, "_sys_printf"),
            ("sys_net", 0x9c05_6962, "socket"),
            ("cellSysutil", 0x42a2_e133, "cellGameCreateGameData"),
        ] {
            assert_eq!(
                library_function(library, fnid),
                Some(name),
                "{library}.{name}"
            );
        }
        assert_eq!(library_function("cellCamera", 1), None);
        assert_eq!(library_function("cellSysutil", 0x9c05_6962), None);
        // No two functions of a library have one number.
        assert_eq!(functions().count(), FUNCTIONS.len());
    }
}
