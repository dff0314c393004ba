//! The commands that write.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use package::keys::Use;
use package::pkg::{self, Builder, Package, Settings};
use package::self_file::{Wrapping, sign, wrap};
use package::whole_file;
use pkg_build::model::{self, Target};
use pkg_build::ps3load::{Message, Timeouts};

use crate::arguments::{ConvertModel, Extract, Format, Keys, MakeSelf, Pack, Send};
use crate::failure::Failure;
use crate::keys;
use crate::progress::Progress;

pub fn extract(arguments: &Extract) -> Result<(), Failure> {
    let path = &arguments.package;
    let mut package = open_package(path, &arguments.keys)?;
    package.items().map_err(Failure::about(path))?;
    if !arguments.force {
        let size = 2 * package.header().package_size;
        let progress = Progress::new("checking");
        let report = package.verify(&mut |done| progress.set(done, size));
        report
            .and_then(|report| report.result())
            .map_err(Failure::about(path))?;
    }
    let mut current = arguments.folder.clone();
    pkg::extract(&mut package, &arguments.folder, &mut |item| {
        current = arguments.folder.join(&item.name);
    })
    .map_err(|error| Failure::about(&current)(error))
}

pub fn pack(arguments: &Pack) -> Result<(), Failure> {
    let about_folder = || Failure::about(&arguments.folder);
    let settings = Settings {
        key: keys::package_key(&arguments.keys)?,
        ..Settings::program(arguments.content_id.clone())
    };
    let mut builder = Builder::new();
    builder.add_all(&arguments.folder).map_err(about_folder())?;
    builder
        .check_program(&arguments.content_id)
        .map_err(about_folder())?;
    let progress = Progress::new("packing");
    whole_file::create(&arguments.package, |out| {
        builder.write(&settings, out, &mut |done, total| progress.set(done, total))
    })
    .map_err(Failure::about(&arguments.package))
}

pub fn make_self(arguments: &MakeSelf) -> Result<(), Failure> {
    let elf = whole_file::read(&arguments.elf).map_err(Failure::about(&arguments.elf))?;
    let content_id = arguments.content_id.as_ref();
    let made = match (&arguments.keys, &arguments.curves) {
        (Some(keys), Some(curves)) => {
            let purpose = match content_id {
                Some(_) => Use::PackageProgram,
                None => Use::Program,
            };
            let (keys, curve) = keys::signing_keys(keys, curves, purpose)?;
            // The console compares the name that the program has in its package.
            let name = arguments.output.file_name().unwrap_or_default();
            let name = name.to_string_lossy();
            let package = content_id.map(|id| (id, &*name));
            sign(&elf, package, &keys, &curve)
        }
        _ => wrap(&elf, content_id.map_or(Wrapping::Plain, Wrapping::Package)),
    };
    let made = made.map_err(Failure::about(&arguments.elf))?;
    whole_file::create_with(&arguments.output, &made).map_err(Failure::about(&arguments.output))
}

pub fn convert_model(arguments: &ConvertModel) -> Result<(), Failure> {
    let target = match (arguments.format, arguments.group_size) {
        (None, _) => Target::Unchanged,
        (Some(Format::Fp32 | Format::Q4), Some(_)) => {
            return Err(Failure::about("--group-size")(
                "goes with --format q8 alone",
            ));
        }
        (Some(Format::Fp32), None) => Target::Fp32,
        (Some(Format::Q4), None) => Target::Q4,
        (Some(Format::Q8), group_size) => Target::Q8 {
            group_size: group_size.map(usize::from),
        },
    };
    let path = &arguments.model;
    let model = whole_file::read(path).map_err(Failure::about(path))?;
    let tokenizer =
        whole_file::read(&arguments.tokenizer).map_err(Failure::about(&arguments.tokenizer))?;
    let name = arguments.name.clone();
    let name = name.unwrap_or_else(|| model::name_of(path));
    whole_file::create(&arguments.output, |out| {
        model::convert(&model, &tokenizer, &name, target, out).map(|_| ())
    })
    .map_err(|error| {
        // A damaged tokenizer is not the checkpoint's fault, nor a full disk.
        let file = match &error {
            model::Error::Io(_) => &arguments.output,
            error if error.is_of_tokenizer() => &arguments.tokenizer,
            _ => path,
        };
        Failure::about(file)(error)
    })
}

pub fn send(arguments: &Send) -> Result<(), Failure> {
    let path = &arguments.program;
    let program = whole_file::read(path).map_err(Failure::about(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut words: Vec<&str> = vec![&name];
    words.extend(arguments.arguments.iter().map(String::as_str));
    let message = Message::new(&program, &words).map_err(Failure::about(path))?;
    let progress = Progress::new("sending");
    let size = message.size() as u64;
    message
        .send(&arguments.address, &Timeouts::default(), &mut |done| {
            progress.set(done as u64, size);
        })
        .map_err(Failure::about(&arguments.address))
}

/// Opens a package, with the key of the key file where there is one.
pub fn open_package(path: &Path, keys: &Keys) -> Result<Package<BufReader<File>>, Failure> {
    let key = keys::package_key(keys)?;
    let file = File::open(path).map_err(Failure::about(path))?;
    Package::open(BufReader::new(file), key).map_err(Failure::about(path))
}
