//! Programs built for the PPU are booted on the virtual PS3 and used by a script.

use std::path::Path;

use console::boot::{Disk, Limits, Play, Program, Session, Setup, Speed, Watch};
use console::lv2::{EnterButton, Language, Layout};
use console::script::Script;

use crate::shared::example;

const SCRIPT: &str = r#"
wait 3
press cross
hold left 5
type "Häß"
menu open
press circle
menu close
wait 2
pad disconnect
wait 3
pad connect
wait 3
press start
"#;

const TEXT: &str = r#"language Ok(Some("de")), yes is Ok(Circle)
pad 0:  | left [0, 0] right [0, 0] | pressure up to 0
pad 0: Cross | left [0, 0] right [0, 0] | pressure up to 255
pad 0:  | left [0, 0] right [0, 0] | pressure up to 0
pad 0: Left | left [0, 0] right [0, 0] | pressure up to 255
pad 0:  | left [0, 0] right [0, 0] | pressure up to 0
keyboard: Character('H')
keyboard: Character('ä')
keyboard: Character('ß')
system: DrawingBegins
system: MenuOpened
system: MenuClosed
system: DrawingEnds
pad 0: gone
pad 0:  | left [0, 0] right [0, 0] | pressure up to 0
pad 0: Start | left [0, 0] right [0, 0] | pressure up to 0
the end
"#;

#[test]
fn pad_viewer_shows_what_the_script_does() {
    let Some(built) = example("pad_viewer") else {
        return;
    };
    let file = built.elf;
    let disk = Disk::temporary().expect("a temporary folder");
    let program = Program::read(&file, &disk).expect("a program");
    let mut setup = Setup::default();
    setup.settings.language = Language::German;
    setup.settings.enter_button = EnterButton::Circle;
    setup.keyboard = Some(Layout::German);
    let machine = setup.start(&program, &disk).expect("it starts");
    let limits = Limits::default();
    let mut session = Session::new(machine, &program, &file, limits, Speed::Free);
    let script = Script::parse(SCRIPT.as_bytes()).expect("a script");
    let play = Play {
        script: &script,
        script_name: Path::new("the script"),
        frames: Path::new(""),
    };
    let (mut text, mut notes) = (Vec::new(), Vec::new());
    let mut watch = Watch::new(&mut text, &mut notes);
    let played = play.play(&mut session, &mut watch);
    assert_eq!(played, Ok((0, Vec::new())));
    assert_eq!(String::from_utf8(text).unwrap(), TEXT);
    assert_eq!(String::from_utf8(notes).unwrap(), "");
}
