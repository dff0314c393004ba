//! Examples that run on the virtual PS3.

use console::display::{Mode, Television};
use console::lv2::{Machine, Mount, Observer, Outcome, PadState, Program, Record};
use console::rsx::Frame;
use console::script::Button;

use crate::shared::example;

#[derive(Default)]
struct Seen {
    text: Vec<u8>,
    unknown: Vec<String>,
}

impl Observer for Seen {
    fn tty(&mut self, _: u32, text: &[u8]) {
        self.text.extend(text);
    }

    fn unknown(&mut self, call: &Record) {
        self.unknown.push(call.to_string());
    }
}

/// Builds an example of psl1ght-rs and loads it; `None` where there is nothing to build it with.
fn start(name: &str) -> Option<Machine> {
    let bytes = std::fs::read(example(name)?.elf).expect("the program that was built");
    let read = Program::read(&bytes).expect("a program that LV2 can start");
    let path = format!("/app_home/{name}.elf");
    let mut machine = Machine::start(&read, &[path.as_bytes()]).expect("enough memory");
    machine
        .mount(&Mount::memory("/dev_hdd0"))
        .expect("an empty disk");
    Some(machine)
}

/// Runs an example of psl1ght-rs to its end; what it wrote, `None` where there is nothing to
/// build it with.
fn run(name: &str, instructions: u64) -> Option<String> {
    let mut machine = start(name)?;
    let mut seen = Seen::default();
    let outcome = machine.run(instructions, &mut seen);
    let text = String::from_utf8(seen.text).expect("examples write text");
    assert_eq!(
        outcome,
        Outcome::Exited(0),
        "{text}{}",
        machine.report(&outcome)
    );
    assert_eq!(seen.unknown, Vec::<String>::new());
    Some(text)
}

#[test]
fn hello_says_what_it_should() {
    let Some(text) = run("hello", 10_000_000) else {
        return;
    };
    for line in [
        "hello from Rust on the PPU\n",
        "timebase 79800000 Hz",
        "the sum of the first 10 squares is 385 (385 is right)\n",
        "a thread made 386 of it\n",
        "100 ms of sleep took 100.0",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn the_system_is_what_the_userland_says() {
    let Some(text) = run("self_test", 1_000_000_000) else {
        return;
    };
    assert!(text.ends_with("\n0 failed\n"), "{text}");
    assert_eq!(text.matches(": as expected\n").count(), 13, "{text}");
}

#[test]
fn six_spus_answer_every_round() {
    let Some(text) = run("spu_round_trip", 1_000_000_000) else {
        return;
    };
    for line in [
        "1000 rounds with 6 SPUs: ",
        "the group ended: AllThreadsExit\n",
        "SPU 0: 1000 in all places, status Ok(0)\n",
        "SPU 5: 1005 in all places, status Ok(0)\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.ends_with("all results are right\n"), "{text}");
}

/// Red, green and blue at a place that is given in hundredths of the picture's sides.
fn pixel(frame: &Frame, x: u32, y: u32) -> [u8; 3] {
    let (column, row) = (frame.width * x / 100, frame.height * y / 100);
    let at = 4 * (row * frame.width + column) as usize;
    [frame.rgba[at], frame.rgba[at + 1], frame.rgba[at + 2]]
}

/// Pixels that are white, in a part of the rows.
fn white(frame: &Frame, rows: std::ops::Range<u32>) -> usize {
    let rows = (frame.height * rows.start / 100)..(frame.height * rows.end / 100);
    let bytes = (4 * frame.width * rows.start) as usize..(4 * frame.width * rows.end) as usize;
    let pixels = frame.rgba[bytes].as_chunks::<4>().0;
    pixels.iter().filter(|pixel| **pixel == [255; 4]).count()
}

/// Runs until the next picture, and copies it.
fn picture(machine: &mut Machine, seen: &mut Seen) -> Frame {
    let outcome = machine.run(1_000_000_000, seen);
    assert_eq!(outcome, Outcome::Paused, "{}", machine.report(&outcome));
    let mut frame = Frame::default();
    assert!(machine.copy_frame(&mut frame), "a picture is on the screen");
    frame
}

#[test]
fn a_triangle_and_text_are_on_the_screen() {
    const BACKGROUND: [u8; 3] = [0x10, 0x18, 0x28];
    let Some(mut machine) = start("rsx_triangle") else {
        return;
    };
    machine.set_television(Television {
        mode: Mode::P576,
        wide: false,
    });
    machine.set_pad(0, Some(PadState::default()));
    machine.pause_at_frames(true);
    let mut seen = Seen::default();

    let first = picture(&mut machine, &mut seen);
    assert_eq!((first.width, first.height), (720, 576));
    for (x, y) in [(1, 1), (99, 99), (40, 25), (60, 25), (50, 70)] {
        assert_eq!(pixel(&first, x, y), BACKGROUND, "{x}, {y}");
    }
    // The corners are red, green and blue; what is between them is between them.
    let [top, right, left] = [(50, 22), (73, 64), (27, 64)].map(|(x, y)| pixel(&first, x, y));
    assert!(top[0] > 230 && top[1] < 100 && top[2] < 100, "{top:?}");
    assert!(
        right[1] > 230 && right[0] < 100 && right[2] < 100,
        "{right:?}"
    );
    assert!(left[2] > 230 && left[0] < 100 && left[1] < 120, "{left:?}");
    let middle = pixel(&first, 50, 50);
    assert!(
        middle.iter().all(|part| (90..190).contains(part)),
        "{middle:?}"
    );
    assert!((300..6000).contains(&white(&first, 70..90)), "the text");
    assert_eq!(white(&first, 0..70), 0);

    // The stick moves the triangle: far to the left and up.
    let mut pad = PadState::default();
    pad.left = [0, 0];
    machine.set_pad(0, Some(pad));
    let blanks = machine.vertical_blanks();
    for _ in 0..4 {
        picture(&mut machine, &mut seen);
    }
    let moved = picture(&mut machine, &mut seen);
    assert_eq!(machine.vertical_blanks(), blanks + 5, "one picture a blank");
    assert_eq!(pixel(&moved, 50, 50), BACKGROUND);
    assert_ne!(pixel(&moved, 25, 25), BACKGROUND);
    assert_eq!(white(&moved, 70..90), white(&first, 70..90));

    machine.set_pad(0, Some(PadState::default().with(Button::Start)));
    machine.pause_at_frames(false);
    let outcome = machine.run(1_000_000_000, &mut seen);
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    assert_eq!(seen.unknown, Vec::<String>::new());
    let text = String::from_utf8(seen.text).expect("the example writes text");
    let lines = [
        "mode P576",
        "programs and texture are in place",
        "the end after ",
    ];
    let places = lines.map(|line| text.find(line));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{text}"
    );
}
