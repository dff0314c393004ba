//! Building the package: the program, what the XMB shows, and a model.

use std::path::{Path, PathBuf};

use llama::Bundle;
use package::keys::Use;
use package::self_file::{Wrapping, wrap};
use package::whole_file;
use pkg_build::assembly::{Memory, Parts, Signing};
use pkg_build::model::{self, Target as Format};
use pkg_build::picture;
use pkg_build::program::{Program, Target};
use pkg_build::sound;
use pkg_build::title::Title;
use render::scene::Symbol;

use crate::arguments::Build;
use crate::elf::{Wanted, target_dir};
use crate::failure::Failure;
use crate::keys;
use crate::progress::Progress;

/// What the background says of StoryCell.
const ABOUT: &str = "A language model on six SPUs. Begin a story, and it goes on.";

pub fn run(arguments: Build) -> Result<(), Failure> {
    // What is quickly refused comes ahead of what takes long.
    let title = title(&arguments)?;
    let signing = signing(&arguments)?;
    let model = match &arguments.example {
        Some(_) => None,
        None => Some(model(&arguments)?),
    };
    let output = output(&arguments)?;

    let program = wanted(&arguments).build()?;
    check_memory(&program, model.as_ref(), &arguments)?;
    let elf = whole_file::read(&program.elf).map_err(Failure::about(&program.elf))?;
    write_self(&program, &elf)?;

    eprintln!("drawing the pictures for the XMB");
    let symbol = match arguments.example {
        Some(_) => Symbol::Gear,
        None => Symbol::Book,
    };
    let icon = picture::icon(title.name(), symbol).map_err(Failure::about("ICON0.PNG"))?;
    let background = match arguments.example {
        Some(_) => None,
        None => Some(
            picture::background(title.name(), ABOUT, symbol).map_err(Failure::about("PIC1.PNG"))?,
        ),
    };
    let sound = match arguments.example {
        Some(_) => None,
        None => {
            eprintln!("playing the sound for the XMB");
            Some(sound::theme())
        }
    };
    let parts = Parts {
        title,
        elf,
        icon,
        background,
        sound,
        model,
        signing,
    };
    eprintln!("packing {}", shown(&output).display());
    let progress = Progress::new("packing");
    let size = parts
        .write(&output, &mut |done, total| progress.set(done, total))
        .map_err(Failure::about(&output))?;
    drop(progress);
    println!("{}: {size} bytes", shown(&output).display());
    Ok(())
}

/// The package to be written.
fn output(arguments: &Build) -> Result<PathBuf, Failure> {
    let Some(path) = &arguments.output else {
        let name = arguments.example.as_deref().unwrap_or("storycell");
        return Ok(target_dir()?.join(format!("{name}.pkg")));
    };
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(Failure::about(folder)("is no folder"))
        }
        _ => Ok(path.clone()),
    }
}

fn wanted(arguments: &Build) -> Wanted {
    match &arguments.example {
        Some(name) => Wanted {
            package: "psl1ght-rs".into(),
            target: Target::Example(name.clone()),
            features: Vec::new(),
            default_features: true,
        },
        None => Wanted {
            package: "app".into(),
            target: Target::Bin("eboot".into()),
            features: vec!["ps3".into()],
            default_features: false,
        },
    }
}

fn title(arguments: &Build) -> Result<Title, Failure> {
    let title = match &arguments.example {
        Some(name) => Title::example(name),
        None => Title::storycell(),
    };
    title
        .with(arguments.title_id.clone(), arguments.content_id.clone())
        .map_err(Failure::about("--content-id"))
}

fn signing(arguments: &Build) -> Result<Signing, Failure> {
    let program = match (&arguments.keys.keys, &arguments.curves) {
        (Some(keys), Some(curves)) => Some(keys::signing_keys(keys, curves, Use::PackageProgram)?),
        _ => None,
    };
    let package = keys::package_key(&arguments.keys)?;
    if package.is_some() && program.is_none() {
        eprintln!("without --curves, the program in the package is fake-signed");
    }
    Ok(Signing { package, program })
}

/// The model as one file, with the file's name.
fn model(arguments: &Build) -> Result<(String, Vec<u8>), Failure> {
    let Some(path) = &arguments.model else {
        let mut file = Vec::new();
        let built_in = (models::CHECKPOINT, models::TOKENIZER);
        model::convert(
            built_in.0,
            built_in.1,
            models::NAME,
            Format::Unchanged,
            &mut file,
        )
        .map_err(Failure::about("the built-in model"))?;
        return Ok((file_name(models::NAME), file));
    };
    let bytes = whole_file::read(path).map_err(Failure::about(path))?;
    let name = model::name_of(path);
    if Bundle::is_bundle(&bytes) {
        Bundle::parse(&bytes).map_err(Failure::about(path))?;
        return Ok((file_name(&name), bytes));
    }
    let Some(tokenizer) = &arguments.tokenizer else {
        return Err(Failure::about(path)(
            "is no file of convert-model, and --tokenizer is not given",
        ));
    };
    let words = whole_file::read(tokenizer).map_err(Failure::about(tokenizer))?;
    let mut file = Vec::new();
    model::convert(&bytes, &words, &name, Format::Unchanged, &mut file).map_err(|error| {
        Failure::about(if error.is_of_tokenizer() {
            tokenizer
        } else {
            path
        })(error)
    })?;
    Ok((file_name(&name), file))
}

/// The name of a model's file: what the file systems of consoles and USB sticks all take.
fn file_name(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        'a'..='z' | '0'..='9' | '.' | '_' => letter,
        'A'..='Z' => letter.to_ascii_lowercase(),
        _ => '-',
    });
    let stem: String = letters.collect();
    format!("{}.model", stem.trim_matches(['-', '.']))
}

fn check_memory(
    program: &Program,
    model: Option<&(String, Vec<u8>)>,
    arguments: &Build,
) -> Result<(), Failure> {
    let mut memory = Memory::of_program(&program.summary);
    let mut about = program.elf.clone();
    if let Some((name, file)) = model {
        about = arguments.model.clone().unwrap_or_else(|| name.into());
        let bundle = Bundle::parse(file).map_err(Failure::about(&about))?;
        memory = memory
            .with_model(bundle.checkpoint().index())
            .map_err(Failure::about(&about))?;
    }
    memory.check().map_err(Failure::about(&about))?;
    eprintln!("on the console: {memory}");
    Ok(())
}

/// The program for loaders, beside its ELF.
fn write_self(program: &Program, elf: &[u8]) -> Result<(), Failure> {
    let path = program.elf.with_extension("self");
    let made = wrap(elf, Wrapping::Plain).map_err(Failure::about(&program.elf))?;
    whole_file::create_with(&path, &made).map_err(Failure::about(&path))
}

/// A path as one would type it here.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_path_buf()
}
