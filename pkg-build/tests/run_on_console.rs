//! A program built for the PPU runs on the virtual PS3.

mod common;

use console::lv2::{Machine, Mount, Observer, Outcome, Program, Record};

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

/// Builds an example of psl1ght-rs and runs it to its end; what it wrote, `None` where there is
/// nothing to build it with.
fn run(example: &str, instructions: u64) -> Option<String> {
    let bytes = std::fs::read(common::example(example)?).expect("the program that was built");
    let read = Program::read(&bytes).expect("a program that LV2 can start");
    let path = format!("/app_home/{example}.elf");
    let mut machine = Machine::start(&read, &[path.as_bytes()]).expect("enough memory");
    machine
        .mount(&Mount::memory("/dev_hdd0"))
        .expect("an empty disk");
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
