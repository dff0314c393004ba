//! The story that the package tells on the virtual PS3, too: the transcript and the screens in
//! `tests/golden` are what the preview gives, and pkg-build's tests hold the package to them.
//!
//! To make them anew after a change that was looked at: `STORYCELL_BLESS=1 cargo test -p app
//! --test preview`, then `cargo test -p pkg-build --test ppu`.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::headless::pixels;
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
    let keep = |name: &str, found: &[u8]| {
        let path = golden.join(name);
        if bless {
            fs::write(&path, found).unwrap();
        }
        fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let text = String::from_utf8(folder.read("story.txt")).expect("text");
    let text = without_rates(&text).into_bytes();
    assert!(
        text == keep("story.txt", &text),
        "story.txt is not what it was"
    );
    for name in ["home.png", "keyboard.png", "story.png"] {
        let found = folder.read(&format!("screens/{name}"));
        let expected = keep(name, &found);
        let [mut found, mut expected] = [found, expected].map(|png| pixels(&png));
        if name == "story.png" {
            hide_rate(&mut found);
            hide_rate(&mut expected);
        }
        assert!(found == expected, "{name} is not what it was");
    }
}

/// Rows and columns of the line that tells tokens a second, by the clock of the simulated SPUs:
/// it changes with what is known of their time, and with each program for them.
const RATE: (Range<usize>, Range<usize>) = (96..130, 60..720);

fn hide_rate((width, _, rgb): &mut (u32, u32, Vec<u8>)) {
    let (rows, columns) = RATE;
    let width = *width as usize;
    for row in rows {
        rgb[3 * (row * width + columns.start)..3 * (row * width + columns.end)].fill(0);
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
