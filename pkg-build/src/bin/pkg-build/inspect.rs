//! Says what is in a file.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use llama::Bundle;
use package::pkg::{self, Kind, Release, Report};
use package::self_file::{self, SelfFile};
use package::whole_file;

use crate::arguments::Inspect;
use crate::commands::open_package;
use crate::failure::Failure;
use crate::progress::Progress;

pub fn run(arguments: &Inspect) -> Result<(), Failure> {
    let path = &arguments.file;
    let magic = magic(path).map_err(Failure::about(path))?;
    if magic.starts_with(&pkg::MAGIC) {
        return inspect_package(arguments);
    }
    let describe = if magic.starts_with(&self_file::MAGIC) {
        describe_self
    } else if magic.starts_with(&sfo::MAGIC) {
        describe_sfo
    } else if Bundle::is_bundle(&magic) {
        describe_model
    } else {
        return Err(Failure::about(path)(
            "is neither a package nor a SELF, PARAM.SFO or model",
        ));
    };
    let bytes = whole_file::read(path).map_err(Failure::about(path))?;
    let text = describe(&bytes).map_err(Failure::about(path))?;
    print(&text, path)
}

/// The first bytes, as many as any of the files needs to be known by.
fn magic(path: &Path) -> io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut magic = Vec::new();
    File::open(path)?.take(8).read_to_end(&mut magic)?;
    Ok(magic)
}

fn inspect_package(arguments: &Inspect) -> Result<(), Failure> {
    let path = &arguments.file;
    let mut package = open_package(path, &arguments.keys)?;
    let size = 2 * package.header().package_size;
    let progress = Progress::new("checking");
    let report = package
        .verify(&mut |done| progress.set(done, size))
        .map_err(Failure::about(path))?;
    drop(progress);

    let header = package.header();
    let release = match header.release {
        Release::Debug => "debug",
        Release::Retail => "retail",
    };
    let mut text = format!(
        "{release} package, {} bytes\ncontent ID {}\n",
        header.package_size,
        header.content_id_text()
    );
    for packet in &package.metadata().packets {
        text += &format!("{packet}\n");
    }
    match package.items() {
        Ok(items) => {
            for item in items {
                text += &line_of(item, &report);
            }
        }
        Err(error) => text += &format!("{} items: {error}\n", header.item_count),
    }
    for check in &report.digests {
        text += &format!("digest of {}: {}\n", check.of, check.state);
    }
    print(&text, path)?;
    report.result().map_err(Failure::about(path))
}

fn line_of(item: &pkg::Item, report: &Report) -> String {
    let kind = match item.kind {
        Kind::NpdrmSelf => "program",
        Kind::File => "file",
        Kind::Folder => return format!("{:<8} {:>12}  {}/\n", "folder", "", item.name),
        Kind::Other(_) => "other",
    };
    let check = report.items.iter().find(|check| check.item == *item);
    let state = check.map(|check| check.state.to_string());
    format!(
        "{kind:<8} {:>12}  {}: {}\n",
        item.size,
        item.name,
        state.unwrap_or_default()
    )
}

fn describe_self(bytes: &[u8]) -> Result<String, String> {
    let file = SelfFile::parse(bytes).map_err(|error| error.to_string())?;
    let state = match file.check().map_err(|error| error.to_string())? {
        true => "digest of the ELF: good",
        false => "digest of the ELF: none that can be compared",
    };
    Ok(format!("{file}{state}\n"))
}

fn describe_sfo(bytes: &[u8]) -> Result<String, String> {
    let table = sfo::Sfo::parse(bytes).map_err(|error| error.to_string())?;
    // Only of programs is it known what they have to have.
    if table.get("CATEGORY").and_then(sfo::Value::as_text) == Some("HG") {
        table.validate().map_err(|error| error.to_string())?;
    }
    let mut text = format!("PARAM.SFO, {} bytes\n", bytes.len());
    for (key, value) in table.iter() {
        let _ = match value {
            sfo::Value::Text { text: value, .. } => writeln!(text, "{key} {value:?}"),
            sfo::Value::Bytes { bytes, .. } => {
                writeln!(text, "{key} \"{}\"", bytes.escape_ascii())
            }
            sfo::Value::Integer(value) => writeln!(text, "{key} {value:#x}"),
        };
    }
    Ok(text)
}

fn describe_model(bytes: &[u8]) -> Result<String, String> {
    let bundle = Bundle::parse(bytes).map_err(|error| error.to_string())?;
    let tokenizer = bundle.tokenizer().map_err(|error| error.to_string())?;
    let checkpoint = bundle.checkpoint();
    let format = checkpoint.format();
    let config = checkpoint.config();
    Ok(format!(
        "model {:?}, {format}, {} bytes\n\
         dim {}, hidden_dim {}, n_layers {}, n_heads {}, n_kv_heads {}, vocab_size {}, seq_len {}\n\
         tokenizer of {} tokens\n\
         all checksums: good\n",
        bundle.name(),
        bytes.len(),
        config.dim,
        config.hidden_dim,
        config.n_layers,
        config.n_heads,
        config.n_kv_heads,
        config.vocab_size,
        config.seq_len,
        tokenizer.vocab_size()
    ))
}

/// Writes to standard output. Whoever closes it early has read enough.
fn print(text: &str, path: &Path) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::about(path)(error)),
        _ => Ok(()),
    }
}
