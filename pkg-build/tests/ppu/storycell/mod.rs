//! The package of StoryCell on the virtual PS3: it tells what the preview tells, draws what the
//! preview draws, and says what goes wrong.

mod golden;
mod troubles;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use console::boot::{Disk, Limits, Play, Program, Session, Setup, Speed, Watch};
use console::script::Script;
use tempfile::TempDir;

use crate::shared::{can_build, folder, pkg_build};

/// The package, built once for all tests here.
fn storycell() -> Option<&'static Path> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if !can_build("StoryCell on the virtual PS3") {
        return None;
    }
    let file = BUILT.get_or_init(|| {
        let file = folder().join("on-the-console.pkg");
        let name = file.to_str().expect("a plain name");
        let output = pkg_build(&folder(), &["--output", name]);
        assert!(output.status.success(), "{output:?}");
        file
    });
    Some(file)
}

/// What came of a run.
struct Run {
    transcript: String,
    /// What the program said on its other channel, and the console.
    notes: String,
    shots: TempDir,
}

impl Run {
    /// The transcript without the tokens a second: the virtual PS3's clock counts the PPU's part,
    /// the preview's does not.
    fn told(&self) -> String {
        let lines = self.transcript.lines();
        lines
            .map(|line| match line.rsplit_once(" tokens, ") {
                Some((before, _)) if line.starts_with("--- ") => format!("{before} tokens ---\n"),
                _ => format!("{line}\n"),
            })
            .collect()
    }

    fn shot(&self, name: &str) -> Picture {
        Picture::read(&self.shots.path().join(format!("{name}.png")))
    }
}

/// A screen that was kept.
#[derive(PartialEq)]
struct Picture {
    width: usize,
    rgb: Vec<u8>,
}

impl Picture {
    fn read(path: &Path) -> Picture {
        let file = fs::File::open(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut reader = png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .expect("a PNG file");
        let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut rgb).expect("a whole PNG file");
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Picture {
            width: info.width as usize,
            rgb,
        }
    }
}

/// A console with the package installed, and with these settings.
struct Console {
    disk: Disk,
    program: Program,
    setup: Setup,
}

impl Console {
    fn new(package: &Path, settings: &str) -> Console {
        let disk = Disk::temporary().expect("a temporary folder");
        let program = Program::read(package, &disk).expect("a package");
        let console = Console {
            disk,
            program,
            setup: Setup::default(),
        };
        fs::write(console.home().join("settings.txt"), settings).expect("a temporary file");
        console
    }

    /// The folder of the program and of what it stores.
    fn home(&self) -> PathBuf {
        self.disk.folder().join("game/STRY00001/USRDIR")
    }

    /// Boots the package and plays a script to its end.
    fn play(&self, script: &str) -> Run {
        let shots = tempfile::tempdir().expect("a temporary folder");
        let script = Script::parse(script.as_bytes()).expect("a script");
        let machine = self.setup.start(&self.program, &self.disk).expect("memory");
        let name = Path::new("storycell.pkg");
        let mut session =
            Session::new(machine, &self.program, name, Limits::default(), Speed::Free);
        let play = Play {
            script: &script,
            script_name: Path::new("the script"),
            frames: shots.path(),
        };
        let (mut text, mut notes) = (Vec::new(), Vec::new());
        let mut watch = Watch::new(&mut text, &mut notes);
        let played = play.play(&mut session, &mut watch);
        let notes = String::from_utf8_lossy(&notes).into_owned();
        let (status, _) = played.unwrap_or_else(|failure| panic!("{failure}\n{notes}"));
        assert_eq!(status, 0, "{notes}");
        assert!(!notes.contains("not implemented"), "{notes}");
        Run {
            transcript: String::from_utf8(text).expect("text"),
            notes,
            shots,
        }
    }
}
