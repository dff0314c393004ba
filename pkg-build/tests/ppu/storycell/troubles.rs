//! What goes wrong is said, and the program goes on.

use std::fs;

use console::display::Mode;
use console::lv2::Mount;
use llama::generation::Step;
use llama::reference::Reference;
use llama::{Checkpoint, Config, Generation, Sampler, Tokenizer, synthetic};

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

/// A console that has so little memory that no more than a part of a model's weights fits: the rest
/// is read anew for each token, and the story is the same.
#[test]
fn weights_without_a_place_in_memory_are_read_for_each_token() {
    const SCRIPT: &str = r#"
until idle
press cross
wait 20
type "Once"
press start
until idle
"#;
    // 8.6 MB of weights.
    let config = Config {
        dim: 128,
        hidden_dim: 352,
        n_layers: 4,
        n_heads: 4,
        n_kv_heads: 4,
        vocab_size: 10_000,
        seq_len: 64,
    };
    let Some(package) = storycell() else {
        return;
    };
    let weights = synthetic::checkpoint(&config, true, 1).expect("a model");
    let stick = tempfile::tempdir().expect("a temporary folder");
    let models = stick.path().join("STORYCELL");
    fs::create_dir(&models).expect("a temporary folder");
    fs::write(models.join("noise.bin"), &weights).expect("a temporary file");
    let tokenizer = synthetic::tokenizer(config.vocab_size);
    fs::write(models.join("tokenizer.bin"), &tokenizer).expect("a temporary file");
    let mut console = Console::new(package, "temperature = 0\nlength = 16\n");
    let chosen = console.home().join("model.txt");
    fs::write(&chosen, "/dev_usb000/STORYCELL/noise.bin").expect("a temporary file");
    console.setup.mounts = vec![Mount::folder("/dev_usb000", stick.path())];

    // Of that the program itself takes 20 MB, and leaves 16 MB free.
    console.setup.memory = Some(42 << 20);
    let run = console.play(SCRIPT);
    let said = run.notes.split_once("KB of memory, ").expect(&run.notes).1;
    let (streamed, _) = said.split_once(" KB to be read").expect(&run.notes);
    let streamed: u32 = streamed.parse().expect("a number");
    assert!(streamed > 2000, "{}", run.notes);
    let story = greedy(&weights, &tokenizer, "Once", 16);
    let expected = format!("--- story ---\n{story}\n--- length reached: ");
    assert!(run.told().starts_with(&expected), "{}", run.told());
}

/// The story that the reference engine tells, greedily.
fn greedy(weights: &[u8], tokenizer: &[u8], prompt: &str, steps: usize) -> String {
    let checkpoint = Checkpoint::parse(weights).expect("a model");
    let tokenizer = Tokenizer::parse(tokenizer).expect("a tokenizer");
    let mut engine = Reference::new(&checkpoint);
    let mut sampler = Sampler::new(0.0, 0.9, 1);
    let mut story = Generation::new(&tokenizer, checkpoint.config(), prompt, steps);
    let mut text = Vec::new();
    while let Step::Token { piece, .. } = story
        .step(&mut engine, &mut sampler, &tokenizer)
        .expect("a token")
    {
        text.extend_from_slice(piece);
    }
    String::from_utf8(text).expect("text")
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
