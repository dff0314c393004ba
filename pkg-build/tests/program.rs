//! A program for the PPU, from sources to bytes. Building `core` takes most of a minute, and fetching
//! its source may need the network, so this runs when asked for: `cargo test -- --ignored`.

use std::path::Path;

use pkg_build::program::{Program, Request, Target, build, image};

fn hello(target_dir: &Path) -> Program {
    let request = Request {
        workspace: Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        target_dir: target_dir.to_owned(),
        package: "psl1ght-rs".into(),
        target: Target::Example("hello".into()),
        features: Vec::new(),
        default_features: true,
        budget: image::BUDGET,
    };
    build(&request, &mut |line| eprintln!("{line}")).expect("the example builds")
}

#[test]
#[ignore = "builds core twice"]
fn the_same_sources_give_the_same_bytes() {
    let folders = [(), ()].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let programs = folders.each_ref().map(|folder| hello(folder.path()));
    let bytes = programs
        .each_ref()
        .map(|program| std::fs::read(&program.elf).expect("an ELF"));
    assert!(bytes[0] == bytes[1]);
    let [library] = &programs[0].summary.imports[..] else {
        panic!("{:?}", programs[0].summary.imports)
    };
    // Thread local storage, time, and a thread's start and end: nothing that is not called.
    assert_eq!(library.name, "sysPrxForUser");
    assert_eq!(library.fnids.len(), 4);
}
