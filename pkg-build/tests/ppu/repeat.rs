//! The same sources give the same bytes, wherever they are built.

use crate::shared::{can_build, example, folder, pkg_build};

/// Building `core` a second time takes most of a minute, so this runs when asked for:
/// `cargo test -p pkg-build -- --ignored`.
#[test]
#[ignore = "builds core and the package twice"]
fn another_folder_gives_the_same_package() {
    if !can_build("the same package from two folders") {
        return;
    }
    let other = tempfile::tempdir().expect("a temporary folder");
    let packages = [&*folder(), other.path()].map(|target_dir| {
        let output = pkg_build(target_dir, &[]);
        assert!(output.status.success(), "{output:?}");
        std::fs::read(target_dir.join("storycell.pkg")).expect("the package")
    });
    assert!(packages[0] == packages[1]);
}

#[test]
fn only_what_is_called_is_imported() {
    let Some(built) = example("hello") else {
        return;
    };
    let imports = built.summary.imports;
    let [library] = &imports[..] else {
        panic!("{imports:?}")
    };
    // Thread local storage, time, and a thread's start and end.
    assert_eq!(library.name, "sysPrxForUser");
    assert_eq!(library.fnids.len(), 4);
}
