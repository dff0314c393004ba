//! What can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use package::identifiers::{ContentId, TitleId};

/// Builds StoryCell's package for the PS3; makes, reads and sends such files.
///
/// Without a command, the program is built for the PPU and packed with pictures, sound and a model
/// into target/storycell.pkg, which the XMB installs with "Install Package Files".
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub build: Build,
}

#[derive(Args)]
pub struct Build {
    /// Build this example of psl1ght-rs instead, into target/NAME.pkg
    #[arg(long, value_name = "NAME", conflicts_with_all = ["model", "tokenizer"])]
    pub example: Option<String>,
    /// The package to be written [default: storycell.pkg in the target folder]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The title, four capitals and five digits; it is the folder on the console, too
    #[arg(long, value_name = "ID")]
    pub title_id: Option<TitleId>,
    /// 36 characters as in UP0001-NPEB00001_00-0123456789ABCDEF
    #[arg(long, value_name = "ID")]
    pub content_id: Option<ContentId>,
    /// Pack this model instead of the built-in one: a file of convert-model, or a checkpoint of
    /// llama2.c with --tokenizer
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// The checkpoint's tokenizer
    #[arg(long, value_name = "FILE", requires = "model")]
    pub tokenizer: Option<PathBuf>,
    #[command(flatten)]
    pub keys: Keys,
    /// The curves that the keys are of, in the format of scetool: the program is signed, too
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub curves: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Build a program for the PPU and check the image
    Elf(Elf),
    /// Say what is in a package, a SELF, a PARAM.SFO or a model, and check every digest
    Inspect(Inspect),
    /// Unpack a package into a folder
    Extract(Extract),
    /// Make a package of a folder with PARAM.SFO and USRDIR/EBOOT.BIN
    Pack(Pack),
    /// Wrap an ELF for the console, fake-signed, or signed with your own keys
    MakeSelf(MakeSelf),
    /// Make one file for the console of a llama2.c model and its tokenizer
    ConvertModel(ConvertModel),
    /// Start a SELF on a console whose loader waits for one (ps3load)
    Send(Send),
}

#[derive(Args)]
pub struct Elf {
    /// The cargo package
    #[arg(long, short, default_value = "psl1ght-rs")]
    pub package: String,
    #[command(flatten)]
    pub target: ElfTarget,
    /// Features of the package, besides its default ones
    #[arg(long, value_delimiter = ',')]
    pub features: Vec<String>,
    /// Without the package's default features
    #[arg(long)]
    pub no_default_features: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct ElfTarget {
    /// A program of the package
    #[arg(long, value_name = "NAME")]
    pub bin: Option<String>,
    /// An example of the package
    #[arg(long, value_name = "NAME")]
    pub example: Option<String>,
}

#[derive(Args)]
pub struct Inspect {
    /// The file
    pub file: PathBuf,
    #[command(flatten)]
    pub keys: Keys,
}

#[derive(Args)]
pub struct Extract {
    /// The package
    pub package: PathBuf,
    /// The folder to unpack into; it is made where it is not there
    pub folder: PathBuf,
    /// Unpack a damaged package, too
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub keys: Keys,
}

#[derive(Args)]
pub struct Pack {
    /// The folder whose files are packed; names that begin with a dot are left out
    pub folder: PathBuf,
    /// The package to be written
    pub package: PathBuf,
    /// 36 characters as in UP0001-NPEB00001_00-0123456789ABCDEF; the title is that of PARAM.SFO
    #[arg(long)]
    pub content_id: ContentId,
    #[command(flatten)]
    pub keys: Keys,
}

#[derive(Args)]
pub struct MakeSelf {
    /// The program, an ELF for the PPU
    pub elf: PathBuf,
    /// The SELF to be written
    pub output: PathBuf,
    /// The program is to be installed by the package with this content ID
    #[arg(long)]
    pub content_id: Option<ContentId>,
    /// Sign and encrypt it with the keys of your own key file, in the format of scetool
    #[arg(long, value_name = "FILE", requires = "curves")]
    pub keys: Option<PathBuf>,
    /// The curves that the keys are of, in the format of scetool
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub curves: Option<PathBuf>,
}

#[derive(Args)]
pub struct ConvertModel {
    /// The file to be written
    pub output: PathBuf,
    /// A checkpoint of llama2.c
    #[arg(long)]
    pub model: PathBuf,
    /// The model's tokenizer
    #[arg(long)]
    pub tokenizer: PathBuf,
    /// How the weights are stored; without it, as they are
    #[arg(long)]
    pub format: Option<Format>,
    /// Weights that share a scale, with q8 [default: those of the checkpoint, or 32]
    #[arg(long, requires = "format", value_name = "WEIGHTS")]
    pub group_size: Option<u16>,
    /// The name that the app shows [default: the checkpoint's file name]
    #[arg(long)]
    pub name: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Single precision
    Fp32,
    /// A byte for each weight
    Q8,
    /// Half a byte for each weight
    Q4,
}

#[derive(Args)]
pub struct Send {
    /// The console, with a port or without, as in 192.168.0.30
    pub address: String,
    /// The SELF, or a zip archive for a loader that takes one
    pub program: PathBuf,
    /// Arguments for the program
    pub arguments: Vec<String>,
}

#[derive(Args)]
pub struct Keys {
    /// Your own key file, in the format of scetool: retail packages instead of debug ones
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
}
