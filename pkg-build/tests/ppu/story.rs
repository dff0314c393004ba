//! The package that ships tells the story that the preview tells: the same script, seed and model
//! give the same transcript and the same pixels. What the preview gives is kept in
//! `app/tests/golden`, and the app's tests hold it to that.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use console::boot::{Disk, Limits, Play, Program, Session, Setup, Speed, Watch};
use console::script::Script;

use crate::shared::{can_build, folder, pkg_build};

/// A picture: width, height, RGB.
type Picture = (usize, usize, Vec<u8>);

/// Rows and columns of the line that tells tokens a second: the SPUs' own time in the preview, the
/// console's time base, with the PPU's part, in the package.
const RATE: (std::ops::Range<usize>, std::ops::Range<usize>) = (96..130, 60..720);

#[test]
fn the_package_tells_the_story_of_the_preview() {
    if !can_build("the story of the package") {
        return;
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/tests/golden");
    let out = tempfile::tempdir().expect("a temporary folder");
    let file = out.path().join("storycell.pkg");
    let output = pkg_build(
        &folder(),
        &["--output", file.to_str().expect("a plain name")],
    );
    assert!(output.status.success(), "{output:?}");

    let disk = Disk::temporary().expect("a temporary folder");
    let home = disk.folder().join("game/STRY00001/USRDIR");
    fs::create_dir_all(&home).expect("a folder");
    fs::copy(golden.join("settings.txt"), home.join("settings.txt")).expect("a file");
    let program = Program::read(&file, &disk).expect("a program");
    let machine = Setup::default()
        .start(&program, &disk)
        .expect("the program starts");
    let limits = Limits::default();
    let mut session = Session::new(machine, &program, &file, limits, Speed::Free);
    let script = fs::read(golden.join("story.script")).expect("the script");
    let script = Script::parse(&script).expect("a script");
    let play = Play {
        script: &script,
        script_name: Path::new("story.script"),
        frames: out.path(),
    };
    let (mut text, mut notes) = (Vec::new(), Vec::new());
    let mut watch = Watch::new(&mut text, &mut notes);
    let played = play.play(&mut session, &mut watch);
    let notes = String::from_utf8_lossy(&notes);
    assert_eq!(played.map(|(status, _)| status), Ok(0), "{notes}");
    assert!(!notes.contains("not implemented"), "{notes}");

    let text = String::from_utf8(text).expect("text");
    let expected = fs::read_to_string(golden.join("story.txt")).expect("the transcript");
    assert_eq!(without_rates(&text), expected);
    for name in ["home", "keyboard", "story"] {
        let of = |folder: &Path| picture(&folder.join(format!("{name}.png")));
        let (mut found, mut expected) = (of(out.path()), of(&golden));
        if name == "story" {
            hide_rate(&mut found);
            hide_rate(&mut expected);
        }
        assert!(found == expected, "{name} differs from the preview's");
    }
}

/// As in the preview's test.
fn without_rates(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.rsplit_once(" tokens, ") {
            Some((before, _)) if line.starts_with("--- ") => format!("{before} tokens ---\n"),
            _ => format!("{line}\n"),
        });
    lines.collect()
}

fn picture(path: &Path) -> Picture {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(Cursor::new(bytes))
        .read_info()
        .expect("a PNG file");
    let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut rgb).expect("a whole PNG file");
    (info.width as usize, info.height as usize, rgb)
}

fn hide_rate((width, _, rgb): &mut Picture) {
    let (rows, columns) = RATE;
    for row in rows {
        rgb[3 * (row * *width + columns.start)..3 * (row * *width + columns.end)].fill(0);
    }
}
