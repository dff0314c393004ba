//! From the pad to the story on the screen, with the built-in model.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use crate::program::{Folder, run, succeed};

/// Types "The cat" with the pad, whose selection begins on q, and "ran" with a keyboard.
const SCRIPT: &str = "\
wait 60
shot home
press cross
wait 30
# t, h, e, a space
press right
press right
press right
press right
press cross
press down
press right
press cross
press up
press left
press left
press left
press cross
press triangle
type \"cat ran\"
wait 40
shot keyboard
press start
until idle
wait 60
shot story
press circle
wait 30
shot again
";

const PROMPT: &str = "The cat ran";
const SETTINGS: [&str; 6] = ["--temperature", "0.5", "--seed", "11", "--steps", "60"];

/// Width, height and RGB of a PNG file.
pub fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(png))
        .read_info()
        .expect("a PNG file");
    let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut rgb).expect("a whole PNG file");
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width, info.height, rgb)
}

fn play(folder: &Folder, script: &str, frames: &str, more: &[&str]) -> String {
    let transcript = format!("{frames}.txt");
    let line = [
        "--headless",
        "--script",
        script,
        "--frames",
        frames,
        "--transcript",
        &transcript,
    ];
    succeed(folder, &[&line, &SETTINGS[..], more].concat());
    String::from_utf8(folder.read(&transcript)).expect("the transcript is text")
}

#[test]
fn a_prompt_typed_with_the_pad_becomes_a_story_on_the_screen() {
    let folder = Folder::new("story");
    let script = folder.write("script.txt", SCRIPT);
    let text = play(&folder, script, "first", &[]);

    // The transcript holds prompt and story, and the story is that of the command line.
    let told = succeed(
        &folder,
        &[&["generate", PROMPT, "--top-p", "0.9"], &SETTINGS[..]].concat(),
    );
    let told = told.trim_end();
    assert!(
        told.starts_with(PROMPT) && told.len() > PROMPT.len() + 40,
        "{told}"
    );
    let expected = format!("--- story ---\n{told}\n--- ");
    assert!(text.starts_with(&expected), "{text}\nis not\n{expected}");
    assert!(text.contains("tokens"), "{text}");

    // The same again: the same text and the same pixels, whether or not every frame is drawn.
    assert_eq!(play(&folder, script, "second", &[]), text);
    assert_eq!(play(&folder, script, "every", &["--every-frame"]), text);
    let mut seen = Vec::new();
    for name in ["home", "keyboard", "story", "again"] {
        let file = |run: &str| folder.read(&format!("{run}/{name}.png"));
        assert_eq!(file("first"), file("second"), "{name}");
        assert_eq!(file("first"), file("every"), "{name}");
        let picture = pixels(&file("first"));
        assert_eq!((picture.0, picture.1), (1280, 720));
        assert!(!seen.contains(&picture), "{name} is another screen");
        seen.push(picture);
    }
}

#[test]
fn modes_change_the_picture_and_nothing_else() {
    let folder = Folder::new("modes");
    let script = folder.write("script.txt", SCRIPT);
    let wide = play(&folder, script, "hd", &["--mode", "1080p"]);
    let narrow = play(
        &folder,
        script,
        "sd",
        &["--mode", "480p", "--aspect", "4:3"],
    );
    assert_eq!(wide, narrow);
    for (name, size) in [("hd", (1920, 1080)), ("sd", (720, 480))] {
        let (width, height, _) = pixels(&folder.read(&format!("{name}/story.png")));
        assert_eq!((width, height), size);
    }
}

#[test]
fn waiting_in_vain_is_an_error_that_keeps_the_transcript() {
    let folder = Folder::new("vain");
    let script = "wait 5\npress cross\nwait 20\ntype \"Tom\\n\"\nuntil idle 1\n";
    let script = folder.write("script.txt", script);
    let line = ["--headless", "--script", script, "--transcript", "text.txt"];
    let done = run(&folder, &[&line, &["--temperature", "0"][..]].concat());
    assert_eq!(done.code, Some(1), "{}", done.err);
    assert!(
        done.err
            .contains("script.txt: line 5: not idle after 1 frames"),
        "{}",
        done.err
    );
    let text = String::from_utf8(folder.read("text.txt")).unwrap();
    assert!(text.starts_with("--- story ---\nTom"), "{text}");
    assert_eq!(folder.names(), ["script.txt", "text.txt"]);
}

/// Screens that do not depend on what the model says are held to hashes of their pixels. To make
/// them anew after a change that was looked at: `STORYCELL_BLESS=1 cargo test -p app --test
/// preview`.
#[test]
fn screens_look_as_they_did() {
    let folder = Folder::new("screens");
    let script = folder.write("script.txt", SCREENS);
    play(&folder, script, "screens", &[]);
    let mut found = String::new();
    for name in ["chat", "keyboard", "symbols", "settings", "about"] {
        let (width, height, rgb) = pixels(&folder.read(&format!("screens/{name}.png")));
        found += &format!("{name} {width}x{height} {:016x}\n", hash(&rgb));
    }
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/preview/screens.txt");
    if std::env::var_os("STORYCELL_BLESS").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert_eq!(found, expected, "look at the screens, then see above");
}

const SCREENS: &str = "\
wait 60
press right
wait 60
shot chat
press cross
wait 40
type \"Hello there, little one!\"
wait 30
shot keyboard
press r2
wait 30
shot symbols
press circle
wait 10
press circle
wait 10
press right
wait 30
press cross
wait 60
shot settings
press circle
wait 10
press right
wait 30
press cross
wait 60
shot about
";

/// FNV-1a, which is the same everywhere and for ever, as the standard library's hash is not.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The demonstration that is played where there is no display.
#[test]
fn without_a_display_there_is_a_demonstration() {
    let folder = Folder::new("demonstration");
    let out = succeed(&folder, &["--steps", "48"]);
    assert!(out.starts_with("There is no display"), "{out}");
    assert!(out.contains("--- story ---\nOnce upon a time"), "{out}");
    assert!(
        out.contains("--- user ---\nHello!\n--- model ---\n"),
        "{out}"
    );
    let screens = fs::read_dir(folder.path().join("storycell-demo")).unwrap();
    let screens: Vec<PathBuf> = screens.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(screens.len(), 9);
    for screen in screens {
        let (width, height, _) = pixels(&fs::read(&screen).unwrap());
        assert_eq!((width, height), (1280, 720), "{}", screen.display());
    }
}
