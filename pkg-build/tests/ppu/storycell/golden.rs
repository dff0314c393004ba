//! The same script, seed and model give the same transcript and the same pixels as in the preview.
//! What the preview gives is kept in `app/tests/golden`, and the app's tests hold it to that.

use std::fs;
use std::ops::Range;
use std::path::Path;

use console::display::{Mode, Television};

use super::{Console, Picture, storycell};

/// Rows and columns of the line that tells tokens a second, in 720p: the SPUs' own time in the
/// preview, the console's time base, with the PPU's part, in the package.
const RATE: (Range<usize>, Range<usize>) = (96..130, 60..720);

#[test]
fn the_package_tells_the_story_of_the_preview() {
    compare(
        "story",
        Television::default(),
        &["home", "keyboard", "story"],
    );
}

#[test]
fn the_package_draws_what_the_preview_draws_in_the_largest_mode() {
    let television = Television {
        mode: Mode::P1080,
        ..Television::default()
    };
    compare("1080p", television, &["home", "moving"]);
}

#[test]
fn the_package_draws_what_the_preview_draws_on_an_old_television() {
    let television = Television {
        mode: Mode::P480,
        wide: false,
    };
    compare("480p-4x3", television, &["home", "keyboard", "settings"]);
}

fn compare(name: &str, television: Television, screens: &[&str]) {
    let Some(package) = storycell() else {
        return;
    };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../app/tests/golden")
        .join(name);
    let read = |file: &str| {
        fs::read_to_string(golden.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    let mut console = Console::new(package, &read("settings.txt"));
    console.setup.television = television;
    let run = console.play(&read("script"));
    assert_eq!(run.told(), read("transcript.txt"));
    for screen in screens {
        let mut found = run.shot(screen);
        let mut expected = Picture::read(&golden.join(format!("{screen}.png")));
        if *screen == "story" {
            hide_rate(&mut found);
            hide_rate(&mut expected);
        }
        assert!(found == expected, "{screen} differs from the preview's");
    }
}

fn hide_rate(picture: &mut Picture) {
    let (rows, columns) = RATE;
    for row in rows {
        let at = |column| 3 * (row * picture.width + column);
        picture.rgb[at(columns.start)..at(columns.end)].fill(0);
    }
}
