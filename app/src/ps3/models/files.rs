//! The model files on disk and USB devices.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use app::inference::{Failure, ModelChoice};
use llama::bundle::Bundle;
use psl1ght_rs::fs::{self, File, Folder, Kind};

use super::failure;
use crate::places::Places;

/// A model that may be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// The model, with its tokenizer or without.
    pub model: String,
    /// The tokenizer, where it is a file of its own.
    pub tokenizer: Option<String>,
}

impl ModelFile {
    /// What the app shows of it before it is loaded.
    pub fn choice(&self) -> ModelChoice {
        let (folder, name) = self.model.rsplit_once('/').unwrap_or(("", &self.model));
        let detail = match fs::metadata(&self.model) {
            Ok(file) => format!("{folder}, {}", size(file.size)),
            Err(error) => format!("{folder}: {error}"),
        };
        ModelChoice {
            source: self.model.clone(),
            title: match &self.tokenizer {
                Some(_) => name_of(name).into(),
                None => name_inside(&self.model).unwrap_or_else(|| name_of(name).into()),
            },
            detail,
        }
    }
}

/// The name that a bundle has inside.
fn name_inside(path: &str) -> Option<String> {
    let mut start = [0; Bundle::START];
    let mut file = File::open(path).ok()?;
    file.read_exact(&mut start).ok()?;
    let name = Bundle::name_at_start(&start)?;
    (!name.is_empty()).then(|| name.into())
}

/// A file's size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// All models, those of the program first.
pub fn all(places: &Places) -> Vec<ModelFile> {
    let folders = places.models(fs::usb_devices());
    folders
        .iter()
        .flat_map(|folder| in_folder(folder))
        .collect()
}

/// The model that was chosen, or the one to take where none was.
pub fn find(places: &Places, chosen: Option<&str>) -> Result<ModelFile, Failure> {
    let Some(chosen) = chosen else {
        return first(places);
    };
    let (folder, _) = chosen.rsplit_once('/').unwrap_or_default();
    let mut models = in_folder(folder).into_iter();
    let found = models.find(|file| file.model == chosen);
    found.ok_or_else(|| failure::of_file(chosen, "There is no model in this place"))
}

fn first(places: &Places) -> Result<ModelFile, Failure> {
    let folders = places.models(fs::usb_devices());
    let mut models = folders.iter().flat_map(|folder| in_folder(folder));
    models.next().ok_or_else(|| {
        let looked = folders.join(", ");
        failure::general(format!("There is no model. Looked in {looked}"))
    })
}

/// The models of a folder, by name; none where there is no such folder.
fn in_folder(folder: &str) -> Vec<ModelFile> {
    let Ok(entries) = Folder::open(folder) else {
        return Vec::new();
    };
    // What cannot be read of a folder is not there.
    let files = entries.flatten().filter(|entry| entry.kind == Kind::File);
    let mut names: Vec<String> = files.map(|entry| entry.name).collect();
    names.sort_unstable();
    let is_bundle = |name: &str| begins_as_bundle(&format!("{folder}/{name}"));
    of_names(folder, &names, is_bundle)
}

fn begins_as_bundle(path: &str) -> bool {
    let mut start = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && Bundle::is_bundle(&start)
}

/// Which of the sorted names are models: a bundle whatever it is called, and a checkpoint of
/// llama2.c, which is called `….bin`.
fn of_names(folder: &str, names: &[String], is_bundle: impl Fn(&str) -> bool) -> Vec<ModelFile> {
    names
        .iter()
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| {
            let model = format!("{folder}/{name}");
            if is_bundle(name) {
                let tokenizer = None;
                return Some(ModelFile { model, tokenizer });
            }
            let stem = strip_extension(name).filter(|_| !is_tokenizer(name))?;
            let tokenizer = Some(format!("{folder}/{}", tokenizer_of(stem, names)));
            Some(ModelFile { model, tokenizer })
        })
        .collect()
}

/// What a model is called by its file's name: without the extension.
pub fn name_of(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((name, _)) if !name.is_empty() => name,
        _ => file,
    }
}

/// The name of a file `….bin` without that.
fn strip_extension(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(4)?;
    let (stem, extension) = name.split_at_checked(at)?;
    (extension.eq_ignore_ascii_case(".bin") && !stem.is_empty()).then_some(stem)
}

/// Whether a file is called as tokenizers are: `tokenizer.bin`, `tok512.bin`, `….tokenizer.bin`.
fn is_tokenizer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("tok") || name.ends_with(".tokenizer.bin")
}

/// The name of a model's tokenizer: the one that has the model's name, else `tokenizer.bin`, else
/// the only one that there is. Where there is none, the name that it should have.
fn tokenizer_of(stem: &str, names: &[String]) -> String {
    const SHARED: &str = "tokenizer.bin";
    let own = format!("{stem}.tokenizer.bin");
    let find = |wanted: &str| names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    let of_any = || {
        let mut any = names.iter().filter(|name| {
            strip_extension(name).is_some() && name.to_ascii_lowercase().starts_with("tok")
        });
        any.next().filter(|_| any.next().is_none())
    };
    let found = find(&own).or_else(|| find(SHARED)).or_else(of_any);
    found.map_or(SHARED, |name| name).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().copied().map(Into::into).collect()
    }

    fn found(all: &[&str]) -> Vec<(String, Option<String>)> {
        let bundle = |name: &str| name.contains("bundle");
        let files = of_names("/m", &names(all), bundle).into_iter();
        files.map(|file| (file.model, file.tokenizer)).collect()
    }

    #[test]
    fn models_are_told_from_tokenizers_and_the_rest() {
        let all = [
            ".bundle",
            "README.txt",
            "a bundle",
            "bundle.bin",
            "stories.bin",
            "stories.tokenizer.bin",
            "tokenizer.bin",
        ];
        let own = Some("/m/stories.tokenizer.bin".into());
        let expected = [
            ("/m/a bundle".into(), None),
            ("/m/bundle.bin".into(), None),
            ("/m/stories.bin".into(), own),
        ];
        assert_eq!(found(&all), expected);
    }

    #[test]
    fn names_have_no_extension() {
        let names = ["little-stories.model", "a.b.bin", "stories", ".bin"].map(name_of);
        assert_eq!(names, ["little-stories", "a.b", "stories", ".bin"]);
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(0), "0 KB");
        assert_eq!(size(999_001), "1000 KB");
        assert_eq!(size(60_816_028), "60.8 MB");
    }

    #[test]
    fn a_model_has_the_tokenizer_that_it_can_have() {
        let tokenizer = |all: &[&str]| {
            let files = found(all);
            files.into_iter().next().and_then(|file| file.1)
        };
        let is = |name: &str| Some(format!("/m/{name}"));
        assert_eq!(tokenizer(&["S.BIN", "TOK512.BIN"]), is("TOK512.BIN"));
        let both = ["s.bin", "tok512.bin", "tokenizer.bin"];
        assert_eq!(tokenizer(&both), is("tokenizer.bin"));
        let unclear = ["s.bin", "tok1.bin", "tok2.bin"];
        assert_eq!(tokenizer(&unclear), is("tokenizer.bin"));
        assert_eq!(tokenizer(&["s.bin"]), is("tokenizer.bin"));
        assert_eq!(tokenizer(&[".bin", "é", "ü.bi"]), None);
    }
}
