//! The story that the package tells on the virtual PS3, too: the transcript and the screens in
//! `tests/golden` are what the preview gives, and pkg-build's tests hold the package to them.
//!
//! To make them anew after a change that was looked at: `STORYCELL_BLESS=1 cargo test -p app
//! --test preview`, then `cargo test -p pkg-build --test ppu`.

use std::fs;
use std::path::Path;

use crate::program::{Folder, succeed};

/// The settings of `settings.txt`, as the command line has them.
const SETTINGS: [&str; 6] = ["--temperature", "0.5", "--seed", "11", "--steps", "60"];

#[test]
fn the_preview_tells_the_golden_story() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let script = golden.join("story.script");
    let folder = Folder::new("console");
    let line = [
        "--headless",
        "--script",
        script.to_str().expect("a plain name"),
        "--frames",
        "screens",
        "--transcript",
        "story.txt",
    ];
    succeed(&folder, &[&line[..], &SETTINGS].concat());
    let bless = std::env::var_os("STORYCELL_BLESS").is_some();
    let same = |name: &str, found: Vec<u8>| {
        let path = golden.join(name);
        if bless {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(found == expected, "{name} is not what it was");
    };
    let text = String::from_utf8(folder.read("story.txt")).expect("text");
    same("story.txt", without_rates(&text).into_bytes());
    for name in ["home.png", "keyboard.png", "story.png"] {
        same(name, folder.read(&format!("screens/{name}")));
    }
}

/// A transcript without the tokens a second, which are of each machine's own clock.
fn without_rates(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.rsplit_once(" tokens, ") {
            Some((before, _)) if line.starts_with("--- ") => format!("{before} tokens ---\n"),
            _ => format!("{line}\n"),
        });
    lines.collect()
}
