//! The message of a program that cannot go on.

use console::boot::{Disk, Program, Setup, Watch};
use console::lv2::CYCLES_PER_SECOND;
use console::rsx::Frame;

use crate::shared::example;

#[test]
fn a_program_without_memory_says_so_on_the_screen() {
    let Some(built) = example("last_words") else {
        return;
    };
    let disk = Disk::temporary().expect("a temporary folder");
    let program = Program::read(&built.elf, &disk).expect("a program");
    let mut machine = Setup::default().start(&program, &disk).expect("memory");
    let (mut text, mut notes) = (Vec::new(), Vec::new());
    let mut watch = Watch::new(&mut text, &mut notes);
    // Ten of the thirty seconds that there are to read.
    machine.pause_at(Some(10 * CYCLES_PER_SECOND));
    machine.run(u64::MAX, &mut watch);
    let mut frame = Frame::default();
    assert!(machine.copy_frame(&mut frame));
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("memory allocation of "), "{text}");
    // More than a hundred of the console's megabytes were there to be used.
    assert!(text.contains("\n150 MB\n"), "{text}");
    let pixels = || frame.rgba.chunks(4);
    let white = pixels().filter(|pixel| pixel[..3] == [255; 3]).count();
    let ground = pixels()
        .filter(|pixel| pixel[..3] == [0x10, 0x18, 0x28])
        .count();
    assert!(white > 1000, "{white}");
    assert!(ground > pixels().count() / 2, "{ground}");
}
