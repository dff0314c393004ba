//! Scripts read, refused and played.

use proptest::prelude::*;

use super::*;
use crate::display::Mode;

fn parse(text: &str) -> Result<Vec<Command>, String> {
    match Script::parse(text.as_bytes()) {
        Ok(script) => Ok(script.steps.into_iter().map(|step| step.command).collect()),
        Err(error) => Err(error.to_string()),
    }
}

/// A script that reads as this command.
fn written(command: &Command) -> String {
    match command {
        Command::Wait(frames) => format!("wait {frames}"),
        Command::Press(button) => format!("press {button}"),
        Command::Hold(button, frames) => format!("hold {button} {frames}"),
        Command::Type(text) => {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("type \"{}\"", text.replace('\n', "\\n"))
        }
        Command::UntilIdle(frames) => format!("until idle {frames}"),
        Command::At(frame) => format!("at {frame}"),
        Command::Shot(name) => format!("shot {name}"),
        Command::Menu(open) => format!("menu {}", if *open { "open" } else { "close" }),
        Command::Pad(true) => "pad connect".into(),
        Command::Pad(false) => "pad disconnect".into(),
        Command::Mode(Television { mode, wide: true }) => format!("mode {mode}"),
        Command::Mode(Television { mode, wide: false }) => format!("mode {mode} 4:3"),
        Command::Exit => "exit".into(),
    }
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let button = || prop::sample::select(Button::ALL.to_vec());
    let frames = || 1..=MOST_FRAMES;
    let command = prop_oneof![
        frames().prop_map(Command::Wait),
        button().prop_map(Command::Press),
        (button(), frames()).prop_map(|(button, frames)| Command::Hold(button, frames)),
        "([^\\p{Cc}]|\n){0,20}".prop_map(Command::Type),
        frames().prop_map(Command::UntilIdle),
        any::<bool>().prop_map(Command::Menu),
        any::<bool>().prop_map(Command::Pad),
        prop::sample::select(Mode::ALL.to_vec())
            .prop_map(|mode| Command::Mode(Television { mode, wide: true })),
    ];
    prop::collection::vec(command, 0..20)
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        commands in commands(),
        before in "[ \t]{0,3}",
        after in "[ \t\r]{0,3}",
        comment in "(|#[^\n\\p{Cc}]{0,9})",
    ) {
        let lines: Vec<String> = commands
            .iter()
            .map(|command| format!("{before}{}{after}{comment}\n", written(command)))
            .collect();
        prop_assert_eq!(parse(&lines.concat()), Ok(commands));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = Script::parse(&bytes);
    }

    #[test]
    fn any_words_are_read_or_refused_with_their_line(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "wait", "press", "hold", "type", "until", "idle", "shot", "cross", "l1", "3",
                "at", "menu", "open", "pad", "connect", "mode", "480p", "4:3", "exit",
                "-1", "99999999999", "\"a\"", "\"", "\\", "#", "\n", "name",
            ]),
            0..12,
        ),
    ) {
        let text = words.join(" ");
        if let Err(error) = Script::parse(text.as_bytes()) {
            prop_assert!(error.line <= text.split('\n').count());
        }
    }

    #[test]
    fn a_script_takes_the_frames_that_its_commands_say(commands in commands()) {
        let commands: Vec<Command> = commands
            .into_iter()
            .map(|command| match command {
                Command::Wait(frames) => Command::Wait(1 + frames % 50),
                Command::Hold(button, frames) => Command::Hold(button, 1 + frames % 50),
                other => other,
            })
            .collect();
        let steps = commands.iter().cloned().map(|command| Step { line: 1, command });
        let script = Script { steps: steps.collect() };
        let mut player = Player::new(&script);
        let (mut frames, mut held, mut typed) = (0u32, 0u32, 0usize);
        loop {
            let (button, key) = match player.next(true).unwrap() {
                Cue::Frame { held, typed } => (held, typed),
                Cue::End => break,
                _ => continue,
            };
            frames += 1;
            held += u32::from(button.is_some());
            typed += usize::from(key.is_some());
        }
        let sum = |each: fn(&Command) -> u32| commands.iter().map(each).sum::<u32>();
        prop_assert_eq!(frames, sum(|command| match command {
            Command::Wait(frames) => *frames,
            Command::Press(_) => 4,
            Command::Hold(_, frames) => frames + 2,
            Command::Type(text) => text.chars().count() as u32,
            Command::UntilIdle(_) => 1,
            _ => 0,
        }));
        prop_assert_eq!(held, sum(|command| match command {
            Command::Press(_) => 2,
            Command::Hold(_, frames) => *frames,
            _ => 0,
        }));
        prop_assert_eq!(typed as u32, sum(|command| match command {
            Command::Type(text) => text.chars().count() as u32,
            _ => 0,
        }));
    }
}

#[test]
fn errors_name_line_and_expectation() {
    let error = |text: &str| parse(text).unwrap_err();
    assert_eq!(
        error("wait 1\njump"),
        "line 2: \"jump\" stands where one of wait, press, hold, type, until, at, shot, \
         menu, pad, mode and exit was expected"
    );
    assert!(
        error("\n\npress").starts_with("line 3: the line ends where a button was expected: cross")
    );
    assert!(error("press Cross").contains("\"Cross\" stands where a button"));
    assert!(error("wait 0").contains("a number of frames, 1 to"));
    assert!(error("hold up # 3").contains("the line ends where a number of frames"));
    assert!(error("type once").contains("a text in quotation marks"));
    assert_eq!(
        error("type \"a"),
        "line 1: the text has no closing quotation mark"
    );
    assert!(error("type \"\\t\"").contains("\"t\" stands after a backslash"));
    assert!(error("type \"a\tb\"").contains("control character U+0009"));
    assert!(error("until done").contains("where idle was expected"));
    assert!(error("menu up").contains("\"up\" stands where open or close was expected"));
    assert!(error("pad").contains("the line ends where connect or disconnect"));
    assert!(error("mode 1080i").contains("a display mode was expected: 1080p 720p 576p 480p"));
    assert!(error("mode 720p 4:3").contains("where 16:9 was expected, the shape of 720p"));
    assert!(error("mode 480p wide").contains("where 16:9 or 4:3 was expected"));
    assert_eq!(
        error("exit\nwait 1"),
        "line 2: the program is ended in line 1, no command was expected after it"
    );
    assert!(error("shot a/b").contains("the screen's name was expected"));
    assert_eq!(
        error("shot a\nshot A"),
        "line 2: the screen A is kept in line 1 already, expected another name"
    );
    assert!(error("press cross circle").contains("\"circle\" stands where the line should end"));
    assert_eq!(
        Script::parse(b"wait 1\n\xff").unwrap_err().to_string(),
        "line 2: expected UTF-8 text"
    );
}

#[test]
fn waiting_for_idle_ends_with_it_or_with_patience() {
    let script = Script::parse(b"\nuntil idle 5\nshot end").unwrap();
    let mut player = Player::new(&script);
    assert_eq!(
        player.next(true),
        Ok(Cue::Frame {
            held: None,
            typed: None
        })
    );
    assert!(matches!(player.next(false), Ok(Cue::Frame { .. })));
    assert_eq!(player.next(true), Ok(Cue::Shot("end")));
    assert_eq!(player.next(true), Ok(Cue::End));
    assert_eq!(player.next(true), Ok(Cue::End));

    let mut player = Player::new(&script);
    for _ in 0..5 {
        assert!(matches!(player.next(false), Ok(Cue::Frame { .. })));
    }
    let error = player.next(false).unwrap_err();
    assert_eq!(error.to_string(), "line 2: not idle after 5 frames");
}

#[test]
fn frames_are_counted_from_the_first_one() {
    let script = Script::parse(b"wait 2\nmenu open\nat 5\nat 5\nmode 576p 4:3\nat 4").unwrap();
    let mut player = Player::new(&script);
    let mut cues = Vec::new();
    let error = loop {
        match player.next(true) {
            Ok(cue) => cues.push(cue),
            Err(error) => break error,
        }
    };
    let nothing = Cue::Frame {
        held: None,
        typed: None,
    };
    let television = Television {
        mode: Mode::P576,
        wide: false,
    };
    let mut expected = vec![nothing; 5];
    expected.insert(2, Cue::Menu(true));
    expected.push(Cue::Mode(television));
    assert_eq!(cues, expected);
    assert_eq!(
        error.to_string(),
        "line 6: frame 4 has passed, 5 were shown already"
    );
    assert_eq!(player.step().unwrap().line, 6);
}

#[test]
fn the_help_is_a_script_with_every_button() {
    let lines: Vec<&str> = HELP.lines().filter(|line| line.starts_with("  ")).collect();
    let commands = parse(&lines.join("\n")).unwrap();
    assert_eq!(commands.len(), lines.len());
    let kinds: std::collections::HashSet<_> = commands.iter().map(std::mem::discriminant).collect();
    // All that there are.
    assert_eq!(kinds.len(), 11);
    for button in Button::ALL {
        assert!(HELP.contains(&format!(" {button}")), "{button}");
    }
}
