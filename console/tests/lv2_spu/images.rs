//! Programs of SPUs as ELF files, imported by the system's library.

use console::lv2::{Errno, Mount, Outcome};
use spu::asm::Assembler;

use crate::lv2_support::*;
use crate::scene::*;

const IMPORTS: [u32; 4] = [
    0x1ed4_54ce, // sys_spu_elf_get_information
    0xdb6b_3250, // sys_spu_elf_get_segments
    0xebe5_f72f, // sys_spu_image_import
    0xe0da_8efd, // sys_spu_image_close
];
const IMAGE: u32 = OUT + 0x40;

fn elf() -> Vec<u8> {
    let mut a = Assembler::new();
    let place = a.data(&9_u32.to_be_bytes(), 16);
    let zeros = a.bss(32, 16);
    let address = a.address(place);
    let zeros = a.address(zeros);
    let value = a.lqd(address, 0);
    let zero = a.lqd(zeros, 16);
    let sum = a.a(value, zero);
    exit(&mut a, sum);
    a.finish().expect("a good program").to_elf()
}

/// Where the file lies: behind the scene's own data.
const ELF: u32 = OWN + 0x400;

fn scene() -> Scene {
    let mut scene = Scene::default();
    scene.image(0, &elf());
    scene
}

#[test]
fn both_kinds_of_images_run() {
    for kind in [0, 1] {
        let mut scene = scene();
        scene
            .import(2, &[Arg::Is(IMAGE), Arg::Is(ELF), Arg::Is(kind)])
            .code(&call(170, &[OWN + 0x200, 1, 100, OWN + 0x40]))
            .code(&initialize(0, 0, IMAGE))
            .call(173, &[group(0)])
            .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
            .call(165, &[thread(0, 0), Arg::Is(OUT + 8)])
            .code(&[set(4, IMAGE).to_vec(), vec![load_word(3, 4, 0)]].concat())
            .code(&keep(OUT + 12))
            .import(3, &[Arg::Is(IMAGE)])
            .import(3, &[Arg::Is(IMAGE)]);
        let played = scene.play_with(&IMPORTS);
        assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
        assert_eq!(played.out(2), 9, "{:#?}", played.calls);
        assert_eq!(played.out(3), 1 - kind);
        assert_eq!(played.result(4), 0);
        assert!(played.result(5) != 0);
    }
}

#[test]
fn information_and_segments_of_a_file() {
    let mut scene = scene();
    scene
        .import(0, &[Arg::Is(ELF), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .import(1, &[Arg::Is(ELF), Arg::Is(OUT + 8), Arg::Is(2)])
        .import(1, &[Arg::Is(ELF), Arg::Is(OUT + 8), Arg::Is(8)])
        .import(0, &[Arg::Is(0), Arg::Is(OUT), Arg::Is(OUT)])
        .import(0, &[Arg::Is(OWN), Arg::Is(OUT), Arg::Is(OUT)])
        .import(2, &[Arg::Is(IMAGE), Arg::Is(ELF), Arg::Is(2)])
        .import(2, &[Arg::Is(IMAGE), Arg::Is(OWN), Arg::Is(0)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
    let results: Vec<u32> = (0..7).map(|call| played.result(call)).collect();
    let (inval, noexec) = (Errno::EINVAL.0, Errno::ENOEXEC.0);
    let expected = [0, Errno::ENOMEM.0, 0, inval, noexec, inval, noexec];
    assert_eq!(results, expected, "{:#?}", played.calls);
    assert_eq!((played.out(0), played.out(1)), (0, 3));
    // Code from its place in the file, then data, then zeros.
    let kinds: Vec<u32> = (0..3).map(|at| played.out(2 + 6 * at)).collect();
    assert_eq!(kinds, [1, 1, 2]);
    assert!(played.out(6) > ELF);
}

#[test]
fn the_kernels_images_have_information_too() {
    let mut scene = scene();
    scene
        .import(2, &[Arg::Is(IMAGE), Arg::Is(ELF), Arg::Is(0)])
        .call(155, &[Arg::Is(IMAGE), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(159, &[Arg::Is(IMAGE), Arg::Is(OUT + 8), Arg::Is(1)])
        .code(&call(12, &[0x22, OUT + 0x30]))
        .call(158, &[Arg::Is(IMAGE)])
        .code(&call(12, &[0x22, OUT + 0x34]))
        .call(155, &[Arg::Is(IMAGE), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(
            157,
            &[Arg::Is(IMAGE), Arg::Is(ELF), Arg::Is(0x60), Arg::Is(0)],
        );
    let played = scene.play_with(&IMPORTS);
    let results: Vec<u32> = (0..6).map(|call| played.result(call)).collect();
    let expected = [0, 0, 0, 0, Errno::ESRCH.0, Errno::ENOEXEC.0];
    assert_eq!(results, expected, "{:#?}", played.calls);
    assert_eq!((played.out(1), played.out(2)), (3, 1));
    // How many the kernel keeps, before and after one is closed.
    assert_eq!((played.out(12), played.out(13)), (1, 0));
}

#[test]
fn images_are_opened_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut behind = vec![0; 0x10];
    behind.extend(elf());
    for (name, content) in [
        ("a.elf", &elf()[..]),
        ("behind", &behind),
        ("b", b"no program"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let text = |at: u32| OWN + 0x400 + 0x20 * at;
    let mut paths = vec![0; 0x80];
    for (at, name) in ["a.elf", "behind", "b", "none"].iter().enumerate() {
        let path = format!("/app_home/{name}");
        paths[0x20 * at..0x20 * at + path.len()].copy_from_slice(path.as_bytes());
    }
    let mut scene = Scene::default();
    scene.image(0, &paths);
    scene
        .call(156, &[Arg::Is(IMAGE), Arg::Is(text(0))])
        .call(156, &[Arg::Is(IMAGE), Arg::Is(text(2))])
        .call(156, &[Arg::Is(IMAGE), Arg::Is(text(3))])
        .call(801, &[Arg::Is(text(1)), Arg::Is(0), Arg::Is(OUT + 0x20)])
        .call(260, &[Arg::Is(IMAGE), Arg::At(OUT + 0x20), Arg::Is(0)])
        .call(260, &[Arg::Is(IMAGE), Arg::At(OUT + 0x20), Arg::Is(0x10)])
        .call(260, &[Arg::Is(IMAGE), Arg::Is(77), Arg::Is(0x10)])
        .code(&call(170, &[OWN + 0x200, 1, 100, OWN + 0x40]))
        .code(&initialize(0, 0, IMAGE))
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)])
        .call(165, &[thread(0, 0), Arg::Is(OUT + 8)]);
    let mount = Mount::folder("/app_home", folder.path());
    let played = scene.play_mounted(&IMPORTS, &[mount]);
    assert_eq!(played.outcome, Outcome::Exited(0), "{:#?}", played.calls);
    let results: Vec<u32> = (0..7).map(|call| played.result(call)).collect();
    let (noexec, noent, badf) = (Errno::ENOEXEC.0, Errno::ENOENT.0, Errno::EBADF.0);
    let expected = [0, noexec, noent, 0, noexec, 0, badf];
    assert_eq!(results, expected, "{:#?}", played.calls);
    assert_eq!(played.out(2), 9);
}
