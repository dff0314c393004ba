//! What goes wrong is said, and the program goes on.

use std::fs;

use console::display::Mode;
use console::lv2::Mount;

use super::{Console, storycell};

#[test]
fn a_broken_model_is_named_and_another_one_chosen() {
    const SCRIPT: &str = r#"
until idle
press square
until idle
wait 20
press cross
until idle
wait 20
press down
wait 20
press cross
until idle
"#;
    let Some(package) = storycell() else {
        return;
    };
    let stick = tempfile::tempdir().expect("a temporary folder");
    let models = stick.path().join("STORYCELL");
    fs::create_dir(&models).expect("a temporary folder");
    let broken = &models::CHECKPOINT[..models::CHECKPOINT.len() / 2];
    fs::write(models.join("half.bin"), broken).expect("a temporary file");
    fs::write(models.join("tokenizer.bin"), models::TOKENIZER).expect("a temporary file");
    let mut console = Console::new(package, "temperature = 0\nlength = 32\n");
    let chosen = console.home().join("model.txt");
    fs::write(&chosen, "/dev_usb000/STORYCELL/half.bin").expect("a temporary file");
    console.setup.mounts = vec![Mount::folder("/dev_usb000", stick.path())];
    let told = console.play(SCRIPT).told();
    let expected = "--- error ---\ncheckpoint: the file ends inside ";
    assert!(told.starts_with(expected), "{told}");
    assert!(
        told.contains("\n/dev_usb000/STORYCELL/half.bin\n--- story ---\n"),
        "{told}"
    );
    let stored = fs::read_to_string(chosen).expect("the choice");
    assert_eq!(
        stored,
        "/dev_hdd0/game/STRY00001/USRDIR/models/little-stories.model"
    );
}

#[test]
fn a_full_disk_is_told_about_and_a_story_can_be_left() {
    const SCRIPT: &str = r#"
until idle
press right
wait 20
press right
wait 20
press cross
wait 20
press right
press circle
wait 20
press left
wait 20
press left
wait 20
press down
wait 20
press cross
wait 5
exit
"#;
    let Some(package) = storycell() else {
        return;
    };
    let mut console = Console::new(package, "seed = 1\n");
    let settings = console.home().join("settings.txt");
    console.setup.mounts = vec![Mount {
        capacity: 0,
        ..Mount::folder("/dev_hdd0", console.disk.folder())
    }];
    let told = console.play(SCRIPT).told();
    let expected = "--- error ---\nThe settings were not kept. \
                    /dev_hdd0/game/STRY00001/USRDIR/settings.txt: no space left (ENOSPC, 0x80010023)\n\
                    --- story ---\n";
    assert!(told.starts_with(expected), "{told}");
    // What was there before is there still, and nothing beside it.
    let kept = fs::read_to_string(&settings).expect("the settings");
    assert_eq!(kept, "seed = 1\n");
    assert!(!settings.with_extension("txt.partial").exists());
}

#[test]
fn without_a_pad_the_player_is_asked_for_one() {
    const SCRIPT: &str = r#"
until idle
wait 60
shot with
pad disconnect
wait 120
shot without
pad connect
wait 20
shot again
"#;
    let Some(package) = storycell() else {
        return;
    };
    let mut console = Console::new(package, "");
    console.setup.keyboard = None;
    console.setup.television.mode = Mode::P480;
    let run = console.play(SCRIPT);
    // The request is the only thing on the screen that is red rather than blue.
    let red = |pixel: &&[u8]| pixel[0] > pixel[2].saturating_add(30);
    let alarm = |name| run.shot(name).rgb.chunks(3).filter(red).count();
    assert_eq!((alarm("with"), alarm("again")), (0, 0));
    assert!(alarm("without") > 500, "{}", alarm("without"));
}
