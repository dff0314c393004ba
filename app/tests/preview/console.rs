//! What the package tells and draws on the virtual PS3, too: the transcripts and the screens in
//! `tests/golden` are what the preview gives, and pkg-build's tests hold the package to them.
//!
//! To make them anew after a change that was looked at: `STORYCELL_BLESS=1 cargo test -p app
//! --test preview`, then `cargo test -p pkg-build --test ppu`.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::headless::pixels;
use crate::program::{Folder, succeed};

#[test]
fn the_preview_tells_the_golden_story() {
    // The settings of `settings.txt`, as the command line has them.
    let settings = ["--temperature", "0.5", "--seed", "11", "--steps", "60"];
    compare("story", &settings, &["home", "keyboard", "story"]);
}

#[test]
fn the_preview_draws_the_golden_screens_in_other_modes() {
    compare("1080p", &["--mode", "1080p"], &["home", "moving"]);
    let small = ["--mode", "480p", "--aspect", "4:3"];
    compare("480p-4x3", &small, &["home", "keyboard", "settings"]);
}

/// Plays the script of a folder of `tests/golden`, and compares the transcript and the screens.
fn compare(name: &str, settings: &[&str], screens: &[&str]) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    let script = golden.join("script");
    let folder = Folder::new(&format!("console-{name}"));
    let line = [
        "--headless",
        "--script",
        script.to_str().expect("a plain name"),
        "--frames",
        "screens",
        "--transcript",
        "transcript.txt",
    ];
    succeed(&folder, &[&line[..], settings].concat());
    let bless = std::env::var_os("STORYCELL_BLESS").is_some();
    let keep = |file: &str, found: &[u8]| {
        let path = golden.join(file);
        if bless {
            fs::write(&path, found).unwrap();
        }
        fs::read(&path).unwrap_or_else(|error| panic!("{name}/{file}: {error}"))
    };
    let text = String::from_utf8(folder.read("transcript.txt")).expect("text");
    let text = without_rates(&text).into_bytes();
    let expected = keep("transcript.txt", &text);
    assert!(text == expected, "{name}/transcript.txt is not what it was");
    for screen in screens {
        let file = format!("{screen}.png");
        let found = folder.read(&format!("screens/{file}"));
        let expected = keep(&file, &found);
        let [mut found, mut expected] = [found, expected].map(|png| pixels(&png));
        if *screen == "story" {
            hide_rate(&mut found);
            hide_rate(&mut expected);
        }
        assert!(found == expected, "{name}/{file} is not what it was");
    }
}

/// Rows and columns of the line that tells tokens a second in 720p, by the clock of the simulated
/// SPUs: it changes with what is known of their time, and with each program for them.
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
