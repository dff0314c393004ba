//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use render::{Aspect, Display};

use crate::engine::Setup;
use crate::model::Source;

/// StoryCell on the desktop: a virtual PS3's SPUs tell stories, its RSX draws them.
///
/// Without a command it opens a window, or where there is no display it plays a demonstration.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub preview: Preview,
}

/// What else it can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tells a story on standard output; statistics go to standard error.
    Generate(Generate),
}

/// The model's files: none, a bundle, or a checkpoint and its tokenizer.
#[derive(Clone, Debug, Args)]
pub struct ModelFiles {
    /// A model as pkg-build converts it, or a checkpoint of llama2.c [default: the built-in model].
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The tokenizer of a checkpoint of llama2.c.
    #[arg(long, value_name = "FILE", requires = "model")]
    tokenizer: Option<PathBuf>,
}

impl ModelFiles {
    /// Where the model is read from.
    pub fn source(&self) -> Source {
        match &self.model {
            Some(model) => Source::Files {
                model: model.clone(),
                tokenizer: self.tokenizer.clone(),
            },
            None => Source::BuiltIn,
        }
    }
}

/// How much memory the model may have.
#[derive(Clone, Debug, Args)]
pub struct Memory {
    /// Megabytes of memory for the model; what has no place in it is read anew for each token [default: all that it takes].
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(1..))]
    memory: Option<u32>,
}

impl Memory {
    /// Bytes of it.
    pub fn bytes(&self) -> usize {
        self.memory.map_or(usize::MAX, |megabytes| {
            (megabytes as usize).saturating_mul(1 << 20)
        })
    }
}

/// The preview: in a window, or headless by a script.
#[derive(Clone, Debug, Args)]
pub struct Preview {
    #[command(flatten)]
    pub files: ModelFiles,
    #[command(flatten)]
    pub memory: Memory,
    /// No window: drives the app by a script, frame by frame, the same way in each run.
    #[arg(long, requires = "script")]
    pub headless: bool,
    /// The script of pad events.
    #[arg(long, value_name = "FILE", requires = "headless")]
    pub script: Option<PathBuf>,
    /// The folder for the screens that the script keeps.
    #[arg(long, value_name = "DIR", requires = "headless")]
    pub frames: Option<PathBuf>,
    /// The file for the text that was shown [default: standard output].
    #[arg(long, value_name = "FILE", requires = "headless")]
    pub transcript: Option<PathBuf>,
    /// Has the RSX draw every frame, not only the screens that are kept.
    #[arg(long, requires = "headless")]
    pub every_frame: bool,
    /// The display mode.
    #[arg(long, default_value = "720p")]
    pub mode: Mode,
    /// The shape of the picture [default: 16:9].
    #[arg(long)]
    pub aspect: Option<PictureShape>,
    /// The setting at the start: 0 to 2, at most two decimals.
    #[arg(long, value_name = "T")]
    pub temperature: Option<String>,
    /// The setting at the start: 0.05 to 1, at most two decimals.
    #[arg(long, value_name = "P")]
    pub top_p: Option<String>,
    /// The setting at the start: random, or a number.
    #[arg(long, value_name = "N")]
    pub seed: Option<String>,
    /// The setting at the start: how many tokens a story has, prompt included.
    #[arg(long, value_name = "N")]
    pub steps: Option<String>,
}

impl Preview {
    /// The model, and its memory.
    pub fn setup(&self) -> Setup {
        Setup {
            source: self.files.source(),
            memory: self.memory.bytes(),
        }
    }

    /// The display that is asked for.
    pub fn display(&self) -> Result<Display, &'static str> {
        let aspect = match self.aspect {
            None | Some(PictureShape::Wide) => Aspect::Wide,
            Some(PictureShape::Standard) => Aspect::Standard,
        };
        match (self.mode, aspect) {
            (Mode::P480, _) => Ok(Display::sd_480(aspect)),
            (Mode::P576, _) => Ok(Display::sd_576(aspect)),
            (_, Aspect::Standard) => Err("--aspect 4:3 needs --mode 480p or 576p"),
            (Mode::P720, _) => Ok(Display::HD_720),
            (Mode::P1080, _) => Ok(Display::HD_1080),
        }
    }

    /// The settings that are asked for, as the app stores them.
    pub fn settings(&self) -> String {
        let names = [
            ("temperature", &self.temperature),
            ("top-p", &self.top_p),
            ("seed", &self.seed),
            ("length", &self.steps),
        ];
        let lines = names.iter().filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some(format!("{name} = {value}\n"))
        });
        lines.collect()
    }
}

/// A display mode of the PS3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// 1920×1080.
    #[value(name = "1080p")]
    P1080,
    /// 1280×720.
    #[value(name = "720p")]
    P720,
    /// 720×576.
    #[value(name = "576p")]
    P576,
    /// 720×480.
    #[value(name = "480p")]
    P480,
}

/// The shape of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PictureShape {
    /// Wide.
    #[value(name = "16:9")]
    Wide,
    /// Not wide.
    #[value(name = "4:3")]
    Standard,
}

/// A story on standard output.
#[derive(Clone, Debug, Args)]
pub struct Generate {
    /// The beginning of the story.
    #[arg(default_value = "")]
    pub prompt: String,
    #[command(flatten)]
    pub files: ModelFiles,
    #[command(flatten)]
    pub memory: Memory,
    /// What computes it.
    #[arg(long, default_value = "spu")]
    pub engine: Engine,
    /// How the weights are stored while computing [default: as in the file].
    #[arg(long)]
    pub format: Option<Weights>,
    /// 0 always takes the most probable token.
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = temperature)]
    pub temperature: f32,
    /// The mass of probability that tokens are drawn from; 0 and 1 draw from all.
    #[arg(long, value_name = "P", default_value_t = 0.9, value_parser = top_p)]
    pub top_p: f32,
    /// The random generator's seed [default: another one each time].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Tokens in all, the prompt's among them; 0 means the model's length.
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub steps: usize,
    /// How many SPUs compute.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=6))]
    pub spus: u8,
}

/// What computes the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// The scalar engine, on this machine's processor.
    Reference,
    /// The SPU programs, on simulated SPUs.
    Spu,
}

/// How weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Weights {
    /// Single precision.
    Fp32,
    /// Signed bytes with a scale for each group.
    Q8,
    /// Four bits with a scale for each group.
    Q4,
}

fn temperature(text: &str) -> Result<f32, &'static str> {
    match text.parse() {
        Ok(value) if (0.0..=100.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to 100"),
    }
}

fn top_p(text: &str) -> Result<f32, &'static str> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to 1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn settings_read_as_the_app_stores_them() {
        let line = [
            "storycell",
            "--temperature",
            "0.5",
            "--seed",
            "7",
            "--steps",
            "64",
        ];
        let arguments = Arguments::try_parse_from(line).unwrap();
        let settings = app::settings::parse(arguments.preview.settings().as_bytes()).unwrap();
        assert_eq!(settings.temperature().value(), 0.5);
        assert_eq!(settings.seed(), app::settings::Seed::Fixed(7));
        assert_eq!(settings.length(), 64);
    }

    #[test]
    fn narrow_pictures_are_of_standard_definition() {
        let display = |line: &[&str]| {
            let line = ["storycell"].iter().chain(line);
            Arguments::try_parse_from(line).unwrap().preview.display()
        };
        let narrow = Display::sd_480(Aspect::Standard);
        assert_eq!(display(&["--mode", "480p", "--aspect", "4:3"]), Ok(narrow));
        assert_eq!(display(&[]), Ok(Display::HD_720));
        assert!(display(&["--aspect", "4:3"]).is_err());
    }
}
